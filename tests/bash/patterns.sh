### extended patterns
shopt -s extglob
case foobar in foo@(bar|baz)) echo 1;; esac; case aaa in +(a)) echo 2;; esac; case b in !(a)) echo 3;; esac; case '' in ?(x)) echo 4;; esac; case abab in *(ab)) echo 5;; esac
### names
shopt -s extglob
echo @(a|b).txt !(*.txt|sub|words|script|lib.sh|*\ *|\[*) *.+(md|txt)
### nullglob
shopt -s nullglob; echo none*; echo *.none a; shopt -u nullglob; echo none*
### failglob
shopt -s failglob
echo none*
echo "status $?"
### dotglob
shopt -s dotglob; echo .h* *idden
### globstar
shopt -s globstar; echo **/*.txt; echo sub/**
### nocaseglob
shopt -s nocaseglob; echo A.TXT* B*
### globignore
GLOBIGNORE='*.md:w*'; echo *.md *.txt w*
### shopt
shopt -q extglob; echo $?; shopt -s extglob; shopt -q extglob; echo $?; shopt extglob; shopt -p nullglob; shopt nothing; echo $?
### noglob
set -f; echo *.txt; set +f; echo a*
### a pattern that matches nothing is replaced where it does
shopt -s extglob
a=ab; echo ${a/*(x)/-} ${a//*(x)/-} ${a/#*(x)/-} ${a/%*(x)/-} ${a/?(x)/-} ${a//?(a)/-} ${a//*(b)/-}; a=xaxb; echo ${a/*(x)/-} ${a//*(x)/-} ${a//?(x)/-}; a=; echo "${a/*(x)/-}" "${a//*/y}" "${a/*/y}"; a=éb; echo ${a//*(x)/-}
### a bracket that is not closed is no pattern
shopt -s nullglob; [ -n x ] && echo yes; echo [ a[ [a [] "["x [a- \[ab] [a\] [zz] x; shopt -u nullglob; shopt -s failglob; [ -n x ] && echo yes; echo a[ [x

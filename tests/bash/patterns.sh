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

### star
echo *
### suffix
echo *.txt *.md
### question mark
echo ?.txt ?.?? ??.txt
### brackets
echo [ab].txt [!a].txt [a-z].md [[:alpha:]].txt
### hidden files
echo .h* .[!.]*
### directories
echo */ */*.txt */*/* sub/*
### no match stays
echo *.none nothing? [z-a]x
### quoted does not expand
echo "*".txt '*'.txt \*.txt "*"
### partly quoted
echo "a".t* 'b'* with\ *
### literal brackets
echo [[]x] '[x]' [x]
### pattern from a variable
p='*.txt'; echo $p "$p"; p='[ab].txt'; echo $p
### set -f
set -f; echo *.txt; set +f; echo *.txt
### pattern in assignment does not expand
x=*.txt; echo "$x"; echo $x
### names with blanks stay one word
set -- w*; echo $#; echo "$1"
### for over a glob
for f in *.txt; do echo "<$f>"; done
### glob after splitting
x='*.txt c*'; echo $x; IFS=.; echo $x
### slash must match
echo sub*d.txt s*/d* */deep/*
### dot slash
echo ./*.txt .//[ab].txt
### case patterns
for w in abc a.c '*' '' -x; do case $w in a?c) echo 1;; \*) echo star;; '') echo empty;; -*) echo dash;; esac; done
### case with brackets
for c in a B 5 _ ] -; do case $c in [[:lower:]]) echo l;; [[:upper:]]) echo u;; [0-9]) echo d;; []_]) echo s;; [a-]) echo m;; esac; done
### case does not treat dots or slashes specially
case .a/b in *) echo any;; esac; case .x in ?x) echo one;; esac
### case with quoted pattern
x='a*'; case 'abc' in "$x") echo quoted;; $x) echo pattern;; esac
### absolute
cd /; echo /et[c] /e*c
### broken bracket
case '[a' in [a) echo literal;; esac; echo [a*
### negated with caret or bang
case x in [!abc]) echo not;; esac; case b in [!abc]) echo not;; *) echo in;; esac

### echo
echo; echo a b; echo 'a  b'; echo -- x
### echo -n
echo -n a; echo -n b c; echo
### printf
printf 'a\n'; printf '%s-%s\n' a b c d; printf '%d %5d|%-5d|%05d\n' 1 2 3 4
### printf forms
printf '%x %X %o %c %%\n' 255 255 8 abc; printf '%s\n'; printf '%.2s|%5s|%-5s|\n' abc ab ab
### printf escapes
printf 'a\tb\\\n\101\n'; printf '%b\n' 'x\ty\0101'; printf '%b' 'stop\chere'; echo
### printf numbers
printf '%d %d %d\n' 0x10 010 "'A"; printf '%i\n' -5; printf '%u\n' 3
### printf reuse
printf '<%s %d>' a 1 b 2 c; echo
### printf bad number
printf '%d\n' abc 2>/dev/null; echo $?
### printf width by argument
printf '%*d|%-*d|\n' 5 1 4 2; printf '%.*s\n' 2 abcdef
### printf floats
printf '%.2f %e %g\n' 1.5 1000 0.25
### test strings
[ a ]; echo $?; [ '' ]; echo $?; [ -n a ] && [ -z '' ] && [ a = a ] && [ a != b ]; echo $?
### test numbers
[ 1 -lt 2 ] && [ 2 -gt 1 ] && [ 1 -le 1 ] && [ 1 -ge 1 ] && [ 1 -eq 01 ] && [ 1 -ne 2 ]; echo $?
### test files
[ -e a.txt ] && [ -f a.txt ] && [ -d sub ] && [ -r a.txt ] && [ -s a.txt ] && [ ! -s .hidden ] && [ ! -x a.txt ]; echo $?
### test links
ln -s a.txt link; ln -s gone dangling; [ -h link ] && [ -L dangling ] && [ ! -e dangling ]; echo $?
### test combined
[ a = a -a b = b ]; echo $?; [ a = b -o b = b ]; echo $?; [ ! a = b ]; echo $?; [ \( a = a \) ]; echo $?
### test odd operands
[ ! ]; echo $?; [ -f ]; echo $?; [ = ]; echo $?; [ ! = x ]; echo $?; [ -n ]; echo $?; [ '(' ]; echo $?
### test terminals
[ -t 0 ]; echo $?
### cd and pwd
cd sub; pwd | sed 's,.*/,,'; cd ..; cd ./sub/deep; pwd | sed 's,.*/\(.*/\),\1,'; cd; [ "$PWD" = "$HOME" ]; echo $?
### cd minus
cd sub; cd - >/dev/null; [ -f a.txt ]; echo $?
### cd through links
ln -s sub/deep short; cd short; pwd | sed 's,.*/,,'; cd ..; [ -f a.txt ]; echo $?; cd -P short; pwd | sed 's,.*/,,'; cd ..; [ -f d.txt ]; echo $?
### pwd -P
ln -s sub lnk; cd lnk; pwd -L | sed 's,.*/,,'; pwd -P | sed 's,.*/,,'
### CDPATH
CDPATH=$PWD/sub; cd deep | sed 's,.*/,,'; unset CDPATH; cd deep 2>/dev/null || echo failed
### umask
umask 022; umask; umask -S; umask u=rwx,g=,o=; umask; umask 077; >f; ls -l f | cut -c1-10
### read -r and status
read x </dev/null; echo $? "<$x>"
### shift and loops
set -- a b c; while [ $# -gt 0 ]; do echo $1; shift; done
### set lists variables
zzz='a b'; set | grep '^zzz='
### export lists
export zzz='q r'; export -p | grep zzz
### unset positional stays
set -- a; unset 1a 2>/dev/null; true; echo $1
### true and false
true; echo $?; false; echo $?
### times
times | wc -l | tr -d ' '
### hash
hash sed; echo $?; hash -r; echo $?; hash nothing-here 2>/dev/null; echo $?
### ulimit
ulimit -n >/dev/null; echo $?; (ulimit -f 10; ulimit -f)
### command with assignment
x=1; x=2 command :; echo $x
### command eval keeps going
command eval 'false'; echo $?
### dot with status
echo 'return 4' >r; . ./r; echo $?; echo 'false' >r; . ./r; echo $?; >r; . ./r; echo $?
### dot sees variables and parameters
echo 'echo $x $1; y=2' >r; x=1; set -- p; . ./r; echo $y
### dot in a function returns only itself
echo 'return 4; echo no' >r; f() { . ./r; echo $?; }; f
### jobs without jobs
jobs; echo $?
### getopts is restarted
set -- -a; getopts a o; echo $o $OPTIND; getopts a o; echo $? $OPTIND
### wait without jobs
wait; echo $?
### exit in a subshell in a pipeline
(exit 3) | cat; echo $?; cat </dev/null | (exit 3); echo $?
### readonly in a subshell
(readonly x=1); x=2; echo $x
### exec with assignments
(x=5 exec sh -c 'echo $x')
### kill of a job
sleep 100 & kill %1 2>/dev/null || kill $!; wait $! 2>/dev/null; [ $? -gt 128 ]; echo $?
### let the last status be of the last command
true; false; echo $?; echo $?

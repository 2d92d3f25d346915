### printf to a variable
printf -v x '%03d' 7; echo $x; printf -v a[1] %s y; echo ${a[1]}
### printf quotes
printf '%q\n' 'a b' "it's" '' 'plain' $'new\nline'
### printf time
printf '%(%Y)T\n' 0 | grep -c '^19[67]'; TZ=UTC0 printf '%(%F)T\n' 86400
### read
printf 'a b c\n' | { read -r x y; echo "$y"; }; printf 'abcdef' | { read -n 3 x; echo $x; }; printf 'a,b' | { read -d , x; echo $x; }; read -t 0.1 x < /dev/null; echo $?
### read raw
printf 'a\\tb\n' | { read x; echo "$x"; }; printf 'a\\tb\n' | { read -r x; echo "$x"; }
### read from a descriptor
exec 7< words; read -u 7 x; echo "$x"; read -r -u 7 x; echo "$x"
### type
f() { :; }; type -t f echo ls if none; echo $?; type -a echo | head -1; type f | head -1
### command
command -v echo; command -V ls | grep -c ls; command -v none; echo $?
### builtin
echo() { builtin echo "fn $*"; }; echo hi; builtin none 2>/dev/null; builtin echo $?
### enable
enable -n echo; type -t echo; enable echo; type -t echo
### directories
mkdir -p d1 d2; pushd d1 > /dev/null; pushd ../d2 > /dev/null; dirs | wc -w; popd > /dev/null; basename "$PWD"; dirs -v | wc -l
### hash
hash -r; hash ls; hash -t ls | grep -c ls; hash -p /bin/true mine; mine; echo $?; hash -d mine; mine 2>/dev/null; echo $?
### set
set -o | grep -c pipefail; set -o pipefail; false | true; echo $?; set +o pipefail; echo $- | grep -c B
### echo
echo -e 'a\tb\n' | cat; echo -n x; echo -E 'a\tb'; echo -ne 'y\n'
### test
[ a == a ] && echo 1; test -v x || echo 2; x=1; test -v x && echo 3; [ a \< b ] && echo 4
### caller
printf 'f() { caller 0; caller; }\nf\n' > s; . ./s
### compgen
compgen -W 'apple apricot banana' ap; compgen -A function; f() { :; }; compgen -A function f; compgen -v BASH_VERSIN; compgen -b ech
### trap listing
trap 'echo x' INT TERM; trap -p INT; trap
### umask
umask 022; umask -p; umask -S
### mapfile callback
mapfile -t -c 2 -C 'echo at' a < <(printf '1\n2\n3\n4\n')
### shift
set -- a b; shift 5; echo $? $#
### getopts
while getopts ab:c o -a -b val -c; do echo "$o $OPTARG"; done
### times
times | wc -l
### ulimit
ulimit -n | grep -c '^[0-9]'
### disown
sleep 0.05 & disown; jobs; echo $?
### history and fc are quiet in scripts
history -c; history | wc -l; set -o history; set +o history; echo $?
### exec and the name it gives
(exec -a other sh -c 'echo $0'); (exec -c env | grep -c PATH); (X=1; export X; exec -cl sh -c 'echo "[$X]"'); (exec -- sh -c 'echo $0')
### trap -l
trap -l; kill -l

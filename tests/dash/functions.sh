### definition and call
f() { echo "f $# $*"; }; f; f a 'b c'; echo $?
### forms of bodies
f() (echo sub; x=1); g() if true; then echo if; fi; h() for i in 1 2; do echo $i; done; f; g; h; echo ${x-unset}
### body on the next line
f()
{
echo next
}
f
### blanks
f ( ) { echo blank; }; f
### return
f() { return 3; echo never; }; f; echo $?; g() { false; return; }; g; echo $?
### return from loops
f() { for i in 1 2 3; do while :; do return $i; done; done; }; f; echo $?
### return in a dot script
. ./lib.sh; echo $?
### status of a function
f() { false; }; f; echo $?; g() { false; true; }; g; echo $?
### definition status
false; f() { :; }; echo $?
### positional parameters come back
set -- a b; f() { echo $1; shift; echo $#; }; f x y z; echo $# $1
### variables are global
f() { v=set; }; f; echo $v
### recursion
f() { [ $1 -gt 0 ] && { echo $1; f $(($1-1)); }; }; f 3; echo $?
### factorial
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }; fact 10
### deep recursion
f() { [ $1 -gt 0 ] && f $(($1-1)); }; f 200; echo $?
### redefinition
f() { echo 1; }; f; f() { echo 2; }; f
### redefines itself
f() { f() { echo new; }; echo old; }; f; f
### functions hide programs and builtins
echo() { printf 'fn %s\n' "$*"; }; echo a; command echo b; unset -f echo; echo c
### function named like a program
ls() { echo mine; }; ls; command ls a.txt
### assignments before a function
x=1; f() { echo $x; }; x=2 f
### break does not cross a function
f() { break 2>/dev/null; echo in; }; for i in 1; do f; done; echo $?
### local in recursion
f() { local n=$1; [ $n -gt 0 ] && f $((n-1)); echo $n; }; f 2
### local restores unset
f() { local q=1; echo $q; }; f; echo ${q-unset}
### function in a pipeline
f() { cat; }; echo a | f | f
### function in background
f() { echo bg; return 4; }; f & wait $!; echo $?
### dollar zero stays
f() { [ "$0" = "$z" ] && echo same; }; z=$0; f
### exit in a function
f() { exit 5; }; (f; echo never); echo $?
### trap in a function
f() { trap 'echo bye' EXIT; }; f; echo hi
### getopts
while getopts ab:c o -a -b val -c rest 2>/dev/null; do echo "$o ${OPTARG:-none}"; done; echo $OPTIND
### getopts joined
set -- -abval -- x; while getopts ab: o; do echo "$o $OPTARG"; done; shift $((OPTIND-1)); echo $*
### getopts silent
set -- -x -b; while getopts :ab: o; do echo "$o $OPTARG"; done; echo $o
### getopts errors
set -- -x; getopts a o 2>/dev/null; echo $? "$o" "${OPTARG-unset}"
### getopts in a function
f() { OPTIND=1; while getopts x: o; do echo $o=$OPTARG; done; }; f -x 1; f -x2 -x 3
### getopts end
set -- a; getopts a o; echo $? $o $OPTIND
### command finds
command -v echo; command -v cd; command -v if; f() { :; }; command -v f; command -v nothing-here; echo $?
### command finds programs and aliases
command -v sed; alias l='ls -l'; command -v l; command -V nothing-here 2>/dev/null; echo $?
### command runs
command echo a; command -p echo b; command nothing-here 2>/dev/null; echo $?
### type
type nothing-here >/dev/null 2>&1; echo $?; type cd >/dev/null; echo $?

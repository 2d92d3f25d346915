### functions by keyword
function f { echo f $1; }; function g() { echo g; }; function h-i { echo h; }; f 1; g; h-i
### source with arguments
printf 'echo $1 $#\nreturn 4\n' > s; source ./s a b; echo $?
### both outputs
{ echo out; echo err >&2; } &> both; cat both; { echo o; echo e >&2; } >& both2; cat both2; echo more &>> both; cat both | wc -l
### pipe of both
{ echo out; echo err >&2; } |& cat
### descriptors in variables
exec {fd}> f; echo text >&$fd; exec {fd}>&-; cat f
### moved descriptors
exec 5> f; exec 6>&5-; echo moved >&6; cat f; { echo x >&5; } 2>/dev/null; echo $?
### a descriptor that cannot be
echo x >&70000; echo $?; echo x 2>&-; echo x >&70000- ; echo $?; ls
### path before a command
mkdir bin; printf '#!/bin/sh\necho found\n' > bin/tool; chmod +x bin/tool; PATH=$PWD/bin:$PATH tool; tool 2>/dev/null; echo $?
### a path that is computed before a command, once
PATH=$(echo x >>seen; echo "$PATH") ls seen; wc -l <seen | tr -d ' '; A=1 PATH=$PATH:$(echo "$A") sh -c 'echo $A ${PATH##*:}'
### lastpipe
shopt -s lastpipe; echo value | read x; echo $x
### trap of errors
trap 'echo "err $?"' ERR; false; true; f() { false; }; f; if false; then :; fi
### trap of returns
f() { trap 'echo returned' RETURN; echo in; }; f; trap - RETURN
### trap of commands
trap 'echo debug' DEBUG; true; trap - DEBUG
### names of functions
f() { g; }; g() { echo "${FUNCNAME[@]}" "${#BASH_SOURCE[@]}"; }; f
### coprocess
coproc { read x; echo "got $x"; }; echo hi >&${COPROC[1]}; read y <&${COPROC[0]}; echo $y
### not found
none-such-command 2>/dev/null; echo $?; command_not_found_handle() { echo "missing $1"; return 5; }; none-such-command; echo $?
### errexit in substitutions
set -e; x=$(false; echo still); echo $x
### time and negation
! true; echo $?; ! false && echo yes
### wait for one
sleep 0.01 & wait -n; echo $?
### brace groups as loop bodies
for i in 1 2; { echo $i; }
### alias
shopt -s expand_aliases
alias hi='echo hello'
hi
alias hi; unalias hi
### the first round of a loop sees the status before it
false; for i in 1 2; do echo $?; done; false; for ((i=0;i<1;i++)); do echo $?; done; false; for i in; do :; done; echo $?
false; for ((i=0;i<0;i++)); do :; done; echo $?; false; select i in a; do echo $?; break; done 2>/dev/null <<< 1
### an expression without a value makes its command fail
x='b c'; ((x)); echo $?; ((1+)) || echo or; [[ x -eq 1 ]]; echo $?; let x; echo $?; for ((i=0;i<2+;i++)); do :; done; echo $?; if ((1/0)); then :; else echo else; fi 2>/dev/null
### an expression without a value gives up the line elsewhere
f() { local -i n="b c"; echo not; }; f; echo not
### an expression without a value in a subscript gives up the line
printf -v 'a[1+]' x; echo not
### an expression without a value that is read gives up the line
declare -i n; read n <<< "b c"; echo not
### an unset variable in an expression ends the script [-c]
set -u; ((k)); echo not
### an unset subscript ends the script [-c]
set -u; s=abc; echo ${s:k}; echo not
### an unset operand ends the script [-c]
set -u; [[ k -eq 1 ]]; echo not
### what is read-only is said and the command runs
readonly r=1; r=2 eval 'echo run $r'; x=1 r=2 y=3 eval 'echo $x $y'; r=2 /bin/echo hi; echo $?; for r in a b; do echo not; done; echo $?; ((r=3)); echo $?
### each arm of a case sees the status of the one before
false; case a in a) echo $?; true ;& b) echo $? ;; esac; false; case a in a) ;& *) echo $?;; esac; case a in a) false ;;& *) echo $?;; esac
### a line that is given up ends a script under set -e [-c]
set -e; readonly r; r=2
echo not
### a word that cannot be expanded ends a script under set -e [-c]
set -e; echo ${x!y}
echo not
### a pattern that matches nothing ends a script under set -e [-c]
set -e; shopt -s failglob; echo zz*
echo not
### an expression does not [-c]
set -e; echo $((1+))
echo next
### jobs of the shell around
sleep 0.4 & for j in $(jobs -p); do [ "$j" = "$!" ] && echo same; done; jobs -p | grep -c .; (jobs); x=$(jobs); echo "${x#*]}" | grep -c Running; x=$(kill %1 && echo killed); echo "$x"; wait; x=$(jobs -p); echo "[$x]"

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

### not found
nothing-here; echo $?
### not found by path
./nothing-here; echo $?; /no/such/dir/x; echo $?
### not executable
./a.txt; echo $?; ./sub; echo $?
### directory on PATH is no command
mkdir bin bin/tool; PATH=$PWD/bin:$PATH; tool; echo $?
### empty command name
''; echo $?
### exit
exit 3
### exit with status of the last command
false
exit
### exit takes eight bits
sh -c 'exit 256'; echo $?; (exit 255); echo $?
### exit with a bad number
exit abc
echo never
### exit runs the trap
trap 'echo bye' EXIT
exit 4
### exit in the trap
trap 'exit 9' EXIT
exit 4
### status in the trap
trap 'echo $?' EXIT
(exit 6)
### syntax error status
echo before
if; then
echo never
### syntax error unended if
if true; then echo a
### syntax error unended quote
echo 'abc
### syntax error unended double quote
echo "abc
### syntax error unended substitution
echo $(echo a
### syntax error unended brace
echo ${x
### syntax error unexpected word
echo a
fi
### syntax error operator
echo a | | b
### syntax error parenthesis
echo a )
### syntax error empty group
{ }
### syntax error for
for 1x in a; do :; done
### syntax error missing target
echo >
### syntax error in eval
eval 'if'
echo never
### syntax error in a subshell of eval
(eval 'if') ; echo $?
### syntax error double semicolon
;; echo
### syntax error and
&& echo a
### break out of a loop is harmless
break; echo $?; continue; echo $?
### return outside
return 3 2>/dev/null
echo $?
### shift too far
set -- a; shift 2; echo never
### readonly loop variable
readonly i=1; for i in 2; do echo never; done; echo never
### readonly read
readonly r=1; echo 2 | { read r; echo $?; } 2>/dev/null; echo $r
### cd to a missing place
cd /no/such/place || echo failed
### error in a special builtin ends the shell
set -o nonsense
echo never
### error in a special builtin behind command
command set -o nonsense; echo $?
### export of a bad name
export 1a=2
echo never
### unset of a bad name
unset 1a
echo never
### error in expansion ends the shell
echo ${nope?gone}
echo never
### error in a pipeline part
echo ${nope?gone} | cat; echo $?
### error in a function
f() { : ${nope?gone}; }; f; echo never
### assignment needs a name
1a=2; echo $?; a-b=3; echo $?
### kill without arguments
kill 2>/dev/null; echo $?
### bad substitution of background
wait abc; echo $?
### dot without arguments behind a subshell
(. ) 2>/dev/null; echo ok
### trap of a bad signal
trap : NOSUCH; echo $?
### umask of nonsense
(umask 9) 2>/dev/null; [ $? -ne 0 ] && echo refused
### test syntax
[ a b ] 2>/dev/null; echo $?; [ a = ] 2>/dev/null; echo $?; [ 1 -eq x ] 2>/dev/null; echo $?; test; echo $?
### bracket missing
[ a = a 2>/dev/null; echo $?

### exit trap
trap 'echo bye' EXIT; echo hi
### exit trap by number
trap 'echo bye' 0; echo hi
### exit trap keeps the status
trap 'true' EXIT; exit 5
### exit trap reset
trap 'echo no' EXIT; trap - EXIT; echo hi
### exit trap in a subshell is its own
trap 'echo outer' EXIT; (echo sub); (trap 'echo inner' EXIT); echo end
### trap on a signal
trap 'echo usr1' USR1; kill -USR1 $$; echo after
### trap sees the status
trap 'echo $?' USR1; (kill -USR1 $$; exit 3); echo after
### trap keeps the status
trap 'false' USR1; kill -USR1 $$; echo $?
### trap removed by number
trap 'echo no' USR1; trap - USR1; trap; echo none
### ignored signal
trap '' TERM; kill $$; echo alive
### ignored signal is inherited
trap '' USR1; sh -c 'kill -USR1 $$; echo alive'
### caught signal is not inherited
trap 'echo no' USR1; { sh -c 'kill -USR1 $$; echo dead'; } 2>/dev/null; echo $?
### subshell resets traps
exec 2>/dev/null; trap 'echo trapped' USR1; (sh -c 'kill -USR1 $PPID'; echo dead); echo $?
### trap lists
trap 'echo "a b"' USR1; trap '' HUP; trap
### several signals
trap 'echo s' USR1 USR2; kill -USR1 $$; kill -USR2 $$
### killed by a signal
kill $$; echo never
### killed by KILL
kill -KILL $$
### status of a killed child
for s in TERM INT 9; do { sh -c "kill -$s \$\$"; } 2>/dev/null; echo $?; done
### status of a killed background job
{ sleep 100 & kill $!; wait $!; } 2>/dev/null; echo $?
### kill by name forms
{ sleep 100 & kill -s KILL $!; wait $!; } 2>/dev/null; echo $?; { sleep 100 & kill -HUP $!; wait $!; } 2>/dev/null; echo $?
### kill zero tests
kill -0 $$; echo $?; kill -0 99999 2>/dev/null; echo $?
### kill lists
kill -l 9; kill -l 15; kill -l 143
### trap during wait
trap 'echo got' USR1; (sh -c "kill -USR1 $$"; exit 3) & p=$!; wait $p; s=$?; [ $s -gt 128 ] && { wait $p; s=$?; }; echo $s
### trap after a foreground command
trap 'echo got' USR1; sh -c "kill -USR1 $$; echo child"; echo next
### trap with exit
trap 'echo leaving; exit 7' USR1; kill -USR1 $$; echo never
### trap text is evaluated late
x=1; trap 'echo $x' EXIT; x=2
### trap in a loop
trap 'echo t' USR1; for i in 1 2; do kill -USR1 $$; echo $i; done
### trap with return in a function
f() { trap 'return 5' USR1; kill -USR1 $$; return 0; }; f; echo $?
### trap signal with SIG prefix is refused or taken alike
(trap 'echo x' INT; kill -INT $$; echo y)
### broken pipe
sh -c 'while :; do echo y; done' | head -1; echo $?
### builtin with broken pipe
(while :; do echo y; done) | head -1; echo $?
### nested trap
trap 'trap "echo second" EXIT; echo first' EXIT
### exit status of a signal trap command
trap 'exit' USR1; (exit 3); kill -USR1 $$; echo never
### background ignores interrupt
sh -c 'kill -INT $$; echo alive' & wait $!; echo $?

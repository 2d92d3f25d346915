### output and append
echo a >f; echo b >>f; echo c > g; cat f g
### input
cat <a.txt; cat < a.txt
### order matters
{ echo out; echo err >&2; } 2>&1 >/dev/null; { echo out; echo err >&2; } >f 2>&1; cat f
### duplicate and close
exec 3>f; echo a >&3; exec 3>&-; cat f; echo b 2>/dev/null >&3 || echo failed
### input descriptor
exec 4<a.txt; read x <&4; exec 4<&-; echo $x
### read and write
echo abc >f; exec 3<>f; read x <&3; echo more >&3; exec 3>&-; echo $x; cat f
### noclobber
set -C; echo a >f; (echo b >f) 2>/dev/null || echo failed; echo c >|f; cat f; echo d >>f; cat f; echo x >/dev/null; echo $?
### missing input
cat <missing || echo failed
### missing input of a builtin
read x <missing || echo failed
### missing input of a compound command
{ echo never; } <missing || echo failed; if true; then echo no; fi </missing || echo failed
### missing input of a special builtin
(: <missing; echo never) || echo failed
### missing input of exec
(exec <missing; echo never) || echo failed
### redirection of a loop
for i in 1 2; do echo $i; done >f; cat f; while read x; do echo "<$x>"; done <f
### redirection of a group and subshell
{ echo a; echo b; } >f; (echo c; echo d) >>f; cat f
### redirection of if and case
if true; then echo t; fi >f; case x in x) echo c;; esac >>f; cat f
### redirection of a function
f() { echo in; echo err >&2; } >f1 2>&1; f; cat f1
### redirection at a call
f() { echo in; }; f >f1; cat f1
### redirection without command
>f; [ -f f ] && echo made; <a.txt; echo $?
### redirection with expansion
n=f; echo a >"$n.out"; cat f.out; echo b >$(echo g); cat g
### redirection target does not split
n='a b'; echo x >$n; cat 'a b'
### descriptor numbers
echo a 1>f 2>g; cat f; echo a1 >f; cat f; echo a 1 >f; cat f
### digits after other text are no descriptor
echo a2>f; cat f
### bad descriptor
echo x >&9 || echo failed
### descriptor from variable
n=1; echo x >&$n; echo y 2>/dev/null 1>&"$n"
### exec keeps
exec >f; echo a; exec >&2; exec 2>/dev/null
### exec restores by copy
exec 5>&1 >f; echo hidden; exec >&5 5>&-; echo shown; cat f
### builtin restores
echo a >f; echo b; { echo c; } >f; echo d
### redirection to directory fails
echo x >sub || echo failed
### pipe both
{ echo o; echo e >&2; } 2>&1 | sort
### closing standard output
echo x >&-; echo $?
### inherited by programs
exec 3<a.txt; sh -c 'cat <&3'
### redirections before the word
>f echo a; <f cat; 2>/dev/null >f echo b c; cat f
### several outputs
echo x >f >g; wc -c <f | tr -d ' '; cat g
### assignments with redirection
x=1 >f; echo $x; [ -e f ] && echo there
### input is shared by group
{ read x; cat; } <words
### here and file order
cat <a.txt <<X
doc
X
### subshell cannot change
(exec >/dev/null; echo a); echo b
### greater-and file descriptor minus
exec 6>&1; echo via6 >&6; exec 6>&-

### and or
true && echo a || echo b; false && echo a || echo b; false || true && echo c
### and or from left to right
false || false || echo x; true || echo y && echo z
### not
! false; echo $?; ! true; echo $?; ! echo a | false; echo $?
### newlines after operators
true &&

echo a ||
echo b
echo c |
cat
### pipeline status
false | true; echo $?; true | false; echo $?; exit 3 | true; echo $?
### pipeline of builtins
echo a b | read x; echo "${x-unset}"; echo abc | while read l; do echo "<$l>"; done
### long pipeline
echo x | cat | cat | cat | cat | sed s/x/y/
### if
if true; then echo 1; fi; if false; then echo 2; else echo 3; fi; if false; then :; elif true; then echo 4; else echo 5; fi
### if status
if false; then :; fi; echo $?; if true; then false; fi; echo $?; if false; then :; else (exit 4); fi; echo $?
### while and until
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done; until [ $i -eq 0 ]; do i=$((i-1)); done; echo $i
### while status
while false; do :; done; echo $?; i=; while [ -z $i ]; do i=1; false; done; echo $?
### for
for x in a 'b c' "$(echo d)"; do echo "<$x>"; done; echo $x
### for over newlines
for x in a b
do
echo $x
done
### for with semicolon and newline
for x
in a
do echo $x; done
### for status
for x in a; do false; done; echo $?; for x in; do false; done; echo $?
### case
case abc in a) echo 1;; a*|x) echo 2;; *) echo 3;; esac
### case forms
case x in (x) echo p;; esac; case y in esac; case z in z) esac; case w in
w)
echo nl
;;
esac
### case status
case x in y) false;; esac; echo $?; case x in x) false;; esac; echo $?; false; case x in x) ;; esac; echo $?
### case of reserved words
case if in if) echo yes;; esac; case esac in (esac) echo e;; esac
### case of the first match only
case a in a) echo 1;; a) echo 2;; esac
### case subject is expanded
x='a b'; case $x in a\ b) echo blank;; esac; case "$(echo q)" in q) echo sub;; esac
### break
for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done; echo $?
### break of several levels
for i in 1 2; do for j in a b; do [ $j = b ] && break 2; echo $i$j; done; done; echo end
### break beyond all
for i in 1 2; do for j in a b; do break 5; done; done; echo $i$j
### continue
for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done
### continue of several levels
for i in 1 2; do for j in a b; do [ $j = a ] && continue 2; echo no; done; echo no; done; echo $i
### continue in while
i=0; while [ $i -lt 4 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done
### break in condition
while break; do echo no; done; echo $?
### nested compound commands
for i in 1 2; do if [ $i = 1 ]; then case $i in 1) while :; do echo in; break; done;; esac; else { (echo sub); }; fi; done
### group
{ echo a; echo b; }; { echo c
}
### group shares variables
x=1; { x=2; }; echo $x; (x=3; echo $x); echo $x
### subshell
(echo a; exit 3); echo $?; (exit); echo $?; (false); echo $?
### subshell inherits
f() { echo f$1; }; x=v; set -- p; (f 1; echo $x $1; cd /); pwd | sed 's,.*/.*,dir,'
### nested subshells
( ( (echo deep) ) ); ( (exit 3) || echo $? )
### subshell exit trap
(trap 'echo bye' EXIT; echo hi); echo after
### empty lines and semicolons
echo a;

;
### background
echo a & wait; echo $?
### wait for status
(exit 5) & wait $!; echo $?
### wait for several
(exit 1) & a=$!; (exit 2) & b=$!; wait $b; echo $?; wait $a; echo $?
### wait for all
(exit 1) & (exit 2) & wait; echo $?
### wait for a stranger
wait 99999; echo $?
### background list
false || echo x & wait $!; echo $?
### background pipeline
echo a | cat & wait $!; echo $?
### background reads from nowhere
cat & wait; echo done
### background group
{ echo a; exit 4; } & wait $!; echo $?
### eval
eval 'echo a; x=1'; echo $x; eval; echo $?; eval 'false'; echo $?; eval "echo 'b  c'" d
### eval joins
eval echo 'a;' echo b; y=x; x=5; eval "echo \$$y"
### exec replaces
(exec echo replaced; echo never); (exec sh -c 'exit 6'); echo $?
### exec of a missing program
(exec /no/such/program; echo never); echo $?
### colon and true
:; echo $?; : $(echo side >&2) 2>/dev/null; true x; echo $?
### dot
. ./lib.sh; echo $? $from_lib; set_by_lib x
### dot and PATH
PATH=.:$PATH; . lib.sh; echo $from_lib
### dot missing
. ./nothing.sh
echo never
### script with arguments
sh ./script a b; echo $?
### executable script without a first line
chmod +x script; ./script x 2>&1 | sed 's,script ./script,script S,'
### reserved words need command position
echo if; x=if; $x 2>/dev/null; echo $?
### bang needs a blank
! true; echo $?
### time of expansion
x=1; echo $x; x=2 x=3; echo $x; echo ${x}$((x=9))$x
### comments between commands
if true # one
then # two
echo a # three
fi # four
### alias
alias hi='echo hello'
hi there
unalias hi
hi 2>/dev/null; echo $?
### alias that ends in a blank
alias e='echo ' w='word'
e w w
### alias of a reserved word
alias begin='{' end='}'
begin echo grouped; end
### alias recursion stops
alias echo='echo x'
echo y
### alias of itself and in a circle
alias a1=a1 b1=c1 c1=b1
{ a1; b1; } 2>/dev/null; echo $?
### alias of nothing
alias n1= n2="
"
n1
n1 echo a | n1
cat; n2 echo b; n1
### alias quoted
alias a1='echo aliased'
\a1 2>/dev/null; echo $?; 'a1' 2>/dev/null; echo $?; a1
### alias prints
alias zz='a b'; alias zz; unalias -a; alias; echo $?

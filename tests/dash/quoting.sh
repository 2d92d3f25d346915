### single quotes
echo 'a  b' '$x`y`"z"'
### double quotes
x=v; echo "a  $x ${x}y \$x \`q\` \"in\" \\ \%"
### backslash
printf '%s\n' a\ b \$x \' \" \\ \*
### line continuation
echo one\
two "three\
four" 'five\
six'
### adjacent quotes
x=1; echo a'b'"c$x"\d"$x"'$x'
### empty words
printf '<%s>' '' "" x"" ''y; echo
### empty expansion unquoted vanishes
x=; set -- $x "$x" ${x} a; echo $#
### dollar alone
echo $ "$" '$' a$ "a$ b" $% "$%"
### quoted at in the middle
set -- 1 2 3; printf '<%s>' "a$@b"; echo
### no parameters
set --; printf '<%s>' "$@" x"$@"y "$*"; echo
### quoted star with IFS
set -- a b c; IFS=:; echo "$*" $*; IFS=; echo "$*"; unset IFS; echo "$*"
### unquoted at
set -- 'a b' c; printf '<%s>' $@ $* "$@"; echo
### comments
echo a # b
echo a#b # c
#echo no
echo '#'x
### backquotes
echo `echo a` "`echo "b  c"`" `echo \`echo d\``
### backquotes with backslashes
echo `echo '\$x' \\\\ "\\\\"`
### dollar parentheses
echo $(echo a; echo b) "$(echo a; echo b)" $(echo "$(echo ")" )")
### substitution strips newlines
printf '<%s>' "$(printf 'a\n\nb\n\n\n')"; echo
### substitution with case
echo $(case x in x) echo yes;; esac)
### tilde
HOME=/h; echo ~ ~/x "~" \~ a~ ~/; x=~:~/y; echo $x; echo a=~
### tilde in assignments and expansion
HOME=/h; unset u; echo ${u:-~} "${u:-~}" ${u:-~/x}
### quotes in expansion words
unset u; printf '<%s>' ${u:-a b} "${u:-a b}" ${u:-"a b"} "${u:-"a b"}" ${u:-'a b'}; echo
### single quotes within quoted expansion
unset u; echo "${u:-'x'}" "${u-it's}"
### braces in expansion words
unset u; echo ${u:-\}} "${u:-\}}" ${u:-'}'}
### reserved words as arguments
echo if then else fi for do done case esac while { } !
### quoted reserved words are commands
"if" 2>/dev/null; echo $?; \for 2>/dev/null; echo $?
### unicode
x=äöü; echo "${#x}" "${x#?}" >/dev/null; echo "$x" 中文
### bytes that are no characters
printf '%s' "$(printf 'a\377b')" | od -An -tx1
### dollar-double-quote stays literal
echo 'a"b' "a'b"
### semicolons and newlines
echo a;echo b
echo c ; echo d

echo e
### CDPATH-free quoting of glob characters
echo "*.txt" '*.txt' \*.txt

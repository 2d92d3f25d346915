### plain
cat <<X
a b
  c
X
### expansions
x=v; cat <<X
$x ${x}y $(echo sub) `echo back` $((1+1)) \$x "quoted" 'single'
X
### quoted delimiter
x=v; cat <<'X'
$x \$x `no` \
X
cat <<"Y Z"
$x
Y Z
cat <<\E
$x
E
### tabs stripped
cat <<-X
	one
		two
	  three
	X
### tabs stripped and quoted
cat <<-'X'
	$a
	X
### two documents
cat <<A; cat <<B
a
A
b
B
### two on one command
cat <<A 3<<B - 
first
A
second
B
cat <<A <<B
first
A
second
B
### in a pipeline
cat <<X | tr a-z A-Z
text
X
### and then more
cat <<X && echo after
body
X
### in a loop
for i in 1 2; do cat <<X
$i
X
done
### in a function
f() { cat <<X
$1
X
}; f a; f b
### in a substitution
x=$(cat <<X
inner
X
); echo "$x"
### in if
if cat <<X
cond
X
then echo yes; fi
### line continuation in body
cat <<X
a\
b \\ \x \"
X
### backslash newline in a quoted body
cat <<'X'
a\
b
X
### empty body
cat <<X
X
echo $?
### delimiter inside a line
cat <<X
X Y
 X
X
### descriptor number
cat 3<<X <&3
three
X
### nested quotes in expansions
unset u; cat <<X
${u:-a "b" c}
"${u:-d}"
X
### dollar at
set -- a 'b  c'; cat <<X
$@ $* $#
X
### IFS does not matter
IFS=:; x=a:b; cat <<X
$x
X
### glob does not expand
cat <<X
*.txt
X
### document for a compound command
while read x; do echo "<$x>"; done <<X
a
b
X
### document for a builtin
read x y <<X
one two three
X
echo "$x|$y"
### long document
i=0; x=; while [ $i -lt 200 ]; do x="$x 0123456789012345678901234567890123456789"; i=$((i+1)); done
cat <<X | wc -c | tr -d ' '
$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x$x
X
### document at the end of input
cat <<X
unended
### quotes in the substitution of a body
cat <<X
$(echo "a  b" 'c')
X
### delimiter with expansion characters
cat <<a$b
text
a$b

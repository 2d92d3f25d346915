### default IFS
x='  a  b	c
d '; set -- $x; echo $#; printf '<%s>' "$@"; echo
### non-blank separators
IFS=:; x='a::b:'; set -- $x; echo $#; printf '<%s>' "$@"; echo
### leading separator
IFS=:; x=':a'; set -- $x; echo $#; printf '<%s>' "$@"; echo
### mixed separators
IFS=' :'; x=' a : b  c:: d '; set -- $x; echo $#; printf '<%s>' "$@"; echo
### only separators
IFS=:; x=:; set -- $x; echo $#; x=::; set -- $x; echo $#; IFS=' '; x='   '; set -- $x; echo $#
### empty IFS
IFS=; x='a b	c'; set -- $x; echo $#; printf '<%s>' "$@"; echo
### unset IFS
unset IFS; x='a b	c'; set -- $x; echo $#
### quotes prevent splitting
x='a b'; set -- "$x" '$x' $x"$x"; echo $#; printf '<%s>' "$@"; echo
### splitting joins neighbours
x=' b '; set -- a$x"c"; echo $#; printf '<%s>' "$@"; echo
### splitting of substitutions
set -- $(printf 'a b\nc'); echo $#; set -- "$(printf 'a b\nc')"; echo $#
### splitting of arithmetic
IFS=1; set -- $((10101)); echo $#; printf '<%s>' "$@"; echo
### no splitting in assignments
IFS=:; x=a:b; y=$x; set -- "$y"; echo $#
### no splitting in case
x='a b'; case $x in 'a b') echo whole;; *) echo split;; esac
### splitting in for
x='a b c'; for i in $x; do echo "<$i>"; done
### IFS with letters
IFS=xy; v=axbyyc; set -- $v; echo $#; printf '<%s>' "$@"; echo
### backslashes in values
v='a\b c\ d'; set -- $v; echo $#; printf '<%s>' "$@"; echo
### IFS with backslash
IFS='\'; v='a\b'; set -- $v; echo $#; printf '<%s>' "$@"; echo
### star joined by first character
IFS=-:; set -- a b c; echo "$*"; x="$*"; echo "$x"
### assigned star
set -- a b; IFS=:; x=$*; IFS=; echo "$x"; y=$*; echo "$y"
### for without words
set -- 'a b' c; for i do echo "<$i>"; done
### for in nothing
for i in; do echo never; done; echo $?
### empty at in words
set -- ''; printf '<%s>' "$@"; echo; set -- '' ''; set -- $@; echo $#
### unquoted alternative splits
set -- 'a b'; set -- ${1+"$1" c d}; echo $#; printf '<%s>' "$@"; echo
### read splits
echo 'a b c' | { read x y; echo "<$x><$y>"; }
### read trims
echo '  a  ' | { read x; echo "<$x>"; }
### read with IFS
echo 'a:b::c' | { IFS=: read x y z; echo "<$x><$y><$z>"; }
### read last gets the rest
echo ' a  b  c  ' | { read x y; echo "<$x><$y>"; }
### read with separator at the end
echo 'a:b:' | { IFS=: read x y; echo "<$x><$y>"; }
### read with too few fields
echo 'a' | { y=old; read x y; echo "<$x><$y>"; }
### read backslashes
printf '%s\n' 'a\ b c\\d' | { read x y; echo "<$x><$y>"; }
### read raw
printf '%s\n' 'a\ b\' | { read -r x y; echo "<$x><$y>"; }
### read continues lines
printf 'a\\\nb\n' | { read x; echo "<$x>"; }
### read at the end
printf 'no newline' | { read x; echo $? "<$x>"; read x; echo $? "<$x>"; }
### read leaves the rest
printf 'a\nb\nc\n' | { read x; cat; }
### read from a file
{ read a b; read c; read d; echo "$a|$b|$c|$d"; } <words
### read with empty IFS
echo '  a b  ' | { IFS= read -r x; echo "<$x>"; }
### while read
while read -r a b; do echo "$b-$a"; done <<X
1 2
3 4 5
X

### use default
unset u; e=; s=v; echo "${u-d}" "${u:-d}" "${e-d}" "${e:-d}" "${s-d}" "${s:-d}"
### use alternative
unset u; e=; s=v; echo "<${u+d}>" "<${u:+d}>" "<${e+d}>" "<${e:+d}>" "<${s+d}>" "<${s:+d}>"
### assign default
unset u; e=; echo ${u=d} $u ${e=x} "<$e>" ${e:=y} $e
### assign default splits and joins
unset u; printf '<%s>' ${u:=a  b}; printf '<%s>' "$u"; echo
### error if unset
(unset u; echo "${u?gone}"; echo never); echo $?
### error if null
(e=; : "${e:?}"; echo never); echo $?
### error if set
s=x; echo "${s?no}" "${s:?no}"
### error ends a script
unset u; : ${u:?message}
echo never
### length
x=abc; e=; unset u; echo ${#x} ${#e} ${#u}; set -- a b; echo ${#} $#
### length of special parameters
set -- aa bbb; echo ${#1} ${#2} ${##}; false; echo ${#?}
### remove suffix
f=dir/name.tar.gz; echo ${f%.*} ${f%%.*} ${f%/*} "${f%none}"
### remove prefix
f=dir/sub/name; echo ${f#*/} ${f##*/} ${f#x} "${f#d?r}"
### remove with quoted patterns
x='a*b*c'; echo "${x#*'*'}" "${x##*\*}" "${x%"*"*}" ${x%%'*'*}
### remove with expansions as patterns
x=abcabc; p='a?'; echo "${x#$p}" "${x#"$p"}" "${x%$(echo '?c')}"
### remove with brackets
x=file123; echo ${x%%[0-9]*} ${x#*[!a-z]} ${x%[[:digit:]]}
### nested expansions
unset a b; c=z; echo ${a:-${b:-${c}}} "${a-"${b-"$c"}"}"
### positional parameters beyond nine
set -- 1 2 3 4 5 6 7 8 9 ten eleven; echo $10 ${10} ${11} ${#}
### set replaces positional parameters
set -- a b; set x; echo $# $1; set --; echo $#; set - y; echo $1
### set with dashes
set -- -a --; echo $# "$1" "$2"; set a -- b; echo $#
### special parameters
echo $# "$-" >/dev/null; echo $?; false; echo $?; echo "${?}"
### dollar zero
echo "$0" | sed 's,.*/,,; s/dash/sh/; s/llmsh/sh/'
### pid of shell in subshell
a=$$; b=$(echo $$); c=$( (echo $$) ); [ "$a" = "$b" ] && [ "$b" = "$c" ] && echo same
### option letters
set -e -u; case $- in *e*u*|*u*e*) echo both;; esac; set +e; case $- in *e*) echo e;; *) echo none;; esac
### assignments keep blanks
x='a  b'; y=$x; echo "$y"; z=$x$x; echo "$z"
### assignment of substitution without quotes
x=$(printf 'a  b\nc'); echo "$x"
### assignments from left to right
a=1 b=$a; echo $b; a=2 b=$a; echo $b
### assignment before a command
x=1; x=2 sh -c 'echo $x'; echo $x
### assignment before a builtin
x=1; x=2 true; echo $x
### assignment before a special builtin
x=1; x=2 :; echo $x
### assignment before eval
x=1; x=2 eval 'echo $x'; echo $x
### assignment status
x=$(false); echo $?; x=$(exit 7) y=2; echo $?; x=1; echo $?
### command that vanishes
false; $(true); echo $?; $(exit 3); echo $?
### unset
x=1; unset x; echo "${x-unset}"; f() { echo f; }; unset -f f; f 2>/dev/null; echo $?
### unset of several and of missing names
a=1 b=2; unset a b nothing; echo "${a-u}${b-u}" $?
### readonly
readonly r=1; echo $r; (r=2) 2>/dev/null; echo $?; echo $r
### readonly assignment ends the shell
readonly r=1
r=2
echo never
### readonly unset fails
(readonly r=1; unset r; echo never); echo $?
### export
x=1; export x; sh -c 'echo $x'; export y=2 z; sh -c 'echo $y ${z-none}'
### export keeps tilde and blanks
HOME=/h; v='a b'; export x="$v" y=~; sh -c 'echo "$x" $y'
### export -p can be read back
X1='it'\''s'; export X1; (unset X1; eval "$(sh -c 'true'; echo)"; echo "${X1-unset}")
### readonly -p names the variable
readonly qq='a b'; readonly -p | grep qq= | tr -d "\"'"
### local variables
x=out; f() { local x=in y; echo $x "${y-unset}"; x=changed; }; f; echo $x
### parameters in here
f() { set -- a b c; echo $#; }; set -- 1; f x y; echo $#
### shift
set -- a b c d; shift; echo $*; shift 2; echo $*; shift 0; echo $*
### bad name in braces
(eval 'echo ${a/b}') 2>/dev/null; echo $?
### braces need a name
(eval 'echo ${}') 2>/dev/null; echo $?
### IFS does not split literals
IFS=b; echo abc; x=abc; echo $x "$x"
### hash of pattern with slash
p=/a/b/c; echo "${p##*/}" "${p%/*}" "${p%%/*}" "${p#/}"
### dollar at in parameter expansion
set -- a 'b c'; printf '<%s>' "${@}" ${@:+x} "${1+"$@"}"; echo
### unset at defaults
set --; printf '<%s>' "${1:-none}" "${1-d}"; echo
### arithmetic in braces
x=3; echo "${x:+$((x+1))}"
### PPID is a number
case $PPID in *[!0-9]*|'') echo no;; *) echo number;; esac
### PWD follows cd
cd sub && echo "${PWD##*/}" "${OLDPWD:+set}"; cd - >/dev/null; [ "$PWD" = "$(pwd)" ] && echo same

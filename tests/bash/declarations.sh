### integer
declare -i n=3+4; echo $n; n=n*2; echo $n; n+=1; echo $n; declare +i n; n=1+1; echo $n
### case
declare -u u=abc; echo $u; u=xyz; echo $u; declare -l l=ABC; echo $l
### print
declare -x e=1; declare -r r=2; declare -i i=3; declare -p e r i; declare -p none; echo $?
### print quoting
v='a"b$c'; w="it's"; n=$'a\nb'; declare -p v w n
### local
x=global; f() { local x; echo "[$x]"; x=1; g; }; g() { echo $x; x=2; }; f; echo $x
### local with value
f() { local a=1 b="$1" c; echo $a $b "${c-unset}"; }; f 'x y'
### global
f() { declare -g v=set; local w=1; declare -g w=outer; echo $w; }; f; echo $v $w
### reference
declare -n r=target; r=1; echo $target $r ${!r}; f() { local -n x=$1; x+=more; }; y=some; f y; echo $y
### reference to an array
a=(1 2 3); declare -n r=a; echo ${r[1]} "${r[@]}"; r+=(4); echo ${#a[@]}; unset -n r; echo "${r-gone}"
### readonly
readonly c=1
c=2
echo "status $?"
### export
export e=1 f; f=2; sh -c 'echo $e $f'; export -n e; sh -c 'echo "[$e]"'; export -p | grep ' e=' ; echo $?
### functions
f() { echo hi; }; declare -F f; declare -f f | grep -c hi; unset -f f; declare -F f; echo $?
### typeset
typeset -i x=2+2; typeset y=a; echo $x $y
### append
s=a; s+=b; echo $s; declare -i n=1; n+=2; echo $n
### let
let x=1+2 y=x*2; echo $x $y; let 0; echo $?; let 'z = 3 > 2'; echo $z
### attributes
declare -i i=1; declare -a a=(1); declare -A m=([k]=v); echo "${i@a}" "${a@a}" "${m@a}"; echo "${i@A}"
### invalid
declare 1x=2; echo $?; declare -Z; echo $?

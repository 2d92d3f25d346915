### case
v=hello; echo ${v^} ${v^^} ${v^^[el]} ${v~} ; V=HELLO; echo ${V,} ${V,,} ${V,,[EL]}
### substring
v=abcdef; echo ${v:1:3} ${v: -2} ${v:2} ${v:0:-1} ${v:(-3):2} "${v:9}" ${v:1+1:2}
### replace
v=aXbXc; echo ${v/X/-} ${v//X/-} ${v//X} ${v/#a/-} ${v/%c/-} ${v/X*/!} "${v//[aX]/<&>}"
### replace with quotes
v='a/b/c'; echo "${v//\//:}" ${v//'/'/+} ; p='*'; w='a*b'; echo "${w//"$p"/x}" "${w//$p/x}"
### indirect
v=x; x=1; echo ${!v}; a=(p q); r='a[1]'; echo ${!r}; set -- one two; n=2; echo ${!n}
### names
ab1=1; ab2=2; echo ${!ab*} "${!ab@}"
### quoting operators
v="a'b c"; echo ${v@Q}; e='x\ty'; echo "${e@E}"; u=ab; echo ${u@U} ${u@u}
### positional slices
set -- a b c d; echo "${@:2}" "${@:1:2}" "${@: -1}" "${*:2:1}"; echo ${@:0:1} | grep -c .
### braces
echo a{b,c}d {1..5} {5..1..2} {a..e} {01..10..3} x{,y}z {a,{b,c}}{1,2} {a} {} {a,b
### braces and quotes
v=1; echo {"a b",c}$v {$v,2} '{x,y}' \{x,y}
### here string
cat <<< "one $((1+1))"; read -r x y <<< "a b c"; echo "$y"
### ansi quotes
printf '%s\n' $'a\tb\x41\u00e9\'' $"plain"
### file substitution
echo "$(<a.txt)"; x=$(< b.txt); echo $x
### process substitution
cat <(echo one) <(echo two); diff <(echo a) <(echo a) && echo same
### process substitution for output
echo text > >(cat); wait; sleep 0.1
### arithmetic
echo $((2**10)) $((16#ff)) $((0x1f)) $((1,2)) $((5%3)) $((1<<4)); x=5; echo $((x++)) $((++x)) $((x--)) $x
### default for unset in arrays
unset a; echo "${a[0]:-none}" "${a:-none}" "${a[@]:-none}"
### length
v=abc; a=(1 22 333); echo ${#v} ${#a[2]} ${#a[@]} ${#}
### special variables
echo ${BASH_VERSINFO[0]} | grep -c '^[0-9]'; [ -n "$RANDOM" ] && [ "$SECONDS" -ge 0 ] && [ -n "$BASHPID" ] && echo ok; echo $UID | grep -c .
### underscore
echo a b c > /dev/null; echo $_
### bad substitution
echo ${x!y}
echo "status $?"
### division by zero
echo $((1/0)); echo never
echo "status $?"
### pattern removal with groups
shopt -s extglob
v=foobarbaz; echo ${v%@(bar|baz)} ${v##+([a-o])} ${v/@(o|b)/-}
### double quotes with a list without items and nothing else are no word
e=; a=(); set --; n() { echo $#; }; n "$e$@"; n "$@$e"; n "$(:)${a[@]}"; n "$e${a[@]:5}"; n ""$@; n "$e""$@"; n x"$e$@"; n "$@""$@"; n "$e"; n "$e$*"; set -- a; n "$e$@"; n "${e}${a[@]}x"; x="$e$@"; n "$x"; b=""; n "${b[@]#*}${a[@]}"; n "$b${b[@]}${a[@]}"; n "${b[@]:+}"; n "${b[@]:+x}"; n "${a[@]:+x}"; n "${a[@]+"${a[@]}"}"
### quotation marks quote in what replaces
a=xay; echo "${a/'a'/'q'}" "${a/a/"q"}" "${a/a/\"q\"}" "${a/"a"/q}" "${a/a/\$'t'}" "${a/a/\'}" "${a//a/'}'}" "${a/'*'/q}" "${a/a/\\&}" "${a/a/\&}" "${a/a/&&}" "${a/a/'&'}" "${a/a/$'\t'}" "${a/a/a\'b}" ${a/a/\\&} ${a/a/\&} ${a/a/"&"}
r='&'; s='\&'; echo "${a/a/$r}" "${a/a/"$r"}" "${a/a/$s}" ${a/a/$r} ${a/a/$s} "${a/a/}"
cat <<T
${a/'a'/'q'} ${a/a/"q"} ${a/a/\&}
T

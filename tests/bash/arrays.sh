### elements
a=(1 2 3); echo "${a[@]}" ${#a[@]} ${a[1]} ${a[-1]} "${!a[@]}" $a
### sparse
a=(x y); a[10]=z; echo "${a[@]}" "${!a[@]}" ${#a[@]}; unset 'a[0]'; echo "${!a[@]}"; declare -p a
### appended
a=(1); a+=(2 3); a+=x; echo "${a[@]}"; a[1]+=y; echo "${a[@]}"
### keys in a list
a=([3]=c [1]=a b); declare -p a
### slices
a=(a b c d e); echo "${a[@]:1:2}" "${a[@]: -2}" "${a[*]:3}"; b=([2]=x [5]=y [9]=z); echo "${b[@]:3}" "${b[@]:0:2}"
### joined
a=(1 2 3); IFS=-; echo "${a[*]}" "${a[@]}"
### operators on all
a=(foo.c bar.c); echo "${a[@]%.c}" "${a[@]/o/0}" "${a[@]^}" "${a[@]#b}"
### unset elements
a=(1 2 3); unset 'a[1]'; echo "${a[@]-none}" "${a[1]-none}" "${#a[@]}"; unset a; echo "${a[@]-none}"
### arithmetic subscripts
a=(5 6 7); i=1; echo ${a[i]} ${a[i+1]} ${a[$i]} $((a[i]*2)); ((a[i]++)); echo ${a[1]}; a[i+1]=x; echo ${a[2]}
### negative subscripts
a=(1 2 3); a[-1]=9; echo ${a[@]}; a=(); echo "${a[-1]}"; echo $?
### read into
read -r -a a <<< "x y z"; echo "${a[1]}" ${#a[@]}
### associative
declare -A m=([x]=1); m[y]="2 3"; echo "${m[x]}" "${m[y]}" ${#m[@]} "${m[none]-no}"; unset 'm[x]'; echo "${!m[@]}"
### associative keys
declare -A m; k='a b'; m[$k]=1; m["c d"]=2; echo "${m[a b]}" "${m[c d]}"; m[$k]+=5; echo ${m[$k]}
### loop over keys
declare -A m=([only]=1); for k in "${!m[@]}"; do echo "$k=${m[$k]}"; done
### scalar as array
s=abc; echo ${s[0]} "${s[@]}" ${#s[@]}; s[2]=x; declare -p s
### array of words
a=(*.txt "q r" $(echo one two)); printf '[%s]' "${a[@]}"; echo
### local arrays
f() { local a=(1 2); a+=(3); echo "${a[@]}"; }; a=(z); f; echo "${a[@]}"
### mapfile
mapfile -t a < words; echo ${#a[@]} "${a[0]}"; mapfile -t -n 1 -s 1 b < words; echo "${b[0]}"
### pipestatus
true | false | true; echo "${PIPESTATUS[@]}"; false; echo "${PIPESTATUS[@]}"
### readonly array
readonly -a a=(1 2); echo ${a[1]}
a[0]=x
echo "status $?"
### an element is assigned in backquotes
echo `a[1]=x; echo ${a[1]}` `a[0]=y`; [[ a < `a[1]=ab; ` ]]; echo $?

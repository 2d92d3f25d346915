### strings
[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; [[ abc != b* ]] && echo 3; [[ a < b ]] && echo 4; [[ "" ]] || echo 5
### logic
[[ a == a && ( b == c || d == d ) ]] && echo 1; [[ ! a == b ]] && echo 2; [[ -n x && -z "" ]] && echo 3
### numbers
[[ 10 -gt 9 && 1+1 -eq 2 ]] && echo 1; x=3; [[ x -eq 3 ]] && echo 2
### regular expressions
[[ foobar =~ ^f(o+)(b.*)$ ]] && echo "${BASH_REMATCH[@]}"; re='^[0-9]+$'; [[ 123 =~ $re ]] && echo 1; [[ a.c =~ "a.c" ]] && echo 2; [[ abc =~ "a.c" ]] || echo 3; [[ 'a b' =~ a\ b ]] && echo 4
### files
[[ -f a.txt && -d sub && ! -e nothing ]] && echo 1; [[ a.txt -ef ./a.txt ]] && echo 2
### variables
x=; a=(1); [[ -v x ]] && echo 1; [[ -v a[0] ]] && echo 2; [[ -v a[3] ]] || echo 3; [[ -v none ]] || echo 4
### no splitting
v='a b'; [[ $v == 'a b' ]] && echo 1; [[ -f $v ]] || echo 2; e=; [[ -z $e ]] && echo 3
### patterns are extended
[[ foo.jpg == *.@(jpg|png) ]] && echo 1; [[ abc == !(x*) ]] && echo 2
### case makes no difference
shopt -s nocasematch; [[ ABC == abc ]] && echo 1; case XyZ in xyz) echo 2;; esac
### arithmetic command
((1+1)); echo $?; ((0)); echo $?; ((x=5, x*2)); echo $x; if ((x > 3)); then echo big; fi; ((x++)) && echo $x
### counting loop
for ((i=0; i<3; i++)); do echo -n "$i "; done; echo; for ((;;)); do break; done; for ((i=0,j=5; i<j; i++,j--)) { echo $i$j; }
### select
PS3='? '; select x in a b c; do echo "got $x $REPLY"; break; done <<< 2 2>/dev/null
### fall through
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo 1;;& *) echo 2;; esac
### time
time true 2>/dev/null; TIMEFORMAT=; time true; echo $?
### wrong operand
[[ 1 -eq 1x ]]
echo "status $?"
### wrong expression
[[ a =~ ( ]]; echo "status $?"

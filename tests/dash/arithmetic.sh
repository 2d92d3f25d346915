### operators
echo $((1+2*3)) $(((1+2)*3)) $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((2-5))
### comparison
echo $((1<2)) $((2<=1)) $((3>2)) $((3>=4)) $((1==1)) $((1!=1))
### logic
echo $((1&&0)) $((1||0)) $((!5)) $((!0)) $((0||0))
### bits
echo $((6&3)) $((6|3)) $((6^3)) $((~0)) $((1<<4)) $((256>>2)) $((-8>>1))
### ternary
echo $((1?2:3)) $((0?2:3)) $((1?0?4:5:6))
### assignment
x=5; echo $((x=3)) $x $((x+=2)) $x $((x*=3)) $((x-=1)) $((x/=2)) $((x%=4)) $((x<<=2)) $((x>>=1)) $((x|=8)) $((x&=12)) $((x^=5))
### variables
x=4; y=x; echo $((x)) $(($x+1)) $((x*x))
### unset is zero
unset u; echo $((u+1)) $((u))
### constants
echo $((010)) $((0x1f)) $((0XFF)) $((0))
### unary
echo $((-3)) $((+3)) $((- -3)) $((-(2)))
### blanks and newlines
echo $((  1 +
2  )) $((1+ 2))
### short circuit has no effects
x=1; echo $((0 && (x=2))) $x $((1 || (x=3))) $x $((1 ? 1 : (x=4))) $x
### nested
echo $(( $((1+1)) * $(echo 3) ))
### negative values of variables
x=-3; echo $((x*2)) $((5-x)) $((-x))
### in quotes
x=2; echo "$((x+1))" '$((x+1))' "a$((1))b"
### large numbers
echo $((9223372036854775807)) $((9223372036854775806+1))
### wraps around
echo $((9223372036854775807+1)) $((-9223372036854775807-2))
### precedence
echo $((1+2<<1)) $((1|2&3)) $((2+3*4%5)) $((1<2==1)) $((!1+1))
### division by zero
(echo $((1/0)); echo never); echo $?
### syntax error
(eval 'echo $((1+))'; echo never); echo $?
### bad number
(x=1a; echo $((x))); echo $?
### as a counter
i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i
### parentheses that are a subshell
echo $( (echo a) ) $( (echo b); (echo c))
### dollar inside
set -- 3 4; echo $(($1*$2)) $(($#+1)) $((${1}+${x:-1}))

### errexit
set -e; true; false; echo never
### errexit ignores conditions
set -e; if false; then :; fi; while false; do :; done; false || true; false && true; ! true; echo here
### errexit in the last part of a list
set -e; true && false; echo never
### errexit in a function
set -e; f() { false; echo never; }; f; echo never
### errexit in a function as condition
set -e; f() { false; echo runs; }; if f; then echo yes; fi; f || echo no; echo end
### errexit in a subshell
set -e; (false; echo never); echo never
### errexit in a group
set -e; { false; echo never; }; echo never
### errexit with substitution
set -e; x=$(false); echo never
### errexit with substitution in arguments
set -e; echo "$(false)"; echo here
### errexit in a pipeline
set -e; false | true; echo here; true | false; echo never
### errexit and not
set -e; ! false; ! true; echo here
### errexit runs the exit trap
set -e; trap 'echo trap $?' EXIT; false; echo never
### errexit in eval
set -e; eval 'false; echo never'; echo never
### errexit in case and loops
set -e; for i in 1; do case $i in 1) false;; esac; done; echo never
### errexit status
set -e; (exit 7); echo never
### errexit turned off
set -e; set +e; false; echo here
### nounset
set -u; x=1; echo $x ${y-d} ${y+d}; echo $y; echo never
### nounset in a subshell
set -u; (echo $y); echo $?; (: ${#y}); echo $?; (echo "$@" $* $#); echo $?
### nounset of positional
set -u; (echo $1) 2>/dev/null; echo $?
### noglob
set -f; echo *; set +f; echo *.md
### noexec
set -n; echo never
### allexport
set -a; ax=1; sh -c 'echo $ax'; set +a; ay=2; sh -c 'echo ${ay-none}'
### xtrace goes to standard error
set -x; echo a; set +x; echo b
### xtrace with PS4
PS4='T '; { set -x; echo a b; set +x; } 2>&1 | head -1
### verbose on standard error
set -v; echo a
### set -o and names
set -o errexit; case $- in *e*) echo on;; esac; set +o errexit; case $- in *e*) echo on;; *) echo off;; esac
### bad option
set -Z; echo never
### bad option name
(set -o nonsense; echo never) 2>/dev/null; echo $?
### set +o can be read back
set -u; s=$(set +o); set +u; eval "$s"; case $- in *u*) echo kept;; esac
### options by one word
set -euf; case $- in *f*) echo f;; esac; set +ef; case $- in *f*) echo f;; *) echo gone;; esac
### options and parameters
set -f a b; echo $# $1; set +f; echo $#
### monitor off in scripts
case $- in *m*) echo m;; *) echo none;; esac

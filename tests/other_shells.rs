//! Forms of other shells: those that llmsh has, and those that are an error when they
//! are reached and never before.

mod support;

use support::{Place, Run};

fn run(script: &str) -> support::Finished {
    Run::new(&Place::new()).args(["-c", script]).finish()
}

#[test]
fn a_form_that_is_not_reached_is_no_error() {
    for form in [
        "[[ a == b* && ( c || d ) ]]",
        "[[ $x =~ ^(a|b)$ ]] && echo matched",
        "(( i++ ))",
        "for (( i = 0; i < 3; i++ )); do echo $i; done",
        "select x in a b; do echo $x; done",
        "coproc cat",
        "a=(1 2 'x )' \"$(echo y)\")",
        "a+=(1)",
        "echo ${a[0]} \"${a[@]}\" ${#a[@]}",
        "echo ${x/a/b} ${x^^} ${x:1:2} ${!x} ${x@Q}",
        "cat <(echo x) >(cat)",
        "echo ${} ${x y}",
    ] {
        run(&format!("if false; then {form}; fi; echo after")).expect(0, "after\n", "");
        run(&format!("f() {{ {form}; }}; echo after")).expect(0, "after\n", "");
    }
}

#[test]
fn a_form_that_is_reached_says_what_it_is() {
    let says = |script: &str, message: &str, stdout: &str| {
        let ended = run(script);
        assert!(ended.stderr.contains(message), "{script}: {ended:?}");
        assert_eq!(ended.stdout, stdout, "{script}");
    };
    says("[[ a ]] || echo \"no: $?\"", "\"[[\" is not supported yet", "no: 2\n");
    says("(( 1 + 1 )); echo after", "\"((\" is not supported yet", "after\n");
    says("a=(1 2); echo after", "an array", "");
    says("echo ${x[0]}; echo after", "\"${name[…}\" is not supported yet", "");
    says("echo ${x/a/b}", "\"${name/…}\" is not supported yet", "");
    says("cat <(echo x)", "process substitution", "");
}

#[test]
fn small_forms_of_bash_work() {
    run("sh -c 'echo out; echo err >&2' &>f; cat f").expect(0, "out\nerr\n", "");
    run("echo a >f; sh -c 'echo b; echo c >&2' &>>f; cat f").expect(0, "a\nb\nc\n", "");
    run("sh -c 'echo err >&2' |& cat").expect(0, "err\n", "");
    run("{ echo err >&2; } |& cat").expect(0, "err\n", "");
    run("x=1; cat <<<\"x is $x\"; cat <<< 'a  b'").expect(0, "x is 1\na  b\n", "");
    run("case ab in a*) echo one;;& *b) echo two;; *) echo three;; esac").expect(
        0,
        "one\ntwo\n",
        "",
    );
    run("function f { echo f $1; }; function g() { echo g; }; f 1; g").expect(0, "f 1\ng\n", "");
}

#[test]
fn a_profile_with_a_branch_for_another_shell_is_silent() {
    let place = Place::new();
    // The form of /etc/profile.d/bash_completion.sh.
    std::fs::write(
        place.directory("home").join(".profile"),
        "if [ \"x${BASH_VERSION-}\" != x ]; then
    if [ \"${BASH_VERSINFO[0]}\" -gt 4 ]; then
        shopt -q progcomp && . /nonexistent
    fi
fi
GREETING=hello\n",
    )
    .expect("the home can be written");
    let ended = Run::new(&place).args(["-l", "-c", "echo $GREETING"]).finish();
    assert_eq!((ended.status, ended.stdout.as_str(), ended.stderr.as_str()), (0, "hello\n", ""));
}

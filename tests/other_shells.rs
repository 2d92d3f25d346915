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
        "for 1x in a; do :; done",
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
    says("echo ${x!y}; echo never\necho after", "${x!y}: bad substitution", "after\n");
    says("echo ${}", "${}: bad substitution", "");
    says("echo \"${x:}\"; echo never\necho after", "${x:}: bad substitution", "after\n");
    says("echo $((1 +)); echo never\necho after", "arithmetic: syntax error: a value", "after\n");
    says("for 1x in a; do :; done; echo \"no: $?\"", "1x: not a valid name", "no: 1\n");
    says("[[ -n ]]; echo never", "\"]]\" unexpected", "");
    says("wait -n -p 1x; echo \"no: $?\"", "1x: not a valid name", "no: 1\n");
    says("source; echo \"no: $?\"", "source: a file name is needed", "no: 2\n");
    says("re='('; [[ a =~ $re ]] || echo \"no: $?\"", "not a valid regular expression", "no: 2\n");
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
fn a_profile_that_loads_completions_is_silent() {
    let place = Place::new();
    // The form of /etc/profile.d/bash_completion.sh.
    std::fs::write(
        place.directory("home").join(".profile"),
        "if [ \"x${BASH_VERSION-}\" != x ]; then
    if [ \"${BASH_VERSINFO[0]}\" -gt 4 ]; then
        shopt -q progcomp && . /usr/share/bash-completion/bash_completion
    fi
fi
GREETING=hello\n",
    )
    .expect("the home can be written");
    for options in [&["-l"][..], &["-l", "--posix"]] {
        let arguments = [options, &["-c", "echo $GREETING"]].concat();
        Run::new(&place).args(arguments).finish().expect(0, "hello\n", "");
    }
}

#[test]
fn what_distributions_and_programs_put_into_rc_files_loads_in_silence() {
    for file in [
        "/etc/skel/.bashrc",
        "/etc/bash.bashrc",
        "/etc/profile",
        "/usr/lib/git-core/git-sh-prompt",
        "/usr/share/bash-completion/completions/git",
    ] {
        if std::path::Path::new(file).exists() {
            let text = format!(". {file}; echo $?");
            Run::new(&Place::new()).args(["-c", &text]).finish().expect(0, "0\n", "");
        }
    }
}

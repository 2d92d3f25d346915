//! What POSIX.1-2024 asks for and dash, to which the other tests compare, does
//! differently.

mod support;

use support::{Finished, LLMSH, Place, Run};

fn run(text: &str) -> Finished {
    Run::new(&Place::new()).args(["--posix", "-c", text]).finish()
}

/// Runs llmsh with a disposition that does not depend on who started the tests.
fn run_with_signal(disposition: &str, arguments: &[&str], stdin: &str) -> Finished {
    let place = Place::new();
    let arguments = [&[disposition, LLMSH, "--posix"][..], arguments].concat();
    Run::new(&place).program("env").args(arguments).stdin(stdin).finish()
}

#[test]
fn a_background_list_ignores_sigint_until_a_trap_says_otherwise() {
    let list = |trap: &str| {
        let text =
            format!("{{ {trap}; sh -c 'kill -INT $PPID'; echo alive; }} & wait $!; echo $?\n");
        run_with_signal("--default-signal=INT", &["-c", &text], "").stdout
    };
    assert_eq!(list(":"), "alive\n0\n");
    assert_eq!(list("trap - INT"), "130\n");
    assert_eq!(list("trap 'echo trapped' INT"), "trapped\nalive\n0\n");
}

#[test]
fn what_a_script_inherits_as_ignored_stays_ignored() {
    let text = "trap - HUP; kill -HUP $$; trap 'echo trapped' HUP; kill -HUP $$; echo alive";
    run_with_signal("--ignore-signal=HUP", &["-c", text], "").expect(0, "alive\n", "");
}

#[test]
fn what_an_interactive_shell_inherits_as_ignored_can_be_trapped_and_reset() {
    let shell = |text: &str| {
        let ended = run_with_signal("--ignore-signal=HUP", &["-i"], text);
        (ended.status, ended.stdout)
    };
    assert_eq!(shell("kill -HUP $$; echo alive\n"), (0, "alive\n".to_owned()));
    assert_eq!(shell("trap - HUP; kill -HUP $$; echo alive\n"), (129, String::new()));
    assert_eq!(shell("trap 'echo trapped' HUP; kill -HUP $$\n"), (0, "trapped\n".to_owned()));
    let subshell = "(trap 'echo trapped' HUP; sh -c 'kill -HUP $PPID'; :)\n";
    assert_eq!(shell(subshell), (0, "trapped\n".to_owned()));
}

#[test]
fn redirections_without_a_command_name_are_made_in_a_subshell() {
    let text = "unset x y; >${x=file}; <<E\n${y=text}\nE\necho \"${x-unset} ${y-unset}\" *";
    run(text).expect(0, "unset unset file\n", "");
}

#[test]
fn under_hashall_a_function_s_programs_are_located_when_it_is_defined() {
    let text =
        "f() { if cat; then x=$(ls); fi; }; hash | while read -r path; do echo ${path##*/}; done";
    run(&format!("set -h; {text}")).expect(0, "cat\nls\n", "");
    run(text).expect(0, "", "");
}

//! A failure of llmsh itself costs a command and never the shell, and nobody is
//! locked out. `LLMSH_FAULT` lets a part of it panic.

mod support;

use serde_json::json;
use support::{LLMSH, Place, Run, Terminal, Worker};

const NONE: [&str; 0] = [];

fn failing(place: &Place, part: &str) -> Terminal {
    let environment = [("LLMSH_FAULT", part), ("NO_COLOR", "1")];
    Terminal::start_with(place, LLMSH, NONE, (100, 200), &environment)
}

/// The terminal's settings, as `stty -a` says them.
fn modes(terminal: &mut Terminal) -> String {
    terminal.run_line("stty -a")
}

#[test]
fn a_panic_while_a_plan_is_made_gives_up_the_request_and_not_the_shell() {
    for part in ["planner", "review"] {
        let place = Place::new();
        let _worker = Worker::start(&place, json!([{ "reply": "echo planned\n```" }]));
        let mut terminal = failing(&place, part);
        let before = modes(&mut terminal);
        for _ in 0..2 {
            terminal.start_line("? do something");
            terminal.wait_for("the command was given up and the shell goes on");
            assert_eq!(terminal.run_line("echo status $?"), "status 70");
            assert_eq!(modes(&mut terminal), before, "{part}");
        }
        assert_eq!(terminal.run_line("echo still here"), "still here");
        terminal.start_line("echo sta''rted; sleep 1000");
        terminal.wait_for("started");
        terminal.control('c');
        assert_eq!(terminal.run_line("echo job $?"), "job 130", "the foreground group is right");
    }
}

#[test]
fn a_history_that_panics_is_told_once_and_every_line_runs() {
    let place = Place::new();
    let mut terminal = failing(&place, "history");
    terminal.wait_for("history is not kept any more in this session");
    assert_eq!(terminal.run_line("echo one"), "one");
    assert_eq!(terminal.run_line("echo two"), "two");
    assert_eq!(terminal.screen().matches("history is not kept").count(), 1);
}

#[test]
fn an_editor_that_panics_leaves_a_shell_that_reads_plain_lines() {
    let place = Place::new();
    let mut terminal = failing(&place, "editor");
    terminal.wait_for("lines are read without the line editor from now on");
    assert_eq!(terminal.run_line("echo one; (exit 3)"), "one");
    assert_eq!(terminal.run_line("echo status $?"), "status 3");
}

#[test]
fn a_panic_before_the_first_prompt_or_command_becomes_sh_with_the_same_arguments() {
    let place = Place::new();
    let ended = Run::new(&place)
        .env("LLMSH_FAULT", "start")
        .args(["--dry-run", "-c", "echo $0 $1 $#; exit 5", "name", "first"])
        .finish();
    assert_eq!((ended.status, ended.stdout.as_str()), (5, "name first 1\n"), "{ended:?}");
    assert!(ended.stderr.contains("internal error"), "{ended:?}");
    let mut terminal = failing(&place, "start");
    assert_eq!(terminal.run_line("echo $((6 * 7)) from $0"), "42 from sh");
}

#[test]
fn a_person_can_ask_for_sh() {
    let place = Place::new();
    let with_variable = Run::new(&place).env("LLMSH_RESCUE", "1").args(["-c", "echo $0"]).finish();
    with_variable.expect(0, "sh\n", "");
    let with_argument = Run::new(&place).args(["--rescue", "-c", "echo $0 $1", "a", "b"]).finish();
    with_argument.expect(0, "a b\n", "");
}

#[test]
fn a_subcommand_that_fails_is_an_error_and_no_other_shell() {
    let place = Place::new();
    let _worker = Worker::start(&place, json!([{ "reply": "echo planned\n```" }]));
    let ended =
        Run::new(&place).env("LLMSH_FAULT", "planner").args(["ask", "do something"]).finish();
    assert_eq!((ended.status, ended.stdout.as_str()), (70, ""), "{ended:?}");
    assert!(ended.stderr.contains("internal error"), "{ended:?}");
}

//! Job control on a real terminal, as a person meets it.
//!
//! Each test was made beside bash, which passes them all but for a race of its own
//! line editor.

mod support;

use std::os::unix::process::ExitStatusExt;

use support::{LLMSH, Place, Terminal};

/// A command that says when it runs, then reads the terminal until its end.
const READER: &str = "sh -c 'echo rea''dy; exec cat'";
/// A command that says when it runs, then does nothing for long.
const SLEEPER: &str = "sh -c 'echo rea''dy; exec sleep 1000'";

fn terminal(place: &Place) -> Terminal {
    let none: [&str; 0] = [];
    Terminal::start(place, LLMSH, none)
}

#[test]
fn a_command_runs_and_its_status_is_kept() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    assert_eq!(terminal.run_line("echo one; echo two"), "one\ntwo");
    assert_eq!(terminal.run_line("(exit 7)"), "");
    assert_eq!(terminal.run_line("echo status $?"), "status 7");
}

#[test]
fn ctrl_c_ends_the_foreground_job_and_not_the_shell() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(READER);
    terminal.wait_for("ready");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130");
}

#[test]
fn ctrl_c_reaches_every_process_of_a_pipeline() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    // The reader of the pipe says that it was interrupted; the writer has to be
    // ended too, or the prompt would not come back.
    terminal.start_line(&format!(
        "{SLEEPER} | sh -c 'trap \"echo interrupt''ed; exit\" INT; read a; echo $a; read b'"
    ));
    terminal.wait_for("ready");
    terminal.control('c');
    terminal.wait_for("interrupted");
    assert_eq!(terminal.run_line("echo next"), "next");
}

#[test]
fn ctrl_c_leaves_a_loop() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line("for i in 1 2 3; do sh -c \"echo round 1$i; exec cat\"; done");
    terminal.wait_for("round 11");
    terminal.control('c');
    terminal.wait_for_prompt();
    assert!(!terminal.screen().contains("round 12"), "{}", terminal.screen());
    assert_eq!(terminal.run_line("echo next"), "next");
}

#[test]
fn ctrl_c_at_the_prompt_gives_up_the_line() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.wait_for_prompt();
    terminal.enter("echo never");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo next"), "next");
    assert!(!terminal.screen().contains("\nnever"), "{}", terminal.screen());
}

#[test]
fn ctrl_d_at_an_empty_prompt_ends_the_shell_with_the_last_status() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.run_line("(exit 9)");
    terminal.control('d');
    assert_eq!(terminal.finish().code(), Some(9));
}

#[test]
fn ctrl_z_stops_a_job_and_fg_goes_on_with_it() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(READER);
    terminal.wait_for("ready");
    terminal.control('z');
    let jobs = terminal.run_line("jobs");
    assert!(jobs.contains("Stopped") && jobs.contains("exec cat"), "{jobs}");
    terminal.start_line("fg");
    terminal.wait_until("the job's command", |terminal| {
        terminal.screen().matches("exec cat'").count() >= 4
    });
    // What cat writes back is the second of two equal rows.
    terminal.send(b"typed text\n");
    terminal.wait_until("the text back", |terminal| {
        terminal.screen().contains("typed text\ntyped text")
    });
    terminal.control('d');
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(terminal.run_line("jobs"), "");
}

#[test]
fn ctrl_z_stops_a_pipeline_as_one_job() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(&format!("{READER} | cat"));
    terminal.wait_for("ready");
    terminal.control('z');
    let jobs = terminal.run_line("jobs");
    assert_eq!(jobs.matches("Stopped").count(), 1, "{jobs}");
    terminal.start_line("fg");
    terminal.wait_until("the job's command", |terminal| {
        terminal.screen().matches("exec cat' | cat").count() >= 4
    });
    terminal.control('d');
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
}

#[test]
fn bg_lets_a_stopped_job_go_on_in_the_background() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(SLEEPER);
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.run_line("bg");
    let jobs = terminal.run_line("jobs");
    assert!(jobs.contains("Running"), "{jobs}");
    terminal.run_line("kill %1; wait %1; s=$?");
    assert_eq!(terminal.run_line("echo status $s"), "status 143");
}

#[test]
fn a_background_job_that_reads_the_terminal_is_stopped() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.run_line("cat & p=$!");
    // The kernel stops it as soon as it reads; ps tells when.
    terminal.run_line("until case $(ps -o stat= -p $p) in T*) ;; *) false;; esac; do :; done");
    let jobs = terminal.run_line("jobs");
    assert!(jobs.contains("Stopped"), "{jobs}");
    terminal.start_line("fg");
    terminal.wait_until("cat in the foreground", |terminal| terminal.screen().ends_with("fg\ncat"));
    terminal.control('d');
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
}

#[test]
fn the_foreground_job_owns_the_terminal() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    let groups = terminal.run_line("sh -c 'ps -o pid=,pgid=,tpgid= -p $$'");
    let numbers: Vec<&str> = groups.split_whitespace().collect();
    assert!(
        numbers.len() == 3 && numbers[0] == numbers[1] && numbers[1] == numbers[2],
        "a process group of its own, in the foreground: {groups}"
    );
}

#[test]
fn the_shell_owns_the_terminal_again_after_a_job() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(READER);
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.wait_for_prompt();
    let shell = terminal.process();
    let owner = terminal.run_line(&format!("(: ; ps -o tpgid= -p {shell} > owner) & wait"));
    let owner = place.read("owner").unwrap_or(owner);
    assert_eq!(owner.trim(), shell.to_string());
}

#[test]
fn terminal_modes_come_back_after_an_interrupted_job() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.run_line("stty -g > before");
    terminal.start_line("sh -c 'stty -echo -icanon; echo rea''dy; exec sleep 1000'");
    terminal.wait_for("ready");
    terminal.control('c');
    terminal.run_line("stty -g > after");
    assert!(place.read("before").is_some_and(|modes| modes.len() > 10));
    assert_eq!(place.read("after"), place.read("before"));
}

#[test]
fn terminal_modes_come_back_after_a_stopped_job() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.run_line("stty -g > before");
    terminal.start_line("sh -c 'stty -echo -icanon; echo rea''dy; exec sleep 1000'");
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.run_line("stty -g > after");
    assert!(place.read("before").is_some_and(|modes| modes.len() > 10));
    assert_eq!(place.read("after"), place.read("before"));
}

#[test]
fn a_stopped_job_can_be_ended() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    terminal.start_line(READER);
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.run_line("kill %1; kill -s CONT %1; wait %1; s=$?");
    assert_eq!(terminal.run_line("echo status $s"), "status 143");
}

#[test]
fn two_stopped_jobs_are_told_apart() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    for name in ["one", "two"] {
        terminal.start_line(&format!("sh -c 'echo {name} rea''dy; exec cat' {name}"));
        terminal.wait_for(&format!("{name} ready"));
        terminal.control('z');
    }
    let jobs = terminal.run_line("jobs");
    let rows: Vec<&str> = jobs.lines().collect();
    assert!(
        matches!(rows[..], [first, second]
            if first.starts_with("[1]") && first.contains('-') && first.ends_with("one")
            && second.starts_with("[2]") && second.contains('+') && second.ends_with("two")),
        "{jobs}"
    );
    terminal.start_line("fg %1");
    terminal.wait_until("the first job", |terminal| terminal.screen().ends_with(" one"));
    terminal.control('d');
    let jobs = terminal.run_line("jobs");
    assert!(jobs.starts_with("[2]") && jobs.lines().count() == 1, "{jobs}");
}

#[test]
fn a_hang_up_ends_the_shell() {
    let place = Place::new();
    let mut terminal = terminal(&place);
    assert_eq!(terminal.run_line("trap - HUP; echo up"), "up");
    let process = terminal.process().to_string();
    let sent = std::process::Command::new("kill").args(["-HUP", &process]).status();
    assert!(sent.expect("kill is part of every POSIX system").success());
    let status = terminal.finish();
    assert!(status.signal() == Some(1) || status.code() == Some(129), "{status:?}");
}

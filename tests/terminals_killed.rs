//! Programs, children of the shell, and the shell itself inside another one are killed
//! while the terminal is raw: afterwards its modes are those before, and its foreground
//! process group is the shell's. And Ctrl-C stops a generation at once.

mod support;

use std::fs;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{LLMSH, PROMPT, Place, Terminal, Worker};

const NONE: [&str; 0] = [];
const QUESTION: &str = "Run this?";

/// Every signal that ends a program which does nothing about it.
const SIGNALS: [&str; 20] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "XCPU", "XFSZ", "VTALRM", "PROF", "SYS",
];

/// How a program comes to its end: lines, in which SIGNAL is the signal.
type Lines = &'static [&'static str];

const ALONE: Lines = &["sh -c 'stty raw -echo; kill -SIGNAL $$'"];
const FIRST: Lines = &["sh -c 'stty raw -echo </dev/tty; kill -SIGNAL $$' | cat"];
const LAST: Lines = &["echo | sh -c 'stty raw -echo </dev/tty; kill -SIGNAL $$'"];
const CONTINUED: Lines = &["sh -c 'stty raw -echo; kill -STOP $$; kill -SIGNAL $$'", "fg"];
const STOPPED: Lines =
    &["sh -c 'stty raw -echo; kill -STOP $$; sleep 1000'", "kill -SIGNAL %%; kill -CONT %%; wait"];
/// A stopped one that changes the modes again when it goes on, in the foreground.
const AGAIN: Lines =
    &["sh -c 'stty -icanon; kill -STOP $$; stty raw -echo; kill -SIGNAL $$'", "fg"];
/// The process is the shell's own: the parent of the program that sends the signal.
const SUBSHELL: Lines = &["(stty raw -echo; sh -c 'kill -SIGNAL $PPID'; :)"];
/// It is stopped when it wants to change the terminal.
const BACKGROUND: Lines = &[
    "sh -c 'stty raw -echo; kill -SIGNAL $$' &",
    "until jobs | grep -q Stopped; do sleep 0.01; done",
    "kill -SIGNAL %%; kill -CONT %%; wait",
];

/// A few signals for what does not depend on which it is.
const SOME: [&str; 4] = ["INT", "KILL", "SEGV", "TERM"];
const WITHIN: [Lines; 5] = [
    &["for x in 1 2; do sh -c 'stty raw -echo; kill -SIGNAL $$'; done"],
    &["f() { sh -c 'stty raw -echo; kill -SIGNAL $$'; }; f"],
    &["! sh -c 'stty raw -echo; kill -SIGNAL $$' || echo no"],
    &["eval \"sh -c 'stty raw -echo; kill -SIGNAL \\$\\$'\""],
    &["cat <(sh -c 'stty raw -echo </dev/tty; kill -SIGNAL $$')"],
];

fn start(place: &Place) -> Terminal {
    let environment = [("NO_COLOR", "1")];
    let mut terminal = Terminal::start_with(place, LLMSH, NONE, (50, 100), &environment);
    terminal.wait_for_prompt();
    terminal
}

/// The process group of a shell, and the foreground one of its terminal.
fn groups(shell: u32) -> (String, String) {
    let stat = fs::read_to_string(format!("/proc/{shell}/stat")).expect("the shell lives");
    let (_, fields) = stat.rsplit_once(')').expect("a name is in parentheses");
    let fields: Vec<&str> = fields.split_whitespace().collect();
    (fields[2].to_owned(), fields[5].to_owned())
}

/// What must be the same afterwards. What became of jobs may be told beside it.
fn modes(terminal: &mut Terminal) -> String {
    let said = terminal.run_line("stty -g");
    let is_mode = |row: &&str| row.chars().all(|c| c == ':' || c.is_ascii_hexdigit());
    said.lines().find(is_mode).unwrap_or(&said).to_owned()
}

/// An empty screen, on which nothing of before is taken for what is to come.
fn clear(terminal: &mut Terminal) {
    terminal.start_line("clear");
    terminal.wait_until("an empty screen", |terminal| terminal.screen() == PROMPT.trim_end());
}

#[track_caller]
fn is_as_before(terminal: &mut Terminal, before: &str, what: &str) {
    terminal.wait_for_prompt();
    let (own, foreground) = groups(terminal.process());
    assert_eq!(foreground, own, "{what}: the shell is in the foreground");
    assert_eq!(modes(terminal), before, "{what}");
}

/// Runs the lines with every signal, in one shell.
fn killed(mode: &str, lines: Lines) {
    killed_with(mode, lines, &SIGNALS);
}

fn killed_with(mode: &str, lines: Lines, signals: &[&str]) {
    let place = Place::new();
    let mut terminal = start(&place);
    terminal.run_line(mode);
    let before = modes(&mut terminal);
    for signal in signals {
        for line in lines {
            terminal.start_line(&line.replace("SIGNAL", signal));
            is_as_before(&mut terminal, &before, &format!("{signal}, {mode}: {line}"));
        }
    }
    // None is left, and what is started now has the terminal.
    assert_eq!(terminal.run_line("jobs"), "");
    terminal.start_line("echo sta''rted; sleep 1000");
    terminal.wait_for("started");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130", "{mode}: {lines:?}");
}

#[test]
fn a_program_killed_in_raw_mode_leaves_the_terminal_as_it_was() {
    killed("set -o emacs", ALONE);
    killed("set -o vi", ALONE);
}

#[test]
fn a_pipeline_killed_in_raw_mode_leaves_the_terminal_as_it_was() {
    killed("set -o emacs", LAST);
    killed("set -o emacs", FIRST);
}

#[test]
fn a_program_stopped_and_then_killed_leaves_the_terminal_as_it_was() {
    killed("set -o emacs", CONTINUED);
    killed("set -o vi", STOPPED);
    killed("set -o emacs", AGAIN);
}

#[test]
fn a_subshell_killed_in_raw_mode_leaves_the_terminal_as_it_was() {
    killed("set -o emacs", SUBSHELL);
}

#[test]
fn a_program_killed_within_other_commands_leaves_the_terminal_as_it_was() {
    for lines in WITHIN {
        killed_with("set -o emacs", lines, &SOME);
    }
}

#[test]
fn a_program_killed_without_job_control_leaves_the_terminal_as_it_was() {
    let lines: Lines = &["set +m", "sh -c 'stty raw -echo; kill -SIGNAL $$'", "set -m"];
    killed_with("set -o emacs", lines, &SOME);
}

#[test]
fn a_command_substitution_killed_in_raw_mode_leaves_the_terminal_as_it_was() {
    let lines: Lines = &["x=$(sh -c 'stty raw -echo </dev/tty; kill -SIGNAL $$')"];
    killed_with("set -o emacs", lines, &SOME);
}

#[test]
fn a_program_killed_in_the_background_leaves_the_terminal_as_it_was() {
    killed("set -o emacs", BACKGROUND);
}

/// What a shell inside a shell is doing when its end comes: what is typed, and what is
/// then before the cursor or, for text that stands elsewhere, on the screen. At a null
/// character the question is waited for, since what is typed before it is no answer.
const DOINGS: [(&str, &str, &str); 12] = [
    ("waiting", "", "inner> "),
    ("a line", "echo half a li", "inner> echo half a li"),
    ("the list of lines", "\x12", "search>"),
    ("the menu of completions", "cat fil\t\t", "file-b"),
    ("a review", "? say it\r", QUESTION),
    ("a generation", "? go on for ever\r", "and so on"),
    ("an unfinished command", "echo 'a\r", "> "),
    ("a silent word", "printf si%s lent; read -rs x\r", "silent"),
    ("a plan's text", "? say it\r\0e", "edit> echo planned"),
    ("a change in words", "? say it\r\0cmore", "different? more"),
    ("a program", "sh -c 'stty raw -echo; printf ra%s w-one; exec sleep 5'\r", "raw-one"),
    ("a program stopped", "sh -c 'stty raw -echo; kill -STOP $$'\r", "Stopped"),
];

/// Ends of the shell: nothing can be done about the first, and the others are not expected.
const ENDS: [&str; 6] = ["KILL", "SEGV", "ABRT", "HUP", "BUS", "STOP"];

fn inner(mode: &str, ends: &[&str]) {
    let place = Place::new();
    for name in ["file-a", "file-b"] {
        place.write(name, "");
    }
    let replies = json!([
        { "when": "for ever", "reply": "echo and so on; ", "endless": true },
        { "reply": "echo planned\n```" },
    ]);
    let _worker = Worker::start(&place, replies);
    let mut terminal = start(&place);
    let before = modes(&mut terminal);
    for end in ends {
        for (doing, typed, seen) in DOINGS {
            let what = format!("{doing}, {mode}, {end}");
            clear(&mut terminal);
            terminal.start_line(&format!("PS1='inner> ' {LLMSH}"));
            terminal.wait_until("the inner shell", |terminal| {
                terminal.before_cursor().ends_with("inner> ")
            });
            terminal.send(format!("set -o {mode}; echo $((40 + 2)) $$\r").as_bytes());
            terminal.wait_until(&what, |terminal| {
                terminal.screen().contains("\n42 ") && terminal.before_cursor().ends_with("inner> ")
            });
            let screen = terminal.screen();
            let process = screen.lines().find_map(|line| line.strip_prefix("42 "));
            let process = process.expect("it was just seen").to_owned();
            for key in typed.chars() {
                if key == '\0' {
                    terminal.wait_for(QUESTION);
                    continue;
                }
                terminal.send(key.to_string().as_bytes());
                std::thread::sleep(Duration::from_millis(10));
            }
            terminal.wait_until(&what, |terminal| terminal.screen().contains(seen));
            let sent = std::process::Command::new("kill").args(["-s", end, &process]).status();
            assert!(sent.expect("kill can be started").success());
            is_as_before(&mut terminal, &before, &what);
            if *end == "STOP" {
                terminal.start_line("kill -KILL %%; wait");
                is_as_before(&mut terminal, &before, &what);
            }
        }
    }
}

#[test]
fn a_shell_killed_inside_a_shell_leaves_the_terminal_as_it_was() {
    inner("emacs", &ENDS);
}

#[test]
fn a_shell_killed_inside_a_shell_with_vi_keys_leaves_the_terminal_as_it_was() {
    inner("vi", &["KILL", "STOP"]);
}

#[test]
fn a_step_of_a_plan_that_is_killed_leaves_the_terminal_as_it_was() {
    let place = Place::new();
    let replies: Vec<_> = SIGNALS
        .iter()
        .map(|signal| {
            let reply = format!("sh -c 'stty raw -echo; kill -{signal} $$'\n```");
            json!({ "when": format!("by {signal}."), "reply": reply })
        })
        .collect();
    let _worker = Worker::start(&place, replies.into());
    let mut terminal = start(&place);
    let before = modes(&mut terminal);
    for signal in SIGNALS {
        clear(&mut terminal);
        terminal.start_line(&format!("? end by {signal}."));
        terminal.wait_until("a question", |terminal| terminal.before_cursor().contains(QUESTION));
        terminal.send(b"y");
        is_as_before(&mut terminal, &before, signal);
    }
}

#[test]
fn a_shell_that_panics_inside_a_shell_leaves_the_terminal_as_it_was() {
    let place = Place::new();
    let _worker = Worker::start(&place, json!([{ "reply": "echo planned\n```" }]));
    let mut terminal = start(&place);
    let before = modes(&mut terminal);
    for (fault, line) in [
        ("start", "true"),
        ("editor", "true"),
        ("history", "true"),
        ("planner", "? say it"),
        ("review", "? say it"),
    ] {
        for end in ["exit", "kill -KILL $$", "kill -SEGV $$"] {
            clear(&mut terminal);
            terminal.start_line(&format!("LLMSH_FAULT={fault} PS1='inner> ' {LLMSH}"));
            let inner = |terminal: &mut Terminal| {
                terminal.wait_until("the inner prompt", |terminal| {
                    terminal.before_cursor().ends_with("inner> ")
                });
            };
            inner(&mut terminal);
            terminal.send(format!("{line}\r").as_bytes());
            terminal.wait_until("the inner prompt", |terminal| {
                terminal.screen().contains("internal error")
                    && terminal.screen().contains(&format!("inner> {line}\n"))
                    && terminal.before_cursor().ends_with("inner> ")
            });
            terminal.send(format!("{end}\r").as_bytes());
            is_as_before(&mut terminal, &before, &format!("{fault}, {end}"));
        }
    }
}

#[test]
fn ctrl_c_stops_a_generation_within_200_milliseconds() {
    let place = Place::new();
    let replies = json!([
        { "when": "for ever", "reply": "echo and so on; ", "endless": true },
        { "when": "flood", "reply": "echo flood; ", "endless": true, "flood": true },
    ]);
    let _worker = Worker::start(&place, replies);
    let mut terminal = start(&place);
    let before = modes(&mut terminal);
    for (request, sign) in [("? go on for ever", "and so on"), ("? flood", "echo flood")] {
        // A machine under load may be late, but not every time.
        let mut best = Duration::MAX;
        for _ in 0..3 {
            clear(&mut terminal);
            terminal.start_line(request);
            terminal.wait_for(sign);
            let pressed = Instant::now();
            terminal.control('c');
            terminal.wait_until("a prompt", |terminal| {
                terminal.before_cursor().ends_with(PROMPT)
                    && terminal.screen().contains("cancelled")
            });
            best = best.min(pressed.elapsed());
            assert_eq!(terminal.run_line("echo status $?"), "status 130");
            is_as_before(&mut terminal, &before, request);
        }
        assert!(best < Duration::from_millis(200), "{request}: {best:?}");
    }
}

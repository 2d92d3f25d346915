//! A hundred conversations in which something goes wrong, or the person changes their
//! mind: afterwards the terminal's modes are those before, and its foreground process
//! group is the shell's.

mod support;

use serde_json::json;
use support::{LLMSH, Place, Terminal, Worker};

const QUESTION: &str = "Run this?";

/// What a person does at the question.
const ANSWERS: [(&str, &[u8]); 8] = [
    ("y", b"y"),
    ("n", b"n"),
    ("Enter", b"\r"),
    ("Escape", b"\x1b"),
    ("Ctrl-C", b"\x03"),
    ("yes", b"yes\r"),
    ("no", b"no\r"),
    ("q", b"q"),
];

/// What becomes of the worker.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Lives,
    KilledBefore,
    KilledWhileItAnswers,
}

fn converse(fault: &str, fate: Fate, (answer, keys): (&str, &[u8])) {
    let place = Place::new();
    let replies = json!([
        { "when": "for ever", "reply": "echo and so on; ", "endless": true },
        { "reply": "echo planned\n```" },
    ]);
    let mut worker = Worker::start(&place, replies);
    let none: [&str; 0] = [];
    let environment = [("LLMSH_FAULT", fault), ("NO_COLOR", "1")];
    let mut terminal = Terminal::start_with(&place, LLMSH, none, (40, 100), &environment);
    let before = terminal.run_line("stty -g");
    match fate {
        Fate::Lives => {}
        Fate::KilledBefore => worker.kill(),
        Fate::KilledWhileItAnswers if fault == "planner" => worker.kill(),
        Fate::KilledWhileItAnswers => {
            terminal.start_line("? go on for ever");
            worker.wait_for_requests(1);
            worker.kill();
            terminal.wait_for("its process ended");
            terminal.wait_for_prompt();
        }
    }
    terminal.start_line("? do something");
    terminal.wait_until("a question or a prompt", |terminal| {
        let here = terminal.before_cursor();
        here.contains(QUESTION)
            || here.ends_with(support::PROMPT) && terminal.screen().contains("do something\n")
    });
    if terminal.before_cursor().contains(QUESTION) {
        terminal.send(keys);
    }
    terminal.wait_for_prompt();
    let what = format!("{fault:?}, the worker {fate:?}, {answer}");
    assert_eq!(terminal.run_line("stty -g"), before, "{what}");
    terminal.start_line("echo sta''rted; sleep 1000");
    terminal.wait_for("started");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130", "{what}");
}

fn all(fault: &str) {
    for fate in [Fate::Lives, Fate::KilledBefore, Fate::KilledWhileItAnswers] {
        for answer in ANSWERS {
            converse(fault, fate, answer);
        }
    }
}

#[test]
fn every_answer_leaves_the_terminal_as_it_was() {
    all("");
}

#[test]
fn a_planner_that_panics_leaves_the_terminal_as_it_was() {
    all("planner");
}

#[test]
fn a_review_that_panics_leaves_the_terminal_as_it_was() {
    all("review");
}

#[test]
fn a_history_that_panics_leaves_the_terminal_as_it_was() {
    all("history");
}

#[test]
fn an_editor_that_panics_leaves_the_terminal_as_it_was() {
    all("editor");
}

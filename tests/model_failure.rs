//! What goes wrong between llmsh and its model: each time one sentence, a status
//! that says so, and a shell that goes on.

mod support;

use std::thread;

use serde_json::{Value, json};
use support::{Finished, LLMSH, PROMPT, Place, Run, Terminal, Worker};

/// Asserts that a request found no model: one line of what, one of what to do.
#[track_caller]
fn has_no_model(ended: &Finished, what: &str) {
    assert_eq!((ended.status, ended.stdout.as_str()), (115, ""), "{ended:?}");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let [message, _hint] = lines.as_slice() else { panic!("{ended:?}") };
    assert!(message.starts_with("llmsh: ") && message.contains(what), "{ended:?}");
}

fn ask(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["ask"]).args(arguments).finish()
}

fn replies() -> Value {
    json!([
        { "when": "for ever", "reply": "echo and so on; ", "endless": true },
        { "reply": "echo planned\n```" },
    ])
}

#[test]
fn a_worker_killed_while_it_answers_is_one_sentence_and_the_next_one_answers() {
    let place = Place::new();
    let mut worker = Worker::start(&place, replies());
    let ended = thread::scope(|scope| {
        let run = scope.spawn(|| ask(&place, &["--yes=read", "go on for ever"]));
        worker.wait_for_requests(1);
        worker.kill();
        run.join().expect("a run ends")
    });
    has_no_model(&ended, "process ended");
    worker.restart();
    assert_eq!(ask(&place, &["--yes=read", "say it"]).succeeded().stdout, "planned\n");
}

#[test]
fn a_shell_outlives_the_worker_that_dies_while_it_answers() {
    let place = Place::new();
    let mut worker = Worker::start(&place, replies());
    let mut terminal = Terminal::shell(&place, (24, 80));
    terminal.start_line("? go on for ever");
    terminal.wait_for("echo and so on");
    worker.kill();
    terminal.wait_for("process ended");
    assert_eq!(terminal.run_line("echo status $?"), "status 115");
    worker.restart();
    // The same line can be had again with the arrow key, and here just typed.
    terminal.start_line("? say it");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains("Run this?"));
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
}

#[test]
fn what_the_worker_refuses_is_told() {
    let place = Place::new();
    let refused = json!([{ "refuse": "the request is too long" }]);
    let _worker = Worker::start(&place, refused);
    has_no_model(&ask(&place, &["--yes=all", "do all of it"]), "the request is too long");
}

#[test]
fn a_model_that_the_worker_cannot_load_is_told() {
    let place = Place::new();
    let _worker = Worker::with_script(&place, &json!({ "load_error": "not enough memory" }));
    let ended = ask(&place, &["--yes=all", "do it"]);
    has_no_model(&ended, "not enough memory");
    assert!(ended.stderr.contains("llmsh model verify"), "{ended:?}");
}

#[test]
fn no_model_is_told_in_json_too() {
    let place = Place::new();
    let ended = ask(&place, &["--json", "list the files"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (115, ""), "{ended:?}");
    let told: Value = serde_json::from_str(&ended.stdout).expect("it is JSON");
    assert_eq!((&told["version"], &told["exit_status"]), (&json!(2), &json!(115)), "{told}");
}

#[test]
fn half_an_answer_is_no_plan() {
    let place = Place::new();
    place.write("old/keep", "");
    // Wherever it is cut, what there is of it is sound shell.
    let cut = json!([{ "reply": format!("rm -r old #{}\n```", " and so on".repeat(1000)) }]);
    let worker = Worker::start(&place, cut);
    let ended = ask(&place, &["--yes=all", "go on"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (114, ""), "{ended:?}");
    assert_eq!(place.files(), ["old/", "old/keep"]);
    // It is told what was wrong before it is given up.
    assert_eq!(worker.requests().len(), 2);
    let (_, feedback) = worker.last_turns().pop().expect("there is a turn");
    assert!(feedback.contains("One or two commands"), "{feedback}");
}

#[test]
fn an_interrupted_request_ends_with_130() {
    let place = Place::new();
    let _worker = Worker::start(&place, replies());
    let mut terminal =
        Terminal::start_with(&place, LLMSH, ["ask", "go on for ever"], (24, 80), &[]);
    terminal.wait_for("echo and so on");
    terminal.control('c');
    assert_eq!(terminal.finish().code(), Some(130));
}

#[test]
fn a_terminal_obeys_nothing_that_the_model_writes() {
    let place = Place::new();
    // A title, a bell, a deleted line, a turned direction, and both at once.
    let hostile = "echo '\u{1b}]0;title\u{7}\r\u{1b}[1A\u{202e}\u{9b}2J' end ";
    let replies = json!([
        { "when": "for ever", "reply": hostile, "endless": true },
        { "when": "no shell", "reply": format!("for x in {hostile} done\n```") },
        { "shown": "no shell", "reply": format!("for x in {hostile} done\n```") },
        { "reply": format!("{hostile}\n```") },
    ]);
    let _worker = Worker::start(&place, replies);
    // What llmsh itself tells the terminal would hide what the model does.
    place.configure("[prompt]\nmarks = false\ntitle = false\n");
    let mut terminal = Terminal::shell(&place, (24, 80));
    terminal.start_line("? go on for ever");
    terminal.wait_for(" end ");
    terminal.control('c');
    terminal.wait_for("was cancelled");
    terminal.start_line("? what is no shell");
    terminal.wait_for("no plan could be made");
    terminal.start_line("? say it");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains("Run this?"));
    terminal.send(b"n");
    terminal.wait_for_prompt();
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    // What is shown is spelled out once.
    assert!(raw.contains("\\x1b]0;title\\x07\\x0d"), "{raw}");
    for part in ["\u{1b}]0;", "\u{7}", "\u{1b}[1A\u{202e}", "\u{202e}", "\u{9b}"] {
        assert!(!raw.contains(part), "{part:?} in {raw:?}");
    }
    assert!(terminal.screen().contains(PROMPT));
}

#[test]
fn an_error_shows_what_the_model_wrote_without_its_control_characters() {
    let place = Place::new();
    let text = "for x in '\u{1b}[2J\u{7}\r\u{202e}\u{9b}";
    let _worker = Worker::start(&place, json!([{ "reply": format!("{text}\n```") }]));
    for arguments in [&["x"][..], &["--json", "x"]] {
        let ended = ask(&place, arguments);
        assert_eq!(ended.status, 114, "{ended:?}");
        let hidden = |character: char| {
            character.is_control() && character != '\n' || character == '\u{202e}'
        };
        assert!(!ended.stdout.contains(hidden) && !ended.stderr.contains(hidden), "{ended:?}");
        assert!(ended.stdout.contains("202e") || ended.stderr.contains("202e"), "{ended:?}");
    }
}

#[test]
fn an_answer_without_an_end_is_refused_and_takes_no_memory() {
    let place = Place::new();
    let piece = "x".repeat(16_000);
    let _worker =
        Worker::start(&place, json!([{ "reply": piece, "endless": true, "flood": true }]));
    // What the largest of the ended children had in memory, in KiB.
    let measure = "
import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:])
print(ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    let ended = Run::new(&place)
        .program("python3")
        .args(["-c", measure, LLMSH, "ask", "go on for ever"])
        .finish();
    assert!(ended.stderr.contains("its answer is longer than 256 KiB"), "{ended:?}");
    let (status, kibibytes) = ended.stdout.trim().split_once(' ').expect("two numbers");
    assert_eq!(status, "115", "{ended:?}");
    let kibibytes: u64 = kibibytes.parse().expect("a number");
    assert!(kibibytes < 64 * 1024, "{kibibytes} KiB");
}

#[test]
fn a_plan_whose_pattern_has_no_end_is_shown_without_waiting_for_it() {
    let place = Place::new();
    std::os::unix::fs::symlink("/", place.work().join("root")).expect("it can be made");
    let _worker = Worker::start(&place, json!([{ "reply": "ls */*/*/*/*/*/*/*/\n```" }]));
    let shown = ask(&place, &["--dry-run", "list everything"]);
    assert_eq!(shown.status, 0, "{shown:?}");
    assert!(shown.stdout.contains("so many names"), "{shown:?}");
}

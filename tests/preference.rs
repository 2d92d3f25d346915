//! What is learned from a person changes what the model is asked, and so what
//! it answers.

mod support;

use serde_json::{Value, json};
use support::{LLMSH, Place, Run, Terminal, Worker};

fn shell(place: &Place) -> Terminal {
    let none: [&str; 0] = [];
    Terminal::start(place, LLMSH, none)
}

/// Makes a request, and presses these keys at its question.
fn answer(terminal: &mut Terminal, line: &str, keys: &str) {
    terminal.request(line);
    terminal.send(keys.as_bytes());
}

/// A model that does as an example it was shown.
fn imitator(place: &Place) -> Worker {
    let replies = json!([
        { "shown": "ls -1r", "reply": "ls -1r\n```" },
        { "when": "remove", "reply": "rm notes.txt\n```" },
        { "reply": "ls\n```" },
    ]);
    Worker::start(place, replies)
}

fn preference(place: &Place, arguments: &[&str]) -> String {
    Run::new(place).args(["preference"]).args(arguments).finish().succeeded().stdout
}

/// The text of the plan for a request.
fn planned(place: &Place, request: &str) -> String {
    let shown = Run::new(place).args(["ask", "--dry-run", "--json", request]).finish().succeeded();
    let plan: Value = serde_json::from_str(&shown.stdout).expect("it is JSON");
    plan["text"].as_str().expect("a plan has a text").to_owned()
}

#[test]
fn an_edit_changes_the_next_answer() {
    let place = Place::new();
    place.write("notes.txt", "");
    let worker = imitator(&place);
    assert_eq!(planned(&place, "list the files in this directory"), "ls");

    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "e");
    terminal.wait_for("edit> ls");
    terminal.send(b" -1r\r");
    terminal.wait_until("the plan of the edited text", |terminal| {
        terminal.screen().contains(" 1  ls -1r") && terminal.before_cursor().contains("Run this?")
    });
    terminal.send(b"y");
    terminal.wait_for_prompt();

    // Asked a little differently, the model is shown what was approved.
    assert_eq!(planned(&place, "list all files in this directory"), "ls -1r");
    let turns = worker.last_turns();
    assert_eq!(turns.len(), 3, "{turns:?}");
    assert!(turns[0].1.contains("list the files in this directory"), "{turns:?}");
    assert!(turns[1].1.contains("ls -1r"), "{turns:?}");
    // Another request is not.
    assert_eq!(planned(&place, "what is my name"), "ls");
    assert_eq!(worker.last_turns().len(), 1);

    // What is off or forgotten has no effect.
    preference(&place, &["off"]);
    assert_eq!(planned(&place, "list all files in this directory"), "ls");
    preference(&place, &["on"]);
    assert_eq!(planned(&place, "list all files in this directory"), "ls -1r");
    assert!(preference(&place, &["list"]).contains("edited"));
    assert_eq!(preference(&place, &["forget", "--all"]), "1 forgotten\n");
    assert_eq!(planned(&place, "list all files in this directory"), "ls");
}

#[test]
fn nothing_is_learned_from_what_was_declined_or_deletes() {
    let place = Place::new();
    place.write("notes.txt", "");
    let worker = imitator(&place);
    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "n");
    answer(&mut terminal, "? remove the notes in this directory", "y");
    terminal.wait_for_prompt();
    assert!(place.files().is_empty());

    let listed = preference(&place, &["list"]);
    assert!(listed.contains("declined") && listed.contains("rm notes.txt"), "{listed}");
    for request in ["list the files in this directory", "remove the notes in this directory"] {
        place.write("notes.txt", "");
        planned(&place, request);
        assert_eq!(worker.last_turns().len(), 1, "{request}");
    }
}

#[test]
fn a_record_can_be_forgotten_by_its_number() {
    let place = Place::new();
    let _worker = imitator(&place);
    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "y");
    terminal.wait_for_prompt();
    preference(&place, &["forget", "1"]);
    assert!(preference(&place, &["list"]).contains("0 recorded"));
    let again = Run::new(&place).args(["preference", "forget", "1"]).finish();
    assert_eq!(again.status, 1);
    assert!(again.stderr.contains("there is no record 1"), "{}", again.stderr);
}

#[test]
fn an_approved_plan_is_shown_to_the_model_the_next_time() {
    let place = Place::new();
    let worker = imitator(&place);
    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "y");
    terminal.wait_for_prompt();
    assert_eq!(planned(&place, "list all files in this directory"), "ls");
    let turns = worker.last_turns();
    let roles: Vec<&str> = turns.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(roles, ["user", "assistant", "user"], "{turns:?}");
    assert_eq!(turns[0].1, "list the files in this directory");
    assert!(turns[1].1.contains("\nls\n"), "{turns:?}");
    assert!(turns[2].1.starts_with("list all files in this directory"), "{turns:?}");
    // The fixed prefix is the same for everybody, or its saved state would be of no use.
    let requests = worker.requests();
    assert!(requests[0]["prefix"].as_array().is_some_and(|turns| !turns.is_empty()));
    assert_eq!(requests[0]["prefix"], requests[1]["prefix"]);
}

#[test]
fn nothing_is_learned_from_what_was_changed_to_delete() {
    let place = Place::new();
    place.write("notes.txt", "");
    let worker = imitator(&place);
    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "e");
    terminal.wait_for("edit> ls");
    terminal.send(b"\x15rm notes.txt\r");
    terminal.wait_until("the plan of the edited text", |terminal| {
        terminal.screen().contains(" 1  rm notes.txt")
            && terminal.before_cursor().contains("Run this?")
    });
    terminal.send(b"y");
    terminal.wait_for_prompt();
    assert!(place.files().is_empty());
    planned(&place, "list all files in this directory");
    assert_eq!(worker.last_turns().len(), 1);
}

#[test]
fn nothing_is_learned_from_what_asks_for_privileges() {
    let place = Place::new();
    let sudo = place.directory("home").join("sudo");
    std::fs::write(&sudo, "#!/bin/sh\nexec \"$@\"\n").expect("the place can be written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&sudo, mode).expect("the file is ours");
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
    let path = format!("{}:{path}", place.directory("home").display());
    let worker = Worker::start(&place, json!([{ "reply": "sudo touch made\n```" }]));
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start_with(&place, LLMSH, none, (24, 80), &[("PATH", &path)]);
    answer(&mut terminal, "? make the file that is missing here", "y");
    terminal.wait_for("Type \"yes\"");
    terminal.send(b"yes\r");
    terminal.wait_for_prompt();
    assert_eq!(place.files(), ["made"]);
    let listed = preference(&place, &["list"]);
    assert!(listed.contains("sudo touch made"), "{listed}");
    let again = ["ask", "--dry-run", "make the file that is missing here"];
    Run::new(&place).args(again).env("PATH", &path).finish().succeeded();
    assert_eq!(worker.last_turns().len(), 1);
}

#[test]
fn nothing_is_recorded_while_it_is_off() {
    let place = Place::new();
    let _worker = imitator(&place);
    preference(&place, &["off"]);
    let mut terminal = shell(&place);
    answer(&mut terminal, "? list the files in this directory", "y");
    terminal.wait_for_prompt();
    preference(&place, &["on"]);
    assert!(preference(&place, &["list"]).contains("0 recorded"));
}

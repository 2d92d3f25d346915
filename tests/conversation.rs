//! What else happens at a terminal: lines that could be either, lines that go
//! on, plans longer than the screen, and the ways to leave.

mod support;

use serde_json::json;
use support::{LLMSH, Place, QUESTION, Run, Terminal, Worker};

const USUAL: (u16, u16) = (24, 80);
const EITHER: &str = "A command or a request?";

fn worker(place: &Place) -> Worker {
    let numbers: Vec<String> = (1..=40).map(|number| number.to_string()).collect();
    let many = format!("for i in {}; do touch file$i; done", numbers.join(" "));
    let replies = json!([
        { "when": "many", "reply": format!("{many}\n```") },
        { "when": "two lines", "reply": "echo first\necho second\n```" },
        { "when": "privilege", "reply": "sudo touch made\n```" },
        // The place's own: keys for yes are pressed under it.
        { "when": "whole home", "reply": "rm -rf ~\n```" },
        { "reply": "touch made\n```" },
    ]);
    Worker::start(place, replies)
}

#[test]
fn a_line_that_could_be_either_is_what_the_person_says() {
    let place = Place::new();
    let worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    const LINE: &str = "cat that is the one of you";
    // Neither: nothing runs, and nothing is asked of the model.
    for key in [&b"n"[..], b"\x03", b"\x1b"] {
        terminal.start_line(LINE);
        terminal.wait_for_question(EITHER);
        terminal.send(key);
        // The line is there to be changed, or forgotten.
        terminal.wait_until("the line again", |terminal| {
            terminal.before_cursor().ends_with(&format!("prompt> {LINE}"))
        });
        terminal.control('c');
        terminal.wait_for_prompt();
        assert!(!terminal.screen().contains("No such file"), "{}", terminal.screen());
    }
    assert!(worker.requests().is_empty());
    terminal.start_line(LINE);
    terminal.wait_for_question(EITHER);
    // A key without a meaning is no answer.
    terminal.send(b"xr\rr");
    terminal.wait_for_question(QUESTION);
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(place.files(), ["made"]);
    let (_, text) = worker.last_turns().pop().expect("there is a turn");
    assert!(text.starts_with(LINE), "{text}");
}

#[test]
fn enter_takes_a_line_for_what_is_likelier_and_lines_of_its_form_are_no_longer_asked_about() {
    let place = Place::new();
    let worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("cat the first line of notes");
    terminal.wait_for_question(EITHER);
    assert!(terminal.before_cursor().contains("[r] request (default)"));
    // A key that came before the question was seen would be kept for the prompt.
    std::thread::sleep(std::time::Duration::from_millis(100));
    terminal.send(b"\r");
    terminal.wait_for_question(QUESTION);
    terminal.send(b"n");
    terminal.wait_for_prompt();
    terminal.start_line("cat the last page of letters");
    terminal.wait_for_question(QUESTION);
    terminal.send(b"n");
    terminal.wait_for_prompt();
    assert_eq!(worker.requests().len(), 2);

    let preference = |arguments: &[&str]| {
        Run::new(&place).args(["preference"]).args(arguments).finish().succeeded().stdout
    };
    let list = preference(&["list"]);
    assert!(list.ends_with("   f1   request  lines like \"cat the * * of *\"\n"), "{list}");
    preference(&["forget", "f1"]);
    terminal.start_line("cat the last page of letters");
    terminal.wait_for_question(EITHER);
    terminal.send(b"n");
    terminal.wait_for("neither");
}

#[test]
fn what_is_typed_ahead_does_not_choose_for_the_person() {
    let place = Place::new();
    let worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send(b"cat that is the one of you\rry");
    terminal.wait_for_question(EITHER);
    terminal.send(b"n");
    // Whether it waits at the next prompt or is gone, it has answered nothing.
    terminal.wait_for("neither neither\nprompt>");
    assert!(worker.requests().is_empty());
}

#[test]
fn unfinished_commands_of_every_kind_go_on_in_the_next_line() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    for (lines, output) in [
        ("cat <<E\rin a document\rE\r", "in a document"),
        ("if true\rthen echo in an if\rfi\r", "in an if"),
        ("echo 'in a\rquotation'\r", "in a\nquotation"),
        ("echo \"$(\recho in a substitution)\"\r", "in a substitution"),
        ("f() {\recho in a function\r}; f\r", "in a function"),
        ("true &&\recho after a connector\r", "after a connector"),
        ("echo on |\rtr o O\r", "On"),
        ("echo of two \\\rlines\r", "of two lines"),
    ] {
        terminal.send(lines.as_bytes());
        terminal.wait_for(&format!("{output}\nprompt>"));
        terminal.wait_for_prompt();
    }
}

#[test]
fn ctrl_c_gives_up_an_unfinished_command() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send(b"if true; then\recho never\r");
    terminal.wait_for("echo never");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130");
    assert!(!terminal.screen().contains("\nnever"), "{}", terminal.screen());
}

#[test]
fn a_syntax_error_is_told_and_the_shell_goes_on() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    let told = terminal.run_line("echo )");
    assert!(told.starts_with("llmsh: "), "{told}");
    assert_eq!(terminal.run_line("echo status $?"), "status 2");
}

#[test]
fn a_plan_longer_than_the_screen_ends_with_its_question() {
    let place = Place::new();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? make many files");
    // What is seen is its beginning, and where in the plan that is.
    let screen = terminal.screen();
    assert!(screen.contains("\n40 steps | can be undone  1-21/120\n"), "{screen}");
    assert!(screen.contains("\n>o  1  touch file1\n"), "{screen}");
    // The key End.
    terminal.send(b"\x1b[F");
    terminal.wait_for("\n>o 40  touch file40\n");
    terminal.wait_for_question(QUESTION);
    let before = terminal.raw().len();
    terminal.send(b"y");
    terminal.wait_for("=> run");
    // All of it goes by, from the first step on.
    let left = String::from_utf8_lossy(&terminal.raw()[before..]).into_owned();
    for number in 1..=40 {
        assert!(left.contains(&format!(" {number:>2}  touch file{number}\r\n")), "step {number}");
    }
    terminal.wait_for_prompt();
    assert_eq!(place.files().len(), 40);
}

#[test]
fn a_plan_of_several_lines_is_edited_as_it_is() {
    let place = Place::new();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? say two lines");
    terminal.send(b"E");
    terminal.wait_for("edit> echo first\necho second");
    terminal.send(b" and more");
    terminal.wait_for("echo second and more");
    terminal.send(b"\r");
    terminal.wait_for("echo second and more\n");
    terminal.wait_for_question(QUESTION);
    assert!(terminal.screen().contains(" 2  echo second and more"), "{}", terminal.screen());
    terminal.send(b"y");
    terminal
        .wait_for("run\n[1/2] echo first\nfirst\n[2/2] echo second and more\nsecond and more\n");
    terminal.wait_for_prompt();
}

#[test]
fn a_forbidden_plan_is_shown_and_there_is_nothing_to_say_yes_to() {
    let place = Place::new();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("? clear the whole home");
    const TOLD: &str = "the plan is refused: step 1: it would ";
    terminal.wait_for(TOLD);
    terminal.wait_for_question("The plan is refused. ");
    assert!(terminal.screen().contains("\n>! 1  rm -rf ~\n"), "{}", terminal.screen());
    // The keys for yes only say it again.
    for key in [b"y", b"s", b"a"] {
        terminal.send(b"j");
        terminal.wait_until("no message", |terminal| !terminal.screen().contains(TOLD));
        terminal.send(key);
        if key != b"a" {
            terminal.wait_for(TOLD);
        }
    }
    terminal.wait_for("such plans are asked about every time");
    terminal.send(b"n");
    terminal.wait_for(&format!("=> refused\nllmsh: {TOLD}"));
    terminal.wait_for_prompt();
    assert!(!String::from_utf8_lossy(terminal.raw()).contains(QUESTION), "{}", terminal.screen());
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
}

/// A place with a `sudo` of its own, in a directory that comes first in `PATH`.
fn with_sudo() -> (Place, String) {
    let place = Place::new();
    let sudo = place.directory("home").join("sudo");
    std::fs::write(&sudo, "#!/bin/sh\nexec \"$@\"\n").expect("the place can be written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&sudo, mode).expect("the file is ours");
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".into());
    let path = format!("{}:{path}", place.directory("home").display());
    (place, path)
}

#[test]
fn privileges_are_confirmed_with_the_whole_word() {
    let (place, path) = with_sudo();
    let _worker = worker(&place);
    let none: [&str; 0] = [];
    let mut terminal =
        Terminal::start_with(&place, LLMSH, none, USUAL, &[("PATH", &path), ("NO_COLOR", "1")]);
    // The last of them is erased to nothing.
    for answer in ["y", "", "no", "yes\x7f\x7f\x7f"] {
        terminal.request("? do it with privilege");
        terminal.send(b"y");
        terminal.wait_for_question("Type \"yes\"");
        terminal.send(format!("{answer}\r").as_bytes());
        terminal.wait_for("that was not \"yes\": nothing runs");
        terminal.send(b"n");
        assert_eq!(terminal.run_line("echo status $?"), "status 113", "{answer:?}");
    }
    assert_eq!(place.files(), Vec::<String>::new());
    terminal.request("? do it with privilege");
    terminal.send(b"y");
    terminal.wait_for_question("Type \"yes\"");
    terminal.send(b"yes\r");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(place.files(), ["made"]);
}

#[test]
fn ctrl_c_at_the_word_for_privileges_declines() {
    let (place, path) = with_sudo();
    let _worker = worker(&place);
    let none: [&str; 0] = [];
    let mut terminal =
        Terminal::start_with(&place, LLMSH, none, USUAL, &[("PATH", &path), ("NO_COLOR", "1")]);
    terminal.request("? do it with privilege");
    terminal.send(b"y");
    terminal.wait_for_question("Type \"yes\"");
    terminal.send(b"yes");
    terminal.wait_for("run it: yes");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn ctrl_d_twice_leaves_with_stopped_jobs() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("sh -c 'echo rea''dy; exec sleep 1000'");
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.wait_for_prompt();
    terminal.control('d');
    terminal.wait_for("there are stopped jobs");
    terminal.wait_for_prompt();
    terminal.control('d');
    terminal.finish();
}

#[test]
fn another_command_in_between_makes_ctrl_d_warn_again() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("sh -c 'echo rea''dy; exec sleep 1000'");
    terminal.wait_for("ready");
    terminal.control('z');
    for times in 1..=2 {
        terminal.run_line("echo next");
        terminal.control('d');
        terminal.wait_until("the warning", |terminal| {
            terminal.screen().matches("there are stopped jobs").count() == times
        });
    }
    terminal.run_line("kill %1; wait %1");
}

#[test]
fn the_terminals_modes_after_the_shell_are_those_before() {
    let place = Place::new();
    let _worker = worker(&place);
    let script = "stty -g > before; \"$0\"; echo $? > status; stty -g > after";
    let mut terminal =
        Terminal::start_with(&place, "sh", ["-c", script, LLMSH], USUAL, &[("NO_COLOR", "1")]);
    terminal.run_line("echo a command");
    terminal.request("? do it");
    terminal.send(b"n");
    terminal.request("? do it");
    terminal.send(b"e");
    terminal.wait_for("edit> touch made");
    terminal.control('c');
    terminal.wait_for_question(QUESTION);
    terminal.send(b"y");
    terminal.wait_for_prompt();
    terminal.run_line("sh -c 'stty -echo -icanon; kill -KILL $$'");
    terminal.start_line("exit 3");
    assert_eq!(terminal.finish().code(), Some(0));
    assert_eq!(place.read("status").as_deref(), Some("3\n"));
    assert!(place.read("before").is_some_and(|modes| modes.len() > 10));
    assert_eq!(place.read("after"), place.read("before"));
}

#[test]
fn a_hang_up_at_the_question_is_no_yes() {
    let place = Place::new();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? do it");
    let process = terminal.process().to_string();
    let sent = std::process::Command::new("kill").args(["-HUP", &process]).status();
    assert!(sent.expect("kill can be run").success());
    terminal.finish();
    assert_eq!(place.files(), Vec::<String>::new());
}

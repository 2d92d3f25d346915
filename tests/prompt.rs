//! The prompt and what is typed at it: completion, type-ahead, answers to questions,
//! output that was left without a newline.

mod support;

use serde_json::json;
use support::{LLMSH, PROMPT, Place, QUESTION, Run, Terminal, Worker};

/// The usual terminal.
const USUAL: (u16, u16) = (24, 80);

fn place() -> Place {
    let place = Place::new();
    for name in ["a.pdf", "b.pdf"] {
        place.write(name, "content\n");
    }
    place
}

fn worker(place: &Place) -> Worker {
    let replies = json!([
        { "when": "pdf", "reply": "mkdir reports && mv *.pdf reports/\n```" },
        { "reply": "echo planned\n```" },
    ]);
    Worker::start(place, replies)
}

/// Types keys as a person does. Half as far apart as they may be: a machine under load
/// adds to it.
fn type_slowly(terminal: &mut Terminal, keys: &str) {
    for key in keys.bytes() {
        terminal.send(&[key]);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

#[test]
fn an_answer_that_is_typed_as_a_word_is_the_answer_as_a_whole() {
    let place = place();
    let _worker = Worker::start(&place, json!([{ "reply": "cat\n```" }]));
    place.write("o", "#!/bin/sh\necho the rest ran\n");
    for plain in [false, true] {
        let arguments = if plain { &["--plain"][..] } else { &[] };
        let environment = [("NO_COLOR", "1"), ("PATH", "/usr/bin:/bin:.")];
        let mut terminal = Terminal::start_with(&place, LLMSH, arguments, USUAL, &environment);
        terminal.run_line("chmod +x o");
        terminal.request("? read what I type");
        type_slowly(&mut terminal, "no\r");
        assert_eq!(terminal.run_line("echo status $?"), "status 113");
        terminal.request("? read what I type");
        type_slowly(&mut terminal, "yes\r");
        // The program reads what is typed now, and nothing of the answer.
        terminal.send(b"mine\r\x04");
        terminal.wait_for("mine\nmine\n");
        assert_eq!(terminal.run_line("echo status $?"), "status 0");
        terminal.request("? read what I type");
        type_slowly(&mut terminal, "nope\r");
        terminal.send(b"\x1b");
        assert_eq!(terminal.run_line("echo status $?"), "status 113");
        assert!(!terminal.screen().contains("the rest ran"), "{}", terminal.screen());
    }
}

#[test]
fn what_was_typed_before_a_question_stays_for_the_prompt() {
    let place = place();
    let _worker = worker(&place);
    for plain in [false, true] {
        let arguments = if plain { &["--plain"][..] } else { &[] };
        let mut terminal =
            Terminal::start_with(&place, LLMSH, arguments, USUAL, &[("NO_COLOR", "1")]);
        terminal.start_line("? put every pdf into reports");
        terminal.send(b"echo typed ahead\rec");
        terminal.wait_until("the question", |terminal| terminal.screen().contains(QUESTION));
        std::thread::sleep(std::time::Duration::from_millis(600));
        terminal.send(b"n");
        terminal.wait_for("typed ahead\nprompt> ec");
        terminal.send(b"ho rest\r");
        terminal.wait_for("\nrest\n");
        assert!(place.files().contains(&"a.pdf".to_owned()), "nothing was run");
    }
}

#[test]
fn output_without_a_newline_stays_and_the_prompt_begins_a_line() {
    let place = place();
    for (locale, mark) in [("C.UTF-8", "\u{23ce}"), ("C", "%")] {
        let none: [&str; 0] = [];
        let environment = [("NO_COLOR", "1"), ("LC_ALL", locale)];
        let mut terminal = Terminal::start_with(&place, LLMSH, none, (24, 40), &environment);
        let mut shows = |line: &str, below: &[&str]| {
            terminal.start_line("clear");
            terminal
                .wait_until("an empty screen", |terminal| terminal.rows() == [PROMPT.trim_end()]);
            terminal.start_line(line);
            terminal.wait_until("the next prompt", |terminal| {
                let rows = terminal.rows();
                rows.len() > 1 && rows.last().is_some_and(|row| row == PROMPT.trim_end())
            });
            let rows = terminal.rows();
            assert_eq!(rows[1..rows.len() - 1], *below, "{line}");
        };
        shows("printf abc", &[&format!("abc{mark}")]);
        shows("printf 'abc\\n'", &["abc"]);
        shows("true", &[]);
        // One column less than the terminal has, and just as many: there is no need of a
        // mark then.
        shows("printf '%040d' 0", &[&"0".repeat(40)]);
        shows("printf '%039d' 0", &[&format!("{}{mark}", "0".repeat(39))]);
    }
}

#[test]
fn what_llmsh_keeps_open_has_no_number_of_a_script() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    // The databases, the worker's connection and the view have been opened.
    terminal.request("? say it");
    terminal.send(b"y");
    terminal.wait_for_prompt();
    // Numbers that a person takes are theirs, and everything goes on.
    terminal.run_line("exec 3>n3 4>n4 5>n5 6>n6 7>n7 8>n8 9>n9; echo more >&4");
    terminal.request("? say it");
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(terminal.run_line("cat n3 n4 n5 n6 n7 n8 n9"), "more");
    // What runs the tests may hand some on.
    let list = "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; echo $(ls /proc/self/fd)";
    let expected = Run::new(&place).program("sh").args(["-c", list]).finish().stdout;
    assert_eq!(terminal.run_line(list), expected.trim_end());
}

#[test]
fn tab_completes_a_name_to_one_word() {
    let place = place();
    place.write("[x]y", "");
    place.write("xy", "");
    place.write("my notes.txt", "of mine\n");
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send(b"echo [\t");
    terminal.wait_for("echo \\[x\\]y");
    terminal.send(b"\r");
    terminal.wait_for("\n[x]y\n");
    terminal.wait_for_prompt();
    terminal.send(b"cat \"my\t");
    terminal.wait_for("cat \"my notes.txt\"");
    terminal.send(b"\r");
    terminal.wait_for("of mine");
}

#[test]
fn what_is_not_found_and_reads_like_a_sentence_can_be_asked_for_with_one_key() {
    let place = place();
    let worker = Worker::start(&place, json!([{ "reply": "rm -f foo.txt\n```" }]));
    let mut terminal = Terminal::shell(&place, USUAL);
    const OFFER: &str = "Is it a request?";
    terminal.start_line("delete foo.txt");
    terminal.wait_for(OFFER);
    std::thread::sleep(std::time::Duration::from_millis(100));
    terminal.send(b"r");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    let (_, text) = worker.last_turns().pop().expect("there is a turn");
    assert!(text.contains("delete foo.txt"), "{text}");
    terminal.start_line("delete foo.txt");
    terminal.wait_until("the offer", |terminal| terminal.before_cursor().contains(OFFER));
    terminal.send(b"\r");
    assert_eq!(terminal.run_line("echo status $?"), "status 127");
    // A misspelt command is none; the near one is offered.
    terminal.start_line("gti -x");
    terminal.wait_until("the offer", |terminal| {
        terminal.before_cursor().contains("Did you mean: git -x?")
    });
    std::thread::sleep(std::time::Duration::from_millis(100));
    terminal.send(b"\r");
    assert_eq!(terminal.run_line("echo status $?"), "status 127");
}

#[test]
fn a_line_that_is_neither_stays_to_be_changed() {
    let place = place();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("make a directory called reports");
    terminal.wait_for("A command or a request?");
    terminal.send(b"n");
    terminal.wait_until("the line again", |terminal| {
        terminal.before_cursor().ends_with("prompt> make a directory called reports")
    });
}

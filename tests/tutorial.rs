//! `llmsh tutorial` from its first lesson to its last, as a person goes through it.

mod support;

use std::fs;

use serde_json::json;
use support::{LLMSH, PROMPT, Place, QUESTION, Run, Terminal, Worker};

const HERE: &str = "put all jpg files into a new directory called photos";

fn tutorial(place: &Place, locale: &str) -> Terminal {
    tutorial_on(place, locale, (40, 80))
}

fn tutorial_on(place: &Place, locale: &str, size: (u16, u16)) -> Terminal {
    let temporary = place.directory("cache").display().to_string();
    let mut terminal = Terminal::start_with(
        place,
        LLMSH,
        ["tutorial"],
        size,
        &[("NO_COLOR", "1"), ("PS1", PROMPT), ("LC_ALL", locale), ("TMPDIR", &temporary)],
    );
    terminal.wait_for_prompt();
    terminal
}

/// The directories of tutorials that are there.
fn scratch(place: &Place) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(place.directory("cache")).expect("it is ours");
    let paths = entries.map(|entry| entry.expect("it is ours").path());
    paths.filter(|path| path.to_string_lossy().contains("/llmsh-")).collect()
}

/// Asks, and answers the question with these keys.
fn request(terminal: &mut Terminal, line: &str, keys: &str) {
    terminal.request(line);
    terminal.send(keys.as_bytes());
}

#[test]
fn each_lesson_is_done_in_its_turn_and_nothing_is_left() {
    let place = Place::new();
    let worker = Worker::start(
        &place,
        json!([
            { "when": "photos", "reply": "mkdir photos && mv *.jpg photos\n```" },
            { "when": "delete", "reply": "rm -- *\n```" },
            { "reply": "mkdir summer\n```" },
        ]),
    );
    let mut terminal = tutorial(&place, "C.UTF-8");
    terminal.wait_for("1/8 · A command");
    assert!(terminal.run_line("ls").contains("2/8 · Tab"));
    terminal.send(b"cat sho\t");
    terminal.wait_for("cat shopping-list.txt");
    terminal.send(b"\r");
    terminal.wait_for("3/8 · A request");
    let practice = scratch(&place).pop().expect("there is one").join("practice");
    request(&mut terminal, HERE, "n");
    terminal.wait_for("[3/8] The three jpg files are not in \"photos\" yet.");
    request(&mut terminal, HERE, "y");
    terminal.wait_for("4/8 · Undo");
    assert!(practice.join("photos/beach.jpg").exists());
    terminal.start_line("undo");
    terminal.wait_for("5/8 · Saying no");
    assert!(practice.join("beach.jpg").exists());
    request(&mut terminal, "delete all files here", "n");
    terminal.wait_for("6/8 · Changing a plan");
    request(&mut terminal, "create a directory called summer", "e");
    terminal
        .wait_until("the editor", |terminal| terminal.before_cursor().ends_with("mkdir summer"));
    terminal.send(b"\x17winter\r");
    terminal.wait_for_question(QUESTION);
    terminal.send(b"y");
    terminal.wait_for("7/8 · History");
    assert!(terminal.run_line("ls").contains("8/8 · Preferences"));
    assert!(
        terminal
            .run_line("remember that my pictures are in photos")
            .contains("That was the last lesson.")
    );
    assert!(!worker.requests().is_empty());
    terminal.start_line("exit 3");
    assert_eq!(terminal.finish().code(), Some(3));
    assert_eq!(scratch(&place), [""; 0].map(std::path::PathBuf::from));
    // Nothing of it is remembered where the person's own things are.
    let list = Run::new(&place).args(["preference", "list"]).finish().succeeded().stdout;
    assert!(!list.contains("pictures"), "{list}");
    assert!(!place.directory("state").join("llmsh/history.sqlite").exists());
}

#[test]
fn it_speaks_chinese_and_leaves_out_what_needs_a_model() {
    let place = Place::new();
    let mut terminal = tutorial(&place, "zh_CN.UTF-8");
    terminal.wait_for("1/4 · 命令");
    terminal.wait_for("llmsh model pull");
    assert!(terminal.run_line("跳过").contains("2/4 · Tab 键"));
    assert!(terminal.run_line("lesson").contains("2/4 · Tab 键"));
    terminal.start_line("exit");
    assert_eq!(terminal.finish().code(), Some(0));
}

#[test]
fn on_a_narrow_terminal_no_word_is_broken() {
    let place = Place::new();
    let terminal = tutorial_on(&place, "C.UTF-8", (40, 30));
    let screen = terminal.screen();
    assert!(screen.contains("1/4 · A command"), "{screen}");
    for word in ["directory", "commands", "requests", "trying"] {
        assert!(screen.split_whitespace().any(|own| own.contains(word)), "{word} in {screen}");
    }
}

#[test]
fn without_a_terminal_it_says_what_it_needs() {
    let place = Place::new();
    let ended = Run::new(&place).args(["tutorial"]).finish();
    assert_eq!(ended.status, 1);
    assert!(ended.stderr.contains("needs a terminal"), "{}", ended.stderr);
    let ended = Run::new(&place).args(["tutorial", "--inside", "/no/such/place"]).finish();
    assert_eq!(ended.status, 2);
}

//! Preview, undo and redo as a person at a terminal has them. A scripted model answers.

mod support;

use std::fs;
use std::process::Command;

use serde_json::json;
use support::tree::tree;
use support::{LLMSH, Place, Run, Terminal, Worker, amount};

const SIZE: (u16, u16) = (40, 100);
const QUESTION: &str = "Run this? [y] run";
const MAKE: &str = "Make exactly these changes? [y] make them";
const NONE: [&str; 0] = [];

fn worker(place: &Place) -> Worker {
    let reply = |when: &str, text: &str| json!({ "when": when, "reply": format!("{text}\n```") });
    let replies = json!([
        reply("build it anew", "make clean && make"),
        reply("remove the logs", "find . -name '*.log' -delete"),
        reply("list.txt", "echo heading; sort list.txt list.txt/x >copy.txt"),
        reply("", "echo planned"),
    ]);
    Worker::start(place, replies)
}

#[track_caller]
fn ask(terminal: &mut Terminal, line: &str, question: &str) {
    terminal.start_line(line);
    terminal.wait_until(question, |terminal| terminal.before_cursor().contains(question));
}

#[track_caller]
fn press(terminal: &mut Terminal, key: &[u8], question: &str) {
    terminal.send(key);
    terminal.wait_until(question, |terminal| terminal.before_cursor().contains(question));
}

#[test]
fn what_a_build_did_is_seen_before_it_counts_and_taken_back_afterwards() {
    let place = Place::new();
    let _worker = worker(&place);
    let files = amount(200);
    for number in 0..files {
        place
            .write(format!("f{number}.c"), format!("int f{number}(void) {{ return {number}; }}\n"));
    }
    place.write("main.c", "int main(void) { return 0; }\n");
    place.write(
        "Makefile",
        "objects = $(patsubst %.c,%.o,$(sort $(wildcard *.c)))\n\
         program: $(objects)\n\tcc -o $@ $^\n\
         %.o: %.c\n\tcc -c -o $@ $<\n\
         clean:\n\trm -f program *.o\n",
    );
    let built = Command::new("make").arg("-s").current_dir(place.work()).status();
    assert!(built.expect("make is installed").success());
    let before = tree(&place.work());

    let mut terminal = Terminal::shell(&place, SIZE);
    ask(&mut terminal, "? build it anew", QUESTION);
    press(&mut terminal, b"p", MAKE);
    let screen = terminal.screen();
    // The objects are as they were, but for their times.
    assert!(screen.contains("program") || screen.contains("changes: "), "{screen}");
    assert_eq!(tree(&place.work()), before, "the preview changed something");
    terminal.send(b"y");
    terminal.wait_for("=> the previewed changes are made");
    terminal.wait_for("\"undo\" takes back");
    terminal.wait_for_prompt();
    let after = tree(&place.work());
    let object = place.work().join("f0.o");
    assert_ne!(after[&object].modified, before[&object].modified);
    assert_eq!(after[&object].content, before[&object].content);

    assert!(terminal.run_line("undo").starts_with("undone: plan 1, "));
    assert_eq!(tree(&place.work()), before);
    assert!(terminal.run_line("redo").starts_with("done again: plan 1, "));
    assert_eq!(tree(&place.work()), after);
}

#[test]
fn what_find_deletes_is_listed_first_and_comes_back() {
    let place = Place::new();
    let _worker = worker(&place);
    for name in ["a.log", "sub/b.log", "sub/deep/c.log", "kept.txt"] {
        place.write(name, format!("{name}\n"));
    }
    let before = tree(&place.work());
    let mut terminal = Terminal::shell(&place, SIZE);
    ask(&mut terminal, "? remove the logs", QUESTION);
    press(&mut terminal, b"p", MAKE);
    for name in ["a.log", "sub/b.log", "sub/deep/c.log"] {
        assert!(terminal.screen().contains(&format!("{name}  file deleted")), "{name}");
    }
    // Dropped, nothing is made, and the plan is asked about again.
    press(&mut terminal, b"q", QUESTION);
    press(&mut terminal, b"p", MAKE);
    assert_eq!(tree(&place.work()), before);
    terminal.send(b"y");
    terminal.wait_for("\"undo\" takes back 3 changes to files");
    terminal.wait_for_prompt();
    assert!(
        !place.work().join("sub/deep/c.log").exists() && place.work().join("kept.txt").exists()
    );
    terminal.run_line("undo");
    assert_eq!(tree(&place.work()), before);
}

#[test]
fn errors_of_a_preview_stand_out_and_so_does_what_the_request_names() {
    let place = Place::new();
    let _worker = worker(&place);
    place.write("list.txt", "b\na\n");
    let mut terminal = Terminal::start_with(&place, LLMSH, NONE, SIZE, &[]);
    ask(&mut terminal, "? sort list.txt", QUESTION);
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    assert!(raw.contains(";4mlist.txt\x1b[0m"), "it is underlined: {raw:?}");
    assert!(!raw.contains("4mcopy.txt"), "nobody spoke of it: {raw:?}");
    terminal.send(b"p");
    terminal.wait_for("It said:");
    let screen = terminal.screen();
    assert!(screen.contains("\n    heading"), "{screen}");
    assert!(
        screen.contains("\n  ! ") && screen.contains("list.txt/x: Not a directory"),
        "{screen}"
    );
}

#[test]
fn where_it_is_configured_plans_that_delete_are_tried_first() {
    let place = Place::new();
    let _worker = worker(&place);
    place.configure("[preview]\nwhen = \"always\"\n");
    place.write("a.log", "text\n");
    let mut terminal = Terminal::shell(&place, SIZE);
    ask(&mut terminal, "? remove the logs", MAKE);
    assert!(place.work().join("a.log").exists());
    press(&mut terminal, b"q", QUESTION);
    terminal.send(b"n");
    terminal.wait_for_prompt();
    // What only prints is not.
    ask(&mut terminal, "? say something", QUESTION);
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn without_a_terminal_a_preview_is_printed_and_nothing_else_is_done() {
    let place = Place::new();
    let _worker = worker(&place);
    place.write("a.log", "text\n");
    let finished = Run::new(&place).args(["ask", "--preview", "remove the logs"]).finish();
    let finished = finished.succeeded();
    assert!(finished.stdout.contains("a.log  file deleted, 5 bytes"), "{}", finished.stdout);
    assert!(place.work().join("a.log").exists());
}

/// No name spaces for anybody below: as in a container that forbids them.
#[test]
fn without_name_spaces_a_preview_says_so_and_the_plan_can_still_run() {
    let place = Place::new();
    let _worker = worker(&place);
    place.write("a.log", "text\n");
    let script = format!(
        "for kind in user mnt pid net ipc; do echo 0 >/proc/sys/user/max_${{kind}}_namespaces; \
         done; exec {LLMSH}"
    );
    let arguments = ["-Ur", "sh", "-c", &script];
    let mut terminal =
        Terminal::start_with(&place, "unshare", arguments, SIZE, &[("NO_COLOR", "1")]);
    ask(&mut terminal, "? remove the logs", QUESTION);
    terminal.send(b"p");
    terminal.wait_for("name spaces");
    terminal.wait_until(QUESTION, |terminal| terminal.before_cursor().contains(QUESTION));
    assert!(place.work().join("a.log").exists());
    terminal.send(b"y");
    terminal.wait_for("=> run");
    terminal.wait_for_prompt();
    assert!(!place.work().join("a.log").exists());
    assert_eq!(fs::read_dir(place.work()).expect("it is there").count(), 0);
}

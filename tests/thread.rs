//! Requests about this machine, answered by a scripted model: names that are mentioned,
//! words in place of commands, a thread of requests, and what is said after a failure.

mod support;

use serde_json::{Value, json};
use support::{Finished, LLMSH, Place, Run, Terminal, Worker};

/// The usual terminal.
const USUAL: (u16, u16) = (24, 80);
const QUESTION: &str = "Run this?";

fn ask(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["ask"]).args(arguments).finish()
}

fn in_json(ended: &Finished) -> Value {
    serde_json::from_str(&ended.stdout).expect("the answer is JSON")
}

/// The replies of a script that gives this text to every request.
fn always(text: &str) -> Value {
    json!([{ "reply": format!("{text}\n```") }])
}

fn shell(place: &Place) -> Terminal {
    let none: [&str; 0] = [];
    Terminal::start_with(place, LLMSH, none, USUAL, &[("NO_COLOR", "1")])
}

/// Types a line and waits for a question.
fn until(terminal: &mut Terminal, line: &str, question: &str) {
    terminal.start_line(line);
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(question));
    // A key that came before the question was seen would be kept for the prompt.
    std::thread::sleep(std::time::Duration::from_millis(100));
}

#[test]
fn names_in_an_answer_are_those_that_are_mentioned() {
    let place = Place::new();
    place.write("logs/app.log", "ERROR x\n");
    let worker = Worker::start(&place, always("grep ERROR app.log"));
    let ended = ask(&place, &["--yes=read", "show the errors in app.log"]).succeeded();
    assert_eq!(ended.stdout, "ERROR x\n");
    let (_, told) = worker.last_turns().pop().expect("there is a turn");
    assert_eq!(
        told,
        "show the errors in logs/app.log\n\"logs/app.log\": file, first line 1 \"ERROR\", 2 \"x\""
    );
    let shown = in_json(&ask(&place, &["--dry-run", "--json", "show the errors in app.log"]));
    assert_eq!(shown["text"], "grep ERROR logs/app.log");
    assert_eq!(shown["mends"], json!([{ "from": "app.log", "to": "logs/app.log" }]));
    let text = ask(&place, &["--dry-run", "show the errors in app.log"]).succeeded().stdout;
    assert!(text.starts_with("logs/app.log stands for app.log\n"), "{text}");
}

#[test]
fn a_model_may_say_something_instead() {
    for (reply, request, status, name, said) in [
        (
            "answer 'less scrolls'",
            "what is the difference between less and more",
            0,
            "answer",
            "less scrolls",
        ),
        ("cannot 'no hands'", "make me a coffee", 114, "cannot", "no hands"),
        ("ask 'Which colour?' red blue", "paint something", 113, "question", "Which colour?"),
    ] {
        let place = Place::new();
        let _worker = Worker::start(&place, always(reply));
        let ended = ask(&place, &["--json", request]);
        let answer = in_json(&ended);
        assert_eq!((ended.status, &answer["status"]), (status, &json!(name)), "{ended:?}");
        assert_eq!(answer["said"], said);
    }
    let place = Place::new();
    let _worker = Worker::start(&place, always("answer 'less scrolls'"));
    let ended = ask(&place, &["what is the difference between less and more"]).succeeded();
    assert_eq!(ended.stdout, "less scrolls\n");
}

#[test]
fn what_needs_no_model_is_answered_without_one() {
    let place = Place::new();
    place.write("x.tmp", "");
    let answer = in_json(&ask(&place, &["--json", "what does tar -xzf do"]));
    assert_eq!(answer["status"], "answer");
    assert!(answer["said"].as_str().is_some_and(|text| text.starts_with("tar: ")), "{answer}");
    for request in ["delete everything", "clean up", "把没用的都删了"] {
        let ended = ask(&place, &["--yes=all", "--json", request]);
        let answer = in_json(&ended);
        assert_eq!((ended.status, &answer["status"]), (113, &json!("question")), "{request}");
        assert_eq!(answer["choices"], json!(["*.tmp (1)"]));
    }
    assert_eq!(place.files(), ["x.tmp"]);
    let ended = Run::new(&place).args(["explain", "sort -u names"]).finish().succeeded();
    assert!(ended.stdout.starts_with("sort: ") && ended.stdout.contains("-u"), "{ended:?}");
    assert_eq!(Run::new(&place).args(["explain", "nonsense -x"]).finish().status, 1);
}

#[test]
fn nothing_is_deleted_that_nobody_asked_to_delete() {
    let place = || {
        let place = Place::new();
        place.write("a.pdf", "content\n");
        place.write("b.pdf", "other\n");
        place
    };
    for reply in [
        "rm a.pdf",
        "mv a.pdf b.pdf",
        "find . -name '*.pdf' -delete",
        "tar -cf a.pdf b.pdf",
        "echo x > a.pdf",
    ] {
        let place = place();
        let worker = Worker::start(&place, always(reply));
        let ended = ask(&place, &["--yes=all", "which pdfs are older than a year"]);
        assert_eq!(ended.status, 114, "{reply}: {ended:?}");
        assert!(ended.stderr.contains("was not asked for"), "{ended:?}");
        assert_eq!(worker.requests().len(), 2, "it is told why once");
        assert_eq!(place.files(), ["a.pdf", "b.pdf"]);
    }
    let place = place();
    let _worker = Worker::start(&place, always("rm a.pdf"));
    ask(&place, &["--yes=all", "delete a.pdf"]).succeeded();
    assert_eq!(place.files(), ["b.pdf"]);
}

#[test]
fn a_question_is_answered_by_a_key() {
    let place = Place::new();
    place.write("one/report.txt", "first\n");
    place.write("two/report.txt", "second\n");
    let replies = json!([{ "when": "two/report.txt", "reply": "rm two/report.txt\n```" }]);
    let _worker = Worker::start(&place, replies);
    let mut terminal = shell(&place);
    until(&mut terminal, "? delete report.txt", "none (default)");
    assert!(terminal.screen().contains("[1] one/report.txt"), "{}", terminal.screen());
    terminal.send(b"2");
    terminal.wait_until("the plan", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    until(&mut terminal, "? delete report.txt", "none (default)");
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
}

#[test]
fn a_request_goes_on_with_the_last_one_until_the_thread_is_cleared() {
    let place = Place::new();
    place.configure("[preference]\nenabled = false\n");
    place.write("old.pdf", "content\n");
    let worker = Worker::start(&place, always("ls *.pdf"));
    let mut terminal = shell(&place);
    let mut turns_of = |line: &str| {
        until(&mut terminal, line, QUESTION);
        let screen = terminal.screen();
        terminal.send(b"y");
        assert_eq!(terminal.run_line("echo status $?"), "status 0");
        (worker.last_turns(), screen)
    };
    turns_of("? list every pdf file");
    let (turns, screen) = turns_of("? only the newest");
    assert!(screen.contains("goes on with: list every pdf file"), "{screen}");
    let turns: Vec<&str> = turns.iter().rev().take(3).map(|(_, text)| text.as_str()).collect();
    assert_eq!(turns[0], "only the newest");
    assert_eq!(turns[1], "```sh\nls *.pdf\n```");
    assert!(turns[2].starts_with("list every pdf file"), "{turns:?}");
    // A request of its own inherits nothing.
    let (turns, _) = turns_of("? how full is the disk");
    assert_eq!(turns.len(), 1, "{turns:?}");
    terminal.run_line(&format!("{LLMSH} thread clear"));
    until(&mut terminal, "? only the oldest", QUESTION);
    assert_eq!(worker.last_turns().len(), 1);
}

#[test]
fn a_failure_is_explained_and_another_command_offered() {
    let place = Place::new();
    place.write("data/people.csv", "Ann\n");
    let mut terminal = shell(&place);
    terminal.run_line("cat peopel.csv");
    until(&mut terminal, "why", QUESTION);
    assert!(terminal.screen().contains("peopel.csv is not there"), "{}", terminal.screen());
    terminal.send(b"y");
    terminal.wait_for("Ann\n");
    until(&mut terminal, "ehco hello", "Did you mean: echo hello?");
    terminal.send(b"y");
    terminal.wait_for("\nhello\n");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    // What it said is said again, and nothing is done again.
    place.write("full/a", "");
    terminal.run_line("rm data/people.csv && rmdir full");
    place.write("data/people.csv", "Bob\n");
    let said = terminal.run_line("why");
    assert!(said.contains("> rmdir: failed to remove 'full'"), "{said}");
    assert_eq!(terminal.run_line("cat data/people.csv"), "Bob");
}

#[test]
fn what_is_to_be_remembered_is_told_with_every_request_until_it_is_forgotten() {
    let place = Place::new();
    let ended = ask(&place, &["remember that I like long listings"]).succeeded();
    assert!(ended.stdout.contains("I like long listings"), "{ended:?}");
    let worker = Worker::start(&place, always("ls -l"));
    let told = |place: &Place| {
        ask(place, &["--dry-run", "list files"]).succeeded();
        worker.last_turns().pop().expect("there is a turn").1
    };
    assert_eq!(told(&place), "list files\nThe person wants: \"I like long listings\"");
    let list = Run::new(&place).args(["preference", "list"]).finish().succeeded().stdout;
    assert!(list.ends_with("   n1   remember I like long listings\n"), "{list}");
    Run::new(&place).args(["preference", "forget", "n1"]).finish().succeeded();
    assert_eq!(told(&place), "list files");
}

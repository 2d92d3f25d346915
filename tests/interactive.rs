//! What a person sees and does at a terminal: requests, their review, and the
//! line editor. A scripted model answers.

mod support;

use serde_json::json;
use support::{LLMSH, PROMPT, Place, QUESTION, Terminal, Worker};

/// The usual terminal.
const USUAL: (u16, u16) = (24, 80);

fn place() -> Place {
    let place = Place::new();
    for name in ["a.pdf", "b.pdf", "目录.txt"] {
        place.write(name, "content\n");
    }
    place
}

fn worker(place: &Place) -> Worker {
    let replies = json!([
        { "when": "pdf", "reply": "mkdir reports && mv *.pdf reports/\n```" },
        { "when": "列出", "reply": "ls 目录.txt\n```" },
        { "when": "sleep", "reply": "sleep 1000; echo after\n```" },
        { "when": "src", "reply": "cd src\n```" },
        { "when": "for ever", "reply": "echo and so on; ", "endless": true },
        { "reply": "echo planned\n```" },
    ]);
    Worker::start(place, replies)
}

#[test]
fn a_plan_is_shown_and_y_runs_it() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? put every pdf into reports");
    assert!(terminal.screen().contains("\n>o 1  mkdir reports\n"), "{}", terminal.screen());
    assert!(terminal.screen().contains("needs step 1"), "{}", terminal.screen());
    assert!(place.files().contains(&"a.pdf".to_owned()), "nothing runs before the answer");
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(place.files(), ["reports/", "reports/a.pdf", "reports/b.pdf", "目录.txt"]);
}

#[test]
fn n_and_enter_and_escape_decline() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    for key in [&b"n"[..], b"\r", b"\x1b", b"\x03"] {
        terminal.request("? put every pdf into reports");
        terminal.send(key);
        assert_eq!(terminal.run_line("echo status $?"), "status 113", "{key:?}");
    }
    assert!(place.files().contains(&"a.pdf".to_owned()));
}

#[test]
fn capital_e_edits_the_text_and_the_edited_text_is_what_is_shown_and_run() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? put every pdf into reports");
    terminal.send(b"E");
    terminal.wait_for("edit> mkdir reports && mv *.pdf reports/");
    // Ctrl-U clears the line.
    terminal.send(b"\x15mkdir papers");
    terminal.wait_for("edit> mkdir papers");
    terminal.send(b"\r");
    terminal.wait_until("the plan of the edited text", |terminal| {
        terminal.screen().contains("\n>o 1  mkdir papers\n")
            && terminal.before_cursor().contains(QUESTION)
    });
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert_eq!(place.files(), ["a.pdf", "b.pdf", "papers/", "目录.txt"]);
}

#[test]
fn a_mistake_while_editing_loses_nothing() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? say it");
    terminal.send(b"e");
    terminal.wait_for("edit> echo planned");
    terminal.send(b" | no-such-program-here");
    terminal.wait_for("no-such-program-here");
    terminal.send(b"\r");
    terminal.wait_for("there is no program no-such-program-here");
    terminal.wait_until("the text again", |terminal| {
        terminal.before_cursor().ends_with("edit> echo planned | no-such-program-here")
    });
    // Ctrl-C keeps the plan as it was.
    terminal.control('c');
    terminal.wait_until("the plan", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"y");
    terminal.wait_for_prompt();
    assert!(terminal.screen().contains("run\nplanned\n"), "{}", terminal.screen());
}

#[test]
fn what_is_typed_before_the_question_is_no_answer() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    // Enter and the y arrive together, before there is a plan.
    terminal.send("? put every pdf into reports\ryyy".as_bytes());
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"n");
    // It is the beginning of the next line instead, which Ctrl-U clears.
    terminal.wait_until("the prompt", |terminal| terminal.before_cursor().ends_with("> yyy"));
    terminal.send(b"\x15");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    assert!(place.files().contains(&"a.pdf".to_owned()));
}

#[test]
fn lines_typed_ahead_run_one_after_the_other() {
    let place = place();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send(b"echo o''ne; false\recho status $?\recho t''wo\r");
    terminal.wait_for("one\n");
    terminal.wait_for("status 1\n");
    terminal.wait_for("two\n");
    terminal.wait_for_prompt();
}

#[test]
fn ctrl_c_while_the_model_answers_cancels_the_request() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("? go on for ever");
    terminal.wait_for("echo and so on");
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130");
    assert!(terminal.screen().contains("the request was cancelled"), "{}", terminal.screen());
    // Shell and worker are there for the next one.
    terminal.request("? say it");
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
}

#[test]
fn ctrl_c_ends_the_step_and_what_comes_after_it() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? sleep for long");
    terminal.send(b"y");
    terminal.wait_for("=> run");
    let shell = terminal.process();
    // The step is in the foreground when the terminal is no longer the shell's.
    wait_for_another_foreground(shell);
    terminal.control('c');
    assert_eq!(terminal.run_line("echo status $?"), "status 130");
    assert!(!terminal.screen().contains("\nafter"), "{}", terminal.screen());
}

/// Waits until a process group other than `shell`'s has the shell's terminal.
fn wait_for_another_foreground(shell: u32) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(40);
    loop {
        let text = std::fs::read_to_string(format!("/proc/{shell}/stat")).expect("it runs");
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or("").split_whitespace().collect();
        // Fields 5 and 8 of stat, after the name: the group, and the terminal's.
        if fields[5] != fields[2] {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "no job came to the foreground");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn ctrl_z_stops_a_step_and_it_is_a_job_like_any_other() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? sleep for long");
    terminal.send(b"y");
    wait_for_another_foreground(terminal.process());
    terminal.control('z');
    let jobs = terminal.run_line("jobs");
    assert!(jobs.contains("Stopped") && jobs.contains("sleep 1000"), "{jobs}");
    terminal.run_line("kill %1; wait %1; s=$?");
    assert_eq!(terminal.run_line("echo status $s"), "status 143");
}

#[test]
fn a_plan_that_only_changes_directory_changes_the_shells() {
    let place = place();
    let _worker = worker(&place);
    place.write("src/file", "");
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? go to src");
    terminal.send(b"y");
    terminal.wait_for_prompt();
    let directory = terminal.run_line("pwd");
    assert!(directory.ends_with("/work/src"), "{directory}");
}

#[test]
fn how_a_line_is_read_is_shown_before_enter() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send("列出所有文件".as_bytes());
    terminal.wait_for("列出所有文件   ← request");
    terminal.send(b"\r");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(QUESTION));
    assert!(terminal.screen().contains("\n>o 1  ls 目录.txt\n"), "{}", terminal.screen());
    terminal.send(b"y");
    terminal.wait_for_prompt();
    assert!(terminal.screen().contains("run\n目录.txt\n"), "{}", terminal.screen());

    terminal.send(b"cat that is the one of you");
    terminal.wait_for("cat that is the one of you   ← request?");
    terminal.send(b"\r");
    terminal.wait_for("A command or a request?");
    terminal.send(b"c");
    terminal.wait_for("command\ncat: that: No such file");

    terminal.wait_for_prompt();
    terminal.send(b"ls -l *.pdf");
    terminal.wait_for(&format!("{PROMPT}ls -l *.pdf"));
    assert!(!terminal.screen().contains("ls -l *.pdf   ←"), "{}", terminal.screen());
}

#[test]
fn an_unfinished_command_goes_on_and_a_sentence_does_not() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.wait_for_prompt();
    terminal.send(b"for i in 1 2; do\recho \"<$i\r>\"\rdone\r");
    terminal.wait_for("<1\n>\n<2\n>\n");
    terminal.wait_for_prompt();
    // An apostrophe opens no quotation here.
    terminal.send(b"please say what's planned\r");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn history_lasts_beyond_the_session_without_what_begins_with_a_space() {
    let place = place();
    let mut first = Terminal::shell(&place, USUAL);
    first.run_line("echo first line");
    first.run_line(" echo secret");
    first.run_line("echo second line");
    first.control('d');
    assert_eq!(first.finish().code(), Some(0));

    let mut second = Terminal::shell(&place, USUAL);
    second.wait_for_prompt();
    second.send(b"\x1b[A");
    second.wait_for(&format!("{PROMPT}echo second line"));
    second.send(b"\x1b[A");
    second.wait_for(&format!("{PROMPT}echo first line"));
    let file = std::fs::read(place.directory("state").join("llmsh/history.sqlite"));
    let file = file.expect("history is kept there");
    let has = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
    assert!(has(b"echo first line") && !has(b"secret"));
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_enough() {
    let place = place();
    let _worker = worker(&place);
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start_with(&place, LLMSH, none, USUAL, &[("TERM", "dumb")]);
    assert_eq!(terminal.run_line("echo hello"), "hello");
    terminal.request("? say it");
    terminal.send(b"y");
    terminal.wait_for("planned");
    assert!(!terminal.raw().contains(&0x1b), "{:?}", String::from_utf8_lossy(terminal.raw()));
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
fn a_wide_terminal_shows_the_same_plan() {
    let place = place();
    let _worker = worker(&place);
    let none: [&str; 0] = [];
    let mut terminal = Terminal::start_with(&place, LLMSH, none, (60, 200), &[]);
    terminal.request("? put every pdf into reports");
    let screen = terminal.screen();
    assert!(
        screen.contains("\n>o 1  mkdir reports\n") && screen.contains("\n o 2  mv *.pdf"),
        "{screen}"
    );
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn leaving_with_stopped_jobs_asks_once() {
    let place = place();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("sh -c 'echo rea''dy; exec sleep 1000'");
    terminal.wait_for("ready");
    terminal.control('z');
    terminal.wait_for_prompt();
    terminal.control('d');
    terminal.wait_for("there are stopped jobs");
    terminal.wait_for_prompt();
    terminal.run_line("kill %1; wait %1");
    terminal.start_line("exit 3");
    assert_eq!(terminal.finish().code(), Some(3));
}

#[test]
fn without_a_model_the_shell_stays_a_shell() {
    let place = place();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.start_line("please list all the files");
    terminal.wait_for("llmsh model pull");
    assert_eq!(terminal.run_line("echo status $?"), "status 115");
}

#[test]
fn one_request_at_a_terminal() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal =
        Terminal::start_with(&place, LLMSH, ["ask", "put every pdf into reports"], USUAL, &[]);
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains(QUESTION));
    terminal.send(b"y");
    assert_eq!(terminal.finish().code(), Some(0));
    assert!(place.files().contains(&"reports/a.pdf".to_owned()));
}

#[test]
fn what_ran_is_in_the_history_with_its_plan() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.request("? say it");
    terminal.send(b"y");
    terminal.wait_for_prompt();
    terminal.control('d');
    terminal.finish();
    let database = place.directory("state").join("llmsh/history.sqlite");
    let connection = rusqlite::Connection::open(database).expect("history is kept there");
    let mut statement = connection.prepare("SELECT text FROM entry ORDER BY id").expect("SQL");
    let lines = statement.query_map([], |row| row.get::<_, String>(0)).expect("SQL");
    let lines: Vec<String> = lines.collect::<Result<_, _>>().expect("SQL");
    assert_eq!(lines, ["? say it", "echo planned"]);
}

#[test]
fn what_stands_before_the_prompt_and_before_a_command_is_run() {
    let place = Place::new();
    let mut terminal = Terminal::shell(&place, USUAL);
    terminal.run_line("PROMPT_COMMAND='echo \"before $?\"' PS0='[starts]'");
    // A builtin that is asked for the status still sees the command's.
    let said = terminal.run_line("false");
    assert!(said.contains("[starts]") && said.contains("before 1"), "{said}");
    assert!(terminal.run_line("echo \"status $?\"").contains("status 1"), "{}", terminal.screen());
    terminal.run_line("PROMPT_COMMAND=() PS0=");
    terminal.run_line("PROMPT_COMMAND+=('echo one' 'nonsense ((' 'echo three')");
    let said = terminal.run_line("true");
    assert!(said.contains("one") && said.contains("three"), "{said}");
}

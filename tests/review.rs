//! The review of a plan at a terminal, key by key. A scripted model answers.

mod support;

use serde_json::json;
use support::{LLMSH, Place, Terminal, Worker};

const USUAL: (u16, u16) = (24, 80);
const TALL: (u16, u16) = (50, 100);
const QUESTION: &str = "Run this? [y] run  [s] step by step  [e] edit  [?] keys  [n] decline";
const NONE: [&str; 0] = [];

/// Three steps, the second of which needs the first.
const TIDY: &str = "mkdir reports && mv a.pdf reports/\ntouch one";

fn place() -> Place {
    let place = Place::new();
    for name in ["a.pdf", "b.pdf", "f1", "f2", "f3", "f4", "f5"] {
        place.write(name, "content\n");
    }
    place
}

fn worker(place: &Place) -> Worker {
    let reply = |when: &str, text: &str| json!({ "when": when, "reply": format!("{text}\n```") });
    let replies = json!([
        reply("into papers instead", "mkdir papers && mv a.pdf papers/"),
        json!({ "when": "do something else", "refuse": "that is too much" }),
        reply("put papers away", TIDY),
        reply("another directory", "mkdir other"),
        reply("say two things", "echo first\necho second"),
        reply("remove many", "rm -f f1 f2 f3 f4 f5"),
        reply("a loop", "for x in 1 2; do\necho one $x\necho two $x\ndone | sort"),
        reply("", "echo planned"),
    ]);
    Worker::start(place, replies)
}

fn shell(place: &Place, size: (u16, u16)) -> Terminal {
    Terminal::start_with(place, LLMSH, NONE, size, &[("NO_COLOR", "1")])
}

#[track_caller]
fn wait_for_question(terminal: &mut Terminal, question: &str) {
    terminal.wait_until(question, |terminal| terminal.before_cursor().contains(question));
}

/// Types a request and waits for the question under its plan.
#[track_caller]
fn request(terminal: &mut Terminal, line: &str) {
    terminal.start_line(line);
    wait_for_question(terminal, QUESTION);
}

#[track_caller]
fn shows(terminal: &Terminal, text: &str) {
    assert!(terminal.screen().contains(text), "no {text:?}:\n{}", terminal.screen());
}

#[track_caller]
fn hides(terminal: &Terminal, text: &str) {
    assert!(!terminal.screen().contains(text), "{text:?}:\n{}", terminal.screen());
}

/// The numbers of every sequence that styles text (SGR).
fn styles(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let sequence = |rest: &str| {
        let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == ';'))?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    };
    text.split("\x1b[").skip(1).filter_map(sequence).collect()
}

#[test]
fn space_switches_a_step_off_with_what_depends_on_it_and_the_rest_runs() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, TALL);
    request(&mut terminal, "? put papers away");
    terminal.send(b" ");
    terminal.wait_for("switched off, too: step 2");
    shows(&terminal, "[off] mkdir reports\n");
    shows(&terminal, "[off] mv a.pdf reports/\n");
    // On again: the second step brings the first with it.
    terminal.send(b"j ");
    terminal.wait_for("switched on, too: step 1");
    hides(&terminal, "[off]");
    terminal.send(b"k ");
    terminal.wait_for("switched off, too: step 2");
    terminal.send(b"y");
    terminal.wait_for("\n 1  touch one\n");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    hides(&terminal, "mkdir");
    let files = place.files();
    assert!(files.contains(&"one".to_owned()) && files.contains(&"a.pdf".to_owned()), "{files:?}");
}

#[test]
fn with_every_step_off_there_is_nothing_to_run() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? say it");
    terminal.send(b" ");
    terminal.wait_for("[off] echo planned");
    terminal.send(b"y");
    terminal.wait_for("every step is switched off");
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
}

#[test]
fn capital_j_and_k_move_a_step() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? say two things");
    terminal.send(b"J");
    terminal.wait_until("the other order", |terminal| {
        let screen = terminal.screen();
        screen.find("2  echo second") < screen.find(">o 1  echo first")
    });
    terminal.send(b"J");
    terminal.wait_for("it cannot go any further");
    terminal.send(b"y");
    terminal.wait_for("=> run\n[1/2] echo second\nsecond\n[2/2] echo first\nfirst\n");
    request(&mut terminal, "? say two things");
    terminal.send(b"jK");
    terminal.wait_until("the other order", |terminal| {
        let screen = terminal.screen();
        screen.rfind(">o 2  echo second") < screen.rfind(" o 1  echo first")
    });
    // And back: then it is the plan as it was made.
    terminal.send(b"J");
    terminal.wait_until("the first order", |terminal| {
        let screen = terminal.screen();
        screen.rfind(" o 1  echo first") < screen.rfind(">o 2  echo second")
    });
    terminal.send(b"y");
    terminal.wait_for("=> run\n[1/2] echo first\nfirst\n[2/2] echo second\nsecond\n");
    terminal.wait_for_prompt();
}

#[test]
fn a_step_does_not_move_before_what_it_needs() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? put papers away");
    terminal.send(b"jK");
    terminal.wait_for("&& ties these steps together");
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn e_edits_one_step_and_leaves_the_others() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? put papers away");
    terminal.send(b"je");
    terminal.wait_for("edit> mv a.pdf reports/");
    // Ctrl-U clears the line.
    terminal.send(b"\x15mv b.pdf reports/");
    terminal.wait_for("edit> mv b.pdf reports/");
    terminal.send(b"\r");
    terminal.wait_for("this is the changed plan");
    wait_for_question(&mut terminal, QUESTION);
    shows(&terminal, " o 1  mkdir reports\n");
    shows(&terminal, "2  mv b.pdf reports/\n");
    shows(&terminal, "3  touch one\n");
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    let files = place.files();
    assert!(files.contains(&"a.pdf".to_owned()), "{files:?}");
    assert!(files.contains(&"reports/b.pdf".to_owned()), "{files:?}");
    assert!(files.contains(&"one".to_owned()), "{files:?}");
}

#[test]
fn a_step_of_several_lines_is_edited_in_its_lines() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? make a loop");
    terminal.send(b"e");
    terminal.wait_for("edit> for x in 1 2");
    terminal.send(b" -r");
    terminal.wait_for("done | sort -r");
    terminal.send(b"\r");
    terminal.wait_for("this is the changed plan");
    wait_for_question(&mut terminal, QUESTION);
    terminal.send(b"y");
    terminal.wait_for("=> run\ntwo 2\ntwo 1\none 2\none 1\n");
    terminal.wait_for_prompt();
}

#[test]
fn x_lists_all_files_and_i_explains_the_options() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? remove many");
    shows(&terminal, "and 2 more");
    terminal.send(b"x");
    terminal.wait_for("deletes (5):");
    shows(&terminal, "/work/f5\n");
    terminal.send(b"x");
    terminal.wait_until("the list is closed", |terminal| !terminal.screen().contains("/work/f5"));
    terminal.send(b"i");
    terminal.wait_for("-f  never ask; names that do not exist are no error");
    terminal.send(b"i");
    terminal.wait_until("it is closed", |terminal| !terminal.screen().contains("never ask"));
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    assert!(place.files().contains(&"f5".to_owned()));
}

#[test]
fn c_asks_for_a_change_in_words() {
    let place = place();
    let worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? put papers away");
    // Ctrl-C throws the words away, and no more than those.
    terminal.send(b"cfoo");
    wait_for_question(&mut terminal, "What should be different? foo");
    terminal.control('c');
    wait_for_question(&mut terminal, QUESTION);
    terminal.send(b"cinto papers instead");
    wait_for_question(&mut terminal, "What should be different? into papers instead");
    terminal.send(b"\r");
    terminal.wait_for("this is the changed plan");
    wait_for_question(&mut terminal, QUESTION);
    shows(&terminal, "1  mkdir papers\n");
    assert_eq!(worker.requests().len(), 2);
    let turns = worker.last_turns();
    let [.., (_, asked), (_, answered), (_, changed)] = turns.as_slice() else {
        panic!("{turns:?}")
    };
    assert!(asked.starts_with("put papers away"), "{asked}");
    assert!(answered.contains(TIDY), "{answered}");
    assert!(changed.starts_with("into papers instead"), "{changed}");
    // Without an answer there is still the plan.
    terminal.send(b"cdo something else\r");
    terminal.wait_for("that is too much");
    wait_for_question(&mut terminal, QUESTION);
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert!(place.files().contains(&"papers/a.pdf".to_owned()), "{:?}", place.files());
}

#[test]
fn a_remembers_and_the_next_such_plan_runs_unasked() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, TALL);
    request(&mut terminal, "? make another directory");
    terminal.send(b"a");
    terminal.wait_for("not asked about any more: make directories, inside");
    wait_for_question(&mut terminal, QUESTION);
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    terminal.start_line("? make another directory");
    terminal.wait_for(" 1  mkdir other\n");
    terminal.wait_for("=> run without asking");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert!(place.files().contains(&"other/".to_owned()));
    // What was not approved is asked about.
    request(&mut terminal, "? put papers away");
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn s_asks_before_each_step() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, TALL);
    const STEP: &str = "[y] run  [n] stop here (default) ";
    request(&mut terminal, "? put papers away");
    terminal.send(b"s");
    terminal.wait_for("=> run step by step\n[1/3] mkdir reports\n");
    wait_for_question(&mut terminal, STEP);
    assert!(!place.files().contains(&"reports/".to_owned()));
    terminal.send(b"y");
    terminal.wait_for("[2/3] mv a.pdf reports/\n");
    wait_for_question(&mut terminal, STEP);
    let files = place.files();
    assert!(files.contains(&"reports/".to_owned()) && files.contains(&"a.pdf".to_owned()));
    terminal.send(b"y");
    terminal.wait_for("[3/3] touch one\n");
    wait_for_question(&mut terminal, STEP);
    terminal.send(b"\r");
    terminal.wait_for("stopped\nllmsh: not run, because the plan was stopped: step 3\n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    let files = place.files();
    assert!(files.contains(&"reports/a.pdf".to_owned()) && !files.contains(&"one".to_owned()));
}

#[test]
fn w_copies_the_text_through_the_terminal() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? say it");
    terminal.send(b"w");
    terminal.wait_for("copied");
    // OSC 52 with "echo planned" in Base64.
    let raw = String::from_utf8_lossy(terminal.raw()).into_owned();
    assert!(raw.contains("\x1b]52;c;ZWNobyBwbGFubmVk\x1b\\"), "{raw:?}");
    terminal.send(b"n");
    terminal.wait_for_prompt();
}

#[test]
fn the_help_lists_the_keys_and_answers_nothing() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, USUAL);
    request(&mut terminal, "? put papers away");
    terminal.send(b"?");
    wait_for_question(&mut terminal, "[q] back");
    shows(&terminal, "\nspace          switch the step off or on\n");
    shows(&terminal, "\na              do not ask again for such plans\n");
    hides(&terminal, "mkdir");
    // No answer while the help is read.
    terminal.send(b"jkq");
    wait_for_question(&mut terminal, QUESTION);
    shows(&terminal, "1  mkdir reports\n");
    terminal.send(b"n");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    assert!(place.files().contains(&"a.pdf".to_owned()));
}

#[test]
fn it_follows_the_size_of_the_terminal() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, TALL);
    request(&mut terminal, "? put papers away");
    terminal.resize((12, 40));
    wait_for_question(&mut terminal, "Run this? [y/s/e/?/N]");
    // Not all of it is seen now, but all of it can be.
    hides(&terminal, "touch one");
    terminal.send(b"\x1b[F");
    terminal.wait_for(">o 3  touch one");
    terminal.resize(USUAL);
    wait_for_question(&mut terminal, QUESTION);
    shows(&terminal, "1  mkdir reports\n");
    terminal.send(b"y");
    terminal.wait_for("=> run\n");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert!(place.files().contains(&"reports/a.pdf".to_owned()));
}

#[test]
fn what_was_typed_before_the_plan_is_shown_is_no_answer() {
    let place = place();
    let _worker = worker(&place);
    // What follows the first line waits in the terminal for llmsh.
    let script = "echo rea''dy; read -r line; exec \"$0\" ask 'put papers away'";
    let mut terminal = Terminal::start(&place, "sh", ["-c", script, LLMSH]);
    terminal.wait_for("ready");
    terminal.send(b"go\nyyysy");
    wait_for_question(&mut terminal, QUESTION);
    // Nor is what was pasted.
    terminal.send(b"\x1b[200~y\ny\n\x1b[201~");
    terminal.send(b"?");
    wait_for_question(&mut terminal, "[q] back");
    terminal.send(b"q");
    wait_for_question(&mut terminal, QUESTION);
    terminal.send(b"n");
    assert_eq!(terminal.finish().code(), Some(113));
    assert!(place.files().contains(&"a.pdf".to_owned()));
}

#[test]
fn the_scrollback_keeps_the_plan_once() {
    let place = place();
    let _worker = worker(&place);
    for (key, last) in [(b"n", "=> declined"), (b"y", "=> run")] {
        let mut terminal = shell(&place, TALL);
        request(&mut terminal, "? put papers away");
        terminal.send(b"jxi  k?");
        wait_for_question(&mut terminal, "[q] back");
        terminal.send(b"q");
        wait_for_question(&mut terminal, QUESTION);
        terminal.send(key);
        terminal.wait_for_prompt();
        let screen = terminal.screen();
        assert!(screen.starts_with("prompt> ? put papers away\n 1  mkdir reports\n"), "{screen}");
        for text in ["mkdir reports", "mv a.pdf reports/", "touch one", last] {
            assert_eq!(screen.matches(text).count(), 1, "{text}: {screen}");
        }
        hides(&terminal, "Run this?");
    }
}

#[test]
fn without_colour_nothing_is_styled() {
    let place = place();
    let _worker = worker(&place);
    for (value, styled) in [("1", false), ("", true)] {
        let environment = [("NO_COLOR", value)];
        let mut terminal = Terminal::start_with(&place, LLMSH, NONE, USUAL, &environment);
        request(&mut terminal, "? remove many");
        terminal.send(b" ");
        terminal.wait_for("[off]");
        terminal.send(b"n");
        terminal.wait_for_prompt();
        let mut styles = styles(terminal.raw());
        styles.retain(|style| style != "0" && !style.is_empty());
        assert_eq!(!styles.is_empty(), styled, "{styles:?}");
        // What deletes is red and bold.
        assert_eq!(styles.contains(&"1;31".to_owned()), styled, "{styles:?}");
    }
}

#[test]
fn forty_columns_are_enough() {
    let place = place();
    let _worker = worker(&place);
    let mut terminal = shell(&place, (50, 40));
    terminal.start_line("? put papers away");
    wait_for_question(&mut terminal, "Run this? [y/s/e/?/N]");
    let screen = terminal.screen();
    assert!(screen.starts_with("prompt> ? put papers away\n3 steps | can be undone\n"), "{screen}");
    for row in [">o 1  mkdir reports", " │    Create the directory reports"] {
        assert!(screen.lines().any(|line| line == row), "{row}: {screen}");
    }
    terminal.send(b"y");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
    assert!(place.files().contains(&"reports/a.pdf".to_owned()));
}

#[test]
fn plain_is_lines_and_one_question() {
    let place = place();
    let _worker = worker(&place);
    const PLAIN: &str = "Run this? [y] run  [p] preview  [e] edit  [n] decline (default) ";
    for configured in [false, true] {
        let arguments = if configured { &[][..] } else { &["--plain"] };
        if configured {
            place.configure("[review]\nplain = true\n");
        }
        let environment = [("NO_COLOR", "1")];
        let mut terminal = Terminal::start_with(&place, LLMSH, arguments, TALL, &environment);
        terminal.start_line("? put papers away");
        wait_for_question(&mut terminal, PLAIN);
        let screen = terminal.screen();
        assert!(screen.starts_with("prompt> ? put papers away\n 1  mkdir reports\n"), "{screen}");
        terminal.send(b"e");
        terminal.wait_for("edit> mkdir reports && mv a.pdf reports/\ntouch one");
        terminal.send(b" two\r");
        terminal.wait_for(" 3  touch one two\n");
        wait_for_question(&mut terminal, PLAIN);
        terminal.send(b"n");
        terminal.wait_for("(default) declined\n");
        assert_eq!(terminal.run_line("echo status $?"), "status 113");
    }
}

#[test]
fn a_chinese_locale_is_answered_in_chinese() {
    let place = place();
    let _worker = worker(&place);
    let environment = [("NO_COLOR", "1"), ("LANG", "zh_CN.UTF-8")];
    let mut terminal = Terminal::start_with(&place, LLMSH, NONE, TALL, &environment);
    terminal.start_line("? put papers away");
    wait_for_question(&mut terminal, "运行吗？[y] 运行  [s] 逐步  [e] 编辑");
    shows(&terminal, "\n3 个步骤 | 可以撤销\n");
    shows(&terminal, "创建目录 reports\n");
    terminal.send(b" ");
    terminal.wait_for("同时关闭：步骤 2");
    terminal.send(b"j ");
    terminal.wait_for("同时打开：步骤 1");
    terminal.send(b"s");
    terminal.wait_for("=> 逐步运行\n[1/3] mkdir reports\n");
    wait_for_question(&mut terminal, "[y] 运行  [n] 到此为止");
    terminal.send(b"n");
    terminal.wait_for("计划已停止");
    assert_eq!(terminal.run_line("echo status $?"), "status 113");
    let mut terminal = Terminal::start_with(&place, LLMSH, ["--plain"], TALL, &environment);
    terminal.start_line("? put papers away");
    wait_for_question(&mut terminal, "运行吗？[y] 运行  [p] 预览  [e] 编辑  [n] 拒绝（默认）");
    terminal.send(b"y");
    terminal.wait_for("（默认） 运行\n");
    assert_eq!(terminal.run_line("echo status $?"), "status 0");
}

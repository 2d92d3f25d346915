//! The ways into llmsh, and where a line is a request: `-c`, scripts, standard
//! input, the name it is called by, and a terminal. A scripted model answers.

mod support;

use std::os::unix::fs::symlink;

use serde_json::json;
use support::{Finished, LLMSH, Place, Run, Terminal, Worker};

fn worker(place: &Place) -> Worker {
    Worker::start(place, json!([{ "reply": "echo planned\n```" }]))
}

fn run(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["--yes=read"]).args(arguments).finish()
}

/// Asserts how something ended and whether the model was asked, which is so
/// where its plan was run.
#[track_caller]
fn came_to(worker: &Worker, ended: &Finished, before: usize, status: i32, stdout: &str) {
    assert_eq!((ended.status, ended.stdout.as_str()), (status, stdout), "{ended:?}");
    let asked = worker.requests().len() - before;
    assert_eq!(asked, stdout.matches("planned\n").count(), "{ended:?}");
}

#[test]
fn the_text_of_c_is_a_command_wherever_its_first_word_is_one() {
    let place = Place::new();
    place.write("tool", "#!/bin/sh\necho tool \"$@\"\n");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.work().join("tool"), mode).expect("the file is ours");
    let worker = worker(&place);
    for (text, status, stdout) in [
        // Builtin, assignment, path, keyword, program, negation, group, subshell.
        ("type all of the files that are here >/dev/null 2>&1; echo $?", 0, ""),
        ("what=1 is=2; echo $what", 0, "1\n"),
        ("./tool all of the files that are here", 0, "tool all of the files that are here\n"),
        ("if true; then echo all of the files; fi", 0, "all of the files\n"),
        ("! true all of the files that are here", 1, ""),
        ("{ echo in a group; }", 0, "in a group\n"),
        ("(echo in a subshell)", 0, "in a subshell\n"),
        ("\"./tool\" what is this for", 0, "tool what is this for\n"),
        ("$UNSET echo the value of what is in it", 0, "the value of what is in it\n"),
        ("# what are all of the files here", 0, ""),
        ("", 0, ""),
        ("   ", 0, ""),
        // No command, and no sentence either.
        ("gti status", 127, ""),
        ("nosuchprogram --all", 127, ""),
        ("nosuchprogram of all the files | wc -l", 0, "0\n"),
        // Sentences.
        ("show me all of the files that are here", 0, "planned\n"),
        ("how much space is left on this disk?", 0, "planned\n"),
        ("what's in this directory", 0, "planned\n"),
        ("把所有的图片移到一个新目录", 0, "planned\n"),
        // The mark.
        ("?list", 0, "planned\n"),
        ("  ? list", 0, "planned\n"),
        ("？列出", 0, "planned\n"),
        ("? echo $(touch evil) | sh", 0, "planned\n"),
    ] {
        // `type` says itself what it does not find.
        let status = if text.starts_with("type") { 0 } else { status };
        let stdout = if text.starts_with("type") { "1\n" } else { stdout };
        let before = worker.requests().len();
        let ended = run(&place, &["-c", text]);
        came_to(&worker, &ended, before, status, stdout);
    }
    assert_eq!(place.files(), ["tool"], "words of a request are no commands");
}

#[test]
fn later_lines_of_c_are_requests_only_with_the_mark() {
    let place = Place::new();
    let worker = worker(&place);
    let ended = run(&place, &["-c", "echo one\n? say it\necho \"$1\"", "name", "two"]);
    came_to(&worker, &ended, 0, 0, "one\nplanned\ntwo\n");
    let ended = run(&place, &["-c", "echo one\nshow me all of the files"]);
    came_to(&worker, &ended, 1, 127, "one\n");
}

#[test]
fn a_script_file_has_requests_where_the_mark_is() {
    let place = Place::new();
    let script = "x=$1
? say it
[ $? -eq 0 ] && echo \"went well with $x\"
alias q='? '
show me all of the files
echo \"status $?\"
";
    place.write("script", script);
    let worker = worker(&place);
    let expected = "planned\nwent well with arg\nstatus 127\n";
    came_to(&worker, &run(&place, &["./script", "arg"]), 0, 0, expected);
    // `-s` reads standard input as a script, too, with arguments.
    let ended = Run::new(&place).args(["--yes=read", "-s", "arg"]).stdin(script).finish();
    came_to(&worker, &ended, 1, 0, expected);
}

#[test]
fn a_script_cannot_confirm_for_the_person() {
    let place = Place::new();
    place.write("script", "? say it\necho \"status $?\"\n");
    let worker = Worker::start(&place, json!([{ "reply": "touch made\n```" }]));
    // What follows on standard input is no answer to the question.
    let ended = Run::new(&place).stdin("? say it\ny\necho \"status $?\"\n").finish();
    assert!(ended.stdout.ends_with("status 127\n"), "{ended:?}");
    let ended = Run::new(&place).args(["./script"]).stdin("y\ny\n").finish();
    assert!(ended.stdout.ends_with("status 113\n"), "{ended:?}");
    assert_eq!((place.files(), worker.requests().len()), (vec!["script".to_owned()], 2));
}

#[test]
fn a_failed_request_ends_a_script_under_e() {
    let place = Place::new();
    let worker = Worker::start(&place, json!([{ "reply": "touch made\n```" }]));
    let ended = Run::new(&place).args(["-e"]).stdin("? say it\necho after\n").finish();
    assert_eq!(ended.status, 113, "{ended:?}");
    assert!(!ended.stdout.contains("after"), "{ended:?}");
    let ended = Run::new(&place).args(["-e"]).stdin("? say it || echo after\n").finish();
    // All of the line is the request.
    assert_eq!(ended.status, 113, "{ended:?}");
    let (_, text) = worker.last_turns().pop().expect("there is a turn");
    assert!(text.starts_with("say it || echo after"), "{text}");
}

#[test]
fn a_request_changes_the_shell_it_is_made_in() {
    let place = Place::new();
    place.write("src/file", "");
    let _worker = Worker::start(&place, json!([{ "reply": "cd src\n```" }]));
    let ended = Run::new(&place).args(["--yes=all"]).stdin("? go to src\npwd\nls\n").finish();
    let expected = format!("{}/src\nfile\n", place.work().display());
    assert_eq!((ended.status, ended.stdout), (0, expected), "{}", ended.stderr);
}

#[test]
fn called_sh_it_is_a_posix_shell_without_requests() {
    let place = Place::new();
    let worker = worker(&place);
    let link = place.directory("home").join("sh");
    symlink(LLMSH, &link).expect("the place can be written");
    for text in ["show me all of the files", "? list", "？ 列出"] {
        let sh = || Run::new(&place).program(&link);
        let ended = sh().args(["-c", text]).finish();
        assert_eq!((ended.status, ended.stdout.as_str()), (127, ""), "{text}: {ended:?}");
        let ended = sh().stdin(text).finish();
        assert_eq!((ended.status, ended.stdout.as_str()), (127, ""), "{text}: {ended:?}");
        place.write("script", text);
        let ended = sh().args(["script"]).finish();
        assert_eq!((ended.status, ended.stdout.as_str()), (127, ""), "{text}: {ended:?}");
    }
    // A login shell's name has a hyphen.
    let named = |name: &str, text: &str| {
        let line = format!("exec -a {name} \"$0\" -c \"$1\"");
        Run::new(&place).program("bash").args(["-c", &line, LLMSH, text]).finish()
    };
    assert_eq!(named("-sh", "? list").status, 127);
    assert_eq!(named("-llmsh", "echo $0").stdout, "-llmsh\n");
    assert!(worker.requests().is_empty());
}

#[test]
fn a_posix_shell_on_a_terminal_takes_no_requests() {
    let place = Place::new();
    let worker = worker(&place);
    let mut terminal = Terminal::start(&place, LLMSH, ["--posix"]);
    terminal.run_line("? list");
    assert_eq!(terminal.run_line("echo status $?"), "status 127");
    terminal.run_line("show me all of the files");
    assert_eq!(terminal.run_line("echo status $?"), "status 127");
    assert!(!terminal.screen().contains('\u{2190}'), "{}", terminal.screen());
    assert!(worker.requests().is_empty());
}

#[test]
fn a_sentence_that_begins_with_a_programs_name_is_asked_about_on_a_terminal() {
    const TEXT: &str = "find all of the pdfs which are here";
    let place = Place::new();
    let worker = worker(&place);
    let start = |key: &[u8]| {
        let mut terminal = Terminal::start(&place, LLMSH, ["-c", TEXT]);
        terminal.wait_for("A command or a request?");
        assert!(worker.requests().is_empty(), "the model is not asked before the person");
        terminal.send(key);
        terminal
    };
    assert_eq!(start(b"n").finish().code(), Some(113));
    assert_eq!(start(b"\x03").finish().code(), Some(113));
    assert_eq!(start(b"c").finish().code(), Some(1), "find itself finds no \"all\"");
    let mut terminal = start(b"r");
    terminal.wait_until("the question", |terminal| terminal.before_cursor().contains("Run this?"));
    terminal.send(b"y");
    assert_eq!(terminal.finish().code(), Some(0));
    assert_eq!(worker.requests().len(), 1);
}

#[test]
fn ask_joins_its_words() {
    let place = Place::new();
    let worker = worker(&place);
    let ended = run(&place, &["ask", "show", "me", "--all", "$HOME", "files"]);
    came_to(&worker, &ended, 0, 0, "planned\n");
    let (_, text) = worker.last_turns().pop().expect("there is a turn");
    assert!(text.starts_with("show me --all $HOME files"), "{text}");
    // Also what is a command elsewhere.
    came_to(&worker, &run(&place, &["ask", "ls"]), 1, 0, "planned\n");
    let empty = run(&place, &["ask", "  "]);
    assert_eq!((empty.status, empty.stdout.as_str()), (2, ""), "{empty:?}");
}

#[test]
fn a_dry_run_runs_no_command_either() {
    let place = Place::new();
    let ended = Run::new(&place).args(["--dry-run", "-c", "touch made"]).finish();
    assert_eq!((ended.status, ended.stdout.as_str()), (2, ""), "{ended:?}");
    assert!(ended.stderr.contains("the text is a command"), "{ended:?}");
    assert!(place.files().is_empty(), "{ended:?}");
}

#[test]
fn dash_h_is_the_shells_option_where_a_script_is_read() {
    let place = Place::new();
    let ended = Run::new(&place).args(["-h"]).stdin("case $- in *h*) echo on;; esac").finish();
    ended.expect(0, "on\n", "");
}

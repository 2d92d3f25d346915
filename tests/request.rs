//! Requests without a terminal, answered by a scripted model: what is shown,
//! what runs, and how it ends.

mod support;

use serde_json::{Value, json};
use support::{Finished, Place, Run, Worker};

/// A place with two PDFs and a text.
fn place() -> Place {
    let place = Place::new();
    for name in ["a.pdf", "b.pdf", "notes.txt"] {
        place.write(name, "content\n");
    }
    place
}

fn ask(place: &Place, arguments: &[&str]) -> Finished {
    Run::new(place).args(["ask"]).args(arguments).finish()
}

/// The replies of a script that gives this text to every request.
fn always(text: &str) -> Value {
    json!([{ "reply": format!("{text}\n```") }])
}

const MOVE: &str = "mkdir reports && mv *.pdf reports/";

#[test]
fn without_a_terminal_the_plan_is_shown_and_does_not_run() {
    let place = place();
    let worker = Worker::start(&place, always(MOVE));
    let shown = ask(&place, &["move every pdf into reports"]);
    let work = place.work().display().to_string();
    let expected = format!(
        " 1  mkdir reports
    Create the directory reports
    changes | creates {work}/reports | can be undone
 2  mv *.pdf reports/
    Move 2 files: a.pdf, b.pdf into reports
"
    );
    assert!(shown.stdout.starts_with(&expected), "{}\n{expected}", shown.stdout);
    assert_eq!(shown.status, 113);
    assert!(shown.stderr.contains("was not confirmed"), "{}", shown.stderr);
    assert_eq!(place.files(), ["a.pdf", "b.pdf", "notes.txt"]);
    // The request stands last, and what it refers to before it.
    let (role, text) = worker.last_turns().pop().expect("there is a turn");
    assert_eq!(role, "user");
    assert!(text.contains("move every pdf into reports"), "{text}");
}

#[test]
fn a_ceiling_lets_a_plan_run_up_to_its_risk() {
    for (text, ceiling, runs) in [
        ("ls", "read", true),
        ("touch new", "read", false),
        ("touch new", "write", true),
        ("rm notes.txt", "write", false),
        ("rm notes.txt", "all", true),
    ] {
        let place = place();
        let _worker = Worker::start(&place, always(text));
        let before = place.files();
        let ended = ask(&place, &[&format!("--yes={ceiling}"), "do it, deleting what must go"]);
        assert_eq!(ended.status, if runs { 0 } else { 113 }, "{text} {ceiling}: {ended:?}");
        let changed = place.files() != before;
        assert_eq!(changed, runs && text != "ls", "{text} {ceiling}: {ended:?}");
    }
}

#[test]
fn nothing_allows_what_is_forbidden() {
    for text in ["rm -rf /", "rm -rf /*", "rm -rf ~", "rm -rf \"$HOME\"/", "cd / && rm -rf *"] {
        let place = place();
        let _worker = Worker::start(&place, always(text));
        let ended = ask(&place, &["--yes=all", "do it, deleting what must go"]);
        assert_eq!(ended.status, 113, "{text}: {ended:?}");
        assert!(ended.stderr.contains("the plan is refused"), "{text}: {ended:?}");
    }
}

#[test]
fn the_status_is_the_commands_own() {
    let place = place();
    let _worker = Worker::start(&place, always("grep nothing notes.txt"));
    assert_eq!(ask(&place, &["--yes=read", "find nothing"]).status, 1);
}

#[test]
fn what_depends_on_a_failed_step_does_not_run_and_the_rest_does() {
    let place = place();
    let _worker =
        Worker::start(&place, always("mkdir notes.txt/x\ncp a.pdf notes.txt/x/\ntouch other"));
    let ended = ask(&place, &["--yes=write", "do it"]);
    assert_ne!(ended.status, 0, "{ended:?}");
    assert!(place.files().contains(&"other".to_owned()), "{ended:?}");
    assert!(ended.stderr.contains("not run"), "{ended:?}");
}

#[test]
fn a_dry_run_succeeds_and_changes_nothing() {
    let place = place();
    let _worker = Worker::start(&place, always("rm *.pdf"));
    let shown = ask(&place, &["--dry-run", "--yes=all", "remove the pdfs"]);
    assert_eq!((shown.status, shown.stderr.as_str()), (0, ""));
    assert!(shown.stdout.contains("rm *.pdf"));
    assert_eq!(place.files().len(), 3);
}

#[test]
fn json_says_what_was_planned_and_what_became_of_it() {
    let place = place();
    let _worker = Worker::start(&place, always(MOVE));
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON");

    let shown = parse(&ask(&place, &["--json", "move the pdfs into reports"]).stdout);
    assert_eq!(shown["version"], 2);
    assert_eq!(shown["status"], "not_confirmed");
    assert_eq!(shown["exit_status"], 113);
    assert_eq!(shown["risk"], "write");
    let operations: Vec<_> = shown["steps"]
        .as_array()
        .expect("there are steps")
        .iter()
        .map(|step| step["operation"].as_str().expect("a step has an operation"))
        .collect();
    assert_eq!(operations, ["make_directory", "move"]);
    assert_eq!(shown["steps"][1]["needs"][0]["step"], 1);

    let ran = ask(&place, &["--json", "--yes=write", "move the pdfs into reports"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let report = parse(&ran.stdout);
    assert_eq!(report["status"], "executed");
    assert_eq!(report["steps"][1]["outcome"]["exit_status"], 0);
    assert_eq!(place.files(), ["notes.txt", "reports/", "reports/a.pdf", "reports/b.pdf"]);
}

#[test]
fn the_documented_json_is_what_is_written() {
    let page = include_str!("../docs/plan-json.md");
    let example = page.split("```json").nth(1).and_then(|rest| rest.split("```").next());
    let place = Place::new();
    let _worker = Worker::start(&place, always("mkdir reports"));
    let shown = ask(&place, &["--json", "make a directory called reports"]);
    let work = place.work().display().to_string();
    let shown = shown.stdout.replace(&work, "/home/ana");
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON");
    assert_eq!(parse(&shown), parse(example.expect("the page has an example")));
}

#[test]
fn what_commands_write_does_not_disturb_the_json() {
    let place = place();
    let _worker = Worker::start(&place, always("cat notes.txt; echo done"));
    let ran = ask(&place, &["--json", "--yes=read", "show the notes"]);
    serde_json::from_str::<Value>(&ran.stdout).expect("it is JSON alone");
    assert_eq!(ran.stderr, "content\ndone\n");
}

#[test]
fn an_unusable_answer_goes_back_once_with_what_was_wrong() {
    let place = place();
    let replies = json!([
        { "when": "no-such-program-here", "reply": "ls\n```" },
        { "reply": "no-such-program-here --fast\n```" },
    ]);
    let worker = Worker::start(&place, replies);
    let ended = ask(&place, &["--yes=read", "list"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    assert_eq!(ended.stdout, "a.pdf\nb.pdf\nnotes.txt\n");
    assert_eq!(worker.requests().len(), 2);
    let turns = worker.last_turns();
    let [.., (answered, first), (asked, feedback)] = turns.as_slice() else { panic!("{turns:?}") };
    assert_eq!((answered.as_str(), asked.as_str()), ("assistant", "user"));
    assert!(first.contains("no-such-program-here --fast"), "{first}");
    assert!(feedback.contains("no-such-program-here"), "{feedback}");
}

#[test]
fn an_answer_that_stays_unusable_is_shown_and_is_no_plan() {
    for text in ["I am sorry, I cannot do that (really).", "for x in", "no-such-program-here"] {
        let place = place();
        let worker = Worker::start(&place, always(text));
        let ended = ask(&place, &["--yes=all", "do the impossible"]);
        assert_eq!((ended.status, ended.stdout.as_str()), (114, ""), "{text}: {ended:?}");
        assert!(ended.stderr.contains("no plan could be made"), "{ended:?}");
        assert!(ended.stderr.contains(text), "{ended:?}");
        assert_eq!(worker.requests().len(), 2);
    }
}

#[test]
fn no_model_says_so_and_what_to_do() {
    let place = place();
    let ended = ask(&place, &["list the files"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (115, ""));
    assert!(ended.stderr.contains("llmsh model pull"), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 2, "{}", ended.stderr);
}

#[test]
fn a_model_that_cannot_be_loaded_says_so() {
    let place = place();
    // A sound head with nothing behind it; this build may have no llama.cpp.
    Worker::install(&place);
    let ended = ask(&place, &["list the files"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (115, ""), "{ended:?}");
    assert!(ended.stderr.contains("cannot be loaded"), "{}", ended.stderr);
    assert!(ended.stderr.contains("llmsh model verify"), "{}", ended.stderr);
}

#[test]
fn a_model_whose_file_is_gone_says_so() {
    let place = place();
    let options = Worker::install(&place);
    std::fs::remove_file(&options.model).expect("the model is there");
    let ended = ask(&place, &["list the files"]);
    assert_eq!((ended.status, ended.stdout.as_str()), (115, ""), "{ended:?}");
}

#[test]
fn what_is_hidden_is_spelled_out() {
    let place = place();
    let _worker = Worker::start(&place, always("echo '\u{1b}[2Ka\u{202e}b\u{7}' # \u{9b}x"));
    for arguments in [&["x"][..], &["--json", "x"], &["--dry-run", "x"]] {
        let ended = ask(&place, arguments);
        let hidden = |character: char| {
            character.is_control() && character != '\n' || character == '\u{202e}'
        };
        assert!(!ended.stdout.contains(hidden) && !ended.stderr.contains(hidden), "{ended:?}");
        assert!(ended.stdout.contains("202e"), "{ended:?}");
    }
}

#[test]
fn c_decides_between_commands_and_requests() {
    let place = place();
    let worker = Worker::start(&place, always("echo planned"));
    let run = |text: &str| Run::new(&place).args(["--yes=read", "-c", text]).finish();
    for (text, status, stdout) in [
        ("echo hello", 0, "hello\n"),
        ("show me the files please", 0, "planned\n"),
        ("列出所有文件", 0, "planned\n"),
        ("? echo hello", 0, "planned\n"),
        ("？ 列出文件", 0, "planned\n"),
        // Programs call `-c`: a command's name wins, and a typing error stays one.
        ("find all pdfs which are here", 1, ""),
        ("gti status", 127, ""),
    ] {
        let before = worker.requests().len();
        let ended = run(text);
        assert_eq!((ended.status, ended.stdout.as_str()), (status, stdout), "{text}: {ended:?}");
        let asked = worker.requests().len() > before;
        assert_eq!(asked, stdout == "planned\n", "{text}");
    }
}

#[test]
fn a_script_has_requests_only_where_the_mark_is() {
    let place = place();
    let worker = Worker::start(&place, always("echo planned"));
    let script = "echo one
? say it
  ？ 说
show me the files please
if true; then
    ? within
fi
cat <<E
? not here
E
echo '
? nor here'
case x in
?) echo pattern;;
esac
f() {
? in a function
}
f
echo last
";
    let ended = Run::new(&place).args(["--yes=read"]).stdin(script).finish();
    let expected =
        "one\nplanned\nplanned\nplanned\n? not here\n\n? nor here\npattern\nplanned\nlast\n";
    assert_eq!((ended.status, ended.stdout.as_str()), (0, expected), "{ended:?}");
    assert!(ended.stderr.contains("show: command not found"), "{}", ended.stderr);
    assert_eq!(worker.requests().len(), 4);
}

#[test]
fn a_posix_shell_takes_no_requests() {
    let place = place();
    let worker = Worker::start(&place, always("echo planned"));
    for text in ["show me the files please", "? list"] {
        let ended = Run::new(&place).args(["--posix", "-c", text]).finish();
        assert_eq!((ended.status, ended.stdout.as_str()), (127, ""), "{text}: {ended:?}");
        let ended = Run::new(&place).args(["--posix"]).stdin(text).finish();
        assert_eq!((ended.status, ended.stdout.as_str()), (127, ""), "{text}: {ended:?}");
    }
    assert!(worker.requests().is_empty());
}

#[test]
fn a_plan_makes_no_requests() {
    let place = place();
    let worker = Worker::start(&place, always("? list the files"));
    let ended = ask(&place, &["--yes=all", "go on for ever"]);
    assert_eq!(ended.status, 114, "{ended:?}");
    assert_eq!(worker.requests().len(), 2);
}

#[test]
fn commands_touch_nothing_of_the_user() {
    let place = Place::new();
    for arguments in
        [&["-c", "true"][..], &["-c", "echo x | cat"], &["-ec", "for i in 1; do :; done"]]
    {
        Run::new(&place).args(arguments).finish().succeeded();
    }
    Run::new(&place).stdin("echo script\n").finish().succeeded();
    for name in ["home", "config", "data", "cache", "state/llmsh", "run", "work"] {
        let entries = std::fs::read_dir(place.directory(name)).expect("it was made").count();
        // The place itself says that it was greeted.
        assert_eq!(entries, usize::from(name == "state/llmsh"), "{name}");
    }
}

#[test]
fn a_worker_that_dies_is_replaced_and_the_request_can_be_made_again() {
    let place = place();
    let mut worker = Worker::start(&place, always("echo planned"));
    ask(&place, &["--yes=read", "say it"]).succeeded();
    worker.kill();
    // The next worker has the real engine, which this model is nothing for.
    let ended = ask(&place, &["--yes=read", "say it"]);
    assert_eq!(ended.status, 115, "{ended:?}");
    assert!(ended.stderr.lines().count() <= 2, "{}", ended.stderr);
    worker.restart();
    assert_eq!(ask(&place, &["--yes=read", "say it"]).succeeded().stdout, "planned\n");
}

#[test]
fn a_plan_that_is_not_confirmed_is_no_data_of_a_script() {
    let place = place();
    let _worker = Worker::start(&place, always("mkdir made"));
    let ended = Run::new(&place).stdin("echo before\n? make it\necho after $?\n").finish();
    assert_eq!(ended.stdout, "before\nafter 113\n", "{ended:?}");
    assert!(ended.stderr.contains("mkdir made"), "{ended:?}");
    // Who asks for the plan alone gets it on standard output.
    let ended = ask(&place, &["make it"]);
    assert!(ended.stdout.contains("mkdir made"), "{ended:?}");
}

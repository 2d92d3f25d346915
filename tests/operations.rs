//! A plan's typed operations leave the disk as the programs would have: the same
//! text runs in dash and as a plan, in two directories with the same files.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};
use support::{Finished, Place, Run, Worker};

/// What both find.
const FILES: &str = r#"
    umask 022
    printf 'alpha\n' >a.txt
    printf 'beta\n' >b.txt
    printf 'x' >'with space.txt'
    printf 'y' >'-dash.txt'
    printf 'z' >'新.txt'
    mkdir -p tree/deep/er target
    printf 'one\n' >tree/one
    printf 'two\n' >tree/deep/two
    printf 'old\n' >target/a.txt
    ln -s a.txt link
    ln -s nowhere dangling
    ln -s tree dirlink
    chmod 640 b.txt
    chmod 444 tree/one
    touch -d '2020-01-02 03:04:05' b.txt
"#;

/// Each with the operations of its plan; what no system call does alike is run.
const CASES: &[(&str, &str)] = &[
    ("mkdir new", "make_directory"),
    ("mkdir -p new/er/est tree/deep", "make_directory"),
    ("mkdir a.txt", "make_directory"),
    ("mkdir -m 700 private", "run"),
    ("rm a.txt", "remove"),
    ("rm -f a.txt missing", "remove"),
    ("rm -r tree", "remove"),
    ("rm -rf tree target link dangling dirlink", "remove"),
    ("rm link dirlink", "remove"),
    ("rm -- -dash.txt 'with space.txt' 新.txt", "remove"),
    ("rmdir tree/deep/er", "remove"),
    ("rmdir tree", "remove"),
    ("mv a.txt c.txt", "move"),
    ("mv a.txt b.txt", "move"),
    ("mv a.txt b.txt target", "move"),
    ("mv a.txt target/", "move"),
    ("mv -n a.txt target/", "move"),
    ("mv tree target", "move"),
    ("mv tree elsewhere", "move"),
    ("mv link dangling target", "move"),
    ("mv -- *.txt tree/", "move"),
    ("mv missing b.txt", "move"),
    ("mv tree tree/deep", "run"),
    ("cp a.txt c.txt", "copy"),
    ("cp a.txt b.txt", "copy"),
    ("cp a.txt b.txt target", "copy"),
    ("cp -n a.txt target", "copy"),
    ("cp -p b.txt c.txt", "copy"),
    ("cp -r tree copy", "copy"),
    ("cp -r tree target", "copy"),
    ("cp -a tree dirlink dangling target", "copy"),
    ("cp link copied", "copy"),
    ("cp tree copy", "run"),
    ("cp missing c.txt", "copy"),
    ("ln -s a.txt new", "link"),
    ("ln a.txt hard", "link"),
    ("ln -s a.txt b.txt", "link"),
    ("ln -sf b.txt link", "link"),
    ("ln -s ../a.txt target/", "link"),
    ("chmod 600 a.txt b.txt", "change_mode"),
    ("chmod u+x,go-r a.txt", "change_mode"),
    ("chmod -R go= tree", "change_mode"),
    ("chmod +x link", "change_mode"),
    ("chmod a=rX tree a.txt", "change_mode"),
    ("chmod 755 missing", "change_mode"),
    ("touch new a.txt", "write_file"),
    ("echo hello > new", "write_file"),
    ("echo hello world >> a.txt", "write_file"),
    ("printf '%s-%d\\n' x 7 > b.txt", "write_file"),
    (": > a.txt", "write_file"),
    ("echo through > link", "write_file"),
    ("echo x > missing/new", "write_file"),
    ("for f in *.txt; do cp -- \"$f\" \"target/${f%.txt}.bak\"; done", "copy copy copy copy copy"),
    ("mkdir -p out && cd out && echo hi > there", "make_directory change_directory write_file"),
];

/// A program does what it can and fails at the rest. A plan's operation looks at
/// everything first and does nothing where something is in the way, so that what a
/// person has confirmed is done wholly or not at all. Each with the complaint.
const ALL_OR_NOTHING: &[(&str, &str, &str)] = &[
    ("rm a.txt missing", "remove", "missing does not exist"),
    ("mv a.txt missing target", "move", "missing does not exist"),
    ("cp a.txt missing target", "copy", "missing does not exist"),
    ("mkdir new a.txt", "make_directory", "a.txt exists already"),
    ("chmod 600 a.txt missing", "change_mode", "missing does not exist"),
    ("touch tree/deep/new missing/x", "write_file", "missing: No such file or directory"),
];

/// Every path with its type, mode and content.
fn listing(place: &Place) -> String {
    let mut text = String::new();
    for name in place.files() {
        let path = place.work().join(&name);
        let data = fs::symlink_metadata(&path).expect("it was just listed");
        let mode = data.permissions().mode() & 0o7777;
        let what = content(&path, &data);
        writeln!(text, "{mode:04o} {name} {what}").expect("a string takes all text");
    }
    text
}

fn content(path: &Path, data: &fs::Metadata) -> String {
    if data.is_symlink() {
        format!("-> {}", fs::read_link(path).expect("it is a link").display())
    } else if data.is_dir() {
        String::new()
    } else {
        format!("{:?}", fs::read_to_string(path).expect("the files are text"))
    }
}

fn prepared() -> Place {
    let place = Place::new();
    Run::new(&place).program("dash").args(["-ec", FILES]).finish().succeeded();
    place
}

/// A worker that is asked for `<NUMBER>` and gives that text, also where it is told that
/// something is not there.
fn worker<'a>(home: &Place, texts: impl Iterator<Item = &'a str>) -> Worker {
    let replies = |(number, text): (usize, &str)| {
        let asked = format!("do <{number}>");
        let again = json!({ "when": "There is no", "shown": &asked, "reply": text });
        [json!({ "when": asked, "reply": text }), again]
    };
    Worker::start(home, texts.enumerate().flat_map(replies).collect())
}

/// Asks for a text by its number, and runs it; the names of its operations.
fn run_plan(home: &Place, place: &Place, number: usize) -> (Finished, String) {
    let request = format!("do <{number}>, deleting and replacing what is there");
    let ended = Run::new(home)
        .args(["ask", "--json", "--yes=all", &request])
        .within(&place.work())
        .finish();
    let plan: Value = serde_json::from_str(&ended.stdout).expect("it is JSON");
    let steps = plan["steps"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = steps.iter().filter_map(|step| step["operation"].as_str()).collect();
    (ended, names.join(" "))
}

#[test]
fn plans_do_what_the_programs_do() {
    // One worker, whose model the other places are given.
    let home = Place::new();
    let _worker = worker(&home, CASES.iter().map(|case| case.0));
    let mut differences = String::new();
    for (number, (text, operations)) in CASES.iter().enumerate() {
        let (theirs, ours) = (prepared(), prepared());
        let dash = Run::new(&theirs).program("dash").args(["-c", text]).finish();
        let (llmsh, names) = run_plan(&home, &ours, number);
        let (left, right) = (listing(&theirs), listing(&ours));
        if (dash.status == 0) != (llmsh.status == 0) || left != right || names != *operations {
            write!(
                differences,
                "\n### {text}\n{}: {left}{}\n{}: {right}{}\n{names:?}\n",
                dash.status, dash.stderr, llmsh.status, llmsh.stderr
            )
            .expect("a string takes all text");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn an_operation_that_cannot_do_everything_does_nothing() {
    let home = Place::new();
    let _worker = worker(&home, ALL_OR_NOTHING.iter().map(|case| case.0));
    let before = listing(&prepared());
    for (number, (text, operation, complaint)) in ALL_OR_NOTHING.iter().enumerate() {
        let place = prepared();
        let (ended, names) = run_plan(&home, &place, number);
        assert_eq!((ended.status, names.as_str()), (1, *operation), "{text}: {ended:?}");
        assert_eq!(listing(&place), before, "{text}");
        assert!(ended.stderr.contains(complaint), "{text}: {ended:?}");
    }
}

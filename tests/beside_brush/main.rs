//! Our syntax trees beside those of brush, a bash in Rust: each script is parsed by both,
//! and both trees are written as outlines, which must be the same. The scripts are those
//! of `tests/bash` and `tests/dash`, and all that are installed. What our parser refuses,
//! `bash -n` refuses, too.

mod own;
mod theirs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What brush reads otherwise: the file, what is in the script, and why.
const MISREAD: &[(&str, &str, &str)] = &[
    ("timesyncd", "<<", "a word behind `<<` and `>` loses the name in `${NAME}`"),
    ("commands.sh", "{fd}>", "`{fd}` is a word to it"),
    ("commands.sh", "( (echo deep)", "`( ( (` is arithmetic to it"),
    ("errors.sh", "for 1x", "the name is an error where it is reached, here and in bash"),
];

/// What has no `#!`, and is bash all the same.
const COMPLETIONS: &str = "/usr/share/bash-completion/completions";

/// A tree as text: a node a line, what is in it one deeper. Bodies of here-documents are
/// not in it: brush keeps no more of them than their text.
#[derive(Default)]
struct Outline {
    text: String,
    depth: usize,
}

impl Outline {
    /// A line: what it is and how it is written, as far as both parsers keep that. brush
    /// drops comments in substitutions, blanks between elements, and lines that go on.
    fn leaf(&mut self, kind: &str, text: &str) {
        let text = text.replace("\\\n", "");
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
        let text = words.join(" ").replace("( ", "(").replace(" )", ")");
        let blank = if text.is_empty() { "" } else { " " };
        self.text.push_str(&format!("{}{kind}{blank}{text}\n", "  ".repeat(self.depth)));
    }
}

/// How the two readings of a script compare.
enum Compared {
    Same,
    Differs(String),
    BrushRefuses,
    OwnRefuses,
}

fn compare(script: &str) -> Compared {
    match (own::outline(script), theirs::outline(script)) {
        (None, _) => Compared::OwnRefuses,
        (Some(_), None) => Compared::BrushRefuses,
        (Some(own), Some(theirs)) if own == theirs => Compared::Same,
        (Some(own), Some(theirs)) => Compared::Differs(first_difference(&own, &theirs)),
    }
}

fn first_difference(own: &str, theirs: &str) -> String {
    let same = own.lines().zip(theirs.lines()).take_while(|(own, theirs)| own == theirs).count();
    let part = |text: &str| {
        text.lines().skip(same.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n")
    };
    format!("own:\n{}\nbrush:\n{}", part(own), part(theirs))
}

fn bash_refuses(script: &str) -> bool {
    let status = Command::new("bash").args(["-n", "-c", script]).stderr(Stdio::null()).status();
    !status.expect("bash is installed").success()
}

/// The shell scripts of a folder and below it, with their texts.
fn scripts(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| !path.is_symlink()) {
        if path.is_dir() {
            scripts(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path)
            && is_script(&path, &text)
        {
            found.push((path, text));
        }
    }
}

fn is_script(path: &Path, text: &str) -> bool {
    let interpreter = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    match interpreter {
        Some(line) => ["/sh", "/bash", "/dash", " sh", " bash"].iter().any(|end| {
            line.trim().split(" -").next().is_some_and(|program| program.trim_end().ends_with(end))
        }),
        None => path.starts_with(COMPLETIONS),
    }
}

/// Compares scripts, and says what differs.
fn differences(scripts: Vec<(PathBuf, String)>) -> (usize, Vec<String>) {
    let mut same = 0;
    let mut wrong = Vec::new();
    for (path, text) in &scripts {
        let is_misread =
            || MISREAD.iter().any(|(name, part, _)| path.ends_with(name) && text.contains(part));
        match compare(text) {
            Compared::Same => same += 1,
            Compared::Differs(why) if !is_misread() => {
                wrong.push(format!("=== {}\n{why}", path.display()));
            }
            // What is read depends on whether it ran: `extglob` is off when we parse.
            Compared::OwnRefuses if !text.contains("extglob") && !bash_refuses(text) => {
                let begin: String = text.chars().take(200).collect();
                wrong.push(format!("=== {}: bash reads it:\n{begin}", path.display()));
            }
            _ => {}
        }
    }
    (same, wrong)
}

/// Compares on a stack that brush's recursion does not overflow.
fn check(scripts: Vec<(PathBuf, String)>, at_least: usize) {
    let all = scripts.len();
    let deep = std::thread::Builder::new().stack_size(1 << 30);
    let compared = deep.spawn(move || differences(scripts)).expect("a thread can be started");
    let (same, wrong) = compared.join().expect("nothing panics");
    assert!(wrong.is_empty(), "{} of {all}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same >= at_least, "only {same} of {all} are read by both");
}

#[test]
fn trees_of_snippets_are_those_of_brush() {
    let mut snippets = Vec::new();
    for folder in ["tests/bash", "tests/dash"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            let text = std::fs::read_to_string(&path).expect("it can be read");
            let parts = text.split("\n### ").map(|part| format!("# {part}"));
            snippets.extend(parts.map(|part| (path.clone(), part)));
        }
    }
    check(snippets, 560);
}

#[test]
fn trees_of_installed_scripts_are_those_of_brush() {
    let mut installed = Vec::new();
    for folder in ["/etc", "/usr/bin", "/usr/sbin", "/usr/lib/git-core", COMPLETIONS] {
        scripts(Path::new(folder), &mut installed);
    }
    check(installed, 0);
}

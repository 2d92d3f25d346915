//! Every snippet in `tests/dash/` means in llmsh what it means in dash: the
//! same standard output, the same exit status, and an error message where dash
//! has one. Snippets run twice: as an argument of `-c` and on standard input.

mod support;

use std::fmt::Write;

use support::{Finished, LLMSH, Place, Run};

/// The files that snippets find in their directory.
const FILES: &[(&str, &str)] = &[
    ("a.txt", "alpha\n"),
    ("b.txt", "beta\n"),
    ("c.md", "gamma\n"),
    (".hidden", ""),
    ("with space", "blank\n"),
    ("[x]", "brackets\n"),
    ("sub/d.txt", "delta\n"),
    ("sub/deep/e.txt", "epsilon\n"),
    ("lib.sh", "from_lib=yes\nset_by_lib() { echo \"lib $1\"; }\nreturn 3\n"),
    ("words", "one two three\n  four\\ five six  \nlast"),
    ("script", "echo \"script $0 $# $1\"\n"),
];

/// The snippets of a file: a line `### name` begins each. A name that ends in
/// ` [-c]` belongs to a snippet that makes no sense on standard input.
fn snippets(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.split("### ").skip(1).map(|section| section.split_once('\n').unwrap_or((section, "")))
}

fn outcome(shell: &str, snippet: &str, on_stdin: bool) -> Finished {
    let place = Place::new();
    for (path, content) in FILES {
        place.write(path, content);
    }
    let run = Run::new(&place).program(shell);
    if on_stdin { run.stdin(snippet) } else { run.args(["-c", snippet]) }.finish()
}

/// What may differ between two runs of one shell is the place of its directory;
/// snippets never print it.
fn compare(text: &'static str) {
    let mut differences = String::new();
    let mut count = 0;
    for (name, snippet) in snippets(text) {
        count += 1;
        for on_stdin in [false, true] {
            if on_stdin && name.ends_with("[-c]") {
                continue;
            }
            let dash = outcome("dash", snippet, on_stdin);
            let llmsh = outcome(LLMSH, snippet, on_stdin);
            let same = dash.stdout == llmsh.stdout
                && dash.status == llmsh.status
                && dash.stderr.is_empty() == llmsh.stderr.is_empty();
            if !same {
                let how = if on_stdin { "stdin" } else { "-c" };
                write!(
                    differences,
                    "\n### {name} ({how})\n{snippet}dash:  {}\nllmsh: {}\n",
                    show(&dash),
                    show(&llmsh)
                )
                .expect("a string takes all text");
            }
        }
    }
    assert!(count > 0, "no snippet found");
    assert!(differences.is_empty(), "llmsh differs from dash:{differences}");
}

fn show(outcome: &Finished) -> String {
    format!("{} {:?} {:?}", outcome.status, outcome.stdout, outcome.stderr)
}

macro_rules! like_dash {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                compare(include_str!(concat!("dash/", stringify!($name), ".sh")));
            }
        )+
    };
}

like_dash!(
    quoting,
    parameters,
    splitting,
    globs,
    arithmetic,
    redirections,
    documents,
    commands,
    functions,
    options,
    builtins,
    signals,
    errors,
);

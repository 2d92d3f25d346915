//! Snippets in llmsh and in another shell: the same standard output, the same exit
//! status, and an error message where the other one has one.

use std::fmt::Write;

use super::{Finished, LLMSH, Place, Run};

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

/// A shell that snippets are compared with.
pub(crate) struct Beside {
    /// Its program.
    pub(crate) shell: &'static str,
    /// What llmsh is called with, so that it speaks the same dialect.
    pub(crate) options: &'static [&'static str],
}

impl Beside {
    fn outcome(&self, own: bool, snippet: &str, on_stdin: bool) -> Finished {
        let place = Place::new();
        for (path, content) in FILES {
            place.write(path, content);
        }
        let (shell, options): (&str, &[&str]) =
            if own { (LLMSH, self.options) } else { (self.shell, &[]) };
        let run = Run::new(&place).program(shell);
        if on_stdin {
            run.args(options.iter().copied()).stdin(snippet)
        } else {
            run.args([options, &["-c", snippet]].concat())
        }
        .finish()
    }

    /// Compares every snippet of a text: a line `### name` begins each. A name that ends
    /// in ` [-c]` belongs to a snippet that makes no sense on standard input. What may
    /// differ between two runs of one shell is the place of its directory; snippets never
    /// print it.
    pub(crate) fn compare(&self, text: &'static str) {
        let mut differences = String::new();
        let mut count = 0;
        for section in text.split("### ").skip(1) {
            let (name, snippet) = section.split_once('\n').unwrap_or((section, ""));
            count += 1;
            for on_stdin in [false, true] {
                if on_stdin && name.ends_with("[-c]") {
                    continue;
                }
                let other = self.outcome(false, snippet, on_stdin);
                let own = self.outcome(true, snippet, on_stdin);
                let same = other.stdout == own.stdout
                    && other.status == own.status
                    && other.stderr.is_empty() == own.stderr.is_empty();
                if !same {
                    let how = if on_stdin { "stdin" } else { "-c" };
                    let (shell, other, own) = (self.shell, show(&other), show(&own));
                    write!(
                        differences,
                        "\n### {name} ({how})\n{snippet}{shell}:  {other}\nllmsh: {own}\n"
                    )
                    .expect("a string takes all text");
                }
            }
        }
        assert!(count > 0, "no snippet found");
        assert!(differences.is_empty(), "llmsh differs from {}:{differences}", self.shell);
    }
}

fn show(outcome: &Finished) -> String {
    format!("{} {:?} {:?}", outcome.status, outcome.stdout, outcome.stderr)
}

//! What Tab offers in a request: the names that it may mention.

use bstr::ByteSlice;

use super::{Candidate, Completions};
use crate::context::nameable::{Nameable, Sort, nameable};
use crate::context::{Index, Place};
use crate::escape::visible;
use crate::language::Language;
use crate::shell::Shell;

/// What the request may name at `position`.
pub(in crate::session) fn names(
    line: &str,
    position: usize,
    shell: &Shell,
    index: &mut Index,
    language: Language,
) -> Completions {
    let place = Place {
        directory: shell.directory().unwrap_or_default().to_path_lossy().into_owned(),
        root: Some("/".into()),
        ..Place::default()
    };
    let (span, found) = nameable(&line[..position], &place, index);
    let is_quoted = line[..span.start].ends_with(['"', '“', '「', '《']);
    let single = found.len() == 1;
    let candidate = |Nameable { name, sort }: Nameable| {
        let about = match sort {
            Sort::Thing([english, chinese]) => language.choose(english, chinese).to_owned(),
            Sort::Directory | Sort::File => String::new(),
        };
        let slash = if sort == Sort::Directory { "/" } else { "" };
        let text = match (single, is_quoted) {
            (false, _) | (true, true) => format!("{name}{slash}"),
            // What stands in quotation marks is one name for a request, too.
            (true, false) if name.contains(char::is_whitespace) && name.contains('"') => {
                format!("“{name}” ")
            }
            (true, false) if name.contains(char::is_whitespace) => format!("\"{name}\" "),
            (true, false) if slash.is_empty() => format!("{name} "),
            (true, false) => format!("{name}{slash}"),
        };
        Candidate { shown: format!("{}{slash}", visible(name.as_bytes())), about, text }
    };
    Completions { start: span.start, candidates: found.into_iter().map(candidate).collect() }
}

//! A search by several names: the alternatives belong together, and a kind of file is
//! one in whatever case its extension is written.

use super::word::Flat;
use super::{Edit, Work};
use crate::context::mention::Target;
use crate::shell::syntax::SimpleCommand;

/// Tests by name.
const BY_NAME: [&str; 4] = ["-name", "-iname", "-path", "-ipath"];

/// How sizes are said, and how `find` wants them (find(1), `-size`).
const UNITS: [(&str, &str); 18] = [
    ("bytes", "c"),
    ("byte", "c"),
    ("b", "c"),
    ("字节", "c"),
    ("kilobytes", "k"),
    ("kb", "k"),
    ("kib", "k"),
    ("k", "k"),
    ("megabytes", "M"),
    ("mb", "M"),
    ("mib", "M"),
    ("m", "M"),
    ("兆", "M"),
    ("gigabytes", "G"),
    ("gb", "G"),
    ("gib", "G"),
    ("g", "G"),
    ("个字节", "c"),
];

impl Work<'_> {
    /// Mends the tests of a search.
    pub(super) fn search(&mut self, command: &SimpleCommand, flats: &[Option<Flat>]) {
        let text = |index: usize| {
            flats.get(index).and_then(Option::as_ref).map_or("", |flat| flat.text.as_str())
        };
        let is_test = |index: usize| BY_NAME.contains(&text(index));
        let mut mends = Vec::new();
        let mut index = 1;
        while index < flats.len() {
            if text(index) == "-size"
                && let Some(unit) = self.unit_of(text(index + 1))
            {
                let at = command.words[index + 1].span.end;
                mends.push(Edit { start: at, end: at, text: unit.to_owned() });
            }
            if text(index) == "-name" && self.varies_in_case(text(index + 1)) {
                let span = command.words[index].span;
                mends.push(Edit { start: span.start, end: span.end, text: "-iname".to_owned() });
            }
            // name -o name -o name, each a test with its pattern.
            let from = index;
            let mut to = index + 2;
            while is_test(from)
                && matches!(text(to), "-o" | "-or")
                && is_test(to + 1)
                && to + 2 < flats.len()
            {
                to += 3;
            }
            if to > from + 2 {
                let in_brackets = text(from - 1) == "(";
                let others = from > 1 && text(from - 1).starts_with('-')
                    || (1..from).any(|at| text(at).starts_with('-'))
                    || to < flats.len();
                if !in_brackets && others {
                    let start = command.words[from].span.start;
                    let end = command.words[to - 1].span.end;
                    mends.push(Edit { start, end: start, text: "\\( ".to_owned() });
                    mends.push(Edit { start: end, end, text: " \\)".to_owned() });
                }
                for at in (from + 3..to).step_by(3) {
                    if text(at) == "-name" && self.varies_in_case(text(at + 1)) {
                        let span = command.words[at].span;
                        let text = "-iname".to_owned();
                        mends.push(Edit { start: span.start, end: span.end, text });
                    }
                }
                index = to;
            } else {
                index += 1;
            }
        }
        self.edits.extend(mends);
    }

    /// The unit in which the request says a size that a test of `find` has without one,
    /// which would be blocks of 512 bytes.
    fn unit_of(&self, size: &str) -> Option<&'static str> {
        let number = size.trim_start_matches(['+', '-']);
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let request = self.context.original.to_lowercase();
        let (before, after) = request.split_once(number)?;
        if before.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let after = after.trim_start();
        UNITS.iter().find_map(|(word, unit)| {
            let rest = after.strip_prefix(word)?;
            let ends = !word.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
            ends.then_some(*unit)
        })
    }

    /// Whether a pattern asks for an extension that files of the kind have in another
    /// case.
    fn varies_in_case(&self, pattern: &str) -> bool {
        let Some(extension) = pattern.strip_prefix('*').filter(|rest| rest.starts_with('.')) else {
            return false;
        };
        self.context.mentions.iter().any(|mention| match &mention.target {
            Target::Kind { extensions, .. } => extensions
                .iter()
                .any(|other| other != extension && other.eq_ignore_ascii_case(extension)),
            _ => false,
        })
    }
}

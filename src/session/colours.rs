//! The colours of a line that is being typed.
//!
//! What is wrong or would cost something stands out: a command that is none, a quotation
//! that is open, a file that would be overwritten. What is there is underlined.

use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::shell::names::CommandNames;
use crate::shell::pieces::{Kind, Piece, pieces};

/// How a piece of a line looks (ECMA-48, SGR).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// A command that is there.
    Command,
    /// A command that is not.
    Unknown,
    /// A word of the grammar.
    Grammar,
    /// A path that is there.
    There,
    /// A file whose content would be replaced.
    Lost,
    /// From an open quotation on.
    Open,
}

impl Look {
    fn sequence(self) -> &'static str {
        match self {
            Self::Command => "\x1b[1m",
            Self::Unknown => "\x1b[31m",
            Self::Grammar => "\x1b[34m",
            Self::There => "\x1b[4m",
            Self::Lost => "\x1b[1;35m",
            Self::Open => "\x1b[33m",
        }
    }
}

/// The most words of a line that are looked up.
const MOST: usize = 64;

/// The line with its colours. The text is the same apart from them.
pub(super) fn painted(line: &str, names: &CommandNames) -> String {
    let found = pieces(line);
    let mut looks: Vec<(Range<usize>, Look)> = found
        .words
        .iter()
        .take(MOST)
        .filter_map(|piece| Some((piece.range.clone(), look(piece, names)?)))
        .collect();
    if let Some(open) = found.open {
        looks.retain(|(range, _)| range.end <= open);
        looks.push((open..line.len(), Look::Open));
    }
    looks.sort_by_key(|(range, _)| (range.start, range.end));
    let mut text = String::with_capacity(line.len() + 16 * looks.len());
    let mut from = 0;
    for (range, look) in looks {
        // What is within another piece has its own look first.
        let Some(piece) = line.get(range.clone()).filter(|_| range.start >= from) else { continue };
        text.push_str(&line[from..range.start]);
        text.push_str(look.sequence());
        text.push_str(piece);
        text.push_str("\x1b[0m");
        from = range.end;
    }
    text.push_str(&line[from..]);
    text
}

fn look(piece: &Piece, names: &CommandNames) -> Option<Look> {
    match piece.kind {
        Kind::Grammar => Some(Look::Grammar),
        Kind::Command => {
            let value = std::str::from_utf8(piece.value.as_deref()?).ok()?;
            // What it stands for is not known before Enter (`!!`, `^old^new`).
            if value.len() > 1 && value.starts_with(['!', '^']) {
                return None;
            }
            let is_there = match piece.tilde {
                Some(_) => path(piece, names)?.exists(),
                None => names.contains(value),
            };
            Some(if is_there { Look::Command } else { Look::Unknown })
        }
        Kind::Target(replaces) => {
            let data = path(piece, names)?.metadata().ok()?;
            let lost = replaces && data.is_file() && data.len() > 0;
            Some(if lost { Look::Lost } else { Look::There })
        }
        Kind::Word => path(piece, names)?.symlink_metadata().is_ok().then_some(Look::There),
    }
}

/// The path that a word would be.
fn path(piece: &Piece, names: &CommandNames) -> Option<PathBuf> {
    let value = piece.value.as_deref()?;
    let bytes = match &piece.tilde {
        Some(user) => [names.home_of(user)?.as_slice(), value].concat(),
        None if value.is_empty() => return None,
        None => value.to_vec(),
    };
    Some(PathBuf::from(OsStr::from_bytes(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::Shell;

    #[test]
    fn what_stands_out_is_what_one_would_want_to_know() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("full"), "x").unwrap();
        std::fs::write(root.path().join("empty"), "").unwrap();
        let place = root.path().display().to_string();
        let environment = [("PATH".into(), "/usr/bin:/bin".into())];
        let names = Shell::new("test", environment.into_iter()).command_names();
        let shown = |line: &str| {
            let text = painted(&line.replace("@", &place), &names).replace(&place, "@");
            let marks = [
                ("\x1b[1m", "<c "),
                ("\x1b[31m", "<? "),
                ("\x1b[34m", "<g "),
                ("\x1b[4m", "<_ "),
                ("\x1b[1;35m", "<! "),
                ("\x1b[33m", "<\" "),
                ("\x1b[0m", ">"),
            ];
            marks.iter().fold(text, |text, (from, to)| text.replace(from, to))
        };
        for (line, expected) in [
            ("ls -l @/full", "<c ls> -l <_ @/full>"),
            ("lss @/none", "<? lss> @/none"),
            ("if true; then ls; fi", "<g if> <c true>; <g then> <c ls>; <g fi>"),
            ("ls >@/full", "<c ls> ><! @/full>"),
            ("ls >>@/full", "<c ls> >><_ @/full>"),
            ("ls >@/empty", "<c ls> ><_ @/empty>"),
            ("echo 'a b", "<c echo> <\" 'a b>"),
            ("echo $(lss) x", "<c echo> $(<? lss>) x"),
            ("!! a", "!! a"),
            ("^lss^ls", "^lss^ls"),
            ("$x a", "$x a"),
            ("", ""),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }
}

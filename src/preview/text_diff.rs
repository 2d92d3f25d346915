//! How the content of a file changed, as far as a person can read it.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Files of more bytes are not compared line by line.
const MOST_BYTES: u64 = 512 * 1024;

/// How many lines of a difference are kept.
const MOST_LINES: usize = 200;

/// How many lines are kept around what changed.
const CONTEXT: usize = 3;

/// After this time the difference is no longer the smallest possible.
const PATIENCE: Duration = Duration::from_millis(200);

/// How the content of a file changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Lines went and came.
    Lines(Vec<Line>),
    /// It is no text, before or after.
    Binary,
    /// It is too long to compare line by line.
    Long,
    /// This user cannot read it.
    Unreadable,
}

/// One line of a difference, without its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is on both sides.
    Kept(Vec<u8>),
    /// It is gone.
    Removed(Vec<u8>),
    /// It is new.
    Added(Vec<u8>),
    /// Lines that did not change are left out; the numbers of the next line,
    /// before and after.
    Gap(usize, usize),
    /// The line before ends the file, and has no newline.
    NoNewline,
    /// As many more lines follow.
    More(usize),
}

/// Compares two files.
pub(super) fn compare(old: &Path, new: &Path) -> Content {
    match (read(old), read(new)) {
        (Ok(Some(old)), Ok(Some(new))) => of_bytes(&old, &new),
        (Err(_), _) | (_, Err(_)) => Content::Unreadable,
        _ => Content::Long,
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MOST_BYTES).then_some(bytes))
}

/// Whether two files of the same length have the same bytes.
pub(super) fn is_same(old: (&Path, &Metadata), new: (&Path, &Metadata)) -> io::Result<bool> {
    if old.1.len() != new.1.len() {
        return Ok(false);
    }
    let (mut old, mut new) = (File::open(old.0)?, File::open(new.0)?);
    let (mut one, mut other) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let length = old.read(&mut one)?;
        if length == 0 {
            return Ok(new.read(&mut other)? == 0);
        }
        match new.read_exact(&mut other[..length]) {
            Ok(()) if one[..length] == other[..length] => {}
            Ok(()) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

fn of_bytes(old: &[u8], new: &[u8]) -> Content {
    if !is_text(old) || !is_text(new) {
        return Content::Binary;
    }
    let difference = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let mut lines = Vec::new();
    let mut at = (0, 0);
    for group in difference.grouped_ops(CONTEXT) {
        let Some(first) = group.first() else { continue };
        let begin = (first.old_range().start, first.new_range().start);
        if begin != at {
            lines.push(Line::Gap(begin.0 + 1, begin.1 + 1));
        }
        for operation in &group {
            at = (operation.old_range().end, operation.new_range().end);
            for change in difference.iter_changes(operation) {
                let value: &[u8] = change.value();
                let text = value.strip_suffix(b"\n").unwrap_or(value).to_vec();
                lines.push(match change.tag() {
                    ChangeTag::Equal => Line::Kept(text),
                    ChangeTag::Delete => Line::Removed(text),
                    ChangeTag::Insert => Line::Added(text),
                });
                if change.missing_newline() {
                    lines.push(Line::NoNewline);
                }
            }
        }
    }
    if lines.len() > MOST_LINES {
        let more = lines.len() - MOST_LINES;
        lines.truncate(MOST_LINES);
        lines.push(Line::More(more));
    }
    Content::Lines(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_and_come() {
        let kept = |text: &str| Line::Kept(text.into());
        let lines = of_bytes(b"a\nb\nc\n", b"a\nB\nc");
        let expected = [
            kept("a"),
            Line::Removed("b".into()),
            Line::Removed("c".into()),
            Line::Added("B".into()),
            Line::Added("c".into()),
            Line::NoNewline,
        ];
        assert_eq!(lines, Content::Lines(expected.to_vec()));
    }

    #[test]
    fn what_is_far_from_a_change_is_left_out() {
        let old: String = (1..=20).map(|number| format!("{number}\n")).collect();
        let new = old.replace("10\n", "ten\n");
        let Content::Lines(lines) = of_bytes(old.as_bytes(), new.as_bytes()) else {
            panic!("it is text");
        };
        assert_eq!(lines[0], Line::Gap(7, 7));
        assert_eq!(lines.len(), 1 + 3 + 2 + 3);
    }

    #[test]
    fn what_is_no_text_is_not_shown() {
        assert_eq!(of_bytes(b"a\0", b"a"), Content::Binary);
        assert_eq!(of_bytes(b"a", b"\xff"), Content::Binary);
    }

    #[test]
    fn a_long_difference_is_cut() {
        let new: String = (0..500).map(|number| format!("{number}\n")).collect();
        let Content::Lines(lines) = of_bytes(b"", new.as_bytes()) else { panic!("it is text") };
        assert_eq!(lines.len(), MOST_LINES + 1);
        assert_eq!(lines.last(), Some(&Line::More(300)));
    }
}

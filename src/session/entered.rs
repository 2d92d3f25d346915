//! The lines that were entered, and what a line that is being typed may become of them: it
//! is shown in grey behind it.
//!
//! Of the lines that begin so, one is best that was entered in this directory, then one that
//! followed the line before last time, then the latest. One that failed comes last.

use std::rc::Rc;

use crate::history::EntryId;
use crate::redaction::MARK;

/// A line that was entered.
#[derive(Clone, Debug)]
struct Line {
    /// Where it is kept, if it is.
    id: Option<EntryId>,
    text: String,
    directory: Rc<str>,
    failed: bool,
}

/// The lines of before and of this session, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Entered {
    lines: Vec<Line>,
}

impl Entered {
    /// Adds a line that was entered in a directory after all others.
    pub(super) fn add(&mut self, id: Option<EntryId>, text: &str, directory: &str, failed: bool) {
        let same = self.lines.last().filter(|last| &*last.directory == directory);
        let directory = same.map_or_else(|| directory.into(), |last| Rc::clone(&last.directory));
        self.lines.push(Line { id, text: text.to_owned(), directory, failed });
    }

    /// The last line has ended. One that begins with a blank is not kept once it has.
    pub(super) fn last_ended(&mut self, failed: bool) {
        if let Some(last) = self.lines.last_mut() {
            last.failed = failed;
        }
        if self.lines.last().is_some_and(|last| last.text.starts_with(' ')) {
            self.lines.pop();
        }
    }

    /// Their texts.
    pub(super) fn texts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.lines.iter().map(|line| line.text.as_str())
    }

    /// Takes the last one away.
    pub(super) fn pop(&mut self) {
        self.lines.pop();
    }

    /// Takes the line with this number away, from 1; where it is kept. `None`: there is none.
    pub(super) fn remove(&mut self, number: usize) -> Option<Option<EntryId>> {
        let index = number.checked_sub(1).filter(|index| *index < self.lines.len())?;
        Some(self.lines.remove(index).id)
    }

    /// Takes away the line that is kept there.
    pub(super) fn remove_kept(&mut self, id: EntryId) {
        self.lines.retain(|line| line.id != Some(id));
    }

    /// Takes all away; where they are kept.
    pub(super) fn clear(&mut self) -> Vec<EntryId> {
        std::mem::take(&mut self.lines).into_iter().filter_map(|line| line.id).collect()
    }

    /// What the best line that begins so has more.
    pub(super) fn rest_of(&self, begun: &str, directory: &str) -> Option<&str> {
        if begun.trim().is_empty() {
            return None;
        }
        let before = self.lines.last().map(|last| last.text.as_str());
        let mut best: Option<([bool; 3], &Line)> = None;
        // The latest of those that are equally good comes first.
        for (index, line) in self.lines.iter().enumerate().rev() {
            let more = line.text.strip_prefix(begun).is_some_and(|rest| !rest.is_empty());
            // Of several lines only the first could be shown, and what lacks its secret is no
            // line to be entered again.
            if !more || line.text.contains('\n') || line.text.contains(MARK) {
                continue;
            }
            let earlier = index.checked_sub(1).map(|index| self.lines[index].text.as_str());
            let rank = [!line.failed, &*line.directory == directory, earlier == before];
            if best.is_none_or(|(other, _)| rank > other) {
                best = Some((rank, line));
            }
            if rank == [true; 3] {
                break;
            }
        }
        best.map(|(_, line)| &line.text[begun.len()..])
    }
}

/// The first word of a suggestion, with the blanks before it: what Alt-Right takes.
pub(super) fn first_word(rest: &str) -> &str {
    let word = rest.len() - rest.trim_start().len();
    // A directory of a path is a word as well.
    let end = rest[word..].find([' ', '/']).map(|at| word + at);
    match end {
        Some(at) if rest[at..].starts_with('/') => &rest[..=at],
        Some(at) => &rest[..at],
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(lines: &[(&str, &str, bool)]) -> Entered {
        let mut all = Entered::default();
        for (text, directory, failed) in lines {
            all.add(None, text, directory, *failed);
        }
        all
    }

    #[test]
    fn the_best_line_that_begins_so_is_suggested() {
        let all = entered(&[
            ("git push", "/a", false),
            ("git commit -m x", "/b", false),
            ("git pull", "/b", true),
            ("ls", "/a", false),
        ]);
        // Of this directory, and nothing that failed.
        assert_eq!(all.rest_of("git p", "/a"), Some("ush"));
        assert_eq!(all.rest_of("git p", "/b"), Some("ush"));
        assert_eq!(all.rest_of("git ", "/b"), Some("commit -m x"));
        assert_eq!(all.rest_of("git pu", "/c"), Some("sh"));
        assert_eq!(all.rest_of("ls", "/a"), None);
        assert_eq!(all.rest_of("", "/a"), None);
        assert_eq!(all.rest_of("x", "/a"), None);
    }

    #[test]
    fn what_followed_the_same_line_is_better_than_what_came_later() {
        let all = entered(&[
            ("make", "/a", false),
            ("git add .", "/a", false),
            ("ls", "/a", false),
            ("git status", "/a", false),
            ("make", "/a", false),
        ]);
        assert_eq!(all.rest_of("git", "/a"), Some(" add ."));
    }

    #[test]
    fn what_is_not_kept_and_what_cannot_be_entered_again_is_not_suggested() {
        let mut all = entered(&[("for x\ndo", "/", false), ("curl [redacted] x", "/", false)]);
        all.add(None, " secret", "/", false);
        all.last_ended(false);
        for begun in ["for", "curl", " s"] {
            assert_eq!(all.rest_of(begun, "/"), None, "{begun}");
        }
        assert_eq!(all.texts().count(), 2);
    }

    #[test]
    fn lines_are_taken_away_by_their_numbers() {
        let mut all = entered(&[("a", "/", false), ("b", "/", false)]);
        all.add(Some(EntryId(7)), "c", "/", false);
        assert_eq!(all.remove(4), None);
        assert_eq!(all.remove(0), None);
        assert_eq!(all.remove(3), Some(Some(EntryId(7))));
        assert_eq!(all.remove(1), Some(None));
        assert!(all.texts().eq(["b"]));
        assert!(all.clear().is_empty() && all.texts().count() == 0);
    }

    #[test]
    fn a_word_is_taken_with_the_blanks_before_it() {
        assert_eq!(first_word(" commit -m x"), " commit");
        assert_eq!(first_word("usr/local/bin x"), "usr/");
        assert_eq!(first_word("ush"), "ush");
    }
}

//! What a line that is being typed may become, from history: shown in grey behind it.
//!
//! Of the lines that begin so, one is best that was entered in this directory, then one that
//! followed the line before last time, then the latest. One that failed comes last.

use std::rc::Rc;

/// A line of the past.
#[derive(Clone, Debug)]
struct Past {
    text: String,
    directory: Rc<str>,
    failed: bool,
}

/// Lines of the past, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Suggestions {
    lines: Vec<Past>,
}

impl Suggestions {
    /// Adds a line that was entered in a directory after all others.
    pub fn add(&mut self, text: &str, directory: &str, failed: bool) {
        // Of more than a line only the first could be shown; blanks keep a line out.
        if text.is_empty() || text.starts_with(' ') || text.contains('\n') {
            return;
        }
        let same = self.lines.last().filter(|last| &*last.directory == directory);
        let directory = same.map_or_else(|| directory.into(), |last| Rc::clone(&last.directory));
        self.lines.push(Past { text: text.to_owned(), directory, failed });
    }

    /// Says of the last line that it failed.
    pub fn last_failed(&mut self) {
        if let Some(last) = self.lines.last_mut() {
            last.failed = true;
        }
    }

    /// What the best line that begins so has more.
    #[must_use]
    pub fn rest_of(&self, begun: &str, directory: &str) -> Option<&str> {
        if begun.trim().is_empty() {
            return None;
        }
        let before = self.lines.last().map(|last| last.text.as_str());
        let mut best: Option<([bool; 3], &Past)> = None;
        // The latest of those that are equally good comes first.
        for (index, past) in self.lines.iter().enumerate().rev() {
            if past.text.len() <= begun.len() || !past.text.starts_with(begun) {
                continue;
            }
            let earlier = index.checked_sub(1).map(|index| self.lines[index].text.as_str());
            let rank = [!past.failed, &*past.directory == directory, earlier == before];
            if best.is_none_or(|(other, _)| rank > other) {
                best = Some((rank, past));
            }
            if rank == [true; 3] {
                break;
            }
        }
        best.map(|(_, past)| &past.text[begun.len()..])
    }
}

/// The first word of a suggestion, with the blanks before it: what Alt-Right takes.
#[must_use]
pub fn first_word(rest: &str) -> &str {
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

    fn suggestions(lines: &[(&str, &str, bool)]) -> Suggestions {
        let mut all = Suggestions::default();
        for (text, directory, failed) in lines {
            all.add(text, directory, *failed);
        }
        all
    }

    #[test]
    fn the_best_line_that_begins_so_is_suggested() {
        let all = suggestions(&[
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
        let all = suggestions(&[
            ("make", "/a", false),
            ("git add .", "/a", false),
            ("ls", "/a", false),
            ("git status", "/a", false),
            ("make", "/a", false),
        ]);
        assert_eq!(all.rest_of("git", "/a"), Some(" add ."));
    }

    #[test]
    fn lines_that_begin_with_a_blank_or_are_several_are_not_suggested() {
        let all = suggestions(&[(" secret", "/", false), ("for x\ndo", "/", false)]);
        assert_eq!(all.rest_of("for", "/"), None);
        assert_eq!(all.rest_of(" s", "/"), None);
    }

    #[test]
    fn a_word_is_taken_with_the_blanks_before_it() {
        assert_eq!(first_word(" commit -m x"), " commit");
        assert_eq!(first_word("usr/local/bin x"), "usr/");
        assert_eq!(first_word("ush"), "ush");
    }
}

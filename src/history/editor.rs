//! History as the line editor sees it: the last lines, held in memory.
//!
//! The editor asks for entries by position and expects them to stay where they
//! are while a person steps through them. So it gets a window that is filled
//! from the store when the session begins and grows with its lines; the
//! session itself writes to the store, where it also has directory, time and
//! status to add.

use std::path::Path;

use rustyline::Result;
use rustyline::history::{History as EditorInterface, MemHistory, SearchDirection, SearchResult};

/// The window of history that the line editor steps through.
#[derive(Default)]
pub struct EditorHistory {
    lines: MemHistory,
}

impl EditorHistory {
    /// A window of at most `max_lines`, filled with `lines`, oldest first.
    /// Repeated lines stand in it once, and lines that begin with a space not
    /// at all.
    #[must_use]
    pub fn new<'a>(lines: impl IntoIterator<Item = &'a str>, max_lines: usize) -> Self {
        let mut history = Self::default();
        history.lines.ignore_space(true);
        // Neither call can fail: nothing here is written anywhere.
        let _ = history.lines.ignore_dups(true);
        let _ = history.lines.set_max_len(max_lines);
        for line in lines {
            let _ = history.lines.add(line);
        }
        history
    }

    /// The last lines of it, at most so many, the newest last.
    #[must_use]
    pub fn last(&self, most: usize) -> Vec<String> {
        let count = self.lines.len();
        let found = (count.saturating_sub(most)..count)
            .filter_map(|index| self.lines.get(index, SearchDirection::Forward).ok().flatten());
        found.map(|found| found.entry.into_owned()).collect()
    }
}

impl EditorInterface for EditorHistory {
    fn get(&self, index: usize, direction: SearchDirection) -> Result<Option<SearchResult<'_>>> {
        self.lines.get(index, direction)
    }

    fn add(&mut self, line: &str) -> Result<bool> {
        self.lines.add(line)
    }

    fn add_owned(&mut self, line: String) -> Result<bool> {
        self.lines.add_owned(line)
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The bound is chosen when the window is made; the editor's own setting
    /// may only lower it.
    fn set_max_len(&mut self, len: usize) -> Result<()> {
        self.lines.set_max_len(len)
    }

    fn ignore_dups(&mut self, yes: bool) -> Result<()> {
        self.lines.ignore_dups(yes)
    }

    fn ignore_space(&mut self, yes: bool) {
        self.lines.ignore_space(yes);
    }

    /// The session has written every line already.
    fn save(&mut self, _path: &Path) -> Result<()> {
        Ok(())
    }

    /// The session has written every line already.
    fn append(&mut self, _path: &Path) -> Result<()> {
        Ok(())
    }

    /// The window is filled when it is made.
    fn load(&mut self, _path: &Path) -> Result<()> {
        Ok(())
    }

    fn clear(&mut self) -> Result<()> {
        self.lines.clear()
    }

    fn search(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> Result<Option<SearchResult<'_>>> {
        self.lines.search(term, start, direction)
    }

    fn starts_with(
        &self,
        term: &str,
        start: usize,
        direction: SearchDirection,
    ) -> Result<Option<SearchResult<'_>>> {
        self.lines.starts_with(term, start, direction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(history: &EditorHistory) -> Vec<String> {
        (0..history.len())
            .filter_map(|index| history.get(index, SearchDirection::Forward).unwrap())
            .map(|result| result.entry.into_owned())
            .collect()
    }

    #[test]
    fn the_window_holds_the_last_lines_of_the_store_and_then_those_of_the_session() {
        let mut history = EditorHistory::new(["a", "b", "b", " secret", "c"], 3);
        assert_eq!(shown(&history), ["a", "b", "c"]);
        assert!(history.add("d").unwrap());
        assert!(!history.add("d").unwrap());
        assert!(!history.add(" hidden").unwrap());
        assert_eq!(shown(&history), ["b", "c", "d"]);
    }

    #[test]
    fn lines_are_found_backwards() {
        let history = EditorHistory::new(["git log", "ls", "cd git"], 10);
        let found = |result: Result<Option<SearchResult<'_>>>| {
            result.unwrap().map(|result| (result.idx, result.entry.into_owned()))
        };
        let back = SearchDirection::Reverse;
        assert_eq!(found(history.search("git", 2, back)), Some((2, "cd git".to_owned())));
        assert_eq!(found(history.starts_with("git", 2, back)), Some((0, "git log".to_owned())));
        assert_eq!(found(history.search("none", 2, back)), None);
    }

    #[test]
    fn an_editor_takes_it() {
        let config = rustyline::Config::default();
        let history = EditorHistory::new(["ls"], 10);
        let editor = rustyline::Editor::<(), _>::with_history(config, history).unwrap();
        assert_eq!(shown(editor.history()), ["ls"]);
    }
}

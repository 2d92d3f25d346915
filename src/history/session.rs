//! History as one session sees it: on disk while that works, in memory when it
//! does not.

use std::path::PathBuf;
use std::time::Duration;

use super::entry::{Entry, EntryId, NewEntry};
use super::store::{Store, is_kept};
use crate::database::StoreError;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;

/// The history of a session. No method fails: what went wrong is told once, by
/// [`History::take_notice`].
#[derive(Debug)]
pub struct History {
    state: State,
    max_entries: u32,
    memory: Vec<Entry>,
    notice: Option<Diagnostic>,
}

#[derive(Debug)]
enum State {
    /// Not looked at yet: most shells run one command and end.
    Unopened(PathBuf),
    Open(Store),
    Memory,
}

impl History {
    /// History in the file `path`, which is not touched before the first use.
    #[must_use]
    pub fn on_disk(path: PathBuf, max_entries: u32) -> Self {
        Self { state: State::Unopened(path), max_entries, memory: Vec::new(), notice: None }
    }

    /// History that ends with the session: it is switched off, or there is no
    /// home directory to keep it in.
    #[must_use]
    pub fn in_memory(max_entries: u32) -> Self {
        Self { state: State::Memory, max_entries, memory: Vec::new(), notice: None }
    }

    /// Keeps a line; `None` when it is not to be kept.
    pub fn append(&mut self, entry: &NewEntry) -> Option<EntryId> {
        if !is_kept(&entry.text) {
            return None;
        }
        if let Some(id) = self.try_store(|store| store.append(entry)) {
            return id;
        }
        // Numbers below zero are never those of a store.
        let id = EntryId(self.memory.last().map_or(-1, |last| last.id.0 - 1));
        self.memory.push(Entry { id, entered: entry.clone(), duration: None, status: None });
        let excess = self.memory.len().saturating_sub(self.max_entries as usize);
        self.memory.drain(..excess);
        Some(id)
    }

    /// Adds how an entry ended.
    pub fn finish(&mut self, id: EntryId, status: ExitStatus, duration: Duration) {
        if id.0 < 0 {
            if let Some(entry) = self.memory.iter_mut().find(|entry| entry.id == id) {
                entry.status = Some(status);
                entry.duration = Some(duration);
            }
        } else {
            self.try_store(|store| store.finish(id, status, duration));
        }
    }

    /// The last `count` entries, oldest first.
    pub fn recent(&mut self, count: usize) -> Vec<Entry> {
        let stored = self.try_store(|store| store.recent(count));
        stored.unwrap_or_else(|| self.memory[self.memory.len().saturating_sub(count)..].to_vec())
    }

    /// Entries whose text has `term`; see [`Store::search`].
    pub fn search(&mut self, term: &str, count: usize) -> Vec<Entry> {
        let stored = self.try_store(|store| store.search(term, count));
        stored.unwrap_or_else(|| {
            let newest_first = self.memory.iter().rev();
            let matches = newest_first.filter(|entry| entry.entered.text.contains(term));
            matches.take(count).cloned().collect()
        })
    }

    /// Removes an entry for good. Says whether it was there.
    pub fn delete(&mut self, id: EntryId) -> bool {
        let count = self.memory.len();
        self.memory.retain(|entry| entry.id != id);
        self.memory.len() < count || self.try_store(|store| store.delete(id)).unwrap_or(false)
    }

    /// What the person should be told about history, once.
    pub fn take_notice(&mut self) -> Option<Diagnostic> {
        self.notice.take()
    }

    /// What `operation` gives, or `None` when there is no store to give it: now
    /// and for the rest of the session.
    fn try_store<T>(
        &mut self,
        operation: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Option<T> {
        if let State::Unopened(path) = &self.state {
            match Store::open(path, self.max_entries) {
                Ok(store) => self.state = State::Open(store),
                Err(error) => self.degrade(error),
            }
        }
        let State::Open(store) = &mut self.state else { return None };
        match operation(store) {
            Ok(value) => Some(value),
            Err(error) => {
                self.degrade(error);
                None
            }
        }
    }

    fn degrade(&mut self, error: StoreError) {
        self.state = State::Memory;
        let cause = Diagnostic::from(error);
        self.notice = Some(Diagnostic {
            message: format!("history is not saved in this session: {}", cause.message),
            ..cause
        });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::UNIX_EPOCH;

    use super::super::entry::Kind;
    use super::*;

    fn line(text: &str) -> NewEntry {
        NewEntry {
            text: text.to_owned(),
            kind: Kind::Command,
            directory: PathBuf::from("/"),
            started: UNIX_EPOCH,
            session: "s".to_owned(),
            parent: None,
        }
    }

    fn texts(entries: Vec<Entry>) -> Vec<String> {
        entries.into_iter().map(|entry| entry.entered.text).collect()
    }

    #[test]
    fn nothing_is_made_before_the_first_use() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("state/history.db");
        let mut history = History::on_disk(path.clone(), 10);
        assert_eq!(history.append(&line(" secret")), None);
        assert!(!path.exists());
        let id = history.append(&line("ls")).unwrap();
        history.finish(id, ExitStatus(2), Duration::from_secs(1));
        assert!(path.exists());
        assert_eq!(history.recent(5)[0].status, Some(ExitStatus(2)));
        assert_eq!(history.take_notice(), None);
    }

    #[test]
    fn a_damaged_file_is_told_once_and_the_session_goes_on() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("history.db");
        fs::write(&path, "no database".repeat(100)).unwrap();
        let mut history = History::on_disk(path, 10);
        let first = history.append(&line("ls")).unwrap();
        let second = history.append(&line("pwd")).unwrap();
        assert_ne!(first, second);
        let notice = history.take_notice().unwrap();
        assert!(notice.message.starts_with("history is not saved in this session: "));
        assert_eq!(
            notice.hint.as_deref(),
            Some("the file is damaged: move it away to begin a new one")
        );
        assert_eq!(history.take_notice(), None);
        history.finish(second, ExitStatus(0), Duration::ZERO);
        assert_eq!(texts(history.recent(9)), ["ls", "pwd"]);
        assert_eq!(texts(history.recent(1)), ["pwd"]);
        assert_eq!(texts(history.search("l", 9)), ["ls"]);
        assert!(history.delete(first));
        assert!(!history.delete(first));
        assert_eq!(texts(history.recent(9)), ["pwd"]);
    }

    #[test]
    fn a_place_that_cannot_be_made_is_told() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        let mut history = History::on_disk(root.path().join("file/history.db"), 10);
        assert!(history.recent(3).is_empty());
        assert!(history.take_notice().unwrap().message.contains("history.db cannot be opened"));
    }

    #[test]
    fn a_failure_while_writing_keeps_the_line_in_memory() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("history.db");
        let mut history = History::on_disk(path.clone(), 10);
        history.append(&line("first"));
        // What a full disk does to an insertion, by other means.
        let other = rusqlite::Connection::open(&path).unwrap();
        other
            .execute_batch(
                "CREATE TRIGGER full BEFORE INSERT ON entry
                 BEGIN SELECT raise(ABORT, 'database or disk is full'); END",
            )
            .unwrap();
        assert!(history.append(&line("second")).is_some());
        assert!(history.take_notice().is_some());
        assert_eq!(texts(history.recent(9)), ["second"]);
        let kept: String =
            other.query_row("SELECT group_concat(text) FROM entry", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, "first");
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::in_memory(2);
        for text in ["a", "b", "c"] {
            history.append(&line(text));
        }
        assert_eq!(texts(history.recent(9)), ["b", "c"]);
    }
}

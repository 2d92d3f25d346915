//! History as one session sees it: on disk while that works, in memory when it
//! does not.

use std::collections::HashMap;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::entry::{Entry, EntryId, NewEntry};
use super::store::{Store, is_kept};
use crate::database::StoreError;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;

/// How many lines wait at most for a database that another session keeps busy.
const LONGEST_QUEUE: usize = 1000;

/// How long the end of a session waits for such a database.
const FAREWELL: Duration = Duration::from_millis(500);

/// The history of a session. No method fails or waits: what cannot be written at
/// once is written with a later line, and what went wrong is told once, by
/// [`History::take_notice`].
#[derive(Debug)]
pub struct History {
    state: State,
    max_entries: u32,
    /// Lines that are not in the store: not yet, or never where there is none. Their
    /// numbers are below zero, which those of a store never are.
    memory: Vec<Entry>,
    /// Ends of lines that are in the store, which are not.
    ends: Vec<(EntryId, ExitStatus, Duration)>,
    /// The numbers in the store of lines that waited.
    numbers: HashMap<EntryId, EntryId>,
    last: i64,
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
        Self { state: State::Unopened(path), ..Self::in_memory(max_entries) }
    }

    /// History that ends with the session: it is switched off, or there is no
    /// home directory to keep it in.
    #[must_use]
    pub fn in_memory(max_entries: u32) -> Self {
        Self {
            state: State::Memory,
            max_entries,
            memory: Vec::new(),
            ends: Vec::new(),
            numbers: HashMap::new(),
            last: 0,
            notice: None,
        }
    }

    /// Keeps a line; `None` when it is not to be kept.
    pub fn append(&mut self, entry: &NewEntry) -> Option<EntryId> {
        if !is_kept(&entry.text) {
            return None;
        }
        self.last -= 1;
        let id = EntryId(self.last);
        self.memory.push(Entry { id, entered: entry.clone(), duration: None, status: None });
        self.write();
        if self.memory.len() > self.most_in_memory() {
            self.memory.remove(0);
            if !matches!(self.state, State::Memory) {
                self.tell("lines are missing in it".to_owned(), None);
            }
        }
        Some(self.numbers.remove(&id).unwrap_or(id))
    }

    /// Adds how an entry ended.
    pub fn finish(&mut self, id: EntryId, status: ExitStatus, duration: Duration) {
        let id = self.numbers.remove(&id).unwrap_or(id);
        if id.0 >= 0 {
            self.ends.push((id, status, duration));
        } else if let Some(entry) = self.memory.iter_mut().find(|entry| entry.id == id) {
            entry.status = Some(status);
            entry.duration = Some(duration);
        }
        self.write();
    }

    /// Ends the session: what waits is written, if it can be soon.
    pub fn close(&mut self) {
        let end = Instant::now() + FAREWELL;
        loop {
            self.write();
            let waiting = self.memory.len();
            if matches!(self.state, State::Memory) || waiting == 0 && self.ends.is_empty() {
                return;
            }
            if Instant::now() > end {
                if waiting > 0 {
                    let hint = "another session keeps its database busy".to_owned();
                    self.tell(format!("the last {waiting} lines are missing in it"), Some(hint));
                }
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// The last `count` entries, oldest first.
    pub fn recent(&mut self, count: usize) -> Vec<Entry> {
        let mut entries = self.try_store(|store| store.recent(count)).unwrap_or_default();
        entries.extend_from_slice(&self.memory);
        entries.split_off(entries.len().saturating_sub(count))
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

    fn most_in_memory(&self) -> usize {
        match self.state {
            State::Memory => self.max_entries as usize,
            _ => LONGEST_QUEUE,
        }
    }

    /// Writes what waits, as far as the store takes it now.
    fn write(&mut self) {
        while let Some(entry) = self.memory.first() {
            let mut entered = entry.entered.clone();
            if let Some(parent) = entered.parent {
                entered.parent = Some(self.numbers.get(&parent).copied().unwrap_or(parent));
            }
            let Some(Some(id)) = self.try_store(|store| store.append(&entered)) else { return };
            let entry = self.memory.remove(0);
            self.numbers.insert(entry.id, id);
            if let (Some(status), Some(duration)) = (entry.status, entry.duration) {
                self.ends.push((id, status, duration));
            }
        }
        while let Some(&(id, status, duration)) = self.ends.first() {
            if self.try_store(|store| store.finish(id, status, duration)).is_none() {
                return;
            }
            self.ends.remove(0);
        }
    }

    /// What `operation` gives; `None` when there is no store to give it: just now,
    /// while another session keeps it busy, or for the rest of the session.
    fn try_store<T>(
        &mut self,
        operation: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Option<T> {
        if let State::Unopened(path) = &self.state {
            match Store::open(path, self.max_entries, Duration::ZERO) {
                Ok(store) => self.state = State::Open(store),
                Err(error) if error.is_busy() => return None,
                Err(error) => self.degrade(error),
            }
        }
        let State::Open(store) = &mut self.state else { return None };
        match operation(store) {
            Ok(value) => Some(value),
            Err(error) if error.is_busy() => None,
            Err(error) => {
                self.degrade(error);
                None
            }
        }
    }

    fn tell(&mut self, message: String, hint: Option<String>) {
        let status = ExitStatus::FAILURE;
        let message = format!("history is not complete: {message}");
        self.notice.get_or_insert(Diagnostic { message, hint, status });
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
    fn lines_wait_for_a_busy_database_and_nobody_waits_for_them() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("history.db");
        History::on_disk(path.clone(), 10).append(&line("before"));
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let mut history = History::on_disk(path.clone(), 100);
        let request = history.append(&line("request")).unwrap();
        let plan = NewEntry { parent: Some(request), ..line("plan") };
        history.append(&plan);
        history.finish(request, ExitStatus(3), Duration::from_secs(1));
        assert_eq!(history.take_notice(), None);
        other.execute_batch("COMMIT").unwrap();
        let last = history.append(&line("last")).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        history.finish(last, ExitStatus(4), Duration::ZERO);
        other.execute_batch("COMMIT").unwrap();
        history.close();
        assert_eq!(history.take_notice(), None);
        let entries = History::on_disk(path, 100).recent(9);
        assert_eq!(texts(entries.clone()), ["before", "request", "plan", "last"]);
        assert_eq!(entries[1].status, Some(ExitStatus(3)));
        assert_eq!(entries[2].entered.parent, Some(entries[1].id));
        assert_eq!(entries[3].status, Some(ExitStatus(4)));
    }

    #[test]
    fn lines_that_are_lost_to_a_busy_database_are_a_notice() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("history.db");
        History::on_disk(path.clone(), 10).append(&line("before"));
        let other = rusqlite::Connection::open(&path).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let mut history = History::on_disk(path, 10);
        history.append(&line("a"));
        history.append(&line("b"));
        history.close();
        assert_eq!(
            history.take_notice().unwrap().message,
            "history is not complete: the last 2 lines are missing in it"
        );
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

//! The database of history.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Row, params};

use super::entry::{Entry, EntryId, Imported, Kind, NewEntry};
use crate::database::{self, StoreError};
use crate::exit_status::ExitStatus;
use crate::redaction::redact;

/// The file in the state directory.
pub const DATABASE_NAME: &str = "history.sqlite";

const MIGRATIONS: [&str; 2] = [
    "
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        text TEXT NOT NULL,
        kind INTEGER NOT NULL,
        directory BLOB NOT NULL,
        started INTEGER NOT NULL,
        duration INTEGER,
        status INTEGER,
        session TEXT NOT NULL,
        parent INTEGER
    );
    CREATE INDEX entry_text ON entry (text);
    CREATE INDEX entry_parent ON entry (parent) WHERE parent IS NOT NULL;
",
    // Lines that are imported are older than those that were entered here.
    "CREATE INDEX entry_started ON entry (started, id);",
];

const COLUMNS: &str = "id, text, kind, directory, started, duration, status, session, parent";

/// Entries beyond the limit are removed once there are this many, so that not
/// every line pays for it.
const SLACK: i64 = 64;

/// History on disk.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    max_entries: u32,
}

impl Store {
    /// Opens the store at `path`, or makes it. Several sessions may have it
    /// open; none waits for another one's writing for longer than `patience`.
    ///
    /// # Errors
    /// When the file cannot be made, is no database or is a newer one.
    pub fn open(path: &Path, max_entries: u32, patience: Duration) -> Result<Self, StoreError> {
        Ok(Self { connection: database::open(path, &MIGRATIONS, patience)?, max_entries })
    }

    /// Keeps a line, with secrets taken out. `None` when it is not to be kept:
    /// it is empty or begins with a space.
    ///
    /// # Errors
    /// When it could not be written; nothing was.
    pub fn append(&mut self, entry: &NewEntry) -> Result<Option<EntryId>, StoreError> {
        if !is_kept(&entry.text) {
            return Ok(None);
        }
        self.connection
            .prepare_cached(
                "INSERT INTO entry (text, kind, directory, started, session, parent)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                redact(&entry.text).text(),
                entry.kind.code(),
                entry.directory.as_os_str().as_bytes(),
                microseconds(entry.started),
                entry.session,
                entry.parent.map(|parent| parent.0),
            ])?;
        let id = self.connection.last_insert_rowid();
        self.trim(id)?;
        Ok(Some(EntryId(id)))
    }

    /// Keeps lines of another shell, with secrets taken out, but for those that are there
    /// already or are not to be kept; how many were added.
    ///
    /// # Errors
    /// When they could not be written; none was.
    pub fn import(&mut self, lines: &[Imported]) -> Result<usize, StoreError> {
        let transaction = self.connection.transaction()?;
        let mut added = 0;
        for Imported { entered, duration, status } in lines {
            if !is_kept(&entered.text) {
                continue;
            }
            let duration = duration.map(|took| i64::try_from(took.as_micros()).unwrap_or(i64::MAX));
            added += transaction
                .prepare_cached(
                    "INSERT INTO entry (text, kind, directory, started, session, duration, status)
                     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
                     WHERE NOT EXISTS (SELECT 1 FROM entry
                                       WHERE text = ?1 AND started = ?4 AND session = ?5)",
                )?
                .execute(params![
                    redact(&entered.text).text(),
                    entered.kind.code(),
                    entered.directory.as_os_str().as_bytes(),
                    microseconds(entered.started),
                    entered.session,
                    duration,
                    status.map(|status| status.0),
                ])?;
        }
        transaction.commit()?;
        self.trim(0)?;
        Ok(added)
    }

    /// Adds how an entry ended.
    ///
    /// # Errors
    /// When it could not be written.
    pub fn finish(
        &mut self,
        id: EntryId,
        status: ExitStatus,
        duration: Duration,
    ) -> Result<(), StoreError> {
        let duration = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached("UPDATE entry SET status = ?2, duration = ?3 WHERE id = ?1")?
            .execute(params![id.0, status.0, duration])?;
        Ok(())
    }

    /// The last `count` entries, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recent(&self, count: usize) -> Result<Vec<Entry>, StoreError> {
        let mut entries =
            self.select("ORDER BY started DESC, id DESC LIMIT ?1", params![limit(count)])?;
        entries.reverse();
        Ok(entries)
    }

    /// Entries whose text has `term`, each text once: those that begin with it
    /// first, then the newest. ASCII letters match in either case.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search(&self, term: &str, count: usize) -> Result<Vec<Entry>, StoreError> {
        let escaped: String = term
            .chars()
            .flat_map(|character| {
                let escape = matches!(character, '%' | '_' | '\\').then_some('\\');
                escape.into_iter().chain([character])
            })
            .collect();
        self.select(
            "WHERE id IN (SELECT max(id) FROM entry WHERE text LIKE '%' || ?1 || '%' ESCAPE '\\'
                          GROUP BY text)
             ORDER BY text LIKE ?1 || '%' ESCAPE '\\' DESC, started DESC, id DESC LIMIT ?2",
            params![escaped, limit(count)],
        )
    }

    /// Removes an entry and what belongs to it, so that its bytes are gone.
    /// Says whether it was there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn delete(&mut self, id: EntryId) -> Result<bool, StoreError> {
        let count = self
            .connection
            .execute("DELETE FROM entry WHERE id = ?1 OR parent = ?1", params![id.0])?;
        database::forget_log(&self.connection)?;
        Ok(count > 0)
    }

    /// Removes everything, so that its bytes are gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM entry", [])?;
        database::forget_log(&self.connection)
    }

    fn trim(&self, newest: i64) -> Result<(), StoreError> {
        if newest % SLACK != 0 {
            return Ok(());
        }
        self.connection.execute(
            "DELETE FROM entry WHERE (started, id) <=
                 (SELECT started, id FROM entry ORDER BY started DESC, id DESC LIMIT 1 OFFSET ?1)",
            params![self.max_entries],
        )?;
        Ok(())
    }

    fn select(
        &self,
        rest: &str,
        parameters: &[&dyn rusqlite::ToSql],
    ) -> Result<Vec<Entry>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM entry {rest}");
        let mut statement = self.connection.prepare_cached(&query)?;
        let entries = statement.query_map(parameters, entry)?.collect::<Result<_, _>>()?;
        Ok(entries)
    }
}

/// Whether a line is remembered at all.
pub(super) fn is_kept(text: &str) -> bool {
    !text.trim().is_empty() && !text.starts_with([' ', '\t', '\u{3000}'])
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn microseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn duration(microseconds: i64) -> Duration {
    Duration::from_micros(u64::try_from(microseconds).unwrap_or_default())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        id: EntryId(row.get(0)?),
        entered: NewEntry {
            text: row.get(1)?,
            kind: Kind::from_code(row.get(2)?),
            directory: PathBuf::from(OsString::from_vec(row.get(3)?)),
            started: UNIX_EPOCH + duration(row.get(4)?),
            session: row.get(7)?,
            parent: row.get::<_, Option<i64>>(8)?.map(EntryId),
        },
        duration: row.get::<_, Option<i64>>(5)?.map(duration),
        status: row.get::<_, Option<i32>>(6)?.map(ExitStatus),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::{fs, thread};

    use super::*;

    fn line(text: &str) -> NewEntry {
        NewEntry {
            text: text.to_owned(),
            kind: Kind::Command,
            directory: PathBuf::from("/tmp/a b"),
            started: UNIX_EPOCH + Duration::from_secs(1_000_000),
            session: "s1".to_owned(),
            parent: None,
        }
    }

    fn store(root: &Path) -> Store {
        Store::open(&root.join(DATABASE_NAME), 1000, database::PATIENCE).unwrap()
    }

    fn texts(entries: Vec<Entry>) -> Vec<String> {
        entries.into_iter().map(|entry| entry.entered.text).collect()
    }

    #[test]
    fn an_entry_comes_back_as_it_was_after_the_store_is_opened_again() {
        let root = tempfile::tempdir().unwrap();
        let request = NewEntry { kind: Kind::Request, ..line("查找大文件") };
        let id = store(root.path()).append(&request).unwrap().unwrap();
        let plan = NewEntry { kind: Kind::Plan, parent: Some(id), ..line("find . -size +1G") };
        let plan_id = store(root.path()).append(&plan).unwrap().unwrap();
        store(root.path()).finish(plan_id, ExitStatus(3), Duration::from_millis(1500)).unwrap();
        assert_eq!(
            store(root.path()).recent(10).unwrap(),
            [
                Entry { id, entered: request, duration: None, status: None },
                Entry {
                    id: plan_id,
                    entered: plan,
                    duration: Some(Duration::from_millis(1500)),
                    status: Some(ExitStatus(3)),
                },
            ]
        );
    }

    #[test]
    fn a_directory_that_is_no_text_is_kept() {
        let root = tempfile::tempdir().unwrap();
        let directory = PathBuf::from(OsString::from_vec(b"/x\xff".to_vec()));
        let entry = NewEntry { directory, ..line("ls") };
        let mut store = store(root.path());
        store.append(&entry).unwrap();
        assert_eq!(store.recent(1).unwrap()[0].entered, entry);
    }

    #[test]
    fn empty_lines_and_those_that_begin_with_a_space_are_not_kept() {
        let root = tempfile::tempdir().unwrap();
        let mut store = store(root.path());
        for text in ["", "   ", " secret", "\tsecret", "\u{3000}秘密"] {
            assert_eq!(store.append(&line(text)).unwrap(), None, "{text:?}");
        }
        assert!(store.recent(10).unwrap().is_empty());
    }

    #[test]
    fn secrets_are_not_in_the_file() {
        let root = tempfile::tempdir().unwrap();
        let mut store = store(root.path());
        store.append(&line("tool --token canary-3141 -v")).unwrap();
        assert_eq!(texts(store.recent(1).unwrap()), ["tool --token [redacted] -v"]);
        assert!(!bytes_on_disk(root.path(), "canary-3141"));
    }

    #[test]
    fn search_prefers_beginnings_and_then_the_newest_and_shows_a_text_once() {
        let root = tempfile::tempdir().unwrap();
        let mut store = store(root.path());
        for text in ["git log", "ls", "cd git", "git log", "GIT push", "a%b", "查找 git 提交"] {
            store.append(&line(text)).unwrap();
        }
        let search = |term: &str, count| texts(store.search(term, count).unwrap());
        assert_eq!(search("git", 10), ["GIT push", "git log", "查找 git 提交", "cd git"]);
        assert_eq!(search("git", 1), ["GIT push"]);
        assert_eq!(search("%", 10), ["a%b"]);
        assert_eq!(search("_", 10), [""; 0]);
        assert_eq!(search("提交", 10), ["查找 git 提交"]);
        assert_eq!(search("", 2), ["查找 git 提交", "a%b"]);
    }

    #[test]
    fn a_deleted_entry_leaves_no_bytes() {
        let root = tempfile::tempdir().unwrap();
        let mut store = store(root.path());
        let id = store.append(&line("remember canary-2718")).unwrap().unwrap();
        let plan = NewEntry { parent: Some(id), ..line("echo canary-2718") };
        store.append(&plan).unwrap();
        store.append(&line("ls")).unwrap();
        assert!(bytes_on_disk(root.path(), "canary-2718"));
        assert!(store.delete(id).unwrap());
        assert!(!store.delete(id).unwrap());
        assert_eq!(texts(store.recent(10).unwrap()), ["ls"]);
        assert!(!bytes_on_disk(root.path(), "canary-2718"));
    }

    #[test]
    fn clearing_leaves_no_bytes() {
        let root = tempfile::tempdir().unwrap();
        let mut store = store(root.path());
        store.append(&line("canary-1618")).unwrap();
        store.clear().unwrap();
        assert!(store.recent(10).unwrap().is_empty());
        assert!(!bytes_on_disk(root.path(), "canary-1618"));
    }

    #[test]
    fn the_oldest_go_first_when_there_are_too_many() {
        let root = tempfile::tempdir().unwrap();
        let mut store =
            Store::open(&root.path().join(DATABASE_NAME), 10, database::PATIENCE).unwrap();
        for number in 1..=128 {
            store.append(&line(&format!("echo {number}"))).unwrap();
        }
        let kept = texts(store.recent(1000).unwrap());
        assert_eq!(kept.len(), 10);
        assert_eq!(kept[0], "echo 119");
    }

    #[test]
    fn sessions_at_once_lose_and_double_nothing() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(DATABASE_NAME);
        let sessions: Vec<_> = (0..4)
            .map(|session| {
                let path = path.clone();
                thread::spawn(move || {
                    let mut store = Store::open(&path, 100_000, database::PATIENCE).unwrap();
                    for number in 0..200 {
                        store.append(&line(&format!("echo {session} {number}"))).unwrap();
                    }
                })
            })
            .collect();
        for session in sessions {
            session.join().unwrap();
        }
        let mut seen: HashMap<String, u32> = HashMap::new();
        for text in texts(store(root.path()).recent(10_000).unwrap()) {
            *seen.entry(text).or_default() += 1;
        }
        let expected: HashMap<String, u32> = (0..4)
            .flat_map(|session| (0..200).map(move |number| (format!("echo {session} {number}"), 1)))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_damaged_file_is_an_error_and_stays_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(DATABASE_NAME);
        fs::write(&path, "this is no database, and longer than a header would be".repeat(40))
            .unwrap();
        let before = fs::read(&path).unwrap();
        let error = Store::open(&path, 10, database::PATIENCE).unwrap_err();
        assert!(matches!(error, StoreError::Database(_)), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    fn bytes_on_disk(root: &Path, text: &str) -> bool {
        fs::read_dir(root).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    }
}

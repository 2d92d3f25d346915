//! The records, in SQLite beside the history: a database of their own, so that
//! one can be deleted without the other.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::Demonstration;
use super::similar::{THRESHOLD, similarity};
use crate::database::{self, StoreError};
use crate::intent::Reading;
use crate::redaction::redact;

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Approved as it was proposed.
    Approved,
    /// Approved after the person had changed it.
    Edited,
    /// Declined.
    Declined,
}

impl Outcome {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Edited => "edited",
            Self::Declined => "declined",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "approved" => Self::Approved,
            "edited" => Self::Edited,
            _ => Self::Declined,
        }
    }
}

/// One plan that a person decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub id: i64,
    /// What was asked.
    pub request: String,
    /// What the model proposed.
    pub proposed: String,
    /// What was approved; empty where it was declined.
    pub approved: String,
    /// The working directory.
    pub place: String,
    /// How it ended.
    pub outcome: Outcome,
    /// It may serve as an example.
    pub learnable: bool,
}

/// What a person said of lines of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedReading {
    /// Its number.
    pub id: i64,
    /// The form, as [`crate::intent::form`] has it.
    pub form: String,
    /// How such lines are read.
    pub reading: Reading,
}

/// The name of the database among the data of the user.
pub const DATABASE_NAME: &str = "preferences.sqlite";

/// The schema, step by step.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE record (
        id INTEGER PRIMARY KEY,
        time INTEGER NOT NULL DEFAULT (unixepoch()),
        request TEXT NOT NULL,
        proposed TEXT NOT NULL,
        approved TEXT NOT NULL,
        place TEXT NOT NULL,
        outcome TEXT NOT NULL,
        learnable INTEGER NOT NULL
    );
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
    "
    CREATE TABLE reading (
        id INTEGER PRIMARY KEY,
        time INTEGER NOT NULL DEFAULT (unixepoch()),
        form TEXT NOT NULL UNIQUE,
        is_request INTEGER NOT NULL
    );",
    "
    CREATE TABLE note (
        id INTEGER PRIMARY KEY,
        time INTEGER NOT NULL DEFAULT (unixepoch()),
        text TEXT NOT NULL UNIQUE
    );",
];

/// The most notes that the model is told: each is paid for with every request.
pub const MAX_NOTES: usize = 5;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 120;

/// How many records are looked through for a request, the newest first.
const LOOKED_AT: i64 = 2000;
/// The longest answer that serves as an example, in bytes: examples are paid
/// for with every request.
const LONGEST: usize = 400;

/// The preferences of a user.
#[derive(Debug)]
pub struct Preferences {
    connection: Connection,
}

impl Preferences {
    /// Opens the database, making it for this user alone if it is not there.
    ///
    /// # Errors
    /// What SQLite or the file system says.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: database::open(path, MIGRATIONS, database::PATIENCE)? })
    }

    /// Whether learning is on; it is until somebody turned it off.
    #[must_use]
    pub fn is_on(&self) -> bool {
        let value: rusqlite::Result<Option<String>> = self
            .connection
            .query_row("SELECT value FROM setting WHERE name = 'learning'", [], |row| row.get(0))
            .optional();
        // What cannot be read is not used.
        matches!(value, Ok(None)) || matches!(value, Ok(Some(value)) if value == "on")
    }

    /// Turns learning on or off.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn set_on(&mut self, on: bool) -> Result<(), StoreError> {
        self.connection
            .execute(
                "INSERT INTO setting (name, value) VALUES ('learning', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [if on { "on" } else { "off" }],
            )
            .map(drop)
            .map_err(StoreError::from)
    }

    /// Records how a plan ended; `learnable` says whether the plan itself may be
    /// learned from. Texts with secrets are stored without them and never
    /// learned from. Does nothing while learning is off.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn record(
        &mut self,
        request: &str,
        proposed: &str,
        approved: &str,
        place: &str,
        outcome: Outcome,
        learnable: bool,
    ) -> Result<(), StoreError> {
        if !self.is_on() {
            return Ok(());
        }
        let texts = [request, proposed, approved].map(redact);
        let clean = texts.iter().all(|text| !text.is_redacted());
        let learnable =
            learnable && clean && outcome != Outcome::Declined && approved.len() <= LONGEST;
        let [request, proposed, approved] = texts.map(crate::redaction::Redacted::into_text);
        self.connection
            .execute(
                "INSERT INTO record (request, proposed, approved, place, outcome, learnable)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![request, proposed, approved, place, outcome.word(), learnable],
            )
            .map(drop)
            .map_err(StoreError::from)
    }

    /// The records, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(&self) -> Result<Vec<Record>, StoreError> {
        self.select(i64::MAX).map_err(StoreError::from)
    }

    fn select(&self, count: i64) -> rusqlite::Result<Vec<Record>> {
        let mut statement = self.connection.prepare(
            "SELECT id, request, proposed, approved, place, outcome, learnable
             FROM record ORDER BY id DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([count], |row| {
            Ok(Record {
                id: row.get(0)?,
                request: row.get(1)?,
                proposed: row.get(2)?,
                approved: row.get(3)?,
                place: row.get(4)?,
                outcome: Outcome::from_word(&row.get::<_, String>(5)?),
                learnable: row.get(6)?,
            })
        })?;
        rows.collect()
    }

    /// Forgets a record; whether there was one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn forget(&mut self, id: i64) -> Result<bool, StoreError> {
        let count = self.connection.execute("DELETE FROM record WHERE id = ?1", [id]);
        count.map(|count| count > 0).map_err(StoreError::from)
    }

    /// Forgets everything; how much there was.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn forget_all(&mut self) -> Result<usize, StoreError> {
        let records = self.connection.execute("DELETE FROM record", [])?;
        let readings = self.connection.execute("DELETE FROM reading", [])?;
        Ok(records + readings + self.connection.execute("DELETE FROM note", [])?)
    }

    /// Remembers how lines of a form are read, in place of what was said before.
    /// Does nothing while learning is off.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn remember_reading(&mut self, form: &str, reading: Reading) -> Result<(), StoreError> {
        if !self.is_on() || redact(form).is_redacted() {
            return Ok(());
        }
        self.connection
            .execute(
                "INSERT INTO reading (form, is_request) VALUES (?1, ?2)
                 ON CONFLICT (form) DO UPDATE SET is_request = excluded.is_request",
                params![form, reading == Reading::Request],
            )
            .map(drop)
            .map_err(StoreError::from)
    }

    /// How lines of a form are read, if somebody said so.
    #[must_use]
    pub fn reading(&self, form: &str) -> Option<Reading> {
        if !self.is_on() {
            return None;
        }
        let found = self.connection.query_row(
            "SELECT is_request FROM reading WHERE form = ?1",
            [form],
            |row| row.get(0).map(of_column),
        );
        found.ok()
    }

    /// What was said of forms, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn readings(&self) -> Result<Vec<RememberedReading>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT id, form, is_request FROM reading ORDER BY id DESC")?;
        let rows = statement.query_map([], |row| {
            let reading = of_column(row.get(2)?);
            Ok(RememberedReading { id: row.get(0)?, form: row.get(1)?, reading })
        })?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Forgets how lines of a form are read; whether there was an answer.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn forget_reading(&mut self, id: i64) -> Result<bool, StoreError> {
        let count = self.connection.execute("DELETE FROM reading WHERE id = ?1", [id]);
        count.map(|count| count > 0).map_err(StoreError::from)
    }

    /// Keeps a sentence that the person wants to be remembered. One with a secret in it
    /// is not kept.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn note(&mut self, text: &str) -> Result<bool, StoreError> {
        if !self.is_on() || redact(text).is_redacted() {
            return Ok(false);
        }
        let text: String = text.trim().chars().take(LONGEST_NOTE).collect();
        self.connection
            .execute("INSERT INTO note (text) VALUES (?1) ON CONFLICT (text) DO NOTHING", [text])
            .map(|_| true)
            .map_err(StoreError::from)
    }

    /// The sentences that were kept, with their numbers, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn notes(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT id, text FROM note ORDER BY id DESC")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
    }

    /// Forgets a sentence; whether there was one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn forget_note(&mut self, id: i64) -> Result<bool, StoreError> {
        let count = self.connection.execute("DELETE FROM note WHERE id = ?1", [id]);
        count.map(|count| count > 0).map_err(StoreError::from)
    }

    /// What was approved for requests like this one, the most similar last, next
    /// to the request. What was approved here or had to be edited counts a little
    /// more; of a request that was made again, only the last plan does.
    #[must_use]
    pub fn demonstrations(&self, request: &str, place: &str, most: usize) -> Vec<Demonstration> {
        if !self.is_on() {
            return Vec::new();
        }
        let records = self.select(LOOKED_AT).unwrap_or_default();
        let mut seen = HashSet::new();
        let mut ranked: Vec<(f64, &Record)> = records
            .iter()
            .filter(|record| record.learnable && seen.insert(record.request.as_str()))
            .map(|record| {
                let edited = if record.outcome == Outcome::Edited { 0.04 } else { 0.0 };
                let here = if record.place == place { 0.02 } else { 0.0 };
                (similarity(request, &record.request), edited + here, record)
            })
            .filter(|(alike, _, _)| *alike >= THRESHOLD)
            .map(|(alike, extra, record)| (alike + extra, record))
            .collect();
        ranked.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        ranked.truncate(most);
        let demonstration = |(_, record): &(f64, &Record)| Demonstration {
            request: record.request.clone(),
            answer: record.approved.clone(),
        };
        ranked.iter().rev().map(demonstration).collect()
    }
}

fn of_column(is_request: bool) -> Reading {
    if is_request { Reading::Request } else { Reading::Command }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_kept_once_and_without_secrets_until_they_are_forgotten() {
        let (_directory, mut preferences) = preferences();
        assert!(preferences.note(" I like short answers ").unwrap());
        assert!(preferences.note("I like short answers").unwrap());
        assert!(!preferences.note("my password=hunter2").unwrap());
        let notes = preferences.notes().unwrap();
        assert_eq!(
            notes.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
            ["I like short answers"]
        );
        assert!(preferences.forget_note(notes[0].0).unwrap());
        assert!(preferences.notes().unwrap().is_empty());
        preferences.set_on(false).unwrap();
        assert!(!preferences.note("x").unwrap());
    }

    #[test]
    fn what_was_said_of_a_form_counts_until_it_is_forgotten() {
        let (_directory, mut preferences) = preferences();
        preferences.remember_reading("make it *", Reading::Command).unwrap();
        preferences.remember_reading("make it *", Reading::Request).unwrap();
        preferences.remember_reading("cat the *", Reading::Command).unwrap();
        assert_eq!(preferences.reading("make it *"), Some(Reading::Request));
        assert_eq!(preferences.reading("cat the *"), Some(Reading::Command));
        assert_eq!(preferences.reading("tail the *"), None);
        preferences.set_on(false).unwrap();
        preferences.remember_reading("tail the *", Reading::Command).unwrap();
        assert_eq!(preferences.reading("make it *"), None);
        preferences.set_on(true).unwrap();
        let listed = preferences.readings().unwrap();
        let forms: Vec<&str> = listed.iter().map(|one| one.form.as_str()).collect();
        assert_eq!(forms, ["cat the *", "make it *"]);
        assert!(preferences.forget_reading(listed[1].id).unwrap());
        assert!(!preferences.forget_reading(listed[1].id).unwrap());
        assert_eq!(preferences.reading("make it *"), None);
        assert_eq!(preferences.forget_all().unwrap(), 1);
    }

    fn preferences() -> (tempfile::TempDir, Preferences) {
        let directory = tempfile::tempdir().unwrap();
        let preferences =
            Preferences::open(&directory.path().join("p/preferences.sqlite")).unwrap();
        (directory, preferences)
    }

    fn record(
        preferences: &mut Preferences,
        request: &str,
        approved: &str,
        outcome: Outcome,
        learnable: bool,
    ) {
        preferences.record(request, "proposed", approved, "/home/u", outcome, learnable).unwrap();
    }

    fn answers(preferences: &Preferences, request: &str) -> Vec<String> {
        preferences
            .demonstrations(request, "/home/u", 3)
            .into_iter()
            .map(|one| one.answer)
            .collect()
    }

    #[test]
    fn what_was_approved_for_a_similar_request_is_an_example() {
        let (_directory, mut preferences) = preferences();
        record(&mut preferences, "list the largest files", "ls -S | head", Outcome::Approved, true);
        record(&mut preferences, "list the largest files here", "eza -S", Outcome::Edited, true);
        record(&mut preferences, "show my processes", "ps", Outcome::Approved, true);
        assert_eq!(answers(&preferences, "list the largest files"), ["eza -S", "ls -S | head"]);
    }

    #[test]
    fn nothing_is_learned_from_declined_dangerous_or_secret_plans() {
        let (_directory, mut preferences) = preferences();
        record(&mut preferences, "list the files", "ls", Outcome::Declined, true);
        record(&mut preferences, "list the files now", "rm x", Outcome::Approved, false);
        record(
            &mut preferences,
            "list the files with token",
            "curl --token abcdef0123456789abcdef x",
            Outcome::Approved,
            true,
        );
        assert!(answers(&preferences, "list the files").is_empty());
        assert_eq!(preferences.list().unwrap().len(), 3);
    }

    #[test]
    fn forgetting_and_turning_off_work() {
        let (_directory, mut preferences) = preferences();
        record(&mut preferences, "list the files", "ls", Outcome::Approved, true);
        preferences.set_on(false).unwrap();
        record(&mut preferences, "list the files again", "ls", Outcome::Approved, true);
        assert!(answers(&preferences, "list the files").is_empty() && !preferences.is_on());
        preferences.set_on(true).unwrap();
        assert_eq!(answers(&preferences, "list the files"), ["ls"]);
        assert!(preferences.forget(1).unwrap());
        assert!(!preferences.forget(1).unwrap());
        assert_eq!(preferences.forget_all().unwrap(), 0);
    }

    #[test]
    fn the_file_is_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let (directory, _preferences) = preferences();
        let mode =
            directory.path().join("p/preferences.sqlite").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

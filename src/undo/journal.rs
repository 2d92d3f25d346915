//! The journal: what is about to be done is on the disk before it is done.
//!
//! **Architecture invariant:** no change is made that is not written down first,
//! with all that it takes to find out after a crash how far it came. The
//! intentions of a step go into one transaction, together with what became of the
//! step before: one write to the disk a step.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bstr::BString;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::change::Change;
use super::failure::Failure;
use super::perform::Performer;
use super::prepare::{Prepared, prepare};
use super::record::Record;
use super::{NewRun, Run, RunId, State};
use crate::database::{self, StoreError};
use crate::system::lock::Lock;

/// The name of the journal in the data directory.
pub const FILE_NAME: &str = "changes.sqlite";

/// The schema, step by step. A change's state: 0 intended, 1 done, 2 not done,
/// 3 undone.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        time INTEGER NOT NULL,
        request TEXT NOT NULL,
        text BLOB NOT NULL,
        directory BLOB NOT NULL,
        reversible INTEGER NOT NULL,
        state INTEGER NOT NULL
    );
    CREATE TABLE change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
        step INTEGER NOT NULL,
        state INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX change_of_run ON change (run, id);",
    // How many runs had been undone before it was, and which was the newest then.
    "
    ALTER TABLE run ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE run ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;",
];

/// How much is kept, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most that is kept of overwritten and deleted files, in bytes. What the
    /// newest plan left is kept even if it is more.
    pub max_bytes: u64,
    /// What is older goes.
    pub max_age: Duration,
}

/// The journal of a user's changes.
#[derive(Debug)]
pub struct Journal {
    pub(super) connection: Connection,
    path: PathBuf,
    pub(super) limits: Limits,
    /// What this session is doing now, locked for as long as it lives.
    current: Option<(RunId, Lock)>,
    /// Changes that are done and not yet said to be.
    pub(super) finished: Vec<(i64, Record)>,
}

pub(super) const INTENDED: i64 = 0;
pub(super) const DONE: i64 = 1;
pub(super) const NOT_DONE: i64 = 2;
pub(super) const UNDONE: i64 = 3;

impl Journal {
    /// Opens the journal, and finds out about what a session that is gone had
    /// begun.
    ///
    /// # Errors
    /// What SQLite or the file system says.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, StoreError> {
        let connection = database::open(path, MIGRATIONS, database::PATIENCE)?;
        connection.execute_batch("PRAGMA foreign_keys = ON;")?;
        let path = path.to_owned();
        let mut journal = Self { connection, path, limits, current: None, finished: Vec::new() };
        journal.recover()?;
        Ok(journal)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The run is this session's, until it ends.
    pub(super) fn hold(&mut self, run: RunId, lock: Lock) {
        self.current = Some((run, lock));
    }

    /// The file that a session locks while it carries out the run.
    pub(super) fn lock_path(&self, run: RunId) -> PathBuf {
        self.path.with_extension(format!("run-{}", run.0))
    }

    /// Begins a run.
    ///
    /// # Errors
    /// What SQLite or the file system says; then nothing may be done.
    pub fn begin(&mut self, run: &NewRun) -> Result<RunId, StoreError> {
        self.end_current()?;
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(
            "INSERT INTO run (time, request, text, directory, reversible, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                now(),
                run.request,
                run.text.as_slice(),
                run.directory.as_slice(),
                run.reversible,
                State::Running.number()
            ],
        )?;
        let id = RunId(transaction.last_insert_rowid());
        // Before anybody can see the run, so that nobody takes it for a dead one.
        let path = self.path.with_extension(format!("run-{}", id.0));
        let failed = |error| StoreError::Open { path: path.clone(), error };
        let lock = Lock::take(&path)
            .map_err(failed)?
            .ok_or_else(|| failed(std::io::ErrorKind::ResourceBusy.into()))?;
        transaction.commit()?;
        self.current = Some((id, lock));
        Ok(id)
    }

    /// Makes the changes of a step, in order, up to the first that fails.
    ///
    /// # Errors
    /// [`Failure`]: what stood in the way. What was done before it is in the
    /// journal and can be undone.
    pub fn perform(&mut self, run: RunId, step: usize, changes: &[Change]) -> Result<(), Failure> {
        let mut prepared = prepare_all(changes, true)?;
        let ids = self.intend(run, step, &prepared).map_err(|error| not_written(&error))?;
        let result = make_all(changes, &mut prepared);
        let done = match &result {
            Ok(()) => prepared.len(),
            Err(failure) => failure.done,
        };
        for (id, prepared) in ids[..done].iter().zip(&prepared) {
            self.finished.push((*id, prepared.record.clone()));
        }
        if let Some(id) = ids.get(done) {
            // How far the one came that failed has to be looked at.
            self.flush(&[]).and_then(|()| self.settle(&ids[done..])).map_err(|_| {
                Failure::of(
                    &prepared[done].record.at.path,
                    format!("what became of change {id} could not be written down"),
                )
            })?;
        }
        result
    }

    /// Writes down what is to be done, and what has been.
    fn intend(
        &mut self,
        run: RunId,
        step: usize,
        prepared: &[Prepared],
    ) -> Result<Vec<i64>, StoreError> {
        let step = i64::try_from(step).unwrap_or(i64::MAX);
        let rows: Vec<(i64, i64, String)> =
            prepared.iter().map(|one| (run.0, step, to_text(&one.record))).collect();
        self.flush(&rows)?;
        let last = self.connection.last_insert_rowid();
        let count = i64::try_from(prepared.len()).unwrap_or(0);
        Ok((last - count + 1..=last).collect())
    }

    /// One transaction: the changes that are finished, and new intentions.
    pub(super) fn flush(&mut self, intended: &[(i64, i64, String)]) -> Result<(), StoreError> {
        if self.finished.is_empty() && intended.is_empty() {
            return Ok(());
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut update = transaction.prepare_cached(
                "UPDATE change SET state = ?2, bytes = ?3, record = ?4 WHERE id = ?1",
            )?;
            for (id, record) in &self.finished {
                let bytes = i64::try_from(record.bytes).unwrap_or(i64::MAX);
                update.execute(params![id, DONE, bytes, to_text(record)])?;
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO change (run, step, state, bytes, record) VALUES (?1, ?2, ?3, 0, ?4)",
            )?;
            for (run, step, record) in intended {
                insert.execute(params![run, step, INTENDED, record])?;
            }
        }
        transaction.commit()?;
        self.finished.clear();
        Ok(())
    }

    /// Ends a run.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn end(&mut self, run: RunId) -> Result<(), StoreError> {
        self.flush(&[])?;
        self.set_state(run, State::Ended)?;
        if let Some((id, lock)) = self.current.take_if(|(id, _)| *id == run) {
            let _ = std::fs::remove_file(self.lock_path(id));
            drop(lock);
        }
        self.prune(Some(run))
    }

    fn end_current(&mut self) -> Result<(), StoreError> {
        match self.current.as_ref().map(|(id, _)| *id) {
            Some(run) => self.end(run),
            None => Ok(()),
        }
    }

    pub(super) fn set_state(&self, run: RunId, state: State) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE run SET state = ?2 WHERE id = ?1", params![run.0, state.number()])?;
        Ok(())
    }

    /// The changes of a run in one of these states, in the order in which they
    /// were made.
    pub(super) fn changes_of(
        &self,
        run: RunId,
        states: [i64; 2],
    ) -> Result<Vec<(i64, Record)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, record FROM change WHERE run = ?1 AND state IN (?2, ?3) ORDER BY id",
        )?;
        let rows = statement.query_map(params![run.0, states[0], states[1]], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        let mut changes = Vec::new();
        for row in rows {
            let (id, text) = row?;
            // A newer llmsh may write what this one does not know.
            if let Ok(record) = serde_json::from_str(&text) {
                changes.push((id, record));
            }
        }
        Ok(changes)
    }

    /// The runs, newest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs(&self, most: usize) -> Result<Vec<Run>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select("ORDER BY run.id DESC LIMIT ?1", most)
    }

    /// A run.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn run(&self, run: RunId) -> Result<Option<Run>, StoreError> {
        Ok(self.select("AND run.id = ?1", run.0)?.pop())
    }

    fn select(&self, rest: &str, argument: i64) -> Result<Vec<Run>, StoreError> {
        let filter = if rest.starts_with("AND") { rest } else { "" };
        let order = if filter.is_empty() { rest } else { "" };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT run.id, time, request, text, directory, reversible, run.state,
                    (SELECT COUNT(*) FROM change WHERE run = run.id AND change.state IN (1, 3)),
                    (SELECT COALESCE(SUM(bytes), 0) FROM change
                     WHERE change.run = run.id AND change.state IN (1, 3))
             FROM run WHERE true {filter} {order}"
        ))?;
        let rows = statement.query_map(params![argument], |row| {
            let seconds: i64 = row.get(1)?;
            let text: Vec<u8> = row.get(3)?;
            let directory: Vec<u8> = row.get(4)?;
            Ok(Run {
                id: RunId(row.get(0)?),
                time: UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs()),
                about: NewRun {
                    request: row.get(2)?,
                    text: BString::from(text),
                    directory: BString::from(directory),
                    reversible: row.get(5)?,
                },
                state: State::of_number(row.get(6)?),
                changes: row.get::<_, i64>(7)?.unsigned_abs(),
                kept_bytes: row.get::<_, i64>(8)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest run that did something and is not undone.
    pub(super) fn newest(&self) -> Result<Option<RunId>, StoreError> {
        Ok(self
            .connection
            .query_row(
                "SELECT id FROM run WHERE state IN (?1, ?2)
                 AND EXISTS (SELECT 1 FROM change WHERE change.run = run.id AND change.state = ?3)
                 ORDER BY id DESC LIMIT 1",
                params![State::Ended.number(), State::Broken.number(), DONE],
                |row| row.get(0).map(RunId),
            )
            .optional()?)
    }

    /// The space that all that is kept takes, in bytes.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn kept_bytes(&self) -> Result<u64, StoreError> {
        let sum: i64 = self.connection.query_row(
            "SELECT COALESCE(SUM(bytes), 0) FROM change WHERE state IN (?1, ?2)",
            params![DONE, UNDONE],
            |row| row.get(0),
        )?;
        Ok(sum.unsigned_abs())
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // What is lost then is found again by looking, as after a crash.
        let _ = self.end_current();
    }
}

/// Makes changes without writing anything down; nothing is kept of what goes.
///
/// # Errors
/// [`Failure`]
pub fn apply(changes: &[Change]) -> Result<(), Failure> {
    let mut prepared = prepare_all(changes, false)?;
    make_all(changes, &mut prepared)
}

fn prepare_all(changes: &[Change], keep: bool) -> Result<Vec<Prepared>, Failure> {
    let mut made: Vec<PathBuf> = Vec::new();
    let mut prepared = Vec::with_capacity(changes.len());
    for change in changes {
        prepared.push(prepare(change, &made, keep)?);
        if matches!(
            change,
            Change::MakeDirectory { .. } | Change::Discard { .. } | Change::Erase { .. }
        ) && !made.iter().any(|above| change.path().starts_with(above))
        {
            made.push(change.path().to_owned());
        }
    }
    Ok(prepared)
}

fn make_all(changes: &[Change], prepared: &mut [Prepared]) -> Result<(), Failure> {
    let mut performer = Performer::default();
    let mut result = Ok(());
    let mut done = 0;
    for (change, prepared) in changes.iter().zip(prepared.iter_mut()) {
        result = performer.make(change, prepared, now());
        if result.is_err() {
            break;
        }
        done += 1;
    }
    let finished = performer.finish(prepared);
    result.and(finished).map_err(|failure| Failure { done, of: changes.len(), ..failure })
}

fn not_written(error: &StoreError) -> Failure {
    Failure::of(Path::new(""), format!("nothing was done: the journal cannot be written: {error}"))
}

pub(super) fn to_text(record: &Record) -> String {
    serde_json::to_string(record).expect("strings, numbers and lists can always be written")
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

//! What is kept takes no more room than the person allows: the oldest goes first.

use std::fs;

use rusqlite::{OptionalExtension, params};

use super::journal::{DONE, Journal, UNDONE, now};
use super::perform::real;
use super::record::{Kind, Record};
use super::recover::status;
use super::{RunId, State};
use crate::database::StoreError;
use crate::system::directory::Directory;
use crate::system::disk;
use crate::system::tree;

impl Journal {
    /// The most that is kept, in bytes: what the person allows, and never more than a tenth
    /// of what is free where the journal lies.
    #[must_use]
    pub fn most_bytes(&self) -> u64 {
        let free = disk::available_bytes(self.path());
        self.limits.max_bytes.min(free.map_or(u64::MAX, |free| free / 10))
    }

    /// Lets go of what is too old or too much; what `newest` kept stays.
    pub(super) fn prune(&mut self, newest: Option<RunId>) -> Result<(), StoreError> {
        let age = i64::try_from(self.limits.max_age.as_secs()).unwrap_or(i64::MAX);
        let oldest = now().saturating_sub(age);
        let newest = newest.map_or(-1, |run| run.0);
        while let Some(run) = self.oldest_of(newest, "time < ?4", oldest)? {
            self.forget(run)?;
        }
        while self.kept_bytes()? > self.most_bytes()
            && let Some(run) = self.oldest_of(newest, "change.bytes > ?4", 0)?
        {
            self.forget(run)?;
        }
        self.connection.execute(
            "DELETE FROM run WHERE time < ?1 AND state IN (?2, ?3)",
            params![oldest, State::Undone.number(), State::Forgotten.number()],
        )?;
        Ok(())
    }

    /// The oldest run, but for the newest, with a change of which this holds.
    fn oldest_of(
        &self,
        newest: i64,
        holds: &str,
        argument: i64,
    ) -> Result<Option<RunId>, StoreError> {
        Ok(self
            .connection
            .query_row(
                &format!(
                    "SELECT run.id FROM run JOIN change ON change.run = run.id
                     WHERE run.id != ?1 AND run.state IN (?2, ?3, ?5)
                     AND change.state IN (1, 3) AND {holds}
                     ORDER BY run.id LIMIT 1"
                ),
                params![
                    newest,
                    State::Ended.number(),
                    State::Broken.number(),
                    argument,
                    State::Undone.number()
                ],
                |row| row.get(0).map(RunId),
            )
            .optional()?)
    }

    fn forget(&mut self, run: RunId) -> Result<(), StoreError> {
        for (_, record) in self.changes_of(run, [DONE, DONE])? {
            let_go(&record, false);
        }
        for (_, record) in self.changes_of(run, [UNDONE, UNDONE])? {
            let_go(&record, true);
        }
        self.connection.execute("UPDATE change SET bytes = 0 WHERE run = ?1", params![run.0])?;
        self.set_state(run, State::Forgotten)
    }
}

/// Deletes what is kept of a change, or of one that was undone, if it still lies where it
/// was put.
fn let_go(record: &Record, undone: bool) {
    let again = record.again.as_ref().filter(|_| undone);
    if let Some(again) = again {
        // Under a name that nobody guesses.
        let _ = fs::remove_file(&again.0);
    }
    let Some(kept) = record.kept() else { return };
    let expected = match &record.kind {
        Kind::Exchange { .. } if undone => record.after,
        Kind::Discard { .. } | Kind::Exchange { .. } => record.before,
        Kind::Move { replaced, .. } => *replaced,
        // A copy, under a name that nobody guesses.
        _ => None,
    };
    let found = status(kept).map(|status| status.identity);
    if expected.is_some_and(|status| Some(status.identity) != found) {
        return;
    }
    let opened = real(kept).and_then(|path| {
        let parent = path.parent().map_or_else(|| "/".into(), std::path::Path::to_path_buf);
        Ok((Directory::open(&parent)?, path.file_name().unwrap_or_default().to_owned()))
    });
    // What cannot be deleted stays in the trash, where the person finds it.
    if let Ok((directory, name)) = opened
        && tree::remove(&directory, &name).is_ok()
        && let Kind::Discard { info, .. } = &record.kind
    {
        let _ = fs::remove_file(&info.0);
    }
}

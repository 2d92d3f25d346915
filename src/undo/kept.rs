//! What is kept takes no more room than the person allows: the oldest goes first.

use std::fs;

use rusqlite::{OptionalExtension, params};

use super::journal::{DONE, Journal, now};
use super::perform::real;
use super::record::{Kind, Record};
use super::recover::status;
use super::{RunId, State};
use crate::database::StoreError;
use crate::system::directory::Directory;
use crate::system::tree;

impl Journal {
    /// Lets go of what is too old or too much; what `newest` kept stays.
    pub(super) fn prune(&mut self, newest: Option<RunId>) -> Result<(), StoreError> {
        let age = i64::try_from(self.limits.max_age.as_secs()).unwrap_or(i64::MAX);
        let oldest = now().saturating_sub(age);
        let newest = newest.map_or(-1, |run| run.0);
        while let Some(run) = self.oldest_of(newest, "time < ?4", oldest)? {
            self.forget(run)?;
        }
        while self.kept_bytes()? > self.limits.max_bytes
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
                     WHERE run.id != ?1 AND run.state IN (?2, ?3) AND change.state = 1 AND {holds}
                     ORDER BY run.id LIMIT 1"
                ),
                params![newest, State::Ended.number(), State::Broken.number(), argument],
                |row| row.get(0).map(RunId),
            )
            .optional()?)
    }

    fn forget(&mut self, run: RunId) -> Result<(), StoreError> {
        for (_, record) in self.changes_of(run, [DONE, DONE])? {
            let_go(&record);
        }
        self.connection.execute("UPDATE change SET bytes = 0 WHERE run = ?1", params![run.0])?;
        self.set_state(run, State::Forgotten)
    }
}

/// Deletes what is kept of a change, if it still lies where it was put.
fn let_go(record: &Record) {
    let Some(kept) = record.kept() else { return };
    let expected = match &record.kind {
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

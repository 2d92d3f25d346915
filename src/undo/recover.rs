//! What a session that is gone had begun: for each intention it is found out
//! whether it was carried out, by the identity of what lies where; what was half
//! done is finished or taken back. No content is ever thrown away.

use std::fs;
use std::path::Path;

use rusqlite::params;

use super::journal::{DONE, INTENDED, Journal, NOT_DONE, now, to_text};
use super::perform::real;
use super::record::{DirectoryTimes, Kind, Record};
use super::{RunId, State};
use crate::database::StoreError;
use crate::system::directory::{Directory, Rename};
use crate::system::lock::Lock;
use crate::system::node::{Identity, Status, Timestamp};

impl Journal {
    /// Settles the runs of sessions that are gone.
    pub(super) fn recover(&mut self) -> Result<(), StoreError> {
        let runs: Vec<i64> = {
            let mut statement = self.connection.prepare("SELECT id FROM run WHERE state = ?1")?;
            let rows = statement.query_map(params![State::Running.number()], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for run in runs.into_iter().map(RunId) {
            let path = self.lock_path(run);
            // Somebody holds it who lives, or it cannot be told.
            let Ok(Some(lock)) = Lock::take(&path) else { continue };
            let ids: Vec<i64> =
                self.changes_of(run, [INTENDED, INTENDED])?.into_iter().map(|(id, _)| id).collect();
            self.settle(&ids)?;
            self.set_state(run, State::Broken)?;
            let _ = fs::remove_file(&path);
            drop(lock);
        }
        Ok(())
    }

    /// Finds out what became of these intentions.
    pub(super) fn settle(&mut self, ids: &[i64]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            let text: String = transaction.query_row(
                "SELECT record FROM change WHERE id = ?1",
                params![id],
                |row| row.get(0),
            )?;
            let Ok(mut record) = serde_json::from_str::<Record>(&text) else { continue };
            let done = was_done(&mut record);
            let bytes = i64::try_from(record.bytes).unwrap_or(i64::MAX);
            transaction.execute(
                "UPDATE change SET state = ?2, bytes = ?3, record = ?4 WHERE id = ?1",
                params![id, if done { DONE } else { NOT_DONE }, bytes, to_text(&record)],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// What is at a path, its last component not followed.
pub(super) fn status(path: &Path) -> Option<Status> {
    path.symlink_metadata().ok().map(|metadata| Status::of(&metadata))
}

fn is(path: &Path, identity: Option<Identity>) -> bool {
    identity.is_some() && status(path).map(|status| status.identity) == identity
}

/// Whether the change was made; if so the record is completed.
fn was_done(record: &mut Record) -> bool {
    let path = record.at.path.clone();
    let before = record.before;
    let identity = before.map(|status| status.identity);
    let current = status(&path);
    let done = match &record.kind {
        // Without a time of birth it is taken for ours: undoing looks again.
        Kind::Make => current.is_some_and(|status| {
            status.born.is_none_or(|born| born.seconds <= now()) && record.before.is_none()
        }),
        Kind::Exchange { temporary, kept } => match status(&temporary.0) {
            // The old file has the temporary name: what is left is to keep it.
            Some(other) if Some(other.identity) == identity => match kept {
                Some(kept) => {
                    record.bytes = other.size;
                    move_to(&temporary.0, &kept.0)
                }
                None => true,
            },
            Some(new) => {
                let ours = was_last_changed_by(&record.directories, &new);
                let _ = fs::remove_file(&temporary.0);
                // Not done, but the directory got a new time by it, which undoing knows.
                for directory in record.directories.iter_mut().filter(|_| ours) {
                    directory.since = status(&directory.path.0).map(|status| status.modified);
                }
                false
            }
            None => kept.as_ref().is_some_and(|kept| is(&kept.0, identity)),
        },
        Kind::InPlace { kept } => {
            let untouched = before.is_some() && current.is_some_and(|now| same(&now, &before));
            if untouched && let Some(kept) = kept {
                let _ = fs::remove_file(&kept.0);
            }
            !untouched
        }
        Kind::Append | Kind::Attributes => current.is_some_and(|now| !same(&now, &before)),
        Kind::Discard { file, info } => {
            let done = is(&file.0, identity);
            if !done && status(&file.0).is_none() {
                let _ = fs::remove_file(&info.0);
            }
            done
        }
        Kind::Erase => current.is_none(),
        Kind::Move { to, replaced, kept } => {
            let moved = is(&to.path, identity);
            let replaced = replaced.map(|status| status.identity);
            if moved
                && let Some(kept) = kept
                && is(&path, replaced)
            {
                move_to(&path, &kept.0);
            }
            moved
        }
    };
    if done {
        record.after = match &record.kind {
            Kind::Move { to, .. } => status(&to.path),
            _ => status(&path),
        };
        for directory in &mut record.directories {
            directory.since = status(&directory.path.0).map(|status| status.modified);
        }
    }
    done
}

/// Whether the directory's last change was that a file came into being in it.
fn was_last_changed_by(directories: &[DirectoryTimes], file: &Status) -> bool {
    // The two times are taken one after the other, at most some ticks of the kernel apart.
    const APART: i128 = 20_000_000;
    let nanoseconds =
        |time: Timestamp| i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanoseconds);
    let Some(born) = file.born.map(nanoseconds) else { return false };
    directories.iter().all(|directory| {
        status(&directory.path.0).is_some_and(|now| nanoseconds(now.modified) <= born + APART)
    })
}

/// Whether nothing that a change could change is different.
fn same(now: &Status, before: &Option<Status>) -> bool {
    before.is_some_and(|before| {
        (now.identity, now.mode, now.user, now.group, now.size, now.modified)
            == (
                before.identity,
                before.mode,
                before.user,
                before.group,
                before.size,
                before.modified,
            )
    })
}

fn move_to(from: &Path, to: &Path) -> bool {
    let open = |path: &Path| {
        let path = real(path)?;
        let parent = Directory::open(path.parent().unwrap_or(Path::new("/")))?;
        Ok::<_, std::io::Error>((parent, path.file_name().unwrap_or_default().to_owned()))
    };
    let result = open(from).and_then(|(from, name)| {
        let (to, new) = open(to)?;
        from.rename(&name, &to, &new, Rename::NoReplace)
    });
    result.is_ok()
}

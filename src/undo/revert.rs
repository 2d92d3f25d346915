//! Undoing: everything is looked at first, and nothing is touched unless all of
//! it is as it was left.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::params;

use super::cannot::CannotUndo;
use super::change::Attributes;
use super::failure::Failure;
use super::journal::{DONE, Journal, NOT_DONE, UNDONE, to_text};
use super::perform::{keep_copy, move_away, real, restore_content, set_attributes};
use super::prepare::keeping;
use super::record::{Kind, Name, Record};
use super::recover::status;
use super::times::{put_back_settled, put_back_times, untouched};
use super::{NewRun, RunId, State};
use crate::database::StoreError;
use crate::escape::visible;
use crate::system::directory::Rename;
use crate::system::node::{FileKind, Identity, Status, Timestamp};
use crate::system::place::Place;
use crate::system::random;

/// What was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The run.
    pub run: RunId,
    /// What it was.
    pub about: NewRun,
    /// How many changes were taken back.
    pub changes: usize,
    /// What was not, since nothing was kept of it.
    pub lost: Vec<PathBuf>,
    /// Whether programs made further changes, which stay.
    pub by_programs: bool,
}

impl Journal {
    /// Undoes a run, or the newest that is not undone.
    ///
    /// # Errors
    /// [`CannotUndo`]
    pub fn undo(&mut self, run: Option<RunId>) -> Result<Undone, CannotUndo> {
        let id = match run {
            Some(run) => run,
            None => self.newest()?.ok_or(CannotUndo::Nothing)?,
        };
        let run = self.run(id)?.ok_or(CannotUndo::Unknown(id))?;
        match run.state {
            State::Ended | State::Broken => {}
            State::Running => return Err(CannotUndo::State(id, "is still running")),
            State::Undone => return Err(CannotUndo::State(id, "was undone already")),
            State::Forgotten => {
                return Err(CannotUndo::State(id, "is too old: what it kept had to make room"));
            }
        }
        let mut changes = self.changes_of(id, [DONE, DONE])?;
        let reasons = obstacles(&changes);
        if !reasons.is_empty() {
            return Err(CannotUndo::Changed(id, reasons));
        }
        self.keep_for_again(&mut changes)?;
        // What was begun and taken back may have given directories new times.
        let settled = self.changes_of(id, [NOT_DONE, NOT_DONE])?;
        let untouched = untouched(changes.iter().chain(&settled));
        let mut undone = Vec::with_capacity(changes.len());
        let mut lost = Vec::new();
        let mut failure = None;
        for (change, record) in changes.iter().rev() {
            if !record.is_reversible() {
                lost.push(record.at.path.clone());
                continue;
            }
            match revert(record, &untouched) {
                Ok(()) => undone.push(*change),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        if failure.is_none() {
            failure = put_back_settled(&settled, &changes, &untouched).err();
        }
        self.mark_undone(&undone, &changes)?;
        if let Some(failure) = failure {
            return Err(CannotUndo::Partly { run: id, failure });
        }
        self.set_undone(id)?;
        Ok(Undone {
            run: id,
            changes: undone.len(),
            lost,
            by_programs: !run.about.reversible,
            about: run.about,
        })
    }

    /// Chooses names for what the changes left, and writes them down.
    fn keep_for_again(&mut self, changes: &mut [(i64, Record)]) -> Result<(), StoreError> {
        for (_, record) in changes.iter_mut() {
            let Some(after) = record.after else { continue };
            // An undo that did not come to its end has kept it already.
            if record.again.as_ref().is_some_and(|again| status(&again.0).is_some()) {
                continue;
            }
            let is_directory = after.identity.kind == FileKind::Directory;
            record.again = match record.kind {
                // A name that is kept would be one more name of the file.
                Kind::Make if is_directory || record.link_of.is_some() => None,
                Kind::Make | Kind::InPlace { .. } | Kind::Append => {
                    keeping(&record.at.path, &after).ok().flatten()
                }
                _ => None,
            };
        }
        let transaction = self.connection.transaction()?;
        for (change, record) in changes.iter() {
            transaction.execute(
                "UPDATE change SET record = ?2 WHERE id = ?1",
                params![change, to_text(record)],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// The run is undone, after all that were undone before.
    fn set_undone(&self, run: RunId) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE run SET state = ?2, undone = (SELECT MAX(undone) + 1 FROM run),
             newest = (SELECT MAX(id) FROM run) WHERE id = ?1",
            params![run.0, State::Undone.number()],
        )?;
        Ok(())
    }

    fn mark_undone(&mut self, undone: &[i64], changes: &[(i64, Record)]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for (change, record) in changes.iter().filter(|(change, _)| undone.contains(change)) {
            // What is kept now is what the change had left.
            let keeps = record.again.is_some() || matches!(record.kind, Kind::Exchange { .. });
            let bytes = record.after.filter(|_| keeps).map_or(0, |status| status.size);
            transaction.execute(
                "UPDATE change SET state = ?2, bytes = ?3 WHERE id = ?1",
                params![change, UNDONE, i64::try_from(bytes).unwrap_or(i64::MAX)],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Everything that is not as the run left it, looked at from its end.
fn obstacles(changes: &[(i64, Record)]) -> Vec<String> {
    let mut reasons = Vec::new();
    // What later changes of the same run touched is theirs to look at.
    let mut later: HashSet<&Path> = HashSet::new();
    // They may have touched the same file by another name.
    let mut nodes: HashSet<Identity> = HashSet::new();
    for (_, record) in changes.iter().rev() {
        let covered = |path: &Path| path.ancestors().any(|above| later.contains(above));
        let identities = [record.before, record.after].into_iter().flatten();
        let identities: Vec<Identity> = identities.map(|status| status.identity).collect();
        let is_covered = record.paths().into_iter().any(covered);
        let touched_by_another_name = is_no_new_directory(record)
            && identities.iter().any(|identity| nodes.contains(identity));
        if record.is_reversible()
            && !is_covered
            && !touched_by_another_name
            && !is_reverted(record)
            && let Err(reason) = is_as_left(record, &later)
        {
            reasons.push(reason);
        }
        later.extend(record.paths());
        nodes.extend(identities);
        nodes.extend(record.directories.iter().map(|directory| directory.identity));
    }
    reasons
}

/// What is put into a new directory changes it, and it is looked at all the same.
fn is_no_new_directory(record: &Record) -> bool {
    let is_directory =
        |status: &Status| status.identity.kind == FileKind::Directory && record.before.is_none();
    !record.after.is_some_and(|status| is_directory(&status))
}

pub(super) fn show(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}

/// Whether what the change left is still there.
fn is_as_left(record: &Record, later: &HashSet<&Path>) -> Result<(), String> {
    let path = &record.at.path;
    let current = status(path);
    let taken = |path: &Path| format!("{}: something else is there now", show(path));
    let gone = |path: &Path| format!("{} is gone", show(path));
    let kept = || match record.kept() {
        Some(kept) if status(kept).is_none() => {
            Err(format!("{}: what was kept of it is gone", show(path)))
        }
        _ => Ok(()),
    };
    match &record.kind {
        Kind::Make => {
            let now = current.ok_or_else(|| gone(path))?;
            if now.identity.kind == FileKind::Directory {
                return is_directory_as_left(record, now, later);
            }
            unchanged(record, current)
        }
        Kind::Exchange { .. } | Kind::InPlace { .. } | Kind::Append => {
            unchanged(record, current)?;
            kept()
        }
        Kind::Attributes => {
            let (Some(now), Some(after), Some(before)) = (current, record.after, record.before)
            else {
                return Err(gone(path));
            };
            let differs = now.identity != after.identity
                || before.mode != after.mode && now.mode != after.mode
                || (before.user, before.group) != (after.user, after.group)
                    && (now.user, now.group) != (after.user, after.group)
                || before.modified != after.modified && now.modified != after.modified;
            if differs { Err(format!("{} was changed since", show(path))) } else { Ok(()) }
        }
        Kind::Discard { .. } => {
            if current.is_some() {
                return Err(taken(path));
            }
            is_directory_there(path)?;
            kept()
        }
        Kind::Move { to, .. } => {
            let now = status(&to.path).ok_or_else(|| gone(&to.path))?;
            if Some(now.identity) != record.after.map(|status| status.identity) {
                return Err(taken(&to.path));
            }
            if current.is_some() {
                return Err(taken(path));
            }
            is_directory_there(path)?;
            kept()
        }
        Kind::Erase => Ok(()),
    }
}

fn is_directory_there(path: &Path) -> Result<(), String> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    if parent.is_dir() { Ok(()) } else { Err(format!("{}: its directory is gone", show(path))) }
}

fn unchanged(record: &Record, current: Option<Status>) -> Result<(), String> {
    let path = show(&record.at.path);
    let now = current.ok_or_else(|| format!("{path} is gone"))?;
    let after = record.after.ok_or_else(|| format!("{path}: nobody knows how it was left"))?;
    if now.identity != after.identity {
        return Err(format!("{path}: something else is there now"));
    }
    let content = |status: &Status| (status.size, status.modified);
    if now.identity.kind == FileKind::File && content(&now) != content(&after) {
        return Err(format!("{path} was changed since"));
    }
    Ok(())
}

/// A directory that was made holds nothing but what the same run put there.
fn is_directory_as_left(
    record: &Record,
    now: Status,
    later: &HashSet<&Path>,
) -> Result<(), String> {
    let path = &record.at.path;
    if Some(now.identity) != record.after.map(|status| status.identity) {
        return Err(format!("{}: something else is there now", show(path)));
    }
    let entries = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", show(path)))?;
    for entry in entries.flatten() {
        if !later.contains(entry.path().as_path()) {
            return Err(format!(
                "{} is there now and was not made by the plan",
                show(&entry.path())
            ));
        }
    }
    Ok(())
}

/// Whether the change has been taken back already, by an undo that did not come
/// to its end.
fn is_reverted(record: &Record) -> bool {
    let current = status(&record.at.path);
    let Some(before) = record.before else {
        return matches!(record.kind, Kind::Make) && current.is_none();
    };
    let Some(now) = current else { return false };
    let same = now.identity == before.identity;
    match record.kind {
        Kind::Exchange { .. } | Kind::Discard { .. } | Kind::Move { .. } => same,
        Kind::InPlace { .. } | Kind::Append => {
            same && (now.size, now.modified) == (before.size, before.modified)
        }
        Kind::Make | Kind::Erase | Kind::Attributes => false,
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    Failure::at(path)
}

/// Takes one change back, and gives the directories that it changed their times.
fn revert(record: &Record, untouched: &HashSet<Identity>) -> Result<(), Failure> {
    if is_reverted(record) {
        return Ok(());
    }
    take_back(record)?;
    let own = record.directories.iter().filter(|it| untouched.contains(&it.identity));
    own.into_iter().try_for_each(put_back_times)
}

fn take_back(record: &Record) -> Result<(), Failure> {
    let place = Place::open(&record.at.path)?;
    let path = place.path();
    let identity = |status: Option<Status>| {
        status
            .map(|status| status.identity)
            .ok_or_else(|| Failure::at(path)(io::ErrorKind::NotFound.into()))
    };
    match &record.kind {
        Kind::Make => unmake(&place, identity(record.after)?, record.again.as_ref()),
        Kind::Exchange { kept, .. } => {
            let Some(kept) = kept else { return Ok(()) };
            let kept = Place::open(&real(&kept.0).map_err(failed(path))?)?;
            let after = identity(record.after)?;
            place.verify(Some(after))?;
            let exchange = || {
                kept.directory().rename(
                    kept.name(),
                    place.directory(),
                    place.name(),
                    Rename::Exchange,
                )
            };
            exchange().map_err(failed(path))?;
            if kept.status()?.map(|status| status.identity) != Some(after) {
                exchange().map_err(failed(path))?;
                return Err(Failure::of(path, format!("{} was changed just now", show(path))));
            }
            Ok(())
        }
        Kind::InPlace { kept } => {
            let (Some(kept), Some(before)) = (kept, record.before) else { return Ok(()) };
            let node = place.node(identity(record.after)?)?;
            let file =
                node.open(OpenOptions::new().read(true).write(true)).map_err(failed(path))?;
            if let (Some(again), Some(after)) = (&record.again, record.after) {
                keep_copy(&file, &after, &again.0).map_err(failed(path))?;
            }
            restore_content(&file, &kept.0).map_err(failed(path))?;
            put_back(&place, before)
        }
        Kind::Append => {
            let Some(before) = record.before else { return Ok(()) };
            let node = place.node(identity(record.after)?)?;
            let file =
                node.open(OpenOptions::new().read(true).write(true)).map_err(failed(path))?;
            if let (Some(again), Some(after)) = (&record.again, record.after) {
                keep_copy(&file, &after, &again.0).map_err(failed(path))?;
            }
            file.set_len(before.size).map_err(failed(path))?;
            put_back(&place, before)
        }
        Kind::Attributes => match record.before {
            Some(before) => put_back(&place, before),
            None => Ok(()),
        },
        Kind::Discard { file, info } => {
            let from = Place::open(&real(&file.0).map_err(failed(path))?)?;
            from.verify(Some(identity(record.before)?))?;
            from.directory()
                .rename(from.name(), place.directory(), place.name(), Rename::NoReplace)
                .map_err(failed(path))?;
            // Without the file it speaks of it is of no use to anybody.
            let _ = std::fs::remove_file(&info.0);
            Ok(())
        }
        Kind::Move { to, kept, replaced } => {
            let from = Place::open(&to.path)?;
            from.verify(Some(identity(record.after)?))?;
            from.directory()
                .rename(from.name(), place.directory(), place.name(), Rename::NoReplace)
                .map_err(failed(path))?;
            if let (Some(kept), Some(_)) = (kept, replaced) {
                let kept = Place::open(&real(&kept.0).map_err(failed(path))?)?;
                kept.directory()
                    .rename(kept.name(), from.directory(), from.name(), Rename::NoReplace)
                    .map_err(failed(&to.path))?;
            }
            Ok(())
        }
        Kind::Erase => Ok(()),
    }
}

/// Takes away what was made, and only that: to where it is kept, if it is.
fn unmake(place: &Place, identity: Identity, again: Option<&Name>) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    if identity.kind == FileKind::Directory {
        place.verify(Some(identity))?;
        return place.directory().remove_directory(place.name()).map_err(failed());
    }
    if let Some(again) = again {
        return move_away(place, identity, &again.0);
    }
    // Under a name of llmsh's own nobody can put something else in its place.
    let token = random::token().map_err(failed())?;
    let aside = place.path().with_file_name(format!(".llmsh-{token}"));
    move_away(place, identity, &aside)?;
    place.directory().unlink(aside.file_name().unwrap_or_default()).map_err(failed())
}

/// Gives what is there the attributes it had.
fn put_back(place: &Place, before: Status) -> Result<(), Failure> {
    let node = place.node(before.identity)?;
    let now = node.status().map_err(failed(place.path()))?;
    let differs = (now.user, now.group) != (before.user, before.group);
    let attributes = Attributes {
        mode: Some(before.mode),
        owner: differs.then_some((before.user, before.group)),
        ..Attributes::default()
    };
    set_attributes(&node, &attributes).map_err(failed(place.path()))?;
    let times: [Timestamp; 2] = [before.modified, before.accessed];
    node.set_times(times[0], times[1]).map_err(failed(place.path()))
}

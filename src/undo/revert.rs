//! Undoing: everything is looked at first, and nothing is touched unless all of
//! it is as it was left.

use std::collections::HashSet;
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::params;

use super::change::Attributes;
use super::failure::Failure;
use super::journal::{DONE, Journal, UNDONE};
use super::perform::{move_away, real, restore_content, set_attributes};
use super::record::{DirectoryTimes, Kind, Record};
use super::recover::status;
use super::{RunId, State};
use crate::database::StoreError;
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::system::directory::{Directory, Rename};
use crate::system::node::{FileKind, Identity, Status, Timestamp};
use crate::system::place::Place;
use crate::system::random;

/// What was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The run.
    pub run: RunId,
    /// Its text.
    pub text: bstr::BString,
    /// How many changes were taken back.
    pub changes: usize,
    /// What was not, since nothing was kept of it.
    pub lost: Vec<PathBuf>,
    /// Whether programs made further changes, which stay.
    pub by_programs: bool,
}

/// Why a run was not undone.
#[derive(Debug, thiserror::Error)]
pub enum CannotUndo {
    /// There is nothing to undo.
    #[error("there is nothing to undo")]
    Nothing,
    /// There is no such run.
    #[error("there is no plan {}", .0.0)]
    Unknown(RunId),
    /// Its state forbids it.
    #[error("plan {} {}", .0.0, .1)]
    State(RunId, &'static str),
    /// Something is not as it was left. Nothing was touched.
    #[error("plan {} cannot be undone, nothing was changed:\n{}", .0.0, Lines(.1))]
    Changed(RunId, Vec<String>),
    /// It was undone in part.
    #[error("plan {} was undone in part: {failure}", .run.0)]
    Partly {
        /// The run.
        run: RunId,
        /// What stood in the way.
        failure: Failure,
    },
    /// The journal cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lines with an indentation.
struct Lines<'a>(&'a [String]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 20;
        for (index, line) in self.0.iter().take(MOST).enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(formatter, "{end}  {line}")?;
        }
        match self.0.len().checked_sub(MOST) {
            Some(more) if more > 0 => write!(formatter, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

impl From<CannotUndo> for Diagnostic {
    fn from(error: CannotUndo) -> Self {
        let hint = match &error {
            CannotUndo::Nothing | CannotUndo::Unknown(_) | CannotUndo::State(..) => {
                "\"llmsh undo --list\" shows what can be undone"
            }
            CannotUndo::Changed(..) => {
                "put these back first, or restore by hand: \"llmsh trash list\""
            }
            CannotUndo::Partly { .. } => "mend that and say \"llmsh undo\" again",
            CannotUndo::Store(_) => "",
        };
        match error {
            CannotUndo::Store(error) => error.into(),
            error => Self::new(error.to_string()).hint(hint),
        }
    }
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
        let changes = self.changes_of(id, [DONE, DONE])?;
        let reasons = obstacles(&changes);
        if !reasons.is_empty() {
            return Err(CannotUndo::Changed(id, reasons));
        }
        let mut undone = Vec::with_capacity(changes.len());
        let mut lost = Vec::new();
        let mut failure = None;
        for (change, record) in changes.iter().rev() {
            if !record.is_reversible() {
                lost.push(record.at.path.clone());
                continue;
            }
            match revert(record) {
                Ok(()) => undone.push(*change),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.mark_undone(&undone)?;
        if let Some(failure) = failure {
            return Err(CannotUndo::Partly { run: id, failure });
        }
        self.set_state(id, State::Undone)?;
        Ok(Undone {
            run: id,
            text: run.about.text,
            changes: undone.len(),
            lost,
            by_programs: !run.about.reversible,
        })
    }

    fn mark_undone(&mut self, changes: &[i64]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for change in changes {
            transaction
                .execute("UPDATE change SET state = ?2 WHERE id = ?1", params![change, UNDONE])?;
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

fn show(path: &Path) -> String {
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

/// Takes one change back.
fn revert(record: &Record) -> Result<(), Failure> {
    if is_reverted(record) {
        return Ok(());
    }
    let unchanged: Vec<&DirectoryTimes> = record
        .directories
        .iter()
        .filter(|directory| {
            // The changes of one step were all looked at before the first was made:
            // the last of them has put the times back already.
            let as_left = |time| Some(time) == directory.since || time == directory.modified;
            status(&directory.path.0)
                .is_some_and(|now| now.identity == directory.identity && as_left(now.modified))
        })
        .collect();
    take_back(record)?;
    for directory in unchanged {
        let path = &directory.path.0;
        let opened = Directory::open(path).map_err(failed(path))?;
        let node = opened.own_node().map_err(failed(path))?;
        node.set_times(directory.modified, directory.accessed).map_err(failed(path))?;
    }
    Ok(())
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
        Kind::Make => unmake(&place, identity(record.after)?),
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
            kept.directory().unlink(kept.name()).map_err(failed(path))
        }
        Kind::InPlace { kept } => {
            let (Some(kept), Some(before)) = (kept, record.before) else { return Ok(()) };
            let node = place.node(identity(record.after)?)?;
            let file =
                node.open(OpenOptions::new().read(true).write(true)).map_err(failed(path))?;
            restore_content(&file, &kept.0).map_err(failed(path))?;
            put_back(&place, before)?;
            std::fs::remove_file(&kept.0).map_err(failed(&kept.0))
        }
        Kind::Append => {
            let Some(before) = record.before else { return Ok(()) };
            let node = place.node(identity(record.after)?)?;
            let file = node.open(OpenOptions::new().write(true)).map_err(failed(path))?;
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

/// Removes what was made, and only that.
fn unmake(place: &Place, identity: Identity) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    if identity.kind == FileKind::Directory {
        place.verify(Some(identity))?;
        return place.directory().remove_directory(place.name()).map_err(failed());
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

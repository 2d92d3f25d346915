//! What was undone is done again: by the same records, as intentions that are written
//! down first, so that a session that ends in the middle is found out about like any
//! other.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, params};

use super::cannot::CannotUndo;
use super::change::Attributes;
use super::failure::Failure;
use super::journal::{DONE, INTENDED, Journal, UNDONE, now, to_text};
use super::perform::{move_away, real, restore_content, set_attributes};
use super::record::{Kind, Name, Record};
use super::recover::status;
use super::revert::show;
use super::trash;
use super::{RunId, State, Undone};
use crate::database::StoreError;
use crate::system::directory::{Directory, Rename, link};
use crate::system::extended_attribute;
use crate::system::lock::Lock;
use crate::system::node::{FileKind, Identity, Status};
use crate::system::place::{Pin, Place};

impl Journal {
    /// Does again what was undone: a run, or the one that was undone last.
    ///
    /// # Errors
    /// [`CannotUndo`]; where something is not as the undo left it, nothing was touched.
    pub fn redo(&mut self, run: Option<RunId>) -> Result<Undone, CannotUndo> {
        let id = match run {
            Some(run) => run,
            None => self.last_undone()?.ok_or(CannotUndo::NothingUndone)?,
        };
        let run = self.run(id)?.ok_or(CannotUndo::Unknown(id))?;
        if run.state != State::Undone {
            return Err(CannotUndo::State(id, "was not undone"));
        }
        let changes = self.changes_of(id, [UNDONE, UNDONE])?;
        let whole = self.changes_of(id, [UNDONE, DONE])?.len() == changes.len();
        let reasons = if whole {
            obstacles(&changes)
        } else {
            vec!["what was not undone cannot be done again".to_owned()]
        };
        if !reasons.is_empty() {
            return Err(CannotUndo::NotAgain(id, reasons));
        }
        let failed = |failure| CannotUndo::PartlyAgain { run: id, failure };
        let mut changes = self.intend_again(id, changes)?;
        let mut result = Ok(());
        let mut made = 0;
        for (change, record) in &mut changes {
            result = do_again(record);
            if result.is_err() {
                break;
            }
            self.finished.push((*change, record.clone()));
            made += 1;
        }
        let rest: Vec<i64> = changes[made..].iter().map(|(change, _)| *change).collect();
        if !rest.is_empty() {
            self.flush(&[])?;
            self.settle(&rest)?;
        }
        self.end(id)?;
        result.map_err(failed)?;
        Ok(Undone {
            run: id,
            changes: made,
            lost: Vec::new(),
            by_programs: !run.about.reversible,
            about: run.about,
        })
    }

    /// The run that was undone last, where no plan has run since.
    fn last_undone(&self) -> Result<Option<RunId>, StoreError> {
        Ok(self
            .connection
            .query_row(
                "SELECT id FROM run WHERE state = ?1 AND newest = (SELECT MAX(id) FROM run)
                 ORDER BY undone DESC LIMIT 1",
                params![State::Undone.number()],
                |row| row.get(0).map(RunId),
            )
            .optional()?)
    }

    /// Writes down that the run is under way again.
    fn intend_again(
        &mut self,
        run: RunId,
        changes: Vec<(i64, Record)>,
    ) -> Result<Vec<(i64, Record)>, StoreError> {
        let path = self.lock_path(run);
        let failed = |error| StoreError::Open { path: path.clone(), error };
        let lock = Lock::take(&path)
            .map_err(failed)?
            .ok_or_else(|| failed(io::ErrorKind::ResourceBusy.into()))?;
        let mut again = Vec::with_capacity(changes.len());
        for (change, mut record) in changes {
            if matches!(record.kind, Kind::Discard { .. }) {
                let target = record.before.map(|status| status.identity);
                let (_, info) = trash::reserve(&Pin { target, ..record.at.clone() })
                    .map_err(|error| StoreError::Open { path: record.at.path.clone(), error })?;
                // From here on the name is taken: the next one gets another.
                info.write(now())
                    .map_err(|error| StoreError::Open { path: info.path.clone(), error })?;
                record.kind = Kind::Discard { file: Name(info.file), info: Name(info.path) };
            }
            again.push((change, record));
        }
        let transaction = self.connection.transaction()?;
        for (change, record) in &again {
            transaction.execute(
                "UPDATE change SET state = ?2, record = ?3 WHERE id = ?1",
                params![change, INTENDED, to_text(record)],
            )?;
        }
        transaction.execute(
            "UPDATE run SET state = ?2 WHERE id = ?1",
            params![run.0, State::Running.number()],
        )?;
        transaction.commit()?;
        self.hold(run, lock);
        Ok(again)
    }
}

/// Everything that is not as the undo left it.
fn obstacles(changes: &[(i64, Record)]) -> Vec<String> {
    let mut reasons = Vec::new();
    // What an earlier change of the same run does is not there yet.
    let mut earlier: HashSet<PathBuf> = HashSet::new();
    // It may be to the same file by another name.
    let mut nodes: HashSet<Identity> = HashSet::new();
    for (_, record) in changes {
        let same_node = record.before.is_some_and(|status| nodes.contains(&status.identity));
        let covered = same_node
            || record
                .paths()
                .into_iter()
                .any(|path| path.ancestors().any(|it| earlier.contains(it)));
        if !covered && let Err(reason) = is_as_before(record) {
            reasons.push(reason);
        }
        earlier.extend(record.paths().into_iter().map(Path::to_owned));
        nodes.extend([record.before, record.after].into_iter().flatten().map(|it| it.identity));
    }
    reasons
}

/// Whether what the change found is there again, and what it left is still kept.
fn is_as_before(record: &Record) -> Result<(), String> {
    let path = &record.at.path;
    let current = status(path);
    let kept = |name: &Option<Name>| match name {
        Some(name) if status(&name.0).is_some() => Ok(()),
        _ => Err(format!("{}: what was made of it is not kept any more", show(path))),
    };
    let free = |path: &Path| match status(path) {
        Some(_) => Err(format!("{}: something else is there now", show(path))),
        None => Ok(()),
    };
    let same = |now: Option<Status>, before: Option<Status>| {
        let content = |status: &Status| (status.identity, status.size, status.modified);
        let is_file = before.is_some_and(|status| status.identity.kind == FileKind::File);
        match (now, before) {
            (Some(now), Some(before)) if is_file => content(&now) == content(&before),
            (Some(now), Some(before)) => now.identity == before.identity,
            _ => false,
        }
    };
    if !matches!(record.kind, Kind::Make) && !same(current, record.before) {
        return Err(format!("{} was changed since", show(path)));
    }
    match &record.kind {
        Kind::Make => {
            free(path)?;
            let is_directory =
                record.after.is_some_and(|status| status.identity.kind == FileKind::Directory);
            if is_directory || record.link_of.is_some() { Ok(()) } else { kept(&record.again) }
        }
        Kind::Exchange { kept: name, .. } => kept(name),
        Kind::InPlace { .. } | Kind::Append => kept(&record.again),
        Kind::Discard { .. } | Kind::Attributes => Ok(()),
        Kind::Move { to, replaced: None, .. } => free(&to.path),
        Kind::Move { to, replaced, .. } if same(status(&to.path), *replaced) => Ok(()),
        Kind::Move { to, .. } => Err(format!("{} was changed since", show(&to.path))),
        Kind::Erase => Err(format!("{}: nothing was kept of it", show(path))),
    }
}

/// Does one change again, and completes its record.
fn do_again(record: &mut Record) -> Result<(), Failure> {
    let place = Place::open(&record.at.path)?;
    let path = place.path().to_owned();
    let failed = || Failure::at(&path);
    let current = place.status()?;
    let missing = || Failure::at(&path)(io::ErrorKind::NotFound.into());
    let after = record.after.ok_or_else(missing).or_else(|failure| match record.kind {
        // Nothing is left of what is discarded.
        Kind::Discard { .. } => current.ok_or(failure),
        _ => Err(failure),
    })?;
    if record.before.is_some() {
        record.before = current;
    }
    match &record.kind {
        Kind::Make => match (&record.again, &record.link_of) {
            (Some(again), _) => bring(&again.0, &place)?,
            (None, Some(other)) => {
                let node = Place::open(&other.0)?.node(after.identity)?;
                link(&node, place.directory(), place.name()).map_err(failed())?;
            }
            (None, None) => {
                place.directory().make_directory(place.name(), 0o700).map_err(failed())?;
                let made = place.directory().node(place.name()).map_err(failed())?;
                let file = made.open(OpenOptions::new().read(true)).map_err(failed())?;
                extended_attribute::give(&file, &record.extended).map_err(failed())?;
                give(&place, after)?;
            }
        },
        Kind::Exchange { kept: Some(kept), .. } => {
            let kept = Place::open(&real(&kept.0).map_err(failed())?)?;
            place.verify(current.map(|status| status.identity))?;
            kept.directory()
                .rename(kept.name(), place.directory(), place.name(), Rename::Exchange)
                .map_err(failed())?;
            record.bytes = current.map_or(0, |status| status.size);
        }
        Kind::InPlace { .. } | Kind::Append => {
            let again = record.again.as_ref().ok_or_else(missing)?;
            let node = place.node(current.ok_or_else(missing)?.identity)?;
            let file = node.open(OpenOptions::new().read(true).write(true)).map_err(failed())?;
            restore_content(&file, &again.0).map_err(failed())?;
            give(&place, after)?;
            let _ = std::fs::remove_file(&again.0);
        }
        Kind::Attributes => give(&place, after)?,
        Kind::Discard { file, .. } => {
            move_away(&place, current.ok_or_else(missing)?.identity, &file.0)?;
        }
        Kind::Move { to, kept, replaced } => {
            let target = Place::open(&to.path)?;
            let source = current.ok_or_else(missing)?.identity;
            if let (Some(kept), Some(_)) = (kept, replaced) {
                let there = target.status()?.ok_or_else(missing)?.identity;
                move_away(&target, there, &kept.0)?;
            }
            place.verify(Some(source))?;
            place
                .directory()
                .rename(place.name(), target.directory(), target.name(), Rename::NoReplace)
                .map_err(failed())?;
        }
        Kind::Exchange { kept: None, .. } | Kind::Erase => return Err(missing()),
    }
    record.after = match &record.kind {
        Kind::Move { to, .. } => status(&to.path),
        _ => status(&path),
    };
    record.again = None;
    for directory in &mut record.directories {
        let opened = Directory::open(&directory.path.0).map_err(failed())?;
        // It looks as it did after the change, down to its time.
        if let Some(since) = directory.since {
            let now = opened.own_status().map_err(failed())?;
            directory.identity = now.identity;
            let node = opened.own_node().map_err(failed())?;
            node.set_times(since, now.accessed).map_err(failed())?;
        }
    }
    Ok(())
}

/// Moves what was kept to its place, where nothing may be.
fn bring(kept: &Path, place: &Place) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    let kept = Place::open(&real(kept).map_err(failed())?)?;
    kept.directory()
        .rename(kept.name(), place.directory(), place.name(), Rename::NoReplace)
        .map_err(failed())
}

/// Gives what is there the attributes that it had.
fn give(place: &Place, status: Status) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    let missing = || Failure::at(place.path())(io::ErrorKind::NotFound.into());
    let now = place.status()?.ok_or_else(missing)?;
    let node = place.node(now.identity)?;
    let differs = (now.user, now.group) != (status.user, status.group);
    let attributes = Attributes {
        mode: (now.identity.kind != FileKind::Symlink).then_some(status.mode),
        owner: differs.then_some((status.user, status.group)),
        ..Attributes::default()
    };
    set_attributes(&node, &attributes).map_err(failed())?;
    node.set_times(status.modified, status.accessed).map_err(failed())
}

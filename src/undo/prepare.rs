//! What is written down of a change before it is made.

use std::path::{Path, PathBuf};

use super::change::Change;
use super::failure::Failure;
use super::record::{DirectoryTimes, Kind, Name, Record};
use super::trash::{self, Bin, Info};
use crate::system::node::{FileKind, Status};
use crate::system::place::{Pin, PinError, Place};
use crate::system::{file_access, random};

/// A change with what is written down of it.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) record: Record,
    /// The file in the trash that has to be written for it.
    pub(super) info: Option<Info>,
}

/// Looks at what is there, verifies that it is what was shown, and chooses names.
/// Nothing but trash directories is made.
pub(super) fn prepare(change: &Change, made: &[PathBuf], keep: bool) -> Result<Prepared, Failure> {
    let at = change.pin().clone();
    let mut record = Record {
        kind: Kind::Make,
        before: None,
        after: None,
        directories: Vec::new(),
        extended: Vec::new(),
        link_of: match change {
            Change::MakeLink { to, .. } => Some(Name(to.path.clone())),
            _ => None,
        },
        again: None,
        bytes: 0,
        at,
    };
    // What lies in a directory that is made first cannot be looked at.
    if is_below(made, &record.at.path) {
        let makes = matches!(
            change,
            Change::MakeDirectory { .. }
                | Change::MakeFile { .. }
                | Change::MakeSymlink { .. }
                | Change::MakeLink { .. }
        );
        let refused = "it is made by the same step".to_owned();
        let failure = Failure::of(&record.at.path, refused);
        return if makes { Ok(Prepared { record, info: None }) } else { Err(failure) };
    }
    let place = open(&record.at)?;
    let status = place.status()?;
    record.before = status.filter(|_| record.at.target.is_some());
    record.directories.push(times(&place)?);
    let mut info = None;
    record.kind = match change {
        Change::MakeDirectory { .. }
        | Change::MakeFile { .. }
        | Change::MakeSymlink { .. }
        | Change::MakeLink { .. } => Kind::Make,
        Change::Append { .. } => Kind::Append,
        Change::Mode { .. } | Change::Owner { .. } | Change::Times { .. } => Kind::Attributes,
        Change::Overwrite { .. } => overwrite(&record, keep)?,
        Change::Discard { .. } if keep => {
            let (_, reserved) = trash::reserve(&record.at).map_err(Failure::at(&record.at.path))?;
            let names = (Name(reserved.file.clone()), Name(reserved.path.clone()));
            info = Some(reserved);
            Kind::Discard { file: names.0, info: names.1 }
        }
        Change::Discard { .. } | Change::Erase { .. } => Kind::Erase,
        Change::Move { to, .. } => {
            let target = open(to)?;
            let replaced = target.status()?.filter(|_| to.target.is_some());
            record.directories.push(times(&target)?);
            let kept = match replaced {
                Some(status) if keep => keeping(&to.path, &status)?,
                _ => None,
            };
            Kind::Move { to: to.clone(), replaced, kept }
        }
    };
    Ok(Prepared { record, info })
}

fn is_below(made: &[PathBuf], path: &Path) -> bool {
    made.iter().any(|made| path.starts_with(made))
}

fn open(pin: &Pin) -> Result<Place, Failure> {
    pin.open().map_err(|error| Failure::of(&pin.path, error.to_string()))
}

/// The times of the directory that a place is in.
pub(super) fn times(place: &Place) -> Result<DirectoryTimes, Failure> {
    let path = place.path().parent().unwrap_or(Path::new("/")).to_owned();
    let status = place.directory().own_status().map_err(Failure::at(&path))?;
    Ok(DirectoryTimes {
        path: Name(path),
        identity: status.identity,
        modified: status.modified,
        accessed: status.accessed,
        since: None,
    })
}

/// How the content of a file is replaced.
fn overwrite(record: &Record, keep: bool) -> Result<Kind, Failure> {
    let path = &record.at.path;
    let Some(before) = record.before.filter(|status| status.identity.kind == FileKind::File) else {
        return Err(Failure::of(path, "it is not a file".to_owned()));
    };
    let kept = if keep { keeping(path, &before)? } else { None };
    let (user, _) = file_access::effective_owner();
    // Another file under the name would have one name only, and another owner.
    if before.links > 1 || before.user != user && user != 0 {
        return Ok(Kind::InPlace { kept });
    }
    let token = random::token().map_err(Failure::at(path))?;
    let temporary = path.with_file_name(format!(".llmsh-{token}"));
    Ok(Kind::Exchange { temporary: Name(temporary), kept })
}

/// Whether the content of a file on a device can be kept where it is overwritten.
#[must_use]
pub fn can_keep(path: &Path, device: u64) -> bool {
    Bin::for_path(path, device).is_ok_and(|bin| bin.can_be_made())
}

/// A name for what is kept of a file; `None` where its file system has no place
/// for it.
pub(super) fn keeping(path: &Path, status: &Status) -> Result<Option<Name>, Failure> {
    let Ok(bin) = Bin::for_path(path, status.identity.device) else { return Ok(None) };
    if bin.make().is_err() {
        return Ok(None);
    }
    let token = random::token().map_err(Failure::at(path))?;
    Ok(Some(Name(bin.kept(&token))))
}

impl From<PinError> for Failure {
    fn from(error: PinError) -> Self {
        let path = match &error {
            PinError::Changed { path, .. } | PinError::Io { path, .. } => path.clone(),
        };
        Self::of(&path, error.to_string())
    }
}

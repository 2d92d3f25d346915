//! What a previewed plan changed, as data.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::text_diff::Content;
use crate::system::node::{FileKind, Identity, Status, Timestamp};

/// All that a previewed plan changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Sorted by path; a name that means another kind of thing now is deleted
    /// first and created then.
    pub entries: Vec<Entry>,
    /// Which deleted file has which new name: places in `entries`. For the person; what is
    /// made is a file that goes and one that comes.
    pub renamed: Vec<(usize, usize)>,
    /// A change made since this moment was made while the plan ran, or later.
    pub(super) since: Timestamp,
    /// Where what was written is kept.
    pub(super) uppers: Vec<PathBuf>,
    /// The first directory that could not be read: something is missing then.
    pub unread: Option<PathBuf>,
}

/// One name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its absolute path.
    pub path: PathBuf,
    /// What it is; of what was deleted, what it was.
    pub kind: FileKind,
    /// What became of it.
    pub what: What,
    /// What was there before.
    pub(super) before: Option<Before>,
    /// Where what is there now is kept.
    pub(super) upper: PathBuf,
    /// Extended attributes are not as they would be by themselves.
    pub(super) labelled: bool,
}

/// What became of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Created {
        /// Length of a file.
        bytes: u64,
        /// Permissions, set-id and sticky bits.
        mode: u32,
        /// User and group.
        owner: (u32, u32),
        /// The text of a symbolic link.
        target: Option<PathBuf>,
        /// Another name of the same file, which is not new, or comes before.
        same_as: Option<PathBuf>,
    },
    /// It is still there, but not the same.
    Changed(Changed),
    /// It is gone, with all that was below it.
    Deleted {
        /// How many files and directories, itself included.
        entries: u64,
        /// The length of all files.
        bytes: u64,
    },
}

/// What of something changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// The content, of a file.
    pub content: Option<Content>,
    /// Its length before and after.
    pub bytes: (u64, u64),
    /// Permissions before and after.
    pub mode: Option<(u32, u32)>,
    /// User and group, before and after.
    pub owner: Option<((u32, u32), (u32, u32))>,
    /// When it was modified, while the content stayed.
    pub modified: Option<(Timestamp, Timestamp)>,
    /// A new file took the place of one that has other names, which keep the old
    /// content.
    pub unlinked: bool,
}

/// What was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) status: Status,
    /// When anything of it changed; nobody can set it.
    pub(super) changed: Timestamp,
}

impl Before {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let changed = Timestamp { seconds: metadata.ctime(), nanoseconds: metadata.ctime_nsec() };
        Self { status: Status::of(metadata), changed }
    }

    /// Whether it is the same, unchanged. Reading is no change.
    pub(super) fn is(&self, other: &Self) -> bool {
        let apart_from_reading = |status: Status| (status.identity, status.size, status.modified);
        self.changed == other.changed
            && apart_from_reading(self.status) == apart_from_reading(other.status)
    }
}

/// What is at a path, if anything is.
pub(super) fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match path.symlink_metadata() {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub(super) fn kind(metadata: &Metadata) -> FileKind {
    Identity::of(metadata).kind
}

/// What a tree holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) entries: u64,
    pub(super) bytes: u64,
}

/// Counts a tree, and asks `each` about everything in it; the first for which it
/// says no ends the count.
pub(super) fn measure(
    path: &Path,
    metadata: &Metadata,
    each: &mut dyn FnMut(&Metadata) -> bool,
) -> Result<Measure, PathBuf> {
    let mut measure = Measure::default();
    let mut waiting = vec![(path.to_owned(), metadata.clone())];
    while let Some((path, metadata)) = waiting.pop() {
        if !each(&metadata) {
            return Err(path);
        }
        measure.entries += 1;
        if !metadata.is_dir() {
            measure.bytes += metadata.len();
        } else if let Ok(entries) = std::fs::read_dir(&path) {
            // What this user cannot read, the work could not delete.
            for entry in entries.flatten() {
                if let Ok(metadata) = entry.metadata() {
                    waiting.push((entry.path(), metadata));
                }
            }
        }
    }
    Ok(measure)
}

impl Difference {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

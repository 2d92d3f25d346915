//! The closed set of changes that llmsh itself makes to files: what a typed
//! operation becomes before it is carried out.
//!
//! A change says what is to be so afterwards, on things that were pinned when a
//! person was shown them. How it is carried out, and what is kept so that it can be
//! undone, is up to [`super::Journal::perform`].

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::system::place::Pin;

/// Where the content of a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The content of a regular file; blocks are shared and holes kept where the
    /// file system can do it.
    CopyOf(Pin),
}

/// What a file or directory is to be besides its content; `None` leaves it as
/// it is, or as the system makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// Permissions, set-id and sticky bits. Without it a new file or directory
    /// gets what the umask leaves.
    pub mode: Option<u32>,
    /// User and group.
    pub owner: Option<(u32, u32)>,
    /// When the content changed.
    pub modified: Option<SystemTime>,
    /// When it was read.
    pub accessed: Option<SystemTime>,
    /// The file or directory whose extended attributes and access lists it is to have as
    /// well, as far as its file system and the user's rights allow.
    pub extended: Option<Pin>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new directory.
    MakeDirectory {
        /// Nothing may be there.
        at: Pin,
        /// What it is to be.
        attributes: Attributes,
    },
    /// A new file, which appears with its whole content or not at all.
    MakeFile {
        /// Nothing may be there.
        at: Pin,
        /// What it contains.
        content: Source,
        /// What it is to be.
        attributes: Attributes,
    },
    /// A new symbolic link.
    MakeSymlink {
        /// Nothing may be there.
        at: Pin,
        /// Its text.
        target: PathBuf,
    },
    /// One more name of a file.
    MakeLink {
        /// Nothing may be there.
        at: Pin,
        /// The file.
        to: Pin,
    },
    /// Other content for a file that is there. It keeps its mode, owner and
    /// extended attributes, unless `attributes` says else, and all its names.
    Overwrite {
        /// The file.
        at: Pin,
        /// What it is to contain.
        content: Source,
        /// What it is to be.
        attributes: Attributes,
    },
    /// More content at the end of a file that is there.
    Append {
        /// The file.
        at: Pin,
        /// What is added.
        bytes: Vec<u8>,
    },
    /// Moves something to the trash of its file system.
    Discard {
        /// What is there, with all that is below it.
        at: Pin,
    },
    /// Deletes for good, with all that is below it. It cannot be undone.
    Erase {
        /// What is there.
        at: Pin,
    },
    /// Renames.
    Move {
        /// What is there.
        from: Pin,
        /// Where nothing is, or a file, which is replaced and kept.
        to: Pin,
    },
    /// Permissions, set-id and sticky bits.
    Mode {
        /// What is there; no symbolic link.
        at: Pin,
        /// The new ones.
        mode: u32,
    },
    /// Owner and group; of a link, its own.
    Owner {
        /// What is there.
        at: Pin,
        /// The new user, where there is to be another.
        user: Option<u32>,
        /// The new group, where there is to be another.
        group: Option<u32>,
    },
    /// Both times.
    Times {
        /// What is there.
        at: Pin,
        /// When the content changed.
        modified: SystemTime,
        /// When it was read.
        accessed: SystemTime,
    },
}

impl Change {
    /// Whether it can be undone at all.
    #[must_use]
    pub fn is_reversible(&self) -> bool {
        !matches!(self, Self::Erase { .. })
    }

    /// The name it is about; of a move, the old one.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.pin().path
    }

    /// What was shown of that name.
    #[must_use]
    pub fn pin(&self) -> &Pin {
        match self {
            Self::MakeDirectory { at, .. }
            | Self::MakeFile { at, .. }
            | Self::MakeSymlink { at, .. }
            | Self::MakeLink { at, .. }
            | Self::Overwrite { at, .. }
            | Self::Append { at, .. }
            | Self::Discard { at }
            | Self::Erase { at }
            | Self::Move { from: at, .. }
            | Self::Mode { at, .. }
            | Self::Owner { at, .. }
            | Self::Times { at, .. } => at,
        }
    }
}

//! What is written down of one change: before it is made, enough to find out
//! after a crash how far it came; afterwards, enough to undo it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::system::extended_attribute::Extended;
use crate::system::node::{Identity, Status, Timestamp};
use crate::system::path_text;
use crate::system::place::Pin;

/// A path in the journal's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Name(#[serde(with = "path_text")] pub(super) PathBuf);

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The name it is about, as it was pinned.
    pub(super) at: Pin,
    /// What is done.
    pub(super) kind: Kind,
    /// What was there, as far as anything was.
    pub(super) before: Option<Status>,
    /// What is there since; `None` until it is done.
    pub(super) after: Option<Status>,
    /// The directories whose times it changes.
    pub(super) directories: Vec<DirectoryTimes>,
    /// Of a further name of a file: the name that it was made from.
    #[serde(default)]
    pub(super) link_of: Option<Name>,
    /// Where what it left is kept once it is undone, so that it can be done again.
    #[serde(default)]
    pub(super) again: Option<Name>,
    /// The extended attributes of a directory that was made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) extended: Vec<Extended>,
    /// The space that what it keeps takes, in bytes.
    pub(super) bytes: u64,
}

/// What is done, with the names that are used on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// Something comes into being.
    Make,
    /// The content is exchanged: `temporary` lies beside the file.
    Exchange { temporary: Name, kept: Option<Name> },
    /// The content is replaced where it is, for a file with several names or of
    /// another owner.
    InPlace { kept: Option<Name> },
    /// Bytes are added at the end.
    Append,
    /// It goes to the trash.
    Discard { file: Name, info: Name },
    /// It goes for good.
    Erase,
    /// It gets another name; a file that had that name is kept.
    Move { to: Pin, replaced: Option<Status>, kept: Option<Name> },
    /// Mode, owner or times change.
    Attributes,
}

/// The times of a directory around a change in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DirectoryTimes {
    pub(super) path: Name,
    pub(super) identity: Identity,
    pub(super) modified: Timestamp,
    pub(super) accessed: Timestamp,
    /// When it was changed by the change; `None` until it is done.
    pub(super) since: Option<Timestamp>,
}

impl Record {
    /// The names that it speaks of.
    pub(super) fn paths(&self) -> Vec<&Path> {
        match &self.kind {
            Kind::Move { to, .. } => vec![&self.at.path, &to.path],
            _ => vec![&self.at.path],
        }
    }

    /// Whether what it made or changed can be brought back at all.
    pub(super) fn is_reversible(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Erase
                | Kind::Exchange { kept: None, .. }
                | Kind::InPlace { kept: None }
                | Kind::Move { replaced: Some(_), kept: None, .. }
        )
    }

    /// Where the kept content lies.
    pub(super) fn kept(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Exchange { kept, .. } | Kind::InPlace { kept } | Kind::Move { kept, .. } => {
                kept.as_ref().map(|name| name.0.as_path())
            }
            Kind::Discard { file, .. } => Some(&file.0),
            _ => None,
        }
    }
}

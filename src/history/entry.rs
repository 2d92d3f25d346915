//! One line of history.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::exit_status::ExitStatus;
use crate::system::identity;

/// The number of an entry in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub i64);

/// What the line was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A command line.
    Command,
    /// A request in the person's own words.
    Request,
    /// The text of a plan that ran for a request.
    Plan,
}

impl Kind {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Command => 0,
            Self::Request => 1,
            Self::Plan => 2,
        }
    }

    pub(super) const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Request,
            2 => Self::Plan,
            _ => Self::Command,
        }
    }
}

/// A line as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// The line.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// The working directory.
    pub directory: PathBuf,
    /// When it was entered.
    pub started: SystemTime,
    /// The session it was entered in, see [`new_session_name`].
    pub session: String,
    /// For a plan, the request it was made for.
    pub parent: Option<EntryId>,
}

/// A line as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// What was entered, with secrets taken out.
    pub entered: NewEntry,
    /// How long it ran, once it has ended.
    pub duration: Option<Duration>,
    /// How it ended.
    pub status: Option<ExitStatus>,
}

/// A line that another shell remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The line.
    pub entered: NewEntry,
    /// How long it ran, where that is known.
    pub duration: Option<Duration>,
    /// How it ended, where that is known.
    pub status: Option<ExitStatus>,
}

/// A name that no other session has, with the machine behind `@`.
#[must_use]
pub fn new_session_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}@{}", since.as_nanos(), std::process::id(), identity::host_name())
}

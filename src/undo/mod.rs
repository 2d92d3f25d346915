//! Changes to files that can be undone: journaled, pinned, verified.
//!
//! - [`Change`]: the closed set of what llmsh itself does to files
//! - [`Journal`]: writes each down before it is made ([`Journal::perform`]), finds
//!   out after a crash what was done, and undoes it ([`Journal::undo`])
//! - [`trash`]: where what is deleted goes
//!
//! What a program does is none of this, and is never called reversible.

mod beside;
mod cannot;
mod change;
pub mod command;
mod failure;
mod journal;
mod kept;
mod perform;
mod prepare;
mod record;
mod recover;
mod redo;
mod restored;
mod revert;
mod times;
pub mod trash;

use std::time::SystemTime;

use bstr::{BString, ByteSlice};

use crate::escape::visible;

pub use cannot::CannotUndo;
pub use change::{Attributes, Change, Source};
pub use failure::Failure;
pub use journal::{FILE_NAME, Journal, Limits, apply};
pub use prepare::can_keep;
pub use restored::Restored;
pub use revert::Undone;

/// The number of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// What is written down of a plan that is about to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// What was asked for.
    pub request: String,
    /// The shell text.
    pub text: BString,
    /// Where it runs.
    pub directory: BString,
    /// Whether all that it does can be undone; else some steps are run by
    /// programs.
    pub reversible: bool,
}

impl NewRun {
    /// What a person knows it by, in one line: the request, or the text where nothing was
    /// asked for.
    #[must_use]
    pub fn name(&self) -> String {
        let asked = self.request.as_bytes();
        let name = if asked.is_empty() { self.text.as_slice() } else { asked };
        visible(name.lines().next().unwrap_or_default())
    }
}

/// A plan that ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// When it began.
    pub time: SystemTime,
    /// What it was.
    pub about: NewRun,
    /// What became of it.
    pub state: State,
    /// How many changes it made.
    pub changes: u64,
    /// The space that what it keeps takes, in bytes.
    pub kept_bytes: u64,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being carried out.
    Running,
    /// It ended.
    Ended,
    /// Its session ended before it did.
    Broken,
    /// It was undone.
    Undone,
    /// What it kept had to make room.
    Forgotten,
}

impl State {
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Running => 0,
            Self::Ended => 1,
            Self::Broken => 2,
            Self::Undone => 3,
            Self::Forgotten => 4,
        }
    }

    pub(crate) fn of_number(number: i64) -> Self {
        match number {
            0 => Self::Running,
            1 => Self::Ended,
            3 => Self::Undone,
            4 => Self::Forgotten,
            _ => Self::Broken,
        }
    }
}

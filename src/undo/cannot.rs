//! Why a run is not undone, or not done again.

use std::fmt;

use super::RunId;
use super::failure::Failure;
use crate::database::StoreError;
use crate::diagnostic::Diagnostic;

/// Why a run was not undone.
#[derive(Debug, thiserror::Error)]
pub enum CannotUndo {
    /// There is nothing to undo.
    #[error("there is nothing to undo")]
    Nothing,
    /// There is nothing that was undone, or something was done since.
    #[error("there is nothing to redo")]
    NothingUndone,
    /// Something is not as the undo left it. Nothing was touched.
    #[error("plan {} cannot be done again, nothing was changed:\n{}", .0.0, Lines(.1))]
    NotAgain(RunId, Vec<String>),
    /// It was done again in part.
    #[error("plan {} was done again in part: {failure}", .run.0)]
    PartlyAgain {
        /// The run.
        run: RunId,
        /// What stood in the way.
        failure: Failure,
    },
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
            CannotUndo::Nothing
            | CannotUndo::NothingUndone
            | CannotUndo::Unknown(_)
            | CannotUndo::State(..) => "\"llmsh undo --list\" shows what can be undone",
            CannotUndo::Changed(..) => {
                "put these back first, or bring back what was kept beside them, as \
                 NAME.restored: \"llmsh undo --beside\""
            }
            CannotUndo::NotAgain(..) => "ask for it again",
            CannotUndo::PartlyAgain { .. } => "\"llmsh undo\" takes back what was done",
            CannotUndo::Partly { .. } => "mend that and say \"llmsh undo\" again",
            CannotUndo::Store(_) => "",
        };
        match error {
            CannotUndo::Store(error) => error.into(),
            error => Self::new(error.to_string()).hint(hint),
        }
    }
}

//! Requests in a person's own words, as far as the shell language knows of
//! them: a line that begins with `?` (or `？`) hands its text to whoever answers
//! requests. The engine itself knows nothing of models and plans.
//!
//! The parser makes such a line the command `? 'text'`, of the builtin `?`, so
//! that it stands in the syntax tree, in the trace and in `fc` like any other.

use std::panic::{self, AssertUnwindSafe};

use bstr::BString;

use super::Shell;
use crate::exit_status::ExitStatus;

/// The name of the builtin that makes a request of its operands.
pub const COMMAND: &str = "?";

/// The marks that make a line a request.
pub const MARKS: [&str; 2] = ["?", "？"];

/// Answers requests.
pub trait Requests {
    /// Answers the request `words`; the status is the request's.
    fn answer(&mut self, shell: &mut Shell, words: &str) -> ExitStatus;

    /// Undoes what a plan did, or does it again: the words of `undo` or `redo`.
    fn undo(&mut self, shell: &mut Shell, words: &[BString]) -> ExitStatus;

    /// Says why the last command failed, and offers another.
    fn why(&mut self, shell: &mut Shell) -> ExitStatus;
}

/// Where a shell keeps who answers its requests.
#[derive(Default)]
pub struct RequestSlot {
    answerer: Option<Box<dyn Requests>>,
    /// A request is being answered.
    busy: bool,
}

impl std::fmt::Debug for RequestSlot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("RequestSlot").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl Shell {
    /// Requests are answered from now on.
    pub fn take_requests(&mut self, answerer: Box<dyn Requests>) {
        self.requests.answerer = Some(answerer);
    }

    /// Whether a line that begins with a mark is a request.
    #[must_use]
    pub fn takes_requests(&self) -> bool {
        self.requests.answerer.is_some() || self.requests.busy
    }

    /// Whether `undo`, `redo` and `why` are commands.
    pub(crate) fn has_personal(&self) -> bool {
        self.options.interactive && self.takes_requests()
    }

    /// Answers a request. A request within a request, which only a plan could
    /// make, is refused: nothing a model writes reaches a model.
    pub fn answer(&mut self, words: &str) -> ExitStatus {
        let Some(mut answerer) = self.requests.answerer.take() else {
            let reason = if self.requests.busy {
                "a request cannot be made from within a request"
            } else {
                "requests are off in this shell"
            };
            self.report(format!("{COMMAND}: {reason}"));
            return ExitStatus::NOT_FOUND;
        };
        self.requests.busy = true;
        let answered = panic::catch_unwind(AssertUnwindSafe(|| answerer.answer(self, words)));
        self.requests.busy = false;
        // Whoever answers is there for the next request, also after a panic.
        self.requests.answerer = Some(answerer);
        answered.unwrap_or_else(|panic| panic::resume_unwind(panic))
    }

    /// Says why the last command failed; `None`: a plan is running.
    pub(crate) fn why(&mut self) -> Option<ExitStatus> {
        let mut answerer = self.requests.answerer.take()?;
        let told = panic::catch_unwind(AssertUnwindSafe(|| answerer.why(self)));
        self.requests.answerer = Some(answerer);
        Some(told.unwrap_or_else(|panic| panic::resume_unwind(panic)))
    }

    /// Undoes what a plan did, or does it again; `None`: a plan is running, which cannot
    /// undo plans.
    pub(crate) fn undo(&mut self, words: &[BString]) -> Option<ExitStatus> {
        let mut answerer = self.requests.answerer.take()?;
        let undone = panic::catch_unwind(AssertUnwindSafe(|| answerer.undo(self, words)));
        self.requests.answerer = Some(answerer);
        Some(undone.unwrap_or_else(|panic| panic::resume_unwind(panic)))
    }
}

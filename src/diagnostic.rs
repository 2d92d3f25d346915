//! What a person is told when something goes wrong: a message, a hint that says
//! what to do, and the exit status. Modules have typed errors of their own and
//! turn them into a [`Diagnostic`] at their edge.

use std::fmt;

use crate::escape;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::system::descriptor;

/// One error as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// One sentence that says what went wrong, without a trailing period.
    pub message: String,
    /// What the person can do about it.
    pub hint: Option<String>,
    /// The status llmsh reports.
    pub status: ExitStatus,
}

impl Diagnostic {
    /// An error with no hint yet and status 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, status: ExitStatus::FAILURE }
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the exit status.
    #[must_use]
    pub fn status(mut self, status: ExitStatus) -> Self {
        self.status = status;
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "llmsh: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\nllmsh: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

/// Shows an error.
pub fn show_error(diagnostic: &Diagnostic) {
    let language = Language::of_environment();
    let told = Diagnostic {
        message: language.translated(&diagnostic.message).into_owned(),
        hint: diagnostic.hint.as_deref().map(|hint| language.translated(hint).into_owned()),
        ..*diagnostic
    };
    let safe = escape::safe_lines(told.to_string().as_bytes());
    let _ = descriptor::write_all(descriptor::STDERR, format!("{safe}\n").as_bytes());
}

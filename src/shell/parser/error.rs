//! Syntax errors.

use crate::shell::syntax::Span;

/// Why a text is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {message}", span.line)]
pub struct SyntaxError {
    /// What is wrong, beginning with `syntax error:`.
    pub message: String,
    /// Where.
    pub span: Span,
    /// The input ended where more was needed.
    pub incomplete: bool,
    /// A form of other shells that llmsh does not have yet.
    pub unsupported: bool,
}

impl SyntaxError {
    pub(super) fn new(what: impl AsRef<str>, span: Span) -> Self {
        Self {
            message: format!("syntax error: {}", what.as_ref()),
            span,
            incomplete: false,
            unsupported: false,
        }
    }

    pub(super) fn incomplete(what: impl AsRef<str>, span: Span) -> Self {
        Self { incomplete: true, ..Self::new(what, span) }
    }

    /// One that is told when what it is about is reached.
    pub(crate) fn deferred(message: &str, span: Span) -> Self {
        Self { message: message.to_owned(), span, incomplete: false, unsupported: true }
    }
}

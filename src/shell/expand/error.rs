//! Why a word could not be expanded.

use bstr::BString;

use crate::shell::arithmetic::ArithmeticError;
use crate::shell::variable::ReadOnly;

/// What is said of a parameter that must be set.
pub(super) const NOT_SET: &str = "parameter not set";

/// Why a word could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// A parameter that cannot be expanded, or assigned, so.
    #[error("{name}: {message}")]
    Parameter {
        /// The parameter.
        name: BString,
        /// What is wrong with it.
        message: BString,
    },
    /// `${x?}`, or an unset parameter under `set -u`: it ends a script.
    #[error("{name}: {message}")]
    Unset {
        /// The parameter.
        name: BString,
        /// What is wrong with it.
        message: BString,
    },
    /// A subscript that names no element.
    #[error("{0}: bad array subscript")]
    Subscript(BString),
    /// An assignment to a read-only variable.
    #[error(transparent)]
    ReadOnly(#[from] ReadOnly),
    /// An arithmetic expression.
    #[error("arithmetic: {0}")]
    Arithmetic(ArithmeticError),
    /// A process or a pipe could not be made.
    #[error("{0}")]
    System(String),
    /// A form of other shells.
    #[error("{0}")]
    Unsupported(BString),
    /// The operand of a redirection is none or several words.
    #[error("{0}: ambiguous redirect")]
    Ambiguous(BString),
    /// A pattern that matches nothing (`shopt -s failglob`).
    #[error("no match: {0}")]
    NoMatch(BString),
    /// SIGINT came while names were looked for.
    #[error("interrupted")]
    Interrupted,
    /// Commands in the word have ended the shell.
    #[error("exit")]
    Exit,
    /// There is no room on the stack for another level.
    #[error("the word is nested too deeply for the stack")]
    Nested,
    /// Only for [`super::Purity::Static`]: the value is known only when it runs.
    #[error("{0} is known only when it runs")]
    NotStatic(&'static str),
}

impl From<ArithmeticError> for ExpandError {
    fn from(error: ArithmeticError) -> Self {
        match error {
            // Wherever it is wanted, it is missed in the same way.
            ArithmeticError::Unset(name) => Self::Unset { name, message: NOT_SET.into() },
            error => Self::Arithmetic(error),
        }
    }
}

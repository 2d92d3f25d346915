//! Exit statuses: what a command, a plan or llmsh itself reports to its caller.
//!
//! The table of all of them is in `docs/exit-status.md`; POSIX.1-2024 XCU 2.8.2
//! defines 126, 127 and those above 128.

use std::fmt;

/// The exit status of a command as a shell sees it (`$?`), 0 to 255 (or more
/// for signals whose number exceeds 127).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExitStatus(pub i32);

impl ExitStatus {
    /// The command did what it was asked.
    pub const SUCCESS: Self = Self(0);
    /// The command failed or the answer is "no".
    pub const FAILURE: Self = Self(1);
    /// Wrong usage or a syntax error.
    pub const USAGE: Self = Self(2);
    /// llmsh itself failed (EX_SOFTWARE of sysexits.h).
    pub const INTERNAL: Self = Self(70);
    /// A plan was made and nobody confirmed it (EX_NOPERM of sysexits.h is 77).
    pub const NOT_CONFIRMED: Self = Self(113);
    /// No plan could be made from the model's answer.
    pub const NO_PLAN: Self = Self(114);
    /// There is no model, or it could not be used.
    pub const NO_MODEL: Self = Self(115);
    /// The command was found and could not be executed.
    pub const NOT_EXECUTABLE: Self = Self(126);
    /// The command was not found.
    pub const NOT_FOUND: Self = Self(127);

    /// The status of a command that the signal with this number ended.
    #[must_use]
    pub const fn from_signal(number: i32) -> Self {
        Self(128 + number)
    }

    /// Whether the status is zero.
    #[must_use]
    pub const fn is_success(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

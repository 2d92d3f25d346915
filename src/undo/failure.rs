//! Why changes were not made.

use std::io;
use std::path::{Path, PathBuf};

use crate::escape::visible;

/// A change that was not made; those after it in its list were not either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it was about.
    pub path: PathBuf,
    /// What stood in the way, in words that name the path.
    pub reason: String,
    /// How many changes of the list were made before.
    pub done: usize,
    /// How many there were.
    pub of: usize,
}

impl Failure {
    pub(super) fn of(path: &Path, reason: String) -> Self {
        Self { path: path.to_owned(), reason, done: 0, of: 0 }
    }

    /// From what the system said.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |error| {
            let reason = match error.raw_os_error() {
                Some(number) => {
                    crate::system::message(crate::system::Errno::from_raw(number)).to_owned()
                }
                None => error.to_string(),
            };
            let shown = visible(path.as_os_str().as_encoded_bytes());
            Self::of(path, format!("{shown}: {reason}"))
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.reason)?;
        if self.done > 0 {
            write!(formatter, " ({} of {} changes were made before)", self.done, self.of)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

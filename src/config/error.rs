//! What can be wrong with a file of the configuration.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Diagnostic;

/// Why a file of the configuration is not used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The text is not what it should be.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// Someone else could have written the file.
    #[error("{} is not used: {why}", path.display())]
    Untrusted {
        /// The file or directory that was refused.
        path: PathBuf,
        /// What makes it untrustworthy.
        why: Distrust,
    },
    /// The file is there and could not be read.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Why a file is not taken to be the person's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Neither this user nor root owns it.
    #[error("it belongs to user {owner}")]
    Owner {
        /// The owner's number.
        owner: u32,
    },
    /// Its mode lets others write.
    #[error("others may write to it (mode {mode:03o})")]
    Mode {
        /// The permission bits.
        mode: u32,
    },
    /// A directory, a pipe or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// Larger than any configuration.
    #[error("it is larger than 1 MiB")]
    TooLarge,
}

impl ConfigError {
    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Text { .. } => "correct that line, or remove it to get the default; \
                 config.example.toml explains every key"
                .to_owned(),
            Self::Untrusted { path, why: Distrust::Mode { .. } } => {
                format!("look through it, then: chmod go-w '{}'", path.display())
            }
            Self::Untrusted { path, why: Distrust::Owner { .. } } => {
                format!("replace '{}' with a file of your own", path.display())
            }
            Self::Untrusted { path, why: Distrust::NotAFile | Distrust::TooLarge } => {
                format!("move '{}' away", path.display())
            }
            Self::Unreadable { path, .. } => {
                format!("check the permissions of '{}'", path.display())
            }
        }
    }
}

impl From<ConfigError> for Diagnostic {
    fn from(error: ConfigError) -> Self {
        let hint = error.hint();
        Self::new(error.to_string()).hint(hint)
    }
}

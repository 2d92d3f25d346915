//! What can be wrong with a file of the configuration.

use std::io;
use std::path::{Path, PathBuf};

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
    /// Someone else could have written the file, or put it there.
    #[error("{} is not used: {}", path.display(), why.sentence(*kind, place))]
    Untrusted {
        /// The file that was refused.
        path: PathBuf,
        /// What is at fault: the file itself, or what leads to it.
        place: PathBuf,
        /// What that is.
        kind: Kind,
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

/// What is judged on the way to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The file itself.
    File,
    /// A directory that leads to it.
    Directory,
    /// A symbolic link that does.
    Link,
}

/// Why a file is not taken to be the person's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// Neither this user nor root owns it.
    Owner {
        /// The owner's number.
        owner: u32,
    },
    /// Its mode lets others write.
    Mode {
        /// The permission bits.
        mode: u32,
    },
    /// A directory, a pipe or a device.
    NotAFile,
    /// Larger than any configuration.
    TooLarge,
}

impl Distrust {
    /// What is wrong with `place`.
    fn sentence(self, kind: Kind, place: &Path) -> String {
        let what = match kind {
            Kind::File => "it".to_owned(),
            Kind::Directory => format!("the directory {}", place.display()),
            Kind::Link => format!("the link {}", place.display()),
        };
        match self {
            Self::Owner { owner } => format!("{what} belongs to user {owner}"),
            Self::Mode { mode } => format!("others may write to {what} (mode {mode:03o})"),
            Self::NotAFile => format!("{what} is not a regular file"),
            Self::TooLarge => format!("{what} is larger than 1 MiB"),
        }
    }
}

impl ConfigError {
    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Text { .. } => "correct that line, or remove it to get the default; \
                 config.example.toml explains every key"
                .to_owned(),
            Self::Untrusted { place, kind: Kind::File, why: Distrust::Mode { .. }, .. } => {
                format!("look through it, then: chmod go-w '{}'", place.display())
            }
            Self::Untrusted { place, why: Distrust::Mode { .. }, .. } => {
                format!(
                    "see that nobody has changed the file, then: chmod go-w '{}'",
                    place.display()
                )
            }
            Self::Untrusted { place, kind, why: Distrust::Owner { .. }, .. } => match kind {
                Kind::File => format!("replace '{}' with a file of your own", place.display()),
                Kind::Link => format!("replace '{}' with a link of your own", place.display()),
                Kind::Directory => {
                    format!("keep the file in a directory that is not below '{}'", place.display())
                }
            },
            Self::Untrusted { path, why: Distrust::NotAFile | Distrust::TooLarge, .. } => {
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

//! What can go wrong with models on disk and on their way there, and what a
//! person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::model::gguf::GgufError;

/// Why a model command failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No model has this name.
    #[error("there is no model called '{name}'")]
    UnknownName {
        /// The name.
        name: String,
        /// Names that may have been meant.
        close: Vec<String>,
    },
    /// The model's file is not here.
    #[error("the model {0} is not installed")]
    NotInstalled(String),
    /// The model was added and its file is no longer there.
    #[error("the file of the model {0} is gone")]
    Gone(String),
    /// The model is the administrator's.
    #[error("the model {0} is installed for all users")]
    Shared(String, PathBuf),
    /// The model was added by the user and can be fetched from nowhere.
    #[error("the model {0} was added from a file and cannot be downloaded")]
    NotInCatalogue(String),
    /// There is no default either.
    #[error("no model is selected")]
    NothingSelected,
    /// The model's file has changed its length.
    #[error("the file of the model {name} is damaged: it has {actual} bytes instead of {expected}")]
    WrongSize {
        /// The model.
        name: String,
        /// Its length by the records.
        expected: u64,
        /// Its length.
        actual: u64,
    },
    /// The file's content is not what it should be.
    #[error(
        "the file of the model {name} is not the expected one: its sha256 is \
         {actual} and should be {expected}"
    )]
    WrongHash {
        /// The model.
        name: String,
        /// The hash by the records.
        expected: String,
        /// The hash found.
        actual: String,
        /// Whether the file was a download, which has been removed.
        removed: bool,
    },
    /// Another process works on the store.
    #[error("another llmsh is busy with the models ({holder})")]
    Locked {
        /// What the other process says about itself.
        holder: String,
    },
    /// There is too little room to begin.
    #[error("{} has {} free, and {} are needed", shown(directory), size(*available), size(*needed))]
    NoRoom {
        /// The file system.
        directory: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        available: u64,
    },
    /// The disk became full on the way.
    #[error("the disk is full: {} cannot be written", shown(.0))]
    DiskFull(PathBuf),
    /// No source could deliver.
    #[error("the model {name} cannot be fetched: {}", reasons.join("; "))]
    NoSource {
        /// The model.
        name: String,
        /// Each source with its reason.
        reasons: Vec<String>,
    },
    /// The file is not a complete GGUF file.
    #[error("{} cannot be used: {reason}", shown(path))]
    NotUsable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: GgufError,
    },
    /// The file is a GGUF file that cannot hold a conversation.
    #[error("{} cannot be used: {reason}", shown(path))]
    NotSuitable {
        /// The file.
        path: PathBuf,
        /// What is missing.
        reason: &'static str,
        /// What to do about it.
        hint: &'static str,
    },
    /// Another model has the name.
    #[error("there already is a model called '{0}'")]
    NameTaken(String),
    /// The name could not be that of a file or a word on the command line.
    #[error("'{0}' cannot be the name of a model")]
    BadName(String),
    /// The source file changed while it was copied.
    #[error("{} changed while it was read", shown(.0))]
    Changed(PathBuf),
    /// Somebody exchanged a file that was about to be written.
    #[error("{} is not a file of yours alone", shown(.0))]
    NotOwn(PathBuf),
    /// The person pressed Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// Something the operating system refused.
    #[error("cannot {action} {}: {source}", shown(path))]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

impl StoreError {
    /// For `map_err`: `source` happened on trying to `action` the file `path`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull(path.to_owned())
            }
            _ => Self::Io { action, path: path.to_owned(), source },
        }
    }

    /// What the person can do.
    #[must_use]
    pub fn hint(&self) -> String {
        let text = match self {
            Self::UnknownName { close, .. } if !close.is_empty() => {
                return format!(
                    "did you mean {}? \"llmsh model list\" shows all",
                    close.join(" or ")
                );
            }
            Self::NotInstalled(name) => {
                return format!("fetch it with \"llmsh model pull {name}\"");
            }
            Self::Shared(_, path) => {
                return format!("as root, remove {}", shown(path));
            }
            Self::Gone(name) => {
                return format!(
                    "bring the file back, or forget the model with \"llmsh model remove {name}\""
                );
            }
            Self::WrongHash { name, removed: true, .. } => {
                return format!(
                    "the download has been removed; try again with \"llmsh model pull {name}\""
                );
            }
            Self::WrongSize { name, .. } | Self::WrongHash { name, .. } => {
                return format!(
                    "\"llmsh model pull {name}\" fetches a model of the catalogue anew; one that \
                     you added is removed with \"llmsh model remove {name}\" and added again"
                );
            }
            Self::UnknownName { .. } => {
                "\"llmsh model list\" shows the names; a GGUF file of your own is added with \
                 \"llmsh model add PATH\""
            }
            Self::NotInCatalogue(_) => "\"llmsh model list\" shows what can be downloaded",
            Self::NothingSelected => {
                "\"llmsh model list\" shows the models, \"llmsh model use NAME\" selects one"
            }
            Self::Locked { .. } => "wait until it is done, then try again",
            Self::NoRoom { .. } => "free some space, or set another data directory (XDG_DATA_HOME)",
            Self::DiskFull(_) => {
                "free some space and try again; a download goes on where it stopped"
            }
            Self::NoSource { .. } => {
                "check the network connection and try again: a download goes on where it \
                 stopped; without a network, copy the GGUF file here and use \
                 \"llmsh model add PATH\""
            }
            Self::NotUsable { reason, .. } => hint_for_file(reason),
            Self::NotSuitable { hint, .. } => hint,
            Self::NameTaken(_) => {
                "choose another name with --name, or remove that model first with \
                 \"llmsh model remove\""
            }
            Self::BadName(_) => "give a name of letters, digits, '.', '_' and '-' with --name",
            Self::Changed(_) => "wait until the file is complete, then add it again",
            Self::NotOwn(_) => {
                "something else changes the models directory: see that only you can write to it, \
                 then try again"
            }
            Self::Interrupted => "nothing is lost: the same command goes on where it stopped",
            Self::Io { .. } | Self::Output(_) => {
                "check that the file or directory exists and that you may use it"
            }
        };
        text.to_owned()
    }
}

fn hint_for_file(reason: &GgufError) -> &'static str {
    match reason {
        GgufError::NotGguf => "llmsh needs a model in the GGUF format of llama.cpp",
        GgufError::Version(_) => {
            "convert the model again with a current llama.cpp, in little-endian byte order"
        }
        GgufError::Truncated { .. } | GgufError::Damaged(_) => "download or copy the file again",
        GgufError::Io(_) => "check that the path is right and that you may read the file",
    }
}

impl From<StoreError> for Diagnostic {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Interrupted => ExitStatus::from_signal(2),
            _ => ExitStatus::FAILURE,
        };
        Self::new(error.to_string()).hint(error.hint()).status(status)
    }
}

/// A path as it can be printed: a control character in a file's name must not
/// reach the terminal.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A number of bytes as people read it, rounded.
pub(crate) fn size(bytes: u64) -> String {
    let rounded = |unit: u64| (bytes.saturating_add(unit / 2)) / unit;
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", rounded(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", rounded(1_000_000)),
        _ => {
            let tenths = rounded(100_000_000);
            format!("{}.{} GB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(98_362_432), "98 MB");
        assert_eq!(size(1_117_320_768), "1.1 GB");
    }

    #[test]
    fn control_characters_in_paths_are_not_printed() {
        assert_eq!(shown(Path::new("/a\u{1b}[2Jb")), "/a\u{fffd}[2Jb");
    }

    #[test]
    fn a_full_disk_is_recognised_wherever_it_happens() {
        let error =
            StoreError::io("write", Path::new("/models/x"))(io::Error::from_raw_os_error(28));
        assert_eq!(error.to_string(), "the disk is full: /models/x cannot be written");
    }

    #[test]
    fn an_interruption_has_the_status_of_the_signal() {
        assert_eq!(Diagnostic::from(StoreError::Interrupted).status, ExitStatus(130));
    }
}

//! Where llmsh keeps its files: the XDG base directories, or what the platform
//! has in their place.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

use crate::diagnostic::Diagnostic;

/// The directories of this user. None of them needs to exist yet; who writes
/// creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directories {
    /// The person's settings: `config.toml`, `prompts/`, policy.
    pub config: PathBuf,
    /// What is worth keeping: models, preferences.
    pub data: PathBuf,
    /// What describes past sessions: history, journal.
    pub state: PathBuf,
    /// What can be made again: saved prefixes, downloads under way.
    pub cache: PathBuf,
    /// Sockets; absent where no session manager provides such a directory.
    pub runtime: Option<PathBuf>,
}

/// Neither the environment nor the user database says where this user's files
/// belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no home directory to keep files in")]
pub struct NoDirectories;

impl From<NoDirectories> for Diagnostic {
    fn from(error: NoDirectories) -> Self {
        Self::new(error.to_string()).hint("set HOME to a directory that is yours")
    }
}

impl Directories {
    /// The directories that `XDG_CONFIG_HOME` and its siblings, `HOME`, or
    /// else the user database name.
    ///
    /// # Errors
    /// [`NoDirectories`] when none of them does. Commands need none of these
    /// directories, so a caller asks only when it is about to use one.
    pub fn of_user() -> Result<Self, NoDirectories> {
        let project = ProjectDirs::from("", "", "llmsh").ok_or(NoDirectories)?;
        Ok(Self {
            config: project.config_dir().to_path_buf(),
            data: project.data_dir().to_path_buf(),
            state: project.state_dir().unwrap_or_else(|| project.data_local_dir()).to_path_buf(),
            cache: project.cache_dir().to_path_buf(),
            runtime: project.runtime_dir().map(Path::to_path_buf),
        })
    }

    /// All of them below one directory, which keeps a test or a portable
    /// installation away from the user's own files.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        Self {
            config: root.join("config"),
            data: root.join("data"),
            state: root.join("state"),
            cache: root.join("cache"),
            runtime: Some(root.join("runtime")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directory_is_named_after_the_program() {
        let directories = Directories::of_user().expect("the tests' user has a home");
        for directory in
            [&directories.config, &directories.data, &directories.state, &directories.cache]
        {
            assert!(directory.is_absolute(), "{directory:?}");
            assert!(directory.ends_with("llmsh"), "{directory:?}");
        }
    }

    #[test]
    fn directories_below_a_root_stay_there() {
        let directories = Directories::below(Path::new("/r"));
        assert_eq!(directories.state, Path::new("/r/state"));
        assert_eq!(directories.runtime.as_deref(), Some(Path::new("/r/runtime")));
    }

    #[test]
    fn a_missing_home_says_what_to_do() {
        let shown = Diagnostic::from(NoDirectories).to_string();
        assert_eq!(
            shown,
            "llmsh: there is no home directory to keep files in\n\
             llmsh: set HOME to a directory that is yours"
        );
    }
}

//! Where llmsh keeps its files: the XDG base directories, or what the platform
//! has in their place.

use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::system::file_access;

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

/// Why there is no place for this user's files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDirectories {
    /// Neither the environment nor the user database says where they belong.
    #[error("there is no home directory to keep files in")]
    Unknown,
    /// It is not there, and is not made.
    #[error("the home directory {} does not exist: nothing is kept", visible(.0.as_os_str().as_encoded_bytes()))]
    Missing(PathBuf),
    /// It is somebody else's, as in `sudo llmsh`.
    #[error("the home directory {} belongs to another user: nothing is kept", visible(.0.as_os_str().as_encoded_bytes()))]
    Foreign(PathBuf),
}

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
    /// [`NoDirectories`] when none of them does, and when one would lie in a home directory
    /// that is not there or not this user's. Commands need none of these directories, so a
    /// caller asks only when it is about to use one.
    pub fn of_user() -> Result<Self, NoDirectories> {
        let project = ProjectDirs::from("", "", "llmsh").ok_or(NoDirectories::Unknown)?;
        let all = [
            project.config_dir(),
            project.data_dir(),
            project.state_dir().unwrap_or_else(|| project.data_local_dir()),
            project.cache_dir(),
        ];
        if let Some(home) = BaseDirs::new().map(|base| base.home_dir().to_path_buf())
            && all.iter().any(|directory| directory.starts_with(&home))
        {
            check(&home)?;
        }
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

/// Whether a home directory is there and this user's.
fn check(home: &Path) -> Result<(), NoDirectories> {
    if file_access::is_own(home) {
        return Ok(());
    }
    let home = home.to_path_buf();
    Err(if home.exists() { NoDirectories::Foreign(home) } else { NoDirectories::Missing(home) })
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
    fn a_home_that_is_not_there_or_another_users_is_not_used() {
        let missing = PathBuf::from("/nonexistent/home");
        assert_eq!(check(&missing), Err(NoDirectories::Missing(missing.clone())));
        let own = tempfile::tempdir().unwrap();
        assert_eq!(check(own.path()), Ok(()));
        // Of the two one belongs to somebody else, whoever runs the tests.
        let other = if file_access::effective_owner().0 == 0 { None } else { Some(Path::new("/")) };
        if let Some(other) = other {
            assert_eq!(check(other), Err(NoDirectories::Foreign(other.to_path_buf())));
        }
    }

    #[test]
    fn a_missing_home_says_what_to_do() {
        let shown = Diagnostic::from(NoDirectories::Unknown).to_string();
        assert_eq!(
            shown,
            "llmsh: there is no home directory to keep files in\n\
             llmsh: set HOME to a directory that is yours"
        );
    }
}

//! A temporary home for runs of a program.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A directory with a home, XDG directories and a working directory, all empty.
pub(crate) struct Place {
    root: TempDir,
}

impl Place {
    /// A new place, in which llmsh was started before: it greets nobody. Its path is short,
    /// since a socket's address must fit into 108 bytes.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new()
            .prefix("llmsh")
            .tempdir()
            .expect("a temporary directory can be made");
        let place = Self { root };
        for directory in ["home", "config", "data", "cache", "state", "run", "work"] {
            fs::create_dir(place.path(directory)).expect("a new directory is empty");
        }
        let private = fs::Permissions::from_mode(0o700);
        fs::set_permissions(place.path("run"), private).expect("the directory is ours");
        fs::create_dir(place.path("state/llmsh")).expect("a new directory is empty");
        fs::write(place.path("state/llmsh/greeted"), "").expect("the directory is ours");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// A directory of the place: `home`, `config`, `data`, `cache`, `state`,
    /// `run` or `work`.
    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        self.path(name)
    }

    /// The directory in which a run begins.
    pub(crate) fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// Writes the configuration file.
    pub(crate) fn configure(&self, text: &str) {
        let directory = self.path("config").join("llmsh");
        fs::create_dir_all(&directory).expect("the place can be written");
        fs::write(directory.join("config.toml"), text).expect("the place can be written");
    }

    /// Writes a file in the working directory, and the directories above it.
    pub(crate) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.work().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).expect("the working directory can be written");
        }
        fs::write(path, text).expect("the working directory can be written");
    }

    /// A file of the working directory, or `None` if there is no such file.
    pub(crate) fn read(&self, name: impl AsRef<Path>) -> Option<String> {
        fs::read(self.work().join(name))
            .ok()
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The paths of all files below the working directory, in order; a
    /// directory ends with a slash.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut unread = vec![self.work()];
        while let Some(directory) = unread.pop() {
            for entry in fs::read_dir(&directory).expect("a test's directory can be read") {
                let path = entry.expect("a test's directory can be read").path();
                let below = path.strip_prefix(self.work()).expect("it was found there");
                let is_directory = path.is_dir() && !path.is_symlink();
                let end = if is_directory { "/" } else { "" };
                names.push(format!("{}{end}", below.display()));
                if is_directory {
                    unread.push(path);
                }
            }
        }
        names.sort();
        names
    }

    /// The whole environment of a run here.
    pub(crate) fn environment(&self) -> Vec<(OsString, OsString)> {
        let mut environment: Vec<(OsString, OsString)> = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
            // What this machine has for all users is not there for a test.
            ("XDG_DATA_DIRS", "share"),
        ]
        .into_iter()
        .map(|(name, directory)| (name.into(), self.path(directory).into()))
        .collect();
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
        environment.push(("PATH".into(), path));
        for (name, value) in [("LANG", "C.UTF-8"), ("TERM", "dumb")] {
            environment.push((name.into(), value.into()));
        }
        environment
    }
}

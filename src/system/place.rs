//! Names in directories that are held open, and what stood there when a person
//! was shown it.
//!
//! A [`Pin`] is taken when a plan is shown and opened when it is carried out.
//! What is opened is the directory that was shown, by its identity; what a name in
//! it means can still change at any moment, so who acts on a [`Place`] acts on a
//! [`Node`] that was verified, or looks afterwards at what was really moved.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::directory::Directory;
pub use super::node::{FileKind, Identity};
use super::node::{Node, Status};
use super::path_text;
use crate::escape::visible;

/// What a path was when it was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// Absolute; every component but the last is real, neither a link nor `..`,
    /// as far as it existed. The last one may be a link, and means the link.
    #[serde(with = "path_text")]
    pub path: PathBuf,
    /// The directory; `None` when it did not exist yet.
    pub parent: Option<Identity>,
    /// What was there; `None` when nothing was.
    pub target: Option<Identity>,
}

/// Why a pin cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// Something else is there than what was shown.
    #[error("{}", changed(path, *was, *is))]
    Changed {
        /// The name, or the directory of it.
        path: PathBuf,
        /// What was shown.
        was: Option<Identity>,
        /// What is there.
        is: Option<Identity>,
    },
    /// The system could not say.
    #[error("{}: {}", show(path), describe(error))]
    Io {
        /// What was to be opened.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl PinError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |error| Self::Io { path: path.to_path_buf(), error }
    }
}

fn show(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}

/// The system's own words, without the number that Rust adds.
fn describe(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => super::message(super::Errno::from_raw(number)).to_owned(),
        None => error.to_string(),
    }
}

fn changed(path: &Path, was: Option<Identity>, is: Option<Identity>) -> String {
    let path = show(path);
    match (was, is) {
        (None, Some(is)) => format!("{path} did not exist, and is {} now", is.kind.noun()),
        (Some(was), None) => format!("{path} was {}, and is gone", was.kind.noun()),
        (Some(was), Some(is)) if was.kind == is.kind => {
            format!("{path} is {} as before, but another one", is.kind.noun())
        }
        (Some(was), Some(is)) => {
            format!("{path} was {}, and is {} now", was.kind.noun(), is.kind.noun())
        }
        (None, None) => format!("{path} does not exist"),
    }
}

impl Pin {
    /// Looks at a path: the links in its directory part are resolved, its last
    /// component is not.
    ///
    /// # Errors
    /// `InvalidInput` for the root directory, which has no name to act on and for
    /// a path that goes up (`..`) from what does not exist; else what the system
    /// says.
    pub fn take(path: &Path) -> io::Result<Self> {
        let path = match path.components().next_back() {
            Some(Component::Normal(_)) => std::path::absolute(path)?,
            _ => path.canonicalize()?,
        };
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the root directory has no name",
            ));
        };
        let (parent, exists) = resolve(parent)?;
        let path = parent.join(name);
        if !exists {
            return Ok(Self { path, parent: None, target: None });
        }
        let directory = Directory::open(&parent)?;
        let target = directory.status(name)?.map(|status| status.identity);
        Ok(Self { path, parent: Some(directory.own_status()?.identity), target })
    }

    /// Opens the directory and verifies that it and what is in it are what was
    /// shown.
    ///
    /// # Errors
    /// [`PinError::Changed`] when they are not.
    pub fn open(&self) -> Result<Place, PinError> {
        self.open_as(self.parent, self.target)
    }

    /// [`Pin::open`] where the steps before have changed what is to be expected.
    ///
    /// # Errors
    /// [`PinError::Changed`] when something else is there.
    pub fn open_as(
        &self,
        parent: Option<Identity>,
        target: Option<Identity>,
    ) -> Result<Place, PinError> {
        let place = Place::open(&self.path)?;
        let is = place.directory.own_status().map_err(PinError::io(&self.path))?.identity;
        if parent != Some(is) {
            let path = self.path.parent().unwrap_or(Path::new("/")).to_path_buf();
            return Err(PinError::Changed { path, was: parent, is: Some(is) });
        }
        place.verify(target)?;
        Ok(place)
    }
}

/// The real path of as much as exists, with the rest appended, and whether that
/// is all.
fn resolve(path: &Path) -> io::Result<(PathBuf, bool)> {
    match path.canonicalize() {
        Ok(path) => Ok((path, true)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere exists, and nothing can be in it.
            if path.symlink_metadata().is_ok() {
                return Err(error);
            }
            let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            Ok((resolve(parent)?.0.join(name), false))
        }
        Err(error) => Err(error),
    }
}

/// One name in a directory that is held open.
#[derive(Debug)]
pub struct Place {
    directory: Directory,
    name: OsString,
    path: PathBuf,
}

impl Place {
    /// Opens the directory of an absolute path, following no link.
    ///
    /// # Errors
    /// [`PinError::Changed`] when there is no such directory.
    pub fn open(path: &Path) -> Result<Self, PinError> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(PinError::io(path)(io::ErrorKind::InvalidInput.into()));
        };
        let directory = Directory::open(parent).map_err(PinError::io(parent))?;
        Ok(Self { directory, name: name.to_os_string(), path: path.to_path_buf() })
    }

    /// A name in a directory that is open already; `path` is for messages.
    #[must_use]
    pub fn within(directory: Directory, path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_os_string();
        Some(Self { directory, name, path })
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The name in it.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Where that was when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is there now.
    ///
    /// # Errors
    /// What the system says.
    pub fn status(&self) -> Result<Option<Status>, PinError> {
        self.directory.status(&self.name).map_err(PinError::io(&self.path))
    }

    /// Verifies what is there now.
    ///
    /// # Errors
    /// [`PinError::Changed`] when it is something else.
    pub fn verify(&self, was: Option<Identity>) -> Result<(), PinError> {
        let is = self.status()?.map(|status| status.identity);
        if is == was {
            return Ok(());
        }
        Err(PinError::Changed { path: self.path.clone(), was, is })
    }

    /// Holds what is there, if it is what was expected: what is done to the
    /// node cannot reach anything else.
    ///
    /// # Errors
    /// [`PinError::Changed`] when it is something else.
    pub fn node(&self, was: Identity) -> Result<Node, PinError> {
        let changed = |is| PinError::Changed { path: self.path.clone(), was: Some(was), is };
        let node = match self.directory.node(&self.name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(changed(None)),
            node => node.map_err(PinError::io(&self.path))?,
        };
        let is = node.status().map_err(PinError::io(&self.path))?.identity;
        if is == was { Ok(node) } else { Err(changed(Some(is))) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn root() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().canonicalize().unwrap();
        (root, path)
    }

    #[test]
    fn the_directory_is_resolved_and_the_name_is_not() {
        let (_guard, root) = root();
        fs::create_dir(root.join("real")).unwrap();
        symlink("real", root.join("alias")).unwrap();
        symlink("nowhere", root.join("real/link")).unwrap();
        let pin = Pin::take(&root.join("alias/./link")).unwrap();
        assert_eq!(pin.path, root.join("real/link"));
        assert_eq!(pin.target.unwrap().kind, FileKind::Symlink);
        pin.open().unwrap();
    }

    #[test]
    fn what_is_not_there_yet_can_be_pinned() {
        let (_guard, root) = root();
        let pin = Pin::take(&root.join("a/b/c")).unwrap();
        assert_eq!(pin, Pin { path: root.join("a/b/c"), parent: None, target: None });
        let pin = Pin::take(&root.join("a")).unwrap();
        assert!(pin.parent.is_some() && pin.target.is_none());
        assert!(Pin::take(Path::new("/")).is_err());
        assert!(Pin::take(&root.join("absent/../x")).is_err());
    }

    #[test]
    fn a_name_that_means_something_else_by_now_is_refused() {
        let (_guard, root) = root();
        let path = root.join("a");
        fs::write(&path, "").unwrap();
        let pin = Pin::take(&path).unwrap();
        fs::rename(&path, root.join("b")).unwrap();
        let message = pin.open().unwrap_err().to_string();
        assert_eq!(message, format!("{} was a file, and is gone", path.display()));
        symlink("b", &path).unwrap();
        let message = pin.open().unwrap_err().to_string();
        assert_eq!(message, format!("{} was a file, and is a symbolic link now", path.display()));
    }

    #[test]
    fn a_directory_that_became_a_link_is_refused() {
        let (_guard, root) = root();
        fs::create_dir_all(root.join("d")).unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        let pin = Pin::take(&root.join("d/new")).unwrap();
        fs::rename(root.join("d"), root.join("moved")).unwrap();
        symlink("other", root.join("d")).unwrap();
        assert!(pin.open().is_err());
        fs::remove_file(root.join("d")).unwrap();
        fs::rename(root.join("other"), root.join("d")).unwrap();
        assert!(matches!(pin.open(), Err(PinError::Changed { .. })));
    }

    #[test]
    fn what_is_held_is_what_was_shown() {
        let (_guard, root) = root();
        fs::write(root.join("a"), "").unwrap();
        fs::write(root.join("b"), "").unwrap();
        let pin = Pin::take(&root.join("a")).unwrap();
        let place = pin.open().unwrap();
        place.node(pin.target.unwrap()).unwrap();
        fs::rename(root.join("b"), root.join("a")).unwrap();
        let error = place.node(pin.target.unwrap()).unwrap_err();
        assert!(error.to_string().ends_with("is a file as before, but another one"), "{error}");
    }

    #[test]
    fn a_pin_keeps_names_that_are_no_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let (_guard, root) = root();
        let pin = Pin::take(&root.join(OsStr::from_bytes(b"\xff\n"))).unwrap();
        let text = serde_json::to_string(&pin).unwrap();
        assert_eq!(serde_json::from_str::<Pin>(&text).unwrap(), pin);
    }
}

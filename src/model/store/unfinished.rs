//! Files that are written before they get their final names.
//!
//! Their names can be guessed. Whatever somebody put in such a place (a link to
//! a file of the user's, a second name of one, a pipe) is removed and never
//! written to.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::error::StoreError;
use crate::system::identity::effective_user;
use crate::system::socket::OPEN_NO_FOLLOW;

/// Begins the file at `path`; what is there is removed.
pub(in crate::model) fn begin(path: &Path) -> Result<File, StoreError> {
    remove_if_present(path)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(StoreError::io("open", path))
}

/// Opens the file at `path` to write at its end, or begins it; what is there and
/// is no file of this user's alone is removed.
pub(in crate::model) fn resume(path: &Path) -> Result<File, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !is_own(&metadata) => remove_if_present(path)?,
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(StoreError::io("read", path)(error));
        }
        _ => {}
    }
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .custom_flags(OPEN_NO_FOLLOW)
        .open(path)
        .map_err(StoreError::io("open", path))?;
    // It may have been exchanged since the look.
    let metadata = file.metadata().map_err(StoreError::io("read", path))?;
    if is_own(&metadata) { Ok(file) } else { Err(StoreError::NotOwn(path.to_owned())) }
}

/// Opens the complete file at `path` to read, which must not be a link.
pub(super) fn open_complete(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OPEN_NO_FOLLOW).open(path)
}

/// A regular file of this user's that has no other name.
fn is_own(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.uid() == effective_user() && metadata.nlink() == 1
}

/// Removes a file; that it is not there is no error.
pub(in crate::model) fn remove_if_present(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// A directory with a file `victim`, and a path beside it.
    fn place() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let (victim, path) = (root.path().join("victim"), root.path().join("x.partial"));
        fs::write(&victim, "victim").unwrap();
        (root, victim, path)
    }

    fn symlink_to(victim: &Path, path: &Path) {
        symlink(victim, path).unwrap();
    }

    fn second_name_of(victim: &Path, path: &Path) {
        fs::hard_link(victim, path).unwrap();
    }

    #[test]
    fn a_file_that_is_begun_or_resumed_is_never_the_target_of_a_link() {
        for open in [begin, resume] {
            for linked in [symlink_to as fn(&Path, &Path), second_name_of] {
                let (_root, victim, path) = place();
                linked(&victim, &path);
                open(&path).unwrap().write_all(b"new").unwrap();
                assert_eq!(fs::read_to_string(&victim).unwrap(), "victim");
                assert_eq!(fs::read_to_string(&path).unwrap(), "new");
                assert!(!path.is_symlink());
            }
        }
    }

    #[test]
    fn a_link_to_nothing_makes_nothing_there() {
        for open in [begin, resume] {
            let (root, _, path) = place();
            symlink(root.path().join("elsewhere"), &path).unwrap();
            open(&path).unwrap();
            assert!(!root.path().join("elsewhere").exists());
        }
    }

    #[test]
    fn begun_is_empty_and_resumed_goes_on() {
        let (_root, _, path) = place();
        fs::write(&path, "old").unwrap();
        resume(&path).unwrap().write_all(b"+").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old+");
        begin(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn a_directory_in_the_place_is_an_error_that_names_it() {
        for open in [begin, resume] {
            let (_root, _, path) = place();
            fs::create_dir(&path).unwrap();
            let error = open(&path).unwrap_err().to_string();
            assert!(error.starts_with(&format!("cannot remove {}: ", path.display())), "{error}");
        }
    }

    #[test]
    fn a_link_is_not_a_complete_file() {
        let (_root, victim, path) = place();
        symlink(&victim, &path).unwrap();
        assert!(open_complete(&path).is_err());
        assert!(open_complete(&victim).is_ok());
    }
}

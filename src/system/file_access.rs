//! What the process may do with files.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::{AccessFlags, Gid, Uid, faccessat};

/// One way to use a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read the file, or list the directory.
    Read,
    /// Write the file, or change the directory.
    Write,
    /// Execute the file, or search the directory.
    Execute,
}

/// Whether the process may use the file, judged by its effective user and group,
/// as opening or executing it would be.
#[must_use]
pub fn accessible(path: &Path, access: Access) -> bool {
    let mode = match access {
        Access::Read => AccessFlags::R_OK,
        Access::Write => AccessFlags::W_OK,
        Access::Execute => AccessFlags::X_OK,
    };
    faccessat(AT_FDCWD, path, mode, AtFlags::AT_EACCESS).is_ok()
}

/// The effective user and group of the process.
#[must_use]
pub fn effective_owner() -> (u32, u32) {
    (Uid::effective().as_raw(), Gid::effective().as_raw())
}

/// Whether a file is there and belongs to the effective user.
#[must_use]
pub fn is_own(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.uid() == effective_owner().0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_execute_bits_cannot_be_executed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(accessible(file.path(), Access::Read));
        assert!(accessible(file.path(), Access::Write));
        assert!(!accessible(file.path(), Access::Execute));
    }

    #[test]
    fn what_is_not_there_is_not_accessible() {
        assert!(!accessible(Path::new("/nonexistent/file"), Access::Read));
    }
}

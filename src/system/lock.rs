//! Locks that a process holds as long as it lives, whatever ends it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::descriptor;

/// A locked file. The kernel lets go of it when the process ends, also when it
/// is killed.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Locks the file, which is made if it is not there. `None` when another
    /// holds it.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn take(path: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(nix::libc::O_NOFOLLOW)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Scripts may use the low numbers while this one stays open.
        let number = descriptor::duplicate_private(file.as_raw_fd())?;
        // SAFETY: the number was opened just now and nothing else knows it.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(number) });
        Ok(Some(Self { _file: file }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_it_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("lock");
        let first = Lock::take(&path).unwrap().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(first);
        assert!(Lock::take(&path).unwrap().is_some());
    }
}

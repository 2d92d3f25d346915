//! One process at a time changes the store.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use super::error::StoreError;
use super::unfinished::remove_if_present;
use crate::system::socket::OPEN_NO_FOLLOW;

/// The right to change the store, until it is dropped or the process ends.
///
/// The kernel's lock on a file that stays: a file that is removed could be
/// locked by two processes under the same name.
#[derive(Debug)]
pub(in crate::model) struct StoreLock {
    file: File,
}

impl StoreLock {
    /// Takes the lock of `directory`; `action` tells others what for.
    pub(in crate::model) fn take(directory: &Path, action: &str) -> Result<Self, StoreError> {
        let path = directory.join(".lock");
        // The note below must not be written to what a link refers to.
        if fs::symlink_metadata(&path).is_ok_and(|data| !data.is_file() || data.nlink() > 1) {
            remove_if_present(&path)?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(OPEN_NO_FOLLOW)
            .open(&path)
            .map_err(StoreError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", &path)(error)),
        }
        // The note only serves the other's message, so a failure is nothing.
        let note = format!("process {}: {action}\n", std::process::id());
        let _ = file.set_len(0).and_then(|()| file.write_all(note.as_bytes()));
        Ok(Self { file })
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        // Closing is not enough: a child that another thread has just forked
        // holds a copy of the descriptor, and with it the lock, until it execs.
        // An error leaves the lock to the end of the process.
        let _ = self.file.unlock();
    }
}

/// What the other process wrote about itself, if that is one clean line.
fn holder(file: &mut File) -> String {
    let mut note = String::new();
    let read = file.take(200).read_to_string(&mut note);
    let line = note.lines().next().unwrap_or("");
    if read.is_err() || line.is_empty() || line.chars().any(char::is_control) {
        return "it does not say with what".to_owned();
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_the_place_of_the_lock_is_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        let victim = directory.path().join("victim");
        fs::write(&victim, "victim").unwrap();
        std::os::unix::fs::symlink(&victim, directory.path().join(".lock")).unwrap();
        StoreLock::take(directory.path(), "pull small").unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "victim");
    }

    #[test]
    fn the_second_process_is_told_what_the_first_does() {
        let directory = tempfile::tempdir().unwrap();
        let first = StoreLock::take(directory.path(), "pull small").unwrap();
        let error = StoreLock::take(directory.path(), "remove small").unwrap_err();
        let expected = format!(
            "another llmsh is busy with the models (process {}: pull small)",
            std::process::id()
        );
        assert_eq!(error.to_string(), expected);
        drop(first);
        StoreLock::take(directory.path(), "remove small").unwrap();
    }
}

//! The file that grows while a model is fetched.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::model::store::error::StoreError;
use crate::model::store::unfinished;

/// An incomplete file; its length is what has been fetched.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Partial {
    /// Opens the file at `path`, or begins it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::of(path, unfinished::resume(path)?)
    }

    /// The open file of this path.
    pub(super) fn of(path: &Path, file: File) -> Result<Self, StoreError> {
        let length = file.metadata().map_err(StoreError::io("read", path))?.len();
        Ok(Self { path: path.to_owned(), file, length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Forgets everything after the first `length` bytes.
    pub(super) fn truncate(&mut self, length: u64) -> Result<(), StoreError> {
        if length < self.length {
            self.file.set_len(length).map_err(StoreError::io("shorten", &self.path))?;
            self.length = length;
        }
        Ok(())
    }

    /// Adds bytes at the end. On an error the length is that of what was
    /// written.
    pub(super) fn append(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        while !bytes.is_empty() {
            match self.file.write(bytes) {
                Ok(written) => {
                    bytes = &bytes[written..];
                    self.length += written as u64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StoreError::io("write", &self.path)(error)),
            }
        }
        Ok(())
    }
}

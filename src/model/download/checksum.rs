//! SHA-256 of files that take seconds to read.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Progress;
use crate::model::store::StoreContext;
use crate::model::store::error::StoreError;

/// Hashes what is written to it.
#[derive(Default)]
pub(in crate::model) struct Sha256Writer(Sha256);

impl Sha256Writer {
    /// The hash in lower-case hexadecimal digits.
    pub(in crate::model) fn digest(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Write for Sha256Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The hash of the file at `path`.
pub(in crate::model) fn hash_file(
    context: &StoreContext,
    path: &Path,
    progress: &mut Progress<'_>,
) -> Result<String, StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut hasher = Sha256Writer::default();
    let mut buffer = vec![0; 1 << 20];
    let mut position = 0;
    loop {
        context.check_interrupted()?;
        let length = match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.digest()),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(StoreError::io("read", path)(error)),
        };
        hasher.0.update(&buffer[..length]);
        position += length as u64;
        progress.reach(position);
    }
}

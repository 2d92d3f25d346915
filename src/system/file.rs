//! Files, where the standard library has no word for it.

use std::io;
use std::path::Path;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};

/// Renames, unless the new name exists already; decided by the kernel, so that
/// nothing can come between (renameat2(2), `RENAME_NOREPLACE`).
///
/// # Errors
/// `AlreadyExists`, and what else `rename(2)` says.
pub fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    renameat2(AT_FDCWD, from, AT_FDCWD, to, RenameFlags::RENAME_NOREPLACE).map_err(io::Error::from)
}

//! Questions to file systems: how much room is left, and copies that share
//! their blocks.

use std::fs::File;
use std::io;
use std::path::Path;

/// The bytes that this user may still write on the file system of `path`.
///
/// # Errors
/// What `statvfs` reports, among it that `path` does not exist.
pub fn available_bytes(path: &Path) -> io::Result<u64> {
    let statistics = nix::sys::statvfs::statvfs(path)?;
    // The types of both fields differ between platforms.
    #[allow(clippy::useless_conversion, reason = "the fields are narrower on other platforms")]
    let (blocks, size) =
        (u64::from(statistics.blocks_available()), u64::from(statistics.fragment_size()));
    Ok(blocks.saturating_mul(size))
}

/// Makes the empty file `to` a copy of `from` that shares its blocks, so that
/// gigabytes cost neither time nor room and neither file sees later changes of
/// the other.
///
/// # Errors
/// Most file systems cannot do it, and none can across its border: the caller
/// then copies the bytes.
#[cfg(target_os = "linux")]
pub fn share_blocks(from: &File, to: &File) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    mod request {
        // FICLONE of linux/fs.h: _IOW(0x94, 9, int), whose argument is the
        // descriptor itself and not a pointer to it.
        nix::ioctl_write_int_bad!(
            clone_file,
            nix::request_code_write!(0x94, 9, size_of::<nix::libc::c_int>())
        );
    }
    // SAFETY: both descriptors are open for the whole call, and FICLONE takes a
    // descriptor by value and touches none of this process's memory.
    unsafe { request::clone_file(to.as_raw_fd(), from.as_raw_fd()) }?;
    Ok(())
}

/// Only Linux has the call; elsewhere the caller copies the bytes.
///
/// # Errors
/// Always [`io::ErrorKind::Unsupported`].
#[cfg(not(target_os = "linux"))]
pub fn share_blocks(_from: &File, _to: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_temporary_directory_has_room() {
        let directory = tempfile::tempdir().unwrap();
        assert!(available_bytes(directory.path()).unwrap() > 0);
    }

    #[test]
    fn a_missing_path_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let error = available_bytes(&directory.path().join("absent")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn blocks_are_shared_whole_or_not_at_all() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        std::fs::write(&from, b"content").unwrap();
        let target = File::create(&to).unwrap();
        let expected: &[u8] = match share_blocks(&File::open(&from).unwrap(), &target) {
            Ok(()) => b"content",
            Err(_) => b"",
        };
        assert_eq!(std::fs::read(&to).unwrap(), expected);
    }
}

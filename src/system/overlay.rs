//! What the kernel writes into the upper directory of an overlay that was
//! mounted with `userxattr` (Documentation/filesystems/overlayfs).

use std::ffi::{CStr, CString};
use std::fs::Metadata;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use nix::errno::Errno;
use nix::libc;

const OPAQUE: &CStr = c"user.overlay.opaque";
const ORIGIN: &CStr = c"user.overlay.origin";
const OWN: &[u8] = b"user.overlay.";

/// Labels that the system gives by itself.
const LABEL: &[u8] = b"security.";

/// Whether it stands for a name that is gone.
#[must_use]
pub fn is_whiteout(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device() && metadata.rdev() == 0
}

/// Whether a directory hides the one below it.
#[must_use]
pub fn is_opaque(path: &Path) -> bool {
    get(path, OPAQUE).is_ok_and(|value| value == b"y")
}

/// Whether a file was made as a copy of one below, to be changed where it is.
#[must_use]
pub fn is_copy(path: &Path) -> bool {
    get(path, ORIGIN).is_ok()
}

/// The extended attributes of a file that are neither the overlay's nor given
/// by the system itself, with their values, sorted.
///
/// # Errors
/// What the system says.
pub fn attributes(path: &Path) -> io::Result<Vec<(CString, Vec<u8>)>> {
    let path_text = text(path)?;
    let names = sized(|buffer, length| {
        // SAFETY: the path ends with a null byte, and the buffer has `length`
        // bytes or is null with the length 0.
        unsafe { libc::llistxattr(path_text.as_ptr(), buffer.cast(), length) }
    });
    let names = match names {
        Err(Errno::EOPNOTSUPP) => return Ok(Vec::new()),
        names => names?,
    };
    let mut attributes = Vec::new();
    for name in names.split(|byte| *byte == 0) {
        if name.is_empty() || name.starts_with(OWN) || name.starts_with(LABEL) {
            continue;
        }
        let name = CString::new(name).map_err(|_| io::ErrorKind::InvalidData)?;
        let value = get(path, &name)?;
        attributes.push((name, value));
    }
    attributes.sort();
    Ok(attributes)
}

fn text(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn get(path: &Path, name: &CStr) -> io::Result<Vec<u8>> {
    let path = text(path)?;
    Ok(sized(|buffer, length| {
        // SAFETY: both strings end with a null byte, and the buffer is as above.
        unsafe { libc::lgetxattr(path.as_ptr(), name.as_ptr(), buffer, length) }
    })?)
}

/// Calls twice, as these calls want it: for the length, and for the bytes.
fn sized(mut call: impl FnMut(*mut libc::c_void, usize) -> isize) -> Result<Vec<u8>, Errno> {
    let length = usize::try_from(Errno::result(call(std::ptr::null_mut(), 0))?).unwrap_or(0);
    let mut bytes = vec![0_u8; length];
    if length > 0 {
        let written = Errno::result(call(bytes.as_mut_ptr().cast(), length))?;
        bytes.truncate(usize::try_from(written).unwrap_or(0));
    }
    Ok(bytes)
}

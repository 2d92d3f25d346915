//! Extended attributes, access lists among them.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::libc;
use serde::{Deserialize, Serialize};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extended {
    /// Its name, with the name space: `user.comment`.
    pub name: CString,
    /// Its value, whose form the name space defines.
    pub value: Vec<u8>,
}

/// What belongs to content and not to a file: the kernel takes it away when
/// somebody writes.
const OF_CONTENT: [&CStr; 3] = [c"security.capability", c"security.ima", c"security.evm"];

/// Gives `to` the extended attributes of `from`, and takes away those that
/// `from` does not have.
///
/// # Errors
/// When one of them cannot be read or set, unless it is of the kind that a write
/// takes away.
pub fn carry(from: &File, to: &File) -> io::Result<()> {
    let (wanted, present) = (names(from)?, names(to)?);
    for name in present.iter().filter(|name| !wanted.contains(name)) {
        remove(to, name)?;
    }
    for name in wanted.iter().filter(|name| !OF_CONTENT.contains(&name.as_c_str())) {
        let value = get(from, name)?;
        if !present.contains(name) || get(to, name)? != value {
            set(to, name, &value)?;
        }
    }
    Ok(())
}

/// All that a file has.
///
/// # Errors
/// When one of them cannot be read.
pub fn all(file: &File) -> io::Result<Vec<Extended>> {
    let value = |name: CString| Ok(Extended { value: get(file, &name)?, name });
    names(file)?.into_iter().map(value).collect()
}

/// Gives a new file these and no others, as far as its file system and the rights of the
/// user allow: what is not allowed `cp -a` keeps silent about, too.
///
/// # Errors
/// When one of them cannot be set for another reason.
pub fn give(to: &File, wanted: &[Extended]) -> io::Result<()> {
    let present = names(to)?;
    let is_wanted = |name: &CString| wanted.iter().any(|one| one.name == *name);
    // A new file has an access list from its directory.
    for name in present.iter().filter(|name| !is_wanted(name)) {
        if_allowed(remove(to, name))?;
    }
    for Extended { name, value } in wanted {
        if !present.contains(name) || get(to, name)? != *value {
            if_allowed(set(to, name, value))?;
        }
    }
    Ok(())
}

fn if_allowed(result: io::Result<()>) -> io::Result<()> {
    use io::ErrorKind::{PermissionDenied, Unsupported};
    match result {
        Err(error) if matches!(error.kind(), PermissionDenied | Unsupported) => Ok(()),
        result => result,
    }
}

/// Calls twice, as these calls want it: for the length, and for the bytes.
fn sized(mut call: impl FnMut(*mut libc::c_void, usize) -> isize) -> io::Result<Vec<u8>> {
    loop {
        let length = usize::try_from(Errno::result(call(std::ptr::null_mut(), 0))?).unwrap_or(0);
        if length == 0 {
            return Ok(Vec::new());
        }
        let mut bytes = vec![0_u8; length];
        match Errno::result(call(bytes.as_mut_ptr().cast(), length)) {
            Ok(length) => {
                bytes.truncate(usize::try_from(length).unwrap_or(0));
                return Ok(bytes);
            }
            // It grew between the two.
            Err(Errno::ERANGE) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn names(file: &File) -> io::Result<Vec<CString>> {
    let bytes = sized(|buffer, length| {
        // SAFETY: the buffer has `length` bytes, or is null with the length 0,
        // and the descriptor is open for the whole call.
        unsafe { libc::flistxattr(file.as_raw_fd(), buffer.cast(), length) }
    });
    match bytes {
        Ok(bytes) => Ok(bytes
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
            .filter_map(|name| CString::new(name).ok())
            .collect()),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn get(file: &File, name: &CStr) -> io::Result<Vec<u8>> {
    sized(|buffer, length| {
        // SAFETY: as above; the name ends with a null byte.
        unsafe { libc::fgetxattr(file.as_raw_fd(), name.as_ptr(), buffer, length) }
    })
}

fn set(file: &File, name: &CStr, value: &[u8]) -> io::Result<()> {
    // SAFETY: the value is valid for its length, the name ends with a null byte
    // and the descriptor is open for the whole call.
    let result = unsafe {
        libc::fsetxattr(file.as_raw_fd(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0)
    };
    Ok(Errno::result(result).map(drop)?)
}

fn remove(file: &File, name: &CStr) -> io::Result<()> {
    // SAFETY: the name ends with a null byte and the descriptor is open for the
    // whole call.
    let result = unsafe { libc::fremovexattr(file.as_raw_fd(), name.as_ptr()) };
    Ok(Errno::result(result).map(drop)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_file_has_what_the_old_one_had() {
        // A temporary directory may be on a file system without them.
        let root = tempfile::tempdir_in(env!("CARGO_MANIFEST_DIR")).unwrap();
        let from = File::create_new(root.path().join("from")).unwrap();
        let to = File::create_new(root.path().join("to")).unwrap();
        set(&from, c"user.llmsh.a", b"1\0").unwrap();
        set(&to, c"user.llmsh.a", b"2").unwrap();
        set(&to, c"user.llmsh.b", b"3").unwrap();
        carry(&from, &to).unwrap();
        assert_eq!(names(&to).unwrap(), [c"user.llmsh.a".to_owned()]);
        assert_eq!(get(&to, c"user.llmsh.a").unwrap(), b"1\0");
    }
}

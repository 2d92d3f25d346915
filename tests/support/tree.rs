//! Trees of files, to be compared to the last bit.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

use nix::libc;

/// What of a file undoing brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    pub(crate) modified: (i64, i64),
    pub(crate) links: u64,
    pub(crate) content: Vec<u8>,
    /// Extended attributes, access lists among them.
    pub(crate) extended: BTreeMap<CString, Vec<u8>>,
}

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("no name has a null byte")
}

/// The extended attributes of what is at a path.
fn extended(path: &Path) -> BTreeMap<CString, Vec<u8>> {
    let path = c_path(path);
    let mut buffer = vec![0_u8; 4096];
    // SAFETY: the path ends with a null byte, the buffer has the length that is said.
    let length =
        unsafe { libc::llistxattr(path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) };
    buffer.truncate(usize::try_from(length).unwrap_or(0));
    let names = buffer.split_inclusive(|byte| *byte == 0);
    let names = names.map(|name| CStr::from_bytes_with_nul(name).expect("each ends").to_owned());
    let value = |name: &CStr| {
        let mut value = vec![0_u8; 4096];
        // SAFETY: as above, for both texts.
        let length = unsafe {
            libc::lgetxattr(path.as_ptr(), name.as_ptr(), value.as_mut_ptr().cast(), value.len())
        };
        value.truncate(usize::try_from(length).unwrap_or(0));
        value
    };
    names.map(|name| (name.clone(), value(&name))).collect()
}

/// Gives it an extended attribute; whether its file system can.
pub(crate) fn extend(path: &Path, name: &CStr, value: &[u8]) -> bool {
    let path = c_path(path);
    // SAFETY: both texts end with a null byte, the value has the length that is said.
    let result = unsafe {
        libc::lsetxattr(path.as_ptr(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0)
    };
    result == 0
}

/// All that is at and below a path.
pub(crate) fn tree(path: &Path) -> BTreeMap<PathBuf, Node> {
    let mut nodes = BTreeMap::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        let metadata = path.symlink_metadata().expect("the files of the test are there");
        let content = if metadata.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .expect("the files of the test are there")
                    .map(|entry| entry.expect("the files of the test are there").path()),
            );
            Vec::new()
        } else if metadata.is_symlink() {
            fs::read_link(&path)
                .expect("the files of the test are there")
                .as_os_str()
                .as_bytes()
                .to_vec()
        } else {
            fs::read(&path).expect("the files of the test are there")
        };
        let extended = extended(&path);
        let links = if metadata.is_dir() { 0 } else { metadata.nlink() };
        nodes.insert(
            path,
            Node {
                mode: metadata.mode(),
                owner: (metadata.uid(), metadata.gid()),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                links,
                content,
                extended,
            },
        );
    }
    nodes
}

/// The trash of this test program is its own.
pub(crate) fn own_trash() {
    static ONCE: Once = Once::new();
    static PLACE: std::sync::OnceLock<tempfile::TempDir> = std::sync::OnceLock::new();
    ONCE.call_once(|| {
        let place =
            PLACE.get_or_init(|| tempfile::tempdir().expect("the files of the test are there"));
        // SAFETY: every test calls this first, and none reads the environment
        // before.
        unsafe {
            std::env::set_var(
                "XDG_DATA_HOME",
                place.path().canonicalize().expect("the files of the test are there"),
            )
        };
    });
}

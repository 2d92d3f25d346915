//! Trees of files, to be compared to the last bit.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// What of a file undoing brings back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) mode: u32,
    pub(crate) owner: (u32, u32),
    pub(crate) modified: (i64, i64),
    pub(crate) links: u64,
    pub(crate) content: Vec<u8>,
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
        let links = if metadata.is_dir() { 0 } else { metadata.nlink() };
        nodes.insert(
            path,
            Node {
                mode: metadata.mode(),
                owner: (metadata.uid(), metadata.gid()),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                links,
                content,
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

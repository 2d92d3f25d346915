//! Whole trees: how much they take, and their removal without following a link.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::directory::Directory;
use super::node::FileKind;

/// How many entries are counted; a tree of more is said to be at least so large.
const MOST: usize = 100_000;

/// The length of all files at and below a path, in bytes.
#[must_use]
pub fn bytes(path: &Path) -> u64 {
    let mut sum = 0;
    let mut seen = 0;
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        seen += 1;
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if !metadata.is_dir() {
            sum += metadata.size();
        } else if seen < MOST
            && let Ok(entries) = std::fs::read_dir(&path)
        {
            waiting.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    sum
}

/// Removes an entry of a directory with all that is below it. What another file
/// system is mounted on stays.
///
/// # Errors
/// What the system says of the first thing that cannot be removed.
pub fn remove(directory: &Directory, name: &OsStr) -> io::Result<()> {
    let is_directory = directory.status(name)?.ok_or(io::ErrorKind::NotFound)?.identity.kind
        == FileKind::Directory;
    if !is_directory {
        return directory.unlink(name);
    }
    let inner = directory.subdirectory(name)?;
    for name in inner.names()? {
        remove(&inner, &name)?;
    }
    directory.remove_directory(name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_tree_goes_and_what_its_links_name_stays() {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::write(tree.join("a/one"), "12345").unwrap();
        fs::create_dir(root.path().join("outside")).unwrap();
        fs::write(root.path().join("outside/kept"), "123").unwrap();
        std::os::unix::fs::symlink(root.path().join("outside"), tree.join("a/link")).unwrap();
        assert!(bytes(&tree) >= 5);
        let directory = Directory::open(&root.path().canonicalize().unwrap()).unwrap();
        remove(&directory, "tree".as_ref()).unwrap();
        assert!(!tree.exists() && root.path().join("outside/kept").exists());
    }
}

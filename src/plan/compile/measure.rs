//! How much a step deletes, copies or changes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::plan::effect::{Deed, Effects, Extent};
use crate::plan::operation::Operation;

/// How many entries of directories are looked at for one step. Beyond that a
/// person needs no exact number to be careful.
const MOST: u64 = 20_000;

/// The extent of what a step does, where there is something to count: what is
/// deleted, else what a typed operation copies, moves or changes with all that is
/// in it.
pub(super) fn extent(operation: &Operation, effects: &Effects) -> Option<Extent> {
    let counted = |deed| Some(count(effects.paths(deed).map(Path::to_owned).collect()));
    if effects.paths(Deed::Deletes).next().is_some() {
        return counted(Deed::Deletes);
    }
    match operation {
        Operation::Copy { .. } => counted(Deed::Reads),
        Operation::ChangeMode { recursive: true, .. }
        | Operation::ChangeOwner { recursive: true, .. } => counted(Deed::Changes),
        _ => None,
    }
}

/// Counts what is at the paths and below them; links are not followed, and other
/// file systems are counted, too: a removal reaches into them.
fn count(paths: Vec<PathBuf>) -> Extent {
    let mut extent = Extent::default();
    let mut waiting = paths;
    while let Some(path) = waiting.pop() {
        if extent.files + extent.directories >= MOST {
            extent.more = true;
            break;
        }
        let Ok(metadata) = path.symlink_metadata() else { continue };
        if metadata.is_dir() {
            extent.directories += 1;
            match entries(&path) {
                Some(found) => waiting.extend(found),
                None => extent.more = true,
            }
        } else {
            extent.files += 1;
            extent.bytes += if metadata.is_file() { metadata.size() } else { 0 };
        }
    }
    extent
}

fn entries(directory: &Path) -> Option<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).ok()?;
    entries.map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_directories_and_bytes_are_counted_and_links_not_followed() {
        let root = tempfile::tempdir().unwrap();
        let tree = root.path().join("tree");
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::write(tree.join("a/one"), b"12345").unwrap();
        fs::write(tree.join("a/b/two"), b"123").unwrap();
        fs::write(root.path().join("outside"), b"1234567890").unwrap();
        std::os::unix::fs::symlink(root.path(), tree.join("link")).unwrap();
        let extent = count(vec![tree, root.path().join("absent")]);
        assert_eq!(extent, Extent { files: 3, directories: 3, bytes: 8, more: false });
    }
}

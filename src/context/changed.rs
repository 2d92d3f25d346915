//! How many files of a repository are not as its index has them (gitformat-index(5)),
//! by size and time alone. `git` itself would run what the repository's settings say.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::branch;

/// The longest index that is read, in bytes, and the most files that are looked at.
const MAX_INDEX: u64 = 4 * 1024 * 1024;
const MOST: usize = 5_000;

/// A file that git keeps, as the index has it.
struct Kept {
    path: PathBuf,
    seconds: u32,
    size: u32,
    /// It is no file of its own, or git was told not to look at it.
    is_passed_over: bool,
}

/// How many of the files that git keeps were changed or are gone; `None`: it cannot be
/// told, or not at once.
pub(super) fn count(directory: &Path) -> Option<usize> {
    let (tree, git) = branch::work_tree(directory)?;
    let place = git.join("index");
    if fs::metadata(&place).ok()?.len() > MAX_INDEX {
        return None;
    }
    let kept = read(&fs::read(place).ok()?)?;
    let is_changed = |file: &&Kept| match fs::symlink_metadata(tree.join(&file.path)) {
        // The index has the low half of each.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "as in the index"
        )]
        Ok(now) => now.size() as u32 != file.size || now.mtime() as u32 != file.seconds,
        Err(_) => true,
    };
    Some(kept.iter().filter(|file| !file.is_passed_over).filter(is_changed).count())
}

/// The files of an index.
fn read(bytes: &[u8]) -> Option<Vec<Kept>> {
    const GITLINK: u32 = 0o160_000;
    const TYPE: u32 = 0o170_000;
    // Two flags of 16 bits, the second only where the first says so.
    const ASSUME_VALID: u32 = 0x8000 << 16;
    const EXTENDED: u32 = 0x4000 << 16;
    const SKIP_WORKTREE: u32 = 0x4000;
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let version = number(4)?;
    let count = usize::try_from(number(8)?).ok()?;
    if !bytes.starts_with(b"DIRC") || !(2..=4).contains(&version) || count > MOST {
        return None;
    }
    let mut files: Vec<Kept> = Vec::new();
    let mut before: Vec<u8> = Vec::new();
    let mut at = 12;
    for _ in 0..count {
        let begin = at;
        let (seconds, mode, size) = (number(at + 8)?, number(at + 24)?, number(at + 36)?);
        let flags = number(at + 60)?;
        let is_extended = version >= 3 && flags & EXTENDED != 0;
        at += if is_extended { 64 } else { 62 };
        if version == 4 {
            // How much of the name before goes, and what comes instead.
            let (gone, length) = variable(bytes.get(at..)?)?;
            at += length;
            before.truncate(before.len().checked_sub(gone)?);
        } else {
            before.clear();
        }
        let rest = bytes.get(at..)?;
        let length = rest.iter().position(|byte| *byte == 0)?;
        before.extend(&rest[..length]);
        at += length + 1;
        if version != 4 {
            // One to eight zeros end an entry, so that its length is a multiple of 8.
            at = begin + (at - begin).next_multiple_of(8);
        }
        let is_unwatched = flags & ASSUME_VALID != 0 || is_extended && flags & SKIP_WORKTREE != 0;
        let path = PathBuf::from(std::ffi::OsStr::new(std::str::from_utf8(&before).ok()?));
        let is_passed_over = is_unwatched || mode & TYPE == GITLINK;
        files.push(Kept { path, seconds, size, is_passed_over });
    }
    Some(files)
}

/// A number of as many bytes as it needs, and how many these are.
fn variable(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = *bytes.first()?;
    let mut value = usize::from(first & 0x7f);
    let mut length = 1;
    let mut last = first;
    while last & 0x80 != 0 {
        last = *bytes.get(length)?;
        value = value.checked_add(1)?.checked_mul(128)? + usize::from(last & 0x7f);
        length += 1;
    }
    Some((value, length))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Runs git, without what the machine's settings say.
    fn git(place: &Path, arguments: &[&str]) {
        let done = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .current_dir(place)
            .output()
            .unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn what_differs_from_the_index_is_counted_in_each_of_its_versions() {
        for version in ["2", "4"] {
            let root = tempfile::tempdir().unwrap();
            let root = root.path();
            git(root, &["init", "-q"]);
            fs::create_dir_all(root.join("deep/er")).unwrap();
            for path in ["a", "deep/bb", "deep/er/ccc", "deep/er/cccc", "名字"] {
                fs::write(root.join(path), path).unwrap();
            }
            git(root, &["add", "-A"]);
            git(root, &["update-index", "--index-version", version]);
            assert_eq!(count(root), Some(0), "{version}");
            fs::write(root.join("deep/bb"), "longer than before").unwrap();
            assert_eq!(count(&root.join("deep")), Some(1), "{version}");
            fs::remove_file(root.join("名字")).unwrap();
            assert_eq!(count(root), Some(2), "{version}");
            // git itself says the same, of a later version too.
            git(root, &["update-index", "--skip-worktree", "deep/bb"]);
            assert_eq!(count(root), Some(1), "{version}");
        }
    }

    #[test]
    fn a_damaged_index_tells_nothing() {
        for bytes in [&b""[..], b"DIRC", b"DIRC\0\0\0\x02\0\0\0\x01", b"DIRC\0\0\0\x09\0\0\0\0"] {
            assert!(read(bytes).is_none(), "{bytes:?}");
        }
        assert_eq!(count(Path::new("/nonexistent")), None);
    }
}

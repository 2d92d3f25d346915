//! Where what changes in a preview is kept until the person has decided.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::layers::Top;
use crate::system::file_access::{self, Access, accessible};
use crate::system::namespace::Layer;
use crate::system::{process, random};

const PREFIX: &str = "preview-";

/// A directory that goes away with its owner.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes one, and removes those of processes that are gone.
    pub(super) fn make(above: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(above)?;
        let above = above.canonicalize()?;
        let metadata = above.metadata()?;
        // What lies there is read back: it must be nobody else's to change.
        if metadata.uid() != file_access::effective_owner().0 || metadata.mode() & 0o022 != 0 {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        remove_abandoned(&above);
        let token = random::token()?;
        let path = above.join(format!("{PREFIX}{}-{token}", process::id()));
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path })
    }

    /// The directories of a layer. The upper one is made to look like the lower
    /// one, since it is what the work sees.
    pub(super) fn layer(&self, index: usize, top: &Top, all_users: bool) -> io::Result<Layer> {
        let own = self.path.join(index.to_string());
        let (upper, work) = (own.join("upper"), own.join("work"));
        for path in [&own, &upper, &work] {
            fs::DirBuilder::new().mode(0o700).create(path)?;
        }
        let metadata = top.path.metadata()?;
        let mut mode = metadata.mode() & 0o7777;
        if all_users {
            chown(&upper, Some(metadata.uid()), Some(metadata.gid()))?;
        } else {
            // It belongs to this user here, who must not get more by that.
            mode &= 0o7077;
            for (access, bit) in
                [(Access::Read, 0o400), (Access::Write, 0o200), (Access::Execute, 0o100)]
            {
                if accessible(&top.path, access) {
                    mode |= bit;
                }
            }
        }
        fs::set_permissions(&upper, Permissions::from_mode(mode))?;
        Ok(Layer { lower: top.path.clone(), upper, work, needed: top.needed })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// Removes a tree, also where its directories may not be entered as they are: the
/// kernel makes such a one, and the work can.
fn remove(path: &Path) {
    if fs::remove_dir_all(path).is_ok() {
        return;
    }
    open_up(path);
    // A directory that stays is removed by a later preview.
    let _ = fs::remove_dir_all(path);
}

fn open_up(path: &Path) {
    let _ = fs::set_permissions(path, Permissions::from_mode(0o700));
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

fn remove_abandoned(above: &Path) {
    let Ok(entries) = fs::read_dir(above) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| {
            let (owner, _) = name.strip_prefix(PREFIX)?.split_once('-')?;
            owner.parse::<u32>().ok()
        });
        if owner.is_some_and(|owner| !Path::new(&format!("/proc/{owner}")).exists()) {
            remove(&entry.path());
        }
    }
}

/// Looks now and then how much a scratch directory holds.
#[derive(Debug)]
pub(super) struct Watch {
    path: PathBuf,
    most: u64,
    next: Instant,
}

/// Looking takes at most about this part of the time.
const SHARE: u32 = 10;

/// What a file takes that is not counted in its blocks.
const ENTRY: u64 = 512;

impl Watch {
    pub(super) fn new(scratch: &Scratch, most: u64) -> Self {
        Self { path: scratch.path.clone(), most, next: Instant::now() }
    }

    /// Whether it is too much, as far as was looked.
    pub(super) fn is_full(&mut self) -> bool {
        let begin = Instant::now();
        if begin < self.next {
            return false;
        }
        let full = used(&self.path, self.most) > self.most;
        self.next = Instant::now() + begin.elapsed() * SHARE + Duration::from_millis(50);
        full
    }

    /// Whether it is too much now.
    pub(super) fn is_full_at_last(&mut self) -> bool {
        self.next = Instant::now();
        self.is_full()
    }
}

/// The space that a tree takes; counting ends when it is more than `most`.
fn used(path: &Path, most: u64) -> u64 {
    let mut sum = 0;
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&path) else { continue };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            sum += metadata.blocks() * 512 + ENTRY;
            if sum > most {
                return sum;
            }
            if metadata.is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_away_whatever_is_in_it() {
        let root = tempfile::tempdir().unwrap();
        let scratch = Scratch::make(&root.path().join("new/cache")).unwrap();
        let closed = scratch.path.join("a/b");
        fs::create_dir_all(closed.join("c")).unwrap();
        fs::set_permissions(&closed, Permissions::from_mode(0o0)).unwrap();
        drop(scratch);
        assert_eq!(fs::read_dir(root.path().join("new/cache")).unwrap().count(), 0);
    }

    #[test]
    fn what_a_process_that_is_gone_left_is_removed() {
        let root = tempfile::tempdir().unwrap();
        // No process has this number.
        fs::create_dir_all(root.path().join("preview-4294967295-x/1")).unwrap();
        fs::create_dir(root.path().join(format!("preview-{}-x", process::id()))).unwrap();
        fs::create_dir(root.path().join("preview-mine")).unwrap();
        drop(Scratch::make(root.path()).unwrap());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_watch_sees_when_there_is_too_much() {
        let root = tempfile::tempdir().unwrap();
        let scratch = Scratch::make(root.path()).unwrap();
        let mut watch = Watch::new(&scratch, 100_000);
        assert!(!watch.is_full_at_last());
        fs::write(scratch.path.join("big"), vec![1; 200_000]).unwrap();
        assert!(watch.is_full_at_last());
    }
}

//! Which directories are overlaid: the kernel overlays a whole tree in which
//! nothing else is mounted.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::unavailable::Unavailable;
use crate::system::mount::Mounted;

/// File systems that hold no files but show or steer the system.
const NO_FILES: [&str; 20] = [
    "autofs",
    "binfmt_misc",
    "bpf",
    "cgroup",
    "cgroup2",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "mqueue",
    "nsfs",
    "proc",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "sysfs",
    "tracefs",
];

/// What could be written without a plan saying so, if it is there and can be
/// overlaid.
const USUAL: [&str; 2] = ["/tmp", "/var/tmp"];

/// How many directories are overlaid at most.
const MOST: usize = 64;

/// A directory to overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Top {
    pub(super) path: PathBuf,
    /// The plan needs it; else it only may be written.
    pub(super) needed: bool,
}

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a> {
    pub(super) mounted: &'a [Mounted],
    /// The user's number and group; `None` where the numbers of all keep their
    /// meaning. The kernel copies nothing that belongs to others.
    pub(super) user: Option<(u32, u32)>,
}

/// The directories to overlay, none inside another: for the working directory,
/// for each path that is touched, and for where users usually write.
pub(super) fn choose(
    directory: &Path,
    touched: &[PathBuf],
    home: Option<&Path>,
    ground: Ground<'_>,
) -> Result<Vec<Top>, Unavailable> {
    let mut tops = Vec::new();
    // A plan that only reads where nothing can be overlaid can still run there.
    let working = ground.top(directory);
    tops.extend(working.ok().map(|path| Top { path, needed: true }));
    for path in touched {
        // Entries are made and removed in the directory above.
        let parent = existing(path.parent().unwrap_or(path));
        tops.push(Top { path: ground.top(&parent)?, needed: true });
    }
    let mut usual: Vec<PathBuf> = USUAL.iter().map(PathBuf::from).collect();
    usual.extend(home.map(Path::to_owned));
    if ground.user.is_none()
        && let Ok(entries) = std::fs::read_dir("/")
    {
        usual.extend(entries.flatten().map(|entry| entry.path()));
    }
    for path in usual {
        let is_directory = path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
        if is_directory && let Ok(path) = ground.top(&path) {
            tops.push(Top { path, needed: false });
        }
    }
    Ok(outermost(tops))
}

/// Without those inside others; where it takes both, the one that is needed.
fn outermost(tops: Vec<Top>) -> Vec<Top> {
    let mut kept: Vec<Top> = Vec::new();
    let (needed, usual): (Vec<Top>, Vec<Top>) = tops.into_iter().partition(|top| top.needed);
    for top in needed {
        if !kept.iter().any(|other| top.path.starts_with(&other.path)) {
            kept.retain(|other| !other.path.starts_with(&top.path));
            kept.push(top);
        }
    }
    for top in usual {
        let apart =
            |other: &Top| !top.path.starts_with(&other.path) && !other.path.starts_with(&top.path);
        if kept.len() < MOST && kept.iter().all(apart) {
            kept.push(top);
        }
    }
    kept
}

/// The real path of as much as exists.
fn existing(path: &Path) -> PathBuf {
    path.ancestors()
        .find_map(|path| path.canonicalize().ok().filter(|path| path.is_dir()))
        .unwrap_or_else(|| PathBuf::from("/"))
}

impl Ground<'_> {
    /// The highest directory that can be overlaid so that the path can be
    /// changed.
    fn top(&self, path: &Path) -> Result<PathBuf, Unavailable> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if let Some(mounted) = self.holds(&path) {
            let mount = mounted.point.clone();
            return Err(Unavailable::MountBelow { path, mount });
        }
        let under = self.mounted.iter().filter(|mounted| path.starts_with(&mounted.point));
        // The last of the longest is the one that is seen.
        if let Some(mounted) = under.max_by_key(|mounted| mounted.point.as_os_str().len())
            && NO_FILES.contains(&mounted.kind.as_str())
        {
            return Err(Unavailable::NoFiles { path, kind: mounted.kind.clone() });
        }
        let mut top = path;
        while let Some(parent) = top.parent()
            && self.holds(parent).is_none()
            && self.is_copied(&top)
        {
            top = parent.to_owned();
        }
        Ok(top)
    }

    /// What is mounted below a path.
    fn holds(&self, path: &Path) -> Option<&Mounted> {
        self.mounted.iter().find(|mounted| mounted.point != path && mounted.point.starts_with(path))
    }

    /// Whether the kernel would copy the directory itself, which it does before it
    /// copies what is in it.
    fn is_copied(&self, path: &Path) -> bool {
        let Some(user) = self.user else { return true };
        path.metadata().is_ok_and(|metadata| (metadata.uid(), metadata.gid()) == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounted(points: &[(&str, &str)]) -> Vec<Mounted> {
        let mounted = |(point, kind): &(&str, &str)| Mounted {
            point: PathBuf::from(point),
            kind: (*kind).to_owned(),
        };
        points.iter().map(mounted).collect()
    }

    #[test]
    fn the_highest_directory_without_a_mount_is_taken() {
        let mounted = mounted(&[("/", "ext4"), ("/n/proc", "proc"), ("/n/a/b", "tmpfs")]);
        let ground = Ground { mounted: &mounted, user: None };
        assert_eq!(ground.top(Path::new("/n/x/y/z")).unwrap(), Path::new("/n/x"));
        assert_eq!(ground.top(Path::new("/n/a/b/c")).unwrap(), Path::new("/n/a/b"));
        assert!(matches!(ground.top(Path::new("/n/a")), Err(Unavailable::MountBelow { .. })));
        assert!(matches!(ground.top(Path::new("/n/proc/1")), Err(Unavailable::NoFiles { .. })));
    }

    #[test]
    fn a_user_overlays_what_is_above_the_own_directories() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().canonicalize().unwrap().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        let (user, group) = {
            let metadata = inner.metadata().unwrap();
            (metadata.uid(), metadata.gid())
        };
        let mounted = mounted(&[("/", "ext4"), ("/proc", "proc")]);
        let other = Ground { mounted: &mounted, user: Some((user + 1, group)) };
        assert_eq!(other.top(&inner).unwrap(), inner);
        let own = Ground { mounted: &mounted, user: Some((user, group)) };
        assert!(inner.starts_with(own.top(&inner).unwrap().join("")));
        assert_ne!(own.top(&inner).unwrap(), inner);
    }

    #[test]
    fn none_lies_inside_another() {
        let top = |path: &str, needed| Top { path: PathBuf::from(path), needed };
        let tops = vec![
            top("/a/b", true),
            top("/a", true),
            top("/c/d", true),
            top("/c", false),
            top("/e", false),
            top("/a/z", false),
        ];
        let expected = [top("/a", true), top("/c/d", true), top("/e", false)];
        assert_eq!(outermost(tops), expected);
    }
}

//! One file, directory or link that is held open without being read: what it
//! is, and changes that reach it and nothing else, whatever its name means by
//! then.

use std::fs::{File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::fcntl::AtFlags;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, fchownat};
use serde::{Deserialize, Serialize};

/// The kinds that matter to who changes files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, itself.
    Symlink,
    /// A device, a socket or a named pipe.
    Other,
}

impl FileKind {
    /// The kind with its article, for sentences.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Directory => "a directory",
            Self::Symlink => "a symbolic link",
            Self::Other => "a special file",
        }
    }
}

/// What makes two names the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The file system.
    pub device: u64,
    /// The inode on it.
    pub inode: u64,
    /// An inode's number is used again after it is freed; a different kind shows
    /// one such case.
    pub kind: FileKind,
}

impl Identity {
    /// The identity in what `stat` said.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let kind = match metadata.file_type() {
            kind if kind.is_file() => FileKind::File,
            kind if kind.is_dir() => FileKind::Directory,
            kind if kind.is_symlink() => FileKind::Symlink,
            _ => FileKind::Other,
        };
        Self { device: metadata.dev(), inode: metadata.ino(), kind }
    }
}

/// A moment as file systems keep it; it may lie before 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
pub struct Timestamp {
    /// Seconds since the epoch, rounded down.
    pub seconds: i64,
    /// What is left, below 10^9.
    pub nanoseconds: i64,
}

impl Timestamp {
    /// The same as Rust has it.
    #[must_use]
    pub fn to_time(self) -> SystemTime {
        let whole = Duration::from_secs(self.seconds.unsigned_abs());
        let rest = Duration::from_nanos(self.nanoseconds.unsigned_abs());
        if self.seconds < 0 { UNIX_EPOCH - whole + rest } else { UNIX_EPOCH + whole + rest }
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let whole = |duration: Duration| {
            let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
            (seconds, i64::from(duration.subsec_nanos()))
        };
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => {
                let (seconds, nanoseconds) = whole(after);
                Self { seconds, nanoseconds }
            }
            Err(before) => match whole(before.duration()) {
                (seconds, 0) => Self { seconds: -seconds, nanoseconds: 0 },
                (seconds, rest) => {
                    Self { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - rest }
                }
            },
        }
    }
}

/// What `stat` says of a node, as far as it can be put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What it is.
    pub identity: Identity,
    /// Permissions, set-id and sticky bits.
    pub mode: u32,
    /// Who owns it.
    pub user: u32,
    /// The group.
    pub group: u32,
    /// How many names it has.
    pub links: u64,
    /// Length in bytes.
    pub size: u64,
    /// When the content changed.
    pub modified: Timestamp,
    /// When it was read.
    pub accessed: Timestamp,
    /// When it was made, where the file system knows; nobody can set it.
    pub born: Option<Timestamp>,
}

impl Status {
    /// The status in what `stat` said.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            identity: Identity::of(metadata),
            mode: metadata.mode() & 0o7777,
            user: metadata.uid(),
            group: metadata.gid(),
            links: metadata.nlink(),
            size: metadata.size(),
            modified: Timestamp { seconds: metadata.mtime(), nanoseconds: metadata.mtime_nsec() },
            accessed: Timestamp { seconds: metadata.atime(), nanoseconds: metadata.atime_nsec() },
            born: metadata.created().ok().map(Timestamp::from),
        }
    }
}

/// A descriptor that only names an inode (`O_PATH`).
#[derive(Debug)]
pub struct Node(File);

impl From<OwnedFd> for Node {
    fn from(descriptor: OwnedFd) -> Self {
        Self(File::from(descriptor))
    }
}

impl AsFd for Node {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl Node {
    /// What is open.
    ///
    /// # Errors
    /// What `fcntl(F_DUPFD)` says.
    pub fn of(file: &File) -> io::Result<Self> {
        file.try_clone().map(Self)
    }

    /// What it is now.
    ///
    /// # Errors
    /// What `fstat` says.
    pub fn status(&self) -> io::Result<Status> {
        self.0.metadata().map(|metadata| Status::of(&metadata))
    }

    /// A path that leads to this inode and to no other, for calls that take
    /// paths only. The kernel does not follow the link's text.
    fn magic_path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }

    /// Opens the file itself for reading or writing.
    ///
    /// # Errors
    /// What `open` says; `ELOOP` for a symbolic link.
    pub fn open(&self, options: &OpenOptions) -> io::Result<File> {
        options.open(self.magic_path())
    }

    /// Sets permissions, set-id and sticky bits.
    ///
    /// # Errors
    /// What `chmod` says.
    pub fn set_mode(&self, mode: u32) -> io::Result<()> {
        std::fs::set_permissions(self.magic_path(), Permissions::from_mode(mode))
    }

    /// Sets the owner and the group, each where one is given.
    ///
    /// # Errors
    /// What `chown` says.
    pub fn set_owner(&self, user: Option<u32>, group: Option<u32>) -> io::Result<()> {
        let (user, group) = (user.map(Uid::from_raw), group.map(Gid::from_raw));
        Ok(fchownat(&self.0, "", user, group, AtFlags::AT_EMPTY_PATH)?)
    }

    /// Sets both times.
    ///
    /// # Errors
    /// What `utimensat` says.
    pub fn set_times(&self, modified: Timestamp, accessed: Timestamp) -> io::Result<()> {
        let spec = |time: Timestamp| TimeSpec::new(time.seconds, time.nanoseconds);
        let (accessed, modified) = (spec(accessed), spec(modified));
        let path = self.magic_path();
        Ok(utimensat(&self.0, &path, &accessed, &modified, UtimensatFlags::FollowSymlink)?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::system::directory::Directory;

    #[test]
    fn moments_before_the_epoch_round_down() {
        let time = UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(Timestamp::from(time), Timestamp { seconds: -2, nanoseconds: 500_000_000 });
        let time = UNIX_EPOCH + Duration::from_millis(1500);
        assert_eq!(Timestamp::from(time), Timestamp { seconds: 1, nanoseconds: 500_000_000 });
    }

    #[test]
    fn a_node_is_changed_whatever_its_name_means_by_then() {
        let root = tempfile::tempdir().unwrap();
        let (path, victim) = (root.path().join("a"), root.path().join("victim"));
        std::fs::write(&path, "a").unwrap();
        std::fs::write(&victim, "v").unwrap();
        std::fs::set_permissions(&victim, Permissions::from_mode(0o644)).unwrap();
        let node = Directory::open(root.path()).unwrap().node("a".as_ref()).unwrap();
        std::fs::rename(&path, root.path().join("b")).unwrap();
        symlink(&victim, &path).unwrap();
        node.set_mode(0o600).unwrap();
        let moment = Timestamp { seconds: 7, nanoseconds: 8 };
        node.set_times(moment, moment).unwrap();
        let mode = |name: &str| std::fs::metadata(root.path().join(name)).unwrap().mode() & 0o777;
        assert_eq!((mode("b"), mode("victim")), (0o600, 0o644));
        let status = node.status().unwrap();
        assert_eq!((status.modified, status.mode), (moment, 0o600));
    }

    #[test]
    fn the_times_of_a_link_are_its_own() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("file"), "").unwrap();
        symlink("file", root.path().join("link")).unwrap();
        let node = Directory::open(root.path()).unwrap().node("link".as_ref()).unwrap();
        let moment = Timestamp { seconds: 7, nanoseconds: 0 };
        node.set_times(moment, moment).unwrap();
        assert_eq!(node.status().unwrap().modified, moment);
        assert_ne!(std::fs::metadata(root.path().join("file")).unwrap().mtime(), 7);
    }
}

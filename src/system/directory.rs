//! Directories that are held open: every call names one entry of one directory,
//! so that no path is looked up twice.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{
    AT_FDCWD, AtFlags, OFlag, OpenHow, RenameFlags, ResolveFlag, openat, openat2, readlinkat,
    renameat2,
};
use nix::sys::stat::{Mode, mkdirat};
use nix::unistd::{UnlinkatFlags, linkat, symlinkat, unlinkat};

use super::node::{Node, Status};

/// What happens to the new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rename {
    /// It must be free.
    NoReplace,
    /// Both names change places.
    Exchange,
}

/// A directory by descriptor (`O_PATH`).
#[derive(Debug)]
pub struct Directory(OwnedFd);

impl AsFd for Directory {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

const OPEN: OFlag =
    OFlag::O_PATH.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

impl Directory {
    /// Opens the directory at an absolute path none of whose components is a
    /// symbolic link or `..`.
    ///
    /// # Errors
    /// `ELOOP` or `ENOTDIR` where there is a link, and what `open` says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let how = OpenHow::new()
            .flags(OPEN)
            .resolve(ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        match openat2(AT_FDCWD, path, how) {
            // Old kernels do not have it, and some sandboxes forbid what is new.
            Err(Errno::ENOSYS | Errno::EPERM) => Self::walk(path),
            result => Ok(Self(result?)),
        }
    }

    /// [`Directory::open`], one component after the other.
    fn walk(path: &Path) -> io::Result<Self> {
        let mut components = path.components();
        if components.next() != Some(Component::RootDir) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut here = Self(openat(AT_FDCWD, "/", OPEN, Mode::empty())?);
        for component in components {
            let Component::Normal(name) = component else {
                return Err(io::ErrorKind::InvalidInput.into());
            };
            here = Self(openat(&here, name, OPEN, Mode::empty())?);
        }
        Ok(here)
    }

    /// Opens a directory in this one; a link is none. One where another file
    /// system is mounted is not opened, either: it is not part of this tree.
    ///
    /// # Errors
    /// `ENOTDIR` for anything else, `EXDEV` for a mount.
    pub fn subdirectory(&self, name: &OsStr) -> io::Result<Self> {
        let how = OpenHow::new()
            .flags(OPEN)
            .resolve(ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_XDEV);
        match openat2(self, name, how) {
            Err(Errno::ENOSYS | Errno::EPERM) => {
                let child = Self(openat(self, name, OPEN, Mode::empty())?);
                if child.own_status()?.identity.device != self.own_status()?.identity.device {
                    return Err(Errno::EXDEV.into());
                }
                Ok(child)
            }
            result => Ok(Self(result?)),
        }
    }

    /// What the directory itself is.
    ///
    /// # Errors
    /// What `fstat` says.
    pub fn own_status(&self) -> io::Result<Status> {
        self.own_node()?.status()
    }

    /// The directory itself, to change its attributes.
    ///
    /// # Errors
    /// When there are no more descriptors.
    pub fn own_node(&self) -> io::Result<Node> {
        Ok(Node::from(self.0.try_clone()?))
    }

    /// An entry, held without opening it; a link is not followed.
    ///
    /// # Errors
    /// What `open` says, `NotFound` among it.
    pub fn node(&self, name: &OsStr) -> io::Result<Node> {
        let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        Ok(Node::from(openat(self, name, flags, Mode::empty())?))
    }

    /// What an entry is; `None` when there is none.
    ///
    /// # Errors
    /// What `stat` says besides.
    pub fn status(&self, name: &OsStr) -> io::Result<Option<Status>> {
        match self.node(name) {
            Ok(node) => node.status().map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The names in it, in no order.
    ///
    /// # Errors
    /// When it may not be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let mut entries = Dir::openat(self, ".", flags, Mode::empty())?;
        let mut names = Vec::new();
        for entry in entries.iter() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(OsStr::from_bytes(name).to_os_string());
            }
        }
        Ok(names)
    }

    /// Renames an entry, or exchanges it with another.
    ///
    /// # Errors
    /// `AlreadyExists` for [`Rename::NoReplace`], and what `rename` says.
    pub fn rename(&self, name: &OsStr, to: &Self, new: &OsStr, how: Rename) -> io::Result<()> {
        let flags = match how {
            Rename::NoReplace => RenameFlags::RENAME_NOREPLACE,
            Rename::Exchange => RenameFlags::RENAME_EXCHANGE,
        };
        Ok(renameat2(self, name, to, new, flags)?)
    }

    /// Removes a name that is no directory's.
    ///
    /// # Errors
    /// What `unlink` says.
    pub fn unlink(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(self, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// What `rmdir` says.
    pub fn remove_directory(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(self, name, UnlinkatFlags::RemoveDir)?)
    }

    /// Makes a directory; the umask applies.
    ///
    /// # Errors
    /// What `mkdir` says.
    pub fn make_directory(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        Ok(mkdirat(self, name, Mode::from_bits_truncate(mode))?)
    }

    /// Makes a symbolic link.
    ///
    /// # Errors
    /// What `symlink` says.
    pub fn make_symlink(&self, name: &OsStr, target: &Path) -> io::Result<()> {
        Ok(symlinkat(target, self, name)?)
    }

    /// The text of a symbolic link.
    ///
    /// # Errors
    /// What `readlink` says.
    pub fn read_symlink(&self, name: &OsStr) -> io::Result<PathBuf> {
        Ok(readlinkat(self, name)?.into())
    }

    /// Makes a new file and opens it for reading and writing; the umask applies.
    ///
    /// # Errors
    /// `AlreadyExists` for whatever has the name, a link too.
    pub fn make_file(&self, name: &OsStr, mode: u32) -> io::Result<File> {
        let flags =
            OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        Ok(openat(self, name, flags, Mode::from_bits_truncate(mode))?.into())
    }

    /// Makes a file that has no name yet ([`link`] gives it one)
    /// and is gone with its descriptor if it never gets one. The umask and the
    /// directory's default access list apply.
    ///
    /// # Errors
    /// `EOPNOTSUPP`, `EISDIR` or `ENOENT` where the file system cannot do it.
    pub fn make_nameless_file(&self, mode: u32) -> io::Result<File> {
        let flags = OFlag::O_RDWR | OFlag::O_TMPFILE | OFlag::O_CLOEXEC;
        Ok(openat(self, ".", flags, Mode::from_bits_truncate(mode))?.into())
    }
}

/// Gives the inode of an open file one more name in a directory. It also gives one that
/// was opened with `O_TMPFILE` its first.
///
/// # Errors
/// What `link` says; `AlreadyExists` if the name is taken.
pub fn link(file: &impl AsFd, directory: &Directory, name: &OsStr) -> io::Result<()> {
    let path = format!("/proc/self/fd/{}", file.as_fd().as_raw_fd());
    Ok(linkat(AT_FDCWD, path.as_str(), directory, name, AtFlags::AT_SYMLINK_FOLLOW)?)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn root() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().canonicalize().unwrap();
        (root, path)
    }

    #[test]
    fn no_link_is_followed_on_the_way() {
        let (_guard, root) = root();
        fs::create_dir_all(root.join("a/b")).unwrap();
        symlink("a", root.join("link")).unwrap();
        for open in [Directory::open, Directory::walk] {
            assert!(open(&root.join("a/b")).is_ok());
            assert!(open(&root.join("link/b")).is_err());
            assert!(open(&root.join("link")).is_err());
            assert!(open(&root.join("absent")).is_err());
        }
        assert!(Directory::walk(&root.join("a/../a")).is_err());
    }

    #[test]
    fn a_name_that_is_taken_is_not_replaced() {
        let (_guard, root) = root();
        fs::write(root.join("a"), "a").unwrap();
        fs::write(root.join("b"), "b").unwrap();
        let directory = Directory::open(&root).unwrap();
        let (a, b) = ("a".as_ref(), "b".as_ref());
        let error = directory.rename(a, &directory, b, Rename::NoReplace).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        directory.rename(a, &directory, b, Rename::Exchange).unwrap();
        assert_eq!(fs::read(root.join("a")).unwrap(), b"b");
        assert!(directory.make_file(a, 0o600).is_err());
    }

    #[test]
    fn a_nameless_file_appears_whole() {
        let (_guard, root) = root();
        let directory = Directory::open(&root).unwrap();
        let mut file = directory.make_nameless_file(0o644).unwrap();
        io::Write::write_all(&mut file, b"whole").unwrap();
        assert_eq!(directory.names().unwrap(), Vec::<OsString>::new());
        link(&file, &directory, "x".as_ref()).unwrap();
        assert_eq!(fs::read(root.join("x")).unwrap(), b"whole");
        let error = link(&file, &directory, "x".as_ref()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    }
}

//! Where a worker is found: its directory, socket and lock file.
//!
//! **Architecture invariant:** a socket is used only in a directory that belongs
//! to this user and is closed to everybody else, and only when the process on
//! the other side runs as this user. Anybody else could answer requests with
//! plans of their own, or read what is asked.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use crate::system::socket;

/// The longest path that `sockaddr_un` holds, with its final NUL.
const LONGEST_PATH: usize = 108;

/// Chooses the directory of the sockets: `llmsh` in `$XDG_RUNTIME_DIR` when that
/// is this user's own, else one in `/tmp` that carries the user's number.
#[must_use]
pub fn runtime_directory(xdg_runtime_dir: Option<&OsStr>) -> PathBuf {
    let user = socket::own_user();
    if let Some(path) = xdg_runtime_dir.map(Path::new)
        && path.is_absolute()
        && std::fs::metadata(path).is_ok_and(|data| data.is_dir() && data.uid() == user)
    {
        return path.join("llmsh");
    }
    PathBuf::from(format!("/tmp/llmsh-{user}"))
}

/// Makes a directory that only this user can enter, or checks that it is one.
///
/// # Errors
/// It cannot be made; or something is there already that is no directory, belongs
/// to somebody else or is open to others (`PermissionDenied`, with a sentence).
pub fn prepare_directory(path: &Path) -> io::Result<()> {
    prepare(path, 0o077, "can be entered by other users (its mode must be 700)")
}

/// Makes a directory that only this user can change, or checks that it is one: for
/// caches and logs, whose files are private themselves.
///
/// # Errors
/// As [`prepare_directory`].
pub fn prepare_own_directory(path: &Path) -> io::Result<()> {
    prepare(path, 0o022, "can be changed by other users")
}

fn prepare(path: &Path, forbidden: u32, sentence: &'static str) -> io::Result<()> {
    match DirBuilder::new().recursive(true).mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    // The link itself is looked at: a link to a private directory was put there
    // by somebody.
    let data = std::fs::symlink_metadata(path)?;
    let wrong = if !data.is_dir() {
        "is not a directory"
    } else if data.uid() != socket::own_user() {
        "belongs to another user"
    } else if data.mode() & forbidden != 0 {
        sentence
    } else {
        return Ok(());
    };
    Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} {wrong}", path.display())))
}

/// The files of one model's worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    socket: PathBuf,
    lock: PathBuf,
}

impl Endpoint {
    /// The endpoint of the worker for the model with this SHA-256.
    #[must_use]
    pub fn new(directory: &Path, model_sha256: &str) -> Self {
        let name: String = model_sha256.chars().take(16).collect();
        Self {
            socket: directory.join(format!("worker-{name}.sock")),
            lock: directory.join(format!("worker-{name}.lock")),
        }
    }

    /// Where the socket is.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Connects to the worker that listens there.
    ///
    /// # Errors
    /// Nobody listens, the directory cannot be trusted, or the process on the other
    /// side is another user's.
    pub fn connect(&self) -> io::Result<UnixStream> {
        self.check()?;
        let stream = UnixStream::connect(&self.socket)?;
        if socket::peer_user(stream.as_fd())? != socket::own_user() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("the process at {} is another user's", self.socket.display()),
            ));
        }
        stream.set_nonblocking(true)?;
        Ok(stream)
    }

    /// Takes the place of the worker: one process holds it at a time, and the kernel
    /// gives it free when that process ends in whatever way. `Ok(None)`: somebody
    /// else has it.
    ///
    /// # Errors
    /// The directory cannot be trusted or the lock file cannot be opened.
    pub fn lock(&self) -> io::Result<Option<File>> {
        self.check()?;
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(socket::OPEN_NO_FOLLOW)
            .open(&self.lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(error),
        }
    }

    /// Listens; call it only with the lock held, because a socket that a dead
    /// worker left is removed. The socket's identity comes back with the
    /// listener, for [`Endpoint::remove`].
    ///
    /// # Errors
    /// What `bind(2)` and the file system say.
    pub fn listen(&self) -> io::Result<(UnixListener, SocketIdentity)> {
        self.check()?;
        match std::fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&self.socket)?;
        std::fs::set_permissions(
            &self.socket,
            std::os::unix::fs::PermissionsExt::from_mode(0o600),
        )?;
        listener.set_nonblocking(true)?;
        Ok((listener, SocketIdentity::of(&self.socket)?))
    }

    /// Removes the socket if it is still the one that was bound: a successor may
    /// have put its own there.
    pub fn remove(&self, identity: SocketIdentity) {
        if SocketIdentity::of(&self.socket).is_ok_and(|now| now == identity) {
            let _ = std::fs::remove_file(&self.socket);
        }
    }

    fn check(&self) -> io::Result<()> {
        if self.socket.as_os_str().len() >= LONGEST_PATH {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the path {} is too long for a socket", self.socket.display()),
            ));
        }
        prepare_directory(self.socket.parent().unwrap_or_else(|| Path::new("/")))
    }
}

/// Which socket file it is. The inode alone does not tell: its number is used
/// again at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketIdentity {
    device: u64,
    inode: u64,
    changed: (i64, i64),
}

impl SocketIdentity {
    fn of(path: &Path) -> io::Result<Self> {
        let data = std::fs::symlink_metadata(path)?;
        Ok(Self {
            device: data.dev(),
            inode: data.ino(),
            changed: (data.ctime(), data.ctime_nsec()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const SHA: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn the_directory_is_made_private() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("run/llmsh");
        prepare_directory(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        prepare_directory(&path).unwrap();
    }

    #[test]
    fn a_directory_open_to_others_is_refused() {
        let path = tempfile::tempdir().unwrap();
        std::fs::set_permissions(path.path(), PermissionsExt::from_mode(0o755)).unwrap();
        prepare_own_directory(path.path()).unwrap();
        std::fs::set_permissions(path.path(), PermissionsExt::from_mode(0o775)).unwrap();
        let error = prepare_own_directory(path.path()).unwrap_err();
        assert!(error.to_string().ends_with("can be changed by other users"));
        let error = prepare_directory(path.path()).unwrap_err();
        assert!(
            error.to_string().ends_with("can be entered by other users (its mode must be 700)")
        );
    }

    #[test]
    fn a_link_to_a_directory_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let link = parent.path().join("link");
        std::os::unix::fs::symlink(parent.path(), &link).unwrap();
        let error = prepare_directory(&link).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
    }

    #[test]
    fn a_runtime_directory_that_is_not_there_gives_way_to_one_in_tmp() {
        let own = tempfile::tempdir().unwrap();
        assert_eq!(runtime_directory(Some(own.path().as_os_str())), own.path().join("llmsh"));
        let fallback = PathBuf::from(format!("/tmp/llmsh-{}", socket::own_user()));
        assert_eq!(runtime_directory(None), fallback);
        assert_eq!(runtime_directory(Some(OsStr::new("/nonexistent"))), fallback);
        assert_eq!(runtime_directory(Some(OsStr::new("relative"))), fallback);
    }

    #[test]
    fn the_lock_is_held_once_and_the_socket_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::new(&directory.path().join("run"), SHA);
        let lock = endpoint.lock().unwrap().unwrap();
        assert!(endpoint.lock().unwrap().is_none());
        let (listener, identity) = endpoint.listen().unwrap();
        assert_eq!(std::fs::metadata(endpoint.socket()).unwrap().mode() & 0o777, 0o600);
        endpoint.connect().unwrap();
        drop((listener, lock));
        assert_eq!(endpoint.connect().unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert!(endpoint.lock().unwrap().is_some());
        let (_listener, successor) = endpoint.listen().unwrap();
        assert_ne!(identity, successor);
        endpoint.remove(identity);
        assert!(endpoint.socket().exists());
        endpoint.remove(successor);
        assert!(!endpoint.socket().exists());
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_an_error_with_a_sentence() {
        let directory = PathBuf::from(format!("/tmp/{}", "x".repeat(100)));
        let error = Endpoint::new(&directory, SHA).connect().unwrap_err();
        assert!(error.to_string().ends_with("is too long for a socket"));
    }
}

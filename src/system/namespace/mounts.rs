//! What the room sees of the file systems. All of it is done by the first
//! process, in a mount name space that nobody else has.

use std::ffi::{CString, OsString};
use std::fs::{File, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::libc;
use nix::mount::{MsFlags, mount};

use super::{Forbidden, Layer, Room, Stage, forbidden, number};
use crate::system::mount as mounts;

/// The devices that cannot do anything to the machine.
const DEVICES: [&str; 5] = ["full", "null", "random", "urandom", "zero"];

/// Room for shared memory.
const SHARED_MEMORY: &str = "mode=1777,size=67108864";

/// File systems that show what processes hold, by which everything that is not
/// in the room could be reached.
const SHOWS_PROCESSES: &str = "proc";

/// Builds the room; `absent` is told of each layer that there cannot be and need not.
pub(super) fn build(room: &mut Room, absent: &mut dyn FnMut(u8)) -> Result<(), Forbidden> {
    // What is mounted here is not mounted outside.
    plain(None, Path::new("/"), None, MsFlags::MS_REC | MsFlags::MS_PRIVATE)
        .map_err(forbidden(Stage::ReadOnly))?;
    // All are opened before the first is mounted: what is kept of one may lie below another,
    // and an overlay keeps nothing on an overlay.
    let opened: Vec<Result<Opened, Errno>> = room.layers.iter().map(Opened::of).collect();
    let layers = std::mem::take(&mut room.layers);
    for (index, (layer, opened)) in layers.into_iter().zip(opened).enumerate() {
        let index = u8::try_from(index).unwrap_or(u8::MAX - 1);
        match opened.and_then(|opened| opened.overlay()) {
            Ok(()) => room.layers.push(layer),
            Err(error) if layer.needed => return Err(forbidden(Stage::Overlay(index))(error)),
            Err(_) => absent(index),
        }
    }
    // From here on files outside of the layers have to be opened as they were.
    let devices: Vec<(&str, File)> = DEVICES
        .iter()
        .filter_map(|name| Some((*name, node(Path::new("/dev").join(name))?)))
        .collect();
    let others: Vec<PathBuf> = mounts::table()
        .into_iter()
        .filter(|mounted| mounted.kind == SHOWS_PROCESSES && mounted.point != Path::new("/proc"))
        .map(|mounted| mounted.point)
        .collect();
    let closed = libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NODEV | libc::MOUNT_ATTR_NOSUID;
    set_attributes(Path::new("/"), closed, 0, true).map_err(forbidden(Stage::ReadOnly))?;
    for layer in &room.layers {
        set_attributes(&layer.lower, 0, libc::MOUNT_ATTR_RDONLY, false)
            .map_err(forbidden(Stage::ReadOnly))?;
    }
    for point in others {
        match temporary(&point, "mode=555,size=4096", true) {
            // It is under another mount, where nobody can see it.
            Ok(()) | Err(Errno::ENOENT | Errno::ENOTDIR) => {}
            Err(error) => return Err(Forbidden { stage: Stage::Processes, error }),
        }
    }
    make_devices(&devices).map_err(forbidden(Stage::Devices))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC | MsFlags::MS_RDONLY;
    mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>)
        .map_err(forbidden(Stage::Processes))?;
    std::env::set_current_dir(&room.directory)
        .map_err(|error| Forbidden { stage: Stage::Directory, error: number(&error) })
}

/// Names a file without opening it.
fn node(path: impl AsRef<Path>) -> Option<File> {
    open(path.as_ref()).ok()
}

fn open(path: &Path) -> Result<File, Errno> {
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_PATH)
        .open(path)
        .map_err(|error| number(&error))
}

/// A path by which the kernel finds what is open, whatever bytes its name has.
fn magic_path(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn plain(
    source: Option<&Path>,
    target: &Path,
    kind: Option<&str>,
    flags: MsFlags,
) -> Result<(), Errno> {
    mount(source, target, kind, flags, None::<&str>)
}

/// The directories of a layer.
struct Opened {
    lower: File,
    upper: File,
    work: File,
}

impl Opened {
    fn of(layer: &Layer) -> Result<Self, Errno> {
        let Layer { lower, upper, work, .. } = layer;
        Ok(Self { lower: open(lower)?, upper: open(upper)?, work: open(work)? })
    }

    fn overlay(&self) -> Result<(), Errno> {
        let Self { lower, upper, work } = self;
        // Without the second, the kernel writes everything of the file system of
        // `upper` to the disk at the end, whoever it belongs to.
        let mut options = OsString::from("userxattr,volatile");
        for (name, file) in [("lowerdir", lower), ("upperdir", upper), ("workdir", work)] {
            options.push(format!(",{name}="));
            options.push(magic_path(file));
        }
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
        let options = Some(options.as_os_str());
        mount(Some("overlay"), magic_path(lower).as_path(), Some("overlay"), flags, options)
    }
}

fn temporary(target: &Path, options: &str, read_only: bool) -> Result<(), Errno> {
    let mut flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    if read_only {
        flags |= MsFlags::MS_RDONLY;
    }
    mount(Some("tmpfs"), target, Some("tmpfs"), flags, Some(options))
}

/// A new `/dev`.
fn make_devices(devices: &[(&str, File)]) -> Result<(), Errno> {
    let directory = Path::new("/dev");
    temporary(directory, "mode=755,size=65536", false)?;
    for (name, device) in devices {
        let target = directory.join(name);
        File::create(&target).map_err(|error| number(&error))?;
        plain(Some(&magic_path(device)), &target, None, MsFlags::MS_BIND)?;
        set_attributes(&target, 0, libc::MOUNT_ATTR_NODEV, false)?;
    }
    let links = [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ];
    for (name, target) in links {
        symlink(target, directory.join(name)).map_err(|error| number(&error))?;
    }
    let memory = directory.join("shm");
    std::fs::create_dir(&memory).map_err(|error| number(&error))?;
    temporary(&memory, SHARED_MEMORY, false)?;
    // What is written to a name in it by mistake would be lost without a word.
    set_attributes(directory, libc::MOUNT_ATTR_RDONLY, 0, false)
}

/// Sets and clears what a mount allows, also of those below it.
fn set_attributes(path: &Path, set: u64, clear: u64, recursive: bool) -> Result<(), Errno> {
    let path = CString::new(path.as_os_str().to_owned().into_vec()).map_err(|_| Errno::EINVAL)?;
    let attributes =
        libc::mount_attr { attr_set: set, attr_clr: clear, propagation: 0, userns_fd: 0 };
    let flags = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path ends with a null byte, and the attributes are valid for
    // their size.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &raw const attributes,
            size_of::<libc::mount_attr>(),
        )
    };
    Errno::result(result).map(drop)
}

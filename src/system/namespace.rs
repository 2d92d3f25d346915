//! A room without doors: a process in name spaces of its own, where everything
//! is read-only but overlays, whose changes land in a directory that the caller
//! gives, and where nothing outside can be reached.
//!
//! Three processes make it. The *keeper* enters the name spaces and stays outside
//! of the new process numbers, to end them; the *first* process of these builds the
//! mounts and gives up what it had; its child does the work. When the first
//! process ends, the kernel ends all others with it: nothing survives [`run`].
//!
//! What closes the room, each for itself:
//! - mounts: all are read-only, without devices; of `/dev` a few harmless ones stay
//! - process numbers: nothing outside has one, and `/proc` shows nothing of it
//! - network: a new one with no interface up, and only internet sockets at all, so
//!   that no daemon can be asked to act ([`confine`])
//! - capabilities: those over files stay to root, none to others
//! - descriptors and terminal: all are replaced, the session is new

mod confine;
mod keeper;
mod mounts;
mod output;

pub use output::{Stream, Written};

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use nix::errno::Errno;

/// One directory tree whose changes are kept apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What is seen at first. Nothing may be mounted below it.
    pub lower: PathBuf,
    /// Where what is changed goes; empty, with the attributes that `lower` is to
    /// show. It is not written to the disk, and of no use to a second room.
    pub upper: PathBuf,
    /// Room for the kernel; empty, on the file system of `upper`.
    pub work: PathBuf,
    /// Without it there is no room; else its directory cannot be changed.
    pub needed: bool,
}

/// What the room is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// What can be changed in it; none inside another.
    pub layers: Vec<Layer>,
    /// Where the work begins.
    pub directory: PathBuf,
    /// What standard output and error are read of; the rest is counted.
    pub output: usize,
    /// The largest file that can be written.
    pub file_bytes: u64,
    /// The most memory that a process can have for itself.
    pub memory_bytes: u64,
}

/// What was being done when the kernel said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Starting a process.
    Process,
    /// Entering new name spaces.
    Names,
    /// Mapping the user's number to itself.
    Users,
    /// Putting the overlay with this number over its directory.
    Overlay(u8),
    /// Making everything else read-only.
    ReadOnly,
    /// A `/dev` with nothing dangerous in it.
    Devices,
    /// A `/proc` that shows the room only.
    Processes,
    /// Entering the working directory.
    Directory,
    /// Giving up what the work does not need.
    Confinement,
}

/// The kernel, or who set it up, does not let this user have such a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{stage:?}: {}", error.desc())]
pub struct Forbidden {
    /// How far it came.
    pub stage: Stage,
    /// What the system said.
    pub error: Errno,
}

/// Why the work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this status.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// The watch of [`run`] stopped it.
    Stopped,
}

/// What became of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Why it ended.
    pub ending: Ending,
    /// What it wrote.
    pub output: Written,
    /// The layers, by their places, that there could not be.
    pub without: Vec<usize>,
}

/// How often the watch of [`run`] is asked.
pub const WATCH: Duration = Duration::from_millis(50);

/// Does the work in the room and returns when no process is left in it. `watch`
/// is asked again and again whether the work may go on.
///
/// The work begins with standard input at its end, output and error in a pipe each,
/// every other descriptor leading nowhere, all signals at their default and no
/// controlling terminal. It is a copy of this process, which must have no other
/// thread that `work` depends on.
///
/// # Errors
/// [`Forbidden`] when there can be no such room; the work has not begun then.
pub fn run(
    room: &Room,
    watch: &mut dyn FnMut() -> bool,
    work: impl FnOnce() -> i32,
) -> Result<Finished, Forbidden> {
    keeper::run(room, watch, work)
}

/// Whether numbers of users and groups other than the caller's keep their
/// meaning in a room: they do for root.
#[must_use]
pub fn maps_all_users() -> bool {
    nix::unistd::Uid::effective().is_root()
}

fn forbidden(stage: Stage) -> impl Fn(Errno) -> Forbidden {
    move |error| Forbidden { stage, error }
}

/// The number in an error of the standard library.
fn number(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::process::Command;

    use super::*;

    /// What a shell script does in a room with one layer: how it ended, and what
    /// it said.
    fn shell(script: &str, watch: &mut dyn FnMut() -> bool) -> (tempfile::TempDir, Finished) {
        let root = tempfile::tempdir().unwrap();
        let layer = Layer {
            lower: root.path().join("lower"),
            upper: root.path().join("upper"),
            work: root.path().join("work"),
            needed: true,
        };
        for path in [&layer.lower, &layer.upper, &layer.work] {
            fs::create_dir(path).unwrap();
        }
        fs::write(layer.lower.join("old"), "old").unwrap();
        let room = Room {
            directory: layer.lower.clone(),
            layers: vec![layer],
            output: 1024,
            file_bytes: 1 << 20,
            memory_bytes: 1 << 30,
        };
        let work = || match Command::new("/bin/sh").args(["-c", script]).status() {
            Ok(status) => status.code().unwrap_or(99),
            Err(_) => 98,
        };
        (root, run(&room, watch, work).expect("this kernel has rooms"))
    }

    fn said(script: &str) -> String {
        let (_root, finished) = shell(script, &mut || true);
        String::from_utf8(finished.output.all()).unwrap()
    }

    #[test]
    fn changes_land_in_the_layer_and_nowhere_else() {
        let (root, finished) = shell("echo new >new; rm old; mkdir d; ls; exit 7", &mut || true);
        assert_eq!(finished.ending, Ending::Exited(7));
        assert_eq!(finished.output.of(Stream::Output), b"d\nnew\n");
        assert_eq!(fs::read(root.path().join("lower/old")).unwrap(), b"old");
        assert_eq!(fs::read_dir(root.path().join("lower")).unwrap().count(), 1);
        assert_eq!(fs::read(root.path().join("upper/new")).unwrap(), b"new\n");
        assert_eq!(fs::symlink_metadata(root.path().join("upper/old")).unwrap().rdev(), 0);
    }

    #[test]
    fn everything_else_is_read_only() {
        let script = "echo x >../upper/x; mkdir ../y; echo x >/dev/x; echo x >/dev/null; echo $?";
        let output = shell(script, &mut || true).1.output;
        let errors = String::from_utf8(output.of(Stream::Error)).unwrap();
        assert_eq!(errors.matches("Read-only file system").count(), 3, "{errors}");
        assert_eq!(output.of(Stream::Output), b"0\n");
    }

    #[test]
    fn nothing_outside_can_be_seen_or_reached() {
        let script = "ls /proc | grep -c '^[0-9]'; cat /proc/net/dev | grep -c :; \
                      ls -l /proc/self/fd | grep -c -e '->'; sleep 1 </dev/tty; umount /proc";
        let said = said(script);
        let mut lines = said.lines();
        let processes: u32 = lines.next().unwrap().parse().unwrap();
        // The first process, the worker, the shell, `ls` and `grep`.
        assert!(processes <= 5, "{said}");
        // The loopback only.
        assert_eq!(lines.next(), Some("1"), "{said}");
        // The three, and the directory that is read.
        assert_eq!(lines.next(), Some("4"), "{said}");
        assert!(said.contains("/dev/tty"), "{said}");
        assert!(said.contains("umount"), "{said}");
    }

    #[test]
    fn nothing_survives_and_a_watch_can_stop_it() {
        let script = "trap '' TERM INT HUP; setsid sleep 1000 & echo begun; sleep 1000";
        let mut begun = 0;
        let (_root, finished) = shell(script, &mut || {
            begun += 1;
            begun < 4
        });
        assert_eq!(finished.ending, Ending::Stopped);
        let (_root, finished) = shell("sleep 1000 & echo $!", &mut || true);
        assert_eq!(finished.ending, Ending::Exited(0));
    }

    #[test]
    fn endless_output_is_bounded() {
        let (_root, finished) = shell("head -c 100000 /dev/zero", &mut || true);
        let output = finished.output;
        assert_eq!((output.all().len(), output.left_out), (1024, 100_000 - 1024));
    }

    #[test]
    fn a_file_cannot_grow_past_the_limit() {
        let (root, _) = shell("head -c 2000000 /dev/zero >big", &mut || true);
        assert_eq!(fs::metadata(root.path().join("upper/big")).unwrap().len(), 1 << 20);
    }

    #[test]
    fn what_is_kept_of_a_layer_may_lie_below_another() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        let layer = |lower: &str, kept: &str| Layer {
            lower: at(lower),
            upper: at(kept).join("upper"),
            work: at(kept).join("work"),
            needed: true,
        };
        // As a cache in a home directory keeps what changes there and elsewhere.
        let layers = vec![layer("home", "home/cache/0"), layer("other", "home/cache/1")];
        for layer in &layers {
            for path in [&layer.lower, &layer.upper, &layer.work] {
                fs::create_dir_all(path).unwrap();
            }
        }
        let room = Room {
            directory: at("home"),
            layers,
            output: 1024,
            file_bytes: 1 << 20,
            memory_bytes: 1 << 30,
        };
        let work = || {
            i32::from(
                fs::write(at("home/a"), "a").is_err() || fs::write(at("other/b"), "b").is_err(),
            )
        };
        assert_eq!(run(&room, &mut || true, work).unwrap().ending, Ending::Exited(0));
        assert!(at("home/cache/0/upper/a").exists() && at("home/cache/1/upper/b").exists());
        assert!(!at("home/a").exists() && !at("other/b").exists());
    }

    #[test]
    fn what_cannot_be_overlaid_is_said_or_left_out() {
        let impossible = |needed| Layer {
            lower: "/".into(),
            upper: "/nonexistent".into(),
            work: "/".into(),
            needed,
        };
        let room = |layers| Room {
            layers,
            directory: "/".into(),
            output: 0,
            file_bytes: 0,
            memory_bytes: 1 << 30,
        };
        let error = run(&room(vec![impossible(true)]), &mut || true, || 0).unwrap_err();
        assert_eq!(error, Forbidden { stage: Stage::Overlay(0), error: Errno::ENOENT });
        let two = vec![impossible(false), impossible(false)];
        let finished = run(&room(two), &mut || true, || 3).unwrap();
        assert_eq!((finished.ending, finished.without), (Ending::Exited(3), vec![0, 1]));
    }
}

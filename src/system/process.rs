//! Processes: fork, exec, wait, groups.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{self, ForkResult, Pid};

use super::descriptor::Descriptor;

/// A process id; also a process group's.
pub type ProcessId = i32;

/// Which side of a fork this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The new process.
    Child,
    /// The old one, with the child's id.
    Parent(ProcessId),
}

/// How a child changed, from `waitpid(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It ended with this status.
    Exited(i32),
    /// This signal ended it; whether a core was dumped.
    Signaled(i32, bool),
    /// This signal stopped it.
    Stopped(i32),
    /// It goes on.
    Continued,
}

/// Duplicates the process. The child may do anything the parent could, because
/// the shell has one thread (design.md, *The shell process is small and has one
/// thread*).
///
/// # Errors
/// `EAGAIN` and `ENOMEM`.
pub fn fork() -> Result<Fork, Errno> {
    // SAFETY: the shell process has a single thread, so the child has no lock
    // that another thread held.
    match unsafe { unistd::fork() }? {
        ForkResult::Child => Ok(Fork::Child),
        ForkResult::Parent { child } => Ok(Fork::Parent(child.as_raw())),
    }
}

/// Replaces the process by a program.
///
/// Returns only the error.
pub fn execute(path: &CStr, arguments: &[CString], environment: &[CString]) -> Errno {
    match unistd::execve(path, arguments, environment) {
        Ok(never) => match never {},
        Err(error) => error,
    }
}

/// Starts a program without a copy of this process in between (posix_spawn, which shares
/// memory until the program begins): its descriptors, mask and ignored signals are this
/// process's, but that of each of `moves` the first becomes the second.
///
/// # Errors
/// What `execve(2)` says; nothing was started then.
pub fn start(
    path: &CStr,
    arguments: &[CString],
    environment: &[CString],
    moves: &[(Descriptor, Descriptor)],
) -> Result<ProcessId, Errno> {
    let mut actions = MaybeUninit::<libc::posix_spawn_file_actions_t>::uninit();
    // SAFETY: there is room for the actions, which the call initialises.
    let error = unsafe { libc::posix_spawn_file_actions_init(actions.as_mut_ptr()) };
    if error != 0 {
        return Err(Errno::from_raw(error));
    }
    let mut actions = Actions(actions);
    let attributes = Attributes::new()?;
    for (from, to) in moves {
        // SAFETY: the actions have been initialised.
        let error =
            unsafe { libc::posix_spawn_file_actions_adddup2(actions.0.as_mut_ptr(), *from, *to) };
        if error != 0 {
            return Err(Errno::from_raw(error));
        }
    }
    let pointers = |strings: &[CString]| {
        let mut pointers: Vec<*mut libc::c_char> =
            strings.iter().map(|string| string.as_ptr().cast_mut()).collect();
        pointers.push(std::ptr::null_mut());
        pointers
    };
    let (arguments, environment) = (pointers(arguments), pointers(environment));
    let mut process = 0;
    // SAFETY: the strings and the lists, which end in a null pointer, live for the whole
    // call, which does not change them.
    let error = unsafe {
        libc::posix_spawn(
            &raw mut process,
            path.as_ptr(),
            actions.0.as_ptr(),
            attributes.0.as_ptr(),
            arguments.as_ptr(),
            environment.as_ptr(),
        )
    };
    if error == 0 { Ok(process) } else { Err(Errno::from_raw(error)) }
}

/// What is done to the descriptors of a program that is started; initialised.
struct Actions(MaybeUninit<libc::posix_spawn_file_actions_t>);

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: they were initialised, and are freed once.
        unsafe { libc::posix_spawn_file_actions_destroy(self.0.as_mut_ptr()) };
    }
}

/// How a program is started; initialised.
struct Attributes(MaybeUninit<libc::posix_spawnattr_t>);

impl Attributes {
    /// As it would be by `fork` and `execve`: glibc would let it ignore the two signals that it
    /// keeps for itself, 32 and 33.
    fn new() -> Result<Self, Errno> {
        let mut attributes = MaybeUninit::<libc::posix_spawnattr_t>::uninit();
        // SAFETY: there is room for the attributes, which the call initialises.
        let error = unsafe { libc::posix_spawnattr_init(attributes.as_mut_ptr()) };
        if error != 0 {
            return Err(Errno::from_raw(error));
        }
        let mut attributes = Self(attributes);
        // SAFETY: a set of signals is an array of bits; none of them is an empty one. The
        // first word has a bit for each of the signals from 1 (signal(7)), and is of a size
        // that holds them. (`sigaddset` refuses these two.)
        let defaults: libc::sigset_t = unsafe {
            let mut set = std::mem::zeroed::<libc::sigset_t>();
            std::ptr::from_mut(&mut set).cast::<libc::c_ulong>().write(0b11 << 31);
            set
        };
        let flag = libc::POSIX_SPAWN_SETSIGDEF as libc::c_short;
        // SAFETY: the attributes have been initialised, and the set lives during the call.
        unsafe {
            libc::posix_spawnattr_setsigdefault(attributes.0.as_mut_ptr(), &raw const defaults);
            libc::posix_spawnattr_setflags(attributes.0.as_mut_ptr(), flag);
        }
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: they were initialised, and are freed once.
        unsafe { libc::posix_spawnattr_destroy(self.0.as_mut_ptr()) };
    }
}

/// Waits for a change of a child: of one child, or of any with `None`.
/// `block`: wait until there is one; `stops`: report stopped and continued
/// children too. `Ok(None)`: nothing has changed.
///
/// # Errors
/// `ECHILD` when there is no such child, `EINTR` when a signal came first.
pub fn wait(
    process: Option<ProcessId>,
    block: bool,
    stops: bool,
) -> Result<Option<(ProcessId, Change)>, Errno> {
    let mut options = 0;
    if !block {
        options |= libc::WNOHANG;
    }
    if stops {
        options |= libc::WUNTRACED | libc::WCONTINUED;
    }
    let mut status = 0;
    // nix's own `waitpid` fails for a child that a real-time signal ended.
    // SAFETY: `status` is valid for the write.
    let changed =
        Errno::result(unsafe { libc::waitpid(process.unwrap_or(-1), &raw mut status, options) })?;
    if changed == 0 {
        return Ok(None);
    }
    let change = if libc::WIFEXITED(status) {
        Change::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        Change::Signaled(libc::WTERMSIG(status), libc::WCOREDUMP(status))
    } else if libc::WIFSTOPPED(status) {
        Change::Stopped(libc::WSTOPSIG(status))
    } else {
        Change::Continued
    };
    Ok(Some((changed, change)))
}

/// Ends the process at once, without running destructors or flushing anything.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: _exit does not return and touches no memory.
    unsafe { libc::_exit(status) }
}

/// This process.
#[must_use]
pub fn id() -> ProcessId {
    unistd::getpid().as_raw()
}

/// This process's parent.
#[must_use]
pub fn parent_id() -> ProcessId {
    unistd::getppid().as_raw()
}

/// This process's group.
#[must_use]
pub fn group() -> ProcessId {
    unistd::getpgrp().as_raw()
}

/// Puts a process into a group; 0 means this process, or a group of its own.
///
/// # Errors
/// What `setpgid(2)` says.
pub fn set_group(process: ProcessId, group: ProcessId) -> Result<(), Errno> {
    unistd::setpgid(Pid::from_raw(process), Pid::from_raw(group))
}

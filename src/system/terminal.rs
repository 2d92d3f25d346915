//! The controlling terminal: foreground group, modes, size.

use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow, Signal};
use nix::sys::termios::{self, SetArg};

use super::descriptor::Descriptor;
use super::process::ProcessId;

/// The modes of a terminal (XBD 11), kept for each stopped job.
#[derive(Clone, Debug)]
pub struct Modes(termios::Termios);

/// Whether the descriptor is open and a terminal.
#[must_use]
pub fn is_terminal(descriptor: Descriptor) -> bool {
    // SAFETY: isatty touches no memory and takes any number; one that is no open
    // descriptor is an answer (EBADF).
    unsafe { libc::isatty(descriptor) == 1 }
}

/// The foreground process group.
///
/// # Errors
/// `ENOTTY` when it is not the controlling terminal.
pub fn foreground(descriptor: Descriptor) -> Result<ProcessId, Errno> {
    // SAFETY: tcgetpgrp touches no memory.
    Errno::result(unsafe { libc::tcgetpgrp(descriptor) })
}

/// Makes `group` the foreground process group. SIGTTOU is blocked meanwhile: it
/// would stop a shell that is not in the foreground itself.
///
/// # Errors
/// `ENOTTY`, `EPERM`, `EINVAL`.
pub fn set_foreground(descriptor: Descriptor, group: ProcessId) -> Result<(), Errno> {
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTTOU);
    let mask = blocked.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    // SAFETY: tcsetpgrp touches no memory.
    let result = Errno::result(unsafe { libc::tcsetpgrp(descriptor, group) }).map(drop);
    mask.thread_set_mask()?;
    result
}

/// The terminal's modes.
///
/// # Errors
/// `ENOTTY`.
pub fn modes(descriptor: Descriptor) -> Result<Modes, Errno> {
    // SAFETY: the descriptor is open for the call or the call fails.
    termios::tcgetattr(unsafe { BorrowedFd::borrow_raw(descriptor) }).map(Modes)
}

/// Hands keys over as they are typed, where `by_keys`, and shows them or not; the modes
/// before, to be restored.
///
/// # Errors
/// `ENOTTY` when it is no terminal.
pub fn read_keys(descriptor: Descriptor, by_keys: bool, shown: bool) -> Result<Modes, Errno> {
    let before = modes(descriptor)?;
    let mut keys = before.clone();
    if by_keys {
        keys.0.local_flags.remove(termios::LocalFlags::ICANON);
    }
    if !shown {
        keys.0.local_flags.remove(termios::LocalFlags::ECHO);
    }
    set_modes(descriptor, &keys)?;
    Ok(before)
}

/// Stops showing what is typed; the modes before, to be restored.
///
/// # Errors
/// `ENOTTY`.
pub fn hide_input(descriptor: Descriptor) -> Result<Modes, Errno> {
    let before = modes(descriptor)?;
    let mut hidden = before.clone();
    hidden.0.local_flags.remove(termios::LocalFlags::ECHO | termios::LocalFlags::ECHONL);
    set_modes(descriptor, &hidden)?;
    Ok(before)
}

/// Restores modes once all output has drained.
///
/// # Errors
/// `ENOTTY`.
pub fn set_modes(descriptor: Descriptor, modes: &Modes) -> Result<(), Errno> {
    // SAFETY: the descriptor is open for the call or the call fails.
    let terminal = unsafe { BorrowedFd::borrow_raw(descriptor) };
    termios::tcsetattr(terminal, SetArg::TCSADRAIN, &modes.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_open_is_no_terminal() {
        assert!(!is_terminal(-1));
        assert!(!is_terminal(i32::MAX));
    }
}

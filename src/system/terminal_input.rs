//! What a person types: waiting for it, and throwing it away.

use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{self, FlushArg};

use super::Errno;
use super::descriptor::Descriptor;

/// What became of waiting for input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// There is something to be read.
    Input,
    /// The time is over, or a signal came.
    Nothing,
    /// The terminal is gone: reading would return nothing, again and again.
    Hangup,
}

/// Waits until something was typed, the time is over or a signal comes.
///
/// # Errors
/// `EINVAL` and `ENOMEM`, as `poll` says.
pub fn wait(terminal: Descriptor, time: Duration) -> Result<Waited, Errno> {
    // SAFETY: the descriptor is open for the call, or the call says that it is not.
    let borrowed = unsafe { BorrowedFd::borrow_raw(terminal) };
    let mut descriptors = [PollFd::new(borrowed, PollFlags::POLLIN)];
    let timeout = PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX);
    match poll(&mut descriptors, timeout) {
        Ok(0) | Err(Errno::EINTR) => Ok(Waited::Nothing),
        Ok(_) => {
            let events = descriptors[0].revents().unwrap_or(PollFlags::empty());
            let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
            Ok(if events.intersects(gone) { Waited::Hangup } else { Waited::Input })
        }
        Err(error) => Err(error),
    }
}

/// Throws away what a terminal has received and nobody has read: an answer that
/// was typed before the question is none.
///
/// # Errors
/// `ENOTTY`.
pub fn discard(terminal: Descriptor) -> Result<(), Errno> {
    // SAFETY: the descriptor is open for the call or the call fails.
    termios::tcflush(unsafe { BorrowedFd::borrow_raw(terminal) }, FlushArg::TCIFLUSH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::descriptor;

    #[test]
    fn only_a_terminal_has_type_ahead() {
        let (reader, writer) = descriptor::pipe().unwrap();
        assert_eq!(discard(reader), Err(Errno::ENOTTY));
        descriptor::close(reader);
        descriptor::close(writer);
    }

    #[test]
    fn input_and_hangup_are_told_apart() {
        let (reader, writer) = descriptor::pipe().unwrap();
        assert_eq!(wait(reader, Duration::ZERO), Ok(Waited::Nothing));
        descriptor::write_all(writer, b"x").unwrap();
        assert_eq!(wait(reader, Duration::MAX), Ok(Waited::Input));
        descriptor::close(writer);
        assert_eq!(wait(reader, Duration::MAX), Ok(Waited::Hangup));
        descriptor::close(reader);
    }
}

//! What a person types: waiting for it, and keeping what came too early.

use std::os::fd::BorrowedFd;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

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

/// What was typed before a question and is no answer to it: it stays for the prompt.
static ASIDE: Mutex<String> = Mutex::new(String::new());

/// Keeps text for the next prompt, after what is kept already.
pub fn set_aside(text: &str) {
    ASIDE.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
}

/// What is kept for this prompt: up to and with the first newline, or all of it.
pub fn take_aside() -> String {
    let mut aside = ASIDE.lock().unwrap_or_else(PoisonError::into_inner);
    let end = aside.find('\n').map_or(aside.len(), |newline| newline + 1);
    aside.drain(..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::descriptor;

    #[test]
    fn what_was_set_aside_comes_back_line_by_line() {
        set_aside("one\ntw");
        set_aside("o");
        assert_eq!(take_aside(), "one\n");
        assert_eq!(take_aside(), "two");
        assert_eq!(take_aside(), "");
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

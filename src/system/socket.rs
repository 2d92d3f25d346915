//! Local sockets: who is on the other side, waiting for several at once, and
//! sending without being ended by SIGPIPE.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::socket::{MsgFlags, getsockopt, send, sockopt::PeerCredentials};

/// The flag of `open(2)` with which a symbolic link is an error.
pub const OPEN_NO_FOLLOW: i32 = nix::libc::O_NOFOLLOW;

/// The user id of the process on the other side, as the kernel recorded it when
/// the connection was made.
///
/// # Errors
/// What `getsockopt(2)` says.
pub fn peer_user(socket: BorrowedFd<'_>) -> io::Result<u32> {
    Ok(getsockopt(&socket, PeerCredentials)?.uid())
}

/// The real user id of this process.
#[must_use]
pub fn own_user() -> u32 {
    nix::unistd::getuid().as_raw()
}

/// Sends bytes; a peer that is gone is an error (`BrokenPipe`) and not a signal,
/// because a login shell must survive the death of the model's process.
///
/// # Errors
/// What `send(2)` says; `WouldBlock` when the socket does not take any now.
pub fn send_quietly(socket: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<usize> {
    Ok(send(socket.as_raw_fd(), bytes, MsgFlags::MSG_NOSIGNAL | MsgFlags::MSG_DONTWAIT)?)
}

/// What one descriptor is watched for.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a> {
    /// The descriptor.
    pub descriptor: BorrowedFd<'a>,
    /// Whether to wait until it can be read.
    pub readable: bool,
    /// Whether to wait until it can be written.
    pub writable: bool,
}

/// What a descriptor is ready for. An error or a hang-up counts as readable,
/// because a read tells which it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ready {
    /// A read does not block.
    pub readable: bool,
    /// A write does not block.
    pub writable: bool,
}

/// Waits until one of the descriptors is ready, for at most `timeout_ms`
/// milliseconds (`None`: for ever). A signal ends the wait early, with nothing
/// ready, so that the caller can look at its flags.
///
/// # Errors
/// What `poll(2)` says, but for `EINTR`.
pub fn wait_ready(watches: &[Watch<'_>], timeout_ms: Option<u16>) -> io::Result<Vec<Ready>> {
    let mut polled: Vec<PollFd<'_>> = watches
        .iter()
        .map(|watch| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::POLLIN, watch.readable);
            flags.set(PollFlags::POLLOUT, watch.writable);
            PollFd::new(watch.descriptor, flags)
        })
        .collect();
    let timeout = timeout_ms.map_or(PollTimeout::NONE, PollTimeout::from);
    match nix::poll::poll(&mut polled, timeout) {
        Ok(_) => {}
        Err(nix::errno::Errno::EINTR) => return Ok(vec![Ready::default(); watches.len()]),
        Err(error) => return Err(error.into()),
    }
    Ok(polled
        .iter()
        .map(|entry| {
            let events = entry.revents().unwrap_or(PollFlags::empty());
            let broken = PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL;
            Ready {
                readable: events.intersects(PollFlags::POLLIN | broken),
                writable: events.intersects(PollFlags::POLLOUT | broken),
            }
        })
        .collect())
}

/// Waits until one descriptor can be read, at most `timeout_ms` milliseconds.
///
/// # Errors
/// As [`wait_ready`].
pub fn wait_readable<S: AsFd>(socket: &S, timeout_ms: u16) -> io::Result<bool> {
    let watch = Watch { descriptor: socket.as_fd(), readable: true, writable: false };
    Ok(wait_ready(&[watch], Some(timeout_ms))?.first().is_some_and(|ready| ready.readable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    #[test]
    fn the_peer_of_a_socket_pair_is_this_user() {
        let (one, two) = UnixStream::pair().unwrap();
        assert_eq!(peer_user(one.as_fd()).unwrap(), own_user());
        assert_eq!(peer_user(two.as_fd()).unwrap(), own_user());
    }

    #[test]
    fn sending_to_a_closed_peer_is_an_error_and_not_a_signal() {
        let (one, two) = UnixStream::pair().unwrap();
        drop(two);
        let error = send_quietly(one.as_fd(), b"x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn readiness_is_reported_for_each_descriptor() {
        let (one, mut two) = UnixStream::pair().unwrap();
        assert!(!wait_readable(&one, 0).unwrap());
        two.write_all(b"x").unwrap();
        assert!(wait_readable(&one, 1000).unwrap());
        drop(two);
        let watch = Watch { descriptor: one.as_fd(), readable: true, writable: true };
        let ready = wait_ready(&[watch], Some(0)).unwrap();
        assert_eq!(ready, vec![Ready { readable: true, writable: true }]);
    }
}

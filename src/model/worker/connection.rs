//! One connection without blocking, the same on both sides: messages in, and
//! messages out as fast as the other side takes them.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::{self, FrameReader, MAX_FRAME};
use crate::system::socket;

/// How much may wait to be sent before the other side counts as stuck.
const MAX_OUTGOING: usize = 2 * MAX_FRAME;

/// How much is read at once; more stays in the socket, so that one busy
/// connection does not starve the others.
const READ_SIZE: usize = 64 * 1024;

/// A socket that does not block, with its buffers.
#[derive(Debug)]
pub(super) struct Connection {
    stream: UnixStream,
    reader: FrameReader,
    outgoing: VecDeque<u8>,
    ended: bool,
}

impl Connection {
    /// Takes over a socket that does not block.
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, reader: FrameReader::default(), outgoing: VecDeque::new(), ended: false }
    }

    /// What to poll.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Whether something waits to be sent.
    pub(super) fn wants_to_write(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Queues a message and sends what the socket takes now.
    ///
    /// # Errors
    /// The other side is gone, or does not read.
    pub(super) fn send<T: Serialize>(&mut self, message: &T) -> io::Result<()> {
        let bytes = frame::encode(message)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        if self.outgoing.len() + bytes.len() > MAX_OUTGOING {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the other side does not read"));
        }
        self.outgoing.extend(bytes);
        self.flush()
    }

    /// Sends what the socket takes now.
    ///
    /// # Errors
    /// The other side is gone.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        while !self.outgoing.is_empty() {
            match socket::send_quietly(self.stream.as_fd(), self.outgoing.as_slices().0) {
                Ok(sent) => drop(self.outgoing.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads what is there. After the end, messages that came before it can still
    /// be taken.
    ///
    /// # Errors
    /// What `read(2)` says.
    pub(super) fn fill(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; READ_SIZE];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.ended = true,
            Ok(count) => self.reader.push(&buffer[..count]),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) => {}
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => self.ended = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The next message that is complete.
    ///
    /// # Errors
    /// What came is not a message (`InvalidData`).
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        self.reader
            .next_message()
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Whether the other side has closed its end.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }
}

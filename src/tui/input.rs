//! Events of the terminal, as long as there is one.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};

use crate::system::terminal_input::{self, Waited};
use crate::system::{descriptor, signal};

/// So long nobody looks whether a signal came just before the waiting began.
const SLICE: Duration = Duration::from_secs(1);

/// The next event; nothing once the time is over. crossterm alone would read from a
/// terminal that is gone without end.
///
/// # Errors
/// The terminal is gone, or SIGHUP says that it will be.
pub fn next(time: Option<Duration>) -> io::Result<Option<Event>> {
    let start = Instant::now();
    let mut pause = Duration::ZERO;
    loop {
        let waited = terminal_input::wait(descriptor::STDIN, pause)?;
        if waited == Waited::Hangup || signal::is_pending(signal::SIGHUP) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if event::poll(Duration::ZERO)? {
            return event::read().map(Some);
        }
        let left = time.map(|time| time.saturating_sub(start.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            return Ok(None);
        }
        pause = left.map_or(SLICE, |left| left.min(SLICE));
    }
}

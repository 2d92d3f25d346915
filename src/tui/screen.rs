//! The terminal while lines are painted on it and keys are taken from it.

use std::io;
use std::time::Duration;

use crossterm::event::Event;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use ratatui::text::Line;

use super::input;
use super::paint::Painter;
use crate::system::descriptor;

/// For so long nothing may be typed before the question is put: a person who goes
/// on typing has not seen the plan.
const QUIET: Duration = Duration::from_millis(250);

/// So long after the last change of its size a terminal is drawn on again.
const SETTLED: Duration = Duration::from_millis(50);

/// Columns and rows.
#[must_use]
pub fn size() -> (usize, usize) {
    let (columns, rows) = crossterm::terminal::size().unwrap_or((0, 0));
    // Some terminals do not say.
    let given = |number: u16, usual| if number == 0 { usual } else { usize::from(number) };
    (given(columns, 80), given(rows, 24))
}

/// The terminal while something is painted on it where the cursor is.
#[derive(Default)]
pub struct Screen {
    raw: Option<RawMode>,
    painter: Painter,
}

impl Screen {
    /// Takes the keys from the terminal as they are typed.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn enter(&mut self) -> io::Result<()> {
        if self.raw.is_none() {
            self.raw = Some(RawMode::enter()?);
        }
        Ok(())
    }

    /// Takes what is painted off the terminal and puts its modes back.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn leave(&mut self) -> io::Result<()> {
        if self.raw.is_some() {
            show(&self.painter.clear())?;
        }
        self.raw = None;
        Ok(())
    }

    /// Paints lines over those that it has painted last.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn paint(&mut self, lines: &[Line<'_>]) -> io::Result<()> {
        show(&self.painter.paint(lines))
    }

    /// Takes it off once the size has stopped changing, to be painted anew. A terminal may
    /// have broken its lines; what is above them is left alone then, even if it is a rest of
    /// what was painted.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn resized(&mut self) -> io::Result<()> {
        while matches!(input::next(Some(SETTLED))?, Some(Event::Resize(..))) {}
        show(&self.painter.clear())
    }

    /// Waits until nothing has been typed for a moment, and keeps for the prompt what
    /// was: whether it was Ctrl-C.
    ///
    /// # Errors
    /// The terminal is gone.
    pub fn is_given_up(&mut self) -> io::Result<bool> {
        let mut given_up = false;
        while !given_up && let Some(event) = input::next(Some(QUIET))? {
            given_up = input::set_aside(&event);
        }
        Ok(given_up)
    }
}

/// Raw mode, with pasted text told apart from keys; every way out, a panic too, puts
/// the terminal back.
struct RawMode;

impl RawMode {
    /// Takes the keys from the terminal as they are typed.
    ///
    /// # Errors
    /// The terminal cannot be used.
    fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        let mode = Self;
        show("\x1b[?2004h")?;
        Ok(mode)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // There is nobody to tell when the terminal is gone.
        let _ = show("\x1b[?2004l\x1b[0m\x1b[?25h");
        let _ = disable_raw_mode();
    }
}

/// Writes to the terminal.
///
/// # Errors
/// The terminal is gone.
pub fn show(text: &str) -> io::Result<()> {
    descriptor::write_all(descriptor::STDERR, text.as_bytes()).map_err(io::Error::from)
}

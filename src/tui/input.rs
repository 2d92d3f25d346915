//! Events of the terminal, as long as there is one.

use std::io;
use std::sync::Once;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::system::terminal_input::{self, Waited};
use crate::system::{descriptor, signal};

/// So long nobody looks whether a signal came just before the waiting began.
const SLICE: Duration = Duration::from_secs(1);

/// After a letter that answers a question, the next letter of a word comes within
/// this time; so long a single letter has to wait.
const WITHIN_A_WORD: Duration = Duration::from_millis(350);

/// Keeps what was typed before a question for the prompt after it; true if it was
/// Ctrl-C, which is for the question.
pub fn set_aside(event: &Event) -> bool {
    match event {
        Event::Key(KeyEvent { kind: KeyEventKind::Release, .. }) => {}
        Event::Key(KeyEvent { code: KeyCode::Char(letter), modifiers, .. }) => {
            if modifiers.contains(KeyModifiers::CONTROL) {
                // What was entered while the terminal still made lines of it ends in a
                // newline, which is Ctrl-J here.
                if matches!(letter, 'j' | 'm') {
                    terminal_input::set_aside("\n");
                }
                return *letter == 'c';
            }
            terminal_input::set_aside(letter.encode_utf8(&mut [0; 4]));
        }
        Event::Key(KeyEvent { code: KeyCode::Enter, .. }) => terminal_input::set_aside("\n"),
        Event::Paste(text) => terminal_input::set_aside(text),
        _ => {}
    }
    false
}

/// The word that a letter began, which was just typed: a person who answers `yes` and
/// Enter means all of it, and none of it is for what comes after the question. `None`:
/// they got out of it.
pub fn word(first: char) -> Option<String> {
    let mut word = String::from(first);
    let mut time = Some(WITHIN_A_WORD);
    loop {
        match next(time) {
            Ok(None) | Err(_) => return Some(word),
            Ok(Some(Event::Key(KeyEvent { kind: KeyEventKind::Release, .. }))) => {}
            Ok(Some(Event::Key(KeyEvent { code, modifiers, .. }))) => match code {
                KeyCode::Enter => return Some(word),
                KeyCode::Esc => return None,
                KeyCode::Char('c' | 'd') if modifiers.contains(KeyModifiers::CONTROL) => {
                    return None;
                }
                KeyCode::Char('j' | 'm') if modifiers.contains(KeyModifiers::CONTROL) => {
                    return Some(word);
                }
                KeyCode::Char(letter) => {
                    word.push(letter);
                    // A word ends with Enter.
                    time = None;
                }
                KeyCode::Backspace => drop(word.pop()),
                _ => {}
            },
            Ok(Some(_)) => {}
        }
    }
}

/// The next event; nothing once the time is over. crossterm alone would read from a
/// terminal that is gone without end.
///
/// # Errors
/// The terminal is gone, or SIGHUP says that it will be.
pub fn next(time: Option<Duration>) -> io::Result<Option<Event>> {
    // What crossterm opens at its first use it keeps.
    static OPENED: Once = Once::new();
    OPENED.call_once(|| descriptor::opened_privately(|| drop(event::poll(Duration::ZERO))));
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

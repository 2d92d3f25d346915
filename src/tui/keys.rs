//! Single keys from the terminal, for a question.

use std::io::Write;
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use crate::review::terminal::{Key, Keys};
use crate::system::descriptor;

/// Raw mode while it lives; every way out of it, a panic too, restores the
/// modes.
struct RawMode;

impl RawMode {
    fn enter() -> Option<Self> {
        enable_raw_mode().ok().map(|()| Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // There is nobody to tell when the terminal is gone.
        let _ = disable_raw_mode();
    }
}

/// The keys of the person at the terminal.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminalKeys;

impl Keys for TerminalKeys {
    fn key(&mut self) -> Option<Key> {
        let _raw = RawMode::enter()?;
        // What was typed before the question was seen is no answer to it.
        while event::poll(Duration::ZERO).ok()? {
            event::read().ok()?;
        }
        loop {
            let Event::Key(key) = event::read().ok()? else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            return Some(match key.code {
                KeyCode::Char('c' | 'd') if control => Key::Cancel,
                KeyCode::Char(character) if !control => Key::Character(character),
                KeyCode::Enter => Key::Enter,
                KeyCode::Esc => Key::Cancel,
                _ => Key::Other,
            });
        }
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        self.show(prompt);
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).ok().filter(|count| *count > 0)?;
        Some(line)
    }

    fn show(&mut self, text: &str) {
        let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
        let _ = std::io::stderr().flush();
    }
}

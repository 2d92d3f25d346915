//! Single keys from the terminal, for a question.

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
#[derive(Default)]
pub struct TerminalKeys {
    raw: Option<RawMode>,
}

impl Keys for TerminalKeys {
    fn ask(&mut self, question: &str) {
        self.raw = RawMode::enter();
        while matches!(event::poll(Duration::ZERO), Ok(true)) && event::read().is_ok() {}
        show(question);
    }

    fn key(&mut self) -> Option<Key> {
        // Without raw mode a key would come only with Enter, and echoed.
        self.raw.as_ref()?;
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

    fn answered(&mut self, word: &str) {
        self.raw = None;
        show(&format!("{word}\n"));
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        show(prompt);
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).ok().filter(|count| *count > 0)?;
        Some(line)
    }
}

fn show(text: &str) {
    // A terminal that is gone has nobody at it.
    let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
}

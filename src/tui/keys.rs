//! Answers from the terminal, for a question.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use unicode_width::UnicodeWidthChar;

use super::input;
use crate::escape::visible;
use crate::review::terminal::{Keys, Typed};
use crate::system::descriptor;

/// A key, as far as a question needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Character(char),
    Enter,
    /// Escape, Ctrl-C or Ctrl-D.
    Cancel,
    Other,
}

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
    fn show(&mut self, text: &str) {
        show(text);
    }

    fn ask(&mut self, question: &str) {
        self.raw = RawMode::enter();
        while let Ok(Some(event)) = input::next(Some(Duration::ZERO)) {
            input::set_aside(&event);
        }
        show(question);
    }

    fn typed(&mut self) -> Option<Typed> {
        loop {
            return Some(match self.press()?.0 {
                Key::Character(letter) => match input::word(letter) {
                    Some(word) => Typed::Word(word.to_lowercase()),
                    None => Typed::Cancel,
                },
                Key::Enter => Typed::Enter,
                Key::Cancel => Typed::Cancel,
                Key::Other => continue,
            });
        }
    }

    fn answered(&mut self, word: &str) {
        self.raw = None;
        show(&format!("{word}\n"));
    }

    fn line(&mut self, prompt: &str) -> Option<String> {
        self.ask(prompt);
        let mut line = String::new();
        let typed = loop {
            match self.press() {
                Some((Key::Character(character), _)) => {
                    line.push(character);
                    show(&visible(character.to_string().as_bytes()));
                }
                Some((Key::Enter, _)) => break Some(line),
                Some((Key::Cancel, _)) | None => break None,
                Some((Key::Other, KeyCode::Backspace)) => {
                    let width = line.pop().and_then(UnicodeWidthChar::width).unwrap_or(0);
                    show(&"\x08 \x08".repeat(width));
                }
                Some((Key::Other, _)) => {}
            }
        };
        self.answered("");
        typed
    }
}

impl TerminalKeys {
    /// The next key, and what it is called.
    fn press(&mut self) -> Option<(Key, KeyCode)> {
        // Without raw mode a key would come only with Enter, and echoed.
        self.raw.as_ref()?;
        loop {
            let Some(Event::Key(press)) = input::next(None).ok()? else { continue };
            if press.kind == KeyEventKind::Release {
                continue;
            }
            let control = press.modifiers.contains(KeyModifiers::CONTROL);
            let key = match press.code {
                KeyCode::Char('c' | 'd') if control => Key::Cancel,
                KeyCode::Char(character) if !control => Key::Character(character),
                KeyCode::Enter => Key::Enter,
                KeyCode::Esc => Key::Cancel,
                _ => Key::Other,
            };
            return Some((key, press.code));
        }
    }
}

fn show(text: &str) {
    // A terminal that is gone has nobody at it.
    let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
}

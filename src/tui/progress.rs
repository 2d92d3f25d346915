//! What is seen while the model works: one line that goes away again.

use unicode_width::UnicodeWidthChar;

use super::paint;
use crate::escape::visible;
use crate::language::Language;
use crate::model::worker::client::ClientEvent;
use crate::system::terminal::Modes;
use crate::system::{descriptor, terminal};
use crate::wrap::columns;

/// Hears what is going on while the person waits.
pub trait Progress {
    /// The model is being loaded or asked.
    fn waiting(&mut self);
    /// What the model's process is doing.
    fn event(&mut self, event: &ClientEvent);
    /// The answer could not be used; the model is asked again.
    fn again(&mut self);
    /// The waiting has ended.
    fn done(&mut self);
}

/// Says nothing: for JSON.
#[derive(Debug)]
pub struct Silent;

impl Progress for Silent {
    fn waiting(&mut self) {}
    fn event(&mut self, _: &ClientEvent) {}
    fn again(&mut self) {}
    fn done(&mut self) {}
}

/// What the model is doing.
#[derive(Clone, Copy, Debug)]
enum Label {
    Planning,
    Correcting,
}

/// Shows on a terminal that the model works and the end of what it has written.
#[derive(Debug)]
pub struct TerminalProgress {
    active: bool,
    /// The line is dim.
    dim: bool,
    width: usize,
    text: String,
    answering: bool,
    label: Label,
    language: Language,
    /// The terminal's modes before, while what is typed is not shown: it would
    /// stand in the middle of the line.
    modes: Option<Modes>,
}

impl Default for TerminalProgress {
    fn default() -> Self {
        Self::new()
    }
}

impl TerminalProgress {
    /// Nothing is shown where standard error is no terminal, or a dumb one.
    #[must_use]
    pub fn new() -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        Self {
            active: terminal::is_terminal(descriptor::STDERR) && !dumb,
            dim: paint::wants_colour(),
            width,
            text: String::new(),
            answering: false,
            label: Label::Planning,
            language: Language::of_environment(),
            modes: None,
        }
    }

    fn show_input(&mut self) {
        if let Some(modes) = self.modes.take() {
            // A terminal that is gone needs no modes.
            let _ = terminal::set_modes(descriptor::STDERR, &modes);
        }
    }

    fn draw(&self) {
        if !self.active {
            return;
        }
        let label = match self.label {
            Label::Planning => self.language.choose("planning", "正在规划"),
            Label::Correcting => self.language.choose("correcting", "正在更正"),
        };
        let room = self.width.saturating_sub(columns(label) + 6);
        let line = visible(self.text.replace('\n', "; ").as_bytes());
        let tail = last_columns(&line, room);
        let (on, off) = if self.dim { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let text = format!("\r\x1b[K{on}{label} … {tail}{off}");
        let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
    }
}

impl Drop for TerminalProgress {
    fn drop(&mut self) {
        self.show_input();
    }
}

/// The end of a text that fits so many columns.
fn last_columns(text: &str, columns: usize) -> &str {
    let mut left = columns;
    for (index, character) in text.char_indices().rev() {
        let size = character.width().unwrap_or(0);
        if size > left {
            return &text[index + character.len_utf8()..];
        }
        left -= size;
    }
    text
}

impl Progress for TerminalProgress {
    fn waiting(&mut self) {
        if self.active {
            self.modes = terminal::hide_input(descriptor::STDERR).ok();
        }
        self.draw();
    }

    fn event(&mut self, event: &ClientEvent) {
        match event {
            ClientEvent::Loading(percent) => {
                let loading = self.language.choose("loading the model", "正在加载模型");
                self.text = format!("{loading}, {percent} %");
            }
            ClientEvent::Queued => {
                let waiting = self.language.choose("waiting for another request", "等待其他请求");
                self.text = waiting.to_owned();
            }
            // Long only the first time, when the instructions are read; their
            // state is saved then.
            ClientEvent::Reading(done, total) => {
                let percent = u64::from(*done) * 100 / u64::from(*total).max(1);
                let reading = self.language.choose(
                    "reading the instructions (the first time only)",
                    "正在读取说明（仅第一次）",
                );
                self.text = format!("{reading}, {percent} %");
            }
            ClientEvent::Text(piece) => {
                if !std::mem::replace(&mut self.answering, true) {
                    self.text.clear();
                }
                self.text.push_str(piece);
            }
            ClientEvent::Done(_) => return,
        }
        self.draw();
    }

    fn again(&mut self) {
        self.answering = false;
        self.text.clear();
        self.label = Label::Correcting;
        self.draw();
    }

    fn done(&mut self) {
        if self.active {
            let _ = descriptor::write_all(descriptor::STDERR, b"\r\x1b[K");
        }
        self.show_input();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_fits_the_columns() {
        assert_eq!(last_columns("abcdef", 3), "def");
        assert_eq!(last_columns("a目录", 3), "录");
        assert_eq!(last_columns("ab", 5), "ab");
    }
}

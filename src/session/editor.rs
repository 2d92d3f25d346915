//! Lines from the person: the line editor, and what it shows while they type.
//!
//! Whether a line is a command or a request is shown behind it as soon as it is
//! more than nothing; Enter within an unfinished command begins another line.

use std::cell::RefCell;
use std::path::Path;

use rustyline::completion::{Completer, FilenameCompleter, Pair};
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, Config, Context, Editor, Event, Helper, KeyCode, KeyEvent, Modifiers, Prompt,
};

use crate::history::EditorHistory;
use crate::intent::{self, Intent};
use crate::shell::names::CommandNames;

/// What came of asking for a line.
#[derive(Debug)]
pub enum Line {
    /// The line, without its newline.
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
}

/// Called once, when a line first reads like a request.
type Ahead = RefCell<Option<Box<dyn FnOnce()>>>;

/// The line editor of an interactive shell.
pub struct LineEditor {
    editor: Editor<Assistant, EditorHistory>,
}

impl LineEditor {
    /// An editor over these lines of history. `ahead` is called when a request
    /// begins to be typed.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn new(history: EditorHistory, ahead: Box<dyn FnOnce()>) -> Result<Self, ReadlineError> {
        let mut editor = Editor::with_history(config(), history)?;
        editor.set_helper(Some(Assistant {
            names: CommandNames::default(),
            ahead: RefCell::new(Some(ahead)),
            files: FilenameCompleter::new(),
            colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }));
        // Ctrl-Z at the prompt of a shell stops nothing.
        let stop = Event::from(KeyEvent(KeyCode::Char('Z'), Modifiers::CTRL));
        editor.bind_sequence(stop, Cmd::Noop);
        Ok(Self { editor })
    }

    /// Reads a line; `names` are the commands there are now.
    pub fn read(&mut self, prompt: &str, names: CommandNames) -> Line {
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.names = names;
        }
        let line = outcome(self.editor.readline(&StyledPrompt::new(prompt)));
        if let Line::Text(text) = &line {
            // A window of lines in memory, whose adding cannot fail.
            let _ = self.editor.add_history_entry(text.as_str());
        }
        line
    }
}

/// Lets a person change a text; `None`: they want to keep it as it was.
#[must_use]
pub fn edit_text(text: &str) -> Option<String> {
    let mut editor =
        Editor::<(), EditorHistory>::with_history(config(), EditorHistory::default()).ok()?;
    match outcome(editor.readline_with_initial("edit> ", (text, ""))) {
        Line::Text(edited) => Some(edited),
        Line::Interrupted | Line::End => None,
    }
}

fn config() -> Config {
    // The terminal itself, wherever standard output goes.
    Config::builder()
        .behavior(Behavior::PreferTerm)
        .bell_style(BellStyle::None)
        .auto_add_history(false)
        .completion_type(rustyline::CompletionType::List)
        .build()
}

fn outcome(result: Result<String, ReadlineError>) -> Line {
    match result {
        Ok(text) => Line::Text(text),
        Err(ReadlineError::Interrupted) => Line::Interrupted,
        Err(_) => Line::End,
    }
}

/// A prompt with escape sequences, whose width does not count them.
struct StyledPrompt {
    styled: String,
    raw: String,
}

impl StyledPrompt {
    fn new(text: &str) -> Self {
        let mut raw = String::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if character != '\x1b' {
                if character >= ' ' || character == '\n' {
                    raw.push(character);
                }
                continue;
            }
            // CSI … final byte, or an escape of one more character.
            if characters.next() == Some('[') {
                characters.find(|character| ('@'..='~').contains(character));
            }
        }
        Self { styled: text.to_owned(), raw }
    }
}

impl Prompt for StyledPrompt {
    fn raw(&self) -> &str {
        &self.raw
    }

    fn styled(&self) -> &str {
        &self.styled
    }
}

/// What helps while a line is typed.
struct Assistant {
    names: CommandNames,
    ahead: Ahead,
    files: FilenameCompleter,
    colour: bool,
}

impl Assistant {
    fn read(&self, line: &str) -> Intent {
        intent::classify(line, &|word| self.names.contains(word), &|path| Path::new(path).exists())
    }
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        self.files.complete(line, position, context)
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let line = context.input();
        // An apostrophe opens no quotation in a sentence.
        let incomplete = self.read(line) == Intent::Command
            && self.names.parse(line.as_bytes()).is_err_and(|error| error.incomplete);
        Ok(if incomplete { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

/// What a line is read as, behind it.
struct Reading(&'static str);

impl Hint for Reading {
    fn display(&self) -> &str {
        self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Reading;

    fn hint(&self, line: &str, position: usize, _context: &Context<'_>) -> Option<Reading> {
        let reading = match self.read(line) {
            Intent::Request(text) if !text.is_empty() => Reading("   \u{2190} request"),
            Intent::Unsure(_) => Reading("   \u{2190} request?"),
            _ => return None,
        };
        if let Some(ahead) = self.ahead.take() {
            ahead();
        }
        (position == line.len()).then_some(reading)
    }
}

impl Highlighter for Assistant {
    fn highlight_hint<'h>(&self, hint: &'h str) -> std::borrow::Cow<'h, str> {
        if self.colour { format!("\x1b[2m{hint}\x1b[0m").into() } else { hint.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_of_a_prompt_have_no_width() {
        let prompt = StyledPrompt::new("\x1b[1;32m目录\x1b[0m $ ");
        assert_eq!(prompt.raw(), "目录 $ ");
        assert_eq!(prompt.styled(), "\x1b[1;32m目录\x1b[0m $ ");
    }
}

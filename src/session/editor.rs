//! Lines from the person: the line editor, and what it shows while they type.
//!
//! Whether a line is a command or a request is shown behind it as soon as it is
//! more than nothing; Enter within an unfinished command begins another line.

use std::cell::RefCell;

use rustyline::completion::{Completer, Pair};
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, Config, Context, Editor, Event, ExternalPrinter, Helper, KeyCode, KeyEvent, Modifiers,
    Prompt,
};

use super::completion;
use super::reading::Reader;
use crate::history::EditorHistory;
use crate::intent::Intent;
use crate::rescue;
use crate::shell::names::CommandNames;
use crate::system::descriptor::{STDERR, opened_privately, write_all};
use crate::system::{signal, terminal_input};
use crate::tui::inline;

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
    _watch: SignalWatch,
}

/// While there is one, the editor waits for signals, too: without it, one that comes
/// between two keys is seen with the next key.
type SignalWatch = Option<Box<dyn ExternalPrinter>>;

/// An editor whose descriptors are the shell's own.
fn open<H: Helper>(
    history: EditorHistory,
) -> Result<(Editor<H, EditorHistory>, SignalWatch), ReadlineError> {
    opened_privately(|| {
        let mut editor = Editor::with_history(config(), history)?;
        let watch = editor.create_external_printer().ok();
        Ok((editor, watch.map(|printer| Box::new(printer) as Box<dyn ExternalPrinter>)))
    })
}

impl LineEditor {
    /// An editor over these lines of history. `ahead` is called when a request
    /// begins to be typed; `reader` says which it is.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn new(
        history: EditorHistory,
        reader: Reader,
        ahead: Box<dyn FnOnce()>,
    ) -> Result<Self, ReadlineError> {
        let (mut editor, watch) = open(history)?;
        editor.set_helper(Some(Assistant {
            names: CommandNames::default(),
            reader,
            ahead: RefCell::new(Some(ahead)),
            colour: std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            utf8: inline::is_utf8(),
        }));
        // Ctrl-Z at the prompt of a shell stops nothing.
        let stop = Event::from(KeyEvent(KeyCode::Char('Z'), Modifiers::CTRL));
        editor.bind_sequence(stop, Cmd::Noop);
        Ok(Self { editor, _watch: watch })
    }

    /// Reads a line; `names` are the commands there are now.
    pub fn read(&mut self, prompt: &str, names: CommandNames) -> Line {
        rescue::point("editor");
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.names = names;
        }
        self.begin_line();
        // One that came before the editor listens is for no line.
        signal::take(signal::SIGINT);
        let ahead = terminal_input::take_aside();
        let prompt = StyledPrompt::new(prompt);
        let line = match ahead.strip_suffix('\n') {
            // It was entered already; it is seen as if it were entered now.
            Some(line) => {
                let _ = write_all(STDERR, format!("{}{line}\n", prompt.styled()).as_bytes());
                Line::Text(line.to_owned())
            }
            None => outcome(self.editor.readline_with_initial(&prompt, (&ahead, ""))),
        };
        if matches!(line, Line::Interrupted) {
            signal::take(signal::SIGINT);
        }
        if let Line::Text(text) = &line {
            // A window of lines in memory, whose adding cannot fail.
            let _ = self.editor.add_history_entry(text.as_str());
        }
        line
    }
}

impl LineEditor {
    /// Makes the prompt begin a line of its own. Output without a newline at its end
    /// stays, with a mark: the mark and blanks for the rest of a line go on to the next
    /// one unless the cursor was at the beginning, and there they are erased.
    fn begin_line(&self) {
        let Ok((columns, _)) = crossterm::terminal::size() else { return };
        let Some(assistant) = self.editor.helper() else { return };
        let mark = if assistant.utf8 { "\u{23ce}" } else { "%" };
        let (dim, plain) = if assistant.colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let blanks = usize::from(columns).saturating_sub(1);
        let text = format!("{dim}{mark}{plain}{:blanks$}\r\x1b[K", "");
        // A terminal that is gone is found out by who reads from it.
        let _ = write_all(STDERR, text.as_bytes());
    }
}

/// Lets a person change a text; `None`: they want to keep it as it was.
#[must_use]
pub fn edit_text(text: &str) -> Option<String> {
    ask_for_text("edit> ", text)
}

/// Reads a line behind a prompt, on which this text stands at first; `None`: the person
/// would rather not.
pub(super) fn ask_for_text(prompt: &str, text: &str) -> Option<String> {
    let (mut editor, _watch) = open::<()>(EditorHistory::default()).ok()?;
    // Ctrl-C may come just before the editor listens, and just after Enter.
    if signal::take(signal::SIGINT) {
        return None;
    }
    match outcome(editor.readline_with_initial(prompt, (text, ""))) {
        Line::Text(edited) if !signal::take(signal::SIGINT) => Some(edited),
        _ => None,
    }
}

fn config() -> Config {
    // The terminal itself, wherever standard output goes.
    Config::builder()
        .behavior(Behavior::PreferTerm)
        // Ctrl-C is a signal at every moment: one that is typed while a command starts
        // would else wait as a character until the command has ended.
        .enable_signals(true)
        .bell_style(BellStyle::None)
        .auto_add_history(false)
        .completion_type(rustyline::CompletionType::List)
        .build()
}

fn outcome(result: Result<String, ReadlineError>) -> Line {
    match result {
        Ok(text) => Line::Text(text),
        // Whoever sends the signal, the person or a program.
        Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Line::Interrupted,
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
    reader: Reader,
    ahead: Ahead,
    colour: bool,
    /// The terminal shows UTF-8.
    utf8: bool,
}

impl Assistant {
    fn read(&self, line: &str) -> Intent {
        self.reader.read(line, &self.names)
    }
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let found = completion::files(line, position, &self.names);
        let pair = |(display, replacement)| Pair { display, replacement };
        Ok((found.start, found.candidates.into_iter().map(pair).collect()))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let line = context.input();
        // An apostrophe opens no quotation in a sentence.
        let incomplete = self.read(line) == Intent::Command
            && self.names.parse(line.as_bytes()).is_err_and(|error| error.incomplete);
        if incomplete {
            return Ok(ValidationResult::Incomplete);
        }
        Ok(ValidationResult::Valid(None))
    }
}

/// What a line is read as, behind it.
struct Shown(&'static str);

impl Hint for Shown {
    fn display(&self) -> &str {
        self.0
    }

    fn completion(&self) -> Option<&str> {
        None
    }
}

impl Hinter for Assistant {
    type Hint = Shown;

    fn hint(&self, line: &str, position: usize, _context: &Context<'_>) -> Option<Shown> {
        // rustyline listens to SIGINT while it waits for a key, and forgets one that comes
        // when the last key has been read: that one is for the command.
        signal::also_mark_interrupts();
        let reading = match self.read(line) {
            Intent::Request(text) if !text.is_empty() => Shown("   \u{2190} request"),
            Intent::Unsure { .. } => Shown("   \u{2190} request?"),
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

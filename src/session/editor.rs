//! Lines from the person: the line editor, and what it shows while they type.
//!
//! Whether a line is a command or a request is shown behind it as soon as it is
//! more than nothing; Enter within an unfinished command begins another line.

mod keys;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Mutex;

use bstr::ByteSlice;
use rustyline::completion::{Candidate, Completer};
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{
    Cmd, Config, Context, EditMode, Editor, Event, ExternalPrinter, Helper, KeyCode, KeyEvent,
    Modifiers, Prompt,
};

use self::keys::Keys;
use super::diary::Diary;
use super::reading::Reader;
use super::{colours, completion, expansion};
use crate::context::Index;
use crate::history::EditorHistory;
use crate::intent::{Intent, Reading};
use crate::language::Language;
use crate::rescue;
use crate::shell::Shell;
use crate::shell::names::CommandNames;
use crate::shell::option::Opt;
use crate::system::descriptor::{STDERR, opened_privately, write_all};
use crate::system::{signal, terminal_input};
use crate::tui::{inline, paint};
use crate::wrap::columns as columns_of;

/// What came of asking for a line.
#[derive(Debug)]
pub enum Line {
    /// The line, without its newline.
    Text(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the terminal is gone.
    End,
    /// The line so far, which is to be changed in an editor and then run.
    Elsewhere(String),
    /// The line so far; one of before is looked for in its place.
    Recall(String),
}

/// Called once, when a line first reads like a request.
type Ahead = RefCell<Option<Box<dyn FnOnce()>>>;

/// The line editor of an interactive shell.
pub struct LineEditor {
    editor: Editor<Assistant, EditorHistory>,
    keys: Keys,
    /// The prompt that was shown last, without what has no width.
    prompt: String,
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
    /// An editor over the lines that the diary has. `ahead` is called when a request begins
    /// to be typed; `reader` says which it is.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub fn new(
        diary: Diary,
        reader: Reader,
        ahead: Box<dyn FnOnce()>,
    ) -> Result<Self, ReadlineError> {
        let (mut editor, watch) = open(diary.window())?;
        editor.set_helper(Some(Assistant {
            names: CommandNames::default(),
            installed: RefCell::default(),
            index: RefCell::default(),
            shell: RefCell::new(None),
            language: Language::of_environment(),
            diary,
            directory: String::new(),
            reader,
            ahead: RefCell::new(Some(ahead)),
            colour: paint::wants_colour(),
            utf8: inline::is_utf8(),
        }));
        // Ctrl-Z at the prompt of a shell stops nothing.
        let stop = Event::from(KeyEvent(KeyCode::Char('Z'), Modifiers::CTRL));
        editor.bind_sequence(stop, Cmd::Noop);
        let keys = Keys::default();
        keys.bind(&mut editor);
        Ok(Self { editor, keys, prompt: String::new(), _watch: watch })
    }

    /// Lends the shell to the editor, whose completion asks it.
    pub fn lend(&mut self, shell: &mut Shell) {
        use rustyline::config::Configurer;
        let vi = shell.options.is_on(Opt::Vi);
        self.editor.set_edit_mode(if vi { EditMode::Vi } else { EditMode::Emacs });
        let diary = self.editor.helper().map(|assistant| assistant.diary.clone());
        if let Some(diary) = diary.filter(Diary::take_forgotten) {
            *self.editor.history_mut() = diary.window();
        }
        if let Some(assistant) = self.editor.helper_mut() {
            assistant.names = shell.command_names();
            assistant.directory = shell.directory().unwrap_or_default().to_str_lossy().into_owned();
            let away = Shell::new(shell.name.clone(), std::iter::empty());
            assistant.shell.replace(Some(std::mem::replace(shell, away)));
        }
    }

    /// Keeps a line, so that it can be gone back to.
    pub fn remember(&mut self, line: &str) {
        // A window of lines in memory, whose adding cannot fail.
        let _ = self.editor.add_history_entry(line);
        if let (Ok(mut last), Some(word)) =
            (self.keys.last_word.lock(), expansion::words_of(line).pop())
        {
            *last = word;
        }
    }

    /// Gives the shell back.
    pub fn give_back(&mut self, shell: &mut Shell) {
        if let Some(own) = self.editor.helper_mut().and_then(|assistant| assistant.shell.take()) {
            *shell = own;
        }
    }

    /// Reads a line behind a prompt; `begin` is what the terminal is told where it begins. The
    /// shell is lent for so long.
    pub fn read(&mut self, begin: &str, prompt: &str) -> Line {
        rescue::point("editor");
        self.begin_line(begin);
        // One that came before the editor listens is for no line.
        signal::take(signal::SIGINT);
        let ahead = terminal_input::take_aside();
        let prompt = StyledPrompt::new(prompt);
        self.prompt.clone_from(&prompt.raw);
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
        let taken =
            |line: &Mutex<Option<String>>| line.lock().ok().and_then(|mut text| text.take());
        match (line, taken(&self.keys.edit), taken(&self.keys.recall)) {
            (Line::Interrupted, Some(text), _) => Line::Elsewhere(text),
            (Line::Interrupted, None, Some(text)) => Line::Recall(text),
            (line, ..) => line,
        }
    }
}

impl LineEditor {
    /// Takes the prompt and the line that is gone on with elsewhere from the terminal, whose
    /// cursor is on the row below.
    pub fn erase(&self) {
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| columns.max(1));
        let line = self.keys.shown.lock().map(|line| line.clone()).unwrap_or_default();
        let text = format!("{}{line}", self.prompt);
        let rows: usize =
            text.split('\n').map(|row| columns_of(row) / usize::from(columns) + 1).sum();
        let _ = write_all(STDERR, format!("\x1b[{rows}A\r\x1b[J").as_bytes());
    }

    /// Makes the prompt begin a line of its own. Output without a newline at its end
    /// stays, with a mark: the mark and blanks for the rest of a line go on to the next
    /// one unless the cursor was at the beginning, and there they are erased.
    fn begin_line(&self, mark_of_prompt: &str) {
        let Ok((columns, _)) = crossterm::terminal::size() else { return };
        let Some(assistant) = self.editor.helper() else { return };
        let mark = if assistant.utf8 { "\u{23ce}" } else { "%" };
        let (dim, plain) = if assistant.colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let blanks = usize::from(columns).saturating_sub(1);
        let text = format!("{dim}{mark}{plain}{:blanks$}\r\x1b[K{mark_of_prompt}", "");
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
        .completion_show_all_if_ambiguous(true)
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
            // CSI … final byte, OSC … BEL or ST, or an escape of one more character.
            match characters.next() {
                Some('[') => {
                    characters.find(|character| ('@'..='~').contains(character));
                }
                Some(']') => {
                    let end = characters.find(|character| matches!(character, '\x07' | '\x1b'));
                    if end == Some('\x1b') {
                        characters.next();
                    }
                }
                _ => {}
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
    /// The installed completion scripts.
    installed: RefCell<completion::Installed>,
    /// What is below the working directory, for requests.
    index: RefCell<Index>,
    /// The shell, while a line is typed: completion asks it, and may run its functions.
    shell: RefCell<Option<Shell>>,
    language: Language,
    /// The lines that were entered.
    diary: Diary,
    /// The working directory.
    directory: String,
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

    /// What may stand where the cursor is: in a request what it may name, else, and where it
    /// names nothing, what a command goes on with.
    fn found(&self, line: &str, position: usize, shell: &mut Shell) -> completion::Completions {
        let is_request = matches!(
            self.read(&line[..position]),
            Intent::Request(_) | Intent::Unsure { likelier: Reading::Request, .. }
        );
        if is_request {
            let index = &mut self.index.borrow_mut();
            let named = completion::names_in_request(line, position, shell, index, self.language);
            if !named.candidates.is_empty() {
                return named;
            }
        }
        let installed = &mut self.installed.borrow_mut();
        completion::complete(line, position, shell, installed, self.language)
    }
}

impl Assistant {
    /// Whether a command goes on: a quotation or a loop is open.
    fn is_unfinished(&self, line: &str) -> bool {
        self.names.parse(line.as_bytes()).is_err_and(|error| error.incomplete)
    }
}

impl Helper for Assistant {}

/// A candidate as a line of the list.
struct Listed {
    shown: String,
    text: String,
}

impl Candidate for Listed {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.text
    }
}

impl Completer for Assistant {
    type Candidate = Listed;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Listed>)> {
        let Some(shell) = &mut *self.shell.borrow_mut() else { return Ok((position, Vec::new())) };
        let found = self.found(line, position, shell);
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| columns);
        let shown = completion::listed(&found.candidates, usize::from(columns));
        let text = match found.candidates.as_slice() {
            // A blank that is there already is not put in again.
            [one] if line[position..].starts_with(' ') => one.text.trim_end().to_owned(),
            [one] => one.text.clone(),
            several => completion::common(several, &line[found.start..position]),
        };
        let all = shown.into_iter().map(|shown| Listed { shown, text: text.clone() });
        Ok((found.start, all.collect()))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let line = context.input();
        // An apostrophe opens no quotation in a sentence.
        if self.read(line) == Intent::Command && self.is_unfinished(line) {
            return Ok(ValidationResult::Incomplete);
        }
        Ok(ValidationResult::Valid(None))
    }
}

/// What stands behind the line: what it is read as, or what it may become.
enum Shown {
    Reading(&'static str),
    Suggestion(String),
}

impl Hint for Shown {
    fn display(&self) -> &str {
        match self {
            Self::Reading(text) => text,
            Self::Suggestion(text) => text,
        }
    }

    fn completion(&self) -> Option<&str> {
        match self {
            Self::Reading(_) => None,
            Self::Suggestion(text) => Some(text),
        }
    }
}

impl Hinter for Assistant {
    type Hint = Shown;

    fn hint(&self, line: &str, position: usize, _context: &Context<'_>) -> Option<Shown> {
        // rustyline listens to SIGINT while it waits for a key, and forgets one that comes
        // when the last key has been read: that one is for the command.
        signal::also_mark_interrupts();
        let say = |english, chinese| self.language.choose(english, chinese);
        let (reading, may_be_request) = match self.read(line) {
            Intent::Request(text) if !text.is_empty() => {
                (say("   \u{2190} request", "   \u{2190} 请求"), true)
            }
            Intent::Unsure { .. } => (say("   \u{2190} request?", "   \u{2190} 请求？"), true),
            // Enter began another line: there is no other sign that more is wanted.
            Intent::Command if line.contains('\n') && self.is_unfinished(line) => {
                (say("   \u{2190} unfinished", "   \u{2190} 未完成"), false)
            }
            _ => ("", false),
        };
        if may_be_request && let Some(ahead) = self.ahead.take() {
            ahead();
        }
        if position != line.len() {
            return None;
        }
        if let Some(rest) = self.diary.suggestion(line, &self.directory) {
            return Some(Shown::Suggestion(rest));
        }
        (!reading.is_empty()).then_some(Shown::Reading(reading))
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if !self.colour || line.is_empty() || self.read(line) != Intent::Command {
            return line.into();
        }
        colours::painted(line, &self.names).into()
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colour
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
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
        let prompt = StyledPrompt::new("\x1b]0;title\x07a\x1b]8;;x\x1b\\b $ \x1b]133;B\x07");
        assert_eq!(prompt.raw(), "ab $ ");
    }
}

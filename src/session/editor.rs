//! Lines from the person: the line editor, and what it shows while they type.
//!
//! Whether a line is a command or a request is shown behind it as soon as it is
//! more than nothing; Enter within an unfinished command begins another line.

mod assistant;
mod keys;
mod prompt;

use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use bstr::ByteSlice;
use rustyline::config::{Behavior, BellStyle};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::{
    Cmd, ColorMode, Config, EditMode, Editor, Event, ExternalPrinter, Helper, KeyCode, KeyEvent,
    Modifiers, Prompt,
};

use self::assistant::Assistant;
use self::keys::Keys;
use self::prompt::{StyledPrompt, rows};
use super::diary::Diary;
use super::reading::Reader;
use crate::history::EditorHistory;
use crate::language::Language;
use crate::rescue;
use crate::shell::Shell;
use crate::shell::names::CommandNames;
use crate::shell::option::Opt;
use crate::system::descriptor::{STDERR, opened_privately, write_all};
use crate::system::{signal, terminal_input};
use crate::tui::{inline, paint};

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
        let keys = Keys::new(editor.history().last(keys::LINES));
        editor.set_helper(Some(Assistant {
            hinted: Arc::clone(&keys.hint),
            names: CommandNames::default(),
            others: RefCell::default(),
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
            let window = diary.window();
            self.keys.replace(window.last(keys::LINES));
            *self.editor.history_mut() = window;
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
        self.keys.remember(line);
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
        self.prompt = prompt.raw().to_owned();
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
        let line = self.keys.shown.lock().map(|line| line.clone()).unwrap_or_default();
        let _ = self.erase_line(&line);
    }

    /// The same with a line; whether the terminal has all of it.
    fn erase_line(&self, line: &str) -> bool {
        let Ok((columns, height)) = crossterm::terminal::size() else { return false };
        let rows = rows(&format!("{}{line}", self.prompt), usize::from(columns.max(1)));
        let fits = rows < usize::from(height);
        if fits {
            let _ = write_all(STDERR, format!("\x1b[{rows}A\r\x1b[J").as_bytes());
        }
        fits
    }

    /// Puts a shorter prompt in the place of that of the line that was entered last. `begin`
    /// and `end` are what the terminal is told around it.
    pub fn shorten(&self, [begin, end]: [&str; 2], prompt: &str, line: &str) {
        if self.erase_line(line) {
            let helper = self.editor.helper();
            let painted = helper.map_or(line.into(), |helper| helper.highlight(line, line.len()));
            let text = format!("{begin}{prompt}{end}{painted}\n");
            let _ = write_all(STDERR, text.as_bytes());
        }
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
        // What is painted has been asked whether there are to be colours; what else a prompt
        // tells the terminal is there without them.
        .color_mode(ColorMode::Forced)
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

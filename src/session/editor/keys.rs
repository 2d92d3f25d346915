//! Keys of the line editor that rustyline has not.

use std::sync::{Arc, Mutex};

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers,
};

use crate::session::entered::first_word;
use crate::session::expansion::words_of;

/// What the keys share with the editor.
#[derive(Default)]
pub(super) struct Keys {
    /// The line that is to be changed in an editor.
    pub(super) edit: Arc<Mutex<Option<String>>>,
    /// The line in whose place one of before is looked for.
    pub(super) recall: Arc<Mutex<Option<String>>>,
    /// What stands on the terminal of a line that is gone on with elsewhere.
    pub(super) shown: Arc<Mutex<String>>,
    /// The lines of before, the newest last.
    lines: Arc<Mutex<Vec<String>>>,
    /// What stands behind the line, for the person.
    pub(super) hint: Arc<Mutex<String>>,
}

/// So many lines are kept for Alt-.
pub(super) const LINES: usize = 200;

impl Keys {
    /// Keys over the lines of before, the newest last.
    pub(super) fn new(lines: Vec<String>) -> Self {
        Self { lines: Arc::new(Mutex::new(lines)), ..Self::default() }
    }

    /// These are the lines of before now: others were forgotten.
    pub(super) fn replace(&self, lines: Vec<String>) {
        if let Ok(mut own) = self.lines.lock() {
            *own = lines;
        }
    }

    /// A line was entered.
    pub(super) fn remember(&self, line: &str) {
        if let Ok(mut lines) = self.lines.lock() {
            if lines.len() == LINES {
                lines.remove(0);
            }
            lines.push(line.to_owned());
        }
    }

    /// Binds them: Alt-Right and Alt-F, Alt-. and Alt-_, Ctrl-X Ctrl-E, Ctrl-R.
    pub(super) fn bind<H: Helper, I: History>(&self, editor: &mut Editor<H, I>) {
        let alt = |code| KeyEvent(code, Modifiers::ALT);
        let control = |letter| KeyEvent(KeyCode::Char(letter), Modifiers::CTRL);
        for key in [alt(KeyCode::Right), alt(KeyCode::Char('f'))] {
            editor.bind_sequence(key, EventHandler::Conditional(Box::new(TakeWord)));
        }
        for key in [alt(KeyCode::Char('.')), alt(KeyCode::Char('_'))] {
            let handler = LastWord { lines: Arc::clone(&self.lines), left: Mutex::default() };
            editor.bind_sequence(key, EventHandler::Conditional(Box::new(handler)));
        }
        for (keys, line) in
            [(vec![control('X'), control('E')], &self.edit), (vec![control('R')], &self.recall)]
        {
            let (shown, hint) = (Arc::clone(&self.shown), Arc::clone(&self.hint));
            let handler = Elsewhere { line: Arc::clone(line), shown, hint };
            let handler = EventHandler::Conditional(Box::new(handler));
            editor.bind_sequence(Event::KeySeq(keys), handler);
        }
    }
}

/// Alt-Right takes a word of what is suggested; elsewhere it goes a word on.
struct TakeWord;

impl ConditionalEventHandler for TakeWord {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let rest = context.hint_text().filter(|_| context.pos() == context.line().len())?;
        Some(Cmd::Insert(1, first_word(rest).to_owned()))
    }
}

/// Alt-. puts in the last word of the line before. (rustyline lets a key replace text only
/// so that the cursor stands before it: pressed again it cannot go further back. To give the
/// line up and begin it again with another word would lose keys that have been typed ahead.)
struct LastWord {
    lines: Arc<Mutex<Vec<String>>>,
    /// What stood before the cursor when it was pressed last, with the word.
    left: Mutex<String>,
}

impl ConditionalEventHandler for LastWord {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let before = context.line().get(..context.pos())?;
        let mut left = self.left.lock().ok()?;
        if !left.is_empty() && *left == before {
            return Some(Cmd::Noop);
        }
        let lines = self.lines.lock().ok()?;
        let Some(word) = lines.iter().rev().find_map(|line| words_of(line).pop()) else {
            return Some(Cmd::Noop);
        };
        *left = format!("{before}{word}");
        Some(Cmd::Insert(1, word))
    }
}

/// Ctrl-X Ctrl-E, Ctrl-R: the line is gone on with elsewhere.
struct Elsewhere {
    line: Arc<Mutex<Option<String>>>,
    shown: Arc<Mutex<String>>,
    hint: Arc<Mutex<String>>,
}

impl ConditionalEventHandler for Elsewhere {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let line = context.line();
        *self.line.lock().ok()? = Some(line.to_owned());
        *self.shown.lock().ok()? = format!("{line}{}", self.hint.lock().ok()?);
        Some(Cmd::Interrupt)
    }
}

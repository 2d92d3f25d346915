//! Keys of the line editor that rustyline has not.

use std::sync::{Arc, Mutex};

use rustyline::history::History;
use rustyline::{
    Cmd, ConditionalEventHandler, Editor, Event, EventContext, EventHandler, Helper, KeyCode,
    KeyEvent, Modifiers,
};

use crate::session::entered::first_word;

/// What the keys share with the editor.
#[derive(Default)]
pub(super) struct Keys {
    /// The line that is to be changed in an editor.
    pub(super) edit: Arc<Mutex<Option<String>>>,
    /// The line in whose place one of before is looked for.
    pub(super) recall: Arc<Mutex<Option<String>>>,
    /// What stands on the terminal of a line that is gone on with elsewhere.
    pub(super) shown: Arc<Mutex<String>>,
    /// The last word of the line before.
    pub(super) last_word: Arc<Mutex<String>>,
}

impl Keys {
    /// Binds them: Alt-Right and Alt-F, Alt-. and Alt-_, Ctrl-X Ctrl-E, Ctrl-R.
    pub(super) fn bind<H: Helper, I: History>(&self, editor: &mut Editor<H, I>) {
        let alt = |code| KeyEvent(code, Modifiers::ALT);
        let control = |letter| KeyEvent(KeyCode::Char(letter), Modifiers::CTRL);
        for key in [alt(KeyCode::Right), alt(KeyCode::Char('f'))] {
            editor.bind_sequence(key, EventHandler::Conditional(Box::new(TakeWord)));
        }
        for key in [alt(KeyCode::Char('.')), alt(KeyCode::Char('_'))] {
            let handler = LastWord { word: Arc::clone(&self.last_word) };
            editor.bind_sequence(key, EventHandler::Conditional(Box::new(handler)));
        }
        for (keys, line) in
            [(vec![control('X'), control('E')], &self.edit), (vec![control('R')], &self.recall)]
        {
            let handler = Elsewhere { line: Arc::clone(line), shown: Arc::clone(&self.shown) };
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
/// so that the cursor stands before it: pressed again it cannot go further back.)
struct LastWord {
    word: Arc<Mutex<String>>,
}

impl ConditionalEventHandler for LastWord {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let word = self.word.lock().ok()?;
        let is_there = context.line().get(..context.pos())?.ends_with(word.as_str());
        Some(if is_there { Cmd::Noop } else { Cmd::Insert(1, word.clone()) })
    }
}

/// Ctrl-X Ctrl-E, Ctrl-R: the line is gone on with elsewhere.
struct Elsewhere {
    line: Arc<Mutex<Option<String>>>,
    shown: Arc<Mutex<String>>,
}

impl ConditionalEventHandler for Elsewhere {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let line = context.line();
        *self.line.lock().ok()? = Some(line.to_owned());
        *self.shown.lock().ok()? = format!("{line}{}", context.hint_text().unwrap_or_default());
        Some(Cmd::Interrupt)
    }
}

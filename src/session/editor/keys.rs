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
    /// What a key has put in the place of the line.
    pub(super) replaced: Arc<Mutex<Option<Replacement>>>,
}

/// A line with the cursor in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Replacement {
    pub(super) left: String,
    pub(super) right: String,
}

/// So many lines are gone back through by Alt-.
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
            let handler = LastWord {
                lines: Arc::clone(&self.lines),
                put: Mutex::new(None),
                replaced: Arc::clone(&self.replaced),
                shown: Arc::clone(&self.shown),
            };
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

/// Alt-. puts in the last word of the line before, and pressed again, of the one before that.
/// (rustyline lets a key replace text only so that the cursor stands before it: the line is
/// given up, and begun again with the other word.)
struct LastWord {
    lines: Arc<Mutex<Vec<String>>>,
    /// What was put in last: how many lines back it is, the word, and where it ends.
    put: Mutex<Option<(usize, String, usize)>>,
    replaced: Arc<Mutex<Option<Replacement>>>,
    shown: Arc<Mutex<String>>,
}

impl ConditionalEventHandler for LastWord {
    fn handle(&self, _: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let (line, at) = (context.line(), context.pos());
        let (mut put, lines) = (self.put.lock().ok()?, self.lines.lock().ok()?);
        let before = put.take().filter(|(_, word, end)| *end == at && line[..at].ends_with(word));
        let back = before.as_ref().map_or(0, |(back, ..)| back + 1);
        let words = lines.iter().rev().enumerate().skip(back);
        let mut words = words.filter_map(|(back, line)| Some((back, words_of(line).pop()?)));
        let Some((back, word)) = words.next() else {
            // There is none before it: that one stays.
            *put = before;
            return Some(Cmd::Noop);
        };
        let Some((_, old, _)) = before else {
            *put = Some((back, word.clone(), at + word.len()));
            return Some(Cmd::Insert(1, word));
        };
        let left = format!("{}{word}", &line[..at - old.len()]);
        *put = Some((back, word, left.len()));
        *self.shown.lock().ok()? = format!("{line}{}", context.hint_text().unwrap_or_default());
        *self.replaced.lock().ok()? = Some(Replacement { left, right: line[at..].to_owned() });
        Some(Cmd::Interrupt)
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

//! What helps while a line is typed: whether it is a command or a request, what Tab offers,
//! what it may become, colours, and whether it goes on.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::{Arc, Mutex};

use rustyline::completion::{Candidate, Completer};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use crate::context::Index;
use crate::intent::{Intent, Reading};
use crate::language::Language;
use crate::session::diary::Diary;
use crate::session::reading::Reader;
use crate::session::{colours, completion};
use crate::shell::Shell;
use crate::shell::names::CommandNames;
use crate::system::signal;

/// Called once, when a line first reads like a request.
pub(super) type Ahead = RefCell<Option<Box<dyn FnOnce()>>>;

/// What helps while a line is typed.
pub(super) struct Assistant {
    pub(super) names: CommandNames,
    /// What knows of commands beside the tables.
    pub(super) others: RefCell<completion::Others>,
    /// What is below the working directory, for requests.
    pub(super) index: RefCell<Index>,
    /// The shell, while a line is typed: completion asks it, and may run its functions.
    pub(super) shell: RefCell<Option<Shell>>,
    pub(super) language: Language,
    /// The lines that were entered.
    pub(super) diary: Diary,
    /// The working directory.
    pub(super) directory: String,
    pub(super) reader: Reader,
    pub(super) ahead: Ahead,
    pub(super) colour: bool,
    /// What stands behind the line, for who takes it away.
    pub(super) hinted: Arc<Mutex<String>>,
    /// The terminal shows UTF-8.
    pub(super) utf8: bool,
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
        let others = &mut self.others.borrow_mut();
        completion::complete(line, position, shell, others, self.language)
    }

    /// Whether a command goes on: a quotation or a loop is open.
    fn is_unfinished(&self, line: &str) -> bool {
        self.names.parse(line.as_bytes()).is_err_and(|error| error.incomplete)
    }
}

impl Helper for Assistant {}

/// A candidate as a line of the list.
pub(super) struct Listed {
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
pub(super) enum Shown {
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
        let hint = self.behind(line, position);
        if let Ok(mut hinted) = self.hinted.lock() {
            hinted.clear();
            hinted.push_str(hint.as_ref().map_or("", Hint::display));
        }
        hint
    }
}

impl Assistant {
    /// What is to stand behind the line.
    fn behind(&self, line: &str, position: usize) -> Option<Shown> {
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

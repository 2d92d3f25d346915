//! How lines are read in a session: by their words, and where these leave it open,
//! as the person answered for a line of the same form.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::config::{Config, Directories};
use crate::diagnostic::show_error;
use crate::intent::{self, Intent, Reading};
use crate::preference::{DATABASE_NAME, Preferences};
use crate::shell::names::CommandNames;

/// Reads lines, and remembers answers. Copies share what they opened.
#[derive(Clone, Default)]
pub struct Reader(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    /// `None`: nothing is remembered.
    path: Option<PathBuf>,
    opened: Option<Preferences>,
}

impl Reader {
    /// A reader that remembers, if this configuration lets it.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let directories = config.preference.enabled.then(Directories::of_user);
        let path = directories.and_then(Result::ok).map(|found| found.data.join(DATABASE_NAME));
        Self(Rc::new(RefCell::new(State { path, opened: None })))
    }

    /// Reads a line where these are the commands.
    #[must_use]
    pub fn read(&self, line: &str, names: &CommandNames) -> Intent {
        let exists = |path: &str| Path::new(path).exists();
        let read = intent::classify(line, &|word| names.contains(word), &exists);
        let Intent::Unsure { text, .. } = &read else { return read };
        match self.0.borrow_mut().answer(text) {
            Some(Reading::Command) => Intent::Command,
            Some(Reading::Request) => Intent::Request(text.clone()),
            None => read,
        }
    }

    /// Remembers what the person said of a line.
    pub fn remember(&self, line: &str, reading: Reading) {
        let mut state = self.0.borrow_mut();
        let Some(path) = state.path.clone() else { return };
        let opened = state.opened.take().map_or_else(|| Preferences::open(&path), Ok);
        let remembered = opened.and_then(|mut preferences| {
            preferences.remember_reading(&intent::form(line), reading)?;
            Ok(preferences)
        });
        match remembered {
            Ok(preferences) => state.opened = Some(preferences),
            Err(error) => {
                show_error(&error.into());
                // It is said once.
                state.path = None;
            }
        }
    }
}

impl State {
    /// What was said of a line of this form. A database is not made for this, and one
    /// that cannot be read has no answer.
    fn answer(&mut self, text: &str) -> Option<Reading> {
        let path = self.path.as_ref().filter(|path| path.exists())?;
        if self.opened.is_none() {
            self.opened = Preferences::open(path).ok();
        }
        self.opened.as_ref()?.reading(&intent::form(text))
    }
}

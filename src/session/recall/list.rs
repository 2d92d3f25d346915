//! The list of lines: which of them are meant, and what keys do.

use std::collections::{HashMap, HashSet};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::history::{Entry, EntryId, Kind};
use crate::language::Language;

/// Where a line was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Everywhere,
    Directory,
    Session,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Anyhow,
    Well,
    Badly,
}

/// What it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    All,
    Commands,
    Requests,
}

/// What a key asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    None,
    /// The line is to be typed.
    Take(String),
    /// The line is to be forgotten, each time that it was entered.
    Forget(Vec<EntryId>),
    /// Everything stays as it was.
    Leave,
}

/// A line with what it is compared by.
struct Row {
    entry: Entry,
    lower: String,
    /// The texts of the plans that ran for it.
    plans: Vec<String>,
}

/// The list.
pub(in crate::session) struct List {
    /// The newest first.
    rows: Vec<Row>,
    /// Where those that are meant are, in this order.
    found: Vec<usize>,
    directory: String,
    session: String,
    pub(super) query: String,
    pub(super) scope: Scope,
    pub(super) ended: Ended,
    pub(super) sort: Sort,
    /// Which of those found is selected.
    pub(super) selected: usize,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) colour: bool,
    pub(super) language: Language,
}

impl List {
    /// A list of entries, oldest first, for a person who is in a directory and a session and
    /// has typed something.
    pub(super) fn new(entries: Vec<Entry>, begun: &str, directory: &str, session: &str) -> Self {
        let mut plans: HashMap<i64, Vec<String>> = HashMap::new();
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry.entered.parent {
                Some(parent) => plans.entry(parent.0).or_default().push(entry.entered.text),
                None => {
                    let lower = entry.entered.text.to_lowercase();
                    rows.push(Row { entry, lower, plans: Vec::new() });
                }
            }
        }
        rows.reverse();
        for row in &mut rows {
            row.plans = plans.remove(&row.entry.id.0).unwrap_or_default();
        }
        let mut list = Self {
            rows,
            found: Vec::new(),
            directory: directory.to_owned(),
            session: session.to_owned(),
            query: begun.to_owned(),
            scope: Scope::Everywhere,
            ended: Ended::Anyhow,
            sort: Sort::All,
            selected: 0,
            width: 80,
            height: 20,
            colour: false,
            language: Language::English,
        };
        list.filter();
        list
    }

    /// How it looks.
    pub(super) fn look(&mut self, colour: bool, language: Language) {
        (self.colour, self.language) = (colour, language);
    }

    /// The columns and rows that it may use.
    pub(super) fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width.max(10), height.max(2));
    }

    /// How many lines are meant.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Those of these places in the list.
    pub(super) fn shown(&self, from: usize, count: usize) -> impl Iterator<Item = &Entry> {
        self.found.iter().skip(from).take(count).map(|index| &self.rows[*index].entry)
    }

    /// The one that is selected, with the plans that ran for it.
    pub(super) fn current(&self) -> Option<(&Entry, &[String])> {
        let row = &self.rows[*self.found.get(self.selected)?];
        Some((&row.entry, &row.plans))
    }

    /// Finds anew: every word must be in a line, in either case unless it has capitals; each
    /// text stands there once.
    fn filter(&mut self) {
        let words: Vec<(String, bool)> = self
            .query
            .split_whitespace()
            .map(|word| (word.to_owned(), word.chars().any(char::is_uppercase)))
            .collect();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut found = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let text = &row.entry.entered.text;
            let has = |(word, exactly): &(String, bool)| {
                if *exactly {
                    text.contains(word.as_str())
                } else {
                    row.lower.contains(word.as_str())
                }
            };
            if self.is_meant(&row.entry) && words.iter().all(has) && seen.insert(text) {
                found.push(index);
            }
        }
        self.found = found;
        self.selected = 0;
    }

    fn is_meant(&self, entry: &Entry) -> bool {
        let entered = &entry.entered;
        let here = match self.scope {
            Scope::Everywhere => true,
            Scope::Directory => entered.directory.as_os_str() == self.directory.as_str(),
            Scope::Session => entered.session == self.session,
        };
        let well = entry.status.map(|status| status.is_success());
        let ended = match self.ended {
            Ended::Anyhow => true,
            Ended::Well => well == Some(true),
            Ended::Badly => well == Some(false),
        };
        let sort = match self.sort {
            Sort::All => true,
            Sort::Commands => entered.kind == Kind::Command,
            Sort::Requests => entered.kind == Kind::Request,
        };
        here && ended && sort
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: KeyEvent) -> Action {
        if key.kind == KeyEventKind::Release {
            return Action::None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        match key.code {
            KeyCode::Enter | KeyCode::Right => return self.take(),
            KeyCode::Char('j' | 'm') if control => return self.take(),
            KeyCode::Esc => return Action::Leave,
            // Ctrl-C gives up what was typed as well.
            KeyCode::Char('c') if control => return Action::Take(String::new()),
            KeyCode::Char('g' | 'd') if control => return Action::Leave,
            KeyCode::Down => self.select(1),
            KeyCode::Up => self.select(-1),
            KeyCode::Char('r' | 'n') if control => self.select(1),
            KeyCode::Char('s' | 'p') if control => self.select(-1),
            KeyCode::PageDown => self.select(10),
            KeyCode::PageUp => self.select(-10),
            KeyCode::Delete => return self.forget(),
            KeyCode::Tab => {
                self.scope = match self.scope {
                    Scope::Everywhere => Scope::Directory,
                    Scope::Directory => Scope::Session,
                    Scope::Session => Scope::Everywhere,
                };
                self.filter();
            }
            KeyCode::Char('s') if alt => {
                self.ended = match self.ended {
                    Ended::Anyhow => Ended::Well,
                    Ended::Well => Ended::Badly,
                    Ended::Badly => Ended::Anyhow,
                };
                self.filter();
            }
            KeyCode::Char('k') if alt => {
                self.sort = match self.sort {
                    Sort::All => Sort::Commands,
                    Sort::Commands => Sort::Requests,
                    Sort::Requests => Sort::All,
                };
                self.filter();
            }
            KeyCode::Backspace => self.change(drop_last),
            KeyCode::Char('h') if control => self.change(drop_last),
            KeyCode::Char('u') if control => self.change(String::clear),
            KeyCode::Char('w') if control => self.change(|query| {
                let rest = query.trim_end();
                let at = rest.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                query.truncate(at);
            }),
            KeyCode::Char(character) if !control && !alt => {
                self.change(|query| query.push(character));
            }
            _ => {}
        }
        Action::None
    }

    /// Text that is pasted is typed.
    pub(super) fn paste(&mut self, text: &str) -> Action {
        self.change(|query| query.extend(text.chars().filter(|c| !c.is_control())));
        Action::None
    }

    fn change(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.query);
        self.filter();
    }

    fn select(&mut self, by: isize) {
        let last = self.found.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    fn take(&self) -> Action {
        match self.current() {
            Some((entry, _)) => Action::Take(entry.entered.text.clone()),
            // What was looked for and is not there may be typed on.
            None => Action::Take(self.query.clone()),
        }
    }

    /// Forgets the selected line, wherever and whenever it was entered.
    fn forget(&mut self) -> Action {
        let Some((entry, _)) = self.current() else { return Action::None };
        let text = entry.entered.text.clone();
        let mut ids = Vec::new();
        self.rows.retain(|row| {
            let same = row.entry.entered.text == text;
            if same {
                ids.push(row.entry.id);
            }
            !same
        });
        let selected = self.selected;
        self.filter();
        self.selected = 0;
        self.select(isize::try_from(selected).unwrap_or(0));
        Action::Forget(ids)
    }
}

fn drop_last(query: &mut String) {
    query.pop();
}

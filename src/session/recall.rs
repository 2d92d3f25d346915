//! Ctrl-R: the lines of all sessions as a list that filters as one types.
//!
//! [`list`] is what is seen and what keys do, and reads no terminal; here it is shown.

mod list;
mod view;

use std::io;

use crossterm::event::Event;

use self::list::{Action, List};
use super::diary::Diary;
use crate::language::Language;
use crate::tui::input;
use crate::tui::screen::{Screen, size};

/// The most rows that the list takes.
const MOST_ROWS: usize = 20;

/// The lines of before, for a person who has typed something in a directory.
pub(super) fn all(
    diary: &Diary,
    begun: &str,
    directory: &str,
    colour: bool,
    language: Language,
) -> List {
    let mut list = List::new(diary.everything(), begun, directory, &diary.session());
    list.look(colour, language);
    list
}

/// Lets the person choose one of them; what is to stand on the line then.
pub(super) fn choose(mut list: List, diary: &Diary, begun: &str) -> String {
    // A terminal that is gone is found out by who reads the next line.
    show(&mut list, diary).unwrap_or_default().unwrap_or_else(|| begun.to_owned())
}

fn show(list: &mut List, diary: &Diary) -> io::Result<Option<String>> {
    let mut screen = Screen::default();
    screen.enter()?;
    loop {
        let (columns, rows) = size();
        list.resize(columns, rows.saturating_sub(1).min(MOST_ROWS));
        screen.paint(&list.lines())?;
        let action = match input::next(None)? {
            Some(Event::Key(key)) => list.key(key),
            Some(Event::Paste(text)) => list.paste(&text),
            Some(Event::Resize(..)) => {
                screen.resized()?;
                Action::None
            }
            _ => Action::None,
        };
        match action {
            Action::None => {}
            Action::Forget(ids) => diary.forget_entries(&ids),
            Action::Take(text) => {
                screen.leave()?;
                return Ok(Some(text));
            }
            Action::Leave => {
                screen.leave()?;
                return Ok(None);
            }
        }
    }
}

#[cfg(test)]
mod tests;

//! What the list finds, what keys do, and what is seen.

use std::time::{Duration, UNIX_EPOCH};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::list::{Action, List};
use crate::exit_status::ExitStatus;
use crate::history::{Entry, EntryId, Kind, NewEntry};
use crate::language::Language;

fn entry(id: i64, text: &str, kind: Kind, at: (&str, &str), status: i32) -> Entry {
    Entry {
        id: EntryId(id),
        entered: NewEntry {
            text: text.to_owned(),
            kind,
            directory: at.0.into(),
            started: UNIX_EPOCH + Duration::from_secs(1_000_000_000 + id.unsigned_abs()),
            session: at.1.to_owned(),
            parent: None,
        },
        duration: Some(Duration::from_millis(1500)),
        status: Some(ExitStatus(status)),
    }
}

fn sample(begun: &str) -> List {
    let plan = Entry {
        entered: NewEntry {
            parent: Some(EntryId(4)),
            ..entry(5, "mv *.pdf papers", Kind::Plan, ("/a", "s"), 0).entered
        },
        ..entry(5, "", Kind::Plan, ("/a", "s"), 0)
    };
    let entries = vec![
        entry(1, "git push", Kind::Command, ("/a", "r"), 0),
        entry(2, "git Pull", Kind::Command, ("/b", "s"), 1),
        entry(3, "git push", Kind::Command, ("/b", "r"), 0),
        entry(4, "move the papers", Kind::Request, ("/a", "s"), 0),
        plan,
        entry(6, "ls", Kind::Command, ("/a", "s"), 0),
    ];
    List::new(entries, begun, "/a", "s")
}

fn found(list: &List) -> Vec<&str> {
    list.shown(0, 10).map(|entry| entry.entered.text.as_str()).collect()
}

fn press(list: &mut List, code: KeyCode, modifiers: KeyModifiers) -> Action {
    list.key(KeyEvent::new(code, modifiers))
}

fn typed(list: &mut List, text: &str) {
    for character in text.chars() {
        assert_eq!(press(list, KeyCode::Char(character), KeyModifiers::NONE), Action::None);
    }
}

#[test]
fn each_text_stands_there_once_and_words_filter() {
    let mut list = sample("");
    assert_eq!(found(&list), ["ls", "move the papers", "git push", "git Pull"]);
    typed(&mut list, "pu git");
    assert_eq!(found(&list), ["git push", "git Pull"]);
    press(&mut list, KeyCode::Char('u'), KeyModifiers::CONTROL);
    typed(&mut list, "Pu");
    assert_eq!(found(&list), ["git Pull"]);
    press(&mut list, KeyCode::Backspace, KeyModifiers::NONE);
    typed(&mut list, "x y");
    assert!(found(&list).is_empty());
    press(&mut list, KeyCode::Char('w'), KeyModifiers::CONTROL);
    assert_eq!(list.query, "Px ");
    list.paste("more\n");
    assert_eq!(list.query, "Px more");
    assert_eq!(
        press(&mut list, KeyCode::Enter, KeyModifiers::NONE),
        Action::Take("Px more".to_owned())
    );
}

#[test]
fn place_status_and_kind_narrow_it() {
    let mut list = sample("");
    press(&mut list, KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(found(&list), ["ls", "move the papers", "git push"]);
    press(&mut list, KeyCode::Tab, KeyModifiers::NONE);
    assert_eq!(found(&list), ["ls", "move the papers", "git Pull"]);
    press(&mut list, KeyCode::Char('s'), KeyModifiers::ALT);
    assert_eq!(found(&list), ["ls", "move the papers"]);
    press(&mut list, KeyCode::Char('s'), KeyModifiers::ALT);
    assert_eq!(found(&list), ["git Pull"]);
    press(&mut list, KeyCode::Char('s'), KeyModifiers::ALT);
    press(&mut list, KeyCode::Char('k'), KeyModifiers::ALT);
    assert_eq!(found(&list), ["ls", "git Pull"]);
    press(&mut list, KeyCode::Char('k'), KeyModifiers::ALT);
    assert_eq!(found(&list), ["move the papers"]);
    assert_eq!(list.current().unwrap().1, ["mv *.pdf papers"]);
    assert_eq!(list.query, "");
}

#[test]
fn one_is_selected_taken_forgotten_or_none() {
    let mut list = sample("git");
    press(&mut list, KeyCode::Char('r'), KeyModifiers::CONTROL);
    press(&mut list, KeyCode::Down, KeyModifiers::NONE);
    assert_eq!(
        press(&mut list, KeyCode::Enter, KeyModifiers::NONE),
        Action::Take("git Pull".to_owned())
    );
    press(&mut list, KeyCode::PageUp, KeyModifiers::NONE);
    // Each time that it was entered.
    let forgotten = press(&mut list, KeyCode::Delete, KeyModifiers::NONE);
    assert_eq!(forgotten, Action::Forget(vec![EntryId(3), EntryId(1)]));
    assert_eq!(found(&list), ["git Pull"]);
    assert_eq!(press(&mut list, KeyCode::Esc, KeyModifiers::NONE), Action::Leave);
    let control = KeyModifiers::CONTROL;
    assert_eq!(press(&mut list, KeyCode::Char('g'), control), Action::Leave);
    // Ctrl-C gives up what was typed, too.
    assert_eq!(press(&mut list, KeyCode::Char('c'), control), Action::Take(String::new()));
}

fn texts(list: &List) -> Vec<String> {
    list.lines().iter().map(|line| line.to_string().trim_end().to_owned()).collect()
}

#[test]
fn the_list_its_filters_and_what_is_typed_are_seen() {
    let mut list = sample("git");
    list.resize(100, 12);
    let lines = texts(&list);
    assert_eq!(
        lines[0],
        "2 | [Tab] everywhere | [Alt-S] any status | [Alt-K] commands and requests"
    );
    assert!(lines[1].starts_with("> git push  "), "{lines:?}");
    assert!(lines[2].starts_with("  git Pull  ") && lines[2].contains("[1] "), "{lines:?}");
    assert!(lines[3].ends_with(", 1.5 s, /b"), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "search> git");
    list.look(false, Language::Chinese);
    assert!(texts(&list)[0].contains("所有位置"));
}

#[test]
fn a_request_shows_the_plan_that_ran() {
    let mut list = sample("papers");
    list.resize(60, 12);
    let lines = texts(&list);
    assert!(lines[1].starts_with("> ? move the papers "), "{lines:?}");
    assert_eq!(lines[2], "  => mv *.pdf papers");
}

#[test]
fn nothing_sticks_out_however_small_it_is() {
    for (width, height) in [(10, 2), (20, 5), (40, 12), (200, 60)] {
        for begun in ["", "git", "none", &"x".repeat(300)] {
            let mut list = sample(begun);
            list.resize(width, height);
            let lines = list.lines();
            assert!(lines.len() <= height, "{width}x{height}");
            assert!(lines.iter().all(|line| line.width() <= width), "{width}x{height}: {lines:?}");
        }
    }
}

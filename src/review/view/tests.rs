//! What is seen, and what keys do.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::plan::effect::{Act, Deed, Effects, Extent, Reversal};
use crate::plan::operation::Operation;
use crate::plan::{Need, Note, Step, Why};
use crate::policy::Decision;
use crate::review::view::Ruling;
use crate::review::{Answer, NotApproved};
use crate::wrap::columns;

mod snapshot;
mod what_was_shown;

pub(super) const PLAIN: Look = Look { colour: false, ascii: false };

pub(super) fn step(id: usize, command: &str, explanation: &str, effects: Effects) -> Step {
    Step {
        id,
        operation: Operation::Run,
        command: command.into(),
        tree: crate::shell::syntax::List::default(),
        programs: Vec::new(),
        located: Vec::new(),
        suspected: Vec::new(),
        bindings: Vec::new(),
        needs: Vec::new(),
        effects,
        pins: Vec::new(),
        extent: None,
        reversal: Reversal::Full,
        explanation: explanation.to_owned(),
        notes: Vec::new(),
        warnings: Vec::new(),
    }
}

pub(super) fn plan(language: Language, steps: Vec<Step>) -> Plan {
    Plan {
        request: "request".to_owned(),
        text: "text".into(),
        language,
        mends: Vec::new(),
        refines: None,
        mentions: Vec::new(),
        doubts: Vec::new(),
        steps,
    }
}

/// A directory, two moves into it, and a deletion that needs nothing.
pub(super) fn tidy_up(language: Language) -> Plan {
    let say = |english: &str, chinese: &str| language.choose(english, chinese).to_owned();
    let into = |name: &str| {
        Effects::from(vec![
            Act::To(Deed::Creates, format!("/home/ann/reports/{name}").into()),
            Act::To(Deed::Moves, format!("/home/ann/{name}").into()),
        ])
    };
    let mut steps = vec![
        step(
            1,
            "mkdir reports",
            &say("Create the directory reports", "创建目录 reports"),
            Effects::to(Deed::Creates, ["/home/ann/reports".into()]),
        ),
        step(
            2,
            "mv january.pdf reports/",
            &say("Move the file january.pdf into reports", "把文件 january.pdf移动到 reports"),
            into("january.pdf"),
        ),
        step(
            3,
            "mv 二月.pdf reports/",
            &say("Move the file 二月.pdf into reports", "把文件 二月.pdf移动到 reports"),
            into("二月.pdf"),
        ),
        step(
            4,
            "rm -rf .cache",
            &say(
                "Delete the item .cache with everything inside",
                "删除项目 .cache及其中的全部内容",
            ),
            Effects::to(Deed::Deletes, ["/home/ann/.cache".into()]),
        ),
    ];
    for step in &mut steps[1..3] {
        step.needs = vec![Need { step: 1, why: Why::Success }];
    }
    let last = &mut steps[3];
    last.extent = Some(Extent { files: 1204, directories: 31, bytes: 48_200_000, more: true });
    last.reversal = Reversal::No(say("it is too much for the trash", "内容太多，无法放入回收站"));
    last.notes = vec![
        Note { text: "-r".into(), meaning: say("directories, too", "包括目录") },
        Note { text: "-f".into(), meaning: say("never ask", "从不询问") },
    ];
    plan(language, steps)
}

pub(super) fn view(plan: Plan, width: usize, height: usize) -> View {
    let mut view = View::new(plan, Decision::Confirm.into(), PLAIN);
    view.resize(width, height);
    view.arm();
    view
}

pub(super) fn texts(view: &View) -> Vec<String> {
    view.lines().iter().map(ToString::to_string).collect()
}

fn press(view: &mut View, code: KeyCode) -> Action {
    view.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn keys(view: &mut View, letters: &str) -> Action {
    letters.chars().map(|letter| press(view, KeyCode::Char(letter))).last().unwrap()
}

fn approved(view: &View) -> bool {
    matches!(view.answer(), Some(Answer::Approved(_)))
}

#[test]
fn only_a_yes_runs() {
    let mut said = view(tidy_up(Language::English), 80, 40);
    assert_eq!(keys(&mut said, "y"), Action::Run(Manner::AtOnce));
    assert!(approved(&said));
    let mut said = view(tidy_up(Language::English), 80, 40);
    assert_eq!(keys(&mut said, "s"), Action::Run(Manner::Stepwise));
    assert!(
        matches!(said.answer(), Some(Answer::Approved(plan)) if plan.manner() == Manner::Stepwise)
    );
    for code in [KeyCode::Char('n'), KeyCode::Char('q'), KeyCode::Esc, KeyCode::Enter] {
        let mut said = view(tidy_up(Language::English), 80, 40);
        assert_eq!(press(&mut said, code), Action::Decline);
        assert!(matches!(said.answer(), Some(Answer::NotApproved(_, NotApproved::Declined))));
    }
    for letter in ['c', 'd'] {
        let mut said = view(tidy_up(Language::English), 80, 40);
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        assert_eq!(said.key(key), Action::Decline);
    }
    let mut said = view(tidy_up(Language::English), 80, 40);
    assert_eq!(said.key(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::ALT)), Action::None);
    said.paste("y\n");
    assert!(said.answer().is_none());
}

#[test]
fn no_key_counts_before_the_question_stands_there() {
    let mut view = View::new(tidy_up(Language::English), Decision::Confirm.into(), PLAIN);
    view.resize(80, 40);
    assert!(!texts(&view).concat().contains("Run this?"));
    assert_eq!(keys(&mut view, "y"), Action::None);
    view.arm();
    assert!(texts(&view).concat().contains("Run this?"));
    view.propose(tidy_up(Language::English), Decision::Confirm.into());
    assert_eq!(keys(&mut view, "y"), Action::None);
    assert!(view.answer().is_none());
}

#[test]
fn a_confirmation_by_typing_needs_the_word() {
    let ask = |typed: &str| {
        let ruling = Ruling { decision: Decision::ConfirmByTyping, reason: Some("why".into()) };
        let mut view = View::new(tidy_up(Language::Chinese), ruling, PLAIN);
        view.resize(80, 40);
        view.arm();
        assert_eq!(keys(&mut view, "y"), Action::None);
        assert!(texts(&view).contains(&"why".to_owned()));
        keys(&mut view, typed);
        press(&mut view, KeyCode::Enter)
    };
    assert_eq!(ask("yes"), Action::Run(Manner::AtOnce));
    assert_eq!(ask("是"), Action::Run(Manner::AtOnce));
    assert_eq!(ask("y"), Action::None);
    assert_eq!(ask(" "), Action::None);
}

#[test]
fn ctrl_c_declines_instead_of_the_word_and_throws_a_change_away() {
    let interrupt =
        |view: &mut View| view.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
    let mut said = View::new(tidy_up(Language::English), Decision::ConfirmByTyping.into(), PLAIN);
    said.arm();
    keys(&mut said, "yyes");
    assert_eq!(interrupt(&mut said), Action::Decline);
    assert!(matches!(said.answer(), Some(Answer::NotApproved(_, NotApproved::Declined))));
    let mut said = view(tidy_up(Language::English), 80, 40);
    keys(&mut said, "cin the other order");
    assert_eq!(interrupt(&mut said), Action::None);
    assert!(said.answer().is_none() && texts(&said).concat().contains("Run this?"));
}

#[test]
fn what_is_refused_never_runs() {
    let reason = Some("it is needed".to_owned());
    let ruling = Ruling { decision: Decision::Forbid, reason };
    let mut view = View::new(tidy_up(Language::English), ruling, PLAIN);
    view.resize(80, 40);
    view.arm();
    let told = "the plan is refused: it is needed".to_owned();
    assert!(texts(&view).contains(&told));
    keys(&mut view, "j");
    assert!(!texts(&view).contains(&told));
    assert_eq!(keys(&mut view, "ys"), Action::None);
    assert!(texts(&view).contains(&told));
    press(&mut view, KeyCode::Enter);
    let refused = NotApproved::Forbidden("it is needed".to_owned());
    assert!(matches!(view.answer(), Some(Answer::NotApproved(_, reason)) if reason == refused));
}

#[test]
fn a_plan_that_looks_different_once_compiled_is_shown_first() {
    let mut view = view(tidy_up(Language::English), 80, 40);
    keys(&mut view, "j ");
    let Action::Recompile(text) = keys(&mut view, "y") else { panic!("nothing to compile") };
    assert_eq!(text, "mkdir reports && mv 二月.pdf reports/\nrm -rf .cache");
    let mut again = tidy_up(Language::English);
    again.steps.remove(1);
    again.steps[2].extent = None;
    assert_eq!(view.recompiled(Ok((again, Decision::Confirm.into()))), Action::None);
    assert!(view.answer().is_none() && !view.is_armed());
    let mut same = view;
    same.arm();
    assert_eq!(keys(&mut same, "y"), Action::Run(Manner::AtOnce));
}

#[test]
fn a_rearranged_plan_that_looks_the_same_runs_at_once() {
    let mut view = view(tidy_up(Language::English), 80, 40);
    keys(&mut view, "j ");
    keys(&mut view, "y");
    let mut again = tidy_up(Language::English);
    again.steps.remove(1);
    assert_eq!(view.recompiled(Ok((again, Decision::Confirm.into()))), Action::Run(Manner::AtOnce));
    let Some(Answer::Approved(approved)) = view.answer() else { panic!("not approved") };
    assert_eq!(approved.plan().steps.len(), 3);
}

#[test]
fn without_steps_nothing_runs() {
    let mut view = view(tidy_up(Language::English), 80, 40);
    assert_eq!(keys(&mut view, " jjj y"), Action::None);
    assert!(texts(&view).contains(&"every step is switched off".to_owned()));
}

#[test]
fn a_change_is_asked_for_in_words() {
    let mut view = view(tidy_up(Language::English), 80, 40);
    keys(&mut view, "conly PDF");
    press(&mut view, KeyCode::Backspace);
    view.paste("Fs\nplease");
    assert_eq!(texts(&view).last().unwrap(), "What should be different? only PDFs please");
    assert_eq!(press(&mut view, KeyCode::Enter), Action::Change("only PDFs please".to_owned()));
    assert_eq!(keys(&mut view, "c"), Action::None);
    assert_eq!(press(&mut view, KeyCode::Enter), Action::None);
    assert!(view.answer().is_none());
}

#[test]
fn every_key_of_the_help_does_something() {
    let mut view = view(tidy_up(Language::English), 80, 40);
    keys(&mut view, "?");
    let help = texts(&view);
    assert_eq!(help.len(), words::KEYS.len() + 1);
    assert_eq!(help[0], "y              run the plan");
    press(&mut view, KeyCode::Esc);
    assert!(view.answer().is_none());
    assert_eq!(keys(&mut view, "w"), Action::Copy("text".to_owned()));
    assert_eq!(keys(&mut view, "je"), Action::EditStep(1));
    assert_eq!(keys(&mut view, "E"), Action::EditAll);
    assert_eq!(keys(&mut view, "p"), Action::Preview(None));
    assert_eq!(keys(&mut view, "a"), Action::Remember);
}

#[test]
fn two_hundred_steps_are_scrolled_and_every_row_can_be_reached() {
    let steps = (1..=200)
        .map(|id| step(id, &format!("touch {id}"), "Create it", Effects::default()))
        .collect();
    let mut view = view(plan(Language::English, steps), 60, 12);
    let mut seen = BTreeSet::new();
    for _ in 0..200 {
        let lines = texts(&view);
        assert_eq!(lines.len(), 12);
        let marked: Vec<&String> = lines.iter().filter(|line| line.starts_with('>')).collect();
        assert_eq!(marked.len(), 1);
        seen.insert(marked[0].clone());
        press(&mut view, KeyCode::Down);
    }
    assert_eq!(seen.len(), 200);
    press(&mut view, KeyCode::Home);
    for _ in 0..200 {
        press(&mut view, KeyCode::PageDown);
    }
    assert!(texts(&view).iter().any(|line| line.starts_with(">o 200  touch 200")));
    press(&mut view, KeyCode::PageUp);
    assert_eq!(texts(&view).iter().filter(|line| line.starts_with('>')).count(), 1);
}

#[test]
fn a_step_longer_than_the_screen_is_read_to_its_end() {
    let paths = (0..50).map(|number| format!("/file-{number}").into());
    let effects = Effects::to(Deed::Deletes, paths);
    let steps = vec![step(1, "rm *", "Delete", effects), step(2, "ls", "List", Effects::default())];
    let mut view = view(plan(Language::English, steps), 60, 10);
    keys(&mut view, "x");
    let mut seen = String::new();
    for _ in 0..60 {
        seen.push_str(&texts(&view).join("\n"));
        press(&mut view, KeyCode::Down);
    }
    for number in 0..50 {
        assert!(seen.contains(&format!("/file-{number}\n")), "{number}");
    }
}

#[test]
fn nothing_is_wider_or_higher_than_the_terminal() {
    for language in [Language::English, Language::Chinese] {
        for width in 20..100 {
            for height in [1, 2, 3, 5, 24] {
                let mut view = view(tidy_up(language), width, height);
                for letters in ["x", "i", "jjjxi", " ", "?"] {
                    keys(&mut view, letters);
                    let lines = texts(&view);
                    assert!(lines.len() <= height, "{width}x{height}");
                    for line in lines {
                        assert!(columns(&line) <= width, "{width}: {line}");
                    }
                }
            }
        }
    }
}

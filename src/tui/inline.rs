//! The review of a plan where the cursor is: draws the view, reads keys, and does
//! what they ask for.

use std::io;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::input;
use super::screen::{Screen, show, size};
use crate::escape::safe_lines;
use crate::rescue;
use crate::review::text::{self, Style};
use crate::review::view::{Action, Host, Look, View};
use crate::review::{Answer, Manner, NotApproved};
use crate::system::{descriptor, terminal};

/// The widest a plan is printed.
const WIDEST: usize = 120;

/// Whether the terminal can show the view: standard input and standard error are
/// one, and it is not a dumb one.
#[must_use]
pub fn is_possible() -> bool {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    !dumb && terminal::is_terminal(descriptor::STDIN) && terminal::is_terminal(descriptor::STDERR)
}

/// How the view looks on this terminal: lines need a locale whose characters are
/// UTF-8.
#[must_use]
pub fn look(colour: bool) -> Look {
    Look { colour, ascii: !is_utf8() }
}

/// Whether the locale's characters are UTF-8.
#[must_use]
pub fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Shows the view until the person has answered; the plan then stands printed in
/// the scrollback, and the terminal is as it was.
///
/// # Errors
/// The terminal cannot be used or is gone; nothing was approved.
pub fn review(view: &mut View, host: &mut dyn Host, try_first: bool) -> io::Result<Answer> {
    let mut screen = Screen::default();
    if try_first {
        perform(Action::Preview(None), view, host, &mut screen)?;
    }
    loop {
        if !view.is_armed() {
            screen.enter()?;
            draw(&mut screen, view)?;
            if screen.is_given_up()? {
                view.give_up();
            }
            view.arm();
        }
        draw(&mut screen, view)?;
        if view.answer().is_none() {
            match input::next(None)? {
                Some(Event::Key(key)) => {
                    let typed = if view.is_typing() { Typed::Key } else { whole(key) };
                    let mut action = match typed {
                        Typed::Key => view.key(key),
                        Typed::Word => {
                            let hint = view.plan().language.choose("press one key", "请只按一个键");
                            view.tell(hint);
                            Action::None
                        }
                        Typed::GivenUp => {
                            view.give_up();
                            Action::None
                        }
                    };
                    while action != Action::None {
                        action = perform(action, view, host, &mut screen)?;
                    }
                }
                Some(Event::Paste(text)) => view.paste(&text),
                Some(Event::Resize(..)) => screen.resized()?,
                _ => {}
            }
        }
        if let Some(answer) = view.answer() {
            screen.leave()?;
            show(&last_words(view, &answer))?;
            return Ok(answer);
        }
    }
}

/// What a key is the beginning of.
enum Typed {
    /// Itself, or the word that it stands for.
    Key,
    /// A word that is no answer, and neither is its first letter.
    Word,
    /// The person got out in the middle of a word.
    GivenUp,
}

/// Reads on behind a key that answers: it may begin a word.
fn whole(key: KeyEvent) -> Typed {
    let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Char(letter @ ('y' | 'Y' | 'n' | 'N' | 's' | 'q'))
            if plain && key.kind != KeyEventKind::Release =>
        {
            match input::word(letter).map(|word| word.to_lowercase()).as_deref() {
                Some("y" | "yes" | "n" | "no" | "s" | "q" | "quit") => Typed::Key,
                Some(_) => Typed::Word,
                None => Typed::GivenUp,
            }
        }
        _ => Typed::Key,
    }
}

/// Does what a key asked for; what follows from that.
fn perform(
    action: Action,
    view: &mut View,
    host: &mut dyn Host,
    screen: &mut Screen,
) -> io::Result<Action> {
    match action {
        // These are in the view's answer.
        Action::None | Action::Run(_) | Action::Decline => {}
        Action::Recompile(text) => {
            let compiled = host.compile(&text).map(|plan| {
                let ruling = host.decide(&plan);
                (plan, ruling)
            });
            return Ok(view.recompiled(compiled));
        }
        Action::Copy(text) => match host.copy(&text) {
            Ok(()) => view.tell_copied(),
            Err(reason) => view.tell(reason),
        },
        Action::Remember => match host.remember(view.plan()) {
            Ok(words) | Err(words) => view.tell(words),
        },
        Action::EditStep(step) => {
            let old = view.step_text(step);
            lend(screen, view)?;
            edit(&old, view, host, &|view, new| view.text_with(step, new))?;
        }
        Action::EditAll => match view.text() {
            Ok(old) => {
                lend(screen, view)?;
                edit(&old, view, host, &|_, new| Ok(new.to_owned()))?;
            }
            Err(reason) => view.tell(reason),
        },
        Action::Preview(step) => {
            lend(screen, view)?;
            match host.preview(view.plan(), step) {
                Ok(tried) => view.tried(tried),
                Err(reason) => view.tell(reason),
            }
        }
        Action::Change(words) => {
            lend(screen, view)?;
            match host.change(view.plan(), &words) {
                Ok(plan) => {
                    let ruling = host.decide(&plan);
                    view.propose(plan, ruling);
                }
                Err(reason) => view.tell(reason),
            }
        }
    }
    Ok(Action::None)
}

/// Lets the person change a text, and shows the plan of it. One that is no plan is
/// there to be changed again, so that a mistake loses nothing. `whole` makes the text
/// of the plan from what was edited.
fn edit(
    old: &str,
    view: &mut View,
    host: &mut dyn Host,
    whole: &dyn Fn(&View, &str) -> Result<String, String>,
) -> io::Result<()> {
    let mut text = old.to_owned();
    while let Some(edited) = host.edit(&text).filter(|edited| *edited != old) {
        match whole(view, &edited).and_then(|text| host.compile(&text)) {
            Ok(plan) => {
                let ruling = host.decide(&plan);
                view.propose(plan, ruling);
                return Ok(());
            }
            Err(reason) => {
                let hint = view.plan().language.choose(
                    "change the text, or press Ctrl-C to keep the plan",
                    "请修改文本，或按 Ctrl-C 保留原计划",
                );
                show(&format!("{}\n{hint}\n", safe_lines(reason.as_bytes())))?;
                text = edited;
            }
        }
    }
    Ok(())
}

/// What is left in the scrollback.
fn last_words(view: &View, answer: &Answer) -> String {
    let (plan, english, chinese) = match answer {
        Answer::Approved(approved) => match approved.manner() {
            Manner::AtOnce => (approved.plan(), "run", "运行"),
            Manner::Stepwise => (approved.plan(), "run step by step", "逐步运行"),
            Manner::AsPreviewed => {
                (approved.plan(), "the previewed changes are made", "做出预览中的更改")
            }
        },
        Answer::NotApproved(plan, NotApproved::Forbidden(_)) => (plan, "refused", "已拒绝"),
        Answer::NotApproved(plan, _) | Answer::Edit(plan) | Answer::Preview(plan) => {
            (plan, "declined", "已放弃")
        }
    };
    let width = size().0.min(WIDEST);
    let style = Style { width, colour: view.look().colour };
    format!("{}=> {}\n", text::render(plan, style), plan.language.choose(english, chinese))
}

fn draw(screen: &mut Screen, view: &mut View) -> io::Result<()> {
    rescue::point("review");
    let (columns, rows) = size();
    // One row of what was before stays in sight.
    view.resize(columns, rows.saturating_sub(1));
    screen.paint(&view.lines())
}

/// Leaves the terminal to somebody else; what is typed there is no answer, so the question
/// will be put anew.
fn lend(screen: &mut Screen, view: &mut View) -> io::Result<()> {
    view.disarm();
    screen.leave()
}

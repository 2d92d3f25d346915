//! The review of a plan on a terminal, as a pure model: keys go in, what is to be
//! done comes out, and lines of text show how it stands.
//!
//! **Architecture invariant:** what is approved is the plan whose steps are shown.
//! A plan that was rearranged is compiled again, and unless the result is step by
//! step what is on the screen it is shown before it can be approved. Keys count
//! only from the moment on at which the question stands there.

mod graph;
mod host;
mod key;
mod line;
mod named;
mod state;
mod words;

use std::collections::BTreeSet;

pub use self::host::{Host, Ruling, Tried};
use crate::language::Language;
use crate::plan::Plan;
use crate::plan::arrange::Arrangement;
use crate::review::Manner;

/// What is to be done after a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing, but for drawing.
    None,
    /// The plan was approved.
    Run(Manner),
    /// One step is to be edited, counted from 0.
    EditStep(usize),
    /// The whole text is to be edited.
    EditAll,
    /// The plan is to be tried aside, or only this step with what it needs,
    /// counted from 0.
    Preview(Option<usize>),
    /// The plan is to be changed, in these words.
    Change(String),
    /// The text goes to the clipboard.
    Copy(String),
    /// Such plans are not to be asked about again.
    Remember,
    /// Nothing runs.
    Decline,
    /// The text is to be compiled for [`View::recompiled`].
    Recompile(String),
}

/// How it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The terminal's own colours are used.
    pub colour: bool,
    /// Lines are drawn with ASCII.
    pub ascii: bool,
}

/// What a text that is typed in is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Purpose {
    /// Confirmation, for running.
    Confirm(Manner),
    /// A change in words.
    Change,
}

/// What the keys mean just now.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    /// The steps are looked at.
    Steps,
    /// A line is typed.
    Input { purpose: Purpose, text: String },
    /// A text is read. One of changes can be answered: they are made, or dropped.
    Text { text: String, top: usize, changes: bool },
}

/// What goes on once a rearranged plan has been compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Next {
    Run(Manner),
    Preview(Option<usize>),
    Change(String),
    Remember,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Approved(Manner),
    Declined,
}

/// The review of a plan.
#[derive(Debug)]
pub struct View {
    plan: Plan,
    ruling: Ruling,
    arrangement: Arrangement,
    /// Where the selected step is in the order.
    selected: usize,
    /// Steps whose paths are all listed.
    expanded: BTreeSet<usize>,
    /// Steps whose options are explained.
    explained: BTreeSet<usize>,
    mode: Mode,
    message: Option<String>,
    look: Look,
    width: usize,
    height: usize,
    /// The first row of the steps that is seen.
    top: usize,
    /// The question stands there, and keys count.
    armed: bool,
    next: Option<Next>,
    end: Option<End>,
}

impl View {
    /// A view of a plan and what policy says about it. Keys do not count before
    /// [`View::arm`].
    #[must_use]
    pub fn new(plan: Plan, ruling: Ruling, look: Look) -> Self {
        Self {
            arrangement: Arrangement::of(&plan),
            message: ruling.refusal(plan.language),
            ruling,
            plan,
            selected: 0,
            expanded: BTreeSet::new(),
            explained: BTreeSet::new(),
            mode: Mode::Steps,
            look,
            width: 80,
            height: 24,
            top: 0,
            armed: false,
            next: None,
            end: None,
        }
    }

    /// The plan, as it was compiled.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How it looks.
    #[must_use]
    pub fn look(&self) -> Look {
        self.look
    }

    /// Whether letters are text and no keys.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        matches!(self.mode, Mode::Input { .. })
    }

    /// The columns and rows that it may use.
    pub fn resize(&mut self, width: usize, height: usize) {
        self.width = width.max(line::NARROWEST);
        self.height = height.max(1);
        self.reveal();
    }

    /// From now on keys count: the person has had a moment to see the plan, and
    /// what was typed before is gone.
    pub fn arm(&mut self) {
        self.armed = true;
    }

    /// Whether keys count.
    #[must_use]
    pub fn is_armed(&self) -> bool {
        self.armed
    }

    /// Keys do not count any more: the terminal is somebody else's for a while.
    pub fn disarm(&mut self) {
        self.armed = false;
    }

    /// The person wants to get out, whatever is on the screen.
    pub fn give_up(&mut self) {
        self.end = Some(End::Declined);
    }

    fn language(&self) -> Language {
        self.plan.language
    }

    /// The step at a place in the order.
    fn step_at(&self, place: usize) -> usize {
        self.arrangement.order().get(place).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;

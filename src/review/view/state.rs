//! What becomes of the view when the world answers, and what is on the screen.

use bstr::ByteSlice;

use super::{Action, End, Mode, Next, Purpose, Ruling, Tried, View, words};
use crate::plan::arrange::{Arrangement, Direction, Fixed};
use crate::plan::{Plan, Step};
use crate::policy::Decision;
use crate::review::{Answer, ApprovedPlan, Manner, NotApproved};

impl View {
    /// Shows another plan, about which the person is asked anew; keys do not count
    /// before [`View::arm`].
    pub fn propose(&mut self, plan: Plan, ruling: Ruling) {
        self.replace(plan, ruling);
        let language = self.language();
        let new = words::NEW_PLAN.of(language);
        self.message = Some(match self.ruling.refusal(language) {
            Some(refusal) => format!("{new}; {refusal}"),
            None => new.to_owned(),
        });
    }

    fn replace(&mut self, plan: Plan, ruling: Ruling) {
        self.arrangement = Arrangement::of(&plan);
        self.ruling = ruling;
        self.plan = plan;
        self.expanded.clear();
        self.explained.clear();
        self.mode = Mode::Steps;
        self.next = None;
        self.armed = false;
        self.selected = self.selected.min(self.plan.steps.len().saturating_sub(1));
        self.reveal();
    }

    /// Takes what came of [`Action::Recompile`]: goes on with what the person asked
    /// for where the plan is step by step what is on the screen, else shows it.
    pub fn recompiled(&mut self, result: Result<(Plan, Ruling), String>) -> Action {
        let next = self.next.take();
        let (plan, ruling) = match result {
            Ok(compiled) => compiled,
            Err(reason) => {
                self.message = Some(reason);
                return Action::None;
            }
        };
        let shown: Vec<&Step> =
            self.arrangement.kept().map(|step| &self.plan.steps[step]).collect();
        let same = shown.len() == plan.steps.len()
            && shown.into_iter().zip(&plan.steps).all(|(old, new)| looks_the_same(old, new));
        let armed = self.armed;
        self.replace(plan, ruling);
        if !same {
            self.message = Some(words::LOOK_AGAIN.of(self.language()).to_owned());
            return Action::None;
        }
        self.armed = armed;
        match next {
            Some(next) => self.go_on(next),
            None => Action::None,
        }
    }

    /// Shows what came of something that was asked for.
    pub fn tell(&mut self, message: impl Into<String>) {
        self.message = Some(message.into());
    }

    /// Shows that the text was copied.
    pub fn tell_copied(&mut self) {
        self.message = Some(words::COPIED.of(self.language()).to_owned());
    }

    /// Shows what the plan would change; what can be made may be answered with yes,
    /// once keys count.
    pub fn tried(&mut self, tried: Tried) {
        let changes = tried.can_be_made && self.ruling.decision != Decision::Forbid;
        self.mode = Mode::Text { text: tried.text, top: 0, changes };
    }

    /// Shows a text to be read.
    pub(super) fn read(&mut self, text: String) {
        self.mode = Mode::Text { text, top: 0, changes: false };
    }

    /// The whole text as a person would edit it: that of the steps that are on.
    ///
    /// # Errors
    /// Why it cannot be written, for the person.
    pub fn text(&self) -> Result<String, String> {
        if self.arrangement.is_original() {
            return Ok(self.plan.text.to_str_lossy().into_owned());
        }
        self.written(self.arrangement.text(&self.plan, None))
    }

    /// The command of a step as a person would edit it.
    #[must_use]
    pub fn step_text(&self, step: usize) -> String {
        self.plan.steps.get(step).map_or_else(String::new, |step| step.command.to_string())
    }

    /// The whole text with another command for a step.
    ///
    /// # Errors
    /// Why it cannot be written, for the person.
    pub fn text_with(&self, step: usize, command: &str) -> Result<String, String> {
        let command = command.trim().as_bytes();
        self.written(self.arrangement.text(&self.plan, Some((step, command))))
    }

    fn written(&self, text: Result<bstr::BString, Fixed>) -> Result<String, String> {
        text.map(|text| text.to_str_lossy().into_owned())
            .map_err(|fixed| fixed.words(self.language()).to_owned())
    }

    /// What the person answered, once they have.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        let plan = self.plan.clone();
        Some(match self.end? {
            End::Approved(manner) => Answer::Approved(ApprovedPlan { plan, manner }),
            End::Declined if self.ruling.decision == Decision::Forbid => {
                let reason = self.ruling.reason.clone().unwrap_or_default();
                Answer::NotApproved(plan, NotApproved::Forbidden(reason))
            }
            End::Declined => Answer::NotApproved(plan, NotApproved::Declined),
        })
    }

    /// Does something for which the plan must be the one that is shown: compiles it
    /// first where it was rearranged.
    pub(super) fn first_recompile(&mut self, next: Next) -> Action {
        if self.arrangement.is_original() {
            return self.go_on(next);
        }
        match self.text() {
            Ok(text) => {
                self.next = Some(next);
                Action::Recompile(text)
            }
            Err(reason) => {
                self.message = Some(reason);
                Action::None
            }
        }
    }

    pub(super) fn go_on(&mut self, next: Next) -> Action {
        match next {
            Next::Preview(step) => Action::Preview(step),
            Next::Change(words) => Action::Change(words),
            Next::Remember => Action::Remember,
            Next::Run(manner) => match self.ruling.decision {
                Decision::Allow | Decision::Confirm => self.approve(manner),
                Decision::ConfirmByTyping => {
                    self.message.clone_from(&self.ruling.reason);
                    self.input(Purpose::Confirm(manner))
                }
                Decision::Forbid => {
                    self.message = self.ruling.refusal(self.language());
                    Action::None
                }
            },
        }
    }

    /// The person said yes, in the way that was asked for.
    pub(super) fn approve(&mut self, manner: Manner) -> Action {
        if !self.arrangement.is_original() || self.ruling.decision == Decision::Forbid {
            return Action::None;
        }
        self.end = Some(End::Approved(manner));
        Action::Run(manner)
    }

    pub(super) fn decline(&mut self) -> Action {
        self.end = Some(End::Declined);
        Action::Decline
    }

    pub(super) fn input(&mut self, purpose: Purpose) -> Action {
        self.mode = Mode::Input { purpose, text: String::new() };
        Action::None
    }

    /// Switches the selected step off or on.
    pub(super) fn toggle(&mut self) {
        let step = self.step_at(self.selected);
        let also = self.arrangement.toggle(&self.plan, step);
        if !also.is_empty() {
            let numbers: Vec<String> = also.iter().map(|step| (step + 1).to_string()).collect();
            let words = if self.arrangement.is_on(step) { words::ALSO_ON } else { words::ALSO_OFF };
            let list = numbers.join(self.language().choose(", ", "、"));
            self.message = Some(format!("{}{list}", words.of(self.language())));
        }
        self.reveal();
    }

    /// Moves the selected step.
    pub(super) fn shift(&mut self, to: Direction) {
        let step = self.step_at(self.selected);
        match self.arrangement.moved(&self.plan, step, to) {
            Ok(arrangement) => {
                self.selected =
                    arrangement.order().iter().position(|other| *other == step).unwrap_or(0);
                self.arrangement = arrangement;
            }
            Err(fixed) => self.message = Some(fixed.words(self.language()).to_owned()),
        }
        self.reveal();
    }

    /// Brings the selected step into sight.
    pub(super) fn reveal(&mut self) {
        let (body, page) = (self.body(), self.page());
        let Some(rows) = body.steps.get(self.selected) else { return };
        if rows.end > self.top + page {
            self.top = rows.end - page;
        }
        self.top = self.top.min(rows.start).min(body.lines.len().saturating_sub(page));
    }
}

/// Whether a person who has seen one step has seen the other.
fn looks_the_same(old: &Step, new: &Step) -> bool {
    old.command == new.command
        && old.operation == new.operation
        && old.programs == new.programs
        && old.effects == new.effects
        && old.extent == new.extent
        && old.reversal == new.reversal
        && old.explanation == new.explanation
        && old.warnings == new.warnings
}

//! Review: a plan is shown, and somebody with the right to do so approves it.
//!
//! **Architecture invariant:** an [`ApprovedPlan`] can be made only here, and
//! `exec` takes nothing else. It holds the very plan that was shown.

pub mod fact;
pub mod json;
mod options;
pub mod terminal;
pub mod text;
pub mod view;

pub use options::RequestOptions;

use std::path::Path;

use bstr::BString;

use crate::language::Language;
use crate::plan::Plan;
use crate::plan::effect::Risk;
use crate::policy::approval::Approvals;
use crate::policy::{self, Because, Ceiling, Decision, Policy, Verdict};

/// A plan that may run.
#[derive(Debug)]
#[must_use]
pub struct ApprovedPlan {
    plan: Plan,
    manner: Manner,
}

/// How an approved plan is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Its steps, one after another.
    AtOnce,
    /// The person wants to be asked before each step.
    Stepwise,
    /// It does not run again: exactly what its preview has changed is made.
    AsPreviewed,
}

impl ApprovedPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// How it is to run.
    #[must_use]
    pub fn manner(&self) -> Manner {
        self.manner
    }
}

/// Why a plan may not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotApproved {
    /// Nobody was there to be asked.
    #[error("the plan was not confirmed: there is no terminal to ask at")]
    NoTerminal,
    /// It does more than `--yes` allows.
    #[error("the plan was not confirmed: it {0}, which is more than --yes={1} allows")]
    AboveCeiling(&'static str, &'static str),
    /// The person declined.
    #[error("the plan was declined")]
    Declined,
    /// It is forbidden.
    #[error("the plan is refused: {0}")]
    Forbidden(String),
}

/// What a person answered.
#[derive(Debug)]
pub enum Answer {
    /// Yes.
    Approved(ApprovedPlan),
    /// They want to change the text.
    Edit(Plan),
    /// They want to see first what it would change.
    Preview(Plan),
    /// No, or it may not run.
    NotApproved(Plan, NotApproved),
}

/// Why a plan is refused or has to be confirmed by typing, as a sentence; nothing
/// where it is neither.
#[must_use]
pub fn reason(plan: &Plan, verdict: &Verdict) -> Option<String> {
    let (step, because) = if verdict.decision == Decision::ConfirmByTyping {
        verdict.steps.iter().find_map(|judged| {
            let typed = |because: &&Because| because.decision == Decision::ConfirmByTyping;
            judged.because.iter().find(typed).map(|because| (Some(judged.id), because))
        })?
    } else {
        verdict.refusals().next()?
    };
    let reason = because.reason.words(plan.language);
    Some(match (step, plan.language) {
        (Some(step), Language::English) => format!("step {step}: {reason}"),
        (Some(step), Language::Chinese) => format!("第 {step} 步：{reason}"),
        (None, _) => reason.to_owned(),
    })
}

/// The reason for which a plan may never run.
fn forbidden(plan: &Plan, verdict: &Verdict) -> Option<NotApproved> {
    if verdict.decision != Decision::Forbid {
        return None;
    }
    Some(NotApproved::Forbidden(reason(plan, verdict).unwrap_or_default()))
}

/// Decides a plan without a person: by the rules, and the ceiling that was given
/// with `--yes`.
///
/// # Errors
/// The plan with the reason, where that is not enough.
pub fn unattended(
    plan: Plan,
    policy: &Policy,
    ceiling: Option<Ceiling>,
) -> Result<ApprovedPlan, (Box<Plan>, NotApproved)> {
    let verdict = policy.judge(&plan);
    if let Some(reason) = forbidden(&plan, &verdict) {
        return Err((Box::new(plan), reason));
    }
    if verdict.runs_unasked(ceiling) {
        return Ok(ApprovedPlan { plan, manner: Manner::AtOnce });
    }
    let Some(ceiling) = ceiling else { return Err((Box::new(plan), NotApproved::NoTerminal)) };
    let name = match ceiling {
        Ceiling::Read => "read",
        Ceiling::Write => "write",
        Ceiling::All => "all",
    };
    let what = match policy::risk(&plan) {
        Risk::Delete => "deletes",
        Risk::Unknown => "has unknown effects",
        Risk::Outside => "reaches beyond files",
        Risk::Privilege => "asks for privileges",
        Risk::Read | Risk::Write => "changes something",
    };
    Err((Box::new(plan), NotApproved::AboveCeiling(what, name)))
}

/// Approves a plan about which the person wanted no question any more, or that
/// the rules allow.
///
/// # Errors
/// The plan, where they have to be asked.
pub fn without_question(
    plan: Plan,
    policy: &Policy,
    approvals: Option<&mut Approvals>,
    here: &Path,
    now: i64,
) -> Result<ApprovedPlan, Box<Plan>> {
    let verdict = policy.judge(&plan);
    // A database that cannot be read approves nothing.
    let approved = verdict.runs_unasked(None)
        || approvals.is_some_and(|approvals| {
            approvals.allows(&plan, &verdict, here, policy.places(), now).unwrap_or(false)
        });
    if approved { Ok(ApprovedPlan { plan, manner: Manner::AtOnce }) } else { Err(Box::new(plan)) }
}

/// Shows a person the plan and asks them. What is shown is rendered from the very plan
/// that an answer approves.
pub fn ask(
    plan: Plan,
    policy: &Policy,
    style: text::Style,
    keys: &mut dyn terminal::Keys,
) -> Answer {
    keys.show(&text::render(&plan, style));
    put(plan, policy, terminal::Question::Plan, keys)
}

/// Shows a person what a preview of the plan has changed, and asks whether exactly
/// that is to be made.
pub fn ask_about_preview(
    plan: Plan,
    policy: &Policy,
    changed: &str,
    keys: &mut dyn terminal::Keys,
) -> Answer {
    keys.show(changed);
    put(plan, policy, terminal::Question::Preview, keys)
}

fn put(
    plan: Plan,
    policy: &Policy,
    question: terminal::Question,
    keys: &mut dyn terminal::Keys,
) -> Answer {
    let verdict = policy.judge(&plan);
    if let Some(reason) = forbidden(&plan, &verdict) {
        return Answer::NotApproved(plan, reason);
    }
    let strict = verdict.decision == Decision::ConfirmByTyping;
    let why = strict.then(|| reason(&plan, &verdict).unwrap_or_default());
    match terminal::ask(question, why.as_deref(), plan.language, keys) {
        terminal::Choice::Run => {
            let manner = match question {
                terminal::Question::Plan => Manner::AtOnce,
                terminal::Question::Preview => Manner::AsPreviewed,
            };
            Answer::Approved(ApprovedPlan { plan, manner })
        }
        terminal::Choice::Edit => Answer::Edit(plan),
        terminal::Choice::Preview => Answer::Preview(plan),
        terminal::Choice::Decline => Answer::NotApproved(plan, NotApproved::Declined),
    }
}

/// The text of a plan as a person would edit it.
#[must_use]
pub fn editable(plan: &Plan) -> BString {
    plan.text.clone()
}

//! Review: a plan is shown, and somebody with the right to do so approves it.
//!
//! **Architecture invariant:** an [`ApprovedPlan`] can be made only here, and
//! `exec` takes nothing else. It holds the very plan that was shown.

pub mod json;
pub mod terminal;
pub mod text;

use bstr::BString;

use crate::plan::Plan;
use crate::plan::effect::Risk;
use crate::policy::{self, Ceiling, Decision};

/// A plan that may run.
#[derive(Debug)]
#[must_use]
pub struct ApprovedPlan {
    plan: Plan,
}

impl ApprovedPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
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
    /// No, or it may not run.
    NotApproved(Plan, NotApproved),
}

/// The reason for which a plan may never run.
fn forbidden(plan: &Plan) -> Option<NotApproved> {
    let reason = plan.steps.iter().find_map(|step| {
        step.effects.forbidden.as_ref().map(|reason| format!("step {}: {reason}", step.id))
    })?;
    Some(NotApproved::Forbidden(reason))
}

/// Decides a plan without a person.
///
/// # Errors
/// The plan with the reason, where the ceiling does not allow it.
pub fn unattended(
    plan: Plan,
    ceiling: Option<Ceiling>,
) -> Result<ApprovedPlan, (Box<Plan>, NotApproved)> {
    if let Some(reason) = forbidden(&plan) {
        return Err((Box::new(plan), reason));
    }
    let risk = policy::risk(&plan);
    match ceiling {
        None => Err((Box::new(plan), NotApproved::NoTerminal)),
        Some(ceiling) if ceiling.allows(risk) => Ok(ApprovedPlan { plan }),
        Some(ceiling) => {
            let name = match ceiling {
                Ceiling::Read => "read",
                Ceiling::Write => "write",
                Ceiling::All => "all",
            };
            let what = match risk {
                Risk::Delete => "deletes",
                Risk::Unknown => "has unknown effects",
                Risk::Outside => "reaches beyond files",
                Risk::Privilege => "asks for privileges",
                Risk::Read | Risk::Write | Risk::Forbidden => "changes something",
            };
            Err((Box::new(plan), NotApproved::AboveCeiling(what, name)))
        }
    }
}

/// Asks a person who has just been shown the plan.
pub fn ask(plan: Plan, keys: &mut dyn terminal::Keys) -> Answer {
    if let Some(reason) = forbidden(&plan) {
        return Answer::NotApproved(plan, reason);
    }
    let decision = policy::judge(&plan);
    match terminal::ask(decision == Decision::ConfirmByTyping, keys) {
        terminal::Choice::Run => Answer::Approved(ApprovedPlan { plan }),
        terminal::Choice::Edit => Answer::Edit(plan),
        terminal::Choice::Decline => Answer::NotApproved(plan, NotApproved::Declined),
    }
}

/// The text of a plan as a person would edit it.
#[must_use]
pub fn editable(plan: &Plan) -> BString {
    plan.text.clone()
}

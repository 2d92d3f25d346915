//! Plans that are tried aside, and what they changed there made in earnest.

use std::collections::BTreeSet;

use super::files::{self, Record};
use super::{Ending, Outcome, Report, about, message, run_commands};
use crate::exit_status::ExitStatus;
use crate::plan::Plan;
use crate::preview::Difference;
use crate::review::{ApprovedPlan, Manner};
use crate::shell::Shell;
use crate::undo::Journal;

/// Runs all steps, or one (counted from 0) with those that it needs, as a shell
/// runs their commands: in the room of a preview a file is another one, so that
/// what was pinned cannot be held to. `shell` must be the one of a process that is
/// only here for this.
pub fn try_out(plan: &Plan, only: Option<usize>, shell: &mut Shell) -> ExitStatus {
    shell.begin_apart();
    let wanted = only.map(|step| with_needs(plan, step));
    let mut failed = BTreeSet::new();
    let mut status = ExitStatus::SUCCESS;
    for (index, step) in plan.steps.iter().enumerate() {
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&index)) {
            continue;
        }
        if step.needs.iter().any(|need| failed.contains(&need.step)) {
            failed.insert(step.id);
            continue;
        }
        let own = if step.tree.items.is_empty() {
            match shell.parse(&step.command) {
                Ok(tree) => tree,
                Err(error) => {
                    message(&error.to_string());
                    return ExitStatus::FAILURE;
                }
            }
        } else {
            step.tree.clone()
        };
        let (ended, ending) = run_commands(&step.bindings, &own, shell);
        if !ended.is_success() {
            failed.insert(step.id);
        }
        if !ended.is_success() || status.is_success() {
            status = ended;
        }
        if ending != Ending::GoesOn {
            break;
        }
    }
    status
}

/// The step and all that it needs, counted from 0.
fn with_needs(plan: &Plan, step: usize) -> BTreeSet<usize> {
    let mut wanted = BTreeSet::new();
    let mut waiting = vec![step];
    while let Some(step) = waiting.pop() {
        if wanted.insert(step)
            && let Some(step) = plan.steps.get(step)
        {
            waiting.extend(step.needs.iter().map(|need| need.step - 1));
        }
    }
    wanted
}

/// Makes exactly what the preview of an approved plan changed; nothing where
/// something has changed meanwhile.
pub fn make(
    approved: &ApprovedPlan,
    difference: &Difference,
    shell: &mut Shell,
    journal: Option<&mut Journal>,
) -> Report {
    let plan = approved.plan();
    debug_assert_eq!(approved.manner(), Manner::AsPreviewed);
    let mut record = Record { journal, about: about(plan, shell), run: None };
    // What programs did was only to files, and all of that is known.
    record.about.reversible = true;
    let result = match difference.changes() {
        Ok(changes) => files::make(1, &changes, &mut record),
        Err(stale) => Err(vec![stale.reason(plan.language)]),
    };
    for reason in result.as_ref().err().into_iter().flatten() {
        message(reason);
    }
    let status = if result.is_ok() { ExitStatus::SUCCESS } else { ExitStatus::FAILURE };
    let report = Report {
        outcomes: vec![Outcome::Ran(status)],
        status,
        interrupted: false,
        run: record.end(),
    };
    shell.status = status;
    report
}

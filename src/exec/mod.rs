//! Execution of approved plans, step by step, through the shell engine and its
//! job table.
//!
//! A step runs when every step it needs has succeeded; typed operations are
//! carried out by system calls ([`files`]), the rest by the shell. A plan does
//! not change the session's directory or variables, unless that is all it does.

pub mod aside;
mod files;
mod state;

use std::io;
use std::time::{Duration, Instant};

use bstr::BString;

use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::plan::effect::Reversal;
use crate::plan::operation::Operation;
use crate::plan::{Plan, Program, Step};
use crate::review::ApprovedPlan;
use crate::shell::exec::Located;
use crate::shell::option::Opt;
use crate::shell::syntax::List;
use crate::shell::{Divert, Shell};
use crate::system::descriptor;
use crate::system::place::PinError;
use crate::undo::{Journal, NewRun, RunId};

use self::files::Record;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran; its status.
    Ran(ExitStatus),
    /// A step it needs did not succeed.
    Skipped,
    /// The plan was stopped before it.
    NotReached,
}

impl Outcome {
    fn succeeded(self) -> bool {
        matches!(self, Self::Ran(status) if status.is_success())
    }

    /// The name and the status in JSON.
    #[must_use]
    pub fn in_json(self) -> (&'static str, Option<i32>) {
        match self {
            Self::Ran(status) => ("ran", Some(status.0)),
            Self::Skipped => ("skipped", None),
            Self::NotReached => ("not_reached", None),
        }
    }
}

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// For each step, in order.
    pub outcomes: Vec<Outcome>,
    /// The status of the last step that failed, else of the last one that ran.
    pub status: ExitStatus,
    /// The person interrupted it.
    pub interrupted: bool,
    /// Where its changes stand in the journal, if it made any there.
    pub run: Option<RunId>,
}

/// Watches the steps of a plan while it runs.
pub trait Watch {
    /// Before a step: whether it may run. Where it may not, the plan ends.
    fn before(&mut self, step: &Step) -> bool;

    /// After a step that ran.
    fn after(&mut self, step: &Step, status: ExitStatus, took: Duration);
}

/// Who watches; nobody: the steps run one after another.
pub type Pace<'a> = Option<&'a mut dyn Watch>;

/// Runs a plan. Messages of failing typed operations go to standard error, as a
/// command's would. Changes to files are written down in the journal first, so
/// that they can be undone; without one, what is deleted is gone.
pub fn run(
    approved: &ApprovedPlan,
    shell: &mut Shell,
    journal: Option<&mut Journal>,
    pace: Pace<'_>,
) -> Report {
    let plan = approved.plan();
    let lasting = plan.steps.iter().all(|step| step.operation.is_on_session());
    let kept = (!lasting).then(|| shell.keep());
    let mut record = Record { journal, about: about(plan, shell), run: None };
    let mut report = run_steps(plan, shell, &mut record, pace);
    report.run = record.end();
    if let Some(kept) = kept
        && let Err(error) = shell.give_back(kept)
    {
        message(&format!("cannot go back to the directory before the plan: {error}"));
    }
    shell.status = report.status;
    report
}

/// Runs a plan while standard output belongs to something else: what the
/// commands write there goes to standard error.
pub fn run_apart(
    approved: &ApprovedPlan,
    shell: &mut Shell,
    journal: Option<&mut Journal>,
) -> Report {
    let Ok(saved) = descriptor::duplicate_private(descriptor::STDOUT) else {
        return run(approved, shell, journal, None);
    };
    // Both are open, so this fails only for want of memory in the kernel.
    let _ = descriptor::duplicate_to(descriptor::STDERR, descriptor::STDOUT);
    let report = run(approved, shell, journal, None);
    let _ = descriptor::duplicate_to(saved, descriptor::STDOUT);
    descriptor::close(saved);
    report
}

/// What the journal says of the plan.
fn about(plan: &Plan, shell: &Shell) -> NewRun {
    NewRun {
        request: plan.request.clone(),
        text: plan.text.clone(),
        directory: shell.directory().unwrap_or_default().into(),
        reversible: plan
            .steps
            .iter()
            .all(|step| matches!(step.reversal, Reversal::Full | Reversal::Nothing)),
    }
}

fn run_steps(
    plan: &Plan,
    shell: &mut Shell,
    record: &mut Record<'_>,
    mut pace: Pace<'_>,
) -> Report {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(plan.steps.len());
    let mut status = ExitStatus::SUCCESS;
    let (mut interrupted, mut stopped) = (false, false);
    for step in &plan.steps {
        if stopped {
            outcomes.push(Outcome::NotReached);
            continue;
        }
        let ready = step
            .needs
            .iter()
            .all(|need| outcomes.get(need.step - 1).is_some_and(|outcome| outcome.succeeded()));
        if !ready {
            outcomes.push(Outcome::Skipped);
            continue;
        }
        if let Some(watch) = &mut pace
            && !watch.before(step)
        {
            (interrupted, stopped) = (true, true);
            outcomes.push(Outcome::NotReached);
            continue;
        }
        let start = Instant::now();
        let (outcome, ending) = run_step(step, shell, record, plan.language);
        if let Some(watch) = &mut pace {
            watch.after(step, outcome, start.elapsed());
        }
        interrupted = ending == Ending::Interrupted;
        stopped = ending != Ending::GoesOn;
        outcomes.push(Outcome::Ran(outcome));
        if !outcome.is_success() || status.is_success() {
            status = outcome;
        }
    }
    Report { outcomes, status, interrupted, run: None }
}

/// How a plan goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// With the next step.
    GoesOn,
    /// Not at all: `exit`, `return`, an error that ends a script, or a failure under
    /// `set -e`.
    Leaves,
    /// Not at all: the person stopped it.
    Interrupted,
}

/// Runs one step.
fn run_step(
    step: &Step,
    shell: &mut Shell,
    record: &mut Record<'_>,
    language: Language,
) -> (ExitStatus, Ending) {
    let result = match &step.operation {
        Operation::ChangeSession | Operation::Run | Operation::Compound => {
            match changed_since(step, shell) {
                Ok(()) => return run_commands(&step.bindings, &step.tree, shell),
                Err(reason) => Err(vec![reason]),
            }
        }
        operation if operation.is_on_files() => files::perform(step, record, language),
        operation => state::perform(operation, shell),
    };
    let Err(reasons) = result else { return (ExitStatus::SUCCESS, Ending::GoesOn) };
    for reason in reasons {
        message(&reason);
    }
    let leaves = shell.options.is_on(Opt::ErrExit);
    (ExitStatus::FAILURE, if leaves { Ending::Leaves } else { Ending::GoesOn })
}

/// Verifies that what a command is about to be run on is what was shown. A
/// program looks its names up again, so this narrows a race, and cannot close it.
fn changed_since(step: &Step, shell: &mut Shell) -> Result<(), String> {
    for Program { name, path } in &step.located {
        let same = matches!(shell.locate(name), Located::Program(now) if now == *path);
        if !same {
            let (name, path) = (visible(name), visible(path.as_os_str().as_encoded_bytes()));
            return Err(format!("{name} is not {path} any more, which the plan was made for"));
        }
    }
    step.pins.iter().try_for_each(|pin| match pin.open() {
        Ok(_) => Ok(()),
        // It was not there either when it was shown.
        Err(PinError::Io { error, .. })
            if pin.target.is_none() && error.kind() == io::ErrorKind::NotFound =>
        {
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    })
}

/// Runs the commands of a step with what loops have bound for it.
fn run_commands(
    bindings: &[(BString, BString)],
    commands: &List,
    shell: &mut Shell,
) -> (ExitStatus, Ending) {
    for (name, value) in bindings {
        shell.variables.make_local(name);
        if let Err(error) = shell.variables.set(name, value.clone()) {
            message(&error.to_string());
            return (ExitStatus::FAILURE, Ending::GoesOn);
        }
    }
    let ending = match shell.run_list(commands) {
        Ok(()) | Err(Divert::Break(_) | Divert::Continue(_)) => Ending::GoesOn,
        Err(Divert::Return | Divert::Exit | Divert::Abort | Divert::Discard | Divert::Misuse) => {
            Ending::Leaves
        }
        Err(Divert::Interrupt) => Ending::Interrupted,
    };
    // SIGINT that killed the step is the person's word to stop.
    let killed = shell.status == ExitStatus::from_signal(crate::system::signal::SIGINT);
    (shell.status, if killed { Ending::Interrupted } else { ending })
}

fn message(text: &str) {
    let _ = descriptor::write_all(descriptor::STDERR, format!("llmsh: {text}\n").as_bytes());
}

//! Execution of approved plans, step by step, through the shell engine and its
//! job table.
//!
//! A step runs when every step it needs has succeeded; typed operations are
//! carried out by system calls ([`files`]), the rest by the shell. A plan does
//! not change the session's directory or variables, unless that is all it does.

mod copy;
mod files;

use crate::exit_status::ExitStatus;
use crate::plan::operation::Operation;
use crate::plan::{Plan, Step};
use crate::review::ApprovedPlan;
use crate::shell::{Divert, Shell};
use crate::system::descriptor;

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
}

/// Runs a plan. Messages of failing typed operations go to standard error, as a
/// command's would.
pub fn run(approved: &ApprovedPlan, shell: &mut Shell) -> Report {
    let plan = approved.plan();
    let lasting = plan.steps.iter().all(|step| {
        matches!(step.operation, Operation::ChangeDirectory { .. } | Operation::SetVariable { .. })
    });
    let directory = shell.directory().map(<[u8]>::to_vec);
    if !lasting {
        shell.variables.push_scope(true);
    }
    let report = run_steps(plan, shell);
    if !lasting {
        shell.variables.pop_scope();
        if let Some(directory) = directory
            && shell.directory() != Some(directory.as_slice())
            && let Err(error) = shell.change_directory(&directory, false)
        {
            message(&format!("cannot go back to the directory before the plan: {error}"));
        }
    }
    shell.status = report.status;
    report
}

/// Runs a plan while standard output belongs to something else: what the
/// commands write there goes to standard error.
pub fn run_apart(approved: &ApprovedPlan, shell: &mut Shell) -> Report {
    let Ok(saved) = descriptor::duplicate_private(descriptor::STDOUT) else {
        return run(approved, shell);
    };
    // Both are open, so this fails only for want of memory in the kernel.
    let _ = descriptor::duplicate_to(descriptor::STDERR, descriptor::STDOUT);
    let report = run(approved, shell);
    let _ = descriptor::duplicate_to(saved, descriptor::STDOUT);
    descriptor::close(saved);
    report
}

fn run_steps(plan: &Plan, shell: &mut Shell) -> Report {
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(plan.steps.len());
    let mut status = ExitStatus::SUCCESS;
    let mut interrupted = false;
    for step in &plan.steps {
        if interrupted {
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
        let (outcome, stop) = run_step(step, shell);
        interrupted = stop;
        outcomes.push(Outcome::Ran(outcome));
        if !outcome.is_success() || status.is_success() {
            status = outcome;
        }
    }
    Report { outcomes, status, interrupted }
}

/// Runs one step; whether the person stopped it.
fn run_step(step: &Step, shell: &mut Shell) -> (ExitStatus, bool) {
    match &step.operation {
        Operation::Run | Operation::Compound => run_commands(step, shell),
        operation => match files::perform(operation, shell) {
            Ok(()) => (ExitStatus::SUCCESS, false),
            // What the system calls cannot do as the program would (another
            // file system, a special file) the program itself does.
            Err(files::Failure::Unsuitable) => run_commands(step, shell),
            Err(files::Failure::Failed(texts)) => {
                for text in texts {
                    message(&text);
                }
                (ExitStatus::FAILURE, false)
            }
        },
    }
}

fn run_commands(step: &Step, shell: &mut Shell) -> (ExitStatus, bool) {
    for (name, value) in &step.bindings {
        shell.variables.make_local(name);
        if let Err(error) = shell.variables.set(name, value.clone()) {
            message(&error.to_string());
            return (ExitStatus::FAILURE, false);
        }
    }
    let stopped = match shell.run_list(&step.tree) {
        Ok(())
        | Err(
            Divert::Return | Divert::Break(_) | Divert::Continue(_) | Divert::Exit | Divert::Abort,
        ) => false,
        Err(Divert::Interrupt) => true,
    };
    // SIGINT that killed the step is the person's word to stop.
    let stopped = stopped || shell.status == ExitStatus::from_signal(crate::system::signal::SIGINT);
    (shell.status, stopped)
}

fn message(text: &str) {
    let _ = descriptor::write_all(descriptor::STDERR, format!("llmsh: {text}\n").as_bytes());
}

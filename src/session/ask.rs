//! One request from beginning to end: plan, review, execution, report.

use std::io::{self, Write};

use super::journal::Journal;
use super::request::{self, Failure};
use super::{Session, editor};
use crate::cli::RequestOptions;
use crate::config::Colour;
use crate::diagnostic::Diagnostic;
use crate::escape;
use crate::exec::{self, Outcome as StepOutcome, Report};
use crate::exit_status::ExitStatus;
use crate::plan::{Plan, compile};
use crate::preference::Outcome;
use crate::review::json::{self, Status};
use crate::review::{self, Answer, ApprovedPlan, NotApproved, text};
use crate::shell::Shell;
use crate::shell::request::Requests;
use crate::system::{descriptor, signal, terminal};
use crate::tui::keys::TerminalKeys;
use crate::tui::progress::{Progress, Silent, TerminalProgress};

/// Answers requests for a shell.
#[derive(Default)]
pub struct Answerer {
    session: Option<Session>,
    journal: Option<Journal>,
    /// How requests are answered.
    pub options: RequestOptions,
}

impl Answerer {
    /// Requests are answered with these options.
    #[must_use]
    pub fn new(options: RequestOptions) -> Self {
        Self { session: None, journal: None, options }
    }

    /// Plans that run are recorded there.
    #[must_use]
    pub fn with_journal(mut self, journal: Journal) -> Self {
        self.journal = Some(journal);
        self
    }

    /// The session, opened at the first request.
    ///
    /// # Errors
    /// What opening it says.
    pub fn session(&mut self) -> Result<&mut Session, Diagnostic> {
        if self.session.is_none() {
            let mut session = Session::open()?;
            session.journal.clone_from(&self.journal);
            self.session = Some(session);
        }
        Ok(self.session.as_mut().expect("it has just been made"))
    }
}

impl Requests for Answerer {
    fn answer(&mut self, shell: &mut Shell, words: &str) -> ExitStatus {
        let options = self.options.clone();
        if words.trim().is_empty() {
            show_error(
                &Diagnostic::new("the request is empty").hint("say what you want after the ?"),
            );
            return ExitStatus::USAGE;
        }
        match self.session() {
            Ok(session) => {
                let status = answer(session, shell, words, &options);
                for notice in std::mem::take(&mut session.notices) {
                    show_error(&notice);
                }
                status
            }
            Err(error) => {
                show_error(&error);
                ExitStatus::NO_MODEL
            }
        }
    }
}

/// How a request is talked about with the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Talk {
    /// Somebody can be asked.
    asks: bool,
    json: bool,
    style: text::Style,
}

impl Talk {
    fn new(session: &Session, options: &RequestOptions) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let terminal = terminal::is_terminal(descriptor::STDERR);
        let asks = terminal
            && terminal::is_terminal(descriptor::STDIN)
            && !options.json
            && !options.dry_run
            && options.yes.is_none();
        // A plan that is only shown goes to standard output.
        let shown_on = if asks || options.yes.is_some() {
            terminal
        } else {
            terminal::is_terminal(descriptor::STDOUT)
        };
        let colour = match session.config.review.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                shown_on
                    && !dumb
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let style = text::Style { width: if shown_on { width.clamp(20, 120) } else { 80 }, colour };
        Self { asks, json: options.json, style }
    }
}

/// Answers one request.
fn answer(
    session: &mut Session,
    shell: &mut Shell,
    words: &str,
    options: &RequestOptions,
) -> ExitStatus {
    let talk = Talk::new(session, options);
    let mut progress: Box<dyn Progress> =
        if talk.json { Box::new(Silent) } else { Box::new(TerminalProgress::new()) };
    let plan = match request::plan(session, shell, words, progress.as_mut()) {
        Ok(plan) => plan,
        Err(failure) => return report_failure(words, &failure, talk),
    };
    let proposed = plan.text.to_string();
    if options.dry_run {
        show_plan(&plan, Status::Proposed, None, talk);
        return ExitStatus::SUCCESS;
    }
    if !talk.asks {
        return match review::unattended(plan, options.yes) {
            Ok(approved) => execute(session, &approved, shell, talk),
            Err((plan, reason)) => {
                show_plan(&plan, Status::NotConfirmed, Some(ExitStatus::NOT_CONFIRMED), talk);
                not_confirmed(&reason, talk)
            }
        };
    }
    converse(session, shell, plan, &proposed, talk)
}

/// Shows the plan and asks until it is approved or declined.
fn converse(
    session: &mut Session,
    shell: &mut Shell,
    mut plan: Plan,
    proposed: &str,
    talk: Talk,
) -> ExitStatus {
    loop {
        show_on_terminal(&text::render(&plan, talk.style));
        match review::ask(plan, &mut TerminalKeys::default()) {
            Answer::Approved(approved) => {
                let edited = approved.plan().text != proposed.as_bytes();
                let outcome = if edited { Outcome::Edited } else { Outcome::Approved };
                let status = execute(session, &approved, shell, talk);
                request::remember(session, shell, proposed, approved.plan(), outcome);
                return status;
            }
            Answer::NotApproved(plan, reason) => {
                request::remember(session, shell, proposed, &plan, Outcome::Declined);
                return match reason {
                    NotApproved::Declined => ExitStatus::NOT_CONFIRMED,
                    reason => not_confirmed(&reason, talk),
                };
            }
            Answer::Edit(old) => plan = edit(shell, old),
        }
    }
}

/// Lets the person change the text; what does not compile is shown, and the
/// text can be changed again.
fn edit(shell: &mut Shell, old: Plan) -> Plan {
    let mut text = review::editable(&old).to_string();
    loop {
        let Some(edited) = editor::edit_text(&text) else { return old };
        // Ctrl-C may come just after Enter, when it is a signal and no key.
        if signal::take(signal::SIGINT) {
            return old;
        }
        match compile::compile(&old.request, edited.as_bytes(), shell) {
            Ok(plan) => return plan,
            Err(error) => {
                show_error(
                    &Diagnostic::new(error.to_string())
                        .hint("change the text, or press Ctrl-C to keep the plan"),
                );
                text = edited;
            }
        }
    }
}

fn execute(
    session: &Session,
    approved: &ApprovedPlan,
    shell: &mut Shell,
    talk: Talk,
) -> ExitStatus {
    if let Some(journal) = &session.journal {
        journal.plan(shell, &approved.plan().text.to_string());
    }
    // What runs without a question is shown, too.
    if !talk.asks && !talk.json {
        show_on_terminal(&text::render(approved.plan(), talk.style));
    }
    let report =
        if talk.json { exec::run_apart(approved, shell) } else { exec::run(approved, shell) };
    if talk.json {
        let outcomes: Vec<_> = report.outcomes.iter().map(|outcome| outcome.in_json()).collect();
        let envelope =
            json::plan(approved.plan(), Status::Executed, Some(report.status.0), &outcomes);
        print(&format!("{}\n", envelope.to_json()));
    } else {
        explain_report(&report);
    }
    report.status
}

/// Says what was not done, when something was not.
fn explain_report(report: &Report) {
    let numbers = |wanted: &dyn Fn(&StepOutcome) -> bool| {
        let list: Vec<String> = report
            .outcomes
            .iter()
            .enumerate()
            .filter(|(_, outcome)| wanted(outcome))
            .map(|(index, _)| (index + 1).to_string())
            .collect();
        list.join(", ")
    };
    let failed =
        numbers(&|outcome| matches!(outcome, StepOutcome::Ran(status) if !status.is_success()));
    let skipped = numbers(&|outcome| !matches!(outcome, StepOutcome::Ran(_)));
    if !skipped.is_empty() {
        let why =
            if report.interrupted { "the plan was stopped" } else { "what they need has failed" };
        show_error(&Diagnostic::new(format!(
            "step {failed} failed; not run, because {why}: step {skipped}"
        )));
    } else if report.outcomes.len() > 1 && !failed.is_empty() {
        show_error(&Diagnostic::new(format!("step {failed} failed (status {})", report.status)));
    }
}

fn show_plan(plan: &Plan, status: Status, exit_status: Option<ExitStatus>, talk: Talk) {
    if talk.json {
        let envelope = json::plan(plan, status, exit_status.map(|status| status.0), &[]);
        print(&format!("{}\n", envelope.to_json()));
    } else {
        print(&text::render(plan, talk.style));
    }
}

fn not_confirmed(reason: &NotApproved, talk: Talk) -> ExitStatus {
    if !talk.json {
        let mut diagnostic = Diagnostic::new(reason.to_string());
        if *reason == NotApproved::NoTerminal {
            diagnostic =
                diagnostic.hint("--yes=read, --yes=write or --yes=all runs it without asking");
        }
        show_error(&diagnostic);
    }
    ExitStatus::NOT_CONFIRMED
}

fn report_failure(words: &str, failure: &Failure, talk: Talk) -> ExitStatus {
    if talk.json {
        print(&format!(
            "{}\n",
            json::failure(words, failure.text.as_deref(), &failure.diagnostic).to_json()
        ));
    } else {
        show_error(&failure.diagnostic);
    }
    failure.diagnostic.status
}

/// Writes to standard output; a reader that is gone is nobody to tell.
fn print(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// Writes to the terminal beside the output of commands.
fn show_on_terminal(text: &str) {
    let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
}

/// Shows an error.
pub fn show_error(diagnostic: &Diagnostic) {
    let safe = escape::safe_lines(diagnostic.to_string().as_bytes());
    let _ = descriptor::write_all(descriptor::STDERR, format!("{safe}\n").as_bytes());
}

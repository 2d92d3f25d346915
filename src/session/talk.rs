//! How a request is talked about with the person, and what is said: on the terminal, as
//! text for a pipe, or as JSON.

use std::io::{self, Write};

use super::Session;
use super::reply::Reply;
use super::request::Failure;
use crate::config::Colour;
use crate::diagnostic::{Diagnostic, show_error};
use crate::escape;
use crate::exit_status::ExitStatus;
use crate::plan::Plan;
use crate::review::json::{self, Status};
use crate::review::{NotApproved, RequestOptions, text};
use crate::system::{descriptor, terminal};
use crate::tui::{inline, paint};

/// On terminals with fewer columns a plan is shown as plain lines.
const NARROWEST: usize = 40;

/// How a request is talked about with the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    /// Somebody can be asked.
    pub(super) asks: bool,
    /// The plan is shown in place, and keys are pressed there.
    pub(super) in_place: bool,
    pub(super) json: bool,
    /// Standard output is the data of a script.
    pub(super) in_script: bool,
    /// The person wants to see first what the plan changes.
    pub(super) preview: bool,
    pub(super) style: text::Style,
}

impl Talk {
    pub(super) fn new(session: &Session, options: &RequestOptions) -> Self {
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
            Colour::Auto => shown_on && !dumb && paint::wants_colour(),
        };
        let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let style = text::Style { width: if shown_on { width.clamp(20, 120) } else { 80 }, colour };
        let plain = options.plain || session.config.review.plain;
        let in_place = asks && !plain && width >= NARROWEST && inline::is_possible();
        let RequestOptions { json, preview, in_script, .. } = *options;
        Self { asks, in_place, json, in_script, preview, style }
    }
}

pub(super) fn show_plan(
    session: &mut Session,
    plan: &Plan,
    status: Status,
    exit_status: Option<ExitStatus>,
    talk: Talk,
) {
    if talk.json {
        let verdict = session.policy().judge(plan);
        let envelope = json::plan(plan, &verdict, status, exit_status.map(|status| status.0));
        print(&format!("{}\n", envelope.to_json()));
    } else if talk.in_script && matches!(status, Status::NotConfirmed) {
        show_on_terminal(&text::render(plan, talk.style));
    } else {
        print(&text::render(plan, talk.style));
    }
}

pub(super) fn not_confirmed(reason: &NotApproved, talk: Talk) -> ExitStatus {
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

/// Says what is said in place of a plan.
pub(super) fn say(request: &str, reply: &Reply, talk: Talk) -> ExitStatus {
    let none = Vec::new();
    let (status, text, choices, exit) = match reply {
        Reply::Plan(plan) => unreachable!("a plan is shown: {:?}", plan.text),
        Reply::Answer(text) => ("answer", text, none, ExitStatus::SUCCESS),
        Reply::Cannot(reason) => ("cannot", reason, none, ExitStatus::NO_PLAN),
        Reply::Question(question) => {
            let choices = question.choices.iter().map(|(label, _)| label.clone()).collect();
            ("question", &question.text, choices, ExitStatus::NOT_CONFIRMED)
        }
    };
    if talk.json {
        let envelope = json::said(request, status, text, &choices, exit.0);
        print(&format!("{}\n", envelope.to_json()));
    } else if exit.is_success() {
        print(&format!("{}\n", escape::visible_lines(text.as_bytes()).trim_end()));
    } else {
        let mut diagnostic = Diagnostic::new(escape::visible(text.as_bytes()));
        if !choices.is_empty() {
            diagnostic = diagnostic.hint(escape::visible(choices.join(", ").as_bytes()));
        }
        show_error(&diagnostic);
    }
    exit
}

pub(super) fn report_failure(words: &str, failure: &Failure, talk: Talk) -> ExitStatus {
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
pub(super) fn print(text: &str) {
    let mut output = io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// Writes to the terminal beside the output of commands.
pub(super) fn show_on_terminal(text: &str) {
    let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
}

//! A plan before a person: what the review needs done is done here.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crossterm::clipboard::CopyToClipboard;

use super::safety::now;
use super::{Session, editor, request, trial};
use crate::language::Language;
use crate::plan::{Plan, compile};
use crate::policy::approval;
use crate::preview::Preview;
use crate::review::view::{Host, Ruling, Tried, View};
use crate::review::{self, Answer, ApprovedPlan};
use crate::shell::Shell;
use crate::tui::inline;
use crate::tui::progress::TerminalProgress;

/// The directory that the person is in.
fn here(shell: &Shell) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(shell.directory().unwrap_or_default()))
}

/// Approves a plan that needs no question.
///
/// # Errors
/// The plan, where the person has to be asked.
pub(super) fn without_question(
    session: &mut Session,
    shell: &Shell,
    plan: Plan,
) -> Result<ApprovedPlan, Box<Plan>> {
    session.policy();
    session.approvals();
    match &session.policy {
        Some(policy) => {
            let approvals = session.approvals.as_mut();
            review::without_question(plan, policy, approvals, &here(shell), now())
        }
        None => Err(Box::new(plan)),
    }
}

/// Shows the plan in place until the person has answered; with the preview that an
/// answer may be about. `try_first`: what it changes is shown at once.
///
/// # Errors
/// The terminal cannot be used.
pub(super) fn in_place(
    session: &mut Session,
    shell: &mut Shell,
    plan: Plan,
    colour: bool,
    try_first: bool,
) -> io::Result<(Answer, Option<Preview>)> {
    let (request, mentions) = (plan.request.clone(), plan.mentions.clone());
    let mut desk = Desk { request, mentions, session, shell, tried: None };
    let ruling = desk.decide(&plan);
    let mut view = View::new(plan, ruling, inline::look(colour));
    let answer = inline::review(&mut view, &mut desk, try_first)?;
    Ok((answer, desk.tried))
}

/// What the review needs done, by the session.
struct Desk<'a> {
    session: &'a mut Session,
    shell: &'a mut Shell,
    /// What was asked for, however the plan is changed.
    request: String,
    /// And what it speaks of.
    mentions: Vec<String>,
    /// The last preview; an answer to it is about this one.
    tried: Option<Preview>,
}

impl Host for Desk<'_> {
    fn compile(&mut self, text: &str) -> Result<Plan, String> {
        let mut plan = compile::compile(&self.request, text.as_bytes(), self.shell)
            .map_err(|error| error.to_string())?;
        plan.mentions.clone_from(&self.mentions);
        self.session.warn_without_journal(&mut plan);
        Ok(plan)
    }

    fn change(&mut self, plan: &Plan, words: &str) -> Result<Plan, String> {
        let mut progress = TerminalProgress::new();
        let result = request::change(self.session, self.shell, plan, words, &mut progress);
        let mut plan = result.map_err(|failure| failure.diagnostic.to_string())?;
        self.session.warn_without_journal(&mut plan);
        Ok(plan)
    }

    fn preview(&mut self, plan: &Plan, step: Option<usize>) -> Result<Tried, String> {
        self.tried = None;
        let preview = trial::run(self.session, self.shell, plan, step)?;
        let width = crossterm::terminal::size().map_or(80, |(columns, _)| usize::from(columns));
        let tried = trial::words(&preview, plan.language, width);
        self.tried = Some(preview);
        Ok(tried)
    }

    fn edit(&mut self, text: &str) -> Option<String> {
        editor::edit_text(text)
    }

    fn copy(&mut self, text: &str) -> Result<(), String> {
        // The terminal's own clipboard (OSC 52): it works through ssh, too.
        let mut terminal = io::stderr();
        crossterm::execute!(terminal, CopyToClipboard::to_clipboard_from(text))
            .and_then(|()| terminal.flush())
            .map_err(|error| error.to_string())
    }

    fn remember(&mut self, plan: &Plan) -> Result<String, String> {
        let language = plan.language;
        let never =
            language.choose("such plans are asked about every time", "这类计划每次都会询问");
        let here = here(self.shell);
        let policy = self.session.policy();
        let verdict = policy.judge(plan);
        let offer =
            approval::offer(plan, &verdict, &here, policy.places()).ok_or(never.to_owned())?;
        let database = language.choose("approvals cannot be kept", "无法保存授权");
        let approvals = self.session.approvals().ok_or(database.to_owned())?;
        approvals.remember(&offer, now()).map_err(|error| error.to_string())?;
        let scopes: Vec<String> = offer.scopes.iter().map(|scope| scope.words(language)).collect();
        Ok(match language {
            Language::English => {
                format!("not asked about any more: {}; see llmsh policy", scopes.join("; "))
            }
            Language::Chinese => {
                format!("今后不再询问：{}；参见 llmsh policy", scopes.join("；"))
            }
        })
    }

    fn decide(&mut self, plan: &Plan) -> Ruling {
        let verdict = self.session.policy().judge(plan);
        let reason = review::reason(plan, &verdict);
        Ruling { decision: verdict.decision, reason }
    }
}

//! One request from beginning to end: plan, review, execution, report.

use bstr::{BString, ByteSlice};

use super::diary::Diary;
use super::reply::Reply;
use super::request;
use super::steps::Steps;
use super::talk::{Talk, not_confirmed, print, report_failure, say, show_on_terminal, show_plan};
use super::{Session, editor, report, trial};
use crate::config::Config;
use crate::diagnostic::{Diagnostic, show_error};
use crate::escape;
use crate::exec;
use crate::exit_status::ExitStatus;
use crate::plan::{Plan, compile};
use crate::preference::Outcome;
use crate::preview::Preview;
use crate::review::RequestOptions;
use crate::review::json::{self, Status};
use crate::review::{self, Answer, ApprovedPlan, Manner, NotApproved, text};
use crate::shell::Shell;
use crate::shell::request::Requests;
use crate::tui::keys::TerminalKeys;
use crate::tui::progress::{Progress, Silent, TerminalProgress};
use crate::undo::command::{RedoArguments, UndoArguments};

/// Answers requests for a shell.
#[derive(Default)]
pub struct Answerer {
    session: Option<Session>,
    diary: Option<Diary>,
    config: Option<Config>,
    /// How requests are answered.
    pub options: RequestOptions,
}

impl Answerer {
    /// Requests are answered with these options.
    #[must_use]
    pub fn new(options: RequestOptions) -> Self {
        Self { options, ..Self::default() }
    }

    /// Plans that run are recorded there.
    #[must_use]
    pub fn with_diary(mut self, diary: Diary) -> Self {
        self.diary = Some(diary);
        self
    }

    /// The configuration has been read already.
    #[must_use]
    pub fn with_config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// The session, opened at the first request.
    ///
    /// # Errors
    /// What opening it says.
    pub fn session(&mut self) -> Result<&mut Session, Diagnostic> {
        if self.session.is_none() {
            let mut session = match self.config.take() {
                Some(config) => Session::with_config(config)?,
                None => Session::open()?,
            };
            session.diary.clone_from(&self.diary);
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

    fn why(&mut self, shell: &mut Shell) -> ExitStatus {
        let options = self.options.clone();
        match self.session() {
            Ok(session) => tell_why(session, shell, &options),
            Err(error) => {
                show_error(&error);
                error.status
            }
        }
    }

    fn undo(&mut self, _shell: &mut Shell, words: &[BString]) -> ExitStatus {
        let result = match words {
            [name, operands @ ..] if name == "redo" => redo_arguments(operands)
                .and_then(|arguments| self.session().and_then(|it| it.redo(&arguments))),
            [_, operands @ ..] => undo_arguments(operands)
                .and_then(|arguments| self.session().and_then(|it| it.undo(&arguments))),
            [] => return ExitStatus::USAGE,
        };
        result.unwrap_or_else(|error| {
            show_error(&error);
            error.status
        })
    }
}

/// Says why the last line failed, and offers a command in its place.
fn tell_why(session: &mut Session, shell: &mut Shell, options: &RequestOptions) -> ExitStatus {
    let Some((line, status)) = shell.last_failure.clone() else {
        show_error(&Diagnostic::new("why: nothing has failed in this shell"));
        return ExitStatus::FAILURE;
    };
    let talk = Talk::new(session, options);
    let why = super::why::why(session, shell, &line, status);
    show_on_terminal(&format!("{}\n", escape::visible(line.as_bytes())));
    for reason in &why.reasons {
        show_on_terminal(&format!("  {}\n", escape::visible(reason.as_bytes())));
    }
    for said in super::why::said(session, shell, &line) {
        show_on_terminal(&format!("  > {said}\n"));
    }
    let Some(instead) = why.instead else { return ExitStatus::SUCCESS };
    match compile::compile(&line, instead.as_bytes(), shell) {
        Ok(plan) if talk.asks => converse(session, shell, plan, &instead, talk),
        Ok(plan) => {
            print(&text::render(&plan, talk.style));
            ExitStatus::SUCCESS
        }
        // What would not do is not offered.
        Err(_) => ExitStatus::SUCCESS,
    }
}

/// The operands of the builtin `redo`.
fn redo_arguments(operands: &[BString]) -> Result<RedoArguments, Diagnostic> {
    let id = match operands {
        [] => Some(None),
        [word] => word.to_str().ok().and_then(|word| word.parse().ok()).map(Some),
        _ => None,
    };
    let usage = || Diagnostic::new("usage: redo [ID]").status(ExitStatus::USAGE);
    id.map(|id| RedoArguments { id }).ok_or_else(usage)
}

/// The operands of the builtin `undo`.
fn undo_arguments(operands: &[BString]) -> Result<UndoArguments, Diagnostic> {
    let usage =
        || Diagnostic::new("usage: undo [--beside] [ID] | --list").status(ExitStatus::USAGE);
    let mut arguments = UndoArguments::default();
    for word in operands {
        match word.as_slice() {
            b"--list" | b"-l" => arguments.list = true,
            b"--beside" => arguments.beside = true,
            number if arguments.id.is_none() => {
                let id = number.to_str().ok().and_then(|word| word.parse().ok());
                arguments.id = Some(id.ok_or_else(usage)?);
            }
            _ => return Err(usage()),
        }
    }
    if arguments.list && (arguments.beside || arguments.id.is_some()) {
        return Err(usage());
    }
    Ok(arguments)
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
    let mut words = words.to_owned();
    let mut plan = loop {
        match request::plan(session, shell, &words, progress.as_mut()) {
            Ok(Reply::Plan(plan)) => break *plan,
            Ok(Reply::Question(question)) if talk.asks => {
                match super::question::ask(&words, &question, &mut TerminalKeys::default()) {
                    Some(answered) => words = answered,
                    None => return ExitStatus::NOT_CONFIRMED,
                }
            }
            Ok(reply) => return say(&words, &reply, talk),
            Err(failure) => return report_failure(&words, &failure, talk),
        }
    };
    session.warn_without_journal(&mut plan);
    let proposed = plan.text.to_string();
    if options.dry_run {
        show_plan(session, &plan, Status::Proposed, None, talk);
        return ExitStatus::SUCCESS;
    }
    if talk.preview && !talk.asks {
        return show_preview(session, shell, &plan, talk);
    }
    if !talk.asks {
        return match review::unattended(plan, session.policy(), options.yes) {
            Ok(approved) => execute(session, &approved, None, shell, talk),
            Err((plan, reason)) => {
                let status = Some(ExitStatus::NOT_CONFIRMED);
                show_plan(session, &plan, Status::NotConfirmed, status, talk);
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
    plan: Plan,
    proposed: &str,
    talk: Talk,
) -> ExitStatus {
    let mut plan = match super::review::without_question(session, shell, plan) {
        Ok(approved) => {
            // What runs without a question is shown, too.
            show_on_terminal(&text::render(approved.plan(), talk.style));
            let language = approved.plan().language;
            let unasked = language.choose("run without asking", "无需询问，直接运行");
            show_on_terminal(&format!("=> {unasked}\n"));
            return execute(session, &approved, None, shell, talk);
        }
        Err(asked) => *asked,
    };
    let mut try_first = trial::goes_first(session, &plan, talk);
    loop {
        let try_it = std::mem::take(&mut try_first);
        let (answer, tried) = if talk.in_place {
            let colour = talk.style.colour;
            match super::review::in_place(session, shell, plan, colour, try_it) {
                Ok(answer) => answer,
                Err(error) => {
                    show_error(
                        &Diagnostic::new(format!("the plan cannot be shown: {error}"))
                            .hint("--plain shows it as lines"),
                    );
                    return ExitStatus::NOT_CONFIRMED;
                }
            }
        } else if try_it {
            show_on_terminal(&text::render(&plan, talk.style));
            preview(session, shell, plan, talk)
        } else {
            let mut keys = TerminalKeys::default();
            match review::ask(plan, session.policy(), talk.style, &mut keys) {
                Answer::Preview(plan) => preview(session, shell, plan, talk),
                answer => (answer, None),
            }
        };
        match answer {
            Answer::Approved(approved) => {
                let edited = approved.plan().text != proposed.as_bytes();
                let outcome = if edited { Outcome::Edited } else { Outcome::Approved };
                let status = execute(session, &approved, tried.as_ref(), shell, talk);
                // What failed is no example for later requests.
                if status.is_success() {
                    request::remember(session, shell, proposed, approved.plan(), outcome);
                }
                return status;
            }
            Answer::NotApproved(plan, reason) => {
                request::remember(session, shell, proposed, &plan, Outcome::Declined);
                request::conclude(session, &plan, None);
                return match reason {
                    NotApproved::Declined => ExitStatus::NOT_CONFIRMED,
                    reason => not_confirmed(&reason, talk),
                };
            }
            Answer::Edit(old) => plan = edit(session, shell, old),
            Answer::Preview(old) => plan = old,
        }
    }
}

/// Shows the plan and what it changed when it was tried aside.
fn show_preview(session: &mut Session, shell: &mut Shell, plan: &Plan, talk: Talk) -> ExitStatus {
    show_plan(session, plan, Status::Proposed, None, talk);
    match trial::run(session, shell, plan, None) {
        Ok(preview) => {
            print(&trial::words(&preview, plan.language, talk.style.width).text);
            ExitStatus::SUCCESS
        }
        Err(reason) => {
            show_error(&Diagnostic::new(reason));
            ExitStatus::NOT_CONFIRMED
        }
    }
}

/// Tries the plan aside, shows what it changed, and asks whether that is to be made;
/// without a yes the plan is asked about again.
fn preview(
    session: &mut Session,
    shell: &mut Shell,
    plan: Plan,
    talk: Talk,
) -> (Answer, Option<Preview>) {
    let preview = match trial::run(session, shell, &plan, None) {
        Ok(preview) => preview,
        Err(reason) => {
            show_error(&Diagnostic::new(reason));
            return (Answer::Preview(plan), None);
        }
    };
    let tried = trial::words(&preview, plan.language, talk.style.width);
    if !tried.can_be_made {
        show_on_terminal(&tried.text);
        return (Answer::Preview(plan), None);
    }
    let mut keys = TerminalKeys::default();
    match review::ask_about_preview(plan, session.policy(), &tried.text, &mut keys) {
        Answer::NotApproved(plan, NotApproved::Declined) => (Answer::Preview(plan), None),
        answer => (answer, Some(preview)),
    }
}

/// Lets the person change the text; what does not compile is shown, and the
/// text can be changed again.
fn edit(session: &mut Session, shell: &mut Shell, old: Plan) -> Plan {
    let mut text = review::editable(&old).to_string();
    loop {
        let Some(edited) = editor::edit_text(&text) else { return old };
        match compile::compile(&old.request, edited.as_bytes(), shell) {
            Ok(mut plan) => {
                session.warn_without_journal(&mut plan);
                return plan;
            }
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
    session: &mut Session,
    approved: &ApprovedPlan,
    tried: Option<&Preview>,
    shell: &mut Shell,
    talk: Talk,
) -> ExitStatus {
    if let Some(diary) = &session.diary {
        diary.plan(shell, &approved.plan().text.to_string());
    }
    if !talk.asks && !talk.json {
        show_on_terminal(&text::render(approved.plan(), talk.style));
    }
    // A journal that cannot be opened was told of before: nothing that it would
    // have kept was promised.
    let journal = session.changes().unwrap_or_default();
    let mut steps = Steps::of(approved);
    let pace: exec::Pace<'_> = if talk.asks { Some(&mut steps) } else { None };
    let report = if approved.manner() == Manner::AsPreviewed {
        match tried {
            Some(tried) => exec::aside::make(approved, &tried.difference, shell, journal),
            None => unreachable!("there is no such answer without a preview"),
        }
    } else if talk.json {
        exec::run_apart(approved, shell, journal)
    } else {
        exec::run(approved, shell, journal, pace)
    };
    if talk.json {
        let plan = approved.plan();
        let outcomes: Vec<_> = report.outcomes.iter().map(|outcome| outcome.in_json()).collect();
        let verdict = session.policy().judge(plan);
        let envelope = json::plan(plan, &verdict, Status::Executed, Some(report.status.0))
            .executed(&outcomes, report.run.map(|run| run.0));
        print(&format!("{}\n", envelope.to_json()));
    } else {
        if let Some(told) = report::explain(&report, approved.plan().language) {
            show_error(&Diagnostic::new(told));
        }
        let run = report.run.and_then(|run| session.journal().ok()?.run(run).ok()?);
        if let Some(run) = run.filter(|_| talk.asks) {
            let line = report::undo(&run, approved.plan().language);
            show_on_terminal(&line.map(|line| format!("=> {line}\n")).unwrap_or_default());
        }
    }
    request::conclude(session, approved.plan(), Some(report.status));
    if steps.stopped && report.status.is_success() {
        ExitStatus::NOT_CONFIRMED
    } else {
        report.status
    }
}

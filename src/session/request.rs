//! The way of a request: words, context, prompt, model, shell text, plan.

use std::ops::ControlFlow;

use bstr::ByteSlice;

use super::reply::{self, Reply};
use super::thread::Turn;
use super::{Lever, Levers, Session, Spent, place};
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::escape;
use crate::escape::visible_lines;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::model::worker::client::ClientEvent;
use crate::model::{CompletionRequest, Finish, ModelError};
use crate::plan::Plan;
use crate::plan::compile::{self, CompileError};
use crate::plan::effect::Risk;
use crate::plan::further::further;
use crate::plan::hold::{self, Held, Objection};
use crate::plan::speech::Speech;
use crate::policy;
use crate::preference::Outcome;
use crate::prompt;
use crate::rescue;
use crate::shell::Shell;
use crate::tui::progress::Progress;

/// How many examples that are like a request are shown: each costs some 60 tokens of
/// reading, about a second.
const ALIKE: usize = 1;

/// The most lines of an answer. One that goes on beyond them says its examples again.
const MOST_LINES: usize = 12;

/// A plan that could not be made: what is told, and the model's text.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What went wrong.
    pub diagnostic: Diagnostic,
    /// What the model wrote last.
    pub text: Option<String>,
}

/// Answers a request: with a plan, or with words. The model is asked once more when its
/// answer is no usable shell text, or not what was asked for.
///
/// # Errors
/// [`Failure`]: no model, no usable answer, or the person cancelled.
pub fn plan(
    session: &mut Session,
    shell: &mut Shell,
    request: &str,
    progress: &mut dyn Progress,
) -> Result<Reply, Failure> {
    session.heed_thread_mark();
    if let Some(note) = reply::to_remember(request) {
        return Ok(remember_note(session, note, reply::language(request)));
    }
    let learned = session.demonstrations(request, &place(shell));
    let mut context = session.context(request, shell);
    let before = session.thread.last().filter(|_| context.goes_on).cloned();
    let before = before.filter(|_| session.levers.has(Lever::Thread));
    if let Some(before) = &before {
        context.earlier.clone_from(&before.found);
    }
    context.notes = session.notes();
    session.asked = Some(context.clone());
    if let Some(question) = reply::missing(&context, reply::language(request))
        && session.levers.has(Lever::Speech)
    {
        return Ok(Reply::Question(question));
    }
    if before.is_none() && session.levers.has(Lever::Speech) {
        let directory = shell.directory().unwrap_or_default().to_vec();
        if let Some(reply) = reply::without_model(&context, &session.index, &directory) {
            return Ok(reply);
        }
    }
    if let Some(before) = &before
        && let Some(commands) = further(request, &before.commands)
        && let Ok(mut plan) = compile::compile(request, commands.as_bytes(), shell)
    {
        plan.refines = Some(before.request.clone());
        return Ok(Reply::Plan(Box::new(plan)));
    }
    let turn = before.as_ref().map(|turn| (turn.told.as_str(), turn.commands.as_str()));
    // What the person has approved for such a request says more than any example.
    let wanted = session.levers.has(Lever::Library) && learned.is_empty();
    let most = if wanted { ALIKE } else { 0 };
    let alike = session.library.nearest(&context.wording, most);
    let question = prompt::build(&context, &alike, &learned, turn, &session.settings);

    progress.waiting();
    rescue::point("planner");
    let mut result = ask_twice(session, shell, &context, &question, progress);
    progress.done();
    if let (Some(before), Ok(Reply::Plan(plan))) = (before, &mut result) {
        plan.refines = Some(before.request);
    }
    result
}

/// Makes a plan of an earlier one and a change in the person's words. The new
/// plan stands for the same request.
///
/// # Errors
/// As for [`plan`].
pub fn change(
    session: &mut Session,
    shell: &mut Shell,
    plan: &Plan,
    words: &str,
    progress: &mut dyn Progress,
) -> Result<Plan, Failure> {
    let request = &plan.request;
    let learned = session.demonstrations(request, &place(shell));
    let context = session.context(request, shell);
    let question = prompt::build(&context, &[], &learned, None, &session.settings);
    let question = prompt::revise(&question, &plan.text.to_string(), words);

    progress.waiting();
    let result = ask_twice(session, shell, &context, &question, progress);
    progress.done();
    match result? {
        Reply::Plan(plan) => Ok(*plan),
        Reply::Answer(text) | Reply::Cannot(text) => Err(no_change(text)),
        Reply::Question(question) => Err(no_change(question.text)),
    }
}

/// The model said something where a changed plan was wanted.
fn no_change(said: String) -> Failure {
    let diagnostic =
        Diagnostic::new(format!("the plan stays as it is: {}", escape::visible(said.as_bytes())))
            .status(ExitStatus::NO_PLAN);
    Failure { diagnostic, text: Some(said) }
}

/// Keeps a sentence among the preferences.
fn remember_note(session: &mut Session, note: &str, language: Language) -> Reply {
    let kept = match session.preferences() {
        Some(preferences) => preferences.note(note),
        None => Ok(false),
    };
    match kept {
        Ok(true) => Reply::Answer(language.choose(
            format!("remembered: {note} (\"llmsh preference list\" shows it)"),
            format!("已记住：{note}（可用 llmsh preference list 查看）"),
        )),
        Ok(false) => Reply::Cannot(
            language
                .choose(
                    "this is not kept: learning is off, or there is a secret in it",
                    "未保存：学习功能已关闭，或其中含有机密信息",
                )
                .to_owned(),
        ),
        Err(error) => {
            session.notices.push(error.into());
            Reply::Cannot(language.choose("this could not be kept", "未能保存").to_owned())
        }
    }
}

fn ask_twice(
    session: &mut Session,
    shell: &mut Shell,
    context: &Context,
    question: &CompletionRequest,
    progress: &mut dyn Progress,
) -> Result<Reply, Failure> {
    let levers = session.levers.clone();
    let first = answer(session, question, progress)?;
    let reply = first.reply(question, context, &levers, shell);
    let again = match &reply {
        Ok(reply) => match objection(session, shell, reply, context) {
            None => return Ok(reply.clone()),
            Some(objection) => prompt::repair(question, &first.text, &objection.feedback()),
        },
        Err(problem) => match problem.hint() {
            Some(hint) => prompt::afresh(question, hint),
            None => prompt::repair(question, &first.text, &problem.feedback(context)),
        },
    };
    progress.again();
    let second = answer(session, &again, progress)?;
    let corrected = second.reply(question, context, &levers, shell);
    let second = match (corrected, reply) {
        (Ok(second), _) => second,
        // What could be understood is better than what could not.
        (Err(_), Ok(first)) => first,
        (Err(problem), Err(_)) => return Err(problem.failure(second.text)),
    };
    let objection = objection(session, shell, &second, context);
    doubted(second, objection)
}

/// A reply with what speaks against it; not at all where that is too much.
fn doubted(mut reply: Reply, objection: Option<Objection>) -> Result<Reply, Failure> {
    if let Some(objection) = objection
        && let Reply::Plan(plan) = &mut reply
    {
        if objection.refuses(plan) {
            return Err(refused(objection, plan));
        }
        plan.doubts.push(objection.words(plan.language));
    }
    Ok(reply)
}

/// What speaks against a plan.
fn objection(
    session: &Session,
    shell: &Shell,
    reply: &Reply,
    context: &Context,
) -> Option<Objection> {
    let directory = shell.directory().unwrap_or_default().to_path_lossy().into_owned();
    match reply {
        Reply::Plan(plan) if session.levers.has(Lever::Effects) => {
            Objection::to(plan, context, &session.index, &directory)
        }
        _ => None,
    }
}

fn refused(objection: Objection, plan: &Plan) -> Failure {
    let text = plan.text.to_string();
    let remedy = objection.remedy(plan.language);
    let hint = plan.language.choose(
        format!("{remedy}; the model wrote:\n{}", indented(&text)),
        format!("{remedy}；模型给出的是：\n{}", indented(&text)),
    );
    let diagnostic =
        Diagnostic::new(objection.words(plan.language)).hint(hint).status(ExitStatus::NO_PLAN);
    Failure { diagnostic, text: Some(text) }
}

/// What the model wrote.
struct Answer {
    text: String,
    /// It ran into the limit of tokens. What there is of it may well be sound
    /// shell that does something else: `rm -r old` of `rm -r old/2019`.
    cut_off: bool,
}

impl Answer {
    /// What it says, or the plan of it, once its names are those that the request
    /// mentions.
    fn reply(
        &self,
        question: &CompletionRequest,
        context: &Context,
        levers: &Levers,
        shell: &mut Shell,
    ) -> Result<Reply, Problem> {
        if self.cut_off {
            return Err(CompileError::TooLarge("the answer was cut off").into());
        }
        if prompt::says_again(question, &self.text) {
            return Err(Problem::Demonstration);
        }
        let (request, text) = (&context.original, self.text.as_bytes());
        if levers.has(Lever::Speech)
            && let Some(speech) = Speech::of(text)
        {
            return match speech {
                // What a small model knows of this machine it has made up.
                Speech::Answer(_) if !context.asked.about_commands => Err(Problem::Looks),
                Speech::Cannot(_) if context.is_about_files() || context.asked.shows => {
                    Err(Problem::Can)
                }
                speech => Ok(Reply::of_speech(speech, request)),
            };
        }
        let directory = shell.directory().unwrap_or_default().to_path_lossy().into_owned();
        let held = if levers.has(Lever::Binding) {
            hold::mend(text, context, &directory)
        } else {
            Held { text: text.into(), mends: Vec::new() }
        };
        let mut plan = compile::compile(request, &held.text, shell)?;
        plan.mends = held.mends;
        plan.mentions = context.found().map(crate::context::as_word).collect();
        Ok(Reply::Plan(Box::new(plan)))
    }
}

fn answer(
    session: &mut Session,
    question: &CompletionRequest,
    progress: &mut dyn Progress,
) -> Result<Answer, Failure> {
    let (mut lines, mut runs_away) = (0, false);
    let mut watch = |event: &ClientEvent| {
        progress.event(event);
        if let ClientEvent::Text(piece) = event {
            lines += piece.matches('\n').count();
        }
        runs_away |= lines > MOST_LINES;
        if runs_away { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let completion = session.client().and_then(|client| client.answer(question, &mut watch));
    match completion {
        Ok(completion) if completion.finish == Finish::Cancelled && !runs_away => Err(Failure {
            diagnostic: Diagnostic::new("the request was cancelled")
                .status(ExitStatus::from_signal(2)),
            text: None,
        }),
        Ok(completion) => {
            let cost = &completion.statistics;
            session.spent.add(&Spent {
                questions: 1,
                prompt_tokens: cost.prompt_tokens,
                generated_tokens: cost.generated_tokens,
                prompt_ms: cost.prompt_ms,
                generate_ms: cost.generate_ms,
                resolve_ms: 0.0,
            });
            Ok(Answer {
                text: prompt::extract(&completion.text),
                cut_off: completion.finish != Finish::Stop,
            })
        }
        Err(error) => Err(Failure { diagnostic: no_model(error), text: None }),
    }
}

fn no_model(error: ModelError) -> Diagnostic {
    let message = escape::visible(error.to_string().as_bytes());
    let hint = match error {
        ModelError::Missing { hint, .. } => hint,
        ModelError::Worker(_) => {
            "try the request again; \"llmsh model verify\" checks the model's file".to_owned()
        }
        ModelError::Refused(_) => "ask for less at once".to_owned(),
    };
    Diagnostic::new(message).hint(hint).status(ExitStatus::NO_MODEL)
}

/// Why an answer cannot be used.
#[derive(Debug, thiserror::Error)]
enum Problem {
    /// It is no plan.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It answers from memory what only a look can tell.
    #[error("the answer would have been made up")]
    Looks,
    /// It is the answer to something else.
    #[error("the model answered with one of its examples")]
    Demonstration,
    /// It gives up where files are spoken of.
    #[error("the model found no commands for it")]
    Can,
}

impl Problem {
    /// What the model is told instead of its own answer, which it would only say again.
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Can => Some("(Commands can do it.)"),
            Self::Compile(CompileError::TooLarge(_)) => Some("(One or two commands.)"),
            Self::Demonstration => Some(""),
            _ => None,
        }
    }

    /// What the model is told of its answer.
    fn feedback(&self, context: &Context) -> String {
        match self {
            Self::Compile(error @ CompileError::Syntax(_)) => {
                let mut words = context.found().map(crate::context::as_word);
                match words.find(|word| word.ends_with('\'')) {
                    Some(word) => format!("{} Write the name as {word}", error.feedback()),
                    None => error.feedback(),
                }
            }
            Self::Compile(error) => error.feedback(),
            Self::Looks => "That has to be looked up: write the commands that print it".to_owned(),
            Self::Can => "Commands can do it".to_owned(),
            Self::Demonstration => "That is the answer to another request".to_owned(),
        }
    }

    fn failure(&self, text: String) -> Failure {
        let diagnostic = Diagnostic::new(format!("no plan could be made: {self}"))
            .hint(format!("say it differently; the model wrote:\n{}", indented(&text)))
            .status(ExitStatus::NO_PLAN);
        Failure { diagnostic, text: Some(text) }
    }
}

fn indented(text: &str) -> String {
    visible_lines(text.as_bytes())
        .lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Takes a plan into the thread; `ended`: how it ran, if it did.
pub fn conclude(session: &mut Session, plan: &Plan, ended: Option<ExitStatus>) {
    if let Some(context) = session.asked.take() {
        session.thread.push(Turn::new(&context, &plan.text.to_string(), ended));
    }
}

/// Records what a person decided, for later requests.
pub fn remember(
    session: &mut Session,
    shell: &Shell,
    proposed: &str,
    plan: &Plan,
    outcome: Outcome,
) {
    let risk = policy::risk(plan);
    let learnable = outcome != Outcome::Declined && risk <= Risk::Write;
    let approved = if outcome == Outcome::Declined { String::new() } else { plan.text.to_string() };
    let place = place(shell);
    let Some(preferences) = session.preferences() else { return };
    if let Err(error) =
        preferences.record(&plan.request, proposed, &approved, &place, outcome, learnable)
    {
        session.notices.push(error.into());
    }
}

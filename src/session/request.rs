//! The way of a request: words, context, prompt, model, shell text, plan.

use std::ops::ControlFlow;

use bstr::ByteSlice;

use super::{Lever, Session, Spent, place};
use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::escape;
use crate::escape::visible_lines;
use crate::exit_status::ExitStatus;
use crate::model::worker::client::ClientEvent;
use crate::model::{CompletionRequest, Finish, ModelError};
use crate::plan::compile::{self, CompileError};
use crate::plan::effect::Risk;
use crate::plan::{Plan, hold};
use crate::policy;
use crate::preference::Outcome;
use crate::prompt;
use crate::rescue;
use crate::shell::Shell;
use crate::tui::progress::Progress;

/// A plan that could not be made: what is told, and the model's text.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What went wrong.
    pub diagnostic: Diagnostic,
    /// What the model wrote last.
    pub text: Option<String>,
}

/// Makes a plan for a request. The model is asked once more when its answer is
/// no usable shell text.
///
/// # Errors
/// [`Failure`]: no model, no usable answer, or the person cancelled.
pub fn plan(
    session: &mut Session,
    shell: &mut Shell,
    request: &str,
    progress: &mut dyn Progress,
) -> Result<Plan, Failure> {
    let learned = session.demonstrations(request, &place(shell));
    let context = session.context(request, shell);
    let question = prompt::build(&context, &learned, &session.settings);

    progress.waiting();
    rescue::point("planner");
    let result = ask_twice(session, shell, &context, &question, progress);
    progress.done();
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
    let question = prompt::build(&context, &learned, &session.settings);
    let question = prompt::revise(&question, &plan.text.to_string(), words);

    progress.waiting();
    let result = ask_twice(session, shell, &context, &question, progress);
    progress.done();
    result
}

fn ask_twice(
    session: &mut Session,
    shell: &mut Shell,
    context: &Context,
    question: &CompletionRequest,
    progress: &mut dyn Progress,
) -> Result<Plan, Failure> {
    let binds = session.levers.has(Lever::Binding);
    let first = answer(session, question, progress)?;
    let error = match first.compile(context, binds, shell) {
        Ok(plan) => return Ok(plan),
        Err(error) => error,
    };
    progress.again();
    let again = prompt::repair(question, &first.text, &error.feedback());
    let second = answer(session, &again, progress)?;
    second.compile(context, binds, shell).map_err(|error| unusable(&error, second.text))
}

/// What the model wrote.
struct Answer {
    text: String,
    /// It ran into the limit of tokens. What there is of it may well be sound
    /// shell that does something else: `rm -r old` of `rm -r old/2019`.
    cut_off: bool,
}

impl Answer {
    /// The plan of it, once its names are those that the request mentions.
    fn compile(
        &self,
        context: &Context,
        binds: bool,
        shell: &mut Shell,
    ) -> Result<Plan, CompileError> {
        if self.cut_off {
            return Err(CompileError::TooLarge("the answer was cut off"));
        }
        let request = &context.original;
        if !binds {
            return compile::compile(request, self.text.as_bytes(), shell);
        }
        let directory = shell.directory().unwrap_or_default().to_path_lossy().into_owned();
        let held = hold::mend(self.text.as_bytes(), context, &directory);
        let mut plan = compile::compile(request, &held.text, shell)?;
        plan.mends = held.mends;
        Ok(plan)
    }
}

fn answer(
    session: &mut Session,
    question: &CompletionRequest,
    progress: &mut dyn Progress,
) -> Result<Answer, Failure> {
    let mut watch = |event: &ClientEvent| {
        progress.event(event);
        ControlFlow::Continue(())
    };
    let completion = session.client().and_then(|client| client.answer(question, &mut watch));
    match completion {
        Ok(completion) if completion.finish == Finish::Cancelled => Err(Failure {
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
                cut_off: completion.finish == Finish::Length,
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

fn unusable(error: &CompileError, text: String) -> Failure {
    let diagnostic = Diagnostic::new(format!("no plan could be made: {error}"))
        .hint(format!("say it differently; the model wrote:\n{}", indented(&text)))
        .status(ExitStatus::NO_PLAN);
    Failure { diagnostic, text: Some(text) }
}

fn indented(text: &str) -> String {
    visible_lines(text.as_bytes())
        .lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
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

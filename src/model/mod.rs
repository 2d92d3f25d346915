//! Language models: the trait that the rest of llmsh sees, and what is behind it.

pub mod catalogue;
pub mod command;
pub mod download;
pub mod gguf;
pub mod store;

use std::ops::ControlFlow;

#[cfg(feature = "llama")]
pub mod llama;
pub mod state;
pub mod worker;

/// Who speaks in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// Which request the worker serves first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Work nobody waits for.
    Background,
    /// A person waits for the answer.
    #[default]
    Interactive,
}

/// What the model is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionRequest {
    /// The turns that are the same for many requests (instructions and
    /// demonstrations): evaluated once, their state is kept.
    pub prefix: Vec<Message>,
    /// The turns of this request.
    pub messages: Vec<Message>,
    /// Text with which the answer is made to begin; not part of
    /// [`Completion::text`].
    pub answer_start: String,
    /// Generation ends before any of these strings.
    pub stop: Vec<String>,
    /// Upper bound of the answer's length, in tokens.
    pub max_tokens: u32,
    /// The order in which requests are served.
    pub priority: Priority,
}

/// Why generation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// A stop string or the end of the model's turn.
    Stop,
    /// `max_tokens` were generated.
    Length,
    /// The caller cancelled.
    Cancelled,
}

/// Times and counts of one completion.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Tokens of the fixed prefix.
    pub prefix_tokens: u32,
    /// Tokens of the fixed prefix that had to be evaluated for this request
    /// (0 when the state was at hand).
    pub prefix_evaluated: u32,
    /// Other prompt tokens.
    pub prompt_tokens: u32,
    /// Other prompt tokens that had to be evaluated (fewer than all of them when
    /// the request before began in the same way).
    pub prompt_evaluated: u32,
    /// Tokens generated.
    pub generated_tokens: u32,
    /// Milliseconds to load the model (0 when it was loaded).
    pub load_ms: f64,
    /// Milliseconds to evaluate or load the prompt, up to the first token.
    pub prompt_ms: f64,
    /// Milliseconds spent generating.
    pub generate_ms: f64,
}

/// What the model answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The answer, without `answer_start` and without the stop string.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
    /// What it cost.
    pub statistics: Statistics,
}

/// Why a model could not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ModelError {
    /// No model is installed or selected.
    #[error("{message}")]
    Missing {
        /// What is missing.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// The model's process could not be started, died, or broke the protocol.
    /// The request can be tried again.
    #[error("the model stopped: {0}")]
    Worker(String),
    /// The model refused the request (too long, bad template …).
    #[error("the model cannot answer: {0}")]
    Refused(String),
}

/// Something that continues a conversation.
pub trait LanguageModel {
    /// Answers `request`. `sink` receives the answer piece by piece and may
    /// break to cancel; then the completion so far is returned with
    /// [`Finish::Cancelled`].
    ///
    /// # Errors
    /// [`ModelError`] says why there is no answer; the caller stays usable.
    fn complete(
        &mut self,
        request: &CompletionRequest,
        sink: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Completion, ModelError>;
}

//! What turns a request into an answer inside the worker.

use crate::model::worker::answer::AnswerText;
use crate::model::{CompletionRequest, Statistics};

/// What the engine is to do next; it asks between two tokens and between two
/// pieces of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// Go on.
    Continue,
    /// Put the work aside: somebody waits for another request.
    Pause,
    /// Nobody wants the answer any more.
    Cancel,
}

/// Why [`Engine::complete`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// A stop string or the end of the model's turn.
    Stop,
    /// The longest answer was reached.
    Length,
    /// [`Directive::Cancel`].
    Cancelled,
    /// [`Directive::Pause`]: calling `complete` again with the same work goes on.
    Paused,
}

/// A request being answered. Everything needed to go on after a pause is here.
#[derive(Debug)]
pub struct Work {
    /// What was asked.
    pub request: CompletionRequest,
    /// Tokens generated so far, by the model's own numbers.
    pub generated: Vec<i32>,
    /// Their text.
    pub answer: AnswerText,
    /// Counts and times so far.
    pub statistics: Statistics,
}

impl Work {
    /// A request nothing was done for yet.
    #[must_use]
    pub fn new(request: CompletionRequest) -> Self {
        let answer = AnswerText::new(&request.stop);
        Self { request, generated: Vec::new(), answer, statistics: Statistics::default() }
    }
}

/// The engine's view of whoever asked.
pub trait Control {
    /// Whether to go on.
    fn directive(&mut self) -> Directive;
    /// So many tokens of the prompt are ready.
    fn reading(&mut self, done: u32, total: u32);
    /// A piece of the answer.
    fn text(&mut self, text: &str);
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    /// The model cannot be loaded.
    #[error("{0}")]
    Load(String),
    /// This request cannot be answered.
    #[error("{0}")]
    Refused(String),
    /// The engine is broken.
    #[error("{0}")]
    Broken(String),
}

/// A model that can be run.
pub trait Engine {
    /// Loads the model. `progress` is told how much is there (0 to 1) and says
    /// whether to go on.
    ///
    /// # Errors
    /// [`EngineError::Load`].
    fn load(&mut self, progress: Box<dyn FnMut(f32) -> bool>) -> Result<(), EngineError>;

    /// Answers, or goes on answering after a pause.
    ///
    /// # Errors
    /// [`EngineError`].
    fn complete(
        &mut self,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError>;
}

//! What the view asks of the session around it.

use super::words;
use crate::language::Language;
use crate::plan::Plan;
use crate::policy::Decision;

/// What policy says about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What is decided.
    pub decision: Decision,
    /// Why it is refused or must be confirmed by typing, as a sentence.
    pub reason: Option<String>,
}

impl From<Decision> for Ruling {
    fn from(decision: Decision) -> Self {
        Self { decision, reason: None }
    }
}

impl Ruling {
    /// What a person is told whose plan may not run.
    pub(super) fn refusal(&self, language: Language) -> Option<String> {
        (self.decision == Decision::Forbid).then(|| match &self.reason {
            Some(reason) => format!("{}{reason}", words::REFUSED_BECAUSE.of(language)),
            None => words::REFUSED_BY_RULE.of(language).to_owned(),
        })
    }
}

/// What came of trying a plan aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// What would be different, for the person.
    pub text: String,
    /// Whether exactly this can be made.
    pub can_be_made: bool,
}

/// What a review needs done. Texts that come back are shown as they are, with what
/// a terminal would obey spelled out.
pub trait Host {
    /// Compiles a text for the same request.
    ///
    /// # Errors
    /// Why it is no plan.
    fn compile(&mut self, text: &str) -> Result<Plan, String>;

    /// Asks the model for the plan with a change in the person's own words.
    ///
    /// # Errors
    /// Why there is none.
    fn change(&mut self, plan: &Plan, words: &str) -> Result<Plan, String>;

    /// Runs the plan aside, or only a step (counted from 0) with what it needs, and
    /// says what would be different afterwards.
    ///
    /// # Errors
    /// Why it cannot be tried here.
    fn preview(&mut self, plan: &Plan, step: Option<usize>) -> Result<Tried, String>;

    /// Lets the person edit a text; nothing: they want to keep it.
    fn edit(&mut self, text: &str) -> Option<String>;

    /// Puts a text on the clipboard.
    ///
    /// # Errors
    /// Why that is not possible.
    fn copy(&mut self, text: &str) -> Result<(), String>;

    /// Remembers that such plans need no question, and says what that covers.
    ///
    /// # Errors
    /// Why it is not remembered.
    fn remember(&mut self, plan: &Plan) -> Result<String, String>;

    /// What policy says about a plan.
    fn decide(&mut self, plan: &Plan) -> Ruling;
}

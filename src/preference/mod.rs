//! What was learned from the person, and from what.
//!
//! Every plan that was approved, edited or declined is recorded with where it
//! happened ([`store`]). A later request that is [`similar`] gets the approved
//! commands as demonstrations: few, and after the fixed prefix of the prompt.
//!
//! **Architecture invariant:** nothing is learned from a plan that was declined,
//! that deletes or needs privileges, or from text in which a secret was found;
//! and nothing that was learned ever changes what the policy decides.

pub mod command;
pub mod similar;
mod store;

pub use store::{DATABASE_NAME, MAX_NOTES, Outcome, Preferences, Record, RememberedReading};

/// An approved request with its commands, shown to the model before a similar
/// request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demonstration {
    /// What the person asked.
    pub request: String,
    /// The commands the person approved for it.
    pub answer: String,
}

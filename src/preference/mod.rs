//! What was learned from the person, and from what.

/// An approved request with its commands, shown to the model before a similar
/// request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demonstration {
    /// What the person asked.
    pub request: String,
    /// The commands the person approved for it.
    pub answer: String,
}

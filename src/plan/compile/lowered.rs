//! What a command is lowered to.

use crate::plan::effect::Effects;
use crate::plan::operation::Operation;

/// A typed operation with what it does.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) operation: Operation,
    pub(super) effects: Effects,
    pub(super) warnings: Vec<String>,
}

impl Lowered {
    pub(super) fn new(operation: Operation, effects: Effects) -> Self {
        Self { operation, effects, warnings: Vec::new() }
    }
}

//! What the paths of a step are when it is shown.

use std::path::Path;

use super::scope::Scope;
use crate::plan::change;
use crate::plan::effect::{Deed, Effects};
use crate::plan::operation::Operation;
use crate::system::place::Pin;

/// As many paths of one command are looked at; a pattern can name more.
const MAX_PINS: usize = 4096;

/// Pins of the paths that a step names and no earlier step touches.
pub(super) fn pins(operation: &Operation, effects: &Effects, scope: &Scope) -> Vec<Pin> {
    let of_operation = change::paths(operation);
    let paths: Vec<&Path> = if of_operation.is_empty() {
        effects.paths(Deed::Reads).chain(effects.writes()).collect()
    } else {
        of_operation.iter().map(std::path::PathBuf::as_path).collect()
    };
    let mut pins: Vec<Pin> = Vec::new();
    for path in paths.into_iter().take(MAX_PINS) {
        if scope.may_differ(path) || pins.iter().any(|pin| pin.path == path) {
            continue;
        }
        // What cannot be looked at now fails when the step runs.
        if let Ok(pin) = Pin::take(path)
            && pin.path == path
        {
            pins.push(pin);
        }
    }
    pins
}

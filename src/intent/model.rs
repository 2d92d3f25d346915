//! What the features of a line are worth together: logistic regression, with
//! weights that `tests/training.rs` makes.

use super::features::{Group, Kind, see};
use super::weights::{FIRST_WORDS, WEIGHTS};
use super::words::Words;

/// How much likelier it is that a line is a request than a command: hundredths of
/// the natural logarithm of the odds. 0: either.
pub(super) fn odds(line: &Words<'_>, kind: Kind, is_name: &dyn Fn(&str) -> bool) -> i32 {
    let mut sum = 0;
    see(line, kind, is_name, &mut |group, name, count| sum += count * worth(group, name, kind));
    sum
}

/// What a feature is worth; one that training did not see, nothing.
pub(super) fn worth(group: Group, name: &str, kind: Kind) -> i32 {
    if group == Group::First {
        let found = FIRST_WORDS.binary_search_by(|(word, _)| (*word).cmp(name));
        return found.ok().and_then(|index| FIRST_WORDS.get(index)).map_or(0, |one| one.1.into());
    }
    let found = WEIGHTS.binary_search_by(|(other, text, _)| (*other, *text).cmp(&(group, name)));
    found
        .ok()
        .and_then(|index| WEIGHTS.get(index))
        .map_or(0, |(_, _, weights)| i32::from(weights[0]) + i32::from(weights[1 + kind as usize]))
}

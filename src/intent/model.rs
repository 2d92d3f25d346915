//! What the features of a line are worth together: logistic regression, with
//! weights that `tests/training.rs` makes.

use super::features::{Kind, see};
use super::weights::WEIGHTS;
use super::words::Words;

/// How much likelier it is that a line is a request than a command: hundredths of
/// the natural logarithm of the odds. 0: either.
pub(super) fn odds(line: &Words<'_>, kind: Kind, is_name: &dyn Fn(&str) -> bool) -> i32 {
    let mut sum = 0;
    see(line, kind, is_name, &mut |group, name, count| {
        let found =
            WEIGHTS.binary_search_by(|(other, text, _)| (*other, *text).cmp(&(group, name)));
        if let Some((_, _, weights)) = found.ok().and_then(|index| WEIGHTS.get(index)) {
            sum += count * (i32::from(weights[0]) + i32::from(weights[1 + kind as usize]));
        }
    });
    sum
}

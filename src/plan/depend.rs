//! Dependencies between steps, from their effects.

use std::path::Path;

use super::effect::{Deed, Effects};
use super::operation::Operation;
use super::{Need, Step, Why};

/// Adds to every step the earlier ones that it needs because of what they do.
/// Dependencies by `&&` are there already and are not doubled.
pub(super) fn connect(steps: &mut [Step]) {
    for later in 1..steps.len() {
        let (before, rest) = steps.split_at_mut(later);
        let step = &mut rest[0];
        for earlier in before {
            if step.needs.iter().any(|need| need.step == earlier.id) {
                continue;
            }
            if let Some(why) = dependence(earlier, step) {
                step.needs.push(Need { step: earlier.id, why });
            }
        }
        step.needs.sort_by_key(|need| need.step);
    }
}

fn dependence(earlier: &Step, later: &Step) -> Option<Why> {
    // Typed operations hold absolute paths and values, so only what the shell
    // runs looks at the environment.
    if earlier.effects.change_environment()
        && (!later.operation.is_typed() || !earlier.operation.is_typed())
    {
        return Some(Why::Environment);
    }
    if let Operation::ChangeDirectory { directory } = &later.operation
        && earlier.effects.writes().any(|path| related(path, directory))
    {
        return Some(Why::Effect);
    }
    conflicts(&earlier.effects, &later.effects).then_some(Why::Effect)
}

/// Whether one writes what the other reads or writes. Unknown effects conflict
/// with everything, except what comes before them and touches no file.
fn conflicts(earlier: &Effects, later: &Effects) -> bool {
    if earlier.why_unknown().is_some() || later.why_unknown().is_some() {
        let touches_nothing = earlier.why_unknown().is_none()
            && earlier.writes().next().is_none()
            && earlier.paths(Deed::Reads).next().is_none();
        return !touches_nothing;
    }
    let touches = |path: &Path, effects: &Effects| {
        effects.writes().any(|other| related(path, other))
            || effects.paths(Deed::Reads).any(|other| related(path, other))
    };
    earlier.writes().any(|path| touches(path, later))
        || later.writes().any(|path| touches(path, earlier))
}

/// Whether one path is the other or within it.
fn related(left: &Path, right: &Path) -> bool {
    left.starts_with(right) || right.starts_with(left)
}

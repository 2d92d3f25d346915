//! A plan with steps switched off or in another order, as text that compiles to
//! exactly that.
//!
//! Nothing here makes a plan: the text goes through the compiler again, so that
//! what is said about it is computed anew. What could mean something else in
//! another place is refused rather than guessed at.

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use super::operation::Operation;
use super::{Plan, Step, Why};
use crate::language::Language;

/// Why the steps of a plan stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// It is the first or the last one already.
    End,
    /// One needs the other.
    Needed,
    /// The directory or a variable changes between them.
    Environment,
    /// `&&` ties steps together that would be apart.
    Chain,
    /// A step uses the variable of a loop by name.
    Loop,
    /// No step is left.
    Nothing,
}

impl Fixed {
    /// How a person is told.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::End => ("it cannot go any further", "已经到头了"),
            Self::Needed => ("one of the two needs the other", "两个步骤之间有依赖"),
            Self::Environment => (
                "the directory or a variable changes between the two",
                "两个步骤之间目录或变量会改变",
            ),
            Self::Chain => ("&& ties these steps together", "这些步骤由 && 连在一起"),
            Self::Loop => (
                "a step is part of a loop and uses its variable; edit the whole text with E",
                "有步骤属于循环并使用其变量；请按 E 编辑全文",
            ),
            Self::Nothing => ("every step is switched off", "所有步骤都已关闭"),
        };
        language.choose(english, chinese)
    }
}

/// Where a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Before what is before it.
    Up,
    /// After what is after it.
    Down,
}

/// Which steps of a plan are on, and their order. Steps are counted from 0, in
/// the order of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    order: Vec<usize>,
    off: BTreeSet<usize>,
}

impl Arrangement {
    /// The plan as it is.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self { order: (0..plan.steps.len()).collect(), off: BTreeSet::new() }
    }

    /// Whether nothing was changed.
    #[must_use]
    pub fn is_original(&self) -> bool {
        self.off.is_empty() && self.order.is_sorted()
    }

    /// All steps in the order in which they are shown.
    #[must_use]
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The steps that are on, in the order in which they would run.
    pub fn kept(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied().filter(|step| self.is_on(*step))
    }

    /// Whether a step is on.
    #[must_use]
    pub fn is_on(&self, step: usize) -> bool {
        !self.off.contains(&step)
    }

    /// Switches a step off, and with it all that depend on it; or on, and with it
    /// all that it depends on. What else was switched.
    pub fn toggle(&mut self, plan: &Plan, step: usize) -> BTreeSet<usize> {
        let mut switched = if self.is_on(step) {
            let fallen = without(plan, step);
            let new = fallen.difference(&self.off).copied().collect::<BTreeSet<_>>();
            self.off.extend(&fallen);
            new
        } else {
            let needed = with(plan, step);
            let new = needed.intersection(&self.off).copied().collect::<BTreeSet<_>>();
            self.off.retain(|other| !needed.contains(other));
            new
        };
        switched.remove(&step);
        switched
    }

    /// The arrangement with a step moved, and with it the steps that hang on it by
    /// `&&`.
    ///
    /// # Errors
    /// [`Fixed`] where that would mean something else or cannot be written.
    pub fn moved(&self, plan: &Plan, step: usize, to: Direction) -> Result<Self, Fixed> {
        let levels = self.levels(plan)?;
        let at = self.order.iter().position(|other| *other == step).ok_or(Fixed::End)?;
        let end = |from: usize| {
            let deeper = levels[from + 1..].iter().take_while(|level| **level > levels[from]);
            from + 1 + deeper.count()
        };
        let (first, second) = match to {
            Direction::Down => (at, end(at)),
            Direction::Up => {
                let before = levels[..at].iter().rposition(|level| *level <= levels[at]);
                (before.ok_or(Fixed::End)?, at)
            }
        };
        if second >= self.order.len() {
            return Err(Fixed::End);
        }
        if levels[first] != levels[second] {
            return Err(Fixed::Chain);
        }
        let last = end(second);
        for earlier in &self.order[first..second] {
            for later in &self.order[second..last] {
                tie(&plan.steps[*earlier], &plan.steps[*later]).map_or(Ok(()), Err)?;
            }
        }
        let mut order = self.order.clone();
        order[first..last].rotate_left(second - first);
        Ok(Self { order, off: self.off.clone() })
    }

    /// How deep each step in the order stands in chains of `&&`.
    fn levels(&self, plan: &Plan) -> Result<Vec<usize>, Fixed> {
        let mut chain: Vec<usize> = Vec::new();
        let mut levels = Vec::with_capacity(self.order.len());
        for step in &self.order {
            levels.push(enter(&mut chain, plan, *step)?);
        }
        Ok(levels)
    }

    /// The text of the steps that are on, in their order: it compiles to them.
    /// `instead` is another command for one of them.
    ///
    /// # Errors
    /// [`Fixed`] where no text means exactly that.
    pub fn text(&self, plan: &Plan, instead: Option<(usize, &[u8])>) -> Result<BString, Fixed> {
        let kept: Vec<usize> = self.kept().collect();
        if kept.is_empty() {
            return Err(Fixed::Nothing);
        }
        let mut chain = Vec::new();
        let mut lines: Vec<Written> = Vec::with_capacity(kept.len());
        for step in kept {
            let level = enter(&mut chain, plan, step)?;
            let shown = &plan.steps[step];
            let replaced = instead.filter(|(other, _)| *other == step).map(|(_, text)| text);
            if replaced.is_none() && uses_loop(shown) {
                return Err(Fixed::Loop);
            }
            let command = replaced.unwrap_or(&shown.command);
            let whole = replaced.is_none()
                && shown.operation != Operation::Compound
                && !command.contains_str("<<")
                && !command.contains(&b'\n');
            lines.push(Written { level, command: command.into(), whole });
        }
        Ok(block(&lines).into())
    }
}

/// A step in the text.
struct Written {
    /// How deep it stands in chains of `&&`.
    level: usize,
    command: BString,
    /// It can stand beside `&&` as it is.
    whole: bool,
}

/// Commands one after the other, those that hang on one behind its `&&`.
fn block(lines: &[Written]) -> Vec<u8> {
    let Some(level) = lines.first().map(|line| line.level) else { return Vec::new() };
    let mut parts = Vec::new();
    for group in lines.chunk_by(|_, next| next.level > level) {
        let (head, tail) = (&group[0], &group[1..]);
        parts.push(if tail.is_empty() {
            head.command.to_vec()
        } else {
            [operand(head), b" && ".to_vec(), chained(tail)].concat()
        });
    }
    bstr::join("\n", parts)
}

/// What stands behind `&&`.
fn chained(lines: &[Written]) -> Vec<u8> {
    let level = lines[0].level;
    let heads = lines.iter().filter(|line| line.level == level).count();
    if heads > 1 {
        return braces(&block(lines));
    }
    match &lines[1..] {
        [] => operand(&lines[0]),
        tail => [operand(&lines[0]), b" && ".to_vec(), chained(tail)].concat(),
    }
}

fn operand(line: &Written) -> Vec<u8> {
    if line.whole { line.command.to_vec() } else { braces(&line.command) }
}

fn braces(text: &[u8]) -> Vec<u8> {
    [b"{\n", text, b"\n}"].concat()
}

/// Enters a step into the chain of those before it that it hangs on by `&&`; how
/// many they are.
fn enter(chain: &mut Vec<usize>, plan: &Plan, step: usize) -> Result<usize, Fixed> {
    let needs = &plan.steps[step].needs;
    let on: Vec<usize> =
        needs.iter().filter(|need| need.why == Why::Success).map(|need| need.step - 1).collect();
    // The nearest in the chain is the one it hangs on.
    let level = match chain.iter().rposition(|other| on.contains(other)) {
        Some(at) => at + 1,
        None => 0,
    };
    chain.truncate(level);
    if !on.iter().all(|other| chain.contains(other)) {
        return Err(Fixed::Chain);
    }
    chain.push(step);
    Ok(level)
}

/// The steps that fall with this one, itself among them.
#[must_use]
pub fn without(plan: &Plan, step: usize) -> BTreeSet<usize> {
    let mut fallen = BTreeSet::from([step]);
    for later in step + 1..plan.steps.len() {
        let depends = |other: &usize| depends(&plan.steps[*other], &plan.steps[later]);
        if fallen.iter().any(depends) {
            fallen.insert(later);
        }
    }
    fallen
}

/// The steps that this one cannot do without, itself among them.
fn with(plan: &Plan, step: usize) -> BTreeSet<usize> {
    let mut needed = BTreeSet::from([step]);
    for earlier in (0..step).rev() {
        let depends = |other: &usize| depends(&plan.steps[earlier], &plan.steps[*other]);
        if needed.iter().any(depends) {
            needed.insert(earlier);
        }
    }
    needed
}

fn depends(earlier: &Step, later: &Step) -> bool {
    later.needs.iter().any(|need| need.step == earlier.id) || sets_for(earlier, later)
}

/// Why two steps cannot change places.
fn tie(first: &Step, second: &Step) -> Option<Fixed> {
    if sets_for(first, second) || sets_for(second, first) {
        Some(Fixed::Environment)
    } else {
        depends(first, second).then_some(Fixed::Needed)
    }
}

/// Whether one step changes the directory or variables in which the text of the
/// other is read. Typed operations hold absolute paths, but their text does not.
fn sets_for(one: &Step, other: &Step) -> bool {
    match &one.operation {
        Operation::SetVariable { name, exported: false, .. }
            if !name.iter().any(u8::is_ascii_uppercase) =>
        {
            other.command.find_byteset(b"$`").is_some() || !other.operation.is_typed()
        }
        _ => one.effects.change_environment(),
    }
}

/// Whether the command stands for itself only with the variable of a loop.
fn uses_loop(step: &Step) -> bool {
    step.bindings.iter().any(|(name, _)| {
        [b"$".as_slice(), b"${"]
            .iter()
            .any(|mark| step.command.contains_str([mark, name.as_slice()].concat()))
    })
}

#[cfg(test)]
mod tests;

//! Rules: what they speak of, and whether they speak of a step.
//!
//! **Architecture invariant:** a rule that tightens speaks of a step as soon as
//! one thing in it meets the conditions; a rule that loosens only where nothing
//! in it is outside of them. A rule can therefore be written without thinking of
//! everything else that a step may do.

use std::path::Path;

use bstr::ByteSlice;

use super::Decision;
use super::glob::Glob;
use super::place::{Class, Places};
use super::touch::{Effect, Reach, Touch};
use crate::language::Language;
use crate::plan::Step;
use crate::plan::effect::Risk;
use crate::shell::pattern::Pattern;
use crate::shell::syntax::{Command, WordPart};
use crate::shell::visit;

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// llmsh itself.
    Embedded,
    /// The administrator's file.
    System,
    /// The person's own file.
    User,
}

impl Source {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "llmsh",
            Self::System => "system",
            Self::User => "user",
        }
    }

    /// How a person is told.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Embedded => language.choose("llmsh", "llmsh 自带"),
            Self::System => language.choose("system", "系统"),
            Self::User => language.choose("yours", "你的"),
        }
    }
}

/// Why a rule is there, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// In English.
    pub english: String,
    /// In Chinese.
    pub chinese: String,
}

impl Reason {
    /// A reason that was given in one language.
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { english: text.clone(), chinese: text }
    }

    /// A reason in both.
    #[must_use]
    pub fn new(english: &str, chinese: &str) -> Self {
        Self { english: english.to_owned(), chinese: chinese.to_owned() }
    }

    /// The text of a language.
    #[must_use]
    pub fn words(&self, language: Language) -> &str {
        language.choose(&self.english, &self.chinese)
    }
}

/// A place that a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Paths that match.
    Glob(Glob),
    /// A class of paths.
    Class(Class),
}

impl Place {
    fn is(&self, path: &Path, places: &Places) -> bool {
        match self {
            Self::Glob(glob) => glob.matches(path),
            Self::Class(class) => places.is(path, *class),
        }
    }

    fn is_with_all(&self, path: &Path, places: &Places) -> bool {
        match self {
            Self::Glob(glob) => glob.matches_tree(path),
            Self::Class(class) => places.is_with_all(path, *class),
        }
    }

    fn may_be_below(&self, path: &Path, places: &Places) -> bool {
        match self {
            Self::Glob(glob) => glob.may_match_below(path),
            Self::Class(class) => places.may_be_below(path, *class),
        }
    }
}

/// More than this; whichever is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Files and directories.
    pub files: Option<u64>,
    /// Bytes.
    pub bytes: Option<u64>,
}

impl Limit {
    /// Whether a step goes beyond it. What was not counted to its end, or cannot
    /// be counted, does.
    fn is_passed(self, step: &Step) -> bool {
        let Some(extent) = step.extent else { return step.effects.delete_unlisted() };
        let entries = extent.files.saturating_add(extent.directories);
        extent.more
            || step.effects.delete_unlisted()
            || self.files.is_some_and(|most| entries > most)
            || self.bytes.is_some_and(|most| extent.bytes > most)
    }
}

/// What must hold of a step, all of it; an empty list asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Names of operations.
    pub operations: Vec<String>,
    /// Programs that it starts.
    pub programs: Vec<Pattern>,
    /// Effects that it has.
    pub effects: Vec<Effect>,
    /// Places that the effects are on.
    pub places: Vec<Place>,
    /// The effect reaches into what is below.
    pub recursive: bool,
    /// The effect is on the place itself, not only on some of what is in it.
    pub itself: bool,
    /// No place can be told for the effect.
    pub unlisted: bool,
    /// Its risk.
    pub risks: Vec<Risk>,
    /// Whether it can be undone.
    pub reversals: Vec<String>,
    /// It is about more than this.
    pub larger_than: Option<Limit>,
}

impl Conditions {
    /// What does not depend on single effects.
    fn hold_of_step(&self, step: &Step) -> bool {
        let any = |names: &[String], name: &str| {
            names.is_empty() || names.iter().any(|known| known == name)
        };
        any(&self.operations, step.operation.name())
            && any(&self.reversals, step.reversal.name())
            && (self.risks.is_empty() || self.risks.contains(&step.effects.risk()))
            && self.larger_than.is_none_or(|limit| limit.is_passed(step))
    }

    fn names_program(&self, program: &[u8]) -> bool {
        self.programs.iter().any(|pattern| pattern.matches(program.as_bytes()))
    }

    fn names_effect(&self, touch: &Touch) -> bool {
        self.effects.iter().any(|effect| touch.is(*effect))
    }

    /// Whether they are about single effects.
    fn ask_for_effects(&self) -> bool {
        !self.effects.is_empty()
            || !self.places.is_empty()
            || self.recursive
            || self.itself
            || self.unlisted
    }

    /// Whether something in the step meets the conditions.
    fn hold(&self, step: &Step, touches: &[Touch], places: &Places) -> bool {
        let program =
            self.programs.is_empty() || step.programs.iter().any(|name| self.names_program(name));
        program
            && self.hold_of_step(step)
            && (!self.ask_for_effects() || touches.iter().any(|touch| self.speak_of(touch, places)))
    }

    fn fits_reach(&self, reach: Reach) -> bool {
        !(self.recursive && reach == Reach::One || self.itself && reach == Reach::Some)
    }

    fn fits_list(&self, touch: &Touch) -> bool {
        !self.unlisted || touch.reach == Reach::Some && touch.places.is_empty() && !touch.lost
    }

    fn speak_of(&self, touch: &Touch, places: &Places) -> bool {
        let here = |path: &Path| {
            self.places.iter().any(|place| {
                place.is(path, places)
                    || touch.reach == Reach::Tree && place.may_be_below(path, places)
            })
        };
        (self.effects.is_empty() || self.names_effect(touch))
            && self.fits_reach(touch.reach)
            && self.fits_list(touch)
            && (self.places.is_empty() || touch.places.iter().any(|path| here(path)))
    }

    /// Whether nothing in the step is outside of the conditions.
    fn cover(&self, step: &Step, touches: &[Touch], places: &Places) -> bool {
        let programs = self.programs.is_empty()
            || starts_only_programs(step)
                && step.programs.iter().all(|name| self.names_program(name));
        let placed = self.places.is_empty() || touches.iter().any(|touch| !touch.places.is_empty());
        programs
            && placed
            && self.hold_of_step(step)
            && touches.iter().all(|touch| self.cover_touch(touch, places))
    }

    fn cover_touch(&self, touch: &Touch, places: &Places) -> bool {
        let inside = |path: &Path| {
            self.places.iter().any(|place| match touch.reach {
                Reach::One => place.is(path, places),
                Reach::Tree | Reach::Some => place.is_with_all(path, places),
            })
        };
        let named = if self.effects.is_empty() {
            // What has no place is only covered by name, where places are given; what
            // nobody knows and the rights of others, always.
            (self.places.is_empty() || !touch.places.is_empty())
                && !matches!(touch.effect, Effect::Unknown | Effect::Privilege)
        } else {
            self.names_effect(touch)
        };
        named
            && self.fits_reach(touch.reach)
            && self.fits_list(touch)
            && (self.places.is_empty() || touch.places.iter().all(|path| inside(path)))
    }
}

/// Whether every command of a step is a program that it is known to start: what a
/// function of the person does is not said by the names of programs.
fn starts_only_programs(step: &Step) -> bool {
    let mut only = !step.programs.is_empty();
    visit::commands(&step.tree, &mut |command| {
        only &= match command {
            Command::Simple(simple) => match simple.words.first().map(|word| &word.parts[..]) {
                Some([WordPart::Literal(name) | WordPart::SingleQuoted(name)]) => {
                    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
                    step.programs.iter().any(|program| program == name || program == base)
                }
                _ => false,
            },
            Command::Compound(_) => true,
            Command::Function(_) => false,
        };
    });
    only
}

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, by which it is shown and overridden.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
    /// What it decides.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// What it is about.
    pub conditions: Conditions,
    /// Rules of llmsh that do not count where this one applies.
    pub overrides: Vec<String>,
}

impl Rule {
    /// Whether it can make a decision less strict.
    #[must_use]
    pub fn loosens(&self) -> bool {
        !self.overrides.is_empty()
    }

    /// The effects for which it speaks of a step; none where it is about the step as a
    /// whole.
    pub(super) fn met_by<'a>(&self, touches: &'a [Touch], places: &Places) -> Vec<&'a Touch> {
        let conditions = &self.conditions;
        let asks = conditions.ask_for_effects();
        touches.iter().filter(|touch| asks && conditions.speak_of(touch, places)).collect()
    }

    /// Whether it speaks of the step.
    pub(super) fn applies(&self, step: &Step, touches: &[Touch], places: &Places) -> bool {
        if self.loosens() {
            self.conditions.cover(step, touches, places)
        } else {
            self.conditions.hold(step, touches, places)
        }
    }
}

#[cfg(test)]
mod tests;

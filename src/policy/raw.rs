//! Rules as they are written, in TOML; [`Rule`] is what they become.

use serde::Deserialize;

use super::Decision;
use super::glob::Glob;
use super::place::{Class, Places};
use super::rule::{Conditions, Limit, Place, Reason, Rule, Source};
use super::touch::Effect;
use crate::plan::effect::Risk;
use crate::shell::pattern::{Encoding, Pattern, PatternText};

/// A file of rules.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    #[serde(default)]
    pub(super) rule: Vec<RawRule>,
}

/// One rule as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) name: String,
    decision: Decision,
    reason: RawReason,
    #[serde(default)]
    operation: Words,
    #[serde(default)]
    program: Words,
    #[serde(default)]
    effect: Words,
    #[serde(default)]
    path: Words,
    #[serde(default)]
    recursive: bool,
    #[serde(default)]
    itself: bool,
    #[serde(default)]
    unlisted: bool,
    #[serde(default)]
    risk: Words,
    #[serde(default)]
    reversal: Words,
    larger_than: Option<Limit>,
    #[serde(default)]
    pub(super) overrides: Words,
    /// Command lines that the rule speaks of.
    #[serde(default, rename = "match")]
    pub(super) matching: Words,
    /// Command lines that it does not speak of.
    #[serde(default)]
    pub(super) not_match: Words,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawReason {
    One(String),
    Both([String; 2]),
}

/// One word or several.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "OneOrMore")]
pub(super) struct Words(pub(super) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl From<OneOrMore> for Words {
    fn from(words: OneOrMore) -> Self {
        match words {
            OneOrMore::One(word) => Self(vec![word]),
            OneOrMore::More(words) => Self(words),
        }
    }
}

/// The names of operations; a test compares them with the operations.
const OPERATIONS: [&str; 14] = [
    "change_directory",
    "set_variable",
    "make_directory",
    "remove",
    "move",
    "copy",
    "link",
    "change_mode",
    "change_owner",
    "write_file",
    "send_signal",
    "change_session",
    "run",
    "compound",
];

const RISKS: [Risk; 6] =
    [Risk::Read, Risk::Write, Risk::Outside, Risk::Unknown, Risk::Delete, Risk::Privilege];

const REVERSALS: [&str; 4] = ["nothing", "full", "partly", "no"];

impl RawRule {
    /// The rule, or what is wrong with it.
    pub(super) fn resolve(&self, source: Source, places: &Places) -> Result<Rule, String> {
        let word = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        if self.name.is_empty() || !self.name.chars().all(word) {
            return Err("its name must be made of letters, digits, - and _".to_owned());
        }
        let reason = match &self.reason {
            RawReason::One(text) => Reason::same(text.as_str()),
            RawReason::Both([english, chinese]) => Reason::new(english, chinese),
        };
        let conditions = Conditions {
            operations: each(&self.operation, "operation", |name| {
                OPERATIONS.contains(&name).then(|| name.to_owned())
            })?,
            programs: each(&self.program, "program", |name| {
                (!name.is_empty() && !name.contains('/'))
                    .then(|| Pattern::new(&PatternText::unquoted(name.as_bytes()), Encoding::Utf8))
            })?,
            effects: each(&self.effect, "effect", Effect::of_name)?,
            places: self.path.0.iter().map(|text| place(text, places)).collect::<Result<_, _>>()?,
            recursive: self.recursive,
            itself: self.itself,
            unlisted: self.unlisted,
            risks: each(&self.risk, "risk", |name| {
                RISKS.into_iter().find(|risk| risk.name() == name)
            })?,
            reversals: each(&self.reversal, "reversal", |name| {
                REVERSALS.contains(&name).then(|| name.to_owned())
            })?,
            larger_than: self.larger_than,
        };
        let overrides = self.overrides.0.clone();
        Ok(Rule {
            name: self.name.clone(),
            source,
            decision: self.decision,
            reason,
            conditions,
            overrides,
        })
    }
}

/// Reads each word; a word that is not known makes the rule useless, so it is an
/// error.
fn each<T>(words: &Words, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    let unknown = |word: &String| format!("there is no {what} \"{word}\"");
    words.0.iter().map(|word| read(word).ok_or_else(|| unknown(word))).collect()
}

fn place(text: &str, places: &Places) -> Result<Place, String> {
    match text.strip_prefix("class:") {
        Some(name) => Class::of_name(name)
            .map(Place::Class)
            .ok_or_else(|| format!("there is no class \"{name}\"")),
        None => Glob::new(text, places.home())
            .map(Place::Glob)
            .map_err(|error| format!("the path \"{text}\" cannot be used: {error}")),
    }
}

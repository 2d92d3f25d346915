//! The tables: entries for programs and their options, read from TOML.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fact::Fact;
use super::signature::{Role, Signature};
use crate::language::Language;

/// A text in the languages of llmsh.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Text([String; 2]);

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn words(&self, language: Language) -> &str {
        language.choose(&self.0[0], &self.0[1])
    }
}

/// How a program reads its words.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Style {
    /// Options anywhere, `--` ends them.
    #[default]
    Gnu,
    /// Options end at the first operand.
    Posix,
    /// Paths, then an expression.
    Find,
    /// Operands are `key=value`.
    Keys,
    /// The first word may be options without a dash.
    Bundle,
    /// A word with a dash is one option: letters are not bundled (`gcc -Wall -O2`).
    Words,
}

/// A program or a subcommand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its names.
    pub names: Vec<String>,
    /// What it does: a verb phrase.
    pub about: Text,
    #[serde(default, deserialize_with = "signature")]
    pub(super) operands: Signature,
    #[serde(default, deserialize_with = "effects")]
    pub(super) effects: Vec<Fact>,
    pub(super) default: Option<String>,
    #[serde(default, deserialize_with = "options")]
    pub(super) options: Vec<Opt>,
    #[serde(default)]
    pub(super) subcommand: Vec<Entry>,
    #[serde(default)]
    pub(super) examples: Vec<String>,
    #[serde(default)]
    pub(super) style: Style,
    #[serde(default)]
    pub(super) number: bool,
    /// The typed operation that does the same, where system calls can.
    pub operation: Option<Lowers>,
    /// In the style of whole words: letters whose argument may be attached (`-lm`).
    #[serde(default)]
    pub(super) attached: String,
    #[serde(default)]
    pub(super) harmless_options: bool,
    #[serde(default)]
    pub(super) repository: bool,
    /// Options that say what becomes of files that are there already; by the first of them
    /// they are left alone.
    #[serde(default)]
    pub keeps: Vec<String>,
    /// Each line that it prints is one of the things it is about, unless one of these
    /// options is there.
    pub(super) a_line_each_without: Option<Vec<String>>,
    /// Sets of options that it shares with others.
    #[serde(default)]
    shares: Vec<String>,
    /// Options that exist, and make a line not understood: what they do cannot be said.
    #[serde(default)]
    pub(super) not_understood: Vec<String>,
}

/// Which typed operations a program can become.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Lowers {
    /// It makes directories.
    MakeDirectory,
    /// It removes files, or directories with all that is in them.
    Remove,
    /// It removes empty directories.
    RemoveDirectory,
    /// It gives files other names.
    Move,
    /// It copies files.
    Copy,
    /// It gives files further names.
    Link,
    /// It changes permissions.
    ChangeMode,
    /// It changes owners.
    ChangeOwner,
    /// It changes groups.
    ChangeGroup,
    /// It makes files, or renews their times.
    Touch,
    /// It looks for files, and may remove them.
    Search,
    /// It gives the names that it reads to another program.
    HandOver,
}

/// An option.
#[derive(Clone, Debug)]
pub(super) struct Opt {
    pub(super) spellings: Vec<Spelling>,
    pub(super) argument: Argument,
    /// What stands for the argument in `about`: `DIR`.
    pub(super) placeholder: Option<String>,
    pub(super) about: Text,
    pub(super) operands: Option<Signature>,
    pub(super) instead_of: Option<Role>,
    pub(super) effects: Vec<Fact>,
    pub(super) reads_only: bool,
    /// What is done with the archive that another option names.
    pub(super) archive: Option<Role>,
}

/// One way to write an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `-r`
    Letter(u8),
    /// `--recursive`
    Long(String),
    /// `-name`
    Word(String),
    /// `if=`
    Key(String),
}

/// Whether an option takes an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// None.
    No,
    /// Attached only.
    Optional(Role),
    /// Attached or the next word.
    Required(Role),
}

impl Argument {
    /// The role of the argument, if there can be one.
    pub(super) fn role(self) -> Option<Role> {
        match self {
            Self::No => None,
            Self::Optional(role) | Self::Required(role) => Some(role),
        }
    }
}

/// One file of entries.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "RawTable")]
pub(super) struct Table {
    pub(super) program: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTable {
    program: Vec<Entry>,
    #[serde(default)]
    set: BTreeMap<String, OptionSet>,
}

/// Options that several entries of a file have in common.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OptionSet {
    #[serde(deserialize_with = "options")]
    options: Vec<Opt>,
}

impl TryFrom<RawTable> for Table {
    type Error = String;

    fn try_from(mut raw: RawTable) -> Result<Self, String> {
        for entry in &mut raw.program {
            entry.take_shares(&raw.set)?;
        }
        Ok(Self { program: raw.program })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    about: Text,
    argument: Option<String>,
    operands: Option<String>,
    instead_of: Option<String>,
    archive: Option<String>,
    #[serde(default)]
    effects: Vec<String>,
}

fn signature<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Signature, D::Error> {
    Signature::parse(&String::deserialize(input)?).map_err(serde::de::Error::custom)
}

fn effects<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<Fact>, D::Error> {
    Vec::<String>::deserialize(input)?
        .iter()
        .map(|text| Fact::parse(text).map_err(serde::de::Error::custom))
        .collect()
}

fn options<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<Opt>, D::Error> {
    BTreeMap::<String, RawOption>::deserialize(input)?
        .into_iter()
        .map(|(key, raw)| {
            option(&key, raw)
                .map_err(|error| serde::de::Error::custom(format!("option \"{key}\": {error}")))
        })
        .collect()
}

fn option(key: &str, raw: RawOption) -> Result<Opt, String> {
    let role = |text: &Option<String>| text.as_deref().map(Role::parse).transpose();
    let mut argument = Argument::No;
    let role_of_argument = role(&raw.argument)?.unwrap_or(Role::Text);
    let mut spellings = Vec::new();
    let mut placeholder = None;
    // Spellings behind the name of an argument, which have none of their own.
    let (mut is_named, mut bare) = (false, false);
    for token in key.split(' ') {
        if !token.starts_with('-') && !token.contains('=') {
            placeholder = Some(token.to_owned());
            (is_named, bare) = (true, false);
            argument = Argument::Required(role_of_argument);
            continue;
        }
        if let Some((_, name)) = token.split_once('=') {
            let name = name.trim_end_matches(']');
            placeholder = Some(name.to_owned()).filter(|name| !name.is_empty()).or(placeholder);
        }
        bare |= is_named && !token.contains(['=', '[']);
        let (name, attached) = match token.split_once('[') {
            Some((name, _)) => {
                argument = Argument::Optional(role_of_argument);
                (name, true)
            }
            None => (token, false),
        };
        spellings.push(match (name.strip_prefix("--"), name.strip_prefix('-')) {
            (Some(long), _) => match long.split_once('=') {
                Some((long, _)) if !attached => {
                    argument = Argument::Required(role_of_argument);
                    Spelling::Long(long.to_owned())
                }
                _ => Spelling::Long(long.to_owned()),
            },
            (None, Some(letter)) if letter.len() == 1 => Spelling::Letter(letter.as_bytes()[0]),
            (None, Some(word)) => match word.split_once('=') {
                Some((word, argument_name))
                    if !attached && argument_name.starts_with(|c: char| c.is_ascii_uppercase()) =>
                {
                    argument = Argument::Optional(role_of_argument);
                    Spelling::Word(word.to_owned())
                }
                _ => Spelling::Word(word.to_owned()),
            },
            (None, None) => match name.split_once('=') {
                Some((name, _)) => {
                    argument = Argument::Required(role_of_argument);
                    Spelling::Key(name.to_owned())
                }
                None => return Err("it is neither an option nor KEY=ARGUMENT".to_owned()),
            },
        });
    }
    if bare {
        return Err("a spelling without an argument follows one that has one".to_owned());
    }
    if spellings.is_empty() {
        return Err("it has no spelling".to_owned());
    }
    if raw.argument.is_some() && argument == Argument::No {
        return Err("it has a role for an argument that it does not take".to_owned());
    }
    let reads_only = raw.effects.iter().any(|effect| effect == "reads only");
    let effects = raw.effects.iter().filter(|effect| *effect != "reads only");
    Ok(Opt {
        spellings,
        argument,
        placeholder,
        about: raw.about,
        operands: raw.operands.as_deref().map(Signature::parse).transpose()?,
        instead_of: role(&raw.instead_of)?,
        effects: effects.map(|text| Fact::parse(text)).collect::<Result<_, _>>()?,
        reads_only,
        archive: role(&raw.archive)?,
    })
}

impl Entry {
    /// Adds the options of the sets that this entry and those below it name. What an entry
    /// lists itself, or a set before, goes before.
    fn take_shares(&mut self, sets: &BTreeMap<String, OptionSet>) -> Result<(), String> {
        for name in &self.shares {
            let set = sets.get(name).ok_or_else(|| {
                format!("{} shares \"{name}\", which is not a set", self.names.join(", "))
            })?;
            for option in &set.options {
                let known = |spelling: &Spelling| {
                    self.options.iter().any(|own| own.spellings.contains(spelling))
                };
                let spellings: Vec<_> =
                    option.spellings.iter().filter(|spelling| !known(spelling)).cloned().collect();
                if !spellings.is_empty() {
                    self.options.push(Opt { spellings, ..option.clone() });
                }
            }
        }
        self.subcommand.iter_mut().try_for_each(|entry| entry.take_shares(sets))
    }

    /// The subcommand that the words name, where it stands behind no option.
    #[must_use]
    pub fn subcommand(&self, words: &[bstr::BString]) -> Option<&Self> {
        let name = words.first()?;
        self.subcommand.iter().find(|sub| sub.names.iter().any(|own| name == own))
    }

    /// Whether an option is listed by that spelling.
    pub(super) fn lists(&self, spelled: &str) -> bool {
        let is_it = |spelling: &Spelling| match spelling {
            Spelling::Letter(letter) => spelled.as_bytes() == [b'-', *letter],
            Spelling::Long(name) => spelled.strip_prefix("--") == Some(name),
            Spelling::Word(_) | Spelling::Key(_) => false,
        };
        self.options.iter().any(|option| option.spellings.iter().any(is_it))
    }

    /// Whether a word is `--help` or `--version` of a program that has long options: alone
    /// it makes the program say something and end (GNU Coding Standards, 4.8).
    pub(super) fn tells_of_itself(&self, word: &[u8]) -> bool {
        let is_long = |spelling: &Spelling| matches!(spelling, Spelling::Long(_));
        matches!(word, b"--help" | b"--version")
            && self.options.iter().any(|option| option.spellings.iter().any(is_long))
    }
}

//! What is understood of a command line.

use bstr::BString;

use super::entry::{Opt, Text};
use super::fact::Fact;
use crate::escape::visible;
use crate::language::Language;

/// What the table says of one command line.
#[derive(Clone, Debug, Default)]
pub struct Understanding {
    /// What it does.
    pub facts: Vec<Fact>,
    /// What its options mean.
    pub notes: Vec<Note>,
    /// The options that were given, by the last of their spellings, with their
    /// arguments.
    pub options: Vec<(String, Option<BString>)>,
    /// The words that are no options, without a subcommand's name.
    pub operands: Vec<BString>,
    /// What the subcommand does, where there is one.
    pub subcommand: Option<&'static Text>,
}

/// What an option means.
#[derive(Clone, Debug)]
pub struct Note {
    /// The option as it was written, its argument in it or behind it.
    pub written: BString,
    pub(super) value: Option<BString>,
    pub(super) option: &'static Opt,
}

impl Note {
    /// The table's text, with the argument in the place of what stands for it.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let text = self.option.about.words(language);
        let (Some(value), Some(name)) = (&self.value, &self.option.placeholder) else {
            return text.to_owned();
        };
        let value = visible(value);
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let Some((before, after)) = text.split_once(name.as_str()).filter(|(before, after)| {
            !before.ends_with(is_letter) && !after.starts_with(is_letter) && value.len() <= LONGEST
        }) else {
            return text.to_owned();
        };
        // "NUMBER: so, +NUMBER: otherwise" is about any number.
        if after.contains(name.as_str()) {
            return text.to_owned();
        }
        format!("{before}{value}{after}")
    }
}

/// The longest argument that is put into the text on its option, in bytes.
const LONGEST: usize = 40;

impl Understanding {
    /// Whether an option was given; it is named by the last of its spellings.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.options.iter().any(|(name, _)| name == option)
    }

    /// Whether no other options than these were given.
    #[must_use]
    pub fn has_only(&self, options: &[&str]) -> bool {
        self.options.iter().all(|(name, _)| options.contains(&name.as_str()))
    }
}

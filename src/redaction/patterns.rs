//! What marks a secret, as data: the files in `patterns/`, whose every entry has
//! examples that a test checks.

use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;

use super::form::Form;

/// The entries of the files.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, serde(deny_unknown_fields))]
pub(super) struct Patterns {
    #[serde(default, rename = "key")]
    pub(super) keys: Vec<Key>,
    #[serde(default, rename = "name")]
    pub(super) names: Vec<Name>,
}

/// Keys that are known by their own form.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, serde(deny_unknown_fields))]
pub(super) struct Key {
    /// Texts, in lower case, of which one stands before the key and stays.
    #[serde(default)]
    after: Vec<String>,
    forms: Vec<Form>,
    /// Whether a key has a digit: words that are joined with hyphens may begin
    /// like one.
    #[serde(default)]
    digit: bool,
    /// Whether the key is a word of its own, and no part of a path or of an
    /// expression.
    #[serde(default)]
    alone: bool,
    /// Words before it which say that it is no secret.
    #[serde(default)]
    unless_after: Vec<String>,
    /// Commands, by their first words, of which it is an operand then.
    #[serde(default)]
    unless_command: Vec<String>,
    /// Texts behind it which say so.
    #[serde(default)]
    unless_before: Vec<String>,
    #[cfg(test)]
    name: String,
    #[cfg(test)]
    examples: Vec<String>,
    #[cfg(test)]
    not: Vec<String>,
}

/// Names whose value is a secret.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, serde(deny_unknown_fields))]
pub(super) struct Name {
    pub(super) kind: NameKind,
    /// In lower case.
    pub(super) words: Vec<String>,
    #[cfg(test)]
    name: String,
    #[cfg(test)]
    examples: Vec<String>,
    #[cfg(test)]
    not: Vec<String>,
}

/// How far the value of a name goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum NameKind {
    /// One word, after a separator; the name may be the end of a longer one.
    Word,
    /// The rest of the line, after a colon.
    Header,
}

const FILES: [&str; 3] = [
    include_str!("patterns/infrastructure.toml"),
    include_str!("patterns/services.toml"),
    include_str!("patterns/names.toml"),
];

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut all = Patterns::default();
    for text in FILES {
        let file: Patterns =
            toml::from_str(text).expect("the file is part of the program, and a test reads it");
        all.keys.extend(file.keys);
        all.names.extend(file.names);
    }
    all
});

/// What is known of secrets.
pub(super) fn patterns() -> &'static Patterns {
    &PATTERNS
}

impl Key {
    /// Adds where in `text` such keys are; `lower` is the text in lower case.
    pub(super) fn find(&self, text: &str, lower: &str, secrets: &mut Vec<Range<usize>>) {
        for form in &self.forms {
            let starts = if self.after.is_empty() {
                form.candidates(text)
            } else {
                self.after
                    .iter()
                    .flat_map(|after| lower.match_indices(after.as_str()))
                    .map(|(start, after)| start + after.len())
                    .collect()
            };
            for start in starts {
                if self.after.is_empty()
                    && text[..start].ends_with(|before: char| before.is_ascii_alphanumeric())
                {
                    continue;
                }
                if let Some(length) = form.length_at(&text[start..])
                    && self.is_secret(text, start..start + length)
                {
                    secrets.push(start..start + length);
                }
            }
        }
    }

    fn is_secret(&self, text: &str, range: Range<usize>) -> bool {
        let (before, after) = (&text[..range.start], &text[range.end..]);
        (!self.digit || text[range].contains(|character: char| character.is_ascii_digit()))
            && (!self.alone || is_alone(before, after))
            && !self.unless_before.iter().any(|text| after.starts_with(text.as_str()))
            && (self.unless_after.is_empty()
                || !word_before(before).is_some_and(|word| self.excuses(&word)))
            && !self.unless_command.iter().any(|command| is_operand_of(before, command))
    }

    /// Whether `word` says that what follows is no secret. Chinese words follow
    /// each other without a space.
    fn excuses(&self, word: &str) -> bool {
        self.unless_after
            .iter()
            .any(|known| word == known || !known.is_ascii() && word.ends_with(known.as_str()))
    }
}

/// Whether what follows `before` belongs to a command that begins with the words
/// of `command`.
fn is_operand_of(before: &str, command: &str) -> bool {
    let start = before.rfind([';', '|', '&', '\n', '(']).map_or(0, |separator| separator + 1);
    before[start..].trim_start().strip_prefix(command).is_some_and(|rest| rest.starts_with(' '))
}

/// Whether neither side goes on as a path, a name or a revision does.
fn is_alone(before: &str, after: &str) -> bool {
    let joins = |character: char| "-_./^~".contains(character);
    let sentence_ends = after
        .strip_prefix('.')
        .is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace));
    !before.ends_with(joins) && (!after.starts_with(joins) || sentence_ends)
}

/// The nearest word in `before`, in lower case, that is neither an option nor
/// itself a hash: `git diff --stat HASH HASH` is about `diff` in both places.
fn word_before(before: &str) -> Option<String> {
    before
        .rsplit(|character: char| !character.is_alphanumeric() && character != '-')
        .filter(|word| !word.is_empty() && !word.starts_with('-'))
        .find(|word| word.len() < 7 || !word.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::{MARK, redact};

    /// Examples have a `~` in them, so that what searches repositories for
    /// leaked keys does not find them.
    fn example(text: &str) -> String {
        text.replace('~', "")
    }

    #[test]
    fn every_example_of_a_key_is_redacted_in_any_surroundings() {
        for key in &patterns().keys {
            assert!(!key.examples.is_empty(), "{} has no example", key.name);
            for text in key.examples.iter().map(|text| example(text)) {
                let lower = text.to_lowercase();
                let kept = key.after.iter().find(|after| lower.starts_with(after.as_str()));
                let kept = &text[..kept.map_or(0, String::len)];
                for (before, behind) in [("", ""), ("run ", " -v"), ("x='", "'"), ("(", ").")] {
                    assert_eq!(
                        redact(&format!("{before}{text}{behind}")).text(),
                        format!("{before}{kept}{MARK}{behind}"),
                        "{}",
                        key.name
                    );
                }
            }
        }
    }

    #[test]
    fn every_form_of_a_key_has_an_example() {
        for key in &patterns().keys {
            for form in &key.forms {
                let has = key.examples.iter().map(|text| example(text)).any(|text| {
                    let lower = text.to_lowercase();
                    let kept = key.after.iter().find(|after| lower.starts_with(after.as_str()));
                    form.length_at(&text[kept.map_or(0, String::len)..]).is_some()
                });
                assert!(has, "{}: {form:?}", key.name);
            }
        }
    }

    #[test]
    fn every_example_of_a_name_loses_its_value_only() {
        for name in &patterns().names {
            assert!(!name.examples.is_empty(), "{} has no example", name.name);
            for text in &name.examples {
                assert!(text.contains("hunter2"), "{text}");
                assert_eq!(redact(text).text(), text.replace("hunter2", MARK), "{}", name.name);
            }
            for word in &name.words {
                let has = name.examples.iter().any(|text| text.to_lowercase().contains(word));
                assert!(has, "{word} has no example");
            }
        }
    }

    #[test]
    fn every_counterexample_stays() {
        let keys = patterns().keys.iter().map(|key| (&key.name, &key.not));
        let names = patterns().names.iter().map(|name| (&name.name, &name.not));
        for (name, texts) in keys.chain(names) {
            for text in texts.iter().map(|text| example(text)) {
                assert_eq!(redact(&text).text(), text, "{name}");
            }
        }
    }
}

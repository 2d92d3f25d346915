//! Words as the model wrote them, flat: text, and whether there are patterns in it.

use bstr::ByteSlice;

use crate::shell::quote::quote;
use crate::shell::syntax::{Word, WordPart};

/// A word without expansions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flat {
    pub(crate) text: String,
    /// Characters of a pattern stand in it without quotes.
    pub(super) has_pattern: bool,
    /// A part of it is quoted: somebody meant these characters.
    pub(super) is_quoted: bool,
    /// It begins with a tilde.
    pub(super) has_tilde: bool,
}

impl Flat {
    /// The word, where it is text and nothing that is known only later.
    pub(crate) fn of(word: &Word) -> Option<Self> {
        let mut flat =
            Self { text: String::new(), has_pattern: false, is_quoted: false, has_tilde: false };
        for part in &word.parts {
            match part {
                WordPart::Literal(text) => {
                    flat.has_pattern |= text.iter().any(|byte| b"*?[".contains(byte));
                    flat.text.push_str(text.to_str().ok()?);
                }
                WordPart::Escaped(byte) => {
                    flat.is_quoted = true;
                    flat.text.push_str(std::slice::from_ref(byte).to_str().ok()?);
                }
                WordPart::SingleQuoted(text) | WordPart::DollarSingleQuoted(text) => {
                    flat.is_quoted = true;
                    flat.text.push_str(text.to_str().ok()?);
                }
                WordPart::DoubleQuoted(parts) => {
                    flat.is_quoted = true;
                    for part in parts {
                        match part {
                            WordPart::Literal(text) => flat.text.push_str(text.to_str().ok()?),
                            WordPart::Escaped(byte) => {
                                flat.text.push_str(std::slice::from_ref(byte).to_str().ok()?);
                            }
                            _ => return None,
                        }
                    }
                }
                WordPart::Tilde(name) if name.is_empty() => {
                    flat.has_tilde = true;
                    flat.text.push('~');
                }
                _ => return None,
            }
        }
        Some(flat)
    }
}

/// A path as a word of a command, and after it what is below it, which may be a
/// pattern.
pub(super) fn written(path: &str, below: &str, has_pattern: bool) -> String {
    let (tilde, rest) = match path.strip_prefix("~/") {
        Some(rest) => ("~/", rest),
        None => ("", path),
    };
    let dashed = if path.starts_with('-') { "./" } else { "" };
    if below.is_empty() {
        return format!("{tilde}{dashed}{}", quote(rest.as_bytes()));
    }
    if !has_pattern {
        return format!("{tilde}{dashed}{}", quote(format!("{rest}/{below}").as_bytes()));
    }
    let mut text = format!("{tilde}{dashed}{}/", quote(rest.as_bytes()));
    for character in below.chars() {
        let safe = character.is_alphanumeric() || "*?[]!^-_./,+%@:".contains(character);
        if !safe {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

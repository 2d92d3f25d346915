//! How a key looks: literal text and runs of characters, as the files in
//! `patterns/` write it.
//!
//! `glpat-{word 16..}` is the text `glpat-` and at least 16 characters of the
//! alphabet `word`; `{hex 32}` is exactly 32, `{digit 8..10}` at least 8 and at
//! most 10. A run takes all that it can, and a form that would need it to take
//! less does not match.

use serde::Deserialize;

/// A form of keys.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Form {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Run { alphabet: Alphabet, least: usize, most: usize },
}

/// The characters of a run; all of them are ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alphabet {
    Digit,
    Hex,
    Upper,
    Alphanumeric,
    /// With `-` and `_`, as in base64url.
    Word,
    /// A word with dots in it.
    Dotted,
    /// With `+`, `/`, `=`, as in base64, and the `%` that escapes them.
    Base64,
}

impl Alphabet {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "digit" => Self::Digit,
            "hex" => Self::Hex,
            "upper" => Self::Upper,
            "alnum" => Self::Alphanumeric,
            "word" => Self::Word,
            "dotted" => Self::Dotted,
            "base64" => Self::Base64,
            _ => return None,
        })
    }

    fn has(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Upper => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || b"-_".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"-_.".contains(&byte),
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/=%-_".contains(&byte),
        }
    }
}

impl TryFrom<String> for Form {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a form");
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let Some(inside) = rest.strip_prefix('{') else {
                let (literal, _) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
                parts.push(Part::Text(literal.to_owned()));
                rest = &rest[literal.len()..];
                continue;
            };
            let (run, after) = inside.split_once('}').ok_or_else(wrong)?;
            parts.push(run_part(run).ok_or_else(wrong)?);
            rest = after;
        }
        if parts.is_empty() { Err(wrong()) } else { Ok(Self { parts }) }
    }
}

/// `NAME LEAST`, `NAME LEAST..` or `NAME LEAST..MOST`.
fn run_part(text: &str) -> Option<Part> {
    let (name, count) = text.split_once(' ')?;
    let (least, most) = match count.split_once("..") {
        Some((least, "")) => (least.parse().ok()?, usize::MAX),
        Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
        None => (count.parse().ok()?, count.parse().ok()?),
    };
    Some(Part::Run { alphabet: Alphabet::named(name)?, least, most })
}

impl Form {
    /// How many bytes at the beginning of `text` have this form; a key does not
    /// end in the middle of a word.
    pub(super) fn length_at(&self, text: &str) -> Option<usize> {
        let mut end = 0;
        for part in &self.parts {
            let rest = &text[end..];
            end += match part {
                Part::Text(literal) => rest.starts_with(literal.as_str()).then_some(literal.len()),
                Part::Run { alphabet, least, most } => {
                    let run = rest.bytes().take_while(|byte| alphabet.has(*byte)).count();
                    (*least..=*most).contains(&run).then_some(run)
                }
            }?;
        }
        let ends = !text[end..].starts_with(|next: char| next.is_ascii_alphanumeric());
        ends.then_some(end)
    }

    /// Where in `text` something of this form may begin.
    pub(super) fn candidates(&self, text: &str) -> Vec<usize> {
        match self.parts.first() {
            Some(Part::Text(literal)) => {
                text.match_indices(literal.as_str()).map(|(start, _)| start).collect()
            }
            Some(Part::Run { alphabet, .. }) => text
                .bytes()
                .enumerate()
                .filter(|(_, byte)| alphabet.has(*byte))
                .map(|(start, _)| start)
                .collect(),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(form: &str, text: &str) -> Option<usize> {
        Form::try_from(form.to_owned()).unwrap().length_at(text)
    }

    #[test]
    fn a_form_is_text_and_runs_of_a_length() {
        for (form, text, expected) in [
            ("k_{alnum 3..}", "k_abc1 x", Some(6)),
            ("k_{alnum 3..}", "k_ab", None),
            ("k_{alnum 3..}", "K_abc", None),
            ("{hex 4}", "12ab", Some(4)),
            ("{hex 4}", "12abc", None),
            ("{hex 4}", "12abz", None),
            ("{hex 4}", "12ab密", Some(4)),
            ("{digit 2..3}:{word 2}", "123:a-", Some(6)),
            ("{digit 2..3}:{word 2}", "1234:a-", None),
            ("a{upper 2}.b", "aXY.b", Some(5)),
            ("a{upper 2}.b", "aXY.bc", None),
            ("{base64 4..}", "a+/=%2F ", Some(7)),
            ("{dotted 3..}", "a.b-c", Some(5)),
        ] {
            assert_eq!(length(form, text), expected, "{form} {text}");
        }
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for form in ["", "a{hex}", "a{hex 4", "a{octal 4}", "a{hex x}", "a{hex 1..x}"] {
            assert_eq!(
                Form::try_from(form.to_owned()),
                Err(format!("'{form}' is not a form")),
                "{form}"
            );
        }
    }
}

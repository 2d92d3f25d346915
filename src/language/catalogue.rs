//! What is said in Chinese in the place of English texts: errors, hints and help come out of
//! many modules, and are translated where they are shown.
//!
//! A text that is built with `format!` is known by its form: `{}` in the catalogue stands for
//! what was put in and stays as it is, since nobody's names and words are translated; `{m}` for
//! a message within the message.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The files of the catalogue.
const FILES: [&str; 4] = [
    include_str!("chinese/errors.toml"),
    include_str!("chinese/help.toml"),
    include_str!("chinese/lists.toml"),
    include_str!("chinese/shell.toml"),
];

/// So deep are messages within messages translated.
const DEPTH: usize = 6;

/// The texts.
struct Catalogue {
    /// Without anything put in.
    whole: HashMap<String, String>,
    /// The others, those that are meant before others first.
    forms: Vec<Form>,
}

/// A text with something put in.
struct Form {
    /// What stands around what is put in.
    pieces: Vec<String>,
    /// Which of these are messages.
    messages: Vec<bool>,
    chinese: String,
}

impl Form {
    fn new(english: &str, chinese: String) -> Self {
        let (mut pieces, mut messages) = (Vec::new(), Vec::new());
        let mut rest = english;
        while let Some(at) = rest.find('{') {
            let is_message = rest[at..].starts_with("{m}");
            pieces.push(rest[..at].to_owned());
            messages.push(is_message);
            rest = &rest[at + if is_message { 3 } else { 2 }..];
        }
        pieces.push(rest.to_owned());
        Self { pieces, messages, chinese }
    }

    /// Forms of several lines come first, then those that begin with text of their own, then
    /// those that have most of it; equal ones in an order that is not one of chance.
    fn rank(&self) -> (bool, bool, usize, &[String]) {
        let has_lines = self.pieces.iter().any(|piece| piece.contains('\n'));
        let size = self.pieces.iter().map(String::len).sum();
        (has_lines, !self.pieces[0].is_empty(), size, &self.pieces)
    }

    /// The text as this form has it, if it is of it.
    fn translated(&self, text: &str, depth: usize) -> Option<String> {
        // A name may have the mark, too: the message is what stands behind the last one.
        if let [first, mark, last] = self.pieces.as_slice()
            && first.is_empty()
            && last.is_empty()
        {
            let mut splits = text
                .rmatch_indices(mark.as_str())
                .map(|(at, _)| vec![&text[..at], &text[at + mark.len()..]]);
            return splits.find_map(|parts| self.filled_with(parts, depth));
        }
        put_in(text, &self.pieces).and_then(|parts| self.filled_with(parts, depth))
    }

    fn filled_with(&self, parts: Vec<&str>, depth: usize) -> Option<String> {
        // Other marks alone would be no translation.
        let mut is_translated = self.pieces.iter().any(|piece| piece.contains(char::is_alphabetic));
        let mut there: Vec<Cow<'_, str>> = Vec::new();
        for (part, is_message) in parts.into_iter().zip(&self.messages) {
            let translated = if *is_message { within(part, depth - 1) } else { part.into() };
            is_translated |= translated != part;
            there.push(translated);
        }
        is_translated.then(|| filled(&self.chinese, &there))
    }
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut catalogue = Catalogue { whole: HashMap::new(), forms: Vec::new() };
        for text in FILES {
            let texts: HashMap<String, String> =
                toml::from_str(text).expect("a test reads the catalogue");
            for (english, chinese) in texts {
                if english.contains('{') {
                    catalogue.forms.push(Form::new(&english, chinese));
                } else {
                    catalogue.whole.insert(english, chinese);
                }
            }
        }
        catalogue.forms.sort_by(|one, other| other.rank().cmp(&one.rank()));
        catalogue
    })
}

/// The Chinese text, or the English one where the catalogue has none.
pub(super) fn chinese(text: &str) -> Cow<'_, str> {
    within(text, DEPTH)
}

fn within(text: &str, depth: usize) -> Cow<'_, str> {
    let catalogue = catalogue();
    if let Some(chinese) = catalogue.whole.get(text) {
        return Cow::Borrowed(chinese);
    }
    if depth == 0 {
        return Cow::Borrowed(text);
    }
    let translated = catalogue.forms.iter().find_map(|form| form.translated(text, depth));
    translated.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// What stands between the pieces of a form, if the text has it.
fn put_in<'a>(text: &'a str, pieces: &[String]) -> Option<Vec<&'a str>> {
    let (first, others) = pieces.split_first()?;
    let (last, middle) = others.split_last()?;
    let mut rest = text.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
    let mut parts = Vec::new();
    for piece in middle {
        let (part, after) = rest.split_once(piece.as_str())?;
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    Some(parts)
}

/// The form with its parts: `{}` in their order, `{2}` the second.
fn filled(form: &str, parts: &[Cow<'_, str>]) -> String {
    let mut text = String::new();
    let (mut rest, mut next) = (form, 0);
    while let Some(begin) = rest.find('{') {
        let Some(length) = rest[begin..].find('}') else { break };
        text.push_str(&rest[..begin]);
        let place = match rest[begin + 1..begin + length].parse::<usize>() {
            Ok(number) => number.saturating_sub(1),
            Err(_) => next,
        };
        next += 1;
        text.push_str(parts.get(place).map_or("", |part| part));
        rest = &rest[begin + length + 1..];
    }
    text + rest
}

#[cfg(test)]
mod tests;

//! What is said in Chinese in the place of English texts: errors, hints and help come out of
//! many modules, and are translated where they are shown.
//!
//! A text that is built with `format!` is known by its form: `{}` in the catalogue stands for
//! what was put in. Where several forms fit, one that begins with text of its own is meant
//! before others, and then the one that has most of it.

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

/// A text within a text within a text is translated, and no further.
const DEPTH: usize = 6;

/// The texts.
struct Catalogue {
    /// Without anything put in.
    whole: HashMap<String, String>,
    /// What stands around what is put in, and the Chinese form.
    forms: Vec<(Vec<String>, String)>,
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut catalogue = Catalogue { whole: HashMap::new(), forms: Vec::new() };
        for text in FILES {
            let texts: HashMap<String, String> =
                toml::from_str(text).expect("a test reads the catalogue");
            for (english, chinese) in texts {
                if english.contains("{}") {
                    let pieces = english.split("{}").map(str::to_owned).collect();
                    catalogue.forms.push((pieces, chinese));
                } else {
                    catalogue.whole.insert(english, chinese);
                }
            }
        }
        // Equal ones in an order that does not depend on chance.
        let weight = |pieces: &[String]| {
            (!pieces[0].is_empty(), pieces.iter().map(String::len).sum::<usize>())
        };
        catalogue.forms.sort_by(|(one, _), (other, _)| {
            weight(other).cmp(&weight(one)).then_with(|| one.cmp(other))
        });
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
    let found =
        catalogue.forms.iter().find_map(|(pieces, chinese)| Some((chinese, put_in(text, pieces)?)));
    match found {
        Some((chinese, parts)) => {
            let of_no_language = !chinese.contains(char::is_alphabetic);
            let parts: Vec<(&str, Cow<'_, str>)> =
                parts.into_iter().map(|part| (part, within(part, depth - 1))).collect();
            if of_no_language && parts.iter().all(|(part, translated)| part == translated) {
                // Marks alone would be no translation.
                return Cow::Borrowed(text);
            }
            let parts: Vec<Cow<'_, str>> =
                parts.into_iter().map(|(_, translated)| translated).collect();
            Cow::Owned(filled(chinese, &parts))
        }
        None => Cow::Borrowed(text),
    }
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

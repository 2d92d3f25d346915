//! How names are compared: also by who holds an answer to what a request mentions.

use std::collections::HashSet;

use super::nouns;
use super::words::{self, singular, stem};

pub use super::words::{joined, slips};

/// What a wording consists of, to compare it with others: words without endings, pairs
/// of Chinese characters, and marks (`§file`) of what is named.
#[must_use]
pub fn features(text: &str) -> HashSet<String> {
    let mut features = HashSet::new();
    for mark in ["§file", "§directory", "§table", "§kind"] {
        if text.contains(mark) {
            features.insert(mark.to_owned());
        }
    }
    let text = text.replace("§file", " ").replace("§directory", " ");
    let text = text.replace("§table", " ").replace("§kind", " ");
    for word in words::words(&text) {
        if word.is_chinese() {
            let characters: Vec<char> = word.text.chars().collect();
            features.extend(characters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if !["the", "a", "an", "of", "in", "is", "are", "my", "me"]
            .contains(&word.text.as_str())
        {
            features.insert(singular(&word.text).to_owned());
        }
    }
    features
}

/// Whether a name, as somebody wrote it, is that of something that is there: but for
/// case, blanks and marks between words, for the plural, for a forgotten extension,
/// and, where `nearly`, for a slip or its translation.
#[must_use]
pub fn is_the_same(written: &str, name: &str, is_file: bool, nearly: bool) -> bool {
    let own = joined(written);
    if own.is_empty() {
        return false;
    }
    let (bare, extension) = if is_file { stem(name) } else { (name, String::new()) };
    let (own_bare, own_extension) = if is_file { stem(written) } else { (written, String::new()) };
    if own == joined(name) || own_extension.is_empty() && own == joined(bare) {
        return true;
    }
    if !nearly || !own_extension.is_empty() && own_extension != extension {
        return false;
    }
    let (one, other) = (joined(own_bare), joined(bare));
    // "成绩单" for "成绩": a character too many or too few, of few.
    let chinese = one.starts_with(words::is_chinese) && other.starts_with(words::is_chinese);
    let lengths = (one.chars().count(), other.chars().count());
    if chinese
        && lengths.0.abs_diff(lengths.1) == 1
        && lengths.0.min(lengths.1) >= 2
        && (one.contains(&other) || other.contains(&one))
    {
        return true;
    }
    singular(&one) == singular(&other)
        || one.chars().count() >= 5
            && slips(&one, &other).is_some_and(|slips| slips <= one.len() / 5)
        || words::is_foreign(&one, &other)
            && [own_bare.to_lowercase().as_str(), singular(&one)].iter().any(|word| {
                nouns::same(word)
                    .any(|same| joined(same) == other || singular(&other) == joined(same))
            })
}

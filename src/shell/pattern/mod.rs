//! Pattern matching notation (POSIX.1-2024 XCU 2.14), for `case`, for
//! `${parameter#pattern}` and its kin, and for pathname expansion.
//!
//! Expansion builds a [`PatternText`]; [`Pattern::new`] compiles it once, and a
//! loop may keep the result. A pattern is cut at its `*` into segments, each of
//! which matches in only one way from a given place. Taking the first (or last)
//! place where each segment fits is therefore enough, and the time never grows
//! beyond the product of the two lengths.
//!
//! Choices where POSIX leaves one:
//!
//! - A range compares code points (or byte values), as in the POSIX locale.
//! - `^` after `[` negates as `!` does.
//! - A `[` without its `]` is an ordinary character; so is a final backslash.
//! - A class or collating element that does not exist contains nothing.

mod bracket;
mod character;
mod extended;
mod segment;
#[cfg(test)]
mod tests;
mod text;

pub use character::Encoding;
pub(in crate::shell) use extended::has_group;
pub use text::PatternText;
pub(in crate::shell) use text::has_special;

use bracket::Bracket;
use extended::Extended;
use segment::{Atom, Segment};

/// How the text of a pattern is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// How bytes make characters.
    pub encoding: Encoding,
    /// Groups (`@(a|b)`) are special (`shopt -s extglob`).
    pub groups: bool,
    /// Case makes no difference (`shopt -s nocasematch`).
    pub fold: bool,
}

impl From<Encoding> for Reading {
    fn from(encoding: Encoding) -> Self {
        Self { encoding, ..Self::default() }
    }
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    encoding: Encoding,
    /// What stands before the first `*`.
    first: Segment,
    /// What stands after each `*`.
    rest: Vec<Segment>,
    /// The whole pattern instead, where it has groups.
    groups: Option<Box<Extended>>,
    fold: bool,
}

impl Pattern {
    /// Compiles a pattern.
    #[must_use]
    pub fn new(text: &PatternText, reading: impl Into<Reading>) -> Self {
        Self::from_escaped(text.as_bstr(), reading.into())
    }

    /// Compiles a pattern in which a backslash quotes the byte after it.
    pub(in crate::shell) fn from_escaped(text: &[u8], reading: Reading) -> Self {
        let encoding = reading.encoding;
        let folded = reading.fold.then(|| folded(text, encoding));
        let text = folded.as_deref().unwrap_or(text);
        if reading.groups && has_group(text) {
            let groups = Some(Box::new(Extended::new(text, encoding)));
            let first = Segment::default();
            return Self { encoding, first, rest: Vec::new(), groups, fold: reading.fold };
        }
        let mut first = Segment::default();
        let mut rest: Vec<Segment> = Vec::new();
        let mut position = 0;
        while let Some(&byte) = text.get(position) {
            let after = &text[position + 1..];
            let segment = rest.last_mut().unwrap_or(&mut first);
            position += 1;
            match byte {
                b'*' => {
                    // Several `*` in a row are one.
                    if rest.last().is_none_or(|segment| !segment.atoms.is_empty()) {
                        rest.push(Segment::default());
                    }
                }
                b'?' => segment.atoms.push(Atom::Any),
                b'[' => match Bracket::parse(after, encoding) {
                    Some((bracket, length)) => {
                        segment.atoms.push(Atom::Bracket(bracket));
                        position += length;
                    }
                    None => segment.push_literal(b"["),
                },
                b'\\' if !after.is_empty() => {
                    segment.push_literal(&after[..1]);
                    position += 1;
                }
                _ => segment.push_literal(&[byte]),
            }
        }
        Self { encoding, first, rest, groups: None, fold: reading.fold }
    }

    /// Whether the pattern matches nothing but one text.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.literal().is_some()
    }

    /// The only text that the pattern matches, if there is only one.
    #[must_use]
    pub fn literal(&self) -> Option<&[u8]> {
        if self.groups.is_some() || self.fold {
            return None;
        }
        match (self.rest.as_slice(), self.first.atoms.as_slice()) {
            ([], []) => Some(b""),
            ([], [Atom::Literal(literal)]) => Some(literal),
            _ => None,
        }
    }

    /// Whether it was written without any text: it matches nothing but the empty one.
    #[must_use]
    pub(in crate::shell) fn matches_empty_only(&self) -> bool {
        self.groups.is_none() && self.rest.is_empty() && self.first.atoms.is_empty()
    }

    /// Whether the pattern begins with this byte, literally.
    pub(in crate::shell) fn begins_with(&self, byte: u8) -> bool {
        if let Some(groups) = &self.groups {
            return groups.begins_with(byte);
        }
        matches!(self.first.atoms.first(), Some(Atom::Literal(literal)) if literal.first() == Some(&byte))
    }

    /// Whether the pattern matches all of `text`.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        if let Some(literal) = self.literal() {
            return literal == text;
        }
        if self.fold {
            return self.matches_folded(&folded(text, self.encoding));
        }
        self.matches_folded(text)
    }

    /// Whether it matches a text that is in lower case where case makes no difference.
    fn matches_folded(&self, text: &[u8]) -> bool {
        if let Some(groups) = &self.groups {
            return groups.matches(text, self.encoding);
        }
        let Some(mut position) = self.first.match_at(text, 0, self.encoding) else { return false };
        let Some((last, middle)) = self.rest.split_last() else { return position == text.len() };
        let Some(end) = last.match_before(text, text.len(), self.encoding) else { return false };
        for segment in middle {
            match segment.find(text, position, self.encoding) {
                Some((_, end)) => position = end,
                None => return false,
            }
        }
        position <= end
    }

    /// How long the shortest or longest start of `text` is that the pattern
    /// matches.
    #[must_use]
    pub fn prefix_match(&self, text: &[u8], longest: bool) -> Option<usize> {
        let lower = self.fold.then(|| folded(text, self.encoding));
        let text = lower.as_deref().unwrap_or(text);
        if let Some(groups) = &self.groups {
            return groups.prefix(text, longest, self.encoding);
        }
        let mut position = self.first.match_at(text, 0, self.encoding)?;
        let Some((last, middle)) = self.rest.split_last() else { return Some(position) };
        for segment in middle {
            position = segment.find(text, position, self.encoding)?.1;
        }
        if longest {
            let (start, end) = last.find_last(text, text.len(), self.encoding)?;
            (start >= position).then_some(end)
        } else {
            Some(last.find(text, position, self.encoding)?.1)
        }
    }

    /// Where the shortest or longest end of `text` begins that the pattern
    /// matches.
    #[must_use]
    pub fn suffix_match(&self, text: &[u8], longest: bool) -> Option<usize> {
        let lower = self.fold.then(|| folded(text, self.encoding));
        let text = lower.as_deref().unwrap_or(text);
        if let Some(groups) = &self.groups {
            return groups.suffix(text, longest, self.encoding);
        }
        let Some((last, middle)) = self.rest.split_last() else {
            return self.first.match_before(text, text.len(), self.encoding);
        };
        let mut position = last.match_before(text, text.len(), self.encoding)?;
        for segment in middle.iter().rev() {
            position = segment.find_last(text, position, self.encoding)?.0;
        }
        if longest {
            let (start, end) = self.first.find(text, 0, self.encoding)?;
            (end <= position).then_some(start)
        } else {
            Some(self.first.find_last(text, position, self.encoding)?.0)
        }
    }
}

/// The text in lower case, as long as before: a letter whose other case is longer stays.
fn folded(text: &[u8], encoding: Encoding) -> Vec<u8> {
    if text.is_ascii() || encoding == Encoding::Bytes {
        return text.to_ascii_lowercase();
    }
    let mut lower = Vec::with_capacity(text.len());
    for (start, end, character) in bstr::ByteSlice::char_indices(text) {
        let own: String = character.to_lowercase().collect();
        if own.len() == end - start && character != char::REPLACEMENT_CHARACTER {
            lower.extend_from_slice(own.as_bytes());
        } else {
            lower.extend_from_slice(&text[start..end]);
        }
    }
    lower
}

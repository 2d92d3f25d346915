//! The part of a pattern between two `*`. It matches in at most one way from a
//! given position, forwards as well as backwards; that is what keeps matching
//! free of exponential search.

use super::bracket::Bracket;
use super::character::Encoding;

/// What matches one character or one piece of literal text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    Literal(Vec<u8>),
    /// `?`
    Any,
    Bracket(Bracket),
}

impl Atom {
    pub(super) fn match_start(&self, text: &[u8], encoding: Encoding) -> Option<usize> {
        match self {
            Self::Literal(literal) => {
                let matches =
                    text.starts_with(literal) && encoding.is_boundary(text, literal.len());
                matches.then_some(literal.len())
            }
            Self::Any => encoding.first(text).map(|(_, length)| length),
            Self::Bracket(bracket) => {
                let (character, length) = encoding.first(text)?;
                bracket.contains(character).then_some(length)
            }
        }
    }

    fn match_end(&self, text: &[u8], encoding: Encoding) -> Option<usize> {
        match self {
            Self::Literal(literal) => {
                let matches = text.ends_with(literal)
                    && encoding.is_boundary(text, text.len() - literal.len());
                matches.then_some(literal.len())
            }
            Self::Any => encoding.last(text).map(|(_, length)| length),
            Self::Bracket(bracket) => {
                let (character, length) = encoding.last(text)?;
                bracket.contains(character).then_some(length)
            }
        }
    }
}

/// Atoms in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) atoms: Vec<Atom>,
}

impl Segment {
    /// Adds literal text, joined to what stands before it.
    pub(super) fn push_literal(&mut self, bytes: &[u8]) {
        match self.atoms.last_mut() {
            Some(Atom::Literal(literal)) => literal.extend_from_slice(bytes),
            _ => self.atoms.push(Atom::Literal(bytes.to_vec())),
        }
    }

    /// Where the segment ends if it begins at `start`.
    pub(super) fn match_at(&self, text: &[u8], start: usize, encoding: Encoding) -> Option<usize> {
        self.atoms.iter().try_fold(start, |position, atom| {
            Some(position + atom.match_start(&text[position..], encoding)?)
        })
    }

    /// Where the segment begins if it ends at `end`.
    pub(super) fn match_before(
        &self,
        text: &[u8],
        end: usize,
        encoding: Encoding,
    ) -> Option<usize> {
        self.atoms.iter().rev().try_fold(end, |position, atom| {
            Some(position - atom.match_end(&text[..position], encoding)?)
        })
    }

    /// The first match that begins at `from` or later: its start and end.
    pub(super) fn find(
        &self,
        text: &[u8],
        from: usize,
        encoding: Encoding,
    ) -> Option<(usize, usize)> {
        let mut start = from;
        loop {
            if let Some(end) = self.match_at(text, start, encoding) {
                return Some((start, end));
            }
            start += encoding.first(&text[start..])?.1;
        }
    }

    /// The last match that ends at `until` or earlier: its start and end.
    pub(super) fn find_last(
        &self,
        text: &[u8],
        until: usize,
        encoding: Encoding,
    ) -> Option<(usize, usize)> {
        let mut end = until;
        loop {
            if let Some(start) = self.match_before(text, end, encoding) {
                return Some((start, end));
            }
            end -= encoding.last(&text[..end])?.1;
        }
    }
}

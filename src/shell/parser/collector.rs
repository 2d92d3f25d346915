//! Parts of a word while they are read.

use crate::shell::syntax::WordPart;

/// Parts as they are collected: neighbouring literal bytes make one part.
#[derive(Default)]
pub(super) struct Collector {
    pub(super) parts: Vec<WordPart>,
    pub(super) literal: Vec<u8>,
}

impl Collector {
    pub(super) fn push(&mut self, part: WordPart) {
        self.flush();
        self.parts.push(part);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(WordPart::Literal(std::mem::take(&mut self.literal).into()));
        }
    }

    pub(super) fn extend(&mut self, parts: Vec<WordPart>) {
        for part in parts {
            match part {
                WordPart::Literal(text) => self.literal.extend_from_slice(&text),
                part => self.push(part),
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty() && self.literal.is_empty()
    }

    pub(super) fn finish(mut self) -> Vec<WordPart> {
        self.flush();
        self.parts
    }
}

//! Characters for the parser: lines from a [`Source`], text from aliases, and
//! the lines' positions.
//!
//! Lines are pulled when they are needed, so that nothing after a complete
//! command is consumed. The text of the current command is kept, so that the
//! parser can go back (`$((` may turn out to be `$( (`).

use std::collections::HashSet;
use std::io;

use bstr::{BString, ByteSlice};

use super::request::MARKS;
use super::syntax::Span;

/// Hands over input line by line.
pub trait Source {
    /// The next line with its newline (the last may lack it), or `None` at the
    /// end. `continuation`: the line continues a command.
    ///
    /// # Errors
    /// What reading says; the parser takes it for the end of input.
    fn next_line(&mut self, continuation: bool) -> io::Result<Option<BString>>;

    /// Whether lines are written to standard error as they are read (`set -v`);
    /// for sources that can.
    fn echo(&mut self, _on: bool) {}
}

/// Lines of a text in memory.
#[derive(Clone, Debug)]
pub struct TextSource {
    text: BString,
    at: usize,
}

impl TextSource {
    /// Takes a copy of the text.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        Self { text: text.into(), at: 0 }
    }
}

impl Source for TextSource {
    fn next_line(&mut self, _continuation: bool) -> io::Result<Option<BString>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return Ok(None);
        }
        let length =
            rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
        self.at += length;
        Ok(Some(rest[..length].into()))
    }
}

/// Words that are reserved in command position (XCU 2.4).
pub(super) const RESERVED: &[&[u8]] = &[
    b"!", b"{", b"}", b"case", b"do", b"done", b"elif", b"else", b"esac", b"fi", b"for", b"if",
    b"in", b"then", b"until", b"while",
];

/// Whether the word is reserved in command position.
#[must_use]
pub fn is_reserved(word: &[u8]) -> bool {
    RESERVED.contains(&word)
}

/// Text of an alias that is being read in place of its name.
#[derive(Clone, Debug)]
struct Replacement {
    /// Its name, and the aliases in whose text that stood.
    names: Vec<BString>,
    text: BString,
    at: usize,
    span: Span,
}

/// A place in the input to which the parser can return.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    at: usize,
    line: u32,
    replacements: Vec<Replacement>,
}

/// The characters of the input.
pub(super) struct Input<'s> {
    source: Box<dyn Source + 's>,
    /// The current command's text and what has been read after it.
    text: Vec<u8>,
    at: usize,
    /// Offset of `text` in the whole input.
    base: usize,
    line: u32,
    replacements: Vec<Replacement>,
    /// An alias whose text ends in a blank has just been used up: the next word
    /// may be an alias, too.
    pub(super) blank_ended: bool,
    pub(super) ended: bool,
    /// A command has begun: lines continue it.
    pub(super) continuing: bool,
    /// A line that begins with a mark is a request.
    pub(super) requests: bool,
    /// Which forms are read.
    pub(super) dialect: Dialect,
    /// Where a form was tried and is none. Forms nest, and each that is tried reads all that
    /// is in it: tried anew at every level they would take time without end.
    refused: HashSet<(usize, Form)>,
}

/// A form that is read as something else where it does not end as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// `((…))`
    Command,
    /// `$((…))`
    Expansion,
    /// `[…]=`
    Key,
}

/// Which forms are read where POSIX and bash differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// What bash adds is not read where POSIX gives the text another meaning.
    pub posix: bool,
    /// `!(` begins a pattern (`shopt -s extglob`).
    pub extended_patterns: bool,
}

impl std::fmt::Debug for Input<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Input").field("line", &self.line).finish_non_exhaustive()
    }
}

impl<'s> Input<'s> {
    /// Whether a form was tried here before, and is none.
    pub(super) fn is_refused(&self, form: Form) -> bool {
        self.replacements.is_empty() && self.refused.contains(&(self.base + self.at, form))
    }

    /// The form is none here. Within the text of an alias places are not told apart.
    pub(super) fn refuse(&mut self, form: Form) {
        if self.replacements.is_empty() {
            self.refused.insert((self.base + self.at, form));
        }
    }

    pub(super) fn new(source: Box<dyn Source + 's>) -> Self {
        Self {
            source,
            text: Vec::new(),
            at: 0,
            base: 0,
            line: 1,
            replacements: Vec::new(),
            blank_ended: false,
            ended: false,
            continuing: false,
            requests: false,
            dialect: Dialect::default(),
            refused: HashSet::new(),
        }
    }

    pub(super) fn echo(&mut self, on: bool) {
        self.source.echo(on);
    }

    pub(super) fn set_line(&mut self, line: u32) {
        self.line = line;
    }

    /// Forgets the text of the command before.
    pub(super) fn begin_command(&mut self) {
        self.text.drain(..self.at);
        self.base += self.at;
        self.refused.clear();
        self.at = 0;
        self.continuing = false;
    }

    /// Drops the rest of the line, after a syntax error.
    pub(super) fn discard_line(&mut self) {
        self.replacements.clear();
        let rest = &self.text[self.at..];
        let length =
            rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
        if length < rest.len() || rest.last() == Some(&b'\n') {
            self.line += 1;
        }
        self.at += length;
    }

    /// Whether all input has been read; does not read ahead.
    pub(super) fn at_end(&self) -> bool {
        self.ended && self.at == self.text.len()
    }

    /// Whether nothing is left, reading a line if needed. Only for sources
    /// whose reading has no effect on others (text in memory).
    pub(super) fn nothing_left(&mut self) -> bool {
        while self.at == self.text.len() {
            if !self.pull() {
                return true;
            }
        }
        self.text[self.at..].iter().all(u8::is_ascii_whitespace) && {
            while self.pull() {
                if !self.text[self.at..].iter().all(u8::is_ascii_whitespace) {
                    return false;
                }
            }
            true
        }
    }

    fn pull(&mut self) -> bool {
        if self.ended {
            return false;
        }
        match self.source.next_line(self.continuing) {
            Ok(Some(line)) => {
                // NUL ends no line and is no character of any word.
                self.text.extend(line.iter().filter(|byte| **byte != 0));
                true
            }
            Ok(None) | Err(_) => {
                self.ended = true;
                false
            }
        }
    }

    /// The next byte, without consuming it.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.peek_at(0)
    }

    /// The byte `ahead` bytes after the next one.
    pub(super) fn peek_at(&mut self, ahead: usize) -> Option<u8> {
        while let Some(top) = self.replacements.last() {
            if let Some(byte) = top.text.get(top.at + ahead) {
                return Some(*byte);
            }
            if top.at < top.text.len() {
                // Looking beyond an alias: what follows it decides.
                let left = top.text.len() - top.at;
                return self.text.get(self.at + ahead - left).copied();
            }
            self.blank_ended |= top.text.last().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
            self.replacements.pop();
        }
        while self.at + ahead >= self.text.len() {
            if !self.pull() {
                return None;
            }
        }
        self.text.get(self.at + ahead).copied()
    }

    /// Consumes the next byte.
    pub(super) fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        match self.replacements.last_mut() {
            Some(top) => top.at += 1,
            None => {
                self.at += 1;
                if byte == b'\n' {
                    self.line += 1;
                }
            }
        }
        Some(byte)
    }

    /// Consumes the next byte if it is this one.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let matches = self.peek() == Some(byte);
        if matches {
            self.next();
        }
        matches
    }

    /// The next byte after line continuations (XCU 2.2.1) have been removed.
    pub(super) fn peek_joined(&mut self) -> Option<u8> {
        while self.peek() == Some(b'\\') && self.peek_at(1) == Some(b'\n') {
            self.next();
            self.next();
        }
        self.peek()
    }

    /// The byte `ahead` bytes after the next one, line continuations aside.
    pub(super) fn peek_joined_at(&mut self, ahead: usize) -> Option<u8> {
        let (mut at, mut left) = (0, ahead);
        loop {
            while self.peek_at(at) == Some(b'\\') && self.peek_at(at + 1) == Some(b'\n') {
                at += 2;
            }
            if left == 0 {
                return self.peek_at(at);
            }
            (at, left) = (at + 1, left - 1);
        }
    }

    /// A whole line, for here-documents.
    pub(super) fn next_line(&mut self) -> Option<BString> {
        self.peek()?;
        if !self.replacements.is_empty() {
            let mut line = Vec::new();
            while let Some(byte) = self.next() {
                line.push(byte);
                if byte == b'\n' {
                    break;
                }
            }
            return Some(line.into());
        }
        if self.at == self.text.len() && !self.pull() {
            return None;
        }
        let rest = &self.text[self.at..];
        let length =
            rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |place| place + 1);
        let line = rest[..length].into();
        self.at += length;
        self.line += 1;
        Some(line)
    }

    /// Whether a request begins here: the mark is the first on its line, blanks
    /// aside.
    pub(super) fn at_request(&mut self) -> bool {
        if !self.requests || !self.replacements.is_empty() {
            return false;
        }
        let before =
            self.text[..self.at].trim_end_with(|character| matches!(character, ' ' | '\t'));
        if before.last().is_some_and(|byte| *byte != b'\n') {
            return false;
        }
        let mut ahead = 0;
        while matches!(self.peek_at(ahead), Some(b' ' | b'\t')) {
            ahead += 1;
        }
        // Lines are read whole, so that the mark is there if its first byte is.
        let rest = self.text.get(self.at + ahead..).unwrap_or_default();
        MARKS.iter().any(|mark| rest.starts_with(mark.as_bytes()))
    }

    /// The text after the mark, up to the end of the line.
    pub(super) fn take_request(&mut self) -> BString {
        let mut line = Vec::new();
        while self.peek().is_some_and(|byte| byte != b'\n') {
            line.extend(self.next());
        }
        let line = line.trim();
        let text = MARKS.iter().find_map(|mark| line.strip_prefix(mark.as_bytes()));
        text.unwrap_or(line).trim().into()
    }

    /// Reads an alias's text in place of its name, which is the last of `names`.
    pub(super) fn replace(&mut self, names: Vec<BString>, text: BString, span: Span) {
        self.replacements.push(Replacement { names, text, at: 0, span });
    }

    /// The aliases whose text is being read.
    pub(super) fn replacing(&self) -> Vec<BString> {
        self.replacements.last().map(|replacement| replacement.names.clone()).unwrap_or_default()
    }

    /// Where the next byte stands.
    pub(super) fn position(&self) -> Span {
        match self.replacements.first() {
            Some(outermost) => outermost.span,
            None => Span { start: self.base + self.at, end: self.base + self.at, line: self.line },
        }
    }

    /// The span from `start` to here.
    pub(super) fn span_from(&self, start: Span) -> Span {
        Span { end: self.position().end.max(start.end), ..start }
    }

    /// The text from `start` to here; `None` where an alias is being read.
    pub(super) fn text_from(&self, start: Span) -> Option<BString> {
        let from = start.start.checked_sub(self.base)?;
        let here = self.replacements.is_empty();
        self.text.get(from..self.at).filter(|_| here).map(|text| text.trim().into())
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, line: self.line, replacements: self.replacements.clone() }
    }

    pub(super) fn return_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.line = mark.line;
        self.replacements = mark.replacements;
    }
}

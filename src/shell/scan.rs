//! A line that is being typed, read byte by byte: words, quotations, and what is known of
//! their values without running anything.

use std::ops::Range;

use bstr::ByteSlice;

use super::lexer::is_reserved;
use super::quote::Style;
use super::variable::is_name;

/// What a piece of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The name of a command.
    Command,
    /// A word of the grammar, or an assignment before a command.
    Grammar,
    /// Another word.
    Word,
    /// The file of a redirection; whether its content would be replaced.
    Target(bool),
}

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it is in the line, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// What it means, where that is known without running anything.
    pub value: Option<Vec<u8>>,
    /// The user's name behind a tilde that stands for a home directory.
    pub tilde: Option<String>,
}

/// Whether a word before a command's name is no name: an assignment, or a word of the
/// grammar that a command follows.
pub(super) fn begins_no_command(word: &[u8]) -> bool {
    is_reserved(word) && word != b"case" && word != b"for"
        || word.find_byte(b'=').is_some_and(|place| is_name(&word[..place]))
}

/// A line that is read byte by byte.
#[derive(Default)]
pub(super) struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether words are kept as pieces.
    record: bool,
    pub(super) pieces: Vec<Piece>,
    /// Where the quotation began that is open.
    pub(super) opened: usize,
    pub(super) start: usize,
    pub(super) tilde: bool,
    pub(super) value: Vec<u8>,
    pub(super) mode: Style,
    /// The word has a part whose value is not known.
    pub(super) unknown: bool,
    /// Around the command substitutions that are open: the quotes, the words before, where
    /// the word begins and a quotation does.
    outer: Vec<(Style, Vec<Vec<u8>>, usize, usize)>,
    /// The words of the command so far.
    pub(super) words: Vec<Vec<u8>>,
    /// The word is the file of a redirection.
    pub(super) redirected: bool,
    /// And its content would be replaced.
    replaces: bool,
}

impl Scan<'_> {
    /// Reads a line to its end; `None` where it ends in a comment or with a backslash.
    pub(super) fn read(text: &[u8]) -> Option<Scan<'_>> {
        let mut scan = Scan { text, ..Scan::default() };
        while scan.at < scan.text.len() {
            scan.step()?;
        }
        Some(scan)
    }

    /// Reads a line as far as there are words, and keeps these as pieces.
    pub(super) fn recorded(text: &[u8]) -> Scan<'_> {
        let mut scan = Scan { text, record: true, ..Scan::default() };
        while scan.at < scan.text.len() {
            if scan.step().is_none() {
                return scan;
            }
        }
        scan.end_line();
        scan
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn begin_word(&mut self) {
        self.start = self.at;
        self.tilde = false;
        self.unknown = false;
        self.value.clear();
    }

    /// What ends a word without quotes: a blank, or an operator.
    fn end_word(&mut self, byte: u8) {
        let between = &self.text[self.start..self.at - 1];
        // `2>&1`, `&>file`: neither ends a command.
        let of_redirection = byte == b'&'
            && (self.text[..self.at - 1].ends_with(b">") || self.text.get(self.at) == Some(&b'>'));
        if !between.is_empty() {
            let is_descriptor =
                matches!(byte, b'<' | b'>') && between.iter().all(u8::is_ascii_digit);
            if !is_descriptor {
                self.record(self.at - 1);
            }
            if !self.redirected && !is_descriptor {
                let value = std::mem::take(&mut self.value);
                self.words.push(if self.unknown { Vec::new() } else { value });
            }
            self.redirected = false;
        }
        match byte {
            b'<' | b'>' => {
                // `>>` appends, and `>|` replaces.
                let again = self.text[..self.at - 1].ends_with(b">");
                (self.redirected, self.replaces) = (true, byte == b'>' && !again);
            }
            b'|' if self.redirected && self.text[..self.at - 1].ends_with(b">") => {}
            b' ' | b'\t' => {}
            _ if of_redirection => {}
            _ => {
                self.words.clear();
                self.redirected = false;
            }
        }
    }

    /// Keeps the word that ends at `end` as a piece.
    fn record(&mut self, end: usize) {
        if !self.record {
            return;
        }
        let leading = self.words.iter().all(|word| begins_no_command(word));
        let is_no_name = !self.unknown && begins_no_command(&self.value);
        let kind = match (self.redirected, leading) {
            (true, _) => Kind::Target(self.replaces),
            (false, true) if is_no_name => Kind::Grammar,
            (false, true) => Kind::Command,
            (false, false) => Kind::Word,
        };
        let (tilde, value) = match (self.tilde, self.value.find_byte(b'/')) {
            (true, Some(slash)) => {
                let user = self.value[..slash].to_str_lossy().into_owned();
                (Some(user), self.value[slash..].to_vec())
            }
            _ => (None, self.value.clone()),
        };
        let value = (!self.unknown && self.mode == Style::Bare).then_some(value);
        self.pieces.push(Piece { range: self.start..end, kind, value, tilde });
    }

    /// Ends the line: its last word is one.
    fn end_line(&mut self) {
        if self.at > self.start {
            self.record(self.at);
        }
    }

    fn at_start(&self) -> bool {
        self.start + 1 == self.at
    }

    fn step(&mut self) -> Option<()> {
        let byte = self.next()?;
        match (self.mode, byte) {
            (Style::Single, b'\'') => self.mode = Style::Bare,
            (Style::Single, _) => self.value.push(byte),
            (Style::Double, b'"') => self.mode = Style::Bare,
            (Style::Double, b'\\') => match self.next()? {
                escaped @ (b'$' | b'`' | b'"' | b'\\') => self.value.push(escaped),
                b'\n' => {}
                other => self.value.extend_from_slice(&[b'\\', other]),
            },
            (_, b'$') => self.dollar(),
            (_, b'`') => {
                self.words.clear();
                self.begin_word();
            }
            (Style::Double, _) => self.value.push(byte),
            (Style::Bare, b'\\') => match self.next()? {
                b'\n' => {}
                escaped => self.value.push(escaped),
            },
            (Style::Bare, b'\'' | b'"') => {
                self.mode = if byte == b'"' { Style::Double } else { Style::Single };
                self.opened = self.at - 1;
            }
            (Style::Bare, b')') if !self.outer.is_empty() => {
                self.end_word(byte);
                (self.mode, self.words, self.start, self.opened) =
                    self.outer.pop().unwrap_or_default();
                self.unknown = true;
            }
            (Style::Bare, b'#') if self.at_start() => return None,
            (Style::Bare, b'~') if self.at_start() => self.tilde = true,
            (
                Style::Bare,
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')',
            ) => {
                self.end_word(byte);
                self.begin_word();
            }
            (Style::Bare, _) => self.value.push(byte),
        }
        Some(())
    }

    fn dollar(&mut self) {
        if self.text.get(self.at) == Some(&b'(') {
            self.at += 1;
            let words = std::mem::take(&mut self.words);
            self.outer.push((self.mode, words, self.start, self.opened));
            self.mode = Style::Bare;
            self.begin_word();
        } else {
            // A name, braces or $'…': the value is not known here.
            self.unknown = true;
        }
    }
}

//! Words (XCU 2.2, 2.3): quoting, and where expansions begin.

use bstr::{BString, ByteSlice};

use super::Grammar;
use super::error::SyntaxError;
use crate::shell::syntax::{Assignment, Span, Word, WordPart};
use crate::shell::variable::is_name;

/// In what surroundings parts are read: what is special, and where they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A word of a command: ends at a blank or an operator.
    Word,
    /// Between double quotes.
    DoubleQuoted,
    /// The operand of `${…}` outside double quotes, or a pattern anywhere.
    Operand,
    /// The operand of `${…}` within double quotes or a here-document.
    QuotedOperand,
    /// The body of a here-document: ends with the text.
    Document,
    /// Between `$((` and `))`.
    Arithmetic,
}

impl Mode {
    /// Whether text in it is as if in double quotes.
    pub(super) fn is_quoted(self) -> bool {
        matches!(self, Self::DoubleQuoted | Self::QuotedOperand | Self::Document | Self::Arithmetic)
    }

    /// Whether a backslash escapes this byte.
    fn escapes(self, byte: u8) -> bool {
        match self {
            Self::Word | Self::Operand => true,
            Self::DoubleQuoted => matches!(byte, b'$' | b'`' | b'"' | b'\\'),
            Self::QuotedOperand => matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'}'),
            Self::Document | Self::Arithmetic => matches!(byte, b'$' | b'`' | b'\\'),
        }
    }
}

/// Parts as they are collected: neighbouring literal bytes make one part.
#[derive(Default)]
struct Collector {
    parts: Vec<WordPart>,
    literal: Vec<u8>,
}

impl Collector {
    fn push(&mut self, part: WordPart) {
        self.flush();
        self.parts.push(part);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.parts.push(WordPart::Literal(std::mem::take(&mut self.literal).into()));
        }
    }

    fn finish(mut self) -> Vec<WordPart> {
        self.flush();
        self.parts
    }
}

impl Grammar<'_, '_> {
    /// Reads a word.
    pub(super) fn word(&mut self) -> Result<Word, SyntaxError> {
        let start = self.input.position();
        let mut parts = self.parts(Mode::Word)?;
        mark_tilde(&mut parts);
        Ok(Word { parts, span: self.input.span_from(start) })
    }

    /// Reads parts up to the end that the mode has; the closing byte of quotes
    /// and braces is consumed.
    pub(super) fn parts(&mut self, mode: Mode) -> Result<Vec<WordPart>, SyntaxError> {
        self.nested(|grammar| grammar.parts_within(mode))
    }

    fn parts_within(&mut self, mode: Mode) -> Result<Vec<WordPart>, SyntaxError> {
        let start = self.input.position();
        let mut collector = Collector::default();
        // Open parentheses within an arithmetic expression.
        let mut open = 0_usize;
        loop {
            let Some(byte) = self.input.peek() else {
                return match mode {
                    Mode::Word | Mode::Document => Ok(collector.finish()),
                    Mode::DoubleQuoted => {
                        Err(SyntaxError::incomplete("unterminated double quote", start))
                    }
                    Mode::Operand | Mode::QuotedOperand => {
                        Err(SyntaxError::incomplete("missing \"}\" after \"${\"", start))
                    }
                    Mode::Arithmetic => {
                        Err(SyntaxError::incomplete("missing \"))\" after \"$((\"", start))
                    }
                };
            };
            match byte {
                b'\\' => self.backslash(mode, &mut collector),
                b'$' => self.dollar(mode, &mut collector)?,
                b'`' => {
                    let substitution = self.backquotes(mode)?;
                    collector.push(substitution);
                }
                b'<' | b'>' if mode == Mode::Word && self.input.peek_at(1) == Some(b'(') => {
                    let start = self.input.position();
                    self.input.next();
                    self.input.next();
                    self.nested(Self::substituted_commands)?;
                    let form = self.unsupported("process substitution", start);
                    collector.push(WordPart::Unsupported(form));
                }
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' if mode == Mode::Word => {
                    return Ok(collector.finish());
                }
                b'(' if mode == Mode::Word && begins_array(&collector) => {
                    let start = self.input.position();
                    self.input.next();
                    self.array_words(start)?;
                    let form = self.unsupported("an array", start);
                    collector.push(WordPart::Unsupported(form));
                }
                b'(' | b')' if mode == Mode::Word => return Ok(collector.finish()),
                b'\'' if matches!(mode, Mode::Word | Mode::Operand) => {
                    let text = self.single_quoted()?;
                    collector.push(WordPart::SingleQuoted(text));
                }
                b'"' if mode == Mode::DoubleQuoted => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                // The quotes of an operand within double quotes quote it again.
                b'"' if matches!(mode, Mode::Word | Mode::Operand | Mode::QuotedOperand) => {
                    self.input.next();
                    let parts = self.parts(Mode::DoubleQuoted)?;
                    collector.push(WordPart::DoubleQuoted(parts));
                }
                // As in dash and bash, double quotes in arithmetic do nothing.
                b'"' if mode == Mode::Arithmetic => {
                    self.input.next();
                }
                b'}' if matches!(mode, Mode::Operand | Mode::QuotedOperand) => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                b'(' if mode == Mode::Arithmetic => {
                    open += 1;
                    self.input.next();
                    collector.literal.push(byte);
                }
                b')' if mode == Mode::Arithmetic => {
                    self.input.next();
                    if open == 0 {
                        if self.input.peek_joined() == Some(b')') {
                            self.input.next();
                            return Ok(collector.finish());
                        }
                        return Err(match self.input.peek() {
                            Some(_) => SyntaxError::new(NOT_ARITHMETIC, start),
                            None => SyntaxError::incomplete(NOT_ARITHMETIC, start),
                        });
                    }
                    open -= 1;
                    collector.literal.push(byte);
                }
                byte => {
                    self.input.next();
                    collector.literal.push(byte);
                }
            }
        }
    }

    fn backslash(&mut self, mode: Mode, collector: &mut Collector) {
        self.input.next();
        match self.input.peek() {
            Some(b'\n') => {
                self.input.next();
            }
            Some(next) if mode.escapes(next) => {
                self.input.next();
                if mode.is_quoted() {
                    collector.literal.push(next);
                } else {
                    collector.push(WordPart::Escaped(next));
                }
            }
            // A backslash at the end of input stands for itself.
            None if !mode.is_quoted() => {
                self.cut = true;
                collector.push(WordPart::Escaped(b'\\'));
            }
            _ => collector.literal.push(b'\\'),
        }
    }

    fn dollar(&mut self, mode: Mode, collector: &mut Collector) -> Result<(), SyntaxError> {
        if !mode.is_quoted() && self.input.peek_at(1) == Some(b'\'') {
            self.input.next();
            self.input.next();
            let text = self.dollar_single_quoted()?;
            collector.push(WordPart::DollarSingleQuoted(text));
            return Ok(());
        }
        match self.dollar_expansion(mode)? {
            Some(part) => collector.push(part),
            None => collector.literal.push(b'$'),
        }
        Ok(())
    }

    fn single_quoted(&mut self) -> Result<BString, SyntaxError> {
        let start = self.input.position();
        self.input.next();
        let mut text = Vec::new();
        loop {
            match self.input.next() {
                Some(b'\'') => return Ok(text.into()),
                Some(byte) => text.push(byte),
                None => return Err(SyntaxError::incomplete("unterminated single quote", start)),
            }
        }
    }

    /// `$'…'` (XCU 2.2.4 of POSIX.1-2024).
    fn dollar_single_quoted(&mut self) -> Result<BString, SyntaxError> {
        let start = self.input.position();
        let mut text = Vec::new();
        loop {
            match self.input.next() {
                Some(b'\'') => {
                    // What follows a NUL is unspecified; like bash, it ends there.
                    let end = text.find_byte(0).unwrap_or(text.len());
                    text.truncate(end);
                    return Ok(text.into());
                }
                Some(b'\\') => self.escape(&mut text),
                Some(byte) => text.push(byte),
                None => return Err(SyntaxError::incomplete("unterminated \"$'\"", start)),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(letter) = self.input.next() else { return };
        let byte = match letter {
            b'a' => 7,
            b'b' => 8,
            b'e' | b'E' => 27,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => letter,
            b'c' => match self.input.next() {
                Some(b'\\') => {
                    self.input.eat(b'\\');
                    28
                }
                Some(control) => control.to_ascii_uppercase() & 0x1f,
                None => return,
            },
            b'x' => match self.number(16, 2) {
                Some(number) => u8::try_from(number & 0xff).unwrap_or(0),
                None => {
                    text.extend_from_slice(b"\\x");
                    return;
                }
            },
            b'u' | b'U' => {
                match self.number(16, if letter == b'u' { 4 } else { 8 }) {
                    Some(number) => {
                        let character =
                            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => text.extend_from_slice(&[b'\\', letter]),
                }
                return;
            }
            b'0'..=b'7' => {
                let mut number = u32::from(letter - b'0');
                for _ in 0..2 {
                    match self.input.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            self.input.next();
                            number = number * 8 + u32::from(digit - b'0');
                        }
                        _ => break,
                    }
                }
                u8::try_from(number & 0xff).unwrap_or(0)
            }
            other => {
                text.push(b'\\');
                other
            }
        };
        text.push(byte);
    }

    fn number(&mut self, radix: u32, digits: usize) -> Option<u32> {
        let mut number = None;
        for _ in 0..digits {
            let Some(digit) = self.input.peek().and_then(|byte| char::from(byte).to_digit(radix))
            else {
                break;
            };
            self.input.next();
            number = Some(number.unwrap_or(0_u32).wrapping_mul(radix).wrapping_add(digit));
        }
        number
    }
}

/// Whether a word so far is `name=` or `name+=`: a parenthesis begins an array of other
/// shells there.
fn begins_array(collector: &Collector) -> bool {
    collector.parts.is_empty()
        && collector
            .literal
            .strip_suffix(b"=")
            .is_some_and(|name| is_name(name.strip_suffix(b"+").unwrap_or(name)))
}

/// The message by which the caller knows that `$((` began no expression.
pub(super) const NOT_ARITHMETIC: &str = "missing \"))\" after \"$((\"";

/// Makes a tilde at the start of a word a part of its own (XCU 2.6.1).
pub(super) fn mark_tilde(parts: &mut Vec<WordPart>) {
    let alone = parts.len() == 1;
    let Some(WordPart::Literal(text)) = parts.first() else { return };
    if let Some((name, rest)) = tilde(text, alone, b"/") {
        parts.splice(..1, tilde_parts(name, rest));
    }
}

/// Splits `~name` from what follows. Before a quoted or expanded part the name
/// would go on, and then it is no tilde prefix.
fn tilde(text: &[u8], ends_word: bool, ends: &[u8]) -> Option<(BString, BString)> {
    let after = text.strip_prefix(b"~")?;
    let end = after.iter().position(|byte| ends.contains(byte));
    if end.is_none() && !ends_word {
        return None;
    }
    let (name, rest) = after.split_at(end.unwrap_or(after.len()));
    let portable = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(byte));
    portable.then(|| (name.into(), rest.into()))
}

fn tilde_parts(name: BString, rest: BString) -> impl Iterator<Item = WordPart> {
    let rest = (!rest.is_empty()).then_some(WordPart::Literal(rest));
    std::iter::once(WordPart::Tilde(name)).chain(rest)
}

/// Reads a word as an assignment `name=value` (XCU 2.10.2, rule 7), with tildes
/// after `=` and unquoted colons.
pub(crate) fn split_assignment(word: &Word) -> Option<Assignment> {
    let Some(WordPart::Literal(first)) = word.parts.first() else { return None };
    let equals = first.find_byte(b'=')?;
    if !is_name(&first[..equals]) {
        return None;
    }
    let mut parts = Vec::with_capacity(word.parts.len());
    let last = word.parts.len() - 1;
    for (index, part) in word.parts.iter().enumerate() {
        match part {
            WordPart::Literal(text) if index == 0 => {
                colon_tildes(&text[equals + 1..], true, last == 0, &mut parts)
            }
            WordPart::Literal(text) => colon_tildes(text, false, index == last, &mut parts),
            part => parts.push(part.clone()),
        }
    }
    let value = Word { parts, span: Span { start: word.span.start + equals + 1, ..word.span } };
    Some(Assignment { name: first[..equals].into(), value, span: word.span })
}

fn colon_tildes(text: &[u8], at_start: bool, ends_word: bool, parts: &mut Vec<WordPart>) {
    let mut literal: Vec<u8> = Vec::new();
    let mut pieces = text.split(|byte| *byte == b':').peekable();
    let mut may_be_tilde = at_start;
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        match tilde(piece, !last || ends_word, b"/").filter(|_| may_be_tilde) {
            Some((name, rest)) => {
                if !literal.is_empty() {
                    parts.push(WordPart::Literal(std::mem::take(&mut literal).into()));
                }
                parts.push(WordPart::Tilde(name));
                literal.extend_from_slice(&rest);
            }
            None => literal.extend_from_slice(piece),
        }
        if !last {
            literal.push(b':');
        }
        may_be_tilde = true;
    }
    if !literal.is_empty() {
        parts.push(WordPart::Literal(literal.into()));
    }
}

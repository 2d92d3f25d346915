//! Words (XCU 2.2, 2.3): quoting, and where expansions begin.

use std::rc::Rc;

use bstr::BString;

use super::Grammar;
use super::array::begins_array;
use super::assignment::mark_tilde;
use super::collector::Collector;
use super::error::SyntaxError;
use super::mode::{Mode, NOT_ARITHMETIC};
use crate::shell::syntax::{ProcessSubstitution, Word, WordPart};

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
        // Open parentheses within an expression, and `?` without their `:`.
        let (mut open, mut choices) = (0_usize, 0_usize);
        loop {
            let Some(byte) = self.input.peek() else {
                return match mode.missing() {
                    None => Ok(collector.finish()),
                    Some(what) => Err(SyntaxError::incomplete(what, start)),
                };
            };
            match byte {
                b'\\' => self.backslash(mode, &mut collector),
                b'$' => self.dollar(mode, &mut collector)?,
                b'`' => {
                    let substitution = self.backquotes(mode)?;
                    collector.push(substitution);
                }
                b'\'' if mode.has_quotes() => {
                    let text = self.single_quoted()?;
                    collector.push(WordPart::SingleQuoted(text));
                }
                b'"' if mode == Mode::DoubleQuoted => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                // The quotes of an operand within double quotes quote it again.
                b'"' if mode.has_quotes() || mode == Mode::QuotedOperand => {
                    self.input.next();
                    let parts = self.parts(Mode::DoubleQuoted)?;
                    collector.push(WordPart::DoubleQuoted(parts));
                }
                // As in dash and bash, double quotes in arithmetic do nothing.
                b'"' if mode.is_expression() => {
                    self.input.next();
                }
                b'<' | b'>'
                    if matches!(mode, Mode::Word | Mode::Expression)
                        && self.input.peek_at(1) == Some(b'(') =>
                {
                    collector.push(self.process_substitution()?);
                }
                b'?' | b'*' | b'+' | b'@' | b'!'
                    if matches!(mode, Mode::Word | Mode::Group) && self.begins_group(byte) =>
                {
                    self.input.next();
                    self.input.next();
                    collector.literal.extend_from_slice(&[byte, b'(']);
                    let parts = self.parts(Mode::Group)?;
                    collector.extend(parts);
                    collector.literal.push(b')');
                }
                b'[' if mode == Mode::Word && self.begins_key(&collector) => {
                    if let Some(key) = self.key()? {
                        collector.push(WordPart::Key(key));
                    } else {
                        self.input.next();
                        collector.literal.push(byte);
                    }
                }
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' if mode == Mode::Word => {
                    return Ok(collector.finish());
                }
                b' ' | b'\t' | b'\n' if mode == Mode::Expression && open == 0 => {
                    return Ok(collector.finish());
                }
                // `[[ (a =~ b) ]]`: the parenthesis is that of the test.
                b')' if mode == Mode::Expression && open == 0 && !collector.is_empty() => {
                    return Ok(collector.finish());
                }
                b'(' if mode == Mode::Word && begins_array(&collector) => {
                    let start = self.input.position();
                    self.input.next();
                    let elements = self.array_elements(start)?;
                    collector.push(WordPart::Array(elements));
                }
                b'(' | b')' if mode == Mode::Word => return Ok(collector.finish()),
                b')' if mode == Mode::Group && open == 0 => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                b']' if matches!(mode, Mode::Subscript | Mode::Brackets) && open == 0 => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                b'}' if matches!(mode, Mode::Operand | Mode::QuotedOperand) => {
                    self.input.next();
                    return Ok(collector.finish());
                }
                b'/' | b'}' if mode == Mode::Pattern => return Ok(collector.finish()),
                b'}' if mode == Mode::Offset && open == 0 => return Ok(collector.finish()),
                b':' if mode == Mode::Offset && open == 0 && choices == 0 => {
                    return Ok(collector.finish());
                }
                b';' if mode == Mode::Clause && open == 0 => return Ok(collector.finish()),
                b')' if mode == Mode::Clause && open == 0 => return Ok(collector.finish()),
                b')' if mode == Mode::Arithmetic && open == 0 => {
                    self.input.next();
                    if self.input.peek_joined() == Some(b')') {
                        self.input.next();
                        return Ok(collector.finish());
                    }
                    return Err(match self.input.peek() {
                        Some(_) => SyntaxError::new(NOT_ARITHMETIC, start),
                        None => SyntaxError::incomplete(NOT_ARITHMETIC, start),
                    });
                }
                byte => {
                    match (mode, byte) {
                        (Mode::Subscript | Mode::Brackets, b'[') | (_, b'(') => open += 1,
                        (Mode::Subscript | Mode::Brackets, b']') | (_, b')') => {
                            open = open.saturating_sub(1)
                        }
                        (Mode::Offset, b'?') => choices += 1,
                        (Mode::Offset, b':') => choices = choices.saturating_sub(1),
                        _ => {}
                    }
                    self.input.next();
                    collector.literal.push(byte);
                }
            }
        }
    }

    /// Whether a byte begins an extended pattern: `@(`, and `!(` where it is no negation.
    fn begins_group(&mut self, byte: u8) -> bool {
        let dialect = self.input.dialect;
        !dialect.posix
            && self.input.peek_at(1) == Some(b'(')
            // `f?()` is the name of a function.
            && self.input.peek_at(2) != Some(b')')
            && (byte != b'!' || dialect.extended_patterns)
    }

    /// Reads `<(…)` or `>(…)`.
    fn process_substitution(&mut self) -> Result<WordPart, SyntaxError> {
        let start = self.input.position();
        let is_input = self.input.next() == Some(b'>');
        self.input.next();
        let body = self.nested(Self::substituted_commands)?;
        Ok(WordPart::ProcessSubstitution(ProcessSubstitution {
            body: Rc::new(body),
            is_input,
            span: self.input.span_from(start),
        }))
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
        // `$"…"` is to be translated, to which there is nothing here.
        if mode.has_quotes() && !self.input.dialect.posix && self.input.peek_at(1) == Some(b'"') {
            self.input.next();
            return Ok(());
        }
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
}

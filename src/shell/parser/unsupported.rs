//! Forms of other shells that are read here and refused when they are reached: a
//! script that never reaches one runs.

use bstr::BString;

use super::Grammar;
use super::error::SyntaxError;
use super::token::{Operator, Token};
use super::word::Mode;
use crate::shell::syntax::{Command, CompoundKind, Span, Unsupported};

/// Words that other shells reserve and llmsh does not have yet.
const WORDS: &[(&[u8], &str)] =
    &[(b"[[", "\"[[\""), (b"select", "\"select\""), (b"coproc", "\"coproc\"")];

/// Whether the word begins a form of other shells in command position.
pub(crate) fn begins_form(word: &[u8]) -> bool {
    word == b"function" || WORDS.iter().any(|(known, _)| *known == word)
}

impl Grammar<'_, '_> {
    /// Reads the form that begins with the next word, if there is one.
    pub(super) fn unsupported_command(
        &mut self,
        start: Span,
    ) -> Result<Option<Command>, SyntaxError> {
        let Some(text) = self.peek()?.literal() else { return Ok(None) };
        let Some((word, form)) = WORDS.iter().find(|(word, _)| text == word) else {
            return Ok(None);
        };
        self.take()?;
        match *word {
            b"[[" => self.test_expression(start)?,
            b"select" => drop(self.for_words("select", start)?),
            _ => drop(self.command()?),
        }
        let kind = CompoundKind::Unsupported(self.unsupported(form, start));
        self.compound(kind, start).map(Some)
    }

    /// What stands between `[[` and `]]`.
    fn test_expression(&mut self, start: Span) -> Result<(), SyntaxError> {
        loop {
            let (token, _) = self.take()?;
            match token {
                Token::End => return Err(SyntaxError::incomplete("missing \"]]\"", start)),
                token if token.literal().is_some_and(|text| text == "]]") => return Ok(()),
                _ => {}
            }
        }
    }

    /// `((…))` as a command, behind its first parenthesis. `None`: it is a subshell
    /// within a subshell.
    pub(super) fn arithmetic_command(
        &mut self,
        start: Span,
    ) -> Result<Option<CompoundKind>, SyntaxError> {
        let mark = self.input.mark();
        self.input.next();
        let result = self.parts(Mode::Arithmetic);
        let after = self.input.peek();
        if let Ok(parts) = result
            && matches!(after, None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')'))
            && super::compound::looks_arithmetic(&parts)
        {
            return Ok(Some(CompoundKind::Unsupported(self.unsupported("\"((\"", start))));
        }
        self.input.return_to(mark);
        Ok(None)
    }

    /// `for ((…;…;…))`, behind its first parenthesis.
    pub(super) fn arithmetic_for(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.input.next();
        self.parts(Mode::Arithmetic)?;
        if !self.eat(Operator::Semicolon)? {
            self.skip_newlines()?;
        }
        while *self.peek_with_reserved(&[b"do"])? == Token::Newline {
            self.take()?;
        }
        self.do_group(&"for".into(), start)?;
        Ok(CompoundKind::Unsupported(self.unsupported("\"for ((\"", start)))
    }

    /// The words of an array behind `name=(`, up to and with the closing parenthesis.
    pub(super) fn array_words(&mut self, start: Span) -> Result<(), SyntaxError> {
        loop {
            match self.input.peek_joined() {
                None => return Err(SyntaxError::incomplete("missing \")\" after \"=(\"", start)),
                Some(b')') => {
                    self.input.next();
                    return Ok(());
                }
                Some(b' ' | b'\t' | b'\n') => drop(self.input.next()),
                Some(b'#') => {
                    while self.input.peek().is_some_and(|byte| byte != b'\n') {
                        self.input.next();
                    }
                }
                Some(b';' | b'&' | b'|' | b'<' | b'>' | b'(') => {
                    return Err(SyntaxError::new("a word of an array is expected", start));
                }
                Some(_) => drop(self.parts(Mode::Word)?),
            }
        }
    }

    /// The form from `start` to here.
    pub(super) fn unsupported(&self, form: &'static str, start: Span) -> Unsupported {
        let text = self.input.text_from(start).unwrap_or_else(|| BString::from(form));
        Unsupported { form: form.into(), text }
    }
}

//! Elements of arrays (bash, Arrays): keys before `=`, and `name=(…)`.

use super::Grammar;
use super::collector::Collector;
use super::error::SyntaxError;
use super::mode::Mode;
use crate::shell::lexer::Form;
use crate::shell::syntax::{Element, Span, Word};
use crate::shell::variable::is_name;

impl Grammar<'_, '_> {
    /// Whether a bracket may begin a subscript: it follows a name that begins the word,
    /// and `]=` or `]+=` is on the line.
    pub(super) fn begins_key(&mut self, collector: &Collector) -> bool {
        !self.input.dialect.posix
            && collector.parts.is_empty()
            && is_name(&collector.literal)
            && self.has_key_ahead()
    }

    fn has_key_ahead(&mut self) -> bool {
        let mut ahead = 1;
        loop {
            match self.input.peek_at(ahead) {
                None | Some(b'\n') => return false,
                Some(b']') => {
                    match (self.input.peek_at(ahead + 1), self.input.peek_at(ahead + 2)) {
                        (Some(b'='), _) | (Some(b'+'), Some(b'=')) => return true,
                        _ => {}
                    }
                }
                Some(_) => {}
            }
            ahead += 1;
        }
    }

    /// Reads `[key]` where `=` or `+=` follows; nothing, and nothing is consumed, where it
    /// is something else.
    pub(super) fn key(&mut self) -> Result<Option<Word>, SyntaxError> {
        if self.input.is_refused(Form::Key) {
            return Ok(None);
        }
        let mark = self.input.mark();
        let start = self.input.position();
        self.input.next();
        let parts = match self.parts(Mode::Subscript) {
            Ok(parts) => parts,
            Err(_) => {
                self.input.return_to(mark);
                self.input.refuse(Form::Key);
                return Ok(None);
            }
        };
        let assigns = match self.input.peek() {
            Some(b'=') => true,
            Some(b'+') => self.input.peek_at(1) == Some(b'='),
            _ => false,
        };
        if !assigns {
            self.input.return_to(mark);
            self.input.refuse(Form::Key);
            return Ok(None);
        }
        Ok(Some(Word { parts, span: self.input.span_from(start) }))
    }

    /// The elements of an array behind `name=(`, up to and with the closing parenthesis.
    pub(super) fn array_elements(&mut self, start: Span) -> Result<Vec<Element>, SyntaxError> {
        // No command begins here, so `!(` is a pattern.
        let outer = self.input.dialect;
        self.input.dialect.extended_patterns = true;
        let elements = self.elements_up_to_end(start);
        self.input.dialect = outer;
        elements
    }

    fn elements_up_to_end(&mut self, start: Span) -> Result<Vec<Element>, SyntaxError> {
        let mut elements = Vec::new();
        loop {
            match self.input.peek_joined() {
                None => return Err(SyntaxError::incomplete("missing \")\" after \"=(\"", start)),
                Some(b')') => {
                    self.input.next();
                    return Ok(elements);
                }
                Some(b' ' | b'\t' | b'\n') => drop(self.input.next()),
                Some(b'#') => {
                    while self.input.peek().is_some_and(|byte| byte != b'\n') {
                        self.input.next();
                    }
                }
                Some(b'<' | b'>') if self.input.peek_at(1) == Some(b'(') => {
                    let value = self.word()?;
                    elements.push(Element { key: None, append: false, value });
                }
                Some(b';' | b'&' | b'|' | b'<' | b'>' | b'(') => {
                    return Err(SyntaxError::new("a word of an array is expected", start));
                }
                Some(b'[') if self.has_key_ahead() => {
                    let key = self.key()?;
                    let append = key.is_some() && self.input.eat(b'+');
                    if key.is_some() {
                        self.input.next();
                    }
                    let value = self.word()?;
                    elements.push(Element { key, append, value });
                }
                Some(_) => {
                    let value = self.word()?;
                    elements.push(Element { key: None, append: false, value });
                }
            }
        }
    }
}

/// Whether a word so far is `name=` or `name+=`: a parenthesis begins the elements of an
/// array there.
pub(super) fn begins_array(collector: &Collector) -> bool {
    collector.parts.is_empty()
        && collector
            .literal
            .strip_suffix(b"=")
            .is_some_and(|name| is_name(name.strip_suffix(b"+").unwrap_or(name)))
}

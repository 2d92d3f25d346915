//! What begins with `$` or a backquote (XCU 2.6).

use std::rc::Rc;

use bstr::BString;

use super::Grammar;
use super::error::SyntaxError;
use super::mode::{Mode, NOT_ARITHMETIC};
use super::token::{Operator, Token};
use crate::shell::lexer::{Form, Input, TextSource};
use crate::shell::syntax::{
    ArithmeticExpansion, Case, CommandSubstitution, List, Modifier, Parameter, ParameterExpansion,
    Place, Span, Subscript, SubstitutionKind, Unsupported, Word, WordPart,
};

impl Grammar<'_, '_> {
    /// Reads an expansion at `$`; `None` when the dollar stands for itself.
    pub(super) fn dollar_expansion(&mut self, mode: Mode) -> Result<Option<WordPart>, SyntaxError> {
        let start = self.input.position();
        self.input.next();
        let plain = |parameter, grammar: &Self| {
            Some(WordPart::Parameter(ParameterExpansion {
                parameter,
                modifier: Modifier::None,
                indirect: false,
                braced: false,
                span: grammar.input.span_from(start),
            }))
        };
        match self.input.peek_joined() {
            Some(b'{') if self.begins_commands() => {
                self.input.next();
                self.commands_here(start).map(Some)
            }
            Some(b'{') => {
                self.input.next();
                match self.nested(|grammar| grammar.braced(mode)) {
                    Ok(mut expansion) => {
                        expansion.span = self.input.span_from(start);
                        Ok(Some(WordPart::Parameter(expansion)))
                    }
                    // What it would mean is asked when it is reached; its end is here.
                    Err(error) if error.unsupported => {
                        self.rest_of_braces(mode)?;
                        let text = self.input.text_from(start).unwrap_or_else(|| "${…}".into());
                        let form = format!("{text}: {}", error.message).into();
                        Ok(Some(WordPart::Unsupported(Unsupported { form, text })))
                    }
                    Err(error) => Err(error),
                }
            }
            Some(b'(') => {
                self.input.next();
                if self.input.peek_joined() == Some(b'(')
                    && let Some(part) = self.arithmetic()?
                {
                    return Ok(Some(part));
                }
                let body = self.nested(Self::substituted_commands)?;
                Ok(Some(WordPart::CommandSubstitution(CommandSubstitution {
                    body: Rc::new(body),
                    kind: SubstitutionKind::Dollar,
                    span: self.input.span_from(start),
                })))
            }
            // `$[…]`, which bash still reads.
            Some(b'[') if !self.input.dialect.posix => {
                self.input.next();
                let parts = self.parts(Mode::Brackets)?;
                let span = self.input.span_from(start);
                Ok(Some(WordPart::Arithmetic(ArithmeticExpansion { parts, span })))
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let name = self.name();
                Ok(plain(Parameter::Variable(name.into()), self))
            }
            Some(digit) if digit.is_ascii_digit() => {
                self.input.next();
                Ok(plain(Parameter::Positional(usize::from(digit - b'0')), self))
            }
            Some(special) if is_special(special) => {
                self.input.next();
                Ok(plain(Parameter::Special(special), self))
            }
            _ => Ok(None),
        }
    }

    /// Whether `{` begins commands of bash 5.3: a blank or a bar follows it.
    fn begins_commands(&mut self) -> bool {
        !self.input.dialect.posix
            && matches!(self.input.peek_joined_at(1), Some(b' ' | b'\t' | b'\n' | b'|'))
    }

    /// Reads `${ …; }` or `${| …; }` behind the brace.
    fn commands_here(&mut self, start: Span) -> Result<WordPart, SyntaxError> {
        let kind =
            if self.input.eat(b'|') { SubstitutionKind::Reply } else { SubstitutionKind::Here };
        let body = self.nested(|grammar| {
            let outer = grammar.lookahead.take();
            let documents = std::mem::take(&mut grammar.documents);
            let list = grammar.optional_list()?;
            if !grammar.eat_reserved("}")? {
                return Err(grammar.unexpected("\"}\" for the \"${\""));
            }
            grammar.lookahead = outer;
            grammar.documents.splice(..0, documents);
            Ok(list)
        })?;
        Ok(WordPart::CommandSubstitution(CommandSubstitution {
            body: Rc::new(body),
            kind,
            span: self.input.span_from(start),
        }))
    }

    fn name(&mut self) -> Vec<u8> {
        let mut name = Vec::new();
        while let Some(byte) = self.input.peek_joined()
            && (byte.is_ascii_alphanumeric() || byte == b'_')
        {
            self.input.next();
            name.push(byte);
        }
        name
    }

    /// Reads `${…}` after the brace.
    fn braced(&mut self, mode: Mode) -> Result<ParameterExpansion, SyntaxError> {
        let start = self.input.position();
        let done = |parameter, modifier, indirect| {
            Ok(ParameterExpansion { parameter, modifier, indirect, braced: true, span: start })
        };
        let bash = !self.input.dialect.posix;
        let indirect = bash
            && self.input.peek_joined() == Some(b'!')
            && match self.input.peek_joined_at(1) {
                Some(b'#') => self.input.peek_joined_at(2) == Some(b'}'),
                Some(b'@' | b'*') => true,
                Some(byte) => is_name_byte(byte),
                None => false,
            };
        if indirect {
            self.input.next();
        }
        if !indirect && self.input.peek_joined() == Some(b'#') && self.is_length() {
            self.input.next();
            let parameter = self.parameter()?;
            return if self.input.peek_joined() == Some(b'}') {
                self.input.next();
                done(parameter, Modifier::Length, false)
            } else {
                Err(self.bad_substitution())
            };
        }
        let parameter = self.parameter()?;
        let Some(byte) = self.input.peek_joined() else {
            return Err(SyntaxError::incomplete("missing \"}\" after \"${\"", start));
        };
        if indirect && let Some(modifier) = self.names_or_keys(&parameter, byte) {
            return done(parameter, modifier, false);
        }
        self.input.next();
        let colon = byte == b':';
        let operator = if colon {
            match self.input.peek_joined() {
                Some(operator @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.input.next();
                    operator
                }
                _ if bash => {
                    let modifier = self.slice()?;
                    return done(parameter, modifier, indirect);
                }
                _ => return Err(self.bad_substitution()),
            }
        } else {
            byte
        };
        let modifier = match operator {
            b'}' => Modifier::None,
            b'-' => Modifier::Default { colon, word: self.operand(mode)? },
            b'=' => Modifier::Assign { colon, word: self.operand(mode)? },
            b'?' => Modifier::Error { colon, word: self.operand(mode)? },
            b'+' => Modifier::Alternative { colon, word: self.operand(mode)? },
            b'#' | b'%' => {
                let longest = self.input.peek_joined() == Some(operator);
                if longest {
                    self.input.next();
                }
                let pattern = self.operand_in(Mode::Operand)?;
                if operator == b'#' {
                    Modifier::RemovePrefix { longest, pattern }
                } else {
                    Modifier::RemoveSuffix { longest, pattern }
                }
            }
            b'/' if bash => self.replacement()?,
            b'^' | b',' | b'~' if bash => {
                let change = match operator {
                    b'^' => Case::Upper,
                    b',' => Case::Lower,
                    _ => Case::Toggle,
                };
                let all = self.input.eat(operator);
                Modifier::Case { change, all, pattern: self.operand_in(Mode::Operand)? }
            }
            b'@' if bash => {
                let letter = self.input.peek_joined().filter(|byte| b"QEPAKkaUuL".contains(byte));
                let (Some(letter), Some(b'}')) = (letter, self.input.peek_joined_at(1)) else {
                    return Err(self.bad_substitution());
                };
                self.input.next();
                self.input.next();
                Modifier::Transform(letter)
            }
            _ => return Err(self.bad_substitution()),
        };
        done(parameter, modifier, indirect)
    }

    /// What `${!…}` asks for beside a value: the names that begin so, or the keys; with
    /// the brace.
    fn names_or_keys(&mut self, parameter: &Parameter, next: u8) -> Option<Modifier> {
        match (parameter, next) {
            (Parameter::Variable(_), b'@' | b'*') if self.input.peek_joined_at(1) == Some(b'}') => {
                self.input.next();
                self.input.next();
                Some(Modifier::Names { joined: next == b'*' })
            }
            (Parameter::Element { subscript: Subscript::All | Subscript::Joined, .. }, b'}') => {
                self.input.next();
                Some(Modifier::Keys)
            }
            _ => None,
        }
    }

    /// Reads `offset}` or `offset:length}`.
    fn slice(&mut self) -> Result<Modifier, SyntaxError> {
        let offset = self.expression(Mode::Offset)?;
        let length = if self.input.eat(b':') { Some(self.expression(Mode::Offset)?) } else { None };
        if offset.parts.is_empty() && length.is_none() || !self.input.eat(b'}') {
            return Err(self.bad_substitution());
        }
        Ok(Modifier::Slice { offset, length })
    }

    /// Reads an expression up to what ends the mode.
    pub(super) fn expression(&mut self, mode: Mode) -> Result<ArithmeticExpansion, SyntaxError> {
        let start = self.input.position();
        let parts = self.parts(mode)?;
        Ok(ArithmeticExpansion { parts, span: self.input.span_from(start) })
    }

    /// Reads `pattern}` or `pattern/text}` behind the first slash.
    fn replacement(&mut self) -> Result<Modifier, SyntaxError> {
        let place = match self.input.peek_joined() {
            Some(b'/') => Place::All,
            Some(b'#') => Place::Start,
            Some(b'%') => Place::End,
            _ => Place::First,
        };
        if place != Place::First {
            self.input.next();
        }
        let start = self.input.position();
        let mut parts = self.parts(Mode::Pattern)?;
        super::assignment::mark_tilde(&mut parts);
        let pattern = Word { parts, span: self.input.span_from(start) };
        // Quotation marks quote in it, as in the pattern, within double quotes too.
        let text = if self.input.eat(b'/') { Some(self.operand_in(Mode::Operand)?) } else { None };
        if text.is_none() {
            self.input.eat(b'}');
        }
        Ok(Modifier::Replace { place, pattern, text })
    }

    /// Skips to the brace that closes an expansion.
    fn rest_of_braces(&mut self, mode: Mode) -> Result<(), SyntaxError> {
        self.operand(mode).map(drop)
    }

    fn bad_substitution(&self) -> SyntaxError {
        SyntaxError::deferred("bad substitution", self.input.position())
    }

    /// Whether the `#` after `${` asks for a length; else it is `$#` itself.
    fn is_length(&mut self) -> bool {
        match (self.input.peek_joined_at(1), self.input.peek_joined_at(2)) {
            (Some(byte), _) if is_name_byte(byte) => true,
            (Some(b'@' | b'*' | b'$' | b'!'), _) => true,
            (Some(b'?' | b'-' | b'#'), Some(b'}')) => true,
            _ => false,
        }
    }

    fn parameter(&mut self) -> Result<Parameter, SyntaxError> {
        match self.input.peek_joined() {
            Some(digit) if digit.is_ascii_digit() => {
                let digits = self.name();
                std::str::from_utf8(&digits)
                    .ok()
                    .and_then(|text| text.parse().ok())
                    .map(Parameter::Positional)
                    .ok_or_else(|| self.bad_substitution())
            }
            Some(byte) if is_name_byte(byte) => {
                let name = BString::from(self.name());
                if !self.input.dialect.posix && self.input.peek_joined() == Some(b'[') {
                    let subscript = self.subscript()?;
                    return Ok(Parameter::Element { name, subscript });
                }
                Ok(Parameter::Variable(name))
            }
            Some(special) if is_special(special) => {
                self.input.next();
                Ok(Parameter::Special(special))
            }
            None => {
                Err(SyntaxError::incomplete("missing \"}\" after \"${\"", self.input.position()))
            }
            Some(_) => Err(self.bad_substitution()),
        }
    }

    /// Reads `[…]` behind a name.
    fn subscript(&mut self) -> Result<Subscript, SyntaxError> {
        let start = self.input.position();
        self.input.next();
        let parts = self.parts(Mode::Subscript)?;
        Ok(match parts.as_slice() {
            [] => return Err(self.bad_substitution()),
            [WordPart::Literal(text)] if text == "@" => Subscript::All,
            [WordPart::Literal(text)] if text == "*" => Subscript::Joined,
            _ => Subscript::Key(Word { parts, span: self.input.span_from(start) }),
        })
    }

    /// The operand of `-`, `=`, `?`, `+`: quoted as what is around it.
    fn operand(&mut self, mode: Mode) -> Result<Word, SyntaxError> {
        self.operand_in(if mode.is_quoted() { Mode::QuotedOperand } else { Mode::Operand })
    }

    fn operand_in(&mut self, mode: Mode) -> Result<Word, SyntaxError> {
        let start = self.input.position();
        let mut parts = self.parts(mode)?;
        if mode == Mode::Operand {
            super::assignment::mark_tilde(&mut parts);
        }
        Ok(Word { parts, span: self.input.span_from(start) })
    }

    /// Reads `$((…))` after `$(`, where a second parenthesis follows; `None`
    /// when it is a subshell in a command substitution instead (XCU 2.6.3).
    fn arithmetic(&mut self) -> Result<Option<WordPart>, SyntaxError> {
        if self.input.is_refused(Form::Expansion) {
            return Ok(None);
        }
        let start = self.input.position();
        let mark = self.input.mark();
        self.input.next();
        match self.parts(Mode::Arithmetic) {
            Ok(parts) => Ok(Some(WordPart::Arithmetic(ArithmeticExpansion {
                parts,
                span: self.input.span_from(start),
            }))),
            Err(error) if error.message.ends_with(NOT_ARITHMETIC) && !error.incomplete => {
                self.input.return_to(mark);
                self.input.refuse(Form::Expansion);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the commands of `$(…)` with the closing parenthesis.
    pub(super) fn substituted_commands(&mut self) -> Result<List, SyntaxError> {
        // The word around the substitution has been read up to here: no token
        // is waiting. Here-documents of the line around it come after it.
        let outer = self.lookahead.take();
        let documents = std::mem::take(&mut self.documents);
        let list = self.optional_list()?;
        if !self.eat(Operator::Close)? {
            return Err(if *self.peek()? == Token::End {
                SyntaxError::incomplete("missing \")\" after \"$(\"", self.input.position())
            } else {
                self.unexpected("\")\"")
            });
        }
        self.lookahead = outer;
        // What is named within and has not been reached follows the line, too.
        self.documents.splice(..0, documents);
        Ok(list)
    }

    /// Reads `` `…` ``: the text is unescaped, then parsed.
    pub(super) fn backquotes(&mut self, mode: Mode) -> Result<WordPart, SyntaxError> {
        let start = self.input.position();
        self.input.next();
        let mut text = Vec::new();
        loop {
            match self.input.next() {
                Some(b'`') => break,
                Some(b'\\') => match self.input.peek() {
                    Some(next @ (b'$' | b'`' | b'\\')) => {
                        self.input.next();
                        text.push(next);
                    }
                    Some(b'"') if matches!(mode, Mode::DoubleQuoted | Mode::Document) => {
                        self.input.next();
                        text.push(b'"');
                    }
                    _ => text.push(b'\\'),
                },
                Some(byte) => text.push(byte),
                None => return Err(SyntaxError::incomplete("missing closing \"`\"", start)),
            }
        }
        let (depth, stack) = (self.depth, self.stack);
        let mut input = Input::new(Box::new(TextSource::new(&text)));
        input.set_line(start.line);
        input.dialect = self.input.dialect;
        let mut grammar = Grammar::new(&mut input, self.aliases, false);
        grammar.stack = stack;
        let body = grammar.all_commands(depth + 1)?;
        Ok(WordPart::CommandSubstitution(CommandSubstitution {
            body: Rc::new(body),
            kind: SubstitutionKind::Backquoted,
            span: self.input.span_from(start),
        }))
    }

    fn all_commands(&mut self, depth: usize) -> Result<List, SyntaxError> {
        self.depth = depth;
        self.nested(|grammar| {
            let list = grammar.optional_list()?;
            if *grammar.peek()? == Token::End { Ok(list) } else { Err(grammar.unexpected("")) }
        })
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')
}

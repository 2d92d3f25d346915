//! What begins with `$` or a backquote (XCU 2.6).

use std::rc::Rc;

use super::Grammar;
use super::error::SyntaxError;
use super::token::{Operator, Token};
use super::word::{Mode, NOT_ARITHMETIC};
use crate::shell::lexer::{Input, TextSource};
use crate::shell::syntax::{
    ArithmeticExpansion, CommandSubstitution, List, Modifier, Parameter, ParameterExpansion, Word,
    WordPart,
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
                braced: false,
                span: grammar.input.span_from(start),
            }))
        };
        match self.input.peek_joined() {
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
                        let mut form = self.unsupported("", start);
                        form.form = error.message.into();
                        Ok(Some(WordPart::Unsupported(form)))
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
                    backquoted: false,
                    span: self.input.span_from(start),
                })))
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
        let done = |parameter, modifier| {
            Ok(ParameterExpansion { parameter, modifier, braced: true, span: start })
        };
        if self.input.peek_joined() == Some(b'!')
            && self.input.peek_joined_at(1).is_some_and(is_name_byte)
        {
            return Err(SyntaxError::deferred("\"${!name}\" is not supported yet", start));
        }
        if self.input.peek_joined() == Some(b'#') && self.is_length() {
            self.input.next();
            let parameter = self.parameter()?;
            return if self.input.peek_joined() == Some(b'}') {
                self.input.next();
                done(parameter, Modifier::Length)
            } else {
                Err(self.bad_substitution())
            };
        }
        let parameter = self.parameter()?;
        let Some(byte) = self.input.peek_joined() else {
            return Err(SyntaxError::incomplete("missing \"}\" after \"${\"", start));
        };
        self.input.next();
        let colon = byte == b':';
        let operator = if colon {
            match self.input.peek_joined() {
                Some(operator @ (b'-' | b'=' | b'?' | b'+')) => {
                    self.input.next();
                    operator
                }
                _ => {
                    return Err(SyntaxError::deferred(
                        "\"${name:offset}\" is not supported yet",
                        start,
                    ));
                }
            }
        } else {
            byte
        };
        let modifier = match operator {
            b'}' => return done(parameter, Modifier::None),
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
            b'/' | b'^' | b',' | b'@' | b'[' => {
                let form = format!("\"${{name{}…}}\" is not supported yet", char::from(operator));
                return Err(SyntaxError::deferred(&form, start));
            }
            _ => return Err(self.bad_substitution()),
        };
        done(parameter, modifier)
    }

    /// Skips to the brace that closes an expansion.
    fn rest_of_braces(&mut self, mode: Mode) -> Result<(), SyntaxError> {
        self.operand(mode).map(drop)
    }

    fn bad_substitution(&self) -> SyntaxError {
        SyntaxError::deferred("bad substitution in \"${…}\"", self.input.position())
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
            Some(byte) if is_name_byte(byte) => Ok(Parameter::Variable(self.name().into())),
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

    /// The operand of `-`, `=`, `?`, `+`: quoted as what is around it.
    fn operand(&mut self, mode: Mode) -> Result<Word, SyntaxError> {
        self.operand_in(if mode.is_quoted() { Mode::QuotedOperand } else { Mode::Operand })
    }

    fn operand_in(&mut self, mode: Mode) -> Result<Word, SyntaxError> {
        let start = self.input.position();
        let mut parts = self.parts(mode)?;
        if mode == Mode::Operand {
            super::word::mark_tilde(&mut parts);
        }
        Ok(Word { parts, span: self.input.span_from(start) })
    }

    /// Reads `$((…))` after `$(`, where a second parenthesis follows; `None`
    /// when it is a subshell in a command substitution instead (XCU 2.6.3).
    fn arithmetic(&mut self) -> Result<Option<WordPart>, SyntaxError> {
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
        let mut grammar = Grammar::new(&mut input, self.aliases, false);
        grammar.stack = stack;
        let body = grammar.all_commands(depth + 1)?;
        Ok(WordPart::CommandSubstitution(CommandSubstitution {
            body: Rc::new(body),
            backquoted: true,
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

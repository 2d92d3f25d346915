//! Compound commands (XCU 2.9.4).

use bstr::BString;

use super::error::SyntaxError;
use super::token::{Operator, Token};
use super::{Dialect, Grammar};
use crate::shell::lexer::is_reserved;
use crate::shell::syntax::{
    CaseArm, CaseEnd, Command, CompoundCommand, CompoundKind, List, Span, Unsupported,
};
use crate::shell::variable::is_name;

impl Grammar<'_, '_> {
    pub(super) fn reserved(
        &mut self,
        reserved: &BString,
        start: Span,
    ) -> Result<Command, SyntaxError> {
        let kind = match reserved.as_slice() {
            b"{" => {
                self.take()?;
                let body = self.list("a command")?;
                self.expect("}", "{", start)?;
                CompoundKind::Group(body)
            }
            b"if" => self.if_command(start)?,
            b"for" => self.for_loop(start)?,
            b"case" => self.case(start)?,
            b"while" | b"until" => {
                self.take()?;
                let condition = self.list("a command")?;
                let body = self.do_group(reserved, start)?;
                CompoundKind::While { condition, body, until: reserved == "until" }
            }
            // `in` is reserved only within `for` and `case`.
            b"in" => return self.simple_or_function(start),
            _ => return Err(self.unexpected("a command")),
        };
        self.compound(kind, start)
    }

    pub(super) fn compound(
        &mut self,
        kind: CompoundKind,
        start: Span,
    ) -> Result<Command, SyntaxError> {
        Ok(Command::Compound(self.with_redirects(kind, start)?))
    }

    pub(super) fn with_redirects(
        &mut self,
        kind: CompoundKind,
        start: Span,
    ) -> Result<CompoundCommand, SyntaxError> {
        let mut end = self.last_end;
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            end = redirect.span.end;
            redirects.push(redirect);
        }
        Ok(CompoundCommand { kind, redirects, span: Span { end: end.max(start.start), ..start } })
    }

    /// Takes the closing word of a compound command.
    pub(super) fn expect(
        &mut self,
        closing: &str,
        opening: &str,
        start: Span,
    ) -> Result<(), SyntaxError> {
        if self.peek()?.literal().is_some_and(|text| text == closing) {
            self.take()?;
            return Ok(());
        }
        Err(self.unexpected(&format!("\"{closing}\" for the \"{opening}\" on line {}", start.line)))
    }

    pub(super) fn eat_reserved(&mut self, word: &str) -> Result<bool, SyntaxError> {
        let matches = self.peek()?.literal().is_some_and(|text| text == word);
        if matches {
            self.take()?;
        }
        Ok(matches)
    }

    pub(super) fn subshell(&mut self) -> Result<CompoundKind, SyntaxError> {
        let (_, start) = self.take()?;
        if self.input.peek() == Some(b'(')
            && let Some(arithmetic) = self.arithmetic_command()?
        {
            return Ok(arithmetic);
        }
        let body = self.list("a command")?;
        if !self.eat(Operator::Close)? {
            return Err(self.unexpected(&format!("\")\" for the \"(\" on line {}", start.line)));
        }
        Ok(CompoundKind::Subshell(body))
    }

    pub(super) fn if_command(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        let mut branches = Vec::new();
        loop {
            let condition = self.list("a command")?;
            self.expect("then", "if", start)?;
            branches.push((condition, self.list("a command")?));
            if self.eat_reserved("elif")? {
                continue;
            }
            let otherwise =
                if self.eat_reserved("else")? { Some(self.list("a command")?) } else { None };
            self.expect("fi", "if", start)?;
            return Ok(CompoundKind::If { branches, otherwise });
        }
    }

    pub(super) fn do_group(&mut self, opening: &BString, start: Span) -> Result<List, SyntaxError> {
        self.substitute_alias()?;
        self.expect("do", &opening.to_string(), start)?;
        let body = self.list("a command")?;
        self.expect("done", &opening.to_string(), start)?;
        Ok(body)
    }

    pub(super) fn for_loop(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        self.for_words("for", start)
    }

    /// What follows `for`.
    pub(super) fn for_words(
        &mut self,
        opening: &str,
        start: Span,
    ) -> Result<CompoundKind, SyntaxError> {
        // Where a word is not reserved, an alias that follows an alias may have
        // its name.
        self.peek_with_reserved(&[])?;
        let posix = self.input.dialect.posix;
        let variable = match self.peek()?.literal() {
            Some(name) if is_name(name) => name.clone(),
            // bash reads it, and says so where it is reached.
            Some(name) if !posix => name.clone(),
            _ => {
                if self.eat(Operator::Open)? && self.input.peek() == Some(b'(') {
                    return self.counting_loop(start);
                }
                return Err(self.unexpected(&format!("a variable name after \"{opening}\"")));
            }
        };
        self.take()?;
        let mut words = None;
        self.peek_with_reserved(&[b"in", b"do"])?;
        if !self.eat(Operator::Semicolon)? {
            self.skip_newlines()?;
            if self.eat_reserved("in")? {
                let mut list = Vec::new();
                while let Token::Word(_) = self.peek()? {
                    let (token, _) = self.take()?;
                    if let Token::Word(word) = token {
                        list.push(word);
                    }
                }
                words = Some(list);
                if !self.eat(Operator::Semicolon)? && *self.peek()? != Token::Newline {
                    return Err(self.unexpected("\";\" or a newline before \"do\""));
                }
            }
        }
        let body = self.loop_body(opening, start)?;
        if !is_name(&variable) {
            let form = format!("{variable}: not a valid name").into();
            let text = self.input.text_from(start).unwrap_or_default();
            return Ok(CompoundKind::Unsupported(Unsupported { form, text }));
        }
        Ok(match opening {
            "select" => CompoundKind::Select { variable, words, body },
            _ => CompoundKind::For { variable, words, body },
        })
    }

    /// Reads the form of bash that begins with the next word, if there is one.
    pub(super) fn bash_command(&mut self, start: Span) -> Result<Option<Command>, SyntaxError> {
        let posix = self.input.dialect.posix;
        let Some(text) = self.peek()?.literal() else { return Ok(None) };
        let kind = match text.as_slice() {
            b"[[" => {
                self.take()?;
                self.test(start)?
            }
            b"select" => {
                self.take()?;
                self.for_words("select", start)?
            }
            b"coproc" if !posix => self.coprocess()?,
            _ => return Ok(None),
        };
        self.compound(kind, start).map(Some)
    }

    /// `coproc [name] command`: a name only before a compound command.
    fn coprocess(&mut self) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        let mark = self.input.mark();
        let named = match self.peek()?.literal() {
            Some(name) if is_name(name) && !is_reserved(name) && !begins_form(name) => {
                let name = name.clone();
                self.take()?;
                let compound = match self.peek()? {
                    Token::Operator(operator) => *operator == Operator::Open,
                    token => {
                        token.literal().is_some_and(|text| is_reserved(text) || begins_form(text))
                    }
                };
                if !compound {
                    self.lookahead = None;
                    self.input.return_to(mark);
                }
                Some(name).filter(|_| compound)
            }
            _ => None,
        };
        let command = Box::new(self.command()?);
        Ok(CompoundKind::Coprocess { name: named.unwrap_or_else(|| "COPROC".into()), command })
    }

    pub(super) fn case(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        self.peek_with_reserved(&[])?;
        let (token, span) = self.take()?;
        let Token::Word(subject) = token else {
            self.lookahead = Some((token, span));
            return Err(self.unexpected("a word after \"case\""));
        };
        self.peek_with_reserved(&[b"in"])?;
        self.skip_newlines()?;
        self.expect("in", "case", start)?;
        let mut arms = Vec::new();
        loop {
            // No command begins here, so `!(` is a pattern.
            let dialect = self.input.dialect;
            self.input.dialect.extended_patterns = true;
            self.skip_newlines()?;
            let ends = self.peek()?.literal().is_some_and(|text| text == "esac");
            if ends {
                self.input.dialect = dialect;
            }
            if self.eat_reserved("esac")? {
                return Ok(CompoundKind::Case { subject, arms });
            }
            let (arm, last) = self.case_arm(start, dialect)?;
            arms.push(arm);
            if last {
                self.expect("esac", "case", start)?;
                return Ok(CompoundKind::Case { subject, arms });
            }
        }
    }

    /// One arm; whether it was the last, without a terminator.
    pub(super) fn case_arm(
        &mut self,
        start: Span,
        dialect: Dialect,
    ) -> Result<(CaseArm, bool), SyntaxError> {
        let arm_start = self.here()?;
        self.eat(Operator::Open)?;
        let mut patterns = Vec::new();
        loop {
            let (token, span) = self.take()?;
            let Token::Word(word) = token else {
                self.lookahead = Some((token, span));
                return Err(self.unexpected(&format!(
                    "a pattern or \"esac\" for the \"case\" on line {}",
                    start.line
                )));
            };
            patterns.push(word);
            if self.eat(Operator::Close)? {
                break;
            }
            if !self.eat(Operator::Bar)? {
                return Err(self.unexpected("\")\" after the pattern"));
            }
        }
        self.input.dialect = dialect;
        let body = self.optional_list()?;
        let end = if self.eat(Operator::DoubleSemicolon)? {
            Some(CaseEnd::Break)
        } else if self.eat(Operator::SemicolonAnd)? {
            Some(CaseEnd::FallThrough)
        } else if self.eat(Operator::DoubleSemicolonAnd)? {
            Some(CaseEnd::GoOn)
        } else {
            None
        };
        let span = self.input.span_from(arm_start);
        Ok((CaseArm { patterns, body, end: end.unwrap_or(CaseEnd::Break), span }, end.is_none()))
    }
}

/// Words that begin a compound command of bash, in command position.
const BASH_WORDS: &[&str] = &["[[", "coproc", "function", "select", "time"];

/// Whether the word begins a form of bash in command position.
pub(crate) fn begins_form(word: &[u8]) -> bool {
    BASH_WORDS.iter().any(|known| known.as_bytes() == word)
}

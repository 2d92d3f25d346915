//! Lists, pipelines, requests and aliases (XCU 2.9.2, 2.9.3, 2.3.1).

use bstr::ByteSlice;

use super::Grammar;
use super::error::SyntaxError;
use super::simple::{errors_to_output, is_redirection};
use super::token::{Operator, Token, literal};
use crate::shell::request::COMMAND;
use crate::shell::syntax::{
    AndOr, Command, Connector, List, Pipeline, SimpleCommand, Span, Timing, Word, WordPart,
};

impl Grammar<'_, '_> {
    /// One complete command with the newline that ends it.
    pub(super) fn complete_command(&mut self) -> Result<Option<List>, SyntaxError> {
        loop {
            self.input.continuing = false;
            if let Some(request) = self.request() {
                if *self.peek()? == Token::Newline {
                    self.take()?;
                }
                return Ok(Some(List { items: vec![request] }));
            }
            self.substitute_alias()?;
            match self.peek()? {
                Token::Newline => {
                    self.take()?;
                    self.input.begin_command();
                }
                Token::End => return Ok(None),
                _ => break,
            }
        }
        let mut list = List::default();
        loop {
            let and_or = self.and_or()?;
            let ended = self.separator(and_or, &mut list)?;
            if ended {
                self.substitute_alias()?;
            }
            match self.peek()? {
                Token::Newline => {
                    self.take()?;
                    return Ok(Some(list));
                }
                Token::End => {
                    if self.strict && self.cut {
                        let end = self.input.position();
                        return Err(SyntaxError::incomplete("the line goes on", end));
                    }
                    self.unread_documents()?;
                    return Ok(Some(list));
                }
                _ if ended => {}
                _ => return Err(self.unexpected("")),
            }
        }
    }

    /// At the end of input without a newline, here-documents are empty.
    pub(super) fn unread_documents(&mut self) -> Result<(), SyntaxError> {
        if self.documents.is_empty() { Ok(()) } else { self.read_documents() }
    }

    /// Adds an and-or list with the `;` or `&` after it; whether there was one.
    pub(super) fn separator(
        &mut self,
        mut and_or: AndOr,
        list: &mut List,
    ) -> Result<bool, SyntaxError> {
        let ampersand = self.eat(Operator::Ampersand)?;
        and_or.background = ampersand;
        list.items.push(and_or);
        Ok(ampersand || self.eat(Operator::Semicolon)?)
    }

    pub(super) fn skip_newlines(&mut self) -> Result<(), SyntaxError> {
        while *self.peek()? == Token::Newline {
            self.take()?;
        }
        Ok(())
    }

    /// Skips newlines before a command, also those that aliases bring.
    pub(super) fn skip_to_command(&mut self) -> Result<(), SyntaxError> {
        loop {
            if self.at_request() {
                return Ok(());
            }
            if *self.peek()? == Token::Newline {
                self.take()?;
            } else if !self.replace_word()? {
                return Ok(());
            }
        }
    }

    pub(super) fn at_request(&mut self) -> bool {
        self.lookahead.is_none() && self.input.at_request()
    }

    /// A line that is a request, as the command `? 'text'`.
    pub(super) fn request(&mut self) -> Option<AndOr> {
        if !self.at_request() {
            return None;
        }
        let start = self.input.position();
        let text = self.input.take_request();
        let span = self.input.span_from(start);
        let mut parts = Vec::new();
        for (index, piece) in text.split_str("'").enumerate() {
            if index > 0 {
                parts.push(WordPart::Escaped(b'\''));
            }
            parts.push(WordPart::SingleQuoted(piece.into()));
        }
        let name = Word { parts: vec![WordPart::SingleQuoted(COMMAND.into())], span };
        let command = SimpleCommand {
            words: vec![name, Word { parts, span }],
            span,
            ..SimpleCommand::default()
        };
        let commands = vec![Command::Simple(command)];
        let first = Pipeline { negated: false, timed: None, commands, span };
        Some(AndOr { first, rest: Vec::new(), background: false, span })
    }

    /// A list up to a word or operator that cannot begin a command; may be
    /// empty.
    pub(super) fn optional_list(&mut self) -> Result<List, SyntaxError> {
        let mut list = List::default();
        loop {
            self.skip_to_command()?;
            if let Some(request) = self.request() {
                list.items.push(request);
                continue;
            }
            if !self.begins_command()? {
                return Ok(list);
            }
            let and_or = self.and_or()?;
            let ended = self.separator(and_or, &mut list)?;
            if !ended && *self.peek()? != Token::Newline {
                return Ok(list);
            }
        }
    }

    /// A list with at least one command.
    pub(super) fn list(&mut self, expected: &str) -> Result<List, SyntaxError> {
        let list = self.optional_list()?;
        if list.items.is_empty() { Err(self.unexpected(expected)) } else { Ok(list) }
    }

    pub(super) fn begins_command(&mut self) -> Result<bool, SyntaxError> {
        self.substitute_alias()?;
        Ok(match self.peek()? {
            Token::Word(word) => !matches!(
                literal(word).map(|text| text.as_slice()),
                Some(b"do" | b"done" | b"elif" | b"else" | b"esac" | b"fi" | b"then" | b"}")
            ),
            Token::IoNumber(_) | Token::IoVariable(_) => true,
            Token::Operator(operator) => *operator == Operator::Open || is_redirection(*operator),
            Token::Newline | Token::End => false,
        })
    }

    pub(super) fn and_or(&mut self) -> Result<AndOr, SyntaxError> {
        let start = self.here()?;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        let mut end = first.span.end;
        loop {
            let connector = if self.eat(Operator::AndIf)? {
                Connector::And
            } else if self.eat(Operator::OrIf)? {
                Connector::Or
            } else {
                break;
            };
            self.skip_to_command()?;
            let pipeline = self.pipeline()?;
            end = pipeline.span.end;
            rest.push((connector, pipeline));
        }
        Ok(AndOr { first, rest, background: false, span: Span { end, ..start } })
    }

    pub(super) fn pipeline(&mut self) -> Result<Pipeline, SyntaxError> {
        let start = self.here()?;
        self.substitute_alias()?;
        let (mut negated, mut timed) = (false, None);
        loop {
            let times =
                self.peek()?.literal().is_some_and(|text| text == "time") && self.begins_timing();
            match self.peek()?.literal().map(|text| text.as_slice()) {
                Some(b"!") => {
                    self.take()?;
                    negated = !negated;
                }
                Some(b"time") if times => {
                    self.take()?;
                    timed = Some(Timing::Format);
                    if self.peek()?.literal().is_some_and(|text| text == "-p") {
                        self.take()?;
                        timed = Some(Timing::Posix);
                    }
                    if self.peek()?.literal().is_some_and(|text| text == "--") {
                        self.take()?;
                    }
                }
                _ => break,
            }
            self.substitute_alias()?;
        }
        // `time` and `!` alone are about nothing.
        let begun = negated || timed.is_some();
        if begun && !self.input.dialect.posix && self.ends_pipeline()? {
            let span = self.here()?;
            let word = Word { parts: vec![WordPart::Literal(":".into())], span };
            let nothing = SimpleCommand { words: vec![word], span, ..SimpleCommand::default() };
            let commands = vec![Command::Simple(nothing)];
            return Ok(Pipeline { negated, timed, commands, span: start });
        }
        let mut commands = vec![self.command()?];
        loop {
            if self.eat(Operator::BarAnd)? {
                // `a |& b` of bash is `a 2>&1 | b`.
                if let Some(last) = commands.last_mut() {
                    let redirect = errors_to_output(last.span());
                    match last {
                        Command::Simple(simple) => simple.redirects.push(redirect),
                        Command::Compound(compound) => compound.redirects.push(redirect),
                        Command::Function(_) => {}
                    }
                }
            } else if !self.eat(Operator::Bar)? {
                break;
            }
            self.skip_to_command()?;
            commands.push(self.command()?);
        }
        let end = commands.last().map_or(start.end, |command| command.span().end);
        Ok(Pipeline { negated, timed, commands, span: Span { end, ..start } })
    }

    /// Whether the word `time` that comes next is the reserved one: an option of the
    /// program of that name follows else.
    fn begins_timing(&mut self) -> bool {
        let mut ahead = 0;
        while matches!(self.input.peek_at(ahead), Some(b' ' | b'\t')) {
            ahead += 1;
        }
        let dash = self.input.peek_at(ahead) == Some(b'-');
        let own = matches!(self.input.peek_at(ahead + 1), Some(b'p' | b'-'));
        !self.input.dialect.posix && (!dash || own)
    }

    /// Whether nothing of a pipeline comes next.
    fn ends_pipeline(&mut self) -> Result<bool, SyntaxError> {
        Ok(match self.peek()? {
            Token::Newline | Token::End => true,
            Token::Operator(operator) => {
                !matches!(operator, Operator::Open) && !is_redirection(*operator)
            }
            token => token.literal().is_some_and(|text| text == "}"),
        })
    }

    /// Replaces the next token if it is an alias in command position.
    pub(super) fn substitute_alias(&mut self) -> Result<(), SyntaxError> {
        while self.replace_word()? {}
        Ok(())
    }

    /// Replaces the next word by an alias's text; whether it did.
    pub(super) fn replace_word(&mut self) -> Result<bool, SyntaxError> {
        self.peek()?;
        let Some((token, span)) = self.lookahead.take() else { return Ok(false) };
        if self.replace(&token, span) {
            return Ok(true);
        }
        self.lookahead = Some((token, span));
        Ok(false)
    }
}

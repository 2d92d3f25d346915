//! Simple commands, redirections and function definitions (XCU 2.9.1, 2.7,
//! 2.9.5).

use std::cell::OnceCell;
use std::rc::Rc;

use bstr::BString;

use super::error::SyntaxError;
use super::token::{Operator, Token, literal};
use super::{Grammar, PendingDocument, split_assignment};
use crate::shell::lexer::is_reserved;
use crate::shell::syntax::{
    Command, FunctionDefinition, HereDocument, Redirect, RedirectKind, SimpleCommand, Span, Word,
    WordPart,
};

impl Grammar<'_, '_> {
    pub(super) fn simple_or_function(&mut self, start: Span) -> Result<Command, SyntaxError> {
        if let Some(command) = self.bash_command(start)? {
            return Ok(command);
        }
        if self.peek()?.literal().is_some_and(|text| text == "function") {
            return self.function_by_keyword(start);
        }
        let command = self.simple(start)?;
        let Command::Simple(simple) = &command else { return Ok(command) };
        if let [word] = simple.words.as_slice()
            && simple.assignments.is_empty()
            && simple.redirects.is_empty()
            && *self.peek()? == Token::Operator(Operator::Open)
        {
            let word = word.clone();
            return self.function(&word, start);
        }
        Ok(command)
    }

    /// `function name [()] compound-command`, as other shells have it.
    fn function_by_keyword(&mut self, start: Span) -> Result<Command, SyntaxError> {
        self.take()?;
        let (token, span) = self.take()?;
        let Token::Word(word) = token else {
            self.lookahead = Some((token, span));
            return Err(self.unexpected("a name after \"function\""));
        };
        if *self.peek()? == Token::Operator(Operator::Open) {
            return self.function(&word, start);
        }
        self.function_body(&word, start)
    }

    pub(super) fn function(&mut self, word: &Word, start: Span) -> Result<Command, SyntaxError> {
        self.take()?;
        if !self.eat(Operator::Close)? {
            return Err(self.unexpected("\")\" after \"(\" of a function definition"));
        }
        self.function_body(word, start)
    }

    fn function_body(&mut self, word: &Word, start: Span) -> Result<Command, SyntaxError> {
        let name = match literal(word) {
            // Other shells take more than POSIX's names; quotes, never.
            Some(name) if !is_reserved(name) && !name.contains(&b'=') => name.clone(),
            _ => return Err(SyntaxError::new("bad function name", start)),
        };
        self.skip_newlines()?;
        self.substitute_alias()?;
        let body_start = self.here()?;
        let token = self.peek()?.clone();
        let body = match &token {
            Token::Operator(Operator::Open) => {
                let kind = self.subshell()?;
                self.with_redirects(kind, body_start)?
            }
            _ => match token.reserved() {
                Some(reserved) => match self.reserved(reserved, body_start)? {
                    Command::Compound(compound) => compound,
                    _ => {
                        return Err(SyntaxError::new(
                            "a function's body must be a compound command",
                            body_start,
                        ));
                    }
                },
                None => match self.bash_command(body_start)? {
                    Some(Command::Compound(compound)) => compound,
                    _ => {
                        return Err(self.unexpected("a compound command as the function's body"));
                    }
                },
            },
        };
        let span = Span { end: body.span.end, ..start };
        Ok(Command::Function(FunctionDefinition { name, body: Rc::new(body), span }))
    }

    pub(super) fn simple(&mut self, start: Span) -> Result<Command, SyntaxError> {
        let mut command = SimpleCommand::default();
        let mut end = start.end;
        loop {
            if let Some(redirect) = self.redirect()? {
                end = redirect.span.end;
                command.redirects.push(redirect);
                continue;
            }
            let assigning = command.words.is_empty();
            let begun = !(command.assignments.is_empty() && command.redirects.is_empty());
            // The alias may stand for another redirection.
            if assigning && begun && self.replace_word()? {
                continue;
            }
            if !matches!(self.peek()?, Token::Word(_)) {
                break;
            }
            let (token, span) = self.take()?;
            let Token::Word(word) = token else { break };
            end = span.end;
            match split_assignment(&word, self.input.dialect).filter(|_| assigning) {
                Some(assignment) => command.assignments.push(assignment),
                None => command.words.push(word),
            }
            if command.words.len() == 1 && *self.peek()? == Token::Operator(Operator::Open) {
                break;
            }
        }
        if command.words.is_empty()
            && command.assignments.is_empty()
            && command.redirects.is_empty()
        {
            return Err(self.unexpected("a command"));
        }
        command.span = Span { end, ..start };
        Ok(Command::Simple(command))
    }

    pub(super) fn redirect(&mut self) -> Result<Option<Redirect>, SyntaxError> {
        if let Some(second) = self.second_redirect.take() {
            return Ok(Some(second));
        }
        let (descriptor, variable, start) = match self.peek()? {
            Token::IoNumber(number) => {
                let number = *number;
                let (_, span) = self.take()?;
                (Some(number), None, span)
            }
            Token::IoVariable(name) => {
                let name = name.clone();
                let (_, span) = self.take()?;
                (None, Some(name), span)
            }
            Token::Operator(operator) if is_redirection(*operator) => (None, None, self.here()?),
            _ => return Ok(None),
        };
        let (token, _) = self.take()?;
        let Token::Operator(operator) = token else {
            return Err(SyntaxError::new("a redirection is expected", start));
        };
        let (token, span) = self.take()?;
        let Token::Word(word) = token else {
            self.lookahead = Some((token, span));
            return Err(self.unexpected(&format!("a word after \"{}\"", operator.text())));
        };
        let kind = match operator {
            Operator::Less => RedirectKind::Read(word),
            Operator::Great => RedirectKind::Write(word),
            Operator::Clobber => RedirectKind::Clobber(word),
            Operator::DoubleGreat => RedirectKind::Append(word),
            Operator::LessGreat => RedirectKind::ReadWrite(word),
            Operator::LessAnd => RedirectKind::DuplicateInput(word),
            Operator::GreatAnd => RedirectKind::DuplicateOutput(word),
            Operator::TripleLess => RedirectKind::HereString(word),
            // `&>f` of bash is `>f 2>&1`.
            Operator::AndGreat | Operator::AndDoubleGreat => {
                self.second_redirect = Some(errors_to_output(span));
                match operator {
                    Operator::AndGreat => RedirectKind::Write(word),
                    _ => RedirectKind::Append(word),
                }
            }
            _ => self.here_document(&word, operator == Operator::DoubleLessDash, start),
        };
        Ok(Some(Redirect { descriptor, variable, kind, span: Span { end: span.end, ..start } }))
    }

    pub(super) fn here_document(
        &mut self,
        word: &Word,
        strip_tabs: bool,
        span: Span,
    ) -> RedirectKind {
        let quoted = word.parts.iter().any(|part| {
            !matches!(part, WordPart::Literal(_) | WordPart::Parameter(_) | WordPart::Tilde(_))
        });
        let delimiter = delimiter(word);
        let body = Rc::new(OnceCell::new());
        self.documents.push(PendingDocument {
            delimiter: delimiter.clone(),
            quoted,
            strip_tabs,
            body: Rc::clone(&body),
            span,
        });
        RedirectKind::HereDocument(HereDocument { delimiter, quoted, strip_tabs, body })
    }
}

pub(super) fn is_redirection(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Less
            | Operator::Great
            | Operator::Clobber
            | Operator::DoubleGreat
            | Operator::LessGreat
            | Operator::LessAnd
            | Operator::GreatAnd
            | Operator::DoubleLess
            | Operator::DoubleLessDash
            | Operator::TripleLess
            | Operator::AndGreat
            | Operator::AndDoubleGreat
    )
}

/// `2>&1`
pub(super) fn errors_to_output(span: Span) -> Redirect {
    let one = Word { parts: vec![WordPart::Literal("1".into())], span };
    let kind = RedirectKind::DuplicateOutput(one);
    Redirect { descriptor: Some(2), variable: None, kind, span }
}

/// The delimiter of a here-document: quotes are removed, nothing is expanded.
fn delimiter(word: &Word) -> BString {
    fn push(parts: &[WordPart], text: &mut Vec<u8>) {
        for part in parts {
            match part {
                WordPart::Literal(literal)
                | WordPart::SingleQuoted(literal)
                | WordPart::DollarSingleQuoted(literal) => text.extend_from_slice(literal),
                WordPart::Escaped(byte) => text.push(*byte),
                WordPart::DoubleQuoted(parts) => push(parts, text),
                WordPart::Tilde(name) => {
                    text.push(b'~');
                    text.extend_from_slice(name);
                }
                other => text.extend_from_slice(&crate::shell::print::part_text(other)),
            }
        }
    }
    let mut text = Vec::new();
    push(&word.parts, &mut text);
    text.into()
}

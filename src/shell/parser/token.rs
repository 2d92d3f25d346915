//! Tokens (XCU 2.3).

use bstr::BString;

use super::Grammar;
use super::error::SyntaxError;
use crate::shell::lexer::is_reserved;
use crate::shell::syntax::{Span, Word, WordPart};
use crate::shell::variable::is_name;

/// An operator (XCU 2.10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    AndIf,
    OrIf,
    Semicolon,
    DoubleSemicolon,
    SemicolonAnd,
    DoubleSemicolonAnd,
    Ampersand,
    Bar,
    BarAnd,
    Open,
    Close,
    Less,
    Great,
    Clobber,
    DoubleGreat,
    LessGreat,
    LessAnd,
    GreatAnd,
    DoubleLess,
    DoubleLessDash,
    TripleLess,
    AndGreat,
    AndDoubleGreat,
}

impl Operator {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::AndIf => "&&",
            Self::OrIf => "||",
            Self::Semicolon => ";",
            Self::DoubleSemicolon => ";;",
            Self::SemicolonAnd => ";&",
            Self::DoubleSemicolonAnd => ";;&",
            Self::BarAnd => "|&",
            Self::TripleLess => "<<<",
            Self::AndGreat => "&>",
            Self::AndDoubleGreat => "&>>",
            Self::Ampersand => "&",
            Self::Bar => "|",
            Self::Open => "(",
            Self::Close => ")",
            Self::Less => "<",
            Self::Great => ">",
            Self::Clobber => ">|",
            Self::DoubleGreat => ">>",
            Self::LessGreat => "<>",
            Self::LessAnd => "<&",
            Self::GreatAnd => ">&",
            Self::DoubleLess => "<<",
            Self::DoubleLessDash => "<<-",
        }
    }
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    /// Digits right before `<` or `>`.
    IoNumber(i32),
    /// `{name}` right before `<` or `>` (bash).
    IoVariable(BString),
    Operator(Operator),
    Newline,
    End,
}

impl Token {
    /// The text of a word without any quoting or expansion.
    pub(super) fn literal(&self) -> Option<&BString> {
        match self {
            Self::Word(word) => literal(word),
            _ => None,
        }
    }

    /// The reserved word this is in command position.
    pub(super) fn reserved(&self) -> Option<&BString> {
        self.literal().filter(|text| is_reserved(text))
    }

    pub(super) fn describe(&self) -> String {
        match self {
            Self::Word(word) => match literal(word) {
                Some(text) => format!("\"{text}\" unexpected"),
                None => "word unexpected".to_owned(),
            },
            Self::IoNumber(number) => format!("\"{number}\" unexpected"),
            Self::IoVariable(name) => format!("\"{{{name}}}\" unexpected"),
            Self::Operator(operator) => format!("\"{}\" unexpected", operator.text()),
            Self::Newline => "newline unexpected".to_owned(),
            Self::End => "end of input unexpected".to_owned(),
        }
    }
}

/// The text of a word without any quoting or expansion.
pub(super) fn literal(word: &Word) -> Option<&BString> {
    match word.parts.as_slice() {
        [WordPart::Literal(text)] => Some(text),
        _ => None,
    }
}

impl Grammar<'_, '_> {
    /// The next token, which stays the next.
    pub(super) fn peek(&mut self) -> Result<&Token, SyntaxError> {
        if self.lookahead.is_none() {
            self.lookahead = Some(self.read_token()?);
        }
        let (token, _) = self.lookahead.as_ref().expect("a token has just been read");
        Ok(token)
    }

    /// The next token where only these words are reserved.
    pub(super) fn peek_with_reserved(
        &mut self,
        reserved: &'static [&'static [u8]],
    ) -> Result<&Token, SyntaxError> {
        let outer = std::mem::replace(&mut self.reserved, reserved);
        let result = self.peek().map(drop);
        self.reserved = outer;
        result?;
        self.peek()
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Result<(Token, Span), SyntaxError> {
        let token = match self.lookahead.take() {
            Some(token) => token,
            None => self.read_token()?,
        };
        self.last_end = token.1.end;
        Ok(token)
    }

    /// Where the next token stands.
    pub(super) fn here(&mut self) -> Result<Span, SyntaxError> {
        self.peek()?;
        Ok(self.lookahead.as_ref().map_or_else(|| self.input.position(), |(_, span)| *span))
    }

    /// Takes the next token if it is this operator.
    pub(super) fn eat(&mut self, operator: Operator) -> Result<bool, SyntaxError> {
        let matches = *self.peek()? == Token::Operator(operator);
        if matches {
            self.take()?;
        }
        Ok(matches)
    }

    /// The error that the next token does not fit.
    pub(super) fn unexpected(&mut self, expected: &str) -> SyntaxError {
        match self.take() {
            Ok((token, span)) => {
                let mut what = token.describe();
                if !expected.is_empty() {
                    what.push_str(&format!(" (expecting {expected})"));
                }
                if token == Token::End {
                    SyntaxError::incomplete(what, span)
                } else {
                    SyntaxError::new(what, span)
                }
            }
            Err(error) => error,
        }
    }

    /// Skips blanks, line continuations and comments.
    fn skip_blanks(&mut self) {
        loop {
            match self.input.peek_joined() {
                Some(b' ' | b'\t') => {
                    self.input.next();
                }
                Some(b'#') => {
                    while self.input.peek().is_some_and(|byte| byte != b'\n') {
                        self.input.next();
                    }
                }
                _ => return,
            }
        }
    }

    /// Reads a token. After an alias whose text ends in a blank the next word is
    /// looked up, too, wherever it stands (XCU 2.3.1), and so is the first word of
    /// its text.
    fn read_token(&mut self) -> Result<(Token, Span), SyntaxError> {
        let mut replaced = false;
        loop {
            self.skip_blanks();
            let after_blank = std::mem::take(&mut self.input.blank_ended) || replaced;
            self.within = self.input.replacing();
            let (token, span) = self.read_one_token()?;
            if !(after_blank && self.replace(&token, span)) {
                return Ok((token, span));
            }
            replaced = true;
        }
    }

    /// Arranges for an alias's text to be read if the token is its name and not
    /// reserved here.
    pub(super) fn replace(&mut self, token: &Token, span: Span) -> bool {
        let Some(name) = token.literal() else { return false };
        if self.within.contains(name) || self.reserved.contains(&name.as_slice()) {
            return false;
        }
        let Some(text) = self.aliases.alias(name) else { return false };
        let mut names = std::mem::take(&mut self.within);
        names.push(name.clone());
        self.input.replace(names, text.into(), span);
        true
    }

    fn read_one_token(&mut self) -> Result<(Token, Span), SyntaxError> {
        let start = self.input.position();
        let Some(byte) = self.input.peek() else {
            return Ok((Token::End, start));
        };
        if byte == b'\n' {
            self.input.next();
            let span = self.input.span_from(start);
            self.read_documents()?;
            return Ok((Token::Newline, span));
        }
        self.input.continuing = true;
        // `<(…)` of other shells is a word.
        let substitutes = matches!(byte, b'<' | b'>') && self.input.peek_at(1) == Some(b'(');
        if b";&|<>()".contains(&byte) && !substitutes {
            let operator = self.operator(byte)?;
            return Ok((Token::Operator(operator), self.input.span_from(start)));
        }
        let word = self.word()?;
        let span = word.span;
        if let Some(text) = literal(&word)
            && text.iter().all(u8::is_ascii_digit)
            && matches!(self.input.peek(), Some(b'<' | b'>'))
            && let Ok(number) = text.to_string().parse()
        {
            return Ok((Token::IoNumber(number), span));
        }
        if !self.input.dialect.posix
            && matches!(self.input.peek(), Some(b'<' | b'>'))
            && let Some(name) = literal(&word)
                .and_then(|text| text.strip_prefix(b"{")?.strip_suffix(b"}"))
                .filter(|name| is_name(name))
        {
            return Ok((Token::IoVariable(name.into()), span));
        }
        Ok((Token::Word(word), span))
    }

    fn operator(&mut self, first: u8) -> Result<Operator, SyntaxError> {
        self.input.next();
        let second = self.input.peek_joined();
        let one = |operator| Ok(operator);
        let two = |grammar: &mut Self, operator| {
            grammar.input.next();
            Ok(operator)
        };
        match (first, second) {
            (b';', Some(b';')) => {
                self.input.next();
                match self.input.peek_joined() {
                    Some(b'&') => two(self, Operator::DoubleSemicolonAnd),
                    _ => Ok(Operator::DoubleSemicolon),
                }
            }
            (b';', Some(b'&')) => two(self, Operator::SemicolonAnd),
            (b';', _) => one(Operator::Semicolon),
            (b'&', Some(b'&')) => two(self, Operator::AndIf),
            (b'&', Some(b'>')) => {
                self.input.next();
                match self.input.peek_joined() {
                    Some(b'>') => two(self, Operator::AndDoubleGreat),
                    _ => Ok(Operator::AndGreat),
                }
            }
            (b'&', _) => one(Operator::Ampersand),
            (b'|', Some(b'|')) => two(self, Operator::OrIf),
            (b'|', Some(b'&')) => two(self, Operator::BarAnd),
            (b'|', _) => one(Operator::Bar),
            (b'(', _) => one(Operator::Open),
            (b')', _) => one(Operator::Close),
            (b'<', Some(b'<')) => {
                self.input.next();
                match self.input.peek_joined() {
                    Some(b'-') => two(self, Operator::DoubleLessDash),
                    Some(b'<') => two(self, Operator::TripleLess),
                    _ => Ok(Operator::DoubleLess),
                }
            }
            (b'<', Some(b'>')) => two(self, Operator::LessGreat),
            (b'<', Some(b'&')) => two(self, Operator::LessAnd),
            (b'<', _) => one(Operator::Less),
            (_, Some(b'>')) => two(self, Operator::DoubleGreat),
            (_, Some(b'&')) => two(self, Operator::GreatAnd),
            (_, Some(b'|')) => two(self, Operator::Clobber),
            _ => one(Operator::Great),
        }
    }
}

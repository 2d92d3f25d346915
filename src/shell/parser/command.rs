//! Commands (XCU 2.9, 2.10.2).

use std::cell::OnceCell;
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::error::SyntaxError;
use super::token::{Operator, Token, literal};
use super::{Grammar, PendingDocument, split_assignment};
use crate::shell::lexer::{RESERVED, is_reserved};
use crate::shell::request::COMMAND;
use crate::shell::syntax::{
    AndOr, CaseArm, CaseEnd, Command, CompoundCommand, CompoundKind, Connector, FunctionDefinition,
    HereDocument, List, Pipeline, Redirect, RedirectKind, SimpleCommand, Span, Word, WordPart,
};
use crate::shell::variable::is_name;

/// Words that other shells reserve and llmsh does not have yet.
const UNSUPPORTED: &[(&[u8], &str)] = &[
    (b"[[", "\"[[\""),
    (b"function", "\"function\""),
    (b"select", "\"select\""),
    (b"coproc", "\"coproc\""),
];

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
                    self.unread_documents()?;
                    return Ok(Some(list));
                }
                _ if ended => {}
                _ => return Err(self.unexpected("")),
            }
        }
    }

    /// At the end of input without a newline, here-documents are empty.
    fn unread_documents(&mut self) -> Result<(), SyntaxError> {
        if self.documents.is_empty() { Ok(()) } else { self.read_documents() }
    }

    /// Adds an and-or list with the `;` or `&` after it; whether there was one.
    fn separator(&mut self, mut and_or: AndOr, list: &mut List) -> Result<bool, SyntaxError> {
        let ampersand = self.eat(Operator::Ampersand)?;
        and_or.background = ampersand;
        list.items.push(and_or);
        Ok(ampersand || self.eat(Operator::Semicolon)?)
    }

    fn skip_newlines(&mut self) -> Result<(), SyntaxError> {
        while *self.peek()? == Token::Newline {
            self.take()?;
        }
        Ok(())
    }

    /// Skips newlines before a command, also those that aliases bring.
    fn skip_to_command(&mut self) -> Result<(), SyntaxError> {
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

    fn at_request(&mut self) -> bool {
        self.lookahead.is_none() && self.input.at_request()
    }

    /// A line that is a request, as the command `? 'text'`.
    fn request(&mut self) -> Option<AndOr> {
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
        let first = Pipeline { negated: false, commands, span };
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
    fn list(&mut self, expected: &str) -> Result<List, SyntaxError> {
        let list = self.optional_list()?;
        if list.items.is_empty() { Err(self.unexpected(expected)) } else { Ok(list) }
    }

    fn begins_command(&mut self) -> Result<bool, SyntaxError> {
        self.substitute_alias()?;
        Ok(match self.peek()? {
            Token::Word(word) => !matches!(
                literal(word).map(|text| text.as_slice()),
                Some(b"do" | b"done" | b"elif" | b"else" | b"esac" | b"fi" | b"then" | b"}")
            ),
            Token::IoNumber(_) => true,
            Token::Operator(operator) => *operator == Operator::Open || is_redirection(*operator),
            Token::Newline | Token::End => false,
        })
    }

    fn and_or(&mut self) -> Result<AndOr, SyntaxError> {
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

    fn pipeline(&mut self) -> Result<Pipeline, SyntaxError> {
        let start = self.here()?;
        self.substitute_alias()?;
        let mut negated = false;
        while self.peek()?.literal().is_some_and(|text| text == "!") {
            self.take()?;
            negated = !negated;
            self.substitute_alias()?;
        }
        let mut commands = vec![self.command()?];
        while self.eat(Operator::Bar)? {
            self.skip_to_command()?;
            commands.push(self.command()?);
        }
        let end = commands.last().map_or(start.end, |command| command.span().end);
        Ok(Pipeline { negated, commands, span: Span { end, ..start } })
    }

    /// Replaces the next token if it is an alias in command position.
    fn substitute_alias(&mut self) -> Result<(), SyntaxError> {
        while self.replace_word()? {}
        Ok(())
    }

    /// Replaces the next word by an alias's text; whether it did.
    fn replace_word(&mut self) -> Result<bool, SyntaxError> {
        self.peek()?;
        let Some((token, span)) = self.lookahead.take() else { return Ok(false) };
        if self.replace(&token, span) {
            return Ok(true);
        }
        self.lookahead = Some((token, span));
        Ok(false)
    }

    fn command(&mut self) -> Result<Command, SyntaxError> {
        self.nested(|grammar| {
            grammar.substitute_alias()?;
            let start = grammar.here()?;
            let token = grammar.peek()?.clone();
            match &token {
                Token::Operator(Operator::Open) => {
                    let kind = grammar.subshell()?;
                    grammar.compound(kind, start)
                }
                Token::Word(_) => match token.reserved() {
                    Some(reserved) => grammar.reserved(reserved, start),
                    None => grammar.simple_or_function(start),
                },
                Token::IoNumber(_) => grammar.simple(start),
                Token::Operator(operator) if is_redirection(*operator) => grammar.simple(start),
                _ => Err(grammar.unexpected("a command")),
            }
        })
    }

    fn reserved(&mut self, reserved: &BString, start: Span) -> Result<Command, SyntaxError> {
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

    fn compound(&mut self, kind: CompoundKind, start: Span) -> Result<Command, SyntaxError> {
        Ok(Command::Compound(self.with_redirects(kind, start)?))
    }

    fn with_redirects(
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
    fn expect(&mut self, closing: &str, opening: &str, start: Span) -> Result<(), SyntaxError> {
        if self.peek()?.literal().is_some_and(|text| text == closing) {
            self.take()?;
            return Ok(());
        }
        Err(self.unexpected(&format!("\"{closing}\" for the \"{opening}\" on line {}", start.line)))
    }

    fn eat_reserved(&mut self, word: &str) -> Result<bool, SyntaxError> {
        let matches = self.peek()?.literal().is_some_and(|text| text == word);
        if matches {
            self.take()?;
        }
        Ok(matches)
    }

    fn subshell(&mut self) -> Result<CompoundKind, SyntaxError> {
        let (_, start) = self.take()?;
        if self.input.peek() == Some(b'(') {
            self.refuse_arithmetic_command(start)?;
        }
        let body = self.list("a command")?;
        if !self.eat(Operator::Close)? {
            return Err(self.unexpected(&format!("\")\" for the \"(\" on line {}", start.line)));
        }
        Ok(CompoundKind::Subshell(body))
    }

    /// `((` at the start of a command is two subshells in POSIX and arithmetic in
    /// other shells: what ends in `))` and holds no command is the latter.
    fn refuse_arithmetic_command(&mut self, start: Span) -> Result<(), SyntaxError> {
        let mark = self.input.mark();
        self.input.next();
        let result = self.parts(super::word::Mode::Arithmetic);
        let after = self.input.peek();
        self.input.return_to(mark);
        if let Ok(parts) = result
            && matches!(after, None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')'))
            && looks_arithmetic(&parts)
        {
            return Err(SyntaxError::unsupported("\"((\"", start));
        }
        Ok(())
    }

    fn if_command(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
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

    fn do_group(&mut self, opening: &BString, start: Span) -> Result<List, SyntaxError> {
        self.substitute_alias()?;
        self.expect("do", &opening.to_string(), start)?;
        let body = self.list("a command")?;
        self.expect("done", &opening.to_string(), start)?;
        Ok(body)
    }

    fn for_loop(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        let variable = match self.peek()?.literal() {
            Some(name) if is_name(name) => name.clone(),
            _ => {
                if *self.peek()? == Token::Operator(Operator::Open) {
                    return Err(SyntaxError::unsupported("\"for ((\"", start));
                }
                return Err(self.unexpected("a variable name after \"for\""));
            }
        };
        self.take()?;
        let mut words = None;
        self.reserved = &[b"in", b"do"];
        self.peek()?;
        self.reserved = RESERVED;
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
        self.skip_newlines()?;
        let body = self.do_group(&"for".into(), start)?;
        Ok(CompoundKind::For { variable, words, body })
    }

    fn case(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.take()?;
        let (token, span) = self.take()?;
        let Token::Word(subject) = token else {
            self.lookahead = Some((token, span));
            return Err(self.unexpected("a word after \"case\""));
        };
        self.reserved = &[b"in"];
        self.peek()?;
        self.reserved = RESERVED;
        self.skip_newlines()?;
        self.expect("in", "case", start)?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.eat_reserved("esac")? {
                return Ok(CompoundKind::Case { subject, arms });
            }
            let (arm, last) = self.case_arm(start)?;
            arms.push(arm);
            if last {
                self.expect("esac", "case", start)?;
                return Ok(CompoundKind::Case { subject, arms });
            }
        }
    }

    /// One arm; whether it was the last, without a terminator.
    fn case_arm(&mut self, start: Span) -> Result<(CaseArm, bool), SyntaxError> {
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
        let body = self.optional_list()?;
        let end = if self.eat(Operator::DoubleSemicolon)? {
            Some(CaseEnd::Break)
        } else if self.eat(Operator::SemicolonAnd)? {
            Some(CaseEnd::FallThrough)
        } else {
            None
        };
        let span = self.input.span_from(arm_start);
        Ok((CaseArm { patterns, body, end: end.unwrap_or(CaseEnd::Break), span }, end.is_none()))
    }

    fn simple_or_function(&mut self, start: Span) -> Result<Command, SyntaxError> {
        if let Some(text) = self.peek()?.literal()
            && let Some((_, form)) = UNSUPPORTED.iter().find(|(word, _)| text == word)
        {
            return Err(SyntaxError::unsupported(form, start));
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

    fn function(&mut self, word: &Word, start: Span) -> Result<Command, SyntaxError> {
        self.take()?;
        if !self.eat(Operator::Close)? {
            return Err(self.unexpected("\")\" after \"(\" of a function definition"));
        }
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
                None => return Err(self.unexpected("a compound command as the function's body")),
            },
        };
        let span = Span { end: body.span.end, ..start };
        Ok(Command::Function(FunctionDefinition { name, body: Rc::new(body), span }))
    }

    fn simple(&mut self, start: Span) -> Result<Command, SyntaxError> {
        let mut command = SimpleCommand::default();
        let mut end = start.end;
        loop {
            if let Some(redirect) = self.redirect()? {
                end = redirect.span.end;
                command.redirects.push(redirect);
                continue;
            }
            let assigning = command.words.is_empty();
            if assigning && !(command.assignments.is_empty() && command.redirects.is_empty()) {
                self.substitute_alias()?;
            }
            if !matches!(self.peek()?, Token::Word(_)) {
                break;
            }
            let (token, span) = self.take()?;
            let Token::Word(word) = token else { break };
            end = span.end;
            match split_assignment(&word).filter(|_| assigning) {
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

    fn redirect(&mut self) -> Result<Option<Redirect>, SyntaxError> {
        let (descriptor, start) = match self.peek()? {
            Token::IoNumber(number) => {
                let number = *number;
                let (_, span) = self.take()?;
                (Some(number), span)
            }
            Token::Operator(operator) if is_redirection(*operator) => (None, self.here()?),
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
            _ => self.here_document(&word, operator == Operator::DoubleLessDash, start),
        };
        Ok(Some(Redirect { descriptor, kind, span: Span { end: span.end, ..start } }))
    }

    fn here_document(&mut self, word: &Word, strip_tabs: bool, span: Span) -> RedirectKind {
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

impl Command {
    /// The whole command.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Simple(simple) => simple.span,
            Self::Compound(compound) => compound.span,
            Self::Function(definition) => definition.span,
        }
    }
}

fn is_redirection(operator: Operator) -> bool {
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
    )
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

/// Whether text between `((` and `))` is an expression rather than commands:
/// it has no two words in a row.
fn looks_arithmetic(parts: &[WordPart]) -> bool {
    let [WordPart::Literal(text)] = parts else { return true };
    !text.contains_str(";") && text.iter().any(|byte| b"=<>+-*/%!&|^~?,".contains(byte))
        || text.trim().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

//! `[[ … ]]`, and what stands between double parentheses (bash, Conditional Constructs).

use bstr::BString;

use super::Grammar;
use super::error::SyntaxError;
use super::mode::Mode;
use super::token::{Operator, Token};
use crate::shell::lexer::Form;
use crate::shell::syntax::{ArithmeticExpansion, CompoundKind, List, Span, Test, Word, WordPart};

/// Operators with one operand.
const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

/// Operators between two operands that are words.
const BINARY: &[&str] =
    &["=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];

impl Grammar<'_, '_> {
    /// Reads what follows `[[`, which has been taken, with its closing word.
    pub(super) fn test(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        let test = self.test_or()?;
        if self.peek()?.literal().is_some_and(|text| text == "]]") {
            self.take()?;
            return Ok(CompoundKind::Test(test));
        }
        Err(self.unexpected(&format!("\"]]\" for the \"[[\" on line {}", start.line)))
    }

    fn test_or(&mut self) -> Result<Test, SyntaxError> {
        let mut left = self.test_and()?;
        while self.eat_within_test(Operator::OrIf)? {
            left = Test::Or(Box::new(left), Box::new(self.test_and()?));
        }
        Ok(left)
    }

    fn test_and(&mut self) -> Result<Test, SyntaxError> {
        let mut left = self.test_not()?;
        while self.eat_within_test(Operator::AndIf)? {
            left = Test::And(Box::new(left), Box::new(self.test_not()?));
        }
        Ok(left)
    }

    fn eat_within_test(&mut self, operator: Operator) -> Result<bool, SyntaxError> {
        self.skip_newlines()?;
        self.eat(operator)
    }

    fn test_not(&mut self) -> Result<Test, SyntaxError> {
        self.nested(|grammar| {
            grammar.skip_newlines()?;
            if grammar.peek()?.literal().is_some_and(|text| text == "!") {
                grammar.take()?;
                return Ok(Test::Not(Box::new(grammar.test_not()?)));
            }
            if grammar.eat(Operator::Open)? {
                let inner = grammar.test_or()?;
                grammar.skip_newlines()?;
                if !grammar.eat(Operator::Close)? {
                    return Err(grammar.unexpected("\")\" in \"[[\""));
                }
                return Ok(Test::Group(Box::new(inner)));
            }
            grammar.test_primary()
        })
    }

    fn test_primary(&mut self) -> Result<Test, SyntaxError> {
        let first = self.test_word()?;
        let operator = literal(&first)
            .filter(|text| matches!(text.as_slice(), [b'-', letter] if UNARY.contains(letter)));
        if let Some(operator) = operator {
            let operand = self.test_word()?;
            return Ok(Test::Unary { operator: operator.clone(), operand });
        }
        let operator = match self.peek()? {
            Token::Operator(Operator::Less) => Some(BString::from("<")),
            Token::Operator(Operator::Great) => Some(BString::from(">")),
            token => token
                .literal()
                .filter(|text| BINARY.iter().any(|known| text.as_slice() == known.as_bytes()))
                .cloned(),
        };
        let Some(operator) = operator else {
            return Ok(Test::Unary { operator: BString::default(), operand: first });
        };
        self.take()?;
        let right = match operator.as_slice() {
            b"=~" => self.regular_expression()?,
            b"=" | b"==" | b"!=" => self.pattern_word()?,
            _ => self.test_word()?,
        };
        Ok(Test::Binary { operator, left: first, right })
    }

    fn test_word(&mut self) -> Result<Word, SyntaxError> {
        let (token, span) = self.take()?;
        match token {
            Token::Word(word) if literal(&word).is_none_or(|text| text != "]]") => Ok(word),
            // Digits before `<` or `>` are a word here.
            Token::IoNumber(number) => {
                let text = BString::from(number.to_string());
                Ok(Word { parts: vec![WordPart::Literal(text)], span })
            }
            token => {
                self.lookahead = Some((token, span));
                Err(self.unexpected("an operand in \"[[\""))
            }
        }
    }

    /// The pattern behind `==`: extended, whatever `shopt` says.
    fn pattern_word(&mut self) -> Result<Word, SyntaxError> {
        let outer = self.input.dialect;
        self.input.dialect.extended_patterns = true;
        self.input.dialect.posix = false;
        let word = self.test_word();
        self.input.dialect = outer;
        word
    }

    fn regular_expression(&mut self) -> Result<Word, SyntaxError> {
        while matches!(self.input.peek_joined(), Some(b' ' | b'\t')) {
            self.input.next();
        }
        let start = self.input.position();
        let parts = self.parts(Mode::Expression)?;
        if parts.is_empty() {
            return Err(self.unexpected("a regular expression behind \"=~\""));
        }
        Ok(Word { parts, span: self.input.span_from(start) })
    }

    /// `((…))` as a command, behind its first parenthesis. `None`: it is a subshell
    /// within a subshell.
    pub(super) fn arithmetic_command(&mut self) -> Result<Option<CompoundKind>, SyntaxError> {
        if self.input.is_refused(Form::Command) {
            return Ok(None);
        }
        let mark = self.input.mark();
        self.input.next();
        let start = self.input.position();
        let result = self.parts(Mode::Arithmetic);
        let after = self.input.peek();
        if let Ok(parts) = result
            && matches!(
                after,
                None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b')' | b'<' | b'>')
            )
            && (!self.input.dialect.posix || looks_arithmetic(&parts))
        {
            let span = self.input.span_from(start);
            self.last_end = span.end;
            return Ok(Some(CompoundKind::Arithmetic(ArithmeticExpansion { parts, span })));
        }
        self.input.return_to(mark);
        self.input.refuse(Form::Command);
        Ok(None)
    }

    /// `for ((…;…;…))`, behind its first parenthesis.
    pub(super) fn counting_loop(&mut self, start: Span) -> Result<CompoundKind, SyntaxError> {
        self.input.next();
        let first = self.expression(Mode::Clause)?;
        let mut rest = Vec::new();
        for _ in 0..2 {
            if !self.input.eat(b';') {
                return Err(SyntaxError::new("\";\" is missing in \"for ((\"", start));
            }
            rest.push(self.expression(Mode::Clause)?);
        }
        let third = rest.pop().unwrap_or_else(|| first.clone());
        let second = rest.pop().unwrap_or_else(|| first.clone());
        if !(self.input.eat(b')') && self.input.eat(b')')) {
            return Err(SyntaxError::new("\"))\" is missing after \"for ((\"", start));
        }
        if !self.eat(Operator::Semicolon)? {
            self.skip_newlines()?;
        }
        let body = self.loop_body("for", start)?;
        Ok(CompoundKind::Count { clauses: Box::new([first, second, third]), body })
    }

    /// `do … done`, or the `{ … }` that bash takes, too, after newlines.
    pub(super) fn loop_body(&mut self, opening: &str, start: Span) -> Result<List, SyntaxError> {
        while *self.peek_with_reserved(&[b"do", b"{"])? == Token::Newline {
            self.take()?;
        }
        if !self.input.dialect.posix && self.eat_reserved("{")? {
            let body = self.list("a command")?;
            self.expect("}", opening, start)?;
            return Ok(body);
        }
        self.do_group(&opening.into(), start)
    }
}

fn literal(word: &Word) -> Option<&BString> {
    super::token::literal(word)
}

/// Whether text between `((` and `))` is an expression rather than commands:
/// it has no two words in a row.
fn looks_arithmetic(parts: &[WordPart]) -> bool {
    use bstr::ByteSlice;
    let [WordPart::Literal(text)] = parts else { return true };
    !text.contains_str(";") && text.iter().any(|byte| b"=<>+-*/%!&|^~?,".contains(byte))
        || text.trim().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

//! Tokens of arithmetic expressions.

use bstr::BString;

use super::{ArithmeticError, BinaryOperator, UnaryOperator};

/// One token. Names borrow from the expression's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Number(i64),
    Name(&'a [u8]),
    Operator(Operator),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Unary(UnaryOperator),
    Binary(BinaryOperator),
    AndAnd,
    OrOr,
    /// `=` (`None`) or `+=` and its kin.
    Assign(Option<BinaryOperator>),
    Increment,
    Decrement,
    Question,
    Colon,
    Comma,
    Open,
    Close,
}

/// Operators, longest first where one begins another.
const OPERATORS: &[(&[u8], Operator)] = &[
    (b"<<=", Operator::Assign(Some(BinaryOperator::ShiftLeft))),
    (b">>=", Operator::Assign(Some(BinaryOperator::ShiftRight))),
    (b"<<", Operator::Binary(BinaryOperator::ShiftLeft)),
    (b">>", Operator::Binary(BinaryOperator::ShiftRight)),
    (b"<=", Operator::Binary(BinaryOperator::LessEqual)),
    (b">=", Operator::Binary(BinaryOperator::GreaterEqual)),
    (b"==", Operator::Binary(BinaryOperator::Equal)),
    (b"!=", Operator::Binary(BinaryOperator::NotEqual)),
    (b"&&", Operator::AndAnd),
    (b"||", Operator::OrOr),
    (b"**", Operator::Binary(BinaryOperator::Power)),
    (b"*=", Operator::Assign(Some(BinaryOperator::Multiply))),
    (b"/=", Operator::Assign(Some(BinaryOperator::Divide))),
    (b"%=", Operator::Assign(Some(BinaryOperator::Remainder))),
    (b"+=", Operator::Assign(Some(BinaryOperator::Add))),
    (b"-=", Operator::Assign(Some(BinaryOperator::Subtract))),
    (b"&=", Operator::Assign(Some(BinaryOperator::And))),
    (b"^=", Operator::Assign(Some(BinaryOperator::Xor))),
    (b"|=", Operator::Assign(Some(BinaryOperator::Or))),
    (b"++", Operator::Increment),
    (b"--", Operator::Decrement),
    (b"+", Operator::Plus),
    (b"-", Operator::Minus),
    (b"*", Operator::Binary(BinaryOperator::Multiply)),
    (b"/", Operator::Binary(BinaryOperator::Divide)),
    (b"%", Operator::Binary(BinaryOperator::Remainder)),
    (b"<", Operator::Binary(BinaryOperator::Less)),
    (b">", Operator::Binary(BinaryOperator::Greater)),
    (b"&", Operator::Binary(BinaryOperator::And)),
    (b"^", Operator::Binary(BinaryOperator::Xor)),
    (b"|", Operator::Binary(BinaryOperator::Or)),
    (b"!", Operator::Unary(UnaryOperator::Not)),
    (b"~", Operator::Unary(UnaryOperator::Complement)),
    (b"=", Operator::Assign(None)),
    (b"?", Operator::Question),
    (b":", Operator::Colon),
    (b",", Operator::Comma),
    (b"(", Operator::Open),
    (b")", Operator::Close),
];

/// Splits the text of an expression into tokens.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    /// Where the next token is looked for.
    position: usize,
    /// Where the latest token begins.
    start: usize,
    after_name: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, position: 0, start: 0, after_name: false }
    }

    /// The latest token as it is written.
    pub(super) fn token_text(&self) -> BString {
        BString::from(&self.text[self.start..self.position])
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, ArithmeticError> {
        self.start = skip_blanks(self.text, self.position);
        self.position = self.start;
        let after_name = std::mem::replace(&mut self.after_name, false);
        let rest = &self.text[self.start..];
        let Some(&first) = rest.first() else { return Ok(Token::End) };
        if first.is_ascii_digit() {
            let word = run(rest, |byte| is_name_byte(byte) || matches!(byte, b'#' | b'@'));
            self.position += word.len();
            let number =
                number(word).ok_or_else(|| ArithmeticError::InvalidNumber(BString::from(word)))?;
            return Ok(Token::Number(number));
        }
        if is_name_byte(first) {
            let bare = run(rest, is_name_byte).len();
            let subscript = subscript(&rest[bare..])?;
            let name = &rest[..bare + subscript];
            self.position += name.len();
            self.after_name = true;
            return Ok(Token::Name(name));
        }
        for (spelling, operator) in OPERATORS {
            if spelling[0] == first && rest.starts_with(spelling) {
                let operator = self.resolve_step(*operator, after_name);
                self.position += match operator {
                    Operator::Plus | Operator::Minus => 1,
                    _ => spelling.len(),
                };
                return Ok(Token::Operator(operator));
            }
        }
        let word = run(rest, |byte| !is_blank(byte));
        self.position += word.len();
        Err(ArithmeticError::UnexpectedToken(BString::from(word)))
    }

    /// `++` and `--` are an extension: where they cannot step a variable they
    /// are two signs, as in shells that do not have them (`1--1`, `- --1`).
    fn resolve_step(&self, operator: Operator, after_name: bool) -> Operator {
        let sign = match operator {
            Operator::Increment => Operator::Plus,
            Operator::Decrement => Operator::Minus,
            other => return other,
        };
        let following = self.text.get(skip_blanks(self.text, self.position + 2)).copied();
        let steps = if after_name {
            !following.is_some_and(|byte| is_name_byte(byte) || byte == b'(')
        } else {
            following.is_some_and(|byte| is_name_byte(byte) && !byte.is_ascii_digit())
        };
        if steps { operator } else { sign }
    }
}

/// How long a subscript with its brackets is, if one begins here (bash).
fn subscript(text: &[u8]) -> Result<usize, ArithmeticError> {
    if text.first() != Some(&b'[') {
        return Ok(0);
    }
    let mut open = 0_usize;
    for (place, byte) in text.iter().enumerate() {
        match byte {
            b'[' => open += 1,
            b']' if open == 1 => return Ok(place + 1),
            b']' => open -= 1,
            _ => {}
        }
    }
    Err(ArithmeticError::UnexpectedEnd("']'"))
}

/// The value of text that is nothing but a constant: blanks, a sign, and a
/// decimal, octal or hexadecimal number. `None` means that the text must be
/// parsed (or is wrong).
#[must_use]
pub fn constant(text: &[u8]) -> Option<i64> {
    let mut text = text.trim_ascii();
    let negative = text.first() == Some(&b'-');
    if negative || text.first() == Some(&b'+') {
        text = &text[1..];
    }
    if !text.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let value = number(text)?;
    Some(if negative { value.wrapping_neg() } else { value })
}

/// The value of a word that begins with a digit. Too large a value wraps.
fn number(word: &[u8]) -> Option<i64> {
    if let Some(hash) = word.iter().position(|&byte| byte == b'#') {
        let base = digits(&word[..hash], 10)?;
        if !(2..=64).contains(&base) {
            return None;
        }
        return digits(&word[hash + 1..], base);
    }
    match word {
        [b'0', b'x' | b'X', hexadecimal @ ..] => digits(hexadecimal, 16),
        [b'0', octal @ ..] if !octal.is_empty() => digits(octal, 8),
        _ => digits(word, 10),
    }
}

fn digits(word: &[u8], base: i64) -> Option<i64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_i64, |value, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        let digit = i64::from(digit);
        (digit < base).then(|| value.wrapping_mul(base).wrapping_add(digit))
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

fn skip_blanks(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + run(rest, is_blank).len()
}

fn run(text: &[u8], accept: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|&byte| !accept(byte)).unwrap_or(text.len());
    &text[..end]
}

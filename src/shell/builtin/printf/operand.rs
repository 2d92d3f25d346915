//! Numbers in the operands of `printf`: constants of C, and `'c` for the code of
//! a character.

use crate::shell::pattern::Encoding;

/// A number, with what is wrong with it. The value is used all the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number<T> {
    pub(super) value: T,
    pub(super) problem: Option<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// There are no digits.
    NoNumber,
    /// Something follows the number.
    Rest,
    /// The number is too large.
    Range,
}

/// An integer for `%d` (`signed`) or for the unsigned conversions, to which
/// negative numbers are added modulo 2⁶⁴, as in C.
pub(super) fn integer(text: &[u8], signed: bool, encoding: Encoding) -> Number<i128> {
    if let Some(code) = character(text, encoding) {
        return Number { value: i128::from(code), problem: None };
    }
    let (negative, start) = sign(text);
    let rest = &text[start..];
    let (base, digits): (u8, _) = match rest {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => (16, &rest[2..]),
        [b'0', ..] => (8, rest),
        _ => (10, rest),
    };
    let values = digits.iter().map_while(|&byte| char::from(byte).to_digit(u32::from(base)));
    let (mut magnitude, length) = values.fold((0_i128, 0), |(value, length), digit| {
        // Far beyond 64 bits and far below the limit of 128.
        ((value * i128::from(base) + i128::from(digit)).min(1 << 100), length + 1)
    });
    let mut problem = problem(text, length, digits.len() - length);
    let limit = match (signed, negative) {
        (false, _) => i128::from(u64::MAX),
        (true, false) => i128::from(i64::MAX),
        (true, true) => -i128::from(i64::MIN),
    };
    if magnitude > limit {
        magnitude = limit;
        problem = Some(Problem::Range);
        if !signed {
            return Number { value: magnitude, problem };
        }
    }
    let value = match (negative, signed) {
        (false, _) => magnitude,
        (true, true) => -magnitude,
        (true, false) => -magnitude & i128::from(u64::MAX),
    };
    Number { value, problem }
}

/// A double, as `strtod` reads it.
pub(super) fn float(text: &[u8], encoding: Encoding) -> Number<f64> {
    if let Some(code) = character(text, encoding) {
        return Number { value: f64::from(code), problem: None };
    }
    let (negative, start) = sign(text);
    let rest = &text[start..];
    let (value, length) =
        special(rest).or_else(|| hexadecimal(rest)).unwrap_or_else(|| decimal(rest));
    let mut problem = problem(text, length, rest.len() - length);
    if value.is_infinite() && rest[0].is_ascii_digit() {
        problem = Some(Problem::Range);
    }
    Number { value: if negative { -value } else { value }, problem }
}

/// The code of the character after a quote.
fn character(text: &[u8], encoding: Encoding) -> Option<u32> {
    let [b'\'' | b'"', character @ ..] = text else { return None };
    let Some(&first) = character.first() else { return Some(0) };
    let decoded = match encoding {
        Encoding::Utf8 => bstr::decode_utf8(character).0,
        Encoding::Bytes => None,
    };
    Some(decoded.map_or(u32::from(first), u32::from))
}

/// Skips blanks and a sign: whether it is `-`, and where the number begins.
fn sign(text: &[u8]) -> (bool, usize) {
    let blanks = text.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t'..=b'\r')).count();
    match text.get(blanks) {
        Some(b'-') => (true, blanks + 1),
        Some(b'+') => (false, blanks + 1),
        _ => (false, blanks),
    }
}

fn problem(text: &[u8], digits: usize, rest: usize) -> Option<Problem> {
    match (digits, rest) {
        // The empty operand counts as 0, as in the other shells.
        (0, _) if text.is_empty() => None,
        (0, _) => Some(Problem::NoNumber),
        (_, 0) => None,
        _ => Some(Problem::Rest),
    }
}

fn special(text: &[u8]) -> Option<(f64, usize)> {
    let begins =
        |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if begins(b"infinity") {
        Some((f64::INFINITY, 8))
    } else if begins(b"inf") {
        Some((f64::INFINITY, 3))
    } else if begins(b"nan") {
        Some((f64::NAN, 3))
    } else {
        None
    }
}

fn decimal(text: &[u8]) -> (f64, usize) {
    let count = |from: usize| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut length = count(0);
    let mut digits = length;
    if text.get(length) == Some(&b'.') {
        let fraction = count(length + 1);
        digits += fraction;
        length += 1 + fraction;
    }
    if digits == 0 {
        return (0.0, 0);
    }
    if let Some(b'e' | b'E') = text.get(length) {
        let sign = usize::from(matches!(text.get(length + 1), Some(b'+' | b'-')));
        let exponent = count(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let number = std::str::from_utf8(&text[..length]).ok().and_then(|text| text.parse().ok());
    (number.unwrap_or(0.0), length)
}

/// `0x1.8p3`.
fn hexadecimal(text: &[u8]) -> Option<(f64, usize)> {
    let [b'0', b'x' | b'X', ..] = text else { return None };
    let (mut mantissa, mut exponent) = (0_u64, 0_i64);
    let (mut digits, mut point) = (0, false);
    let mut length = 2;
    for &byte in &text[2..] {
        if byte == b'.' && !point {
            point = true;
        } else if let Some(digit) = char::from(byte).to_digit(16) {
            digits += 1;
            if mantissa >> 59 == 0 {
                mantissa = mantissa << 4 | u64::from(digit);
                exponent -= if point { 4 } else { 0 };
            } else {
                // Enough bits; the last one remembers that there were others.
                mantissa |= u64::from(digit != 0);
                exponent += if point { 0 } else { 4 };
            }
        } else {
            break;
        }
        length += 1;
    }
    if digits == 0 {
        return None;
    }
    if let Some(b'p' | b'P') = text.get(length) {
        let (negative, sign) = match text.get(length + 1) {
            Some(b'-') => (true, 1),
            Some(b'+') => (false, 1),
            _ => (false, 0),
        };
        let digits = text[length + 1 + sign..].iter().take_while(|byte| byte.is_ascii_digit());
        let (value, count) = digits.fold((0_i64, 0), |(value, count), digit| {
            ((value * 10 + i64::from(digit - b'0')).min(1 << 40), count + 1)
        });
        if count > 0 {
            exponent += if negative { -value } else { value };
            length += 1 + sign + count;
        }
    }
    Some((scale(mantissa, exponent), length))
}

/// `mantissa` times two to the power of `exponent`.
fn scale(mantissa: u64, exponent: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "this is where the number is rounded")]
    let mut value = mantissa as f64;
    let mut exponent = exponent.clamp(-3000, 3000);
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        value *= 2_f64.powi(i32::try_from(step).unwrap_or(0));
        exponent -= step;
    }
    value
}

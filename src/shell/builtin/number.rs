//! Numbers in the arguments of builtins.

use thiserror::Error;

/// Why an argument is no number. The caller names the argument.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NumberError {
    /// Not a decimal integer.
    #[error("integer expected")]
    Invalid,
    /// A decimal integer beyond 64 bits.
    #[error("number out of range")]
    OutOfRange,
}

/// Reads a decimal integer: digits after an optional sign. Blanks around it are
/// allowed, as `strtol` and the other shells allow them; leading zeros do not
/// make it octal.
///
/// # Errors
/// Anything else, also the empty argument.
pub fn parse_integer(text: &[u8]) -> Result<i64, NumberError> {
    let text = text.trim_ascii();
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NumberError::Invalid);
    }
    // The value is built below zero, where there is room for one more.
    let below = digits
        .iter()
        .try_fold(0_i64, |value, digit| value.checked_mul(10)?.checked_sub(i64::from(digit - b'0')))
        .ok_or(NumberError::OutOfRange)?;
    if negative { Ok(below) } else { below.checked_neg().ok_or(NumberError::OutOfRange) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_integers_are_read() {
        assert_eq!(parse_integer(b"42"), Ok(42));
        assert_eq!(parse_integer(b"-7"), Ok(-7));
        assert_eq!(parse_integer(b"+5"), Ok(5));
        assert_eq!(parse_integer(b" 1\t"), Ok(1));
        assert_eq!(parse_integer(b"010"), Ok(10));
        assert_eq!(parse_integer(b"9223372036854775807"), Ok(i64::MAX));
        assert_eq!(parse_integer(b"-9223372036854775808"), Ok(i64::MIN));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in ["", " ", "-", "+-1", "1x", "0x1", "1.5", "- 1", "1 2"] {
            assert_eq!(parse_integer(text.as_bytes()), Err(NumberError::Invalid), "{text}");
        }
        assert_eq!(parse_integer(b"9223372036854775808"), Err(NumberError::OutOfRange));
        assert_eq!(parse_integer(b"-9223372036854775809"), Err(NumberError::OutOfRange));
        assert_eq!(parse_integer(&[b'9'; 100]), Err(NumberError::OutOfRange));
    }
}

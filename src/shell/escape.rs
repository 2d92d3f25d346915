//! Backslash escapes of `printf` and `echo -e`.

/// Where an escape stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a format of `printf`: octal is `\ddd`; quotes may be escaped.
    Format,
    /// In the argument of `%b` or `echo -e`: octal is `\0ddd` (and `\ddd`, as in
    /// bash), and `\c` ends all output.
    Argument,
}

/// `\c` was met: nothing more is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop;

/// Writes `text` with its escapes replaced.
pub(crate) fn expand(text: &[u8], out: &mut Vec<u8>) -> Result<(), Stop> {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'\\' {
            let length = escape(after, Place::Argument, out)?;
            rest = &after[length..];
        } else {
            out.push(byte);
        }
    }
    Ok(())
}

/// The text with its escapes replaced as in `$'…'`.
pub(crate) fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'\\' {
            let length = escape(after, Place::Format, &mut out).unwrap_or(0);
            rest = &after[length..];
        } else {
            out.push(byte);
        }
    }
    out
}

/// Writes what the escape means whose backslash stands before `text`, and
/// returns its length without the backslash. An escape that means nothing stays
/// as it is written. `\x`, `\u`, `\U`, `\e` are extensions, as in bash.
pub(crate) fn escape(text: &[u8], place: Place, out: &mut Vec<u8>) -> Result<usize, Stop> {
    let Some((&byte, after)) = text.split_first() else {
        out.push(b'\\');
        return Ok(0);
    };
    let plain = match byte {
        b'\\' => b'\\',
        b'a' => 0x07,
        b'b' => 0x08,
        b'e' | b'E' => 0x1b,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'"' | b'\'' | b'?' if place == Place::Format => byte,
        b'c' if place == Place::Argument => return Err(Stop),
        b'0'..=b'7' => {
            let zero = usize::from(byte == b'0' && place == Place::Argument);
            let (value, length) = number(&text[zero..], 8, 3);
            // As in C, only the low eight bits of \777 remain.
            out.push(value.to_le_bytes()[0]);
            return Ok(zero + length);
        }
        b'x' | b'u' | b'U' => return Ok(1 + coded(byte, after, out)),
        _ => {
            out.extend_from_slice(&[b'\\', byte]);
            return Ok(1);
        }
    };
    out.push(plain);
    Ok(1)
}

/// Writes the byte of `\x` or the character of `\u` and `\U`; returns the length
/// of its digits.
fn coded(kind: u8, digits: &[u8], out: &mut Vec<u8>) -> usize {
    let limit = match kind {
        b'x' => 2,
        b'u' => 4,
        _ => 8,
    };
    let (value, length) = number(digits, 16, limit);
    match char::from_u32(value) {
        _ if length == 0 => out.extend_from_slice(&[b'\\', kind]),
        _ if kind == b'x' => out.push(value.to_le_bytes()[0]),
        Some(character) => {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        None => {
            out.extend_from_slice(&[b'\\', kind]);
            out.extend_from_slice(&digits[..length]);
        }
    }
    length
}

/// Up to `limit` digits: their value and how many there are.
fn number(text: &[u8], base: u32, limit: usize) -> (u32, usize) {
    let digits = text.iter().take(limit).map_while(|&byte| char::from(byte).to_digit(base));
    digits.fold((0, 0), |(value, length), digit| (value * base + digit, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(text: &str) -> (Vec<u8>, Result<(), Stop>) {
        let mut out = Vec::new();
        let flow = expand(text.as_bytes(), &mut out);
        (out, flow)
    }

    #[test]
    fn escapes_of_arguments_are_replaced() {
        for (text, expected) in [
            ("a\\tb\\n", b"a\tb\n".as_slice()),
            ("\\a\\b\\f\\r\\v\\\\", b"\x07\x08\x0c\r\x0b\\"),
            ("\\0101\\01234", b"AS4"),
            ("\\0", b"\0"),
            ("\\08", b"\x008"),
            ("\\101\\1234\\777", b"AS4\xff"),
            ("\\x41\\x4g\\xg", b"A\x04g\\xg"),
            ("\\u6587\\U0001F980\\uD800", "文🦀\\uD800".as_bytes()),
            ("\\e\\E", b"\x1b\x1b"),
            ("\\q\\\"\\", b"\\q\\\"\\"),
        ] {
            assert_eq!(argument(text), (expected.to_vec(), Ok(())), "{text}");
        }
    }

    #[test]
    fn c_stops_the_output() {
        assert_eq!(argument("a\\cb"), (b"a".to_vec(), Err(Stop)));
    }

    #[test]
    fn octal_in_a_format_has_three_digits() {
        let mut out = Vec::new();
        assert_eq!(escape(b"0101", Place::Format, &mut out), Ok(3));
        assert_eq!(escape(b"\"", Place::Format, &mut out), Ok(1));
        assert_eq!(escape(b"c", Place::Format, &mut out), Ok(1));
        assert_eq!(out, b"\x08\"\\c");
    }
}

//! `$'…'` (XCU 2.2.4 of POSIX.1-2024).

use bstr::{BString, ByteSlice};

use super::Grammar;
use super::error::SyntaxError;

impl Grammar<'_, '_> {
    /// Reads the text and its closing quote.
    pub(super) fn dollar_single_quoted(&mut self) -> Result<BString, SyntaxError> {
        let start = self.input.position();
        let mut text = Vec::new();
        loop {
            match self.input.next() {
                Some(b'\'') => {
                    // What follows a NUL is unspecified; like bash, it ends there.
                    let end = text.find_byte(0).unwrap_or(text.len());
                    text.truncate(end);
                    return Ok(text.into());
                }
                Some(b'\\') => self.escape(&mut text),
                Some(byte) => text.push(byte),
                None => return Err(SyntaxError::incomplete("unterminated \"$'\"", start)),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(letter) = self.input.next() else { return };
        let byte = match letter {
            b'a' => 7,
            b'b' => 8,
            b'e' | b'E' => 27,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => letter,
            b'c' => match self.input.next() {
                Some(b'\\') => {
                    self.input.eat(b'\\');
                    28
                }
                Some(control) => control.to_ascii_uppercase() & 0x1f,
                None => return,
            },
            b'x' => match self.number(16, 2) {
                Some(number) => u8::try_from(number & 0xff).unwrap_or(0),
                None => {
                    text.extend_from_slice(b"\\x");
                    return;
                }
            },
            b'u' | b'U' => {
                match self.number(16, if letter == b'u' { 4 } else { 8 }) {
                    Some(number) => {
                        let character =
                            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => text.extend_from_slice(&[b'\\', letter]),
                }
                return;
            }
            b'0'..=b'7' => {
                let mut number = u32::from(letter - b'0');
                for _ in 0..2 {
                    match self.input.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            self.input.next();
                            number = number * 8 + u32::from(digit - b'0');
                        }
                        _ => break,
                    }
                }
                u8::try_from(number & 0xff).unwrap_or(0)
            }
            other => {
                text.push(b'\\');
                other
            }
        };
        text.push(byte);
    }

    fn number(&mut self, radix: u32, digits: usize) -> Option<u32> {
        let mut number = None;
        for _ in 0..digits {
            let Some(digit) = self.input.peek().and_then(|byte| char::from(byte).to_digit(radix))
            else {
                break;
            };
            self.input.next();
            number = Some(number.unwrap_or(0_u32).wrapping_mul(radix).wrapping_add(digit));
        }
        number
    }
}

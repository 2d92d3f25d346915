//! Text that is safe to show: every character that could move the cursor, hide
//! or reorder what a person reads is spelled out.

use std::fmt::Write as _;

use bstr::ByteSlice;

/// The bytes as printable text. Control characters, format and bidirectional
/// characters, line separators, tags and invalid UTF-8 become `\xNN` or
/// `\u{N}`; a backslash that could be mistaken for such an escape is doubled. The
/// result decodes to the same bytes, so two different texts never look alike.
#[must_use]
pub fn visible(bytes: &[u8]) -> String {
    spelled_out(bytes, true)
}

/// Text of several lines, parts of which may be [`visible`] already, so that its
/// backslashes stay as they are: for messages. A terminal obeys nothing of it.
#[must_use]
pub fn safe_lines(bytes: &[u8]) -> String {
    bytes
        .split(|byte| *byte == b'\n')
        .map(|line| spelled_out(line, false))
        .collect::<Vec<_>>()
        .join("\n")
}

fn spelled_out(bytes: &[u8], backslashes: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for (start, end, character) in bytes.char_indices() {
        let piece = &bytes[start..end];
        if character == char::REPLACEMENT_CHARACTER && piece != "\u{fffd}".as_bytes() {
            for byte in piece {
                let _ = write!(text, "\\x{byte:02x}");
            }
        } else if backslashes && character == '\\' && matches!(bytes.get(end), Some(b'x' | b'u')) {
            text.push_str("\\x5c");
        } else if character.is_control() && character.is_ascii() {
            let _ = write!(text, "\\x{:02x}", u32::from(character));
        } else if is_hidden(character) {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    text
}

/// Like [`visible`], but newlines stay: for text of several lines.
#[must_use]
pub fn visible_lines(bytes: &[u8]) -> String {
    bytes.split(|byte| *byte == b'\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// JSON text in which hidden characters are escapes of JSON, so that it is safe to
/// show and still means the same: they stand in strings only.
#[must_use]
pub fn visible_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_hidden(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(character);
        }
    }
    text
}

/// Characters that have no shape of their own, or that change how others are
/// shown (Unicode's Cc, Cf, Zl, Zp, variation selectors, fillers, private use), and
/// every blank that looks like the usual one and is none (Zs): no shell splits at it.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(
            u32::from(character),
            0xad | 0x34f
                | 0x600..=0x605
                | 0x61c
                | 0x6dd
                | 0x70f
                | 0x890..=0x891
                | 0x8e2
                | 0x115f..=0x1160
                | 0x17b4..=0x17b5
                | 0x180b..=0x180f
                | 0x200b..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0x2800
                | 0x3164
                | 0xe000..=0xf8ff
                | 0xfe00..=0xfe0f
                | 0xfeff
                | 0xffa0
                | 0xfff0..=0xfffb
                | 0x110bd
                | 0x110cd
                | 0x13430..=0x1343f
                | 0x1bca0..=0x1bca3
                | 0x1d173..=0x1d17a
                | 0xe0000..=0xe0fff
                | 0xf0000..=0x10_ffff
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_safe_to_show_and_means_the_same() {
        let value = "ls \u{202e}txt\u{e0001}\u{9b}31m";
        let json = visible_json(&serde_json::to_string(value).unwrap());
        assert_eq!(json, r#""ls \u202etxt\udb40\udc01\u009b31m""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }

    #[test]
    fn a_message_made_of_visible_parts_is_not_escaped_twice() {
        let part = visible(b"a\x07\\x");
        assert_eq!(safe_lines(part.as_bytes()), part);
        assert_eq!(safe_lines("b\x1b[2J\nc\u{202e}".as_bytes()), "b\\x1b[2J\nc\\u{202e}");
    }

    fn decode(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if let Some(hex) = rest.strip_prefix("\\x") {
                bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
                rest = &hex[2..];
            } else if let Some(hex) = rest.strip_prefix("\\u{") {
                let (number, after) = hex.split_once('}').unwrap();
                let character = char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap();
                bytes.extend_from_slice(character.to_string().as_bytes());
                rest = after;
            } else {
                bytes.extend_from_slice(character.to_string().as_bytes());
                rest = &rest[character.len_utf8()..];
            }
        }
        bytes
    }

    #[test]
    fn what_could_deceive_is_spelled_out() {
        assert_eq!(visible(b"a\x1b[2Jb"), "a\\x1b[2Jb");
        assert_eq!(visible("x\u{202e}y".as_bytes()), "x\\u{202e}y");
        assert_eq!(visible(b"\xff"), "\\xff");
        assert_eq!(visible("目录 é".as_bytes()), "目录 é");
        assert_eq!(visible(b"\\x41 \\n"), "\\x5cx41 \\n");
        assert_eq!(visible_lines(b"a\nb\r"), "a\nb\\x0d");
    }

    proptest! {
        #[test]
        fn what_is_shown_decodes_to_what_it_was(bytes: Vec<u8>) {
            let shown = visible(&bytes);
            prop_assert!(shown.chars().all(|character| !is_hidden(character)));
            prop_assert_eq!(decode(&shown), bytes);
        }
    }
}

//! Quoting: text that a shell reads back as one word with exactly these bytes.

use bstr::{BString, ByteSlice};

use crate::escape::is_hidden;

/// Quotes a word for a shell, as briefly and readably as is safe:
///
/// - as it is, if no shell treats anything in it as special within an argument.
///   (As the first word of a command `a=b` would be an assignment and `if` a
///   keyword; who prints command names must know that.)
/// - else in single quotes;
/// - else, if it contains control characters, characters that cannot be seen or
///   bytes that are no text, in `$'…'` (POSIX.1-2024), so that what is shown is
///   what is there.
#[must_use]
pub fn quote(word: &[u8]) -> BString {
    let text = word.to_str();
    let Ok(text) = text else { return dollar_quoted(word) };
    if text.chars().any(is_hidden) {
        return dollar_quoted(word);
    }
    if !text.is_empty() && text.chars().all(is_safe) {
        return BString::from(word);
    }
    BString::from(format!("'{}'", text.replace('\'', "'\\''")))
}

/// The word in single quotes in any case, or in `$'…'` where it has control characters.
#[must_use]
pub fn single_quoted(word: &[u8]) -> BString {
    if word.iter().any(u8::is_ascii_control) || word.to_str().is_err() {
        return dollar_quoted(word);
    }
    [b"'", word.replace("'", "'\\''").as_slice(), b"'"].concat().into()
}

/// The word in double quotes in any case, or in `$'…'` where it has control characters:
/// as `declare -p` of bash has it.
#[must_use]
pub fn double_quoted(word: &[u8]) -> BString {
    if word.iter().any(u8::is_ascii_control) || word.to_str().is_err() {
        return dollar_quoted(word);
    }
    let mut quoted = b"\"".to_vec();
    for byte in word {
        if b"$`\"\\".contains(byte) {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted.push(b'"');
    quoted.into()
}

/// The word as `printf %q` of bash has it: special characters behind a backslash, or
/// `$'…'` where there are control characters.
#[must_use]
pub fn as_bash(word: &[u8]) -> BString {
    if word.is_empty() {
        return "''".into();
    }
    if word.iter().any(u8::is_ascii_control) || word.to_str().is_err() {
        return dollar_quoted(word);
    }
    let mut quoted = Vec::with_capacity(word.len());
    for (index, byte) in word.iter().enumerate() {
        let special =
            b" !\"$&'()*,;<>?[\\]^`{|}".contains(byte) || index == 0 && b"#~".contains(byte);
        if special {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted.into()
}

/// The key of an associative array, as `declare -p` has it: quoted where it has to be.
#[must_use]
pub fn key(word: &[u8]) -> BString {
    let plain = !word.is_empty()
        && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-+./:,%^".contains(byte));
    if plain { word.into() } else { double_quoted(word) }
}

/// How a part of a word is quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    #[default]
    /// Not; single characters are escaped.
    Bare,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
}

impl Style {
    /// What begins and ends it.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Single => "'",
            Self::Double => "\"",
        }
    }
}

/// The text as it is written where a quote of this style is open; that quote is open
/// again at its end. What cannot be seen, and bytes that are no text, are spelled out
/// in `$'…'`.
#[must_use]
pub fn escaped(text: &[u8], style: Style) -> String {
    let mut result = String::new();
    let mark = style.mark();
    for (start, end, character) in text.char_indices() {
        let bytes = &text[start..end];
        let is_text = character != char::REPLACEMENT_CHARACTER;
        match (style, character) {
            _ if !is_text || is_hidden(character) => {
                result.push_str(mark);
                result.push_str(&dollar_quoted(bytes).to_str_lossy());
                result.push_str(mark);
            }
            // No shell treats a character beyond ASCII as special, but for blanks.
            (Style::Bare, _) if !character.is_ascii() && !character.is_whitespace() => {
                result.push(character);
            }
            (Style::Bare, _) if is_safe(character) => result.push(character),
            (Style::Single, '\'') => result.push_str("'\\''"),
            (Style::Double, '$' | '`' | '"' | '\\') | (Style::Bare, _) => {
                result.push('\\');
                result.push(character);
            }
            _ => result.push(character),
        }
    }
    result
}

/// Characters that mean themselves wherever they stand in an argument.
fn is_safe(character: char) -> bool {
    character.is_alphanumeric() || "_@%+=:,./-".contains(character)
}

fn dollar_quoted(word: &[u8]) -> BString {
    let mut quoted = BString::from("$'");
    for (start, end, character) in word.char_indices() {
        let bytes = &word[start..end];
        let replacement = character == char::REPLACEMENT_CHARACTER;
        match character {
            '\n' => quoted.extend_from_slice(b"\\n"),
            '\t' => quoted.extend_from_slice(b"\\t"),
            '\r' => quoted.extend_from_slice(b"\\r"),
            '\x1b' => quoted.extend_from_slice(b"\\e"),
            '\\' | '\'' => quoted.extend_from_slice(&[b'\\', bytes[0]]),
            _ if !is_hidden(character) && !replacement => quoted.extend_from_slice(bytes),
            // Three octal digits end by themselves, unlike hexadecimal ones.
            _ => {
                for byte in bytes {
                    quoted.extend_from_slice(format!("\\{byte:03o}").as_bytes());
                }
            }
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &[u8], expected: &str) {
        assert_eq!(quote(word), expected);
    }

    #[test]
    fn safe_words_stay_bare() {
        check(b"file-1.txt", "file-1.txt");
        check(b"--color=auto", "--color=auto");
        check("图片.png".as_bytes(), "图片.png");
        check(b"a@b:/c,d+e%", "a@b:/c,d+e%");
    }

    #[test]
    fn special_words_are_single_quoted() {
        check(b"", "''");
        check(b"a b", "'a b'");
        check(b"~", "'~'");
        check(b"$x", "'$x'");
        check(b"#a", "'#a'");
        check(b"a*", "'a*'");
        check(b"{a,b}", "'{a,b}'");
        check(b"a\\b", "'a\\b'");
        check(b"it's", "'it'\\''s'");
        check("a→b".as_bytes(), "'a→b'");
    }

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        check(b"a\nb", "$'a\\nb'");
        check(b"\t'\\\x1b", "$'\\t\\'\\\\\\e'");
        check(b"\x011", "$'\\0011'");
        check(b"n\xff.c", "$'n\\377.c'");
        check("a\u{202e}b".as_bytes(), "$'a\\342\\200\\256b'");
        check("a\u{a0}é".as_bytes(), "$'a\\302\\240é'");
    }

    /// Reads one quoted word as a shell does.
    fn unquote(text: &[u8]) -> Vec<u8> {
        let mut word = Vec::new();
        let mut rest = text;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b'\'' => {
                    let end = rest.find_byte(b'\'').unwrap();
                    word.extend_from_slice(&rest[..end]);
                    rest = &rest[end + 1..];
                }
                b'$' => rest = unquote_dollar(rest, &mut word),
                b'\\' => {
                    word.push(rest[0]);
                    rest = &rest[1..];
                }
                b' ' | b'*' | b'?' | b'[' | b'~' | b'#' | b';' | b'&' | b'|' | b'"' => {
                    panic!("{:?} is not quoted", char::from(byte))
                }
                _ => word.push(byte),
            }
        }
        word
    }

    fn unquote_dollar<'a>(text: &'a [u8], word: &mut Vec<u8>) -> &'a [u8] {
        let mut rest = text.strip_prefix(b"'").unwrap();
        loop {
            match rest {
                [b'\'', after @ ..] => return after,
                [b'\\', first @ b'0'..=b'3', second, third, after @ ..] => {
                    word.push((first - b'0') * 64 + (second - b'0') * 8 + (third - b'0'));
                    rest = after;
                }
                [b'\\', letter, after @ ..] => {
                    word.push(match letter {
                        b'n' => b'\n',
                        b't' => b'\t',
                        b'r' => b'\r',
                        b'e' => 0x1b,
                        other => *other,
                    });
                    rest = after;
                }
                [byte, after @ ..] => {
                    word.push(*byte);
                    rest = after;
                }
                [] => panic!("the quotes are not closed"),
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_back(word in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40)) {
            assert_eq!(unquote(&quote(&word)), word);
        }

        #[test]
        fn any_text_comes_back(word in ".{0,20}") {
            assert_eq!(unquote(&quote(word.as_bytes())), word.as_bytes());
        }
    }
}

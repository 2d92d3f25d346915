//! Characters in bytes that need not be text.

/// What one character of a text is, as the locale (`LC_CTYPE`) says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Every byte is a character, as in the POSIX locale.
    Bytes,
    /// UTF-8. A byte that belongs to no valid character counts as one.
    #[default]
    Utf8,
}

/// One character: a code point, or a byte that is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Character(u32);

impl Character {
    /// Bytes that are no text stand above every code point, so that no range
    /// between characters contains them.
    const FIRST_INVALID: u32 = 0x11_0000;

    pub(super) fn as_char(self) -> Option<char> {
        char::from_u32(self.0)
    }

    pub(super) fn as_ascii(self) -> Option<u8> {
        u8::try_from(self.0).ok().filter(u8::is_ascii)
    }
}

impl Encoding {
    /// The character that begins at the start of `text`, and its length.
    pub(super) fn first(self, text: &[u8]) -> Option<(Character, usize)> {
        let &byte = text.first()?;
        if byte.is_ascii() {
            return Some((Character(u32::from(byte)), 1));
        }
        if self == Self::Utf8 {
            // `decode` stops at a maximal invalid sequence, which may be several
            // bytes; each of them is a character of its own here.
            if let (Some(character), length) = bstr::decode_utf8(text) {
                return Some((Character(u32::from(character)), length));
            }
        }
        Some((Character(Character::FIRST_INVALID + u32::from(byte)), 1))
    }

    /// The character that ends at the end of `text`, and its length.
    pub(super) fn last(self, text: &[u8]) -> Option<(Character, usize)> {
        let mut start = text.len().checked_sub(1)?;
        while start > 0 && !self.is_boundary(text, start) {
            start -= 1;
        }
        self.first(&text[start..])
    }

    /// Whether a character begins or the text ends at `position`.
    pub(super) fn is_boundary(self, text: &[u8], position: usize) -> bool {
        let Some(&byte) = text.get(position) else { return true };
        if self == Self::Bytes || !is_continuation(byte) {
            return true;
        }
        // The nearest byte that can begin a character decides: a valid
        // character that begins there and reaches beyond `position`.
        let lead = (position.saturating_sub(3)..position)
            .rev()
            .find(|&candidate| !is_continuation(text[candidate]));
        lead.is_none_or(|lead| match bstr::decode_utf8(&text[lead..]) {
            (Some(_), length) => lead + length <= position,
            (None, _) => true,
        })
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths of the characters of `text`, in order.
    fn lengths(text: &[u8]) -> Vec<usize> {
        let mut rest = text;
        std::iter::from_fn(|| {
            let (_, length) = Encoding::Utf8.first(rest)?;
            rest = &rest[length..];
            Some(length)
        })
        .collect()
    }

    #[test]
    fn characters_are_code_points_or_stray_bytes() {
        assert_eq!(lengths("aé文🦀".as_bytes()), [1, 2, 3, 4]);
        assert_eq!(lengths(b"\xff\xe6\x96\xc3\xa9\xa9"), [1, 1, 1, 2, 1]);
        assert_eq!(lengths(b""), [0_usize; 0]);
    }

    #[test]
    fn in_the_posix_locale_every_byte_is_a_boundary() {
        assert!(Encoding::Bytes.is_boundary("é".as_bytes(), 1));
        assert!(!Encoding::Utf8.is_boundary("é".as_bytes(), 1));
    }

    proptest::proptest! {
        #[test]
        fn boundaries_agree_with_decoding(text in proptest::collection::vec(
            proptest::sample::select(vec![b'a', 0xC3, 0xA9, 0xE6, 0x96, 0x87, 0xF0, 0x9F, 0xA6, 0x80, 0xFF]), 0..12)) {
            let mut starts = vec![0];
            for length in lengths(&text) {
                starts.push(starts[starts.len() - 1] + length);
            }
            for position in 0..=text.len() {
                assert_eq!(Encoding::Utf8.is_boundary(&text, position), starts.contains(&position));
            }
            for pair in starts.windows(2) {
                let last = Encoding::Utf8.last(&text[..pair[1]]);
                assert_eq!(last.map(|(_, length)| length), Some(pair[1] - pair[0]));
            }
        }
    }
}

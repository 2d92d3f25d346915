//! The text of a pattern, with what is quoted in it.

use bstr::{BStr, BString, ByteVec};

/// A pattern before it is compiled. Expansion builds it from pieces that were
/// quoted and pieces that were not.
///
/// It is held as one byte string in which a backslash makes the following byte
/// literal. That is the form in which a pattern also arrives from a variable:
/// an unquoted backslash that came out of an expansion quotes what follows
/// (XCU 2.14.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatternText {
    escaped: BString,
    /// The text ends in an unquoted backslash that quotes nothing yet.
    dangling: bool,
}

impl PatternText {
    /// An empty pattern.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A pattern in which nothing was quoted but by backslashes.
    #[must_use]
    pub fn unquoted(text: &[u8]) -> Self {
        let mut pattern = Self::new();
        pattern.push_unquoted(text);
        pattern
    }

    /// Adds text that was not quoted.
    pub fn push_unquoted(&mut self, text: &[u8]) {
        self.escaped.push_str(text);
        for &byte in text {
            self.dangling = byte == b'\\' && !self.dangling;
        }
    }

    /// Adds text that was quoted: nothing in it is special.
    pub fn push_quoted(&mut self, text: &[u8]) {
        if self.dangling && !text.is_empty() {
            // A backslash does not reach into a quoted piece; it is literal.
            self.escaped.push(b'\\');
            self.dangling = false;
        }
        for &byte in text {
            if is_special(byte) {
                self.escaped.push(b'\\');
            }
            self.escaped.push(byte);
        }
    }

    /// The text with its backslashes.
    #[must_use]
    pub fn as_bstr(&self) -> &BStr {
        self.escaped.as_ref()
    }

    /// Whether an unquoted `*`, `?` or `[…]` occurs: only then can the pattern
    /// match anything but its own text.
    #[must_use]
    pub fn has_special(&self) -> bool {
        has_special(&self.escaped)
    }
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\' | b'!' | b'^' | b'-' | b':' | b'.' | b'=')
        || matches!(byte, b'(' | b')' | b'|' | b'+' | b'@')
}

/// Whether `escaped` contains `*`, `?`, or `[` with a `]` behind it, without backslashes
/// before them. The command `[` is no pattern, whatever `nullglob` says.
pub(in crate::shell) fn has_special(escaped: &[u8]) -> bool {
    let mut bytes = escaped.iter();
    let mut open = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'*' | b'?' => return true,
            b']' if open => return true,
            b'[' => open = true,
            _ => {}
        }
    }
    false
}

//! The mode operand of chmod.

use bstr::ByteSlice;

use crate::plan::operation::{Mode, ModeClause};

/// Reads the mode operand of chmod (XCU chmod, EXTENDED DESCRIPTION), without
/// the rarer forms.
pub(super) fn parse_mode(text: &[u8]) -> Option<Mode> {
    if text.first()?.is_ascii_digit() {
        let number = u32::from_str_radix(text.to_str().ok()?, 8).ok()?;
        return (number <= 0o7777 && text.len() <= 4).then_some(Mode::Absolute(number));
    }
    let mut clauses = Vec::new();
    for clause in text.split(|byte| *byte == b',') {
        let end = clause.iter().position(|byte| !b"ugoa".contains(byte))?;
        let (who, rest) = clause.split_at(end);
        let classes = who.iter().fold(0, |classes, letter| {
            classes
                | match letter {
                    b'u' => 0o4700,
                    b'g' => 0o2070,
                    b'o' => 0o1007,
                    _ => 0o7777,
                }
        });
        let (&operator, permissions) = rest.split_first()?;
        if !b"+-=".contains(&operator) {
            return None;
        }
        let mut bits = 0;
        let mut conditional_execute = false;
        for letter in permissions {
            match letter {
                b'r' => bits |= 0o444,
                b'w' => bits |= 0o222,
                b'x' => bits |= 0o111,
                b'X' => conditional_execute = true,
                _ => return None,
            }
        }
        clauses.push(ModeClause {
            classes: if who.is_empty() { 0o7777 } else { classes },
            masked: who.is_empty(),
            operator,
            bits,
            conditional_execute,
        });
    }
    Some(Mode::Symbolic(clauses))
}

//! Assignments (XCU 2.10.2, rule 7) and tildes (XCU 2.6.1).

use bstr::{BString, ByteSlice};

use super::Dialect;
use crate::shell::syntax::{Assigned, Assignment, Span, Word, WordPart};
use crate::shell::variable::is_name;

/// Makes a tilde at the start of a word a part of its own (XCU 2.6.1).
pub(crate) fn mark_tilde(parts: &mut Vec<WordPart>) {
    let alone = parts.len() == 1;
    let Some(WordPart::Literal(text)) = parts.first() else { return };
    if let Some((name, rest)) = tilde(text, alone, b"/") {
        parts.splice(..1, tilde_parts(name, rest));
    }
}

/// Splits `~name` from what follows. Before a quoted or expanded part the name
/// would go on, and then it is no tilde prefix.
fn tilde(text: &[u8], ends_word: bool, ends: &[u8]) -> Option<(BString, BString)> {
    let after = text.strip_prefix(b"~")?;
    let end = after.iter().position(|byte| ends.contains(byte));
    if end.is_none() && !ends_word {
        return None;
    }
    let (name, rest) = after.split_at(end.unwrap_or(after.len()));
    let portable = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(byte));
    portable.then(|| (name.into(), rest.into()))
}

fn tilde_parts(name: BString, rest: BString) -> impl Iterator<Item = WordPart> {
    let rest = (!rest.is_empty()).then_some(WordPart::Literal(rest));
    std::iter::once(WordPart::Tilde(name)).chain(rest)
}

/// Reads a word as an assignment `name=value` (XCU 2.10.2, rule 7), with tildes
/// after `=` and unquoted colons; `name+=value`, `name[key]=value` and `name=(…)` as bash
/// has them.
pub(crate) fn split_assignment(word: &Word, dialect: Dialect) -> Option<Assignment> {
    let Some(WordPart::Literal(first)) = word.parts.first() else { return None };
    let (name, key, text, from) = match word.parts.get(1) {
        Some(WordPart::Key(key)) => {
            let Some(WordPart::Literal(text)) = word.parts.get(2) else { return None };
            (first.as_slice(), Some(key.clone()), text.as_slice(), 2)
        }
        _ => {
            let equals = first.find_byte(b'=')?;
            let end =
                if !dialect.posix && first[..equals].ends_with(b"+") { equals - 1 } else { equals };
            (&first[..end], None, &first[end..], 0)
        }
    };
    if !is_name(name) {
        return None;
    }
    let append = text.starts_with(b"+");
    let text = &text[1 + usize::from(append)..];
    if let [WordPart::Array(elements)] = &word.parts[from + 1..]
        && text.is_empty()
    {
        let value = Assigned::Array(elements.clone());
        return Some(Assignment { name: name.into(), key, append, value, span: word.span });
    }
    let mut parts = Vec::with_capacity(word.parts.len());
    let last = word.parts.len() - 1;
    for (index, part) in word.parts.iter().enumerate().skip(from) {
        match part {
            WordPart::Literal(_) if index == from => {
                colon_tildes(text, true, last == from, &mut parts)
            }
            WordPart::Literal(text) => colon_tildes(text, false, index == last, &mut parts),
            part => parts.push(part.clone()),
        }
    }
    let start = match &key {
        Some(key) => key.span.end + 1 + usize::from(append),
        None => word.span.start + first.len() - text.len(),
    };
    let value = Assigned::Text(Word { parts, span: Span { start, ..word.span } });
    Some(Assignment { name: name.into(), key, append, value, span: word.span })
}

fn colon_tildes(text: &[u8], at_start: bool, ends_word: bool, parts: &mut Vec<WordPart>) {
    let mut literal: Vec<u8> = Vec::new();
    let mut pieces = text.split(|byte| *byte == b':').peekable();
    let mut may_be_tilde = at_start;
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        match tilde(piece, !last || ends_word, b"/").filter(|_| may_be_tilde) {
            Some((name, rest)) => {
                if !literal.is_empty() {
                    parts.push(WordPart::Literal(std::mem::take(&mut literal).into()));
                }
                parts.push(WordPart::Tilde(name));
                literal.extend_from_slice(&rest);
            }
            None => literal.extend_from_slice(piece),
        }
        if !last {
            literal.push(b':');
        }
        may_be_tilde = true;
    }
    if !literal.is_empty() {
        parts.push(WordPart::Literal(literal.into()));
    }
}

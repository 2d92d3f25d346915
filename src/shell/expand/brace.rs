//! Brace expansion (csh; bash, Brace Expansion): `{a,b}` and `{1..9..2}`. It is made
//! before all other expansions, on the word as it is written: what is quoted or expanded
//! in it stays a part of the words that come of it.

use std::borrow::Cow;

use bstr::{BString, ByteSlice};

use crate::shell::syntax::{Word, WordPart};

/// The most words that one word may become.
const MOST: usize = 1_000_000;

/// A piece of a word: a byte that was not quoted, or a part as a whole.
#[derive(Clone, Debug)]
enum Piece<'a> {
    Byte(u8),
    Part(&'a WordPart),
}

/// Whether a word may be more than one by its braces.
pub(crate) fn has_braces(word: &Word) -> bool {
    let mut open = false;
    word.parts.iter().any(|part| match part {
        WordPart::Literal(text) => {
            open |= text.contains(&b'{');
            open && text.contains(&b'}')
        }
        _ => false,
    })
}

/// The words that a word becomes; `None`: there are too many.
pub(crate) fn expand(word: &Word) -> Option<Cow<'_, [Word]>> {
    if !has_braces(word) {
        return Some(Cow::Borrowed(std::slice::from_ref(word)));
    }
    let mut pieces = Vec::new();
    for part in &word.parts {
        match part {
            WordPart::Literal(text) => pieces.extend(text.iter().map(|byte| Piece::Byte(*byte))),
            part => pieces.push(Piece::Part(part)),
        }
    }
    let mut found = Vec::new();
    if !alternatives(&pieces, &mut found) {
        return None;
    }
    let words =
        found.into_iter().map(|pieces| Word { parts: joined(&pieces), span: word.span }).collect();
    Some(Cow::Owned(words))
}

/// Pieces as parts again; a tilde that has come to the front is one.
fn joined(pieces: &[Piece<'_>]) -> Vec<WordPart> {
    let mut parts: Vec<WordPart> = Vec::new();
    for piece in pieces {
        match (piece, parts.last_mut()) {
            (Piece::Byte(byte), Some(WordPart::Literal(text))) => text.push(*byte),
            (Piece::Byte(byte), _) => parts.push(WordPart::Literal([*byte].as_slice().into())),
            (Piece::Part(part), _) => parts.push((*part).clone()),
        }
    }
    crate::shell::parser::mark_tilde(&mut parts);
    parts
}

/// Adds what the pieces become; false: there are too many.
fn alternatives<'a>(pieces: &[Piece<'a>], found: &mut Vec<Vec<Piece<'a>>>) -> bool {
    let mut from = 0;
    while let Some(open) = (from..pieces.len()).find(|at| is(&pieces[*at], b'{')) {
        let Some(group) = group(pieces, open) else {
            from = open + 1;
            continue;
        };
        let (before, after) = (&pieces[..open], &pieces[group.end + 1..]);
        let mut tails = Vec::new();
        if !alternatives(after, &mut tails) {
            return false;
        }
        for choice in group.choices {
            let mut heads = Vec::new();
            if !alternatives(&choice, &mut heads) {
                return false;
            }
            for head in heads {
                for tail in &tails {
                    if found.len() >= MOST {
                        return false;
                    }
                    found.push([before, &head, tail].concat());
                }
            }
        }
        return true;
    }
    found.push(pieces.to_vec());
    true
}

fn is(piece: &Piece<'_>, wanted: u8) -> bool {
    matches!(piece, Piece::Byte(byte) if *byte == wanted)
}

/// What stands between two braces.
struct Group<'a> {
    choices: Vec<Vec<Piece<'a>>>,
    /// Where the closing brace is.
    end: usize,
}

/// The group that begins at a brace, if it is one: it has a comma, or is a sequence.
fn group<'a>(pieces: &[Piece<'a>], open: usize) -> Option<Group<'a>> {
    let (mut depth, mut commas) = (0_usize, Vec::new());
    let mut end = None;
    for (at, piece) in pieces.iter().enumerate().skip(open + 1) {
        match piece {
            Piece::Byte(b'{') => depth += 1,
            Piece::Byte(b'}') if depth > 0 => depth -= 1,
            Piece::Byte(b'}') => {
                end = Some(at);
                break;
            }
            Piece::Byte(b',') if depth == 0 => commas.push(at),
            _ => {}
        }
    }
    let end = end?;
    if commas.is_empty() {
        let text: Option<BString> = pieces[open + 1..end]
            .iter()
            .map(|piece| match piece {
                Piece::Byte(byte) => Some(*byte),
                Piece::Part(_) => None,
            })
            .collect::<Option<Vec<u8>>>()
            .map(BString::from);
        let choices = sequence(text?.as_bstr())?
            .into_iter()
            .map(|text| text.iter().map(|byte| Piece::Byte(*byte)).collect())
            .collect();
        return Some(Group { choices, end });
    }
    let mut choices = Vec::new();
    let mut from = open + 1;
    for comma in commas.into_iter().chain([end]) {
        choices.push(pieces[from..comma].to_vec());
        from = comma + 1;
    }
    Some(Group { choices, end })
}

/// The members of `first..last` or `first..last..step`.
fn sequence(text: &[u8]) -> Option<Vec<BString>> {
    let parts: Vec<&[u8]> = text.split_str("..").collect();
    let (first, last, step) = match parts.as_slice() {
        [first, last] => (*first, *last, None),
        [first, last, step] => (*first, *last, Some(number(step)?)),
        _ => return None,
    };
    let step = i128::from(step.unwrap_or(1).unsigned_abs().max(1));
    if let (Some(from), Some(to)) = (number(first), number(last)) {
        let padded = |text: &[u8]| {
            let digits = text.strip_prefix(b"-").unwrap_or(text);
            digits.len() > 1 && digits.starts_with(b"0")
        };
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        let count = (i128::from(to) - i128::from(from)).abs() / step + 1;
        if count > MOST as i128 {
            return None;
        }
        let sign = if to < from { -step } else { step };
        return Some(
            (0..count)
                .map(|at| format!("{:0width$}", i128::from(from) + at * sign).into())
                .collect(),
        );
    }
    let ([from], [to]) = (first, last) else { return None };
    if !from.is_ascii_alphabetic() || !to.is_ascii_alphabetic() {
        return None;
    }
    let step = usize::try_from(step).ok()?;
    let letters: Vec<u8> = if from <= to {
        (*from..=*to).step_by(step).collect()
    } else {
        (*to..=*from).rev().step_by(step).collect()
    };
    Some(letters.into_iter().map(|letter| [letter].as_slice().into()).collect())
}

fn number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::parser::{NoAliases, parse};
    use crate::shell::print::word_text;
    use crate::shell::syntax::Command;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let list = parse(format!("x {text}").as_bytes(), &NoAliases).unwrap();
        let Command::Simple(simple) = &list.items[0].first.commands[0] else { panic!("{text}") };
        let words: Vec<String> = simple.words[1..]
            .iter()
            .flat_map(|word| expand(word).unwrap().into_owned())
            .map(|word| word_text(&word).to_string())
            .collect();
        assert_eq!(words.join(" "), expected, "{text}");
    }

    #[test]
    fn alternatives_are_made_in_order() {
        check("a{b,c}d", "abd acd");
        check("{a,b}{1,2}", "a1 a2 b1 b2");
        check("a{,b}", "a ab");
        check("{a,{b,c}d}", "a bd cd");
        check("{'a,b',$x}y", "'a,b'y ${x}y");
        check("~{x,y}", "~x ~y");
    }

    #[test]
    fn sequences_have_steps_and_widths() {
        check("{1..4}", "1 2 3 4");
        check("{4..1..2}", "4 2");
        check("{08..11}", "08 09 10 11");
        check("{-1..1}", "-1 0 1");
        check("{a..e..2}", "a c e");
        check("{c..a}", "c b a");
    }

    #[test]
    fn what_is_none_stays() {
        for text in ["{a}", "{}", "{a,b", "a,b}", "{1..}", "{1..b}", "'{a,b}'", "\\{a,b}", "${x}"] {
            check(text, text);
        }
        check("{a{b,c}", "{ab {ac");
        check("{a,b}}", "a} b}");
    }
}

//! What bash does with a value: pieces of it, replacements, other case, other forms
//! (bash, Shell Parameter Expansion).

use bstr::{BString, ByteSlice};

use super::field::Fields;
use super::items::Items;
use super::{Context, ExpandError, Expander};
use crate::shell::escape;
use crate::shell::pattern::Pattern;
use crate::shell::quote;
use crate::shell::shopt::Shopt;
use crate::shell::syntax::{ArithmeticExpansion, Case, Parameter, Place, Subscript, Word};
use crate::shell::variable::Value;

/// What takes the place of a match.
pub(super) enum Piece {
    Text(Vec<u8>),
    /// What was matched.
    Match,
}

impl Expander<'_> {
    /// `${x:offset:length}`
    pub(super) fn slice(
        &mut self,
        parameter: &Parameter,
        value: Items,
        offset: &ArithmeticExpansion,
        length: Option<&ArithmeticExpansion>,
    ) -> Result<Items, ExpandError> {
        let offset = self.arithmetic(offset)?;
        let length = match length {
            Some(length) => Some(self.arithmetic(length)?),
            None => None,
        };
        match value {
            Items::Unset => Ok(Items::Unset),
            Items::Scalar(text) => {
                let utf8 = self.shell.utf8;
                let places: Vec<usize> = if utf8 {
                    text.char_indices().map(|(start, ..)| start).chain([text.len()]).collect()
                } else {
                    (0..=text.len()).collect()
                };
                let count = places.len() - 1;
                let Some((from, to)) = range(count, offset, length)? else {
                    return Ok(Items::Scalar(BString::default()));
                };
                Ok(Items::Scalar(text[places[from]..places[to]].into()))
            }
            Items::List(items) => {
                if let Some(length) = length.filter(|length| *length < 0) {
                    return Err(negative_length(length));
                }
                let wanted = usize::try_from(length.unwrap_or(i64::MAX)).unwrap_or(usize::MAX);
                Ok(Items::List(self.slice_of_list(parameter, items, offset, wanted)?))
            }
        }
    }

    fn slice_of_list(
        &mut self,
        parameter: &Parameter,
        items: Vec<BString>,
        offset: i64,
        wanted: usize,
    ) -> Result<Vec<BString>, ExpandError> {
        if let Parameter::Element { name, .. } = parameter
            && let Some(Value::Indexed(elements)) = self.whole(name)?
        {
            // By subscripts, of which some may be missing.
            let end = elements.keys().next_back().map_or(0, |last| last + 1);
            let from = match u64::try_from(offset) {
                Ok(from) => Some(from),
                Err(_) => end.checked_add_signed(offset),
            };
            let Some(from) = from else { return Ok(Vec::new()) };
            return Ok(elements.range(from..).take(wanted).map(|(_, one)| one.clone()).collect());
        }
        let mut items = items;
        if matches!(parameter, Parameter::Special(_)) {
            // `$0` is the first of the positional parameters here.
            items.insert(0, self.shell.name.clone());
        }
        let from = match usize::try_from(offset) {
            Ok(from) => from,
            Err(_) => {
                match items.len().checked_add_signed(isize::try_from(offset).unwrap_or(isize::MIN))
                {
                    Some(from) => from,
                    None => return Ok(Vec::new()),
                }
            }
        };
        Ok(items.into_iter().skip(from).take(wanted).collect())
    }

    /// The text of `${x/pattern/text}`, in which `&` stands for what was matched.
    pub(super) fn replacement(&mut self, text: Option<&Word>) -> Result<Vec<Piece>, ExpandError> {
        let Some(text) = text else { return Ok(Vec::new()) };
        let ampersand = self.shell.shopts.is_on(Shopt::PatsubReplacement);
        let mut fields = Fields::single();
        self.parts(&text.parts, Context { quoted: false, operand: false }, &mut fields)?;
        let field = fields.into_single();
        let mut pieces = Vec::new();
        let mut plain = Vec::new();
        let mut bytes = field.bytes().peekable();
        while let Some((byte, quoted)) = bytes.next() {
            match (byte, bytes.peek()) {
                // One that is not quoted comes out of a variable.
                (b'\\', Some((next @ (b'&' | b'\\'), false))) if !quoted && ampersand => {
                    plain.push(*next);
                    bytes.next();
                }
                (b'&', _) if !quoted && ampersand => {
                    pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    pieces.push(Piece::Match);
                }
                _ => plain.push(byte),
            }
        }
        pieces.push(Piece::Text(plain));
        Ok(pieces)
    }

    /// `${x@letter}` of one value.
    pub(super) fn transformed(&mut self, text: &[u8], letter: u8) -> Result<BString, ExpandError> {
        Ok(match letter {
            b'Q' | b'K' | b'k' => quote::single_quoted(text),
            b'E' => escape::decoded(text).into(),
            b'P' if self.refuses_commands => {
                return Err(ExpandError::NotStatic("what a prompt expands to"));
            }
            b'P' => self.shell.decoded_prompt(text),
            b'U' => text.to_uppercase().into(),
            b'u' => change_case(text, Case::Upper, false, None),
            b'L' => text.to_lowercase().into(),
            _ => text.into(),
        })
    }

    /// `${x@A}`, `${x@a}`, and `${x[@]@K}`, which are about the variable.
    pub(super) fn described(
        &mut self,
        parameter: &Parameter,
        letter: u8,
    ) -> Result<Option<Items>, ExpandError> {
        let (name, all) = match parameter {
            Parameter::Variable(name) => (name, false),
            Parameter::Element { name, subscript } => {
                (name, !matches!(subscript, Subscript::Key(_)))
            }
            _ => return Ok(None),
        };
        let name = self.shell.follow(name)?;
        let Some(variable) = self.shell.variables.variable(&name).cloned() else {
            return Ok((letter == b'a').then(|| Items::Scalar(BString::default())));
        };
        Ok(match letter {
            b'a' => {
                let letters = Items::Scalar(variable.letters().into());
                let count = variable.value.as_ref().map_or(0, |value| value.values().len());
                Some(match letters {
                    Items::Scalar(text) if all && count > 1 => Items::List(vec![text; count]),
                    letters => letters,
                })
            }
            b'A' => Some(Items::Scalar(variable.assignment(&name, all))),
            b'K' | b'k' if all => {
                let Some(value) = &variable.value else { return Ok(Some(Items::Unset)) };
                if matches!(value, Value::Text(_)) {
                    return Ok(None);
                }
                let pairs = value.elements();
                Some(if letter == b'k' {
                    Items::List(pairs.into_iter().flat_map(|(key, one)| [key, one]).collect())
                } else {
                    let written: Vec<BString> = pairs
                        .iter()
                        .map(|(key, one)| {
                            let key = match value {
                                Value::Associative(_) => quote::key(key),
                                _ => key.clone(),
                            };
                            [key.as_slice(), b" ", &quote::double_quoted(one)].concat().into()
                        })
                        .collect();
                    Items::Scalar(bstr::join(" ", &written).into())
                })
            }
            _ => None,
        })
    }
}

fn negative_length(length: i64) -> ExpandError {
    ExpandError::Parameter {
        name: length.to_string().into(),
        message: "substring expression < 0".into(),
    }
}

/// The places between which a piece of so many characters lies; `None`: it begins before
/// or behind them all.
fn range(
    count: usize,
    offset: i64,
    length: Option<i64>,
) -> Result<Option<(usize, usize)>, ExpandError> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let from = if offset < 0 { count + offset } else { offset };
    if from < 0 || from > count {
        return Ok(None);
    }
    let to = match length {
        None => count,
        Some(length) if length < 0 => {
            let to = count + length;
            if to < from {
                return Err(negative_length(length));
            }
            to
        }
        Some(length) => from.saturating_add(length).min(count),
    };
    // Both lie between 0 and the count.
    Ok(Some((usize::try_from(from).unwrap_or(0), usize::try_from(to).unwrap_or(0))))
}

/// A text with the matches of a pattern replaced.
pub(super) fn replaced(text: &[u8], pattern: &Pattern, place: Place, with: &[Piece]) -> BString {
    let mut out = Vec::with_capacity(text.len());
    let put = |out: &mut Vec<u8>, matched: &[u8]| {
        for piece in with {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Match => out.extend_from_slice(matched),
            }
        }
    };
    if pattern.matches_empty_only() && place != Place::Start && place != Place::End {
        return text.into();
    }
    match place {
        Place::Start => match pattern.prefix_match(text, true) {
            Some(end) => {
                put(&mut out, &text[..end]);
                out.extend_from_slice(&text[end..]);
            }
            None => return text.into(),
        },
        Place::End => match pattern.suffix_match(text, true) {
            Some(start) => {
                out.extend_from_slice(&text[..start]);
                put(&mut out, &text[start..]);
            }
            None => return text.into(),
        },
        Place::First | Place::All => {
            let mut at = 0;
            loop {
                let length = pattern.prefix_match(&text[at..], true);
                if let Some(length) = length {
                    put(&mut out, &text[at..at + length]);
                    at += length;
                    if place == Place::First {
                        break;
                    }
                }
                // Where nothing was matched, or the empty text, a character is passed over.
                if length.is_none_or(|length| length == 0) {
                    let Some((_, end, _)) = text[at..].char_indices().next() else { break };
                    out.extend_from_slice(&text[at..at + end]);
                    at += end;
                }
                if at >= text.len() {
                    break;
                }
            }
            out.extend_from_slice(&text[at..]);
        }
    }
    out.into()
}

/// A text with the case of its characters changed: the first, or all, that match.
pub(super) fn change_case(
    text: &[u8],
    change: Case,
    all: bool,
    pattern: Option<&Pattern>,
) -> BString {
    let mut out = Vec::with_capacity(text.len());
    for (index, (start, end, character)) in text.char_indices().enumerate() {
        let bytes = &text[start..end];
        let meant = (all || index == 0) && pattern.is_none_or(|pattern| pattern.matches(bytes));
        if !meant || character == char::REPLACEMENT_CHARACTER {
            out.extend_from_slice(bytes);
            continue;
        }
        let upper = match change {
            Case::Upper => true,
            Case::Lower => false,
            Case::Toggle => character.is_lowercase(),
        };
        let changed: String = if upper {
            character.to_uppercase().collect()
        } else {
            character.to_lowercase().collect()
        };
        out.extend_from_slice(changed.as_bytes());
    }
    out.into()
}

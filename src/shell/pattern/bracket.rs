//! Bracket expressions (XBD 9.3.5, with `!` for `^` as XCU 2.14.1 has it).

use super::character::{Character, Encoding};

/// A set of characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bracket {
    negated: bool,
    /// Which of the ASCII characters are in the set, before negation; bit by
    /// code. Nearly all sets are nothing else.
    ascii: u128,
    /// Ranges that reach beyond ASCII.
    ranges: Vec<(Character, Character)>,
    /// Classes, for characters beyond ASCII.
    classes: Vec<Class>,
}

/// A character class of XBD 7.3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Alnum,
    Alpha,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Xdigit,
}

impl Class {
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alnum" => Self::Alnum,
            b"alpha" => Self::Alpha,
            b"blank" => Self::Blank,
            b"cntrl" => Self::Cntrl,
            b"digit" => Self::Digit,
            b"graph" => Self::Graph,
            b"lower" => Self::Lower,
            b"print" => Self::Print,
            b"punct" => Self::Punct,
            b"space" => Self::Space,
            b"upper" => Self::Upper,
            b"xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    fn contains(self, character: char) -> bool {
        match self {
            Self::Alnum => character.is_alphanumeric(),
            Self::Alpha => character.is_alphabetic(),
            Self::Blank => matches!(character, ' ' | '\t' | '\u{3000}'),
            Self::Cntrl => character.is_control(),
            Self::Digit => character.is_ascii_digit(),
            Self::Graph => !character.is_control() && !character.is_whitespace(),
            Self::Lower => character.is_lowercase(),
            Self::Print => {
                character == ' '
                    || (!character.is_control()
                        && (!character.is_whitespace() || !character.is_ascii()))
            }
            Self::Punct => Self::Graph.contains(character) && !Self::Alnum.contains(character),
            Self::Space => character.is_whitespace(),
            Self::Upper => character.is_uppercase(),
            Self::Xdigit => character.is_ascii_hexdigit(),
        }
    }
}

/// One element while a bracket expression is read.
enum Element {
    /// A character, which may begin or end a range.
    Character(Character),
    Class(Class),
    /// A class or collating element that does not exist: contains nothing.
    Nothing,
}

impl Bracket {
    /// Reads the bracket expression whose `[` stands before `text`. Returns it
    /// with the length up to and including its `]`, or `None` if there is no
    /// such `]`; then the `[` is an ordinary character.
    pub(super) fn parse(text: &[u8], encoding: Encoding) -> Option<(Self, usize)> {
        let mut bracket = Self::default();
        let mut position = 0;
        if let Some(b'!' | b'^') = text.first() {
            bracket.negated = true;
            position = 1;
        }
        let first = position;
        loop {
            let rest = &text[position..];
            if rest.first() == Some(&b']') && position > first {
                return Some((bracket, position + 1));
            }
            let (element, length) = element(rest, encoding)?;
            position += length;
            let start = match element {
                Element::Character(character) => character,
                Element::Class(class) => {
                    bracket.add_class(class);
                    continue;
                }
                Element::Nothing => continue,
            };
            let mut end = start;
            let rest = &text[position..];
            if rest.first() == Some(&b'-') && rest.get(1).is_some_and(|&byte| byte != b']') {
                let (element, length) = self::element(&rest[1..], encoding)?;
                if let Element::Character(character) = element {
                    end = character;
                    position += 1 + length;
                }
            }
            bracket.add_range(start, end);
        }
    }

    fn add_range(&mut self, start: Character, end: Character) {
        for byte in 0..128_u8 {
            let within = Encoding::Bytes
                .first(&[byte])
                .is_some_and(|(character, _)| start <= character && character <= end);
            self.ascii |= u128::from(within) << byte;
        }
        if end.as_ascii().is_none() && start <= end {
            self.ranges.push((start, end));
        }
    }

    fn add_class(&mut self, class: Class) {
        for byte in 0..128_u8 {
            self.ascii |= u128::from(class.contains(char::from(byte))) << byte;
        }
        self.classes.push(class);
    }

    pub(super) fn contains(&self, character: Character) -> bool {
        let found = match character.as_ascii() {
            Some(byte) => self.ascii >> byte & 1 == 1,
            None => {
                self.ranges.iter().any(|&(start, end)| start <= character && character <= end)
                    || character.as_char().is_some_and(|character| {
                        self.classes.iter().any(|class| class.contains(character))
                    })
            }
        };
        found != self.negated
    }
}

/// Reads one element and its length; `None` where the text ends.
fn element(text: &[u8], encoding: Encoding) -> Option<(Element, usize)> {
    if let [b'[', kind @ (b':' | b'.' | b'='), inner @ ..] = text
        && let Some(length) = inner.windows(2).position(|pair| pair == [*kind, b']'])
    {
        let name = &inner[..length];
        let element = match kind {
            b':' => Class::named(name).map(Element::Class),
            _ => collating_element(name, encoding).map(Element::Character),
        };
        return Some((element.unwrap_or(Element::Nothing), length + 4));
    }
    let skip = usize::from(text.first() == Some(&b'\\') && text.len() > 1);
    let (character, length) = encoding.first(&text[skip..])?;
    Some((Element::Character(character), skip + length))
}

/// The only collating elements are single characters, as in the POSIX locale.
/// Those that are special in a bracket expression also have their names of the
/// portable character set (XBD 6.1).
fn collating_element(name: &[u8], encoding: Encoding) -> Option<Character> {
    let name: &[u8] = match name {
        [b'\\', escaped @ ..] if !escaped.is_empty() => escaped,
        b"hyphen" | b"hyphen-minus" => b"-",
        b"left-square-bracket" => b"[",
        b"right-square-bracket" => b"]",
        b"circumflex" | b"circumflex-accent" => b"^",
        b"exclamation-mark" => b"!",
        b"backslash" | b"reverse-solidus" => b"\\",
        b"slash" | b"solidus" => b"/",
        b"period" | b"full-stop" => b".",
        b"space" => b" ",
        b"tab" => b"\t",
        b"newline" => b"\n",
        other => other,
    };
    let (character, length) = encoding.first(name)?;
    (length == name.len()).then_some(character)
}

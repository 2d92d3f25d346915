//! Words as text.

use bstr::ByteSlice;

use super::Printer;
use crate::shell::syntax::{
    Case, List, Modifier, Parameter, ParameterExpansion, Place, Subscript, SubstitutionKind, Word,
    WordPart,
};

/// What is around a part: which bytes of a literal need a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Double,
    /// The operand of `${…}` within quotes.
    Operand,
    /// A here-document or an arithmetic expression.
    Document,
}

impl Quotes {
    fn escapes(self, byte: u8) -> bool {
        match self {
            Self::None => false,
            Self::Double => matches!(byte, b'$' | b'`' | b'"' | b'\\'),
            Self::Operand => matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'}'),
            Self::Document => matches!(byte, b'$' | b'`' | b'\\'),
        }
    }
}

impl Printer {
    pub(super) fn parts(&mut self, parts: &[WordPart], quotes: Quotes) {
        for (index, part) in parts.iter().enumerate() {
            self.part(part, quotes);
            // "$`x`" has a dollar sign of its own, which would be one of `$$`.
            if let (WordPart::Literal(text), Some(WordPart::CommandSubstitution(_))) =
                (part, parts.get(index + 1))
                && text.ends_with(b"$")
                && quotes == Quotes::None
            {
                self.output.insert(self.output.len() - 1, b'\\');
            }
            // `$x` would swallow letters that follow it.
            if let (WordPart::Parameter(expansion), Some(WordPart::Literal(next))) =
                (part, parts.get(index + 1))
                && !expansion.braced
                && expansion.modifier == Modifier::None
                && next
                    .first()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'['))
            {
                let bare = unbraced(&expansion.parameter);
                let start = self.output.len() - bare.len() + 1;
                self.output.insert(start, b'{');
                self.text("}");
            }
        }
    }

    pub(super) fn part(&mut self, part: &WordPart, quotes: Quotes) {
        match part {
            WordPart::Literal(text) => {
                for byte in text.iter() {
                    if quotes.escapes(*byte) {
                        self.output.push(b'\\');
                    }
                    self.output.push(*byte);
                }
            }
            WordPart::Escaped(byte) => self.output.extend_from_slice(&[b'\\', *byte]),
            WordPart::SingleQuoted(text) => {
                self.text("'");
                self.output.extend_from_slice(text);
                self.text("'");
            }
            WordPart::DollarSingleQuoted(text) => {
                self.text("$'");
                for byte in text.iter() {
                    match byte {
                        b'\'' | b'\\' => self.output.extend_from_slice(&[b'\\', *byte]),
                        0x20..=0x7e => self.output.push(*byte),
                        _ => self.text(&format!("\\{byte:03o}")),
                    }
                }
                self.text("'");
            }
            WordPart::DoubleQuoted(parts) => {
                self.text("\"");
                self.parts(parts, Quotes::Double);
                self.text("\"");
            }
            WordPart::Tilde(name) => {
                self.text("~");
                self.output.extend_from_slice(name);
            }
            WordPart::Parameter(expansion) => self.parameter(expansion, quotes),
            WordPart::CommandSubstitution(substitution) => {
                let closing = match substitution.body.items.last() {
                    Some(last) if !last.background => "; }",
                    _ => " }",
                };
                match substitution.kind {
                    // A blank keeps `$( (` from looking like `$((`.
                    SubstitutionKind::Dollar | SubstitutionKind::Backquoted => {
                        self.inner_list("$( ", &substitution.body, " )");
                    }
                    SubstitutionKind::Here => self.inner_list("${ ", &substitution.body, closing),
                    SubstitutionKind::Reply => self.inner_list("${| ", &substitution.body, closing),
                }
            }
            WordPart::ProcessSubstitution(substitution) => {
                let opening = if substitution.is_input { ">( " } else { "<( " };
                self.inner_list(opening, &substitution.body, " )");
            }
            WordPart::Key(key) => self.key(key),
            WordPart::Array(elements) => self.elements(elements),
            WordPart::Arithmetic(expansion) => {
                // `$[ ) ]` is read to its bracket, whatever it is worth.
                let (open, close) =
                    if is_balanced(&expansion.parts) { ("$((", "))") } else { ("$[", "]") };
                self.text(open);
                self.parts(&expansion.parts, Quotes::Document);
                self.text(close);
            }
            WordPart::Unsupported(form) => self.output.extend_from_slice(&form.text),
        }
    }

    fn inner_list(&mut self, opening: &str, list: &List, closing: &str) {
        self.text(opening);
        let outer = std::mem::take(&mut self.pending);
        self.list(list);
        self.flush_documents();
        self.pending = outer;
        self.text(closing);
    }

    fn parameter(&mut self, expansion: &ParameterExpansion, quotes: Quotes) {
        if !expansion.braced && expansion.modifier == Modifier::None {
            self.output.extend_from_slice(&unbraced(&expansion.parameter));
            return;
        }
        self.text("${");
        let marked = expansion.indirect
            || matches!(expansion.modifier, Modifier::Names { .. } | Modifier::Keys);
        if marked {
            self.text("!");
        }
        if expansion.modifier == Modifier::Length {
            self.text("#");
        }
        self.output.extend_from_slice(&unbraced(&expansion.parameter)[1..]);
        if let Parameter::Element { subscript, .. } = &expansion.parameter {
            match subscript {
                Subscript::All => self.text("[@]"),
                Subscript::Joined => self.text("[*]"),
                Subscript::Key(word) => self.key(word),
            }
        }
        let operand = if quotes == Quotes::None { Quotes::None } else { Quotes::Operand };
        match &expansion.modifier {
            Modifier::None | Modifier::Length | Modifier::Keys => {}
            Modifier::Names { joined } => self.text(if *joined { "*" } else { "@" }),
            Modifier::Transform(letter) => self.output.extend_from_slice(&[b'@', *letter]),
            Modifier::Slice { offset, length } => {
                self.text(":");
                self.expression(&offset.parts);
                if let Some(length) = length {
                    self.text(":");
                    self.expression(&length.parts);
                }
            }
            Modifier::Replace { place, pattern, text } => {
                self.text(match place {
                    Place::First => "/",
                    Place::All => "//",
                    Place::Start => "/#",
                    Place::End => "/%",
                });
                self.parts(&pattern.parts, Quotes::None);
                if let Some(text) = text {
                    self.text("/");
                    self.parts(&text.parts, Quotes::None);
                }
            }
            Modifier::Case { change, all, pattern } => {
                let sign = match change {
                    Case::Upper => "^",
                    Case::Lower => ",",
                    Case::Toggle => "~",
                };
                self.text(sign);
                if *all {
                    self.text(sign);
                }
                self.parts(&pattern.parts, Quotes::None);
            }
            Modifier::Default { colon, word } => self.operator("-", *colon, word, operand),
            Modifier::Assign { colon, word } => self.operator("=", *colon, word, operand),
            Modifier::Error { colon, word } => self.operator("?", *colon, word, operand),
            Modifier::Alternative { colon, word } => self.operator("+", *colon, word, operand),
            Modifier::RemovePrefix { longest, pattern } => {
                self.text(if *longest { "##" } else { "#" });
                self.parts(&pattern.parts, Quotes::None);
            }
            Modifier::RemoveSuffix { longest, pattern } => {
                self.text(if *longest { "%%" } else { "%" });
                self.parts(&pattern.parts, Quotes::None);
            }
        }
        self.text("}");
    }

    /// An expression of `${x:…}`; one that begins with a sign is told from `${x:-…}`.
    fn expression(&mut self, parts: &[WordPart]) {
        if let Some(WordPart::Literal(text)) = parts.first()
            && text.starts_with_str("-")
        {
            self.text(" ");
        }
        self.parts(parts, Quotes::Document);
    }

    fn operator(&mut self, operator: &str, colon: bool, word: &Word, quotes: Quotes) {
        if colon {
            self.text(":");
        }
        self.text(operator);
        self.parts(&word.parts, quotes);
    }
}

fn unbraced(parameter: &Parameter) -> Vec<u8> {
    match parameter {
        Parameter::Variable(name) | Parameter::Element { name, .. } => {
            [b"$", name.as_slice()].concat()
        }
        Parameter::Positional(number) => format!("${number}").into_bytes(),
        Parameter::Special(byte) => vec![b'$', *byte],
    }
}

/// Whether every bracket of an expression's own text has its other half.
fn is_balanced(parts: &[WordPart]) -> bool {
    let mut depth = 0_usize;
    for part in parts {
        let WordPart::Literal(text) = part else { continue };
        for byte in text.iter() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => return false,
                b')' => depth -= 1,
                _ => {}
            }
        }
    }
    depth == 0
}

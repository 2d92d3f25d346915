//! In what surroundings the parts of a word are read.

/// The message by which the caller knows that `$((` began no expression.
pub(super) const NOT_ARITHMETIC: &str = "missing \"))\" after \"$((\"";

/// In what surroundings parts are read: what is special, and where they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A word of a command: ends at a blank or an operator.
    Word,
    /// Between double quotes.
    DoubleQuoted,
    /// The operand of `${…}` outside double quotes, or a pattern anywhere.
    Operand,
    /// The operand of `${…}` within double quotes or a here-document.
    QuotedOperand,
    /// The body of a here-document: ends with the text.
    Document,
    /// Between `$((` and `))`.
    Arithmetic,
    /// A subscript: up to its `]`, which is consumed.
    Subscript,
    /// Between `$[` and `]`.
    Brackets,
    /// The pattern of `${x/…}`: up to a slash or the brace, which are left.
    Pattern,
    /// An expression of `${x:…}`: up to a colon or the brace, which are left.
    Offset,
    /// An expression of `for ((…))`: up to `;` or `)`, which are left.
    Clause,
    /// A regular expression behind `=~`: up to a blank outside of parentheses.
    Expression,
    /// An extended pattern: up to its parenthesis, which is consumed.
    Group,
    /// All of a text.
    Text,
}

impl Mode {
    /// Whether text in it is as if in double quotes.
    pub(super) fn is_quoted(self) -> bool {
        matches!(
            self,
            Self::DoubleQuoted
                | Self::QuotedOperand
                | Self::Document
                | Self::Arithmetic
                | Self::Offset
                | Self::Clause
                | Self::Brackets
        )
    }

    /// Whether quotation marks quote in it.
    pub(super) fn has_quotes(self) -> bool {
        !self.is_quoted()
    }

    /// Whether it is an expression, in which double quotes do nothing.
    pub(super) fn is_expression(self) -> bool {
        matches!(self, Self::Arithmetic | Self::Offset | Self::Clause | Self::Brackets)
    }

    /// What is missing where the input ends; nothing where that ends it.
    pub(super) fn missing(self) -> Option<&'static str> {
        match self {
            Self::Word | Self::Document | Self::Expression | Self::Text => None,
            Self::DoubleQuoted => Some("unterminated double quote"),
            Self::Operand | Self::QuotedOperand | Self::Pattern | Self::Offset => {
                Some("missing \"}\" after \"${\"")
            }
            Self::Arithmetic => Some(NOT_ARITHMETIC),
            Self::Subscript | Self::Brackets => Some("missing \"]\""),
            Self::Clause => Some("missing \"))\" after \"for ((\""),
            Self::Group => Some("missing \")\" of a pattern"),
        }
    }

    /// Whether a backslash escapes this byte.
    pub(super) fn escapes(self, byte: u8) -> bool {
        match self {
            Self::Word
            | Self::Operand
            | Self::Subscript
            | Self::Pattern
            | Self::Expression
            | Self::Group
            | Self::Text => true,
            Self::DoubleQuoted => matches!(byte, b'$' | b'`' | b'"' | b'\\'),
            Self::QuotedOperand => matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'}'),
            Self::Document | Self::Arithmetic | Self::Offset | Self::Clause | Self::Brackets => {
                matches!(byte, b'$' | b'`' | b'\\')
            }
        }
    }
}

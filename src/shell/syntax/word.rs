//! Words and what is expanded in them (XCU 2.6; bash, Shell Expansions).

use std::rc::Rc;

use bstr::BString;

use super::{Element, List, Span, Unsupported};

/// A word: parts that are joined after expansion.
///
/// A word without parts is the empty word of `''`-free contexts (for example
/// the value in `a=`); a quoted empty string is a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// The parts in order.
    pub parts: Vec<WordPart>,
    /// The whole word.
    pub span: Span,
}

/// One part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordPart {
    /// Text that was not quoted: pattern characters are special in it.
    /// Inside [`WordPart::DoubleQuoted`] the text is quoted all the same.
    Literal(BString),
    /// `\c`: one quoted byte. (A multi-byte character's other bytes follow as
    /// a literal; they are never special.)
    Escaped(u8),
    /// `'…'`
    SingleQuoted(BString),
    /// `$'…'` (POSIX.1-2024), escapes already decoded.
    DollarSingleQuoted(BString),
    /// `"…"`; its parts are never `SingleQuoted`, `DollarSingleQuoted`,
    /// `DoubleQuoted` or `Tilde`, except inside a `${…}` operand's word.
    DoubleQuoted(Vec<WordPart>),
    /// An unquoted `~` or `~name` where a tilde is special; the name.
    Tilde(BString),
    /// `$name`, `${…}`
    Parameter(ParameterExpansion),
    /// `$(…)` or `` `…` ``
    CommandSubstitution(CommandSubstitution),
    /// `$((…))`
    Arithmetic(ArithmeticExpansion),
    /// `<(…)` and `>(…)` (bash)
    ProcessSubstitution(ProcessSubstitution),
    /// `[…]` between a name and `=`, at the start of a word: the key of an element where
    /// the word is an assignment, and else text in brackets.
    Key(Word),
    /// `(…)` behind `name=`: the elements of an array, in an assignment only.
    Array(Vec<Element>),
    /// An expansion of other shells.
    Unsupported(Unsupported),
}

/// A process substitution (bash): the name of a pipe to or from a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessSubstitution {
    /// The commands.
    pub body: Rc<List>,
    /// `>(…)`: the commands read what is written to the pipe.
    pub is_input: bool,
    /// From `<(` or `>(` to the end.
    pub span: Span,
}

/// A parameter expansion (XCU 2.6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterExpansion {
    /// What is expanded.
    pub parameter: Parameter,
    /// What is done to it.
    pub modifier: Modifier,
    /// `${!name}` (bash): the value is the name of what is meant.
    pub indirect: bool,
    /// Written with braces.
    pub braced: bool,
    /// From `$` to the end.
    pub span: Span,
}

/// What a parameter expansion names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// A variable.
    Variable(BString),
    /// `name[subscript]` (bash): an element or all elements of an array.
    Element {
        /// The variable.
        name: BString,
        /// What stands between the brackets.
        subscript: Subscript,
    },
    /// `$0`, `$1`, `${10}` …
    Positional(usize),
    /// One of `@ * # ? - $ !`.
    Special(u8),
}

/// Which elements of an array are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscript {
    /// `[@]`: all, each a field of its own within quotes.
    All,
    /// `[*]`: all, joined within quotes.
    Joined,
    /// One: an expression, or the key of an associative array.
    Key(Word),
}

/// What a parameter expansion does with the value. `colon`: an empty value
/// counts as unset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// `$x`, `${x}`
    None,
    /// `${#x}`
    Length,
    /// `${x-word}`, `${x:-word}`
    Default {
        /// With `:`.
        colon: bool,
        /// The operand.
        word: Word,
    },
    /// `${x=word}`, `${x:=word}`
    Assign {
        /// With `:`.
        colon: bool,
        /// The operand.
        word: Word,
    },
    /// `${x?word}`, `${x:?word}`
    Error {
        /// With `:`.
        colon: bool,
        /// The operand; empty parts mean the standard message.
        word: Word,
    },
    /// `${x+word}`, `${x:+word}`
    Alternative {
        /// With `:`.
        colon: bool,
        /// The operand.
        word: Word,
    },
    /// `${x#pattern}`, `${x##pattern}`
    RemovePrefix {
        /// With `##`.
        longest: bool,
        /// The operand, a pattern.
        pattern: Word,
    },
    /// `${x%pattern}`, `${x%%pattern}`
    RemoveSuffix {
        /// With `%%`.
        longest: bool,
        /// The operand, a pattern.
        pattern: Word,
    },
    /// `${x:offset}`, `${x:offset:length}` (bash)
    Slice {
        /// Where it begins.
        offset: ArithmeticExpansion,
        /// How much is taken.
        length: Option<ArithmeticExpansion>,
    },
    /// `${x/pattern/text}` (bash)
    Replace {
        /// Which matches are replaced.
        place: Place,
        /// The operand, a pattern.
        pattern: Word,
        /// What takes their place; `None`: there was no second slash.
        text: Option<Word>,
    },
    /// `${x^pattern}`, `${x,,pattern}` … (bash)
    Case {
        /// What becomes of a character.
        change: Case,
        /// Every character that matches, not the first only.
        all: bool,
        /// Which characters; empty: any.
        pattern: Word,
    },
    /// `${x@Q}` and its kin (bash); the letter.
    Transform(u8),
    /// `${!prefix@}`, `${!prefix*}` (bash): the names that begin so.
    Names {
        /// With `*`.
        joined: bool,
    },
    /// `${!x[@]}`, `${!x[*]}` (bash): the keys of an array.
    Keys,
}

/// Which matches of a pattern are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/`: the first.
    First,
    /// `//`: all.
    All,
    /// `/#`: one at the start.
    Start,
    /// `/%`: one at the end.
    End,
}

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `^`
    Upper,
    /// `,`
    Lower,
    /// `~`
    Toggle,
}

/// A command substitution (XCU 2.6.3), parsed when the word was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSubstitution {
    /// The commands; several complete commands are joined into one list.
    pub body: Rc<List>,
    /// Where the commands run, and what of them is the value.
    pub kind: SubstitutionKind,
    /// From `$(` or the first backquote to the end.
    pub span: Span,
}

/// Where the commands of a substitution run, and what of them is the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstitutionKind {
    /// `$(…)`: in a subshell; the output.
    Dollar,
    /// `` `…` ``: the same.
    Backquoted,
    /// `${ …; }` (bash 5.3): in the shell itself; the output.
    Here,
    /// `${| …; }` (bash 5.3): in the shell itself; the value of `REPLY`.
    Reply,
}

/// An arithmetic expansion (XCU 2.6.4). POSIX expands the text as if in double
/// quotes before it is read as an expression, so the parts are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArithmeticExpansion {
    /// The expression's text, with its expansions.
    pub parts: Vec<WordPart>,
    /// From `$((` to `))`.
    pub span: Span,
}

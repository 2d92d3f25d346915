//! The syntax tree: what the parser makes, and what the executor, the printer
//! and the plan compiler read.
//!
//! The tree follows POSIX.1-2024 XCU 2.9 and 2.10. It holds bytes, not text: a
//! shell's words need not be UTF-8. Every node knows its [`Span`]. A tree never
//! changes after it was parsed; function bodies are shared by `Rc`.

use std::cell::OnceCell;
use std::rc::Rc;

use bstr::BString;

/// Where a node stands in the source: byte offsets from the start of the
/// input, end exclusive, and the line (from 1) on which the node begins.
///
/// Text that came from an alias carries the span of the word that named it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
    /// Line of the first byte, counted from 1.
    pub line: u32,
}

/// A `compound_list` or one complete command: and-or lists in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The and-or lists, in the order of the source.
    pub items: Vec<AndOr>,
}

/// Pipelines joined by `&&` and `||`, ended by `;`, newline or `&`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// The pipeline that always runs.
    pub first: Pipeline,
    /// The pipelines that run depending on the status so far.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Ended by `&`: run without waiting.
    pub background: bool,
    /// From the first pipeline to the last, without the terminator.
    pub span: Span,
}

/// What joins two pipelines of an and-or list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands joined by `|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// Preceded by `!`.
    pub negated: bool,
    /// At least one command.
    pub commands: Vec<Command>,
    /// From `!` or the first command to the last command.
    pub span: Span,
}

/// One command of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Assignments, words and redirections.
    Simple(SimpleCommand),
    /// A group, subshell, loop or conditional.
    Compound(CompoundCommand),
    /// `name() compound-command`
    Function(FunctionDefinition),
}

/// A simple command (XCU 2.9.1). Assignments, words and redirections keep their
/// own order; POSIX expands words first, then redirections, then assignments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimpleCommand {
    /// `name=value` words before the command name.
    pub assignments: Vec<Assignment>,
    /// The command name and its arguments; may be empty.
    pub words: Vec<Word>,
    /// Redirections in order of appearance.
    pub redirects: Vec<Redirect>,
    /// The whole command.
    pub span: Span,
}

/// One variable assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// A valid name (XBD 3.216).
    pub name: BString,
    /// The value; tildes after `=` and unquoted `:` are already parts.
    pub value: Word,
    /// Name, `=` and value.
    pub span: Span,
}

/// A compound command with its redirections (XCU 2.9.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompoundCommand {
    /// Which one it is.
    pub kind: CompoundKind,
    /// Redirections after the closing word.
    pub redirects: Vec<Redirect>,
    /// The command with its redirections.
    pub span: Span,
}

/// The compound commands of POSIX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompoundKind {
    /// `{ list; }`
    Group(List),
    /// `( list )`
    Subshell(List),
    /// `for name [in words]; do list; done`
    For {
        /// The loop variable.
        variable: BString,
        /// The words after `in`; without `in`, the positional parameters.
        words: Option<Vec<Word>>,
        /// Between `do` and `done`.
        body: List,
    },
    /// `case word in … esac`
    Case {
        /// The word that is matched.
        subject: Word,
        /// The arms in order.
        arms: Vec<CaseArm>,
    },
    /// `if … then … [elif … then …] [else …] fi`
    If {
        /// Conditions with what they guard, `if` first, then each `elif`.
        branches: Vec<(List, List)>,
        /// After `else`.
        otherwise: Option<List>,
    },
    /// `while` or `until`
    While {
        /// The condition.
        condition: List,
        /// Between `do` and `done`.
        body: List,
        /// `until`: loop while the condition fails.
        until: bool,
    },
    /// A compound command of other shells.
    Unsupported(Unsupported),
}

/// A form of other shells that llmsh does not have yet: an error when it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// What it is, for the message.
    pub form: BString,
    /// How it is written.
    pub text: BString,
}

/// One arm of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseArm {
    /// Patterns separated by `|`.
    pub patterns: Vec<Word>,
    /// The commands; may be empty.
    pub body: List,
    /// How the arm ends.
    pub end: CaseEnd,
    /// From the first pattern to the terminator.
    pub span: Span,
}

/// How an arm of a `case` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseEnd {
    /// `;;` (or `esac`): leave the `case`.
    Break,
    /// `;&` (POSIX.1-2024): run the next arm's commands too.
    FallThrough,
    /// `;;&` (bash): try the patterns of the next arms, too.
    GoOn,
}

/// A function definition (XCU 2.9.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionDefinition {
    /// The name.
    pub name: BString,
    /// The body with its redirections, shared with the function table.
    pub body: Rc<CompoundCommand>,
    /// Name to the end of the body.
    pub span: Span,
}

/// One redirection (XCU 2.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The number written before the operator, if any.
    pub descriptor: Option<i32>,
    /// The operator and its operand.
    pub kind: RedirectKind,
    /// Number, operator and operand.
    pub span: Span,
}

/// Redirection operators with their operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `< word`
    Read(Word),
    /// `> word`
    Write(Word),
    /// `>| word`
    Clobber(Word),
    /// `>> word`
    Append(Word),
    /// `<> word`
    ReadWrite(Word),
    /// `<& word`
    DuplicateInput(Word),
    /// `>& word`
    DuplicateOutput(Word),
    /// `<< word` and `<<- word`
    HereDocument(HereDocument),
    /// `<<< word` (bash): the word and a newline.
    HereString(Word),
}

/// A here-document with its body (XCU 2.7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HereDocument {
    /// The delimiter after quote removal.
    pub delimiter: BString,
    /// Any part of the delimiter was quoted: the body is literal.
    pub quoted: bool,
    /// `<<-`: leading tabs were removed from the body.
    pub strip_tabs: bool,
    /// The body, which the parser reads after the line that names it.
    pub body: Rc<OnceCell<Word>>,
}

impl HereDocument {
    /// The body. Unless the delimiter was quoted it holds expansions; it is
    /// never split.
    #[must_use]
    pub fn body(&self) -> &Word {
        self.body.get_or_init(Word::default)
    }
}

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
    /// An expansion of other shells.
    Unsupported(Unsupported),
}

/// A parameter expansion (XCU 2.6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterExpansion {
    /// What is expanded.
    pub parameter: Parameter,
    /// What is done to it.
    pub modifier: Modifier,
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
    /// `$0`, `$1`, `${10}` …
    Positional(usize),
    /// One of `@ * # ? - $ !`.
    Special(u8),
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
}

/// A command substitution (XCU 2.6.3), parsed when the word was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSubstitution {
    /// The commands; several complete commands are joined into one list.
    pub body: Rc<List>,
    /// Written with backquotes.
    pub backquoted: bool,
    /// From `$(` or the first backquote to the end.
    pub span: Span,
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

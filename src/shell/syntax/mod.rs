//! The syntax tree: what the parser makes, and what the executor, the printer
//! and the plan compiler read.
//!
//! The tree follows POSIX.1-2024 XCU 2.9 and 2.10. It holds bytes, not text: a
//! shell's words need not be UTF-8. Every node knows its [`Span`]. A tree never
//! changes after it was parsed; function bodies are shared by `Rc`.

mod word;

use std::cell::OnceCell;
use std::rc::Rc;

use bstr::BString;

pub use self::word::{
    ArithmeticExpansion, Case, CommandSubstitution, Modifier, Parameter, ParameterExpansion, Place,
    ProcessSubstitution, Subscript, SubstitutionKind, Word, WordPart,
};

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
    /// Preceded by `time` (bash): how long it took is told.
    pub timed: Option<Timing>,
    /// At least one command.
    pub commands: Vec<Command>,
    /// From `!` or the first command to the last command.
    pub span: Span,
}

/// How the times of a pipeline are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// `time`: as `TIMEFORMAT` has it.
    Format,
    /// `time -p`: as POSIX has it for the utility.
    Posix,
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
    /// `name[key]=`: what stands between the brackets.
    pub key: Option<Word>,
    /// Written with `+=`: the value is added to the one that is there.
    pub append: bool,
    /// What is assigned.
    pub value: Assigned,
    /// Name, `=` and value.
    pub span: Span,
}

impl Assignment {
    /// The value, where all of the variable becomes one text: what POSIX has.
    #[must_use]
    pub fn plain(&self) -> Option<&Word> {
        match &self.value {
            Assigned::Text(word) if self.key.is_none() && !self.append => Some(word),
            _ => None,
        }
    }
}

/// What is assigned to a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// One text; tildes after `=` and unquoted `:` are already parts.
    Text(Word),
    /// `(…)`: the elements of an array.
    Array(Vec<Element>),
}

/// One element of an array that is assigned as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// `[key]=`
    pub key: Option<Word>,
    /// `[key]+=`
    pub append: bool,
    /// The value; without a key it may expand to several.
    pub value: Word,
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
    /// `[[ … ]]`
    Test(Test),
    /// `(( … ))`
    Arithmetic(ArithmeticExpansion),
    /// `for (( …; …; … )); do list; done`
    Count {
        /// Evaluated once, before each round, after each round; any may be empty.
        clauses: Box<[ArithmeticExpansion; 3]>,
        /// Between `do` and `done`.
        body: List,
    },
    /// `select name [in words]; do list; done`
    Select {
        /// The variable that gets what is chosen.
        variable: BString,
        /// The words after `in`; without `in`, the positional parameters.
        words: Option<Vec<Word>>,
        /// Between `do` and `done`.
        body: List,
    },
    /// `coproc [name] command`
    Coprocess {
        /// The array that gets the descriptors.
        name: BString,
        /// What runs beside the shell.
        command: Box<Command>,
    },
    /// A compound command that is wrong, which is said where it is reached.
    Unsupported(Unsupported),
}

/// A conditional expression (bash, Conditional Constructs).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `a || b`
    Or(Box<Test>, Box<Test>),
    /// `a && b`
    And(Box<Test>, Box<Test>),
    /// `! a`
    Not(Box<Test>),
    /// `( a )`
    Group(Box<Test>),
    /// `-f word` and its kin, and `word` alone, which is `-n word`.
    Unary {
        /// The operator with its dash; empty where there is none.
        operator: BString,
        /// The operand.
        operand: Word,
    },
    /// `left operator right`
    Binary {
        /// `==`, `!=`, `=~`, `<`, `-eq` …
        operator: BString,
        /// Before the operator.
        left: Word,
        /// Behind it: a pattern, a regular expression or a text.
        right: Word,
    },
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
    /// `{name}` written before the operator (bash): the variable that gets, or has, the
    /// number.
    pub variable: Option<BString>,
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

//! Arithmetic expansion (POSIX.1-2024 XCU 2.6.4): signed 64-bit integers with
//! the operators of C.
//!
//! An expression is parsed once into a flat program ([`parse`]) and run as often
//! as a loop needs it ([`evaluate`](mod@evaluate)). The flat form is why a sum of a hundred
//! thousand terms neither overflows the stack nor allocates while it runs.
//!
//! Where POSIX leaves a choice, this module follows bash:
//!
//! - Overflow wraps, shift counts are taken modulo 64, and
//!   `-9223372036854775808 / -1` is itself. Nothing panics.
//! - A variable that is unset or empty is 0. A value that is no number is
//!   evaluated as an expression of its own, to a bounded depth.
//! - An empty expression is 0.
//!
//! Extensions to POSIX, as in bash: `++` and `--`, `**`, `base#digits`, and elements of
//! arrays: `name[subscript]` is the name of a variable here, and who has the variables
//! says what it is.

mod evaluate;
mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use bstr::BString;
use thiserror::Error;

pub use evaluate::evaluate;
pub use lexer::constant;
pub use parser::parse;

/// How an expression reads and assigns the shell's variables.
pub trait Variables {
    /// The value of a variable, or `None` where it is unset. With `set -u` the
    /// shell answers [`ArithmeticError::Unset`] instead.
    ///
    /// # Errors
    /// Whatever keeps the shell from reading the variable.
    fn get(&mut self, name: &[u8]) -> Result<Option<BString>, ArithmeticError>;

    /// Assigns a variable.
    ///
    /// # Errors
    /// [`ArithmeticError::ReadOnly`] where the variable cannot be assigned.
    fn set(&mut self, name: &[u8], value: i64) -> Result<(), ArithmeticError>;

    /// The value of a variable that holds a plain constant, where that can be
    /// told without copying the value (see [`constant`]). `None` means that
    /// [`Variables::get`] decides. Loops are what this is for.
    fn integer(&self, name: &[u8]) -> Option<i64> {
        let _ = name;
        None
    }
}

/// Why an expression has no value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ArithmeticError {
    /// `/` or `%` with 0 on the right.
    #[error("division by zero")]
    DivisionByZero,
    /// `**` with a negative number on the right.
    #[error("the exponent of ** is negative")]
    NegativeExponent,
    /// A token that cannot stand where it stands.
    #[error("syntax error: unexpected '{0}'")]
    UnexpectedToken(BString),
    /// The expression ends where an operand or a bracket must follow.
    #[error("syntax error: {0} expected at the end")]
    UnexpectedEnd(&'static str),
    /// A word that begins with a digit and is no number.
    #[error("'{0}' is not a valid number")]
    InvalidNumber(BString),
    /// The left side of an assignment operator is no variable.
    #[error("'{0}' assigns to something that is not a variable")]
    NotAssignable(BString),
    /// Brackets or operators are nested too deeply.
    #[error("the arithmetic expression is nested too deeply")]
    TooDeep,
    /// Variables whose values name further variables, too many in a row.
    #[error("{0}: the variables refer to each other too deeply")]
    Recursion(BString),
    /// The variable cannot be assigned; from [`Variables::set`].
    #[error("{0}: is read only")]
    ReadOnly(BString),
    /// The variable must be set (`set -u`); from [`Variables::get`].
    #[error("{0}: parameter not set")]
    Unset(BString),
    /// A subscript that names no element; from either.
    #[error("{0}: bad array subscript")]
    Subscript(BString),
}

/// A parsed expression: a program for a machine with one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    code: Vec<Instruction>,
    /// The most values that are ever on the stack.
    stack: usize,
}

impl Expression {
    /// The variables that evaluating the expression may assign, leaving aside
    /// expressions that are values of variables; an element by its array.
    #[must_use]
    pub fn assigned(&self) -> Vec<BString> {
        self.code
            .iter()
            .filter_map(|instruction| match instruction {
                Instruction::Store(name) | Instruction::Step { name, .. } => {
                    let end = name.iter().position(|byte| *byte == b'[').unwrap_or(name.len());
                    Some(name[..end].into())
                }
                _ => None,
            })
            .collect()
    }

    /// Whether evaluating the expression may assign a variable, leaving aside
    /// expressions that are values of variables.
    #[must_use]
    pub fn assigns(&self) -> bool {
        self.code.iter().any(|instruction| {
            matches!(instruction, Instruction::Store(_) | Instruction::Step { .. })
        })
    }
}

/// A variable's name inside a program.
type Name = Box<[u8]>;

/// One step of a program. Jump targets are positions in the program.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Instruction {
    Push(i64),
    Load(Name),
    /// Assigns the top of the stack and leaves it there.
    Store(Name),
    /// `++` and `--`: adds `delta` and leaves the new value (`prefix`) or the old.
    Step {
        name: Name,
        delta: i64,
        prefix: bool,
    },
    Unary(UnaryOperator),
    Binary(BinaryOperator),
    /// Makes the top 0 or 1.
    Truth,
    /// `&&`: with 0 on top, jumps and keeps it; else drops it.
    And(usize),
    /// `||`: with anything but 0 on top, makes it 1 and jumps; else drops it.
    Or(usize),
    /// Drops the top and jumps if it was 0.
    BranchIfZero(usize),
    Jump(usize),
    Pop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnaryOperator {
    Negate,
    Complement,
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BinaryOperator {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
    Power,
}

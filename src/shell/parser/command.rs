//! Commands (XCU 2.9): where the kinds of command part.

use super::Grammar;
use super::error::SyntaxError;
use super::simple::is_redirection;
use super::token::{Operator, Token};
use crate::shell::syntax::{Command, Span};

impl Grammar<'_, '_> {
    pub(super) fn command(&mut self) -> Result<Command, SyntaxError> {
        self.nested(|grammar| {
            grammar.substitute_alias()?;
            let start = grammar.here()?;
            let token = grammar.peek()?.clone();
            match &token {
                Token::Operator(Operator::Open) => {
                    let kind = grammar.subshell()?;
                    grammar.compound(kind, start)
                }
                Token::Word(_) => match token.reserved() {
                    Some(reserved) => grammar.reserved(reserved, start),
                    None => grammar.simple_or_function(start),
                },
                Token::IoNumber(_) | Token::IoVariable(_) => grammar.simple(start),
                Token::Operator(operator) if is_redirection(*operator) => grammar.simple(start),
                _ => Err(grammar.unexpected("a command")),
            }
        })
    }
}

impl Command {
    /// The whole command.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Simple(simple) => simple.span,
            Self::Compound(compound) => compound.span,
            Self::Function(definition) => definition.span,
        }
    }
}

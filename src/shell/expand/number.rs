//! Expressions in words, and the variables as they see them (XCU 2.6.4).

use std::borrow::Cow;

use bstr::BString;

use super::{Context, ExpandError, Expander, Purity};
use crate::shell::arithmetic::{self, ArithmeticError};
use crate::shell::option::Opt;
use crate::shell::syntax::{ArithmeticExpansion, Word, WordPart};

impl Expander<'_> {
    pub(crate) fn arithmetic(
        &mut self,
        expansion: &ArithmeticExpansion,
    ) -> Result<i64, ExpandError> {
        match expansion.parts.as_slice() {
            [WordPart::Literal(text)] => self.number_of_text(text),
            parts => {
                let text = self.text_of(parts, Context { quoted: true, operand: false })?;
                self.number_of_text(&text)
            }
        }
    }

    /// The value of a word as an expression: a subscript, an operand of `-eq`.
    pub(crate) fn number(&mut self, word: &Word) -> Result<i64, ExpandError> {
        let text = self.single(word)?;
        self.number_of_text(&text)
    }

    /// The value of an expression.
    pub(crate) fn number_of_text(&mut self, text: &[u8]) -> Result<i64, ExpandError> {
        if let Some(value) = arithmetic::constant(text) {
            return Ok(value);
        }
        let expression = arithmetic::parse(text)?;
        if self.purity == Purity::Static && expression.assigns() {
            return Err(ExpandError::NotStatic("an assignment in an expression"));
        }
        Ok(arithmetic::evaluate(&expression, &mut Numbers { expander: self })?)
    }
}

/// The variables as arithmetic sees them.
struct Numbers<'b, 'a> {
    expander: &'b mut Expander<'a>,
}

impl arithmetic::Variables for Numbers<'_, '_> {
    fn get(&mut self, name: &[u8]) -> Result<Option<BString>, ArithmeticError> {
        let is_static = self.expander.purity == Purity::Static;
        let value = if name.contains(&b'[') || self.expander.shell.variables.has_references() {
            match self.expander.stored(name) {
                Err(ExpandError::Subscript(text)) if !is_static => {
                    self.expander.shell.report([&text[..], b": bad array subscript"].concat());
                    return Ok(None);
                }
                value => value.map_err(|_| ArithmeticError::Subscript(name.into()))?,
            }
        } else {
            self.expander.shell.variable_value(name).map(Cow::into_owned)
        };
        match value {
            None if self.expander.shell.options.is_on(Opt::NoUnset) => {
                Err(ArithmeticError::Unset(name.into()))
            }
            // Text is an expression, with variables of its own.
            Some(text)
                if is_static && !text.is_empty() && arithmetic::constant(&text).is_none() =>
            {
                Err(ArithmeticError::Recursion(name.into()))
            }
            value => Ok(value),
        }
    }

    fn set(&mut self, name: &[u8], value: i64) -> Result<(), ArithmeticError> {
        // What the value of a variable assigns as an expression.
        if self.expander.purity == Purity::Static {
            return Err(ArithmeticError::NotAssignable(name.into()));
        }
        let assigned = self.expander.shell.assign(name, value.to_string().into());
        assigned.map_err(|error| match error {
            ExpandError::ReadOnly(error) => ArithmeticError::ReadOnly(error.0),
            ExpandError::Arithmetic(error) => error,
            ExpandError::Unset { name, .. } => ArithmeticError::Unset(name),
            _ => ArithmeticError::Subscript(name.into()),
        })
    }

    fn integer(&self, name: &[u8]) -> Option<i64> {
        let variables = &self.expander.shell.variables;
        if variables.has_references() {
            return None;
        }
        arithmetic::constant(variables.get(name)?)
    }
}

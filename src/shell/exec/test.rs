//! `[[ … ]]` (bash, Conditional Constructs).

use bstr::BString;

use crate::exit_status::ExitStatus;
use crate::shell::arithmetic::ArithmeticError;
use crate::shell::assign::Key;
use crate::shell::builtin::test::{self, ProcessHost};
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option;
use crate::shell::shopt::Shopt;
use crate::shell::syntax::{Test, Word};
use crate::shell::variable::{Array, Indexed, Value};
use crate::shell::{Flow, Shell, quote};
use crate::system::regex::Regex;

/// Why an expression has no value.
enum Failure {
    Expansion(ExpandError),
    /// An operand of `-eq` and its kin has no value.
    Number(ArithmeticError),
    /// It is told, and the status is 2.
    Told(String),
}

impl From<ExpandError> for Failure {
    fn from(error: ExpandError) -> Self {
        Self::Expansion(error)
    }
}

impl Shell {
    /// Evaluates a conditional command.
    pub(super) fn test_command(&mut self, test: &Test) -> Flow {
        let mut traced = Vec::new();
        let result = self.test(test, &mut traced);
        self.trace_words(&traced);
        self.status = match result {
            Ok(true) => ExitStatus::SUCCESS,
            Ok(false) => ExitStatus::FAILURE,
            Err(Failure::Number(error)) => self.fail("[[", error.to_string()),
            Err(Failure::Expansion(error)) => return Err(self.expansion_error(&error)),
            Err(Failure::Told(text)) => {
                self.report(text);
                ExitStatus::USAGE
            }
        };
        Ok(())
    }

    fn test(&mut self, test: &Test, traced: &mut Vec<BString>) -> Result<bool, Failure> {
        match test {
            Test::Or(left, right) => Ok(self.test(left, traced)? || self.test(right, traced)?),
            Test::And(left, right) => Ok(self.test(left, traced)? && self.test(right, traced)?),
            Test::Not(inner) => Ok(!self.test(inner, traced)?),
            Test::Group(inner) => self.test(inner, traced),
            Test::Unary { operator, operand } => {
                let operand = Expander::new(self).single(operand)?;
                if self.options.is_on(option::Opt::XTrace) {
                    let operator =
                        if operator.is_empty() { BString::from("-n") } else { operator.clone() };
                    traced.extend(["[[".into(), operator, quote::quote(&operand), "]]".into()]);
                }
                self.test_unary(operator, &operand)
            }
            Test::Binary { operator, left, right } => {
                let left_text = Expander::new(self).single(left)?;
                if self.options.is_on(option::Opt::XTrace) {
                    let right = Expander::new(self).single(right)?;
                    traced.extend([
                        "[[".into(),
                        quote::quote(&left_text),
                        operator.clone(),
                        quote::quote(&right),
                        "]]".into(),
                    ]);
                }
                self.test_binary(operator, &left_text, right)
            }
        }
    }

    fn test_unary(&mut self, operator: &[u8], operand: &BString) -> Result<bool, Failure> {
        Ok(match operator {
            b"" => !operand.is_empty(),
            b"-v" => self.is_set(operand)?,
            b"-R" => {
                let variable = self.variables.variable(operand);
                variable.is_some_and(|one| one.kind.reference && one.text().is_some())
            }
            b"-o" => option::from_name(operand).is_some_and(|option| self.options.is_on(option)),
            _ => {
                let operator = match operator {
                    b"-a" => BString::from("-e"),
                    other => other.into(),
                };
                test::unary(&operator, operand, &ProcessHost)
                    .map_err(|text| Failure::Told(format!("[[: {text}")))?
            }
        })
    }

    /// Whether a variable, or an element, has a value (`-v`).
    pub(crate) fn is_set(&mut self, name: &BString) -> Result<bool, ExpandError> {
        if let Some((array, b"@" | b"*")) = crate::shell::assign::split_element(name) {
            let array = self.follow(array)?;
            let variable = self.variables.variable(&array);
            // Of an associative array these are keys.
            if variable.and_then(|one| one.array()) == Some(Array::Associative) {
                let subscript = &name[name.len() - 2..name.len() - 1];
                let key = Some(Key::Text(subscript.into()));
                let target = crate::shell::assign::Target { name: array, key };
                return Ok(self.stored(&target).is_some());
            }
            let value = variable.and_then(|one| one.value.as_ref());
            return Ok(value.is_some_and(|value| !value.values().is_empty()));
        }
        if !crate::shell::assign::is_target(name) {
            let number = std::str::from_utf8(name).ok().and_then(|text| text.parse::<usize>().ok());
            return Ok(number.is_some_and(|number| number <= self.arguments.len()));
        }
        match self.target(name) {
            Err(ExpandError::Subscript(text)) => {
                self.report([text.as_slice(), b": bad array subscript"].concat());
                Ok(false)
            }
            target => Ok(self.stored(&target?).is_some()),
        }
    }

    fn test_binary(
        &mut self,
        operator: &BString,
        left: &BString,
        right: &Word,
    ) -> Result<bool, Failure> {
        match operator.as_slice() {
            b"=" | b"==" | b"!=" => {
                let pattern = Expander::new(self).matching_pattern(right, true)?;
                Ok(pattern.matches(left) != (operator == "!="))
            }
            b"=~" => {
                let expression = Expander::new(self).expression(right)?;
                self.matches_expression(left, &expression)
            }
            b"-eq" | b"-ne" | b"-lt" | b"-le" | b"-gt" | b"-ge" => {
                let mut expander = Expander::new(self);
                let right = expander.single(right)?;
                let mut number = |text: &[u8]| match expander.number_of_text(text) {
                    Err(ExpandError::Arithmetic(error)) => Err(Failure::Number(error)),
                    value => Ok(value?),
                };
                let (left, right) = (number(left)?, number(&right)?);
                Ok(match operator.as_slice() {
                    b"-eq" => left == right,
                    b"-ne" => left != right,
                    b"-lt" => left < right,
                    b"-le" => left <= right,
                    b"-gt" => left > right,
                    _ => left >= right,
                })
            }
            _ => {
                let right = Expander::new(self).single(right)?;
                test::binary(left, operator, &right, &ProcessHost)
                    .map_err(|text| Failure::Told(format!("[[: {text}")))
            }
        }
    }

    /// Matches a regular expression (XBD 9.4) and sets `BASH_REMATCH`.
    fn matches_expression(&mut self, text: &[u8], expression: &[u8]) -> Result<bool, Failure> {
        let fold = self.shopts.is_on(Shopt::NoCaseMatch);
        let compiled =
            Regex::new(expression, fold).map_err(|text| Failure::Told(format!("[[: {text}")))?;
        let found = compiled.find(text);
        let matched = found.is_some();
        let groups: Indexed = (0_u64..)
            .zip(found.unwrap_or_default())
            .map(|(index, range)| {
                (index, range.map_or_else(BString::default, |one| text[one].into()))
            })
            .collect();
        let value = Value::Indexed(std::rc::Rc::new(groups));
        self.variables.set_value(b"BASH_REMATCH", value).map_err(ExpandError::from)?;
        Ok(matched)
    }
}

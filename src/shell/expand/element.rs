//! Elements of arrays, and names that are values (bash, Arrays and Parameter Expansion).

use bstr::{BStr, BString, ByteSlice};

use super::{ExpandError, Expander};
use crate::shell::assign::{Key, Target, split_element};
use crate::shell::parser;
use crate::shell::syntax::{Parameter, Subscript, Word};
use crate::shell::variable::{Array, Value, is_name};

impl Expander<'_> {
    /// The key of an element of `name`.
    pub(crate) fn key(&mut self, name: &[u8], word: &Word) -> Result<Key, ExpandError> {
        let variable = self.shell.variables.variable(name);
        if variable.and_then(|variable| variable.array()) == Some(Array::Associative) {
            return Ok(Key::Text(self.single(word)?));
        }
        let number = self.number(word)?;
        let variable = self.shell.variables.variable(name);
        let own;
        let value = match variable {
            Some(variable) => variable.value.as_ref(),
            None => {
                own = self.shell.dynamic(name);
                own.as_ref()
            }
        };
        let index = match value {
            Some(value) => value.index(number),
            None => u64::try_from(number).ok(),
        };
        index
            .map(Key::Index)
            .ok_or_else(|| ExpandError::Subscript(format!("{}[{number}]", name.as_bstr()).into()))
    }

    /// The key for a subscript that came out of a value: no commands are run for it,
    /// whatever it says.
    pub(crate) fn key_of_text(&mut self, name: &[u8], text: &[u8]) -> Result<Key, ExpandError> {
        let word = parser::parse_subscript(text).map_err(|_| ExpandError::Parameter {
            name: [name, b"[", text, b"]"].concat().into(),
            message: "bad array subscript".into(),
        })?;
        let outer = std::mem::replace(&mut self.refuses_commands, true);
        let key = self.key(name, &word);
        self.refuses_commands = outer;
        key
    }

    /// What a name means: references are followed, a subscript is evaluated.
    pub(crate) fn target(&mut self, text: &[u8]) -> Result<Target, ExpandError> {
        let (name, subscript) = match split_element(text) {
            Some((name, subscript)) => (name, Some(subscript)),
            None => (text, None),
        };
        let name = self.shell.follow(name)?;
        if let Some((inner, own)) = split_element(&name) {
            // A reference to an element.
            let key = self.key_of_text(inner, own)?;
            return Ok(Target { name: inner.into(), key: Some(key) });
        }
        let key = match subscript {
            Some(subscript) => Some(self.key_of_text(&name, subscript)?),
            None => None,
        };
        Ok(Target { name, key })
    }

    /// The value of a variable or an element that is named by text.
    pub(crate) fn stored(&mut self, text: &[u8]) -> Result<Option<BString>, ExpandError> {
        let target = self.target(text)?;
        Ok(self.shell.stored(&target))
    }

    /// All of an array, a text as one element.
    pub(super) fn whole(&mut self, name: &[u8]) -> Result<Option<Value>, ExpandError> {
        let name = self.shell.follow(name)?;
        Ok(match self.shell.variables.variable(&name) {
            Some(variable) => variable.value.clone(),
            None => self.shell.dynamic(&name),
        })
    }

    /// The parameter that the value of another one names.
    pub(super) fn indirect(&mut self, parameter: &Parameter) -> Result<Parameter, ExpandError> {
        let name = match parameter {
            Parameter::Variable(name) => {
                // Of a reference, its own value is the name.
                let variable = self.shell.variables.variable(name);
                if let Some(reference) = variable.filter(|one| one.kind.reference) {
                    reference.text().map(BStr::to_owned)
                } else {
                    self.shell.variable_value(name).map(std::borrow::Cow::into_owned)
                }
            }
            other => self.text_value(other)?,
        };
        let name = name.unwrap_or_default();
        named(&name).ok_or_else(|| ExpandError::Parameter {
            name,
            message: "not a valid name for an indirect expansion".into(),
        })
    }
}

/// The parameter of a name that is a value.
fn named(name: &BString) -> Option<Parameter> {
    if is_name(name) {
        return Some(Parameter::Variable(name.clone()));
    }
    if let Some((array, subscript)) = split_element(name) {
        let subscript = match subscript {
            b"@" => Subscript::All,
            b"*" => Subscript::Joined,
            text => Subscript::Key(parser::parse_subscript(text).ok()?),
        };
        return Some(Parameter::Element { name: array.into(), subscript });
    }
    match name.as_slice() {
        [special @ (b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!')] => {
            Some(Parameter::Special(*special))
        }
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            Some(Parameter::Positional(digits.to_str().ok()?.parse().ok()?))
        }
        _ => None,
    }
}

//! Parameter expansion (XCU 2.5, 2.6.2).

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice};

use super::field::Fields;
use super::{Context, ExpandError, Expander, Purity};
use crate::shell::Shell;
use crate::shell::option::Opt;
use crate::shell::syntax::{Modifier, Parameter, ParameterExpansion, Word};

/// What a parameter holds.
enum Value {
    Unset,
    Scalar(BString),
    /// `$@` and `$*`.
    List(Vec<BString>),
}

impl Value {
    fn is_set(&self, colon: bool) -> bool {
        match self {
            Self::Unset => false,
            Self::Scalar(text) => !(colon && text.is_empty()),
            Self::List(items) => match items.as_slice() {
                [] => false,
                [only] => !(colon && only.is_empty()),
                _ => true,
            },
        }
    }

    fn map(self, change: impl Fn(&[u8]) -> BString) -> Self {
        match self {
            Self::Unset => Self::Unset,
            Self::Scalar(text) => Self::Scalar(change(&text)),
            Self::List(items) => Self::List(items.iter().map(|item| change(item)).collect()),
        }
    }
}

impl Expander<'_> {
    pub(super) fn parameter(
        &mut self,
        expansion: &ParameterExpansion,
        context: Context,
        fields: &mut Fields,
    ) -> Result<(), ExpandError> {
        // The commonest expansion is a plain variable: no copy is made of it.
        if let (Parameter::Variable(name), Modifier::None) =
            (&expansion.parameter, &expansion.modifier)
            && let Some(value) = self.shell.variables.get(name)
        {
            if context.quoted {
                fields.quoted(value)
            } else {
                fields.result(value)
            }
            return Ok(());
        }
        let value = self.value(&expansion.parameter)?;
        match &expansion.modifier {
            Modifier::None => {
                let value = self.checked(expansion, value)?;
                self.push(&expansion.parameter, value, context, fields);
            }
            Modifier::Length => {
                let length = match self.checked(expansion, value)? {
                    Value::Unset => 0,
                    Value::Scalar(text) => self.shell.length(&text),
                    Value::List(items) => items.len(),
                };
                self.push(
                    &expansion.parameter,
                    Value::Scalar(length.to_string().into()),
                    context,
                    fields,
                );
            }
            Modifier::Default { colon, word } => {
                if value.is_set(*colon) {
                    self.push(&expansion.parameter, value, context, fields);
                } else {
                    self.operand(word, context, fields)?;
                }
            }
            Modifier::Alternative { colon, word } => {
                if value.is_set(*colon) {
                    self.operand(word, context, fields)?;
                } else if context.quoted && !matches!(value, Value::List(_)) {
                    fields.quoted(b"");
                }
            }
            Modifier::Assign { colon, word } => {
                if value.is_set(*colon) {
                    self.push(&expansion.parameter, value, context, fields);
                } else {
                    let assigned = self.assign_default(&expansion.parameter, word, context)?;
                    self.push(&expansion.parameter, Value::Scalar(assigned), context, fields);
                }
            }
            Modifier::Error { colon, word } => {
                if value.is_set(*colon) {
                    self.push(&expansion.parameter, value, context, fields);
                } else {
                    return Err(self.unset_error(expansion, *colon, word, context)?);
                }
            }
            Modifier::RemovePrefix { longest, pattern } => {
                let value = self.checked(expansion, value)?;
                let pattern = self.pattern(pattern)?;
                let value = value.map(|text| match pattern.prefix_match(text, *longest) {
                    Some(end) => text[end..].into(),
                    None => text.into(),
                });
                self.push(&expansion.parameter, value, context, fields);
            }
            Modifier::RemoveSuffix { longest, pattern } => {
                let value = self.checked(expansion, value)?;
                let pattern = self.pattern(pattern)?;
                let value = value.map(|text| match pattern.suffix_match(text, *longest) {
                    Some(start) => text[..start].into(),
                    None => text.into(),
                });
                self.push(&expansion.parameter, value, context, fields);
            }
        }
        Ok(())
    }

    fn operand(
        &mut self,
        word: &Word,
        context: Context,
        fields: &mut Fields,
    ) -> Result<(), ExpandError> {
        if context.quoted && word.parts.is_empty() {
            fields.quoted(b"");
        }
        self.parts(&word.parts, Context { operand: true, ..context }, fields)
    }

    fn assign_default(
        &mut self,
        parameter: &Parameter,
        word: &Word,
        context: Context,
    ) -> Result<BString, ExpandError> {
        if self.purity == Purity::Static {
            return Err(ExpandError::NotStatic("an assignment in a word"));
        }
        let value = self.text_of(&word.parts, context)?;
        match parameter {
            Parameter::Variable(name) => {
                self.shell.assign(name, value.clone())?;
                Ok(value)
            }
            other => Err(ExpandError::Parameter {
                name: name_of(other).into_owned(),
                message: "cannot be assigned this way".into(),
            }),
        }
    }

    fn unset_error(
        &mut self,
        expansion: &ParameterExpansion,
        colon: bool,
        word: &Word,
        context: Context,
    ) -> Result<ExpandError, ExpandError> {
        let message = if word.parts.is_empty() {
            if colon { "parameter not set or null".into() } else { "parameter not set".into() }
        } else {
            self.text_of(&word.parts, context)?
        };
        Ok(ExpandError::Parameter { name: name_of(&expansion.parameter).into_owned(), message })
    }

    /// Refuses an unset parameter under `set -u`.
    fn checked(&self, expansion: &ParameterExpansion, value: Value) -> Result<Value, ExpandError> {
        if matches!(value, Value::Unset) && self.shell.options.is_on(Opt::NoUnset) {
            return Err(ExpandError::Parameter {
                name: name_of(&expansion.parameter).into_owned(),
                message: "parameter not set".into(),
            });
        }
        Ok(value)
    }

    fn push(&mut self, parameter: &Parameter, value: Value, context: Context, fields: &mut Fields) {
        match value {
            Value::Unset if context.quoted => fields.quoted(b""),
            Value::Unset => {}
            Value::Scalar(text) if context.quoted => fields.quoted(&text),
            Value::Scalar(text) => fields.result(&text),
            Value::List(items) => self.push_list(parameter, &items, context, fields),
        }
    }

    fn push_list(
        &mut self,
        parameter: &Parameter,
        items: &[BString],
        context: Context,
        fields: &mut Fields,
    ) {
        let star = *parameter == Parameter::Special(b'*');
        if !fields.splits() || (star && context.quoted) {
            // Where there is one field, `$@` is joined by spaces and `$*` by the
            // first character of IFS (XCU 2.5.2).
            let joint = if star { self.separators().first().copied() } else { Some(b' ') };
            let text = bstr::join(joint.as_slice(), items);
            if context.quoted {
                fields.quoted(&text)
            } else {
                fields.result(&text)
            }
            return;
        }
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                fields.next_parameter();
            }
            if context.quoted { fields.quoted(item) } else { fields.result(item) }
        }
    }

    fn value(&self, parameter: &Parameter) -> Result<Value, ExpandError> {
        let shell = &*self.shell;
        let scalar = |text: String| Value::Scalar(text.into());
        Ok(match parameter {
            Parameter::Variable(name) => match shell.variable_value(name) {
                Some(value) => Value::Scalar(value.into_owned()),
                None => Value::Unset,
            },
            Parameter::Positional(0) => Value::Scalar(shell.name.clone()),
            Parameter::Positional(number) => shell
                .arguments
                .get(number - 1)
                .map_or(Value::Unset, |value| Value::Scalar(value.clone())),
            Parameter::Special(b'@' | b'*') => Value::List(shell.arguments.clone()),
            Parameter::Special(b'#') => scalar(shell.arguments.len().to_string()),
            Parameter::Special(b'?' | b'!') if self.purity == Purity::Static => {
                return Err(ExpandError::NotStatic("what commands before it leave"));
            }
            Parameter::Special(b'?') => scalar(shell.status.to_string()),
            Parameter::Special(b'$') => scalar(shell.process.to_string()),
            Parameter::Special(b'-') => Value::Scalar(shell.options.letters()),
            Parameter::Special(b'!') => {
                shell.last_background.map_or(Value::Unset, |id| scalar(id.to_string()))
            }
            Parameter::Special(other) => {
                return Err(ExpandError::Parameter {
                    name: [*other].as_slice().into(),
                    message: "bad substitution".into(),
                });
            }
        })
    }
}

fn name_of(parameter: &Parameter) -> Cow<'_, BStr> {
    match parameter {
        Parameter::Variable(name) => Cow::Borrowed(name.as_bstr()),
        Parameter::Positional(number) => Cow::Owned(number.to_string().into()),
        Parameter::Special(byte) => Cow::Owned([*byte].as_slice().into()),
    }
}

impl Shell {
    /// A variable's value, `LINENO` included.
    pub(crate) fn variable_value(&self, name: &[u8]) -> Option<Cow<'_, BStr>> {
        match self.variables.get(name) {
            Some(value) => Some(Cow::Borrowed(value)),
            None if name == b"LINENO" => Some(Cow::Owned(self.line.to_string().into())),
            None => None,
        }
    }

    /// The length in characters; a byte that is not UTF-8 counts as one.
    fn length(&self, text: &[u8]) -> usize {
        if self.utf8 { text.chars().count() } else { text.len() }
    }
}

//! Parameter expansion (XCU 2.5, 2.6.2).

use std::borrow::Cow;

use bstr::{BStr, BString, ByteSlice};

use super::error::NOT_SET;
use super::field::Fields;
use super::items::Items;
use super::{Context, ExpandError, Expander, Purity, transform};
use crate::shell::Shell;
use crate::shell::assign::Target;
use crate::shell::option::Opt;
use crate::shell::syntax::{Modifier, Parameter, ParameterExpansion, Subscript, Word};

impl Expander<'_> {
    /// The value of an element, or of all.
    fn element(&mut self, name: &[u8], subscript: &Subscript) -> Result<Items, ExpandError> {
        let Subscript::Key(word) = subscript else {
            let value = self.whole(name)?;
            return Ok(Items::List(value.map(|value| value.values()).unwrap_or_default()));
        };
        let name = self.shell.follow(name)?;
        let key = match self.key(&name, word) {
            // Read, it is told and has no value (bash).
            Err(ExpandError::Subscript(text)) if self.purity == Purity::Effects => {
                self.shell.report([text.as_slice(), b": bad array subscript"].concat());
                return Ok(Items::Unset);
            }
            key => Some(key?),
        };
        Ok(self.shell.stored(&Target { name, key }).map_or(Items::Unset, Items::Scalar))
    }

    pub(super) fn parameter(
        &mut self,
        expansion: &ParameterExpansion,
        context: Context,
        fields: &mut Fields,
    ) -> Result<(), ExpandError> {
        // The commonest expansion is a plain variable: no copy is made of it.
        if let Some(value) = self.plain_value(expansion) {
            if context.quoted {
                fields.quoted(value)
            } else {
                fields.result(value)
            }
            return Ok(());
        }
        let about_names = matches!(expansion.modifier, Modifier::Names { .. } | Modifier::Keys);
        if self.purity == Purity::Static && (expansion.indirect || about_names) {
            return Err(ExpandError::NotStatic("a name that is a value"));
        }
        match &expansion.modifier {
            Modifier::Names { joined } => {
                let names = self.names_that_begin(&expansion.parameter);
                self.push_list(*joined, &names, context, fields);
                return Ok(());
            }
            Modifier::Keys => {
                let keys = self.keys(&expansion.parameter)?;
                self.push_list(is_joined(&expansion.parameter), &keys, context, fields);
                return Ok(());
            }
            _ => {}
        }
        let named;
        let parameter = if expansion.indirect {
            named = self.indirect(&expansion.parameter)?;
            if self.is_name_of_reference(expansion) {
                let Parameter::Variable(name) = named else { return Ok(()) };
                self.push(&expansion.parameter, Items::Scalar(name), context, fields);
                return Ok(());
            }
            &named
        } else {
            &expansion.parameter
        };
        let value = self.value(parameter)?;
        match &expansion.modifier {
            Modifier::None => {
                let value = self.checked(expansion, value)?;
                self.push(parameter, value, context, fields);
            }
            Modifier::Length => {
                let length = match self.checked(expansion, value)? {
                    Items::Unset => 0,
                    Items::Scalar(text) => self.shell.length(&text),
                    Items::List(items) => items.len(),
                };
                self.push(parameter, Items::Scalar(length.to_string().into()), context, fields);
            }
            Modifier::Default { colon, word } => {
                if value.is_set(*colon) {
                    self.push(parameter, value, context, fields);
                } else {
                    self.operand(word, context, fields)?;
                }
            }
            Modifier::Alternative { colon, word } => {
                if value.is_set(*colon) {
                    self.operand(word, context, fields)?;
                } else if context.quoted
                    && !matches!(&value, Items::List(items) if items.is_empty())
                {
                    fields.quoted(b"");
                }
            }
            Modifier::Assign { colon, word } => {
                if value.is_set(*colon) {
                    self.push(parameter, value, context, fields);
                } else {
                    let assigned = self.assign_default(parameter, word, context)?;
                    self.push(parameter, Items::Scalar(assigned), context, fields);
                }
            }
            Modifier::Error { colon, word } => {
                if value.is_set(*colon) {
                    self.push(parameter, value, context, fields);
                } else {
                    return Err(self.unset_error(expansion, *colon, word, context)?);
                }
            }
            Modifier::Names { .. } | Modifier::Keys => {}
            Modifier::Slice { offset, length } => {
                let value = self.checked(expansion, value)?;
                let value = self.slice(parameter, value, offset, length.as_ref())?;
                self.push(parameter, value, context, fields);
            }
            Modifier::Replace { place, pattern, text } => {
                let value = self.checked(expansion, value)?;
                let pattern = self.matching_pattern(pattern, false)?;
                let with = self.replacement(text.as_ref())?;
                let value = value.map(|text| transform::replaced(text, &pattern, *place, &with));
                self.push(parameter, value, context, fields);
            }
            Modifier::Case { change, all, pattern } => {
                let value = self.checked(expansion, value)?;
                let pattern = match pattern.parts.as_slice() {
                    [] => None,
                    _ => Some(self.matching_pattern(pattern, false)?),
                };
                let value =
                    value.map(|text| transform::change_case(text, *change, *all, pattern.as_ref()));
                self.push(parameter, value, context, fields);
            }
            Modifier::Transform(letter) => {
                let value = match self.described(parameter, *letter)? {
                    Some(value) => value,
                    None => match self.checked(expansion, value)? {
                        Items::Unset => Items::Unset,
                        Items::Scalar(text) => Items::Scalar(self.transformed(&text, *letter)?),
                        Items::List(items) => Items::List(
                            items
                                .iter()
                                .map(|item| self.transformed(item, *letter))
                                .collect::<Result<_, _>>()?,
                        ),
                    },
                };
                self.push(parameter, value, context, fields);
            }
            Modifier::RemovePrefix { longest, pattern } => {
                let value = self.checked(expansion, value)?;
                let pattern = self.pattern(pattern)?;
                let value = value.map(|text| match pattern.prefix_match(text, *longest) {
                    Some(end) => text[end..].into(),
                    None => text.into(),
                });
                self.push(parameter, value, context, fields);
            }
            Modifier::RemoveSuffix { longest, pattern } => {
                let value = self.checked(expansion, value)?;
                let pattern = self.pattern(pattern)?;
                let value = value.map(|text| match pattern.suffix_match(text, *longest) {
                    Some(start) => text[..start].into(),
                    None => text.into(),
                });
                self.push(parameter, value, context, fields);
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
            Parameter::Element { name, subscript: Subscript::Key(word) } => {
                let name = self.shell.follow(name)?;
                let key = Some(self.key(&name, word)?);
                self.shell.assign_target(&Target { name, key }, value.clone(), false)?;
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
            if colon { "parameter not set or null".into() } else { NOT_SET.into() }
        } else {
            self.text_of(&word.parts, context)?
        };
        Ok(ExpandError::Unset { name: name_of(&expansion.parameter).into_owned(), message })
    }

    /// Refuses an unset parameter under `set -u`.
    fn checked(&self, expansion: &ParameterExpansion, value: Items) -> Result<Items, ExpandError> {
        if matches!(value, Items::Unset) && self.shell.options.is_on(Opt::NoUnset) {
            return Err(ExpandError::Unset {
                name: name_of(&expansion.parameter).into_owned(),
                message: NOT_SET.into(),
            });
        }
        Ok(value)
    }

    fn push(&mut self, parameter: &Parameter, value: Items, context: Context, fields: &mut Fields) {
        match value {
            Items::Unset if context.quoted => fields.quoted(b""),
            Items::Unset => {}
            Items::Scalar(text) if context.quoted => fields.quoted(&text),
            Items::Scalar(text) => fields.result(&text),
            Items::List(items) => self.push_list(is_joined(parameter), &items, context, fields),
        }
    }

    fn push_list(&mut self, star: bool, items: &[BString], context: Context, fields: &mut Fields) {
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
        if context.quoted {
            fields.list(items.is_empty());
        }
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                fields.next_parameter();
            }
            if context.quoted { fields.quoted(item) } else { fields.result(item) }
        }
    }

    /// The names of the variables that begin with the one that is written.
    fn names_that_begin(&self, parameter: &Parameter) -> Vec<BString> {
        let Parameter::Variable(prefix) = parameter else { return Vec::new() };
        let variables = self.shell.variables.sorted();
        let set = variables.into_iter().filter(|(_, variable)| variable.value.is_some());
        set.filter(|(name, _)| name.starts_with(prefix)).map(|(name, _)| name.to_owned()).collect()
    }

    /// The keys of an array.
    fn keys(&mut self, parameter: &Parameter) -> Result<Vec<BString>, ExpandError> {
        let Parameter::Element { name, .. } = parameter else { return Ok(Vec::new()) };
        let value = self.whole(name)?;
        let elements = value.map(|value| value.elements()).unwrap_or_default();
        Ok(elements.into_iter().map(|(key, _)| key).collect())
    }

    /// Whether `${!x}` asks for what a reference stands for: the name itself.
    fn is_name_of_reference(&self, expansion: &ParameterExpansion) -> bool {
        matches!(&expansion.parameter, Parameter::Variable(name)
            if self.shell.variables.variable(name).is_some_and(|one| one.kind.reference))
            && expansion.modifier == Modifier::None
    }

    /// The value of a parameter as one text.
    pub(super) fn text_value(
        &mut self,
        parameter: &Parameter,
    ) -> Result<Option<BString>, ExpandError> {
        Ok(match self.value(parameter)? {
            Items::Unset => None,
            Items::Scalar(text) => Some(text),
            Items::List(items) => Some(bstr::join(" ", &items).into()),
        })
    }

    fn value(&mut self, parameter: &Parameter) -> Result<Items, ExpandError> {
        if let Parameter::Element { name, subscript } = parameter {
            return self.element(name, subscript);
        }
        if let Parameter::Variable(name) = parameter
            && self.shell.variables.has_references()
        {
            return Ok(self.stored(name)?.map_or(Items::Unset, Items::Scalar));
        }
        let shell = &*self.shell;
        let scalar = |text: String| Items::Scalar(text.into());
        Ok(match parameter {
            Parameter::Variable(name) => match shell.variable_value(name) {
                Some(value) => Items::Scalar(value.into_owned()),
                None => Items::Unset,
            },
            Parameter::Positional(0) => Items::Scalar(shell.name.clone()),
            Parameter::Positional(number) => shell
                .arguments
                .get(number - 1)
                .map_or(Items::Unset, |value| Items::Scalar(value.clone())),
            Parameter::Special(b'@' | b'*') => Items::List(shell.arguments.clone()),
            Parameter::Special(b'#') => scalar(shell.arguments.len().to_string()),
            Parameter::Special(b'?' | b'!') if self.purity == Purity::Static => {
                return Err(ExpandError::NotStatic("what commands before it leave"));
            }
            Parameter::Special(b'?') => scalar(shell.status.to_string()),
            Parameter::Special(b'$') => scalar(shell.process.to_string()),
            Parameter::Special(b'-') => Items::Scalar(shell.options.letters()),
            Parameter::Special(b'!') => {
                shell.last_background.map_or(Items::Unset, |id| scalar(id.to_string()))
            }
            Parameter::Element { .. } => Items::Unset,
            Parameter::Special(other) => {
                return Err(ExpandError::Parameter {
                    name: [*other].as_slice().into(),
                    message: "bad substitution".into(),
                });
            }
        })
    }
}

/// Whether its items are one text within quotes.
fn is_joined(parameter: &Parameter) -> bool {
    match parameter {
        Parameter::Special(special) => *special == b'*',
        Parameter::Element { subscript, .. } => *subscript == Subscript::Joined,
        _ => false,
    }
}

fn name_of(parameter: &Parameter) -> Cow<'_, BStr> {
    match parameter {
        Parameter::Variable(name) => Cow::Borrowed(name.as_bstr()),
        Parameter::Element { name, subscript } => {
            let subscript = match subscript {
                Subscript::All => "@".into(),
                Subscript::Joined => "*".into(),
                Subscript::Key(word) => crate::shell::print::word_text(word),
            };
            Cow::Owned([name.as_slice(), b"[", &subscript, b"]"].concat().into())
        }
        Parameter::Positional(number) => Cow::Owned(number.to_string().into()),
        Parameter::Special(byte) => Cow::Owned([*byte].as_slice().into()),
    }
}

impl Shell {
    /// A variable's value, also where it is made when it is asked for.
    pub(crate) fn variable_value(&self, name: &[u8]) -> Option<Cow<'_, BStr>> {
        match self.variables.get(name) {
            Some(value) => Some(Cow::Borrowed(value)),
            None if self.variables.variable(name).is_some() => None,
            None => self.dynamic(name)?.text().map(|text| Cow::Owned(text.to_owned())),
        }
    }

    /// The length in characters; a byte that is not UTF-8 counts as one.
    fn length(&self, text: &[u8]) -> usize {
        if self.utf8 { text.chars().count() } else { text.len() }
    }
}

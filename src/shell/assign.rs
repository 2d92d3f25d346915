//! Assignments as the language has them (XCU 2.9.1; bash, Arrays and declare): a value
//! goes through what was declared of the variable, references are followed, and an
//! element is found by its subscript.

use std::borrow::Cow;
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::Shell;
use super::expand::{ExpandError, Expander};
use super::option::Opt;
use super::syntax::{Assigned, Assignment, Element};
use super::variable::{Array, Associative, Indexed, Letters, ReadOnly, Value, is_name};

/// Which element of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// Of an indexed one.
    Index(u64),
    /// Of an associative one.
    Text(BString),
}

/// A variable, or an element of one, that is meant by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) name: BString,
    pub(crate) key: Option<Key>,
}

/// Splits `name[subscript]`.
pub(crate) fn split_element(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (name, rest) = text.split_once_str(b"[")?;
    let subscript = rest.strip_suffix(b"]")?;
    (is_name(name) && !subscript.is_empty()).then_some((name, subscript))
}

/// Whether text names a variable or an element of one.
pub(crate) fn is_target(text: &[u8]) -> bool {
    is_name(text) || split_element(text).is_some()
}

fn bad_subscript(name: &[u8], subscript: &[u8]) -> ExpandError {
    let mut text = BString::from(name);
    if !subscript.is_empty() {
        text.extend_from_slice(&[b"[", subscript, b"]"].concat());
    }
    ExpandError::Parameter { name: text, message: "bad array subscript".into() }
}

impl Shell {
    /// What a name means: references are followed, and a subscript is evaluated.
    pub(crate) fn target(&mut self, text: &[u8]) -> Result<Target, ExpandError> {
        Expander::new(self).target(text)
    }

    /// The name that a reference stands for.
    pub(crate) fn follow(&self, name: &[u8]) -> Result<BString, ExpandError> {
        if !self.variables.has_references() {
            return Ok(name.into());
        }
        match self.variables.referred(name) {
            Some(target) => Ok(target.into()),
            None => Err(ExpandError::Parameter {
                name: name.into(),
                message: "circular name reference".into(),
            }),
        }
    }

    /// Assigns a variable or an element as the language does: under `set -a` it is
    /// exported, too.
    ///
    /// # Errors
    /// It is read-only, the subscript names nothing, or the value is no expression where
    /// it has to be one.
    pub(crate) fn assign(&mut self, name: &[u8], value: BString) -> Result<(), ExpandError> {
        self.assign_text(name, value, false)
    }

    /// The same, or adds to what is there.
    pub(crate) fn assign_text(
        &mut self,
        name: &[u8],
        value: BString,
        append: bool,
    ) -> Result<(), ExpandError> {
        let target = if self.variables.has_references() || name.contains(&b'[') {
            self.target(name)?
        } else {
            Target { name: name.into(), key: None }
        };
        self.assign_target(&target, value, append)
    }

    pub(crate) fn assign_target(
        &mut self,
        target: &Target,
        value: BString,
        append: bool,
    ) -> Result<(), ExpandError> {
        let name = target.name.as_slice();
        let known = self.variables.variable(name);
        if let Some(reference) = known.filter(|one| one.kind.reference)
            && reference.text().is_none_or(|text| text.is_empty())
            && !is_target(&value)
        {
            let message = BString::from("not a valid name for a reference");
            return Err(ExpandError::Parameter { name: value, message });
        }
        let kind = known.map(|one| one.kind).unwrap_or_default();
        let is_plain = !append && !kind.integer && kind.case.is_none();
        let value = if is_plain { value } else { self.cooked(target, value, append)? };
        match &target.key {
            None => {
                if self.assign_special(name, &value) {
                    return Ok(());
                }
                self.variables.set(name, value)?;
            }
            Some(key) => {
                let variable = self.variables.writable(name)?;
                let old = variable.value.take();
                variable.value = Some(with_element(old, variable.kind.array, key, value));
                variable.kind.array = None;
            }
        }
        if self.options.is_on(Opt::AllExport) {
            self.variables.mark(name).exported = true;
        }
        Ok(())
    }

    /// A value as the marks of its variable make it, behind what is there where it is
    /// added.
    fn cooked(
        &mut self,
        target: &Target,
        value: BString,
        append: bool,
    ) -> Result<BString, ExpandError> {
        let kind = self.variables.variable(&target.name).map(|one| one.kind).unwrap_or_default();
        if !append && !kind.integer && kind.case.is_none() {
            return Ok(value);
        }
        let old = if append { self.stored(target) } else { None };
        let mut value = value;
        if kind.integer {
            let number = Expander::new(self).number_of_text(&value)?;
            let before = match &old {
                Some(old) => Expander::new(self).number_of_text(old)?,
                None => 0,
            };
            return Ok(before.wrapping_add(number).to_string().into());
        }
        if let Some(old) = old {
            value = [old.as_slice(), value.as_slice()].concat().into();
        }
        Ok(match kind.case {
            None => value,
            Some(Letters::Lower) => value.to_lowercase().into(),
            Some(Letters::Upper) => value.to_uppercase().into(),
            Some(Letters::Capital) => capital(&value),
        })
    }

    /// The value that a target has.
    pub(crate) fn stored(&self, target: &Target) -> Option<BString> {
        let Some(key) = &target.key else {
            return self.variable_value(&target.name).map(Cow::into_owned);
        };
        let own;
        let value = match self.variables.variable(&target.name) {
            Some(variable) => variable.value.as_ref()?,
            None => {
                own = self.dynamic(&target.name)?;
                &own
            }
        };
        match (value, key) {
            (Value::Text(text), Key::Index(0)) => Some(text.clone()),
            (Value::Indexed(elements), Key::Index(index)) => elements.get(index).cloned(),
            (Value::Associative(elements), Key::Text(text)) => elements.get(text).cloned(),
            _ => None,
        }
    }

    /// Makes an assignment of the language.
    ///
    /// # Errors
    /// As for [`Shell::assign`], and those of the expansions.
    pub(crate) fn make_assignment(&mut self, assignment: &Assignment) -> Result<(), ExpandError> {
        match &assignment.value {
            Assigned::Text(word) => {
                let value = Expander::new(self).single(word)?;
                let target = match &assignment.key {
                    None if !self.variables.has_references() => {
                        Target { name: assignment.name.clone(), key: None }
                    }
                    None => self.target(&assignment.name)?,
                    Some(key) => {
                        let name = self.follow(&assignment.name)?;
                        let key = Expander::new(self).key(&name, key)?;
                        Target { name, key: Some(key) }
                    }
                };
                self.assign_target(&target, value, assignment.append)
            }
            Assigned::Array(elements) => {
                let name = self.follow(&assignment.name)?;
                self.assign_array(&name, elements, assignment.append)
            }
        }
    }

    /// Assigns all elements of an array.
    pub(crate) fn assign_array(
        &mut self,
        name: &[u8],
        elements: &[Element],
        append: bool,
    ) -> Result<(), ExpandError> {
        if self.variables.variable(name).is_some_and(|variable| variable.read_only) {
            return Err(ReadOnly(name.into()).into());
        }
        let kind = self.variables.variable(name).and_then(|variable| variable.array());
        let value = if kind == Some(Array::Associative) {
            Value::Associative(self.associative(name, elements, append)?)
        } else {
            Value::Indexed(self.indexed(name, elements, append)?)
        };
        self.variables.set_value(name, value)?;
        if self.options.is_on(Opt::AllExport) {
            self.variables.mark(name).exported = true;
        }
        Ok(())
    }

    fn indexed(
        &mut self,
        name: &[u8],
        elements: &[Element],
        append: bool,
    ) -> Result<Rc<Indexed>, ExpandError> {
        let old = self.variables.variable(name).and_then(|variable| variable.value.clone());
        let mut array = match old {
            Some(old) if append => old.into_indexed(),
            _ => Rc::default(),
        };
        let mut next = array.keys().next_back().map_or(0, |last| last + 1);
        let whole = Target { name: name.into(), key: None };
        for element in elements {
            let Some(key) = &element.key else {
                let mut fields = Vec::new();
                Expander::new(self).fields(&element.value, &mut fields)?;
                for field in fields {
                    let field = self.cooked(&whole, field, false)?;
                    Rc::make_mut(&mut array).insert(next, field);
                    next += 1;
                }
                continue;
            };
            let number = Expander::new(self).number(key)?;
            let index = Value::Indexed(Rc::clone(&array))
                .index(number)
                .ok_or_else(|| bad_subscript(name, number.to_string().as_bytes()))?;
            let value = self.value_of(element, &whole, array.get(&index))?;
            Rc::make_mut(&mut array).insert(index, value);
            next = index + 1;
        }
        Ok(array)
    }

    fn associative(
        &mut self,
        name: &[u8],
        elements: &[Element],
        append: bool,
    ) -> Result<Rc<Associative>, ExpandError> {
        let old = self.variables.variable(name).and_then(|variable| variable.value.clone());
        let mut array = match old {
            Some(Value::Associative(old)) if append => old,
            _ => Rc::default(),
        };
        let whole = Target { name: name.into(), key: None };
        // Without keys the words are keys and values in turn.
        if elements.first().is_some_and(|element| element.key.is_none()) {
            let mut fields = Vec::new();
            for element in elements {
                fields.push(Expander::new(self).single(&element.value)?);
            }
            for pair in fields.chunks(2) {
                let value = self.cooked(&whole, pair.get(1).cloned().unwrap_or_default(), false)?;
                Rc::make_mut(&mut array).insert(pair[0].clone(), value);
            }
            return Ok(array);
        }
        for element in elements {
            let Some(key) = &element.key else {
                let text = super::print::word_text(&element.value);
                return Err(ExpandError::Parameter {
                    name: [name, b": ", &text].concat().into(),
                    message: "a subscript is needed for an element of an associative array".into(),
                });
            };
            let key = Expander::new(self).single(key)?;
            let value = self.value_of(element, &whole, array.get(&key))?;
            Rc::make_mut(&mut array).insert(key, value);
        }
        Ok(array)
    }

    /// The value of an element with a key, of which `old` is there.
    fn value_of(
        &mut self,
        element: &Element,
        whole: &Target,
        old: Option<&BString>,
    ) -> Result<BString, ExpandError> {
        let mut value = Expander::new(self).single(&element.value)?;
        if let Some(old) = old.filter(|_| element.append) {
            value = [old.as_slice(), value.as_slice()].concat().into();
        }
        self.cooked(whole, value, false)
    }

    /// Takes a variable, or an element of one, away.
    ///
    /// # Errors
    /// It is read-only, or the subscript names nothing.
    pub(crate) fn unset_target(&mut self, target: &Target) -> Result<(), ExpandError> {
        let Some(key) = &target.key else {
            self.variables.unset(&target.name)?;
            return Ok(());
        };
        if self.variables.variable(&target.name).is_none() {
            return Ok(());
        }
        let variable = self.variables.writable(&target.name)?;
        match (&mut variable.value, key) {
            (Some(Value::Indexed(elements)), Key::Index(index)) => {
                Rc::make_mut(elements).remove(index);
            }
            (Some(Value::Associative(elements)), Key::Text(text)) => {
                Rc::make_mut(elements).remove(text);
            }
            (Some(Value::Text(_)), Key::Index(0)) => variable.value = None,
            (Some(Value::Text(_)), _) => {
                return Err(ExpandError::Parameter {
                    name: target.name.clone(),
                    message: "not an array variable".into(),
                });
            }
            _ => {}
        }
        Ok(())
    }
}

/// A value with one element set; a text becomes an array.
fn with_element(old: Option<Value>, kind: Option<Array>, key: &Key, value: BString) -> Value {
    match key {
        Key::Index(index) => {
            let mut elements = old.map(Value::into_indexed).unwrap_or_default();
            Rc::make_mut(&mut elements).insert(*index, value);
            Value::Indexed(elements)
        }
        Key::Text(text) => {
            debug_assert!(old.is_some() || kind == Some(Array::Associative));
            let mut elements = match old {
                Some(Value::Associative(elements)) => elements,
                _ => Rc::default(),
            };
            Rc::make_mut(&mut elements).insert(text.clone(), value);
            Value::Associative(elements)
        }
    }
}

fn capital(text: &[u8]) -> BString {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return BString::default() };
    let rest = characters.as_bytes();
    let first: String = first.to_uppercase().collect();
    [first.as_bytes(), &rest.to_lowercase()].concat().into()
}

//! Variables (XCU 2.5.3): values, export and read-only marks, and the scopes of
//! `local` and of assignments before a command.
//!
//! Scoping is dynamic, as in every shell: entering a scope saves what is about
//! to be shadowed, leaving it puts it back.

mod value;
mod written;

use std::collections::HashMap;
use std::ffi::CString;
use std::rc::Rc;

use bstr::{BStr, BString, ByteSlice};

pub use self::value::{Associative, Indexed, Value};

/// One variable. It may be exported or read-only without having a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// The value; `None` while it is unset but marked.
    pub value: Option<Value>,
    /// Passed to programs.
    pub exported: bool,
    /// Cannot be assigned or unset.
    pub read_only: bool,
    /// What `declare` made of it (bash).
    pub kind: Kind,
}

/// What `declare` makes of a variable beside its value (bash, declare).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// `-i`: values are expressions.
    pub integer: bool,
    /// `-n`: the value is the name of the variable that is meant.
    pub reference: bool,
    /// `-l`, `-u`, `-c`: values change their case.
    pub case: Option<Letters>,
    /// `-a` or `-A` without a value yet.
    pub array: Option<Array>,
}

/// How the letters of a value are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    /// `-l`
    Lower,
    /// `-u`
    Upper,
    /// `-c`: the first in upper case.
    Capital,
}

/// The kinds of arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Array {
    /// By number.
    Indexed,
    /// By text.
    Associative,
}

impl Variable {
    /// The value as one text; element 0 of an array.
    #[must_use]
    pub fn text(&self) -> Option<&BStr> {
        self.value.as_ref().and_then(Value::text)
    }

    /// What kind of array it is.
    #[must_use]
    pub fn array(&self) -> Option<Array> {
        match &self.value {
            Some(Value::Indexed(_)) => Some(Array::Indexed),
            Some(Value::Associative(_)) => Some(Array::Associative),
            Some(Value::Text(_)) => None,
            None => self.kind.array,
        }
    }
}

/// A read-only variable was to be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: is read only")]
pub struct ReadOnly(pub BString);

/// All variables of a shell.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    table: HashMap<BString, Variable, Quick>,
    scopes: Vec<Scope>,
    /// Counts changes of `PATH`, so that remembered locations can be dropped.
    path_generation: u64,
    /// A reference was made at some time.
    references: bool,
    /// Scopes are as POSIX and dash have them.
    pub posix: bool,
}

/// How names are hashed: quickly. They come from the person's own scripts.
type Quick = foldhash::fast::RandomState;

/// How many references may stand for each other in a row.
const MAX_REFERENCES: usize = 8;

#[derive(Clone, Debug, Default)]
struct Scope {
    saved: Vec<(BString, Option<Variable>)>,
    /// A function's scope: `local` may be used.
    function: bool,
}

impl Variables {
    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&BStr> {
        self.table.get(name.as_bstr()).and_then(Variable::text)
    }

    /// A variable with its marks.
    #[must_use]
    pub fn variable(&self, name: &[u8]) -> Option<&Variable> {
        self.table.get(name.as_bstr())
    }

    /// Sets a value; of an array, its element 0.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn set(&mut self, name: &[u8], value: impl Into<BString>) -> Result<(), ReadOnly> {
        if name == b"PATH" {
            self.path_generation += 1;
        }
        if let Some(variable) = self.table.get_mut(name.as_bstr()) {
            if variable.read_only {
                return Err(ReadOnly(name.into()));
            }
            let value = value.into();
            match &mut variable.value {
                Some(Value::Indexed(elements)) => {
                    Rc::make_mut(elements).insert(0, value);
                }
                Some(Value::Associative(elements)) => {
                    Rc::make_mut(elements).insert("0".into(), value);
                }
                old => {
                    *old = Some(match variable.kind.array {
                        None => Value::Text(value),
                        Some(Array::Indexed) => {
                            Value::Indexed(Rc::new(Indexed::from([(0, value)])))
                        }
                        Some(Array::Associative) => {
                            let mut elements = Associative::default();
                            elements.insert("0".into(), value);
                            Value::Associative(Rc::new(elements))
                        }
                    });
                }
            }
        } else {
            let variable =
                Variable { value: Some(Value::Text(value.into())), ..Variable::default() };
            self.table.insert(name.into(), variable);
        }
        Ok(())
    }

    /// Sets the whole value.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn set_value(&mut self, name: &[u8], value: Value) -> Result<(), ReadOnly> {
        let variable = self.writable(name)?;
        variable.kind.array = None;
        variable.value = Some(value);
        Ok(())
    }

    /// The variable, made where it is not there, to be changed.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn writable(&mut self, name: &[u8]) -> Result<&mut Variable, ReadOnly> {
        if name == b"PATH" {
            self.path_generation += 1;
        }
        let variable = self.mark(name);
        if variable.read_only { Err(ReadOnly(name.into())) } else { Ok(variable) }
    }

    /// The name that a reference stands for, however many there are in between: the name
    /// itself where it is none. `None`: they go in a circle.
    #[must_use]
    pub fn referred<'a>(&'a self, name: &'a [u8]) -> Option<&'a [u8]> {
        let mut name = name;
        for _ in 0..MAX_REFERENCES {
            match self.table.get(name.as_bstr()) {
                Some(variable) if variable.kind.reference => match variable.text() {
                    Some(target) if !target.is_empty() => name = target,
                    _ => return Some(name),
                },
                _ => return Some(name),
            }
        }
        None
    }

    /// Whether any variable is a reference: then names have to be followed.
    #[must_use]
    pub fn has_references(&self) -> bool {
        self.references
    }

    /// Whether one of the variables is a reference now.
    #[must_use]
    pub fn any_reference(&self) -> bool {
        self.references && self.table.values().any(|variable| variable.kind.reference)
    }

    /// Makes a variable a reference.
    pub fn make_reference(&mut self, name: &[u8]) {
        self.references = true;
        self.mark(name).kind.reference = true;
    }

    /// Sets a value and exports the variable.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn set_exported(&mut self, name: &[u8], value: impl Into<BString>) -> Result<(), ReadOnly> {
        self.set(name, value)?;
        self.mark(name).exported = true;
        Ok(())
    }

    /// The variable, made without a value if it is not there, so that it can be
    /// marked.
    pub fn mark(&mut self, name: &[u8]) -> &mut Variable {
        self.table.entry(name.into()).or_default()
    }

    /// Removes a variable.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn unset(&mut self, name: &[u8]) -> Result<(), ReadOnly> {
        if name == b"PATH" {
            self.path_generation += 1;
        }
        if self.table.get(name.as_bstr()).is_some_and(|variable| variable.read_only) {
            return Err(ReadOnly(name.into()));
        }
        // A caller's local variable goes with its scope, and what it shadowed is there
        // again (bash); the innermost function's own stays local, without a value.
        let inner = self.scopes.iter().rposition(|scope| scope.function).unwrap_or(0);
        let shadowing = (0..inner).rev().find_map(|index| {
            let saved = self.scopes[index].saved.iter().position(|(saved, _)| saved == name)?;
            Some((index, saved))
        });
        let is_own = self.scopes[inner.min(self.scopes.len())..]
            .iter()
            .any(|scope| scope.saved.iter().any(|(saved, _)| saved == name));
        self.table.remove(name.as_bstr());
        if let Some((scope, saved)) = shadowing.filter(|_| !is_own && !self.posix)
            && let (name, Some(outer)) = self.scopes[scope].saved.remove(saved)
        {
            self.table.insert(name, outer);
        }
        Ok(())
    }

    /// Begins a scope; `function`: `local` may be used in it.
    pub fn push_scope(&mut self, function: bool) {
        self.scopes.push(Scope { saved: Vec::new(), function });
    }

    /// Ends the innermost scope: what it shadowed is as before.
    pub fn pop_scope(&mut self) {
        let Some(scope) = self.scopes.pop() else { return };
        for (name, variable) in scope.saved.into_iter().rev() {
            if name == "PATH" {
                self.path_generation += 1;
            }
            match variable {
                Some(variable) => self.table.insert(name, variable),
                None => self.table.remove(&name),
            };
        }
    }

    /// Ends every scope: after a failure within one.
    pub fn pop_all_scopes(&mut self) {
        while !self.scopes.is_empty() {
            self.pop_scope();
        }
    }

    /// Sets a value that lasts until the innermost scope ends, and exports it:
    /// an assignment before a command.
    ///
    /// # Errors
    /// [`ReadOnly`].
    pub fn set_temporary(&mut self, name: &[u8], value: BString) -> Result<(), ReadOnly> {
        self.save(name, |_| true);
        self.set_exported(name, value)
    }

    /// Keeps a variable for the innermost scope, so that what is assigned to it ends with
    /// that.
    pub fn save_temporarily(&mut self, name: &[u8]) {
        self.save(name, |_| true);
    }

    /// Makes a name local to the innermost function: it keeps its value, as
    /// POSIX.1-2024's rationale and dash have it. False outside functions.
    pub fn make_local(&mut self, name: &[u8]) -> bool {
        self.save(name, |scope| scope.function)
    }

    /// Makes a name local to the innermost function, without a value or marks, as bash
    /// has it; `value`: it keeps them. False outside functions, and where the name is
    /// local already nothing changes.
    pub fn make_fresh_local(&mut self, name: &[u8], inherit: bool) -> bool {
        let Some(scope) = self.scopes.iter_mut().rev().find(|scope| scope.function) else {
            return false;
        };
        if scope.saved.iter().any(|(saved, _)| saved == name) {
            return true;
        }
        let outer = self.table.get(name.as_bstr()).cloned();
        scope.saved.push((name.into(), outer));
        if !inherit {
            if name == b"PATH" {
                self.path_generation += 1;
            }
            // An exported variable stays exported, whatever its value is here.
            let exported = self.table.get(name.as_bstr()).is_some_and(|outer| outer.exported);
            self.table.insert(name.into(), Variable { exported, ..Variable::default() });
        }
        true
    }

    /// Whether the name is local to the innermost function.
    #[must_use]
    pub fn is_local(&self, name: &[u8]) -> bool {
        let scope = self.scopes.iter().rev().find(|scope| scope.function);
        scope.is_some_and(|scope| scope.saved.iter().any(|(saved, _)| saved == name))
    }

    /// The names that are local to the innermost function.
    #[must_use]
    pub fn local_names(&self) -> Vec<BString> {
        let scope = self.scopes.iter().rev().find(|scope| scope.function);
        let mut names: Vec<BString> =
            scope.iter().flat_map(|scope| &scope.saved).map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// Puts the variable in place as it is outside of all functions (`declare -g`);
    /// nothing where it is so already. What is returned is to be given to
    /// [`Variables::return_from_global`].
    pub fn leave_for_global(&mut self, name: &[u8]) -> Option<Option<Variable>> {
        let outer = self.outermost(name)?.take();
        let inner = self.table.remove(name.as_bstr());
        if let Some(outer) = outer {
            self.table.insert(name.into(), outer);
        }
        Some(inner)
    }

    /// Puts the variable of the function in place again.
    pub fn return_from_global(&mut self, name: &[u8], inner: Option<Variable>) {
        let outer = self.table.remove(name.as_bstr());
        if let Some(place) = self.outermost(name) {
            *place = outer;
        }
        if let Some(inner) = inner {
            self.table.insert(name.into(), inner);
        }
    }

    /// Where the variable is kept that the outermost function shadows.
    fn outermost(&mut self, name: &[u8]) -> Option<&mut Option<Variable>> {
        let saved = self.scopes.iter_mut().flat_map(|scope| &mut scope.saved);
        saved.into_iter().find(|(saved, _)| saved == name).map(|(_, variable)| variable)
    }

    fn save(&mut self, name: &[u8], which: impl Fn(&Scope) -> bool) -> bool {
        let Some(scope) = self.scopes.iter_mut().rev().find(|scope| which(scope)) else {
            return false;
        };
        if scope.saved.iter().all(|(saved, _)| saved != name) {
            scope.saved.push((name.into(), self.table.get(name.as_bstr()).cloned()));
        }
        true
    }

    /// Whether a function's scope is open.
    #[must_use]
    pub fn in_function(&self) -> bool {
        self.scopes.iter().any(|scope| scope.function)
    }

    /// Changes whenever `PATH` may have changed.
    #[must_use]
    pub fn path_generation(&self) -> u64 {
        self.path_generation
    }

    /// All variables, sorted by name.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&BStr, &Variable)> {
        let mut all: Vec<_> =
            self.table.iter().map(|(name, value)| (name.as_bstr(), value)).collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }

    /// The environment for a program: `NAME=value` of every exported variable.
    #[must_use]
    pub fn environment(&self) -> Vec<CString> {
        self.table
            .iter()
            .filter(|(_, variable)| variable.exported)
            .filter_map(|(name, variable)| {
                // Arrays are nothing that a program could be given.
                let Some(Value::Text(value)) = &variable.value else { return None };
                let mut text = Vec::with_capacity(name.len() + value.len() + 2);
                text.extend_from_slice(name);
                text.push(b'=');
                text.extend_from_slice(value);
                CString::new(text).ok()
            })
            .collect()
    }
}

/// Whether the bytes are a name (XBD 3.216).
#[must_use]
pub fn is_name(bytes: &[u8]) -> bool {
    match bytes.split_first() {
        Some((first, rest)) => {
            (first.is_ascii_alphabetic() || *first == b'_')
                && rest.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaving_a_scope_restores_values_and_marks() {
        let mut variables = Variables::default();
        variables.set(b"a", "1").unwrap();
        variables.push_scope(true);
        assert!(variables.make_local(b"a"));
        assert!(variables.make_local(b"b"));
        variables.set(b"a", "2").unwrap();
        variables.set(b"b", "3").unwrap();
        let inner = variables.leave_for_global(b"a").unwrap();
        assert_eq!(variables.get(b"a"), Some(BStr::new("1")));
        variables.set(b"a", "4").unwrap();
        variables.return_from_global(b"a", inner);
        assert_eq!(variables.get(b"a"), Some(BStr::new("2")));
        variables.pop_scope();
        assert_eq!(variables.get(b"a"), Some(BStr::new("4")));
        assert_eq!(variables.variable(b"b"), None);
    }

    #[test]
    fn a_temporary_assignment_is_exported_only_while_it_lasts() {
        let mut variables = Variables::default();
        variables.push_scope(false);
        variables.set_temporary(b"a", "x".into()).unwrap();
        assert_eq!(variables.environment(), [CString::new("a=x").unwrap()]);
        assert!(!variables.make_local(b"a"), "no function is running");
        variables.pop_scope();
        assert!(variables.environment().is_empty());
    }

    #[test]
    fn read_only_variables_refuse_changes() {
        let mut variables = Variables::default();
        variables.set(b"a", "1").unwrap();
        variables.mark(b"a").read_only = true;
        assert_eq!(variables.set(b"a", "2"), Err(ReadOnly("a".into())));
        assert_eq!(variables.unset(b"a"), Err(ReadOnly("a".into())));
    }
}

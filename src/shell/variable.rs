//! Variables (XCU 2.5.3): values, export and read-only marks, and the scopes of
//! `local` and of assignments before a command.
//!
//! Scoping is dynamic, as in every shell: entering a scope saves what is about
//! to be shadowed, leaving it puts it back.

use std::collections::HashMap;
use std::ffi::CString;

use bstr::{BStr, BString, ByteSlice};

/// One variable. It may be exported or read-only without having a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variable {
    /// The value; `None` while it is unset but marked.
    pub value: Option<BString>,
    /// Passed to programs.
    pub exported: bool,
    /// Cannot be assigned or unset.
    pub read_only: bool,
}

/// A read-only variable was to be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}: is read only")]
pub struct ReadOnly(pub BString);

/// All variables of a shell.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    table: HashMap<BString, Variable>,
    scopes: Vec<Scope>,
    /// Counts changes of `PATH`, so that remembered locations can be dropped.
    path_generation: u64,
}

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
        self.table
            .get(name.as_bstr())
            .and_then(|variable| variable.value.as_ref())
            .map(|v| v.as_bstr())
    }

    /// A variable with its marks.
    #[must_use]
    pub fn variable(&self, name: &[u8]) -> Option<&Variable> {
        self.table.get(name.as_bstr())
    }

    /// Sets a value.
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
            variable.value = Some(value.into());
        } else {
            let variable = Variable { value: Some(value.into()), ..Variable::default() };
            self.table.insert(name.into(), variable);
        }
        Ok(())
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
        self.table.remove(name.as_bstr());
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

    /// Makes a name local to the innermost function: it keeps its value, as
    /// POSIX.1-2024's rationale and dash have it. False outside functions.
    pub fn make_local(&mut self, name: &[u8]) -> bool {
        self.save(name, |scope| scope.function)
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
                let value = variable.value.as_ref()?;
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
        variables.pop_scope();
        assert_eq!(variables.get(b"a"), Some(BStr::new("1")));
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

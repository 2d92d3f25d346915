//! Loops over words that are known now: the person sees each round.

use bstr::BString;

use super::lower::is_plain;
use super::scope::{Scope, Volatile};
use super::{CompileError, Compiler, MAX_STEPS};
use crate::program::variable::changes_meaning;
use crate::shell::syntax::{Command, CompoundKind, Pipeline};
use crate::shell::{Shell, quote};

impl Compiler<'_> {
    /// Lowers a `for` loop to its rounds, a group to its commands; false when
    /// the command is neither or must stay whole.
    pub(super) fn unroll(&mut self, command: &Command) -> Result<bool, CompileError> {
        let Command::Compound(compound) = command else { return Ok(false) };
        if !compound.redirects.is_empty() {
            return Ok(false);
        }
        match &compound.kind {
            CompoundKind::Group(body) => {
                for and_or in &body.items {
                    self.and_or(and_or)?;
                }
                Ok(true)
            }
            CompoundKind::For { variable, words: Some(words), body }
                if is_plain(body)
                    && !changes_meaning(variable)
                    && self.shell.is_plain(variable) =>
            {
                let Ok(values) = self.scope.expand(words, self.shell) else { return Ok(false) };
                if values.len() * body.items.len() > MAX_STEPS {
                    return Ok(false);
                }
                let outer = self.scope.bindings().to_vec();
                for value in values {
                    if let Some(supposed) = &mut self.supposed {
                        supposed.bind(variable, value.clone());
                    }
                    self.scope.bind(variable, value);
                    for and_or in &body.items {
                        self.and_or(and_or)?;
                    }
                }
                if let Some(supposed) = &mut self.supposed {
                    supposed.restore_bindings(outer.clone());
                }
                self.scope.restore_bindings(outer);
                // It keeps its last value, or none that was looped over.
                self.scope.forget(Volatile::Names(vec![variable.clone()]));
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}

/// A simple command with its words expanded and quoted; `None` where that is not
/// the whole of it.
pub(super) fn expanded_text(
    pipeline: &Pipeline,
    shell: &mut Shell,
    scope: &Scope,
) -> Option<BString> {
    let [Command::Simple(simple)] = pipeline.commands.as_slice() else { return None };
    if !simple.redirects.is_empty() || !simple.assignments.is_empty() || pipeline.negated {
        return None;
    }
    let words = scope.expand(&simple.words, shell).ok()?;
    Some(bstr::join(" ", words.iter().map(|word| quote::quote(word))).into())
}

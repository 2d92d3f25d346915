//! Compound commands (XCU 2.9.4) and function calls (XCU 2.9.5).

use std::rc::Rc;

use bstr::BString;

use super::Then;
use crate::exit_status::ExitStatus;
use crate::shell::expand::Expander;
use crate::shell::option::Opt;
use crate::shell::syntax::{CaseArm, CaseEnd, CompoundCommand, CompoundKind, List, Word};
use crate::shell::{Divert, Flow, Shell, print};

impl Shell {
    /// Executes a compound command with its redirections.
    pub(crate) fn compound(&mut self, compound: &CompoundCommand, then: Then) -> Flow {
        if self.stack.is_low() {
            return Err(self.nested_too_deeply());
        }
        if let CompoundKind::Subshell(body) = &compound.kind {
            return self.subshell(compound, body, then);
        }
        if compound.redirects.is_empty() {
            return self.compound_kind(&compound.kind, then);
        }
        self.line = compound.span.line;
        let prepared = self
            .prepare_redirects(&compound.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        let Ok(saved) = self.apply_redirects(&prepared) else {
            self.status = ExitStatus::FAILURE;
            return self.errexit_now();
        };
        let flow = self.compound_kind(&compound.kind, Then::Continue);
        saved.restore();
        flow
    }

    /// A failed redirection of a compound command counts for `set -e`.
    fn errexit_now(&self) -> Flow {
        if self.errexit_is_off() { Ok(()) } else { Err(Divert::Exit) }
    }

    fn compound_kind(&mut self, kind: &CompoundKind, then: Then) -> Flow {
        match kind {
            CompoundKind::Group(body) | CompoundKind::Subshell(body) => self.list(body, then),
            CompoundKind::For { variable, words, body } => {
                self.for_loop(variable, words.as_deref(), body)
            }
            CompoundKind::Case { subject, arms } => self.case(subject, arms, then),
            CompoundKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(|shell| shell.list(condition, Then::Continue))?;
                    if self.status.is_success() {
                        return self.list(body, then);
                    }
                }
                match otherwise {
                    Some(body) => self.list(body, then),
                    None => {
                        self.status = ExitStatus::SUCCESS;
                        Ok(())
                    }
                }
            }
            CompoundKind::While { condition, body, until } => {
                self.while_loop(condition, body, *until)
            }
            CompoundKind::Unsupported(form) => {
                self.report([form.form.as_slice(), b" is not supported yet"].concat());
                self.status = ExitStatus::USAGE;
                Ok(())
            }
        }
    }

    fn subshell(&mut self, compound: &CompoundCommand, body: &List, then: Then) -> Flow {
        let run = |shell: &mut Self| {
            let Ok(prepared) = shell
                .prepare_redirects(&compound.redirects)
                .map_err(|error| shell.expansion_error(&error))
            else {
                return shell.status;
            };
            if shell.apply_redirects_for_good(&prepared).is_err() {
                return ExitStatus::FAILURE;
            }
            shell.finish(|shell| shell.list(body, Then::End))
        };
        if then == Then::End && self.is_subshell && !self.traps_on_exit() {
            // This process is a subshell already and has nothing else to do.
            self.status = run(self);
            return Err(Divert::Exit);
        }
        self.run_foreground(|| print::compound_text(compound), run)
    }

    fn for_loop(&mut self, variable: &BString, words: Option<&[Word]>, body: &List) -> Flow {
        let values = match words {
            None => self.arguments.clone(),
            Some(words) => {
                let mut values = Vec::new();
                let mut expander = Expander::new(self);
                let result = words.iter().try_for_each(|word| expander.fields(word, &mut values));
                result.map_err(|error| self.expansion_error(&error))?;
                values
            }
        };
        self.status = ExitStatus::SUCCESS;
        self.looping(|shell| {
            for value in values {
                if let Err(error) = shell.assign(variable, value) {
                    return Err(shell.expansion_error(&error.into()));
                }
                if shell.round(body)? {
                    break;
                }
            }
            Ok(())
        })
    }

    fn while_loop(&mut self, condition: &List, body: &List, until: bool) -> Flow {
        self.looping(|shell| {
            let mut status = ExitStatus::SUCCESS;
            loop {
                match shell.condition(|shell| shell.list(condition, Then::Continue)) {
                    Ok(()) => {}
                    // `break` and `continue` in the condition belong to this loop.
                    Err(divert) => match leave(divert) {
                        Ok(true) => break,
                        Ok(false) => continue,
                        Err(outer) => return Err(outer),
                    },
                }
                if shell.status.is_success() == until {
                    break;
                }
                let stop = shell.round(body)?;
                status = shell.status;
                if stop {
                    break;
                }
            }
            shell.status = status;
            Ok(())
        })
    }

    fn looping(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.loop_depth += 1;
        let flow = body(self);
        self.loop_depth -= 1;
        flow
    }

    /// One round of a loop; true when the loop is to end.
    fn round(&mut self, body: &List) -> Result<bool, Divert> {
        match self.list(body, Then::Continue) {
            Ok(()) => Ok(false),
            Err(divert) => leave(divert),
        }
    }

    fn case(&mut self, subject: &Word, arms: &[CaseArm], then: Then) -> Flow {
        let subject =
            Expander::new(self).single(subject).map_err(|error| self.expansion_error(&error))?;
        self.status = ExitStatus::SUCCESS;
        let mut falling = false;
        for arm in arms {
            if !falling {
                let mut matched = false;
                for pattern in &arm.patterns {
                    let pattern = Expander::new(self)
                        .pattern(pattern)
                        .map_err(|error| self.expansion_error(&error))?;
                    if pattern.matches(&subject) {
                        matched = true;
                        break;
                    }
                }
                if !matched {
                    continue;
                }
            }
            if arm.body.items.is_empty() {
                self.status = ExitStatus::SUCCESS;
            }
            match arm.end {
                CaseEnd::Break => return self.list(&arm.body, then),
                CaseEnd::FallThrough => {
                    self.list(&arm.body, Then::Continue)?;
                    falling = true;
                }
                CaseEnd::GoOn => {
                    self.list(&arm.body, Then::Continue)?;
                    falling = false;
                }
            }
        }
        Ok(())
    }

    /// Calls a function: positional parameters are its arguments, `local`
    /// variables end with it.
    pub(crate) fn call(&mut self, body: &Rc<CompoundCommand>, arguments: Vec<BString>) -> Flow {
        let outer = std::mem::replace(&mut self.arguments, arguments);
        let loops = std::mem::take(&mut self.loop_depth);
        self.return_depth += 1;
        self.variables.push_scope(true);
        let flow = self.enter(|shell| shell.compound(body, Then::Continue));
        self.variables.pop_scope();
        self.return_depth -= 1;
        self.loop_depth = loops;
        self.arguments = outer;
        match flow {
            Err(Divert::Return) => Ok(()),
            other => other,
        }
    }

    /// Whether `set -e` is off or ignored here.
    pub(crate) fn errexit_is_off(&self) -> bool {
        self.condition_depth > 0 || !self.options.is_on(Opt::ErrExit)
    }

    pub(crate) fn traps_on_exit(&self) -> bool {
        self.traps.get(crate::shell::trap::EXIT).is_some()
    }
}

/// What a `break` or `continue` means for the innermost loop: `Ok(true)` ends
/// it, `Ok(false)` begins the next round, an error goes further out.
fn leave(divert: Divert) -> Result<bool, Divert> {
    match divert {
        Divert::Break(1) => Ok(true),
        Divert::Break(levels) => Err(Divert::Break(levels - 1)),
        Divert::Continue(1) => Ok(false),
        Divert::Continue(levels) => Err(Divert::Continue(levels - 1)),
        other => Err(other),
    }
}

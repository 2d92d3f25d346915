//! `unset` (XCU 2.15) and `let` (bash).

use bstr::BString;

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::shell::assign::{Target, is_target, split_element};
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::variable::{Array, Indexed, Value, is_name};

pub(super) fn unset(shell: &mut Shell, words: &[BString]) -> Outcome {
    let known = if shell.posix { "fv" } else { "fnv" };
    let parsed = match words::parse(words, known) {
        Ok(parsed) => parsed,
        Err(text) => return Err(shell.special_error("unset", text)),
    };
    let mut status = ExitStatus::SUCCESS;
    for name in parsed.operands {
        if parsed.has(b'f') {
            if shell.read_only_functions.contains(name) {
                status = shell.fail("unset", format!("{name}: readonly function"));
                continue;
            }
            shell.functions.remove(name);
            continue;
        }
        let valid = is_name(name) || !shell.posix && is_target(name);
        let function = !shell.posix && !parsed.has(b'v') && shell.functions.contains_key(name);
        if !valid && !function {
            let text = [name.as_slice(), b": not a valid name"].concat();
            if shell.posix {
                return Err(shell.special_error("unset", text));
            }
            status = shell.fail("unset", text);
            continue;
        }
        let is_variable =
            valid && (shell.variables.variable(name).is_some() || split_element(name).is_some());
        if function && !is_variable {
            shell.functions.remove(name);
            continue;
        }
        if let Err(error) = unset_variable(shell, name, parsed.has(b'n')) {
            if shell.posix {
                return Err(shell.special_error("unset", error.to_string()));
            }
            status = shell.not_assigned("unset", &error)?;
        }
    }
    Ok(status)
}

fn unset_variable(shell: &mut Shell, name: &BString, reference: bool) -> Result<(), ExpandError> {
    if reference {
        return Ok(shell.variables.unset(name)?);
    }
    if let Some((array, b"@" | b"*")) = split_element(name) {
        let array = shell.follow(array)?;
        match shell.variables.variable(&array).and_then(|one| one.array()) {
            Some(Array::Associative) => {
                let variable = shell.variables.writable(&array)?;
                variable.value = Some(Value::Associative(std::rc::Rc::default()));
            }
            Some(Array::Indexed) => {
                let empty = Value::Indexed(std::rc::Rc::new(Indexed::new()));
                shell.variables.writable(&array)?.value = Some(empty);
            }
            None => shell.unset_target(&Target { name: array, key: None })?,
        }
        return Ok(());
    }
    let target = shell.target(name)?;
    shell.unset_target(&target)
}

/// `let`: each operand is an expression; the status tells whether the last one is 0.
pub(super) fn let_(shell: &mut Shell, words: &[BString]) -> Outcome {
    let operands = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    if operands.is_empty() {
        return Ok(shell.fail("let", "an expression is needed"));
    }
    let mut last = 0;
    for operand in operands {
        match Expander::new(shell).number_of_text(operand) {
            Ok(value) => last = value,
            Err(error @ ExpandError::Unset { .. }) => return shell.not_assigned("let", &error),
            Err(error) => return Ok(shell.fail("let", error.to_string())),
        }
    }
    Ok(if last == 0 { ExitStatus::FAILURE } else { ExitStatus::SUCCESS })
}

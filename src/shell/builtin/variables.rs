//! `export`, `readonly`, `local`, `unset`.

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::variable::{Variable, is_name};
use crate::shell::{Divert, Shell, quote};

pub(super) fn export(shell: &mut Shell, words: &[BString]) -> Outcome {
    declare(
        shell,
        "export",
        words,
        |variable| variable.exported,
        |variable| variable.exported = true,
    )
}

pub(super) fn readonly(shell: &mut Shell, words: &[BString]) -> Outcome {
    declare(
        shell,
        "readonly",
        words,
        |variable| variable.read_only,
        |variable| variable.read_only = true,
    )
}

fn declare(
    shell: &mut Shell,
    name: &'static str,
    words: &[BString],
    is_marked: fn(&Variable) -> bool,
    mark: fn(&mut Variable),
) -> Outcome {
    let parsed = match words::parse(words, "p") {
        Ok(parsed) => parsed,
        Err(text) => return Err(shell.special_error(name, text)),
    };
    if parsed.operands.is_empty() {
        let mut output = Vec::new();
        for (variable_name, variable) in shell.variables.sorted() {
            if is_marked(variable) {
                output.extend_from_slice(&[name.as_bytes(), b" ", variable_name].concat());
                if let Some(value) = &variable.value {
                    output.extend_from_slice(&[b"=", quote::quote(value).as_slice()].concat());
                }
                output.push(b'\n');
            }
        }
        return Ok(shell.write_output(name, &output));
    }
    for operand in parsed.operands {
        let (variable, value) = split(operand);
        if !is_name(variable) {
            return Err(shell.special_error(name, [variable, b": not a valid name"].concat()));
        }
        if let Some(value) = value
            && let Err(error) = shell.assign(variable, value.into())
        {
            return Err(shell.special_error(name, error.to_string()));
        }
        mark(shell.variables.mark(variable));
    }
    Ok(ExitStatus::SUCCESS)
}

fn split(operand: &BString) -> (&[u8], Option<&[u8]>) {
    match operand.find_byte(b'=') {
        Some(equals) => (&operand[..equals], Some(&operand[equals + 1..])),
        None => (operand, None),
    }
}

/// `local`: not in POSIX, in every shell; scoping is dynamic.
pub(super) fn local(shell: &mut Shell, words: &[BString]) -> Outcome {
    if !shell.variables.in_function() {
        shell.status = shell.misuse("local", "can only be used in a function");
        return Err(Divert::Abort);
    }
    for operand in &words[1..] {
        let (variable, value) = split(operand);
        if !is_name(variable) {
            shell.status = shell.misuse("local", [variable, b": not a valid name"].concat());
            return Err(Divert::Abort);
        }
        shell.variables.make_local(variable);
        if let Some(value) = value
            && let Err(error) = shell.assign(variable, value.into())
        {
            shell.status = shell.misuse("local", error.to_string());
            return Err(Divert::Abort);
        }
    }
    Ok(ExitStatus::SUCCESS)
}

pub(super) fn unset(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "fv") {
        Ok(parsed) => parsed,
        Err(text) => return Err(shell.special_error("unset", text)),
    };
    for name in parsed.operands {
        if parsed.has(b'f') {
            shell.functions.remove(name);
            continue;
        }
        if !is_name(name) {
            return Err(
                shell.special_error("unset", [name.as_slice(), b": not a valid name"].concat())
            );
        }
        if let Err(error) = shell.variables.unset(name) {
            return Err(shell.special_error("unset", error.to_string()));
        }
    }
    Ok(ExitStatus::SUCCESS)
}

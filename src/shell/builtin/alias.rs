//! `alias`, `unalias`.

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::{Shell, quote};

pub(super) fn alias(shell: &mut Shell, words: &[BString]) -> Outcome {
    let operands = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, option, rest @ ..] if option == "-p" && rest.is_empty() => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let posix = shell.posix;
    let mut output = Vec::new();
    let mut line = |name: &BString, value: &BString| {
        let line = if posix {
            [name.as_slice(), b"=", quote::quote(value).as_slice(), b"\n"].concat()
        } else {
            [b"alias ", name.as_slice(), b"=", quote::single_quoted(value).as_slice(), b"\n"]
                .concat()
        };
        output.extend_from_slice(&line);
    };
    let mut missing = Vec::new();
    if operands.is_empty() {
        shell.aliases.0.iter().for_each(|(name, value)| line(name, value));
    }
    for operand in operands {
        match operand.find_byte(b'=').filter(|equals| *equals > 0) {
            Some(equals) => {
                shell.aliases.0.insert(operand[..equals].into(), operand[equals + 1..].into());
            }
            None => match shell.aliases.0.get(operand) {
                Some(value) => line(operand, value),
                None => missing.push(operand),
            },
        }
    }
    let mut status =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output("alias", &output) };
    for name in missing {
        status = shell.fail("alias", [name.as_slice(), b": not found"].concat());
    }
    Ok(status)
}

pub(super) fn unalias(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "a") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("unalias", text)),
    };
    if parsed.has(b'a') {
        shell.aliases.0.clear();
    } else if parsed.operands.is_empty() {
        return Ok(shell.misuse("unalias", "a name or -a is needed"));
    }
    let mut status = ExitStatus::SUCCESS;
    for name in parsed.operands {
        if shell.aliases.0.remove(name).is_none() {
            status = shell.fail("unalias", [name.as_slice(), b": not found"].concat());
        }
    }
    Ok(status)
}

//! `trap` (XCU 2.15).

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::trap::{Action, DEBUG, ERR, EXIT, RETURN};
use crate::shell::{Shell, quote};
use crate::system::signal::{self, Signal};

pub(super) fn trap(shell: &mut Shell, words: &[BString]) -> Outcome {
    // `-` is an action, `-1` a condition only of other shells: no options but -p.
    if words.get(1).is_some_and(|word| word == "-l") && !shell.posix {
        return Ok(super::kill::list(shell, &[]));
    }
    let list = words.len() == 1 || words.get(1).is_some_and(|word| word == "-p");
    if list {
        let parsed = match words::parse(words, "p") {
            Ok(parsed) => parsed,
            Err(text) => return Err(shell.special_error("trap", text)),
        };
        return list_traps(shell, parsed.operands);
    }
    let operands = if words[1] == "--" { &words[2..] } else { &words[1..] };
    let Some((first, rest)) = operands.split_first() else { return list_traps(shell, &[]) };
    // An unsigned number or a lone condition resets (XCU trap).
    let is_number = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
    let (action, conditions) = if is_number || (rest.is_empty() && condition(first).is_some()) {
        (None, operands)
    } else if first == "-" {
        (None, rest)
    } else if first.is_empty() {
        (Some(Action::Ignore), rest)
    } else {
        (Some(Action::Run(first.clone())), rest)
    };
    if conditions.is_empty() {
        return Err(shell.special_error("trap", "a signal name or number, or EXIT, is needed"));
    }
    let mut status = ExitStatus::SUCCESS;
    for name in conditions {
        let Some(condition) = condition(name) else {
            // Not an error of usage: the script goes on (XCU trap, EXIT STATUS).
            status = shell.fail("trap", [name.as_slice(), b": invalid signal"].concat());
            continue;
        };
        shell.traps.set(condition, action.clone());
    }
    Ok(status)
}

fn condition(name: &BString) -> Option<Signal> {
    for (known, condition) in [("EXIT", EXIT), ("ERR", ERR), ("DEBUG", DEBUG), ("RETURN", RETURN)] {
        if name.eq_ignore_ascii_case(known.as_bytes()) {
            return Some(condition);
        }
    }
    if let Some(number) = name.to_str().ok().and_then(|text| text.parse::<Signal>().ok()) {
        return (number == EXIT || signal::name(number).is_some()).then_some(number);
    }
    signal::from_name(name)
}

fn list_traps(shell: &mut Shell, only: &[BString]) -> Outcome {
    let mut wanted = Vec::new();
    for name in only {
        match condition(name) {
            Some(condition) => wanted.push(condition),
            None => {
                return Err(
                    shell.special_error("trap", [name.as_slice(), b": invalid signal"].concat())
                );
            }
        }
    }
    let mut output = Vec::new();
    let mut traps: BTreeMap<Signal, Action> =
        shell.traps.list().map(|(condition, action)| (condition, action.clone())).collect();
    if !shell.posix {
        // As bash has it: they are what `trap` can do nothing about.
        for signal in shell.traps.ignored_from_the_start() {
            traps.entry(signal).or_insert(Action::Ignore);
        }
    }
    for (condition, action) in traps {
        if !only.is_empty() && !wanted.contains(&condition) {
            continue;
        }
        let text = match action {
            Action::Ignore => BString::from("''"),
            Action::Run(commands) => quote::quote(&commands),
        };
        let mut name = crate::shell::trap::name(condition).unwrap_or_default();
        if !shell.posix && crate::shell::trap::is_signal(condition) {
            name.insert_str(0, "SIG");
        }
        output.extend_from_slice(
            &[b"trap -- ", text.as_slice(), b" ", name.as_bytes(), b"\n"].concat(),
        );
    }
    Ok(if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output("trap", &output) })
}

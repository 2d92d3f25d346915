//! `:`, `true`, `false`, `break`, `continue`, `return`, `exit`, `shift`.

use bstr::{BString, ByteSlice};

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::shell::shopt::Shopt;
use crate::shell::{Divert, Shell};

pub(super) fn colon(_: &mut Shell, _: &[BString]) -> Outcome {
    Ok(ExitStatus::SUCCESS)
}

pub(super) fn true_(_: &mut Shell, _: &[BString]) -> Outcome {
    Ok(ExitStatus::SUCCESS)
}

pub(super) fn false_(_: &mut Shell, _: &[BString]) -> Outcome {
    Ok(ExitStatus::FAILURE)
}

fn operands(words: &[BString]) -> &[BString] {
    match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        _ => &[],
    }
}

fn operand(words: &[BString]) -> Option<&BString> {
    operands(words).first()
}

fn number(word: &BString) -> Option<i64> {
    word.to_str().ok()?.parse().ok()
}

/// The operand of `break` and `continue`: a positive number of loops.
fn levels(shell: &mut Shell, words: &[BString]) -> Result<usize, Divert> {
    let Some(word) = operand(words) else { return Ok(1) };
    match number(word).and_then(|number| usize::try_from(number).ok()).filter(|number| *number > 0)
    {
        Some(number) => Ok(number),
        None => {
            let name = words[0].to_string();
            Err(shell
                .special_error(&name, [word.as_slice(), b": must be a number above 0"].concat()))
        }
    }
}

pub(super) fn break_(shell: &mut Shell, words: &[BString]) -> Outcome {
    let levels = levels(shell, words)?.min(shell.loop_depth);
    shell.status = ExitStatus::SUCCESS;
    if levels == 0 { Ok(ExitStatus::SUCCESS) } else { Err(Divert::Break(levels)) }
}

pub(super) fn continue_(shell: &mut Shell, words: &[BString]) -> Outcome {
    let levels = levels(shell, words)?.min(shell.loop_depth);
    shell.status = ExitStatus::SUCCESS;
    if levels == 0 { Ok(ExitStatus::SUCCESS) } else { Err(Divert::Continue(levels)) }
}

/// The operand of `return` and `exit`; without one, the status so far.
fn status(shell: &mut Shell, words: &[BString]) -> Result<ExitStatus, Divert> {
    let Some(word) = operand(words) else {
        return Ok(shell.status_before_trap.unwrap_or(shell.status));
    };
    match number(word) {
        Some(number) => Ok(ExitStatus(i32::try_from(number & 0xff).unwrap_or(0))),
        None => {
            let name = words[0].to_string();
            Err(shell.special_error(&name, [word.as_slice(), b": must be a number"].concat()))
        }
    }
}

pub(super) fn return_(shell: &mut Shell, words: &[BString]) -> Outcome {
    if !shell.posix && shell.return_depth == 0 {
        return Ok(shell.misuse("return", "can only be used in a function or a sourced script"));
    }
    shell.status = status(shell, words)?;
    // Outside functions and dot scripts dash ends the script; so does POSIX's
    // "may exit" allow.
    if shell.return_depth == 0 { Err(Divert::Exit) } else { Err(Divert::Return) }
}

pub(super) fn exit(shell: &mut Shell, words: &[BString]) -> Outcome {
    if !shell.posix && operands(words).len() > 1 && number(&operands(words)[0]).is_some() {
        return Ok(shell.fail("exit", "too many arguments"));
    }
    match status(shell, words) {
        // bash ends all the same.
        Err(Divert::Misuse) if !shell.posix => return Err(Divert::Exit),
        other => shell.status = other?,
    }
    if shell.options.interactive && !shell.is_subshell && !shell.warned_of_jobs {
        shell.collect_all();
        if shell.jobs.iter().any(crate::job::Job::is_stopped) {
            shell.report("there are stopped jobs (exit again to leave them)");
            shell.warned_of_jobs = true;
            return Ok(ExitStatus::FAILURE);
        }
    }
    Err(Divert::Exit)
}

pub(super) fn shift(shell: &mut Shell, words: &[BString]) -> Outcome {
    let count = match operand(words) {
        None => 1,
        Some(word) => match number(word).and_then(|number| usize::try_from(number).ok()) {
            Some(count) => count,
            None => {
                return Err(
                    shell.special_error("shift", [word.as_slice(), b": must be a number"].concat())
                );
            }
        },
    };
    if operands(words).len() > 1 && !shell.posix {
        return Ok(shell.fail("shift", "too many arguments"));
    }
    if count > shell.arguments.len() && !shell.posix {
        let told = shell.shopts.is_on(Shopt::ShiftVerbose);
        return Ok(if told {
            shell.fail("shift", format!("{count}: shift count out of range"))
        } else {
            ExitStatus::FAILURE
        });
    }
    if count > shell.arguments.len() {
        return Err(shell.special_error("shift", "there are not that many positional parameters"));
    }
    shell.arguments.drain(..count);
    Ok(ExitStatus::SUCCESS)
}

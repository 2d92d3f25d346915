//! `echo`, `printf`, `test` and `[`: the shell's side of the pure functions.

use std::os::unix::ffi::OsStrExt;

use bstr::BString;

use super::{Outcome, echo, printf, test};
use crate::exit_status::ExitStatus;
use crate::shell::assign::is_target;
use crate::shell::{Shell, option};

pub(super) fn echo(shell: &mut Shell, words: &[BString]) -> Outcome {
    let mut output = Vec::new();
    echo::format(&words[1..], &mut output);
    Ok(shell.write_output("echo", &output))
}

pub(super) fn printf(shell: &mut Shell, words: &[BString]) -> Outcome {
    let words = match words {
        [_, option, name, rest @ ..] if !shell.posix && option == "-v" => {
            return printf_to(shell, name, rest);
        }
        [_, option, rest @ ..] if !shell.posix && option.starts_with(b"-v") => {
            return printf_to(shell, &option[2..], rest);
        }
        words => &words[1..],
    };
    let mut output = Vec::new();
    let result = printf::format(words, shell.encoding(), &mut output);
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output("printf", &output) };
    for message in &result.messages {
        shell.report(message);
    }
    Ok(if written.is_success() { result.status } else { written })
}

/// `printf -v name`: into a variable.
fn printf_to(shell: &mut Shell, name: &[u8], words: &[BString]) -> Outcome {
    if !is_target(name) {
        return Ok(shell.misuse("printf", [name, b": not a valid name"].concat()));
    }
    let mut output = Vec::new();
    let result = printf::format(words, shell.encoding(), &mut output);
    for message in &result.messages {
        shell.report(message);
    }
    // NUL is no character of a value.
    output.retain(|byte| *byte != 0);
    match shell.assign(name, output.into()) {
        Ok(()) => Ok(result.status),
        Err(error) => shell.not_assigned("printf", &error),
    }
}

pub(super) fn test(shell: &mut Shell, words: &[BString]) -> Outcome {
    judge(shell, words, false)
}

pub(super) fn bracket(shell: &mut Shell, words: &[BString]) -> Outcome {
    judge(shell, words, true)
}

fn judge(shell: &mut Shell, words: &[BString], bracket: bool) -> Outcome {
    // What only the shell itself knows.
    let inner = if bracket { words[1..].strip_suffix(&["]".into()]) } else { Some(&words[1..]) };
    let (negated, inner) = match inner {
        Some([not, rest @ ..]) if not == "!" => (true, Some(rest)),
        inner => (false, inner),
    };
    if let Some([operator, operand]) = inner
        && !shell.posix
    {
        let known = match operator.as_slice() {
            b"-v" => Some(shell.is_set(operand).unwrap_or(false)),
            b"-o" => {
                let option = option::from_name(operand);
                Some(option.is_some_and(|option| shell.options.is_on(option)))
            }
            b"-a" => {
                let path = std::path::Path::new(std::ffi::OsStr::from_bytes(operand));
                Some(path.exists())
            }
            b"-R" => {
                let variable = shell.variables.variable(operand);
                Some(variable.is_some_and(|one| one.kind.reference && one.text().is_some()))
            }
            _ => None,
        };
        if let Some(known) = known {
            return Ok(if known == negated { ExitStatus::FAILURE } else { ExitStatus::SUCCESS });
        }
    }
    Ok(match test::evaluate(&words[1..], bracket, &test::ProcessHost) {
        Ok(true) => ExitStatus::SUCCESS,
        Ok(false) => ExitStatus::FAILURE,
        Err(message) => {
            shell.report(message);
            ExitStatus::USAGE
        }
    })
}

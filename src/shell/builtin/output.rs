//! `echo`, `printf`, `test` and `[`: the shell's side of the pure functions.

use bstr::BString;

use super::{Outcome, echo, printf, test};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;

pub(super) fn echo(shell: &mut Shell, words: &[BString]) -> Outcome {
    let mut output = Vec::new();
    echo::format(&words[1..], &mut output);
    Ok(shell.write_output("echo", &output))
}

pub(super) fn printf(shell: &mut Shell, words: &[BString]) -> Outcome {
    let mut output = Vec::new();
    let result = printf::format(&words[1..], shell.encoding(), &mut output);
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output("printf", &output) };
    for message in &result.messages {
        shell.report(message);
    }
    Ok(if written.is_success() { result.status } else { written })
}

pub(super) fn test(shell: &mut Shell, words: &[BString]) -> Outcome {
    judge(shell, words, false)
}

pub(super) fn bracket(shell: &mut Shell, words: &[BString]) -> Outcome {
    judge(shell, words, true)
}

fn judge(shell: &mut Shell, words: &[BString], bracket: bool) -> Outcome {
    Ok(match test::evaluate(&words[1..], bracket, &test::ProcessHost) {
        Ok(true) => ExitStatus::SUCCESS,
        Ok(false) => ExitStatus::FAILURE,
        Err(message) => {
            shell.report(message);
            ExitStatus::USAGE
        }
    })
}

//! `history`, `fc`, `bind`: as far as scripts and rc files call them. The history of an
//! interactive shell is not a list of the shell's own (`history::`), and keys are bound in
//! the configuration; what is asked for beyond that is refused in a sentence.

use bstr::BString;

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;

/// `history`: in a script there is none.
pub(super) fn history(shell: &mut Shell, words: &[BString]) -> Outcome {
    match words::parse(words, "acd:nprsw") {
        Ok(_) => Ok(ExitStatus::SUCCESS),
        Err(text) => Ok(shell.misuse("history", text)),
    }
}

/// `fc`: in a script there is nothing to go back to.
pub(super) fn fc(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "e:lnrs") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("fc", text)),
    };
    if parsed.has(b'l') && parsed.operands.is_empty() {
        return Ok(ExitStatus::SUCCESS);
    }
    Ok(shell.fail("fc", "no such line in the history of this shell"))
}

/// `bind`: rc files call it without looking at its status.
pub(super) fn bind(shell: &mut Shell, words: &[BString]) -> Outcome {
    match words::parse(words, "lm:pPsSvVXf:q:u:r:x:") {
        Ok(_) => Ok(ExitStatus::SUCCESS),
        Err(text) => Ok(shell.misuse("bind", text)),
    }
}

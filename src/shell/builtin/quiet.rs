//! `bind`: as far as rc files call it. Keys are those of the line editor.

use bstr::BString;

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;

/// `bind`: rc files call it without looking at its status.
pub(super) fn bind(shell: &mut Shell, words: &[BString]) -> Outcome {
    match words::parse(words, "lm:pPsSvVXf:q:u:r:x:") {
        Ok(_) => Ok(ExitStatus::SUCCESS),
        Err(text) => Ok(shell.misuse("bind", text)),
    }
}

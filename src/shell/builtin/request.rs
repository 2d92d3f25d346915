//! Requests as builtins: `?`, which the parser makes of a line that begins with a mark,
//! and `undo` of an interactive shell.

use bstr::{BString, ByteSlice};

use super::{Builtin, Meaning, Outcome};
use crate::shell::Shell;
use crate::shell::request::COMMAND;

/// The builtin of an interactive shell that takes requests; scripts do not have
/// it, whose own `undo` may be something else.
pub(crate) const UNDO: Builtin =
    Builtin { name: "undo", special: false, meaning: Meaning::Anything, run: undo };

fn undo(shell: &mut Shell, words: &[BString]) -> Outcome {
    let status = shell.undo(&words[1..]);
    Ok(status.unwrap_or_else(|| shell.fail(UNDO.name, "a plan cannot undo plans")))
}

/// `?`
pub(super) fn ask(shell: &mut Shell, words: &[BString]) -> Outcome {
    let text: BString = bstr::join(" ", &words[1..]).into();
    match text.to_str() {
        Ok(text) => Ok(shell.answer(text)),
        Err(_) => Ok(shell.misuse(COMMAND, "the request is not UTF-8 text")),
    }
}

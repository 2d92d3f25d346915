//! Requests as builtins: `?`, which the parser makes of a line that begins with a mark,
//! and `undo`, `redo` and `why` of an interactive shell.

use bstr::{BString, ByteSlice};

use super::{Builtin, Meaning, Outcome};
use crate::shell::Shell;
use crate::shell::request::COMMAND;

/// The builtins of an interactive shell that takes requests; scripts do not have
/// them, whose own `undo` may be something else.
static PERSONAL: [Builtin; 3] = [
    Builtin { name: "redo", special: false, of_bash: false, meaning: Meaning::Anything, run: undo },
    Builtin { name: "undo", special: false, of_bash: false, meaning: Meaning::Anything, run: undo },
    Builtin { name: "why", special: false, of_bash: false, meaning: Meaning::Anything, run: why },
];

/// One of these by its name.
pub(crate) fn find(name: &[u8]) -> Option<&'static Builtin> {
    PERSONAL.iter().find(|builtin| builtin.name.as_bytes() == name)
}

fn why(shell: &mut Shell, words: &[BString]) -> Outcome {
    if words.len() > 1 {
        return Ok(shell.misuse("why", "usage: why"));
    }
    let status = shell.why();
    Ok(status.unwrap_or_else(|| shell.fail("why", "a plan cannot ask why")))
}

/// `undo` and `redo`
fn undo(shell: &mut Shell, words: &[BString]) -> Outcome {
    let status = shell.undo(words);
    let name = words[0].to_str_lossy();
    Ok(status.unwrap_or_else(|| shell.fail(&name, "a plan cannot undo plans")))
}

/// `?`
pub(super) fn ask(shell: &mut Shell, words: &[BString]) -> Outcome {
    let text: BString = bstr::join(" ", &words[1..]).into();
    match text.to_str() {
        Ok(text) => Ok(shell.answer(text)),
        Err(_) => Ok(shell.misuse(COMMAND, "the request is not UTF-8 text")),
    }
}

//! What the operands of the shell's own utilities are.

use bstr::BString;

use super::Action;

/// The kinds of names that may come next behind a utility and these words, and what stands
/// behind such a name; nothing where files or what a table says are meant.
#[must_use]
pub fn operands(utility: &[u8], before: &[BString]) -> (&'static [Action], &'static str) {
    let last = before.last().map(|word| word.as_slice());
    let is_operand = |word: &&BString| !word.starts_with(b"-");
    let operands = before.iter().filter(is_operand).count();
    let kinds: &[Action] = match utility {
        b"kill" if last == Some(b"-s") => &[Action::Signal],
        // The action comes first.
        b"trap" if operands > 0 || last == Some(b"-") || last == Some(b"-p") => &[Action::Signal],
        b"type" | b"hash" => &[Action::Command],
        b"command" | b"builtin" if last == Some(b"-v") || last == Some(b"-V") => &[Action::Command],
        b"builtin" | b"enable" => &[Action::Builtin],
        b"alias" | b"unalias" => &[Action::Alias],
        b"unset" if before.iter().any(|word| word == "-f") => &[Action::Function],
        b"unset" => &[Action::Variable, Action::Function],
        b"read" => &[Action::Variable],
        // A value is given to them.
        b"export" | b"readonly" | b"declare" | b"typeset" | b"local" => {
            return (&[Action::Variable], "=");
        }
        b"set" if last == Some(b"-o") || last == Some(b"+o") => &[Action::SetOption],
        b"shopt" => &[Action::Shopt],
        b"complete" | b"compopt" => &[Action::Command],
        _ => &[],
    };
    (kinds, " ")
}

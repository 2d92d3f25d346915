//! Which variables commands set.

use bstr::{BString, ByteSlice};

use crate::plan::compile::scope::Volatile;
use crate::plan::compile::word::literal_word;
use crate::shell::builtin::{self, Meaning};
use crate::shell::print;
use crate::shell::syntax::{Command, CompoundKind, Redirect};

/// The variables that commands set: those of assignments and loops, and of
/// builtins that set what they name.
pub(super) fn set_within(commands: &[Command]) -> Volatile {
    let mut names = Vec::new();
    for command in commands {
        match command {
            Command::Function(_) => return Volatile::All,
            Command::Compound(compound) => {
                names.extend(redirected(&compound.redirects));
                match &compound.kind {
                    CompoundKind::For { variable, .. } => names.push(variable.clone()),
                    CompoundKind::Select { variable, .. } => {
                        names.extend([variable.clone(), BString::from("REPLY")]);
                    }
                    CompoundKind::Test(_) => names.push("BASH_REMATCH".into()),
                    CompoundKind::Coprocess { name, .. } => names.push(name.clone()),
                    // What expressions set is found with those of expansions.
                    CompoundKind::Arithmetic(_)
                    | CompoundKind::Count { .. }
                    | CompoundKind::Group(_)
                    | CompoundKind::Subshell(_)
                    | CompoundKind::Case { .. }
                    | CompoundKind::If { .. }
                    | CompoundKind::While { .. }
                    | CompoundKind::Unsupported(_) => {}
                }
            }
            Command::Simple(simple) => {
                let assigned = simple.assignments.iter().map(|assignment| assignment.name.clone());
                names.extend(assigned);
                names.extend(redirected(&simple.redirects));
                let name = simple.words.first().and_then(literal_word);
                match name.and_then(|name| builtin::find(&name)).map(|builtin| builtin.meaning) {
                    Some(
                        Meaning::Evaluates
                        | Meaning::Anything
                        | Meaning::Computes
                        | Meaning::Options
                        | Meaning::Parameters,
                    ) => return Volatile::All,
                    Some(Meaning::Variables | Meaning::Input) => {
                        for word in &simple.words[1..] {
                            let text = print::word_text(word);
                            let end = text.find_byte(b'=').unwrap_or(text.len());
                            names.push(text[..end].into());
                        }
                    }
                    // Where it goes decides what these are.
                    Some(Meaning::Directory) if commands.len() > 1 => {
                        names.extend([BString::from("PWD"), BString::from("OLDPWD")]);
                    }
                    _ => {}
                }
            }
        }
    }
    Volatile::Names(names)
}

/// The variables that get the numbers of descriptors (`{name}>`).
fn redirected(redirects: &[Redirect]) -> impl Iterator<Item = BString> + '_ {
    redirects.iter().filter_map(|redirect| redirect.variable.clone())
}

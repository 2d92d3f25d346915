//! Which variables commands set.

use bstr::{BString, ByteSlice};

use crate::plan::compile::scope::Volatile;
use crate::plan::compile::word::literal_word;
use crate::shell::builtin::{self, Builtin, Meaning};
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
                let builtin = name.and_then(|name| builtin::find(&name));
                match builtin.map(|builtin| builtin.meaning) {
                    Some(
                        Meaning::Evaluates
                        | Meaning::Anything
                        | Meaning::Computes
                        | Meaning::Options
                        | Meaning::Parameters,
                    ) => return Volatile::All,
                    Some(
                        Meaning::Variables | Meaning::Input | Meaning::Program | Meaning::Nothing,
                    ) => {
                        let text =
                            |word| literal_word(word).unwrap_or_else(|| print::word_text(word));
                        let operands: Vec<BString> = simple.words[1..].iter().map(text).collect();
                        for name in builtin.into_iter().flat_map(|one| named(one, &operands)) {
                            if name.iter().any(|byte| b"$`\"'\\".contains(byte)) {
                                return Volatile::All;
                            }
                            names.push(name);
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

/// The variables that a builtin sets by these operands, as far as they are names.
pub(super) fn named(builtin: &Builtin, operands: &[BString]) -> Vec<BString> {
    // What it takes a variable with.
    let option: &[u8] = match (builtin.meaning, builtin.name) {
        (Meaning::Variables, _) => {
            return operands.iter().map(|operand| name_in(operand).into()).collect();
        }
        (Meaning::Input, _) => {
            let without = ["REPLY", "MAPFILE", "OPTARG", "OPTIND"].map(BString::from);
            return operands.iter().map(|operand| name_in(operand).into()).chain(without).collect();
        }
        (_, "printf") => b"-v",
        (_, "wait") => b"-p",
        _ => return Vec::new(),
    };
    let mut names = Vec::new();
    let mut rest = operands.iter();
    while let Some(operand) = rest.next() {
        match operand.strip_prefix(option) {
            Some(b"") => names.extend(rest.next().map(|name| name_in(name).into())),
            Some(attached) => names.push(name_in(attached).into()),
            None => {}
        }
    }
    names
}

/// The name in `name=value`, `name+=value` and `name[key]=value`.
pub(super) fn name_in(operand: &[u8]) -> &[u8] {
    &operand[..operand.find_byteset(b"=+[").unwrap_or(operand.len())]
}

/// The variables that get the numbers of descriptors (`{name}>`).
fn redirected(redirects: &[Redirect]) -> impl Iterator<Item = BString> + '_ {
    redirects.iter().filter_map(|redirect| redirect.variable.clone())
}

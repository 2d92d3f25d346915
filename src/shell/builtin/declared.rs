//! What `declare` and its kin list: variables with their attributes, and functions.

use bstr::BString;

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::shell::shopt::Shopt;
use crate::shell::variable::{Value, Variable};
use crate::shell::{Shell, print, quote};

/// Under which name it was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Called {
    Declare,
    Local,
    Export,
    ReadOnly,
}

/// What its options say.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// Letters after `-`.
    pub(super) on: Vec<u8>,
    /// Letters after `+`.
    pub(super) off: Vec<u8>,
}

impl Marks {
    pub(super) fn has(&self, letter: u8) -> bool {
        self.on.contains(&letter)
    }

    /// Attributes, of which variables may be listed.
    pub(super) fn attributes(&self) -> impl Iterator<Item = u8> + '_ {
        self.on.iter().copied().filter(|letter| b"aAilnrucx".contains(letter))
    }
}

/// One line of `declare -p`.
fn declaration(name: &[u8], variable: &Variable) -> Vec<u8> {
    let letters = variable.letters();
    let letters = if letters.is_empty() { "-" } else { &letters };
    [b"declare -", letters.as_bytes(), b" ", name, variable.written().as_slice(), b"\n"].concat()
}

pub(super) fn print_named(shell: &mut Shell, builtin: &str, names: &[BString]) -> Outcome {
    let mut output = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    for name in names {
        let made;
        let variable = match shell.variables.variable(name) {
            Some(variable) => Some(variable),
            None => {
                made = shell
                    .dynamic(name)
                    .map(|value| Variable { value: Some(value), ..Variable::default() });
                made.as_ref()
            }
        };
        match variable {
            Some(variable) => output.extend_from_slice(&declaration(name, variable)),
            None => status = shell.fail(builtin, [name.as_slice(), b": not found"].concat()),
        }
    }
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output(builtin, &output) };
    Ok(if written.is_success() { status } else { written })
}

pub(super) fn list(shell: &mut Shell, builtin: &str, called: Called, marks: &Marks) -> Outcome {
    let mut output = Vec::new();
    let locals = (called == Called::Local).then(|| shell.variables.local_names());
    let has_marks = marks.attributes().next().is_some();
    for (name, variable) in shell.variables.sorted() {
        if let Some(locals) = &locals
            && !locals.iter().any(|local| *local == name)
        {
            continue;
        }
        let letters = variable.letters();
        if !marks.attributes().all(|letter| letters.as_bytes().contains(&letter)) {
            continue;
        }
        if shell.posix && matches!(called, Called::Export | Called::ReadOnly) {
            output.extend_from_slice(&[builtin.as_bytes(), b" ", name].concat());
            if let Some(value) = variable.text() {
                output.extend_from_slice(&[b"=", quote::quote(value).as_slice()].concat());
            }
            output.push(b'\n');
        } else if has_marks || marks.has(b'p') {
            output.extend_from_slice(&declaration(name, variable));
        } else if variable.value.is_some() {
            output.extend_from_slice(&plain(name, variable));
        }
    }
    if called == Called::Declare && !has_marks && !marks.has(b'p') {
        output.extend_from_slice(&all_functions(shell));
    }
    Ok(shell.write_output(builtin, &output))
}

/// A variable as `set` lists it.
pub(super) fn plain(name: &[u8], variable: &Variable) -> Vec<u8> {
    let value = match &variable.value {
        Some(Value::Text(text)) => [b"=", quote::quote(text).as_slice()].concat(),
        _ => variable.written().to_vec(),
    };
    [name, value.as_slice(), b"\n"].concat()
}

/// The definitions of all functions.
pub(super) fn all_functions(shell: &Shell) -> Vec<u8> {
    let mut names: Vec<&BString> = shell.functions.keys().collect();
    names.sort();
    let mut output = Vec::new();
    for name in names {
        output.extend_from_slice(&print::function_text(name, &shell.functions[name]));
        output.push(b'\n');
    }
    output
}

pub(super) fn functions(
    shell: &mut Shell,
    builtin: &str,
    marks: &Marks,
    names: &[BString],
) -> Outcome {
    let mut output = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    let prints =
        names.is_empty() || marks.has(b'p') || builtin == "declare" || builtin == "typeset";
    let all: Vec<BString> = if names.is_empty() {
        let mut all: Vec<BString> = shell.functions.keys().cloned().collect();
        all.sort();
        all
    } else {
        names.to_vec()
    };
    for name in &all {
        let Some(body) = shell.functions.get(name).cloned() else {
            status = ExitStatus::FAILURE;
            if !prints {
                status = shell.fail(builtin, [name.as_slice(), b": not a function"].concat());
            }
            continue;
        };
        if marks.has(b'r') && !names.is_empty() {
            shell.read_only_functions.insert(name.clone());
        } else if marks.has(b'F') {
            let place = shell.function_places.get(name);
            let place = place.filter(|_| shell.shopts.is_on(Shopt::ExtDebug) && !names.is_empty());
            if let Some((file, line)) = place {
                output.extend_from_slice(
                    &[name.as_slice(), format!(" {line} ").as_bytes(), file, b"\n"].concat(),
                );
            } else if names.is_empty() {
                output.extend_from_slice(&[b"declare -f ", name.as_slice(), b"\n"].concat());
            } else {
                output.extend_from_slice(&[name.as_slice(), b"\n"].concat());
            }
        } else if prints && !marks.has(b'x') {
            output.extend_from_slice(&print::function_text(name, &body));
            output.push(b'\n');
        }
    }
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output(builtin, &output) };
    Ok(if written.is_success() { status } else { written })
}

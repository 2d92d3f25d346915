//! Simple commands that become typed operations.
//!
//! A command is lowered only when every word of it is understood and the system
//! calls do exactly what the program would do. Anything else stays a command:
//! never guess.

use std::path::PathBuf;

use bstr::{BString, ByteSlice};

use super::files;
use super::judge::base_name;
use super::scope::Scope;
use crate::plan::effect::Effects;
use crate::plan::operation::{Content, Operation};
use crate::plan::prohibition;
use crate::shell::Shell;
use crate::shell::builtin::{echo, printf};
use crate::shell::exec::Located;
use crate::shell::pattern::Encoding;
use crate::shell::syntax::{Command, List, Pipeline, RedirectKind, SimpleCommand, Word, WordPart};
use crate::shell::variable::is_name;
use crate::system::signal;

/// A typed operation with what it does.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) operation: Operation,
    pub(super) effects: Effects,
    pub(super) warnings: Vec<String>,
}

impl Lowered {
    pub(super) fn new(operation: Operation, effects: Effects) -> Self {
        Self { operation, effects, warnings: Vec::new() }
    }
}

/// Whether a list is a sequence of simple commands that can be unrolled.
pub(super) fn is_plain(body: &List) -> bool {
    let leaves_loop = |command: &SimpleCommand| {
        command.words.first().and_then(super::judge::literal_word).is_some_and(|name| {
            matches!(
                name.as_slice(),
                b"break" | b"continue" | b"return" | b"exit" | b"read" | b"shift"
            )
        })
    };
    body.items.iter().all(|and_or| {
        !and_or.background
            && std::iter::once(&and_or.first)
                .chain(and_or.rest.iter().map(|(_, pipeline)| pipeline))
                .all(|pipeline| {
                    pipeline.commands.iter().all(|command| match command {
                        Command::Simple(simple) => !leaves_loop(simple),
                        _ => false,
                    })
                })
    })
}

/// Lowers a pipeline of one simple command.
pub(super) fn lower(pipeline: &Pipeline, shell: &mut Shell, scope: &Scope) -> Option<Lowered> {
    if pipeline.negated {
        return None;
    }
    let [Command::Simple(simple)] = pipeline.commands.as_slice() else { return None };
    let mut lowered = lower_simple(simple, shell, scope)?;
    lowered.effects.forbidden =
        lowered.effects.forbidden.or_else(|| prohibition::operation(&lowered.operation));
    lowered.warnings.extend(unmatched(simple, shell, scope));
    Some(lowered)
}

fn lower_simple(simple: &SimpleCommand, shell: &mut Shell, scope: &Scope) -> Option<Lowered> {
    if simple.words.is_empty() && simple.redirects.is_empty() {
        let [assignment] = simple.assignments.as_slice() else { return None };
        let value = single(&assignment.value, shell, scope)?;
        return set_variable(assignment.name.clone(), value, false);
    }
    if !simple.assignments.is_empty() {
        return None;
    }
    let words = scope.expand(&simple.words, shell).ok()?;
    let Some(name) = words.first() else { return write_file(simple, Vec::new(), shell, scope) };
    let arguments = &words[1..];
    let builtin = match shell.locate(name) {
        Located::Builtin(_) => true,
        Located::Program(_) => false,
        _ => return None,
    };
    if !simple.redirects.is_empty() {
        let mut output = Vec::new();
        match name.as_slice() {
            b":" | b"true" => {}
            b"echo" => echo::format(arguments, &mut output),
            b"printf" => {
                let result = printf::format(arguments, Encoding::Utf8, &mut output);
                if !result.messages.is_empty() {
                    return None;
                }
            }
            _ => return None,
        }
        return write_file(simple, output, shell, scope);
    }
    match (base_name(name), builtin) {
        (b"cd", true) => change_directory(arguments, shell, scope),
        (b"export", true) => match arguments {
            [argument] => {
                let equals = argument.find_byte(b'=')?;
                set_variable(argument[..equals].into(), argument[equals + 1..].into(), true)
            }
            _ => None,
        },
        (b"kill", true) => kill(arguments),
        (b"mkdir", false) => files::make_directory(arguments, scope),
        (b"rm", false) => files::remove(arguments, scope),
        (b"rmdir", false) => files::remove_directory(arguments, scope),
        (b"mv", false) => files::rename(arguments, scope),
        (b"cp", false) => files::copy(arguments, scope),
        (b"ln", false) => files::link(arguments, scope),
        (b"chmod", false) => files::change_mode(arguments, scope),
        (b"chown" | b"chgrp", false) => {
            files::change_owner(base_name(name) == b"chgrp", arguments, scope)
        }
        (b"touch", false) => files::touch(arguments, scope),
        _ => None,
    }
}

/// A word as one string, as in an assignment.
fn single(word: &Word, shell: &mut Shell, scope: &Scope) -> Option<BString> {
    let quoted = Word { parts: vec![WordPart::DoubleQuoted(word.parts.clone())], span: word.span };
    let mut fields = scope.expand(&[quoted], shell).ok()?;
    if fields.len() == 1 { fields.pop() } else { None }
}

fn set_variable(name: BString, value: BString, exported: bool) -> Option<Lowered> {
    if !is_name(&name) {
        return None;
    }
    let effects = Effects { environment: true, ..Effects::default() };
    Some(Lowered::new(Operation::SetVariable { name, value, exported }, effects))
}

fn change_directory(arguments: &[BString], shell: &Shell, scope: &Scope) -> Option<Lowered> {
    let directory = match arguments {
        [] => scope.absolute(shell.variables.get(b"HOME")?),
        [name] if !name.starts_with(b"-") && !name.is_empty() => {
            // CDPATH would look elsewhere.
            if shell.variables.get(b"CDPATH").is_some()
                && !matches!(name.first(), Some(b'/' | b'.'))
            {
                return None;
            }
            scope.absolute(name)
        }
        _ => return None,
    };
    let mut lowered = Lowered::new(
        Operation::ChangeDirectory { directory: directory.clone() },
        Effects { environment: true, ..Effects::default() },
    );
    if !scope.is_directory(&directory) {
        lowered.warnings.push(format!("{} is no directory", files::show(&directory)));
    }
    Some(lowered)
}

fn kill(arguments: &[BString]) -> Option<Lowered> {
    let (signal, operands) = match arguments {
        [option, name, rest @ ..] if option == "-s" => (signal::from_name(name)?, rest),
        [option, rest @ ..] if option.starts_with(b"-") && option != "--" => {
            let name = &option[1..];
            let number = name.to_str().ok().and_then(|text| text.parse::<i32>().ok());
            (number.or_else(|| signal::from_name(name))?, rest)
        }
        rest => (signal::SIGTERM, rest),
    };
    signal::name(signal)?;
    let mut processes = Vec::new();
    for operand in operands {
        // Groups and "all" (0, -1) are too much to be taken for one process.
        let id: i32 = operand.to_str().ok()?.parse().ok().filter(|id| *id > 1)?;
        processes.push(id);
    }
    if processes.is_empty() {
        return None;
    }
    let effects = Effects { signals: processes.clone(), ..Effects::default() };
    Some(Lowered::new(Operation::SendSignal { processes, signal }, effects))
}

/// Output of known text with one redirection to a file.
fn write_file(
    simple: &SimpleCommand,
    output: Vec<u8>,
    shell: &mut Shell,
    scope: &Scope,
) -> Option<Lowered> {
    let [redirect] = simple.redirects.as_slice() else { return None };
    if redirect.descriptor.is_some_and(|number| number != 1) {
        return None;
    }
    let (word, append) = match &redirect.kind {
        RedirectKind::Write(word) | RedirectKind::Clobber(word) => (word, false),
        RedirectKind::Append(word) => (word, true),
        _ => return None,
    };
    let path = scope.absolute(&single(word, shell, scope)?);
    // Devices and pipes are no files to be written by a system call of ours.
    if path.exists() && !path.is_file() {
        return None;
    }
    let content =
        if append { Content::Append(output.into()) } else { Content::Replace(output.into()) };
    let mut effects = Effects { forbidden: prohibition::write(&path), ..Effects::default() };
    let mut warnings = Vec::new();
    if path.exists() {
        if !append && path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            warnings.push(format!("{} exists and will be overwritten", files::show(&path)));
        }
        effects.changes.push(path.clone());
    } else {
        effects.creates.push(path.clone());
    }
    let operation = Operation::WriteFile { paths: vec![path], content };
    Some(Lowered { operation, effects, warnings })
}

/// Patterns that match nothing: the command will get them as they are.
pub(super) fn unmatched(simple: &SimpleCommand, shell: &mut Shell, scope: &Scope) -> Vec<String> {
    let mut warnings = Vec::new();
    for word in &simple.words {
        let [WordPart::Literal(text)] = word.parts.as_slice() else { continue };
        if text.iter().any(|byte| matches!(byte, b'*' | b'?' | b'['))
            && scope
                .expand(std::slice::from_ref(word), shell)
                .is_ok_and(|fields| fields == [text.clone()])
        {
            warnings.push(format!("{} matches nothing here", crate::escape::visible(text)));
        }
    }
    warnings
}

/// Paths for operands.
pub(super) fn absolute_all(operands: &[&BString], scope: &Scope) -> Vec<PathBuf> {
    operands.iter().map(|operand| scope.absolute(operand)).collect()
}

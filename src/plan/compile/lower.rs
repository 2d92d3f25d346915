//! Simple commands that become typed operations.
//!
//! A command is lowered only when every word of it is understood and the system
//! calls do exactly what the program would do. Anything else stays a command:
//! never guess.

use bstr::{BString, ByteSlice};

use super::facts;
use super::files::Files;
use super::find;
use super::lowered::Lowered;
use super::scope::Scope;
use super::word::{base_name, literal_word, show, unmatched};
use crate::language::Language;
use crate::plan::effect::{Act, Effects};
use crate::plan::operation::{Content, Operation};
use crate::program::variable::changes_meaning;
use crate::program::{self, Entry, Lowers};
use crate::shell::Shell;
use crate::shell::builtin::{self, Meaning, echo, printf};
use crate::shell::exec::Located;
use crate::shell::pattern::Encoding;
use crate::shell::syntax::{Command, List, Pipeline, RedirectKind, SimpleCommand, Word, WordPart};
use crate::shell::variable::is_name;
use crate::system::signal;

/// Whether a list is a sequence of simple commands that can be unrolled.
pub(super) fn is_plain(body: &List) -> bool {
    let leaves_loop = |command: &SimpleCommand| {
        let name = command.words.first().and_then(literal_word);
        let builtin = name.and_then(|name| builtin::find(&name));
        builtin.is_some_and(|builtin| {
            matches!(builtin.meaning, Meaning::Leaves | Meaning::Input | Meaning::Parameters)
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

/// Lowers a pipeline of one simple command, or of `find` and `xargs`.
pub(super) fn lower(
    pipeline: &Pipeline,
    shell: &mut Shell,
    scope: &Scope,
    language: Language,
) -> Option<Lowered> {
    if pipeline.negated || pipeline.timed.is_some() {
        return None;
    }
    let (mut lowered, simple) = match pipeline.commands.as_slice() {
        [Command::Simple(simple)] => (lower_simple(simple, shell, scope, language)?, simple),
        [Command::Simple(find), Command::Simple(xargs)] => {
            let (_, words) = program(find, Lowers::Search, shell, scope)?;
            let (entry, command) = program(xargs, Lowers::HandOver, shell, scope)?;
            let encoding = shell.encoding();
            (find::lower(&words[1..], Some((entry, &command[1..])), scope, encoding)?, find)
        }
        _ => return None,
    };
    lowered.warnings.extend(unmatched(simple, shell, scope, language));
    Some(lowered)
}

fn lower_simple(
    simple: &SimpleCommand,
    shell: &mut Shell,
    scope: &Scope,
    language: Language,
) -> Option<Lowered> {
    if simple.words.is_empty() && simple.redirects.is_empty() {
        let [assignment] = simple.assignments.as_slice() else { return None };
        let value = single(assignment.plain()?, shell, scope)?;
        return set_variable(assignment.name.clone(), value, false, shell);
    }
    if !simple.assignments.is_empty() {
        return None;
    }
    let words = scope.expand(&simple.words, shell).ok()?;
    let Some(name) = words.first() else {
        return write_file(simple, Vec::new(), shell, scope, language);
    };
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
            b"printf" if arguments.first().is_none_or(|first| !first.starts_with(b"-v")) => {
                let result = printf::format(arguments, Encoding::Utf8, &mut output);
                if !result.messages.is_empty() {
                    return None;
                }
            }
            _ => return None,
        }
        return write_file(simple, output, shell, scope, language);
    }
    // In a supposed world a word may be missing.
    let whole = words.len() >= simple.words.len();
    match (base_name(name), builtin) {
        (b"cd", true) if whole => change_directory(arguments, shell, scope, language),
        (b"export", true) => match arguments {
            [argument] => {
                let equals = argument.find_byte(b'=')?;
                let (name, value) = (&argument[..equals], &argument[equals + 1..]);
                set_variable(name.into(), value.into(), true, shell)
            }
            _ => None,
        },
        (b"kill", true) => kill(arguments),
        (name, false) => {
            let entry = program::find(name)?;
            match entry.operation? {
                Lowers::Search => find::lower(arguments, None, scope, shell.encoding()),
                operation => {
                    let understanding = entry.understand(arguments).ok()?;
                    Files { understanding: &understanding, scope, language }.lower(operation)
                }
            }
        }
        _ => None,
    }
}

/// The words of a command that is plainly a program of that kind.
fn program(
    simple: &SimpleCommand,
    operation: Lowers,
    shell: &mut Shell,
    scope: &Scope,
) -> Option<(&'static Entry, Vec<BString>)> {
    if !simple.redirects.is_empty() || !simple.assignments.is_empty() {
        return None;
    }
    let words = scope.expand(&simple.words, shell).ok()?;
    let first = words.first()?;
    let entry = program::find(base_name(first))?;
    let found = matches!(shell.locate(first), Located::Program(_));
    (found && entry.operation == Some(operation)).then_some((entry, words))
}

/// A word as one string, as in an assignment.
fn single(word: &Word, shell: &mut Shell, scope: &Scope) -> Option<BString> {
    let quoted = Word { parts: vec![WordPart::DoubleQuoted(word.parts.clone())], span: word.span };
    let mut fields = scope.expand(&[quoted], shell).ok()?;
    if fields.len() == 1 { fields.pop() } else { None }
}

fn set_variable(name: BString, value: BString, exported: bool, shell: &Shell) -> Option<Lowered> {
    if !is_name(&name) || changes_meaning(&name) || !shell.is_plain(&name) {
        return None;
    }
    let effects = vec![Act::Environment].into();
    Some(Lowered::new(Operation::SetVariable { name, value, exported }, effects))
}

fn change_directory(
    arguments: &[BString],
    shell: &Shell,
    scope: &Scope,
    language: Language,
) -> Option<Lowered> {
    let directory = match arguments {
        [] => scope.logical(shell.variables.get(b"HOME")?),
        [name] if !name.starts_with(b"-") && !name.is_empty() => {
            // CDPATH would look elsewhere.
            if shell.variables.get(b"CDPATH").is_some()
                && !matches!(name.first(), Some(b'/' | b'.'))
            {
                return None;
            }
            scope.logical(name)
        }
        _ => return None,
    };
    let mut lowered = Lowered::new(
        Operation::ChangeDirectory { directory: directory.clone() },
        vec![Act::Environment].into(),
    );
    if scope.is_directory(&directory) != Some(true) {
        let name = show(&directory);
        lowered.warnings.push(
            language.choose(format!("{name} is not a directory"), format!("{name} 不是目录")),
        );
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
    let acts: Vec<Act> = processes.iter().copied().map(Act::Signals).collect();
    Some(Lowered::new(Operation::SendSignal { processes, signal }, acts.into()))
}

/// Output of known text with one redirection to a file.
fn write_file(
    simple: &SimpleCommand,
    output: Vec<u8>,
    shell: &mut Shell,
    scope: &Scope,
    language: Language,
) -> Option<Lowered> {
    let [redirect] = simple.redirects.as_slice() else { return None };
    if redirect.variable.is_some() || redirect.descriptor.is_some_and(|number| number != 1) {
        return None;
    }
    let (word, append) = match &redirect.kind {
        RedirectKind::Write(word) | RedirectKind::Clobber(word) => (word, false),
        RedirectKind::Append(word) => (word, true),
        _ => return None,
    };
    let written = scope.absolute(&single(word, shell, scope)?);
    // Through a link, what it names is written.
    let path = facts::followed(&written);
    // Devices and pipes are no files to be written by a system call of ours.
    if path.exists() && !path.is_file() {
        return None;
    }
    let content =
        if append { Content::Append(output.into()) } else { Content::Replace(output.into()) };
    let mut effects = Effects::default();
    let mut warnings = Vec::new();
    if path != written {
        warnings.push(facts::link_warning(&written, &path, language));
    }
    if !append && path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
        let name = show(&path);
        warnings.push(language.choose(
            format!("{name} exists and will be overwritten"),
            format!("{name} 已存在，将被覆盖"),
        ));
    }
    facts::write(path.clone(), &mut effects);
    let operation = Operation::WriteFile { paths: vec![path], content };
    Some(Lowered { operation, effects, warnings })
}

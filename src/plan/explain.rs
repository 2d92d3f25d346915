//! What a step does, in a sentence that is computed from its operation.

use std::path::{Path, PathBuf};

use bstr::BString;

use super::effect::Effects;
use super::operation::{Clobber, Content, Mode, Operation, RemoveDepth};
use super::program;
use crate::escape::visible;
use crate::shell::Shell;
use crate::shell::syntax::{Command, List, WordPart};
use crate::system::signal;

/// How many names a sentence holds.
const NAMES: usize = 3;

/// The sentence for a step.
pub(super) fn explain(
    operation: &Operation,
    effects: &Effects,
    tree: &List,
    shell: &Shell,
) -> String {
    match operation {
        Operation::ChangeDirectory { directory } => format!("Go to {}", name(directory, shell)),
        Operation::SetVariable { name, value, exported } => format!(
            "Set the variable {} to \"{}\"{}",
            visible(name),
            visible(value),
            if *exported { " for programs, too" } else { "" }
        ),
        Operation::MakeDirectory { paths, parents } => {
            let what = if paths.len() == 1 { "the directory" } else { "the directories" };
            let parents = if *parents { ", with parents where missing" } else { "" };
            format!("Create {what} {}{parents}", names(paths, shell))
        }
        Operation::Remove { paths, depth, .. } => match depth {
            RemoveDepth::Files => format!("Delete {}", counted(paths, "file", shell)),
            RemoveDepth::EmptyDirectories => {
                format!("Delete {}", counted(paths, "empty directory", shell))
            }
            RemoveDepth::Recursive => {
                format!("Delete {} with everything inside", counted(paths, "item", shell))
            }
        },
        Operation::Move { pairs, clobber } => {
            format!("{}{}", transfer("Move", "Rename", pairs, shell), kept(*clobber))
        }
        Operation::Copy { pairs, clobber, .. } => {
            format!("{}{}", transfer("Copy", "Copy", pairs, shell), kept(*clobber))
        }
        Operation::Link { target, path, symbolic, .. } => format!(
            "Make {} a {} to {}",
            name(path, shell),
            if *symbolic { "symbolic link" } else { "second name (hard link)" },
            visible(target.as_os_str().as_encoded_bytes())
        ),
        Operation::ChangeMode { paths, mode, recursive } => format!(
            "Set the permissions of {}{} to {}",
            names(paths, shell),
            if *recursive { " and everything inside" } else { "" },
            mode_text(mode)
        ),
        Operation::ChangeOwner { paths, user, group, recursive } => format!(
            "Give {}{} to {}",
            names(paths, shell),
            if *recursive { " and everything inside" } else { "" },
            match (user, group) {
                (Some(user), Some(group)) => format!("user {user} and group {group}"),
                (Some(user), None) => format!("user {user}"),
                (None, Some(group)) => format!("group {group}"),
                (None, None) => "nobody else".to_owned(),
            }
        ),
        Operation::WriteFile { paths, content } => match content {
            Content::Touch => format!("Create {} or renew its time", names(paths, shell)),
            Content::Replace(text) if text.is_empty() => {
                format!("Empty or create {}", names(paths, shell))
            }
            Content::Replace(text) => format!("Write {} to {}", bytes(text), names(paths, shell)),
            Content::Append(text) => {
                format!("Add {} to the end of {}", bytes(text), names(paths, shell))
            }
        },
        Operation::SendSignal { processes, signal } => {
            let list: Vec<String> = processes.iter().map(ToString::to_string).collect();
            let name = signal::name(*signal).unwrap_or_else(|| signal.to_string());
            format!("Send {name} to process {}", list.join(", "))
        }
        Operation::Run | Operation::Compound => {
            let mut sentence = run(tree);
            if let Some(reason) = &effects.unknown {
                sentence.push_str(&format!(" ({reason})"));
            }
            sentence
        }
    }
}

/// A path as a person would name it: from the working directory where it is
/// within it.
fn name(path: &Path, shell: &Shell) -> String {
    use std::os::unix::ffi::OsStrExt;
    let here = shell.directory().map(|bytes| Path::new(std::ffi::OsStr::from_bytes(bytes)));
    let short = here
        .and_then(|here| path.strip_prefix(here).ok())
        .filter(|short| !short.as_os_str().is_empty());
    visible(short.unwrap_or(path).as_os_str().as_encoded_bytes())
}

fn names(paths: &[PathBuf], shell: &Shell) -> String {
    let mut text =
        paths.iter().take(NAMES).map(|path| name(path, shell)).collect::<Vec<_>>().join(", ");
    if paths.len() > NAMES {
        text.push_str(&format!(" and {} more", paths.len() - NAMES));
    }
    text
}

fn counted(paths: &[PathBuf], what: &str, shell: &Shell) -> String {
    match paths {
        [one] => format!("the {what} {}", name(one, shell)),
        many => {
            let plural = if what.ends_with("directory") {
                "empty directories".to_owned()
            } else {
                format!("{what}s")
            };
            format!("{} {plural}: {}", many.len(), names(many, shell))
        }
    }
}

fn transfer(many: &str, one: &str, pairs: &[(PathBuf, PathBuf)], shell: &Shell) -> String {
    let same_name = pairs.iter().all(|(from, to)| from.file_name() == to.file_name());
    match pairs {
        [(from, to)] if !same_name => format!("{one} {} to {}", name(from, shell), name(to, shell)),
        _ => {
            let sources: Vec<PathBuf> = pairs.iter().map(|(from, _)| from.clone()).collect();
            let into = pairs
                .first()
                .and_then(|(_, to)| to.parent())
                .map(|path| name(path, shell))
                .unwrap_or_default();
            format!("{many} {} into {into}", counted(&sources, "file", shell))
        }
    }
}

fn kept(clobber: Clobber) -> &'static str {
    match clobber {
        Clobber::Keep => ", leaving what exists there",
        Clobber::Replace | Clobber::Refuse => "",
    }
}

fn mode_text(mode: &Mode) -> String {
    match mode {
        Mode::Absolute(number) => format!("{number:03o}"),
        Mode::Symbolic(clauses) => clauses
            .iter()
            .map(|clause| {
                let class = |bits: u32, letter| {
                    (clause.classes & bits == bits && !clause.masked).then_some(letter)
                };
                let permission = |bits: u32, letter| (clause.bits & bits == bits).then_some(letter);
                let who = [class(0o700, 'u'), class(0o070, 'g'), class(0o007, 'o')];
                let what = [
                    permission(0o444, 'r'),
                    permission(0o222, 'w'),
                    permission(0o111, 'x'),
                    clause.conditional_execute.then_some('X'),
                ];
                let letters = |list: &[Option<char>]| list.iter().flatten().collect::<String>();
                format!("{}{}{}", letters(&who), char::from(clause.operator), letters(&what))
            })
            .collect::<Vec<_>>()
            .join(","),
    }
}

fn bytes(text: &[u8]) -> String {
    if text.len() <= 40 {
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        format!("\"{}\"", visible(text))
    } else {
        format!("{} bytes", text.len())
    }
}

/// What a pipeline does, from the table of programs.
fn run(tree: &List) -> String {
    let commands: Vec<&Command> = tree
        .items
        .iter()
        .flat_map(|and_or| {
            std::iter::once(&and_or.first).chain(and_or.rest.iter().map(|(_, pipeline)| pipeline))
        })
        .flat_map(|pipeline| &pipeline.commands)
        .collect();
    let mut phrases: Vec<String> = Vec::new();
    for command in &commands {
        let phrase = match command {
            Command::Simple(simple) => match simple.words.first().map(|word| word.parts.as_slice())
            {
                Some([WordPart::Literal(name)]) => phrase(name),
                _ => "run a command".to_owned(),
            },
            Command::Compound(_) => "run a compound command".to_owned(),
            Command::Function(definition) => {
                format!("define the function {}", visible(&definition.name))
            }
        };
        phrases.push(phrase);
    }
    let mut sentence = phrases.join(", then ");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

fn phrase(name: &BString) -> String {
    match program::find(name) {
        Some(program) => program.about.clone(),
        None => format!("run {}", visible(name)),
    }
}

//! What an approval is about: an operation, how much it may do, and the directory
//! within which it may do it; never one command line, and never everything.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use crate::escape::visible;
use crate::language::Language;
use crate::plan::Step;
use crate::plan::effect::{Act, Deed, Reversal, Risk};
use crate::plan::operation::Operation;
use crate::policy::glob::{resolve_name, resolve_target};
use crate::policy::place::{Class, Places};
use crate::policy::touch::{Effect, Names, Touch, touches};
use crate::program::{self, Fact, Lowers, Thing};
use crate::shell::syntax::{Command, SimpleCommand, Word, WordPart};

/// What may be done without asking.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope {
    /// The operation, or the program with its subcommand: `move`, `run git add`.
    pub action: String,
    /// How much it does: the name of a [`Risk`].
    pub risk: String,
    /// Everything that it touches lies in here.
    pub directory: PathBuf,
}

/// The words for typed operations.
const OPERATIONS: [(&str, &str, &str); 9] = [
    ("change_directory", "go to directories", "进入目录"),
    ("make_directory", "make directories", "创建目录"),
    ("remove", "move files and directories to the trash", "将文件和目录移入回收站"),
    ("move", "move and rename", "移动和重命名"),
    ("copy", "copy", "复制"),
    ("link", "make symbolic links", "创建符号链接"),
    ("change_mode", "change permissions", "修改权限"),
    ("change_owner", "change owners", "修改所有者"),
    ("write_file", "write files", "写入文件"),
];

impl Scope {
    /// What is approved, in words.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let directory = visible(self.directory.as_os_str().as_encoded_bytes());
        let known = OPERATIONS.iter().find(|row| row.0 == self.action);
        let action = match known {
            Some(row) => language.choose(row.1, row.2).to_owned(),
            None => {
                let reads = self.risk == Risk::Read.name();
                let how = if reads {
                    language.choose("reading only", "只读")
                } else {
                    language.choose("changing files", "可修改文件")
                };
                let action = visible(self.action.as_bytes());
                match language {
                    Language::English => format!("{action} ({how})"),
                    Language::Chinese => format!("{action}（{how}）"),
                }
            }
        };
        match language {
            Language::English => format!("{action}, inside {directory}"),
            Language::Chinese => format!("在 {directory} 中：{action}"),
        }
    }
}

/// What an approval would have to say of a step; nothing where no approval may.
/// The directory is left to the caller.
pub(super) fn action(step: &Step) -> Option<(String, &'static str)> {
    let effects = &step.effects;
    let risk = effects.risk();
    let may_be_remembered = |act: &Act| match act {
        Act::To(Deed::Deletes, _) => step.reversal == Reversal::Full,
        Act::To(..) | Act::Environment => true,
        Act::Alters(thing) => *thing == Thing::Repository,
        Act::ChangesUnlisted
        | Act::DeletesUnlisted
        | Act::Loses(_)
        | Act::Signals(_)
        | Act::Network
        | Act::Privilege
        | Act::Exhausts
        | Act::Unknown(_) => false,
    };
    let out_of_question = effects.iter().any(|effect| !may_be_remembered(&effect.act));
    if out_of_question {
        return None;
    }
    let action = match &step.operation {
        // A variable has no place, and may change what everything after it means.
        // A second name for a file reaches out of any directory.
        Operation::SetVariable { .. }
        | Operation::SendSignal { .. }
        | Operation::Link { symbolic: false, .. }
        | Operation::ChangeSession
        | Operation::Compound => return None,
        // One approval for a private file must not cover one that anybody may write.
        Operation::ChangeMode { mode, .. } if mode.gives_away() => return None,
        Operation::Run if effects.change_environment() => return None,
        Operation::Run => format!("run {}", pipeline(step)?),
        operation => operation.name().to_owned(),
    };
    Some((action, risk.name()))
}

/// The programs of a pipeline with their subcommands: `git add`, `du | sort`.
fn pipeline(step: &Step) -> Option<String> {
    let [and_or] = step.tree.items.as_slice() else { return None };
    let commands: Vec<(String, BString)> =
        and_or.first.commands.iter().map(program).collect::<Option<_>>()?;
    // A program that runs others has them in the list, too.
    let names = commands.iter().map(|(_, name)| name);
    if !and_or.rest.is_empty() || !names.eq(step.programs.iter()) {
        return None;
    }
    Some(commands.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" | "))
}

/// A program that the tables know, with its subcommand, and its name.
fn program(command: &Command) -> Option<(String, BString)> {
    let Command::Simple(SimpleCommand { words, assignments, .. }) = command else { return None };
    if !assignments.is_empty() {
        return None;
    }
    let words: Vec<BString> = words.iter().map(text).collect::<Option<_>>()?;
    let (name, arguments) = words.split_first()?;
    let entry = program::find(name)?;
    let understanding = entry.understand(arguments).ok()?;
    // A change of modes that is no typed operation is one of which nobody knows what it gives.
    if entry.operation == Some(Lowers::ChangeMode) {
        return None;
    }
    if understanding.facts.iter().any(|fact| matches!(fact, Fact::Runs(_) | Fact::Shell(_))) {
        return None;
    }
    let mut action = vec![name.to_str().ok()?];
    if understanding.subcommand.is_some() {
        let operand = understanding.operands.first();
        for word in arguments {
            if word.starts_with(b"-") || Some(word) == operand {
                break;
            }
            action.push(word.to_str().ok()?);
        }
        // Where the subcommand's name cannot be told, the program's says too little.
        if action.len() == 1 {
            return None;
        }
    }
    Some((action.join(" "), name.clone()))
}

/// The text of a word that holds no expansion but of names.
fn text(word: &Word) -> Option<BString> {
    let mut text = BString::default();
    for part in &word.parts {
        match part {
            WordPart::Literal(piece) | WordPart::SingleQuoted(piece) => {
                text.extend_from_slice(piece);
            }
            WordPart::DoubleQuoted(parts) => match parts.as_slice() {
                [WordPart::Literal(piece)] => text.extend_from_slice(piece),
                _ => return None,
            },
            _ => return None,
        }
    }
    Some(text)
}

/// The paths that a step touches, each with whether the path itself may be the
/// directory of the approval.
fn paths(step: &Step, places: &Places, names: &Names) -> Option<Vec<(PathBuf, bool)>> {
    let of_touch = |touch: Touch| {
        let whole = matches!(touch.effect, Effect::Reads | Effect::Within);
        touch.places.into_iter().map(move |path| (path, whole))
    };
    let touches = touches(step, places, names).ok()?;
    let mut paths: Vec<(PathBuf, bool)> = touches.into_iter().flat_map(of_touch).collect();
    if let Operation::ChangeDirectory { directory } = &step.operation {
        paths.push((resolve_target(directory), true));
    }
    Some(paths)
}

/// Whether all that a step touches lies in the directory; a step that touches
/// nothing is where it is run.
pub(super) fn is_inside(
    step: &Step,
    directory: &Path,
    here: &Path,
    places: &Places,
    names: &Names,
) -> bool {
    let Some(paths) = paths(step, places, names) else { return false };
    let inside = |(path, whole): &(PathBuf, bool)| {
        // What is hidden is what programs run or believe: hooks, settings, keys.
        path.strip_prefix(directory).is_ok_and(|below| !below.iter().any(is_hidden))
            && (*whole || path != directory)
            && !path.iter().any(|name| name == ".git")
    };
    resolve_target(here).starts_with(directory) && paths.is_empty()
        || !paths.is_empty() && paths.iter().all(inside)
}

/// The directories that an approval may be given for: where the person is, else
/// the directory in their home that holds what the step touches.
pub(super) fn directory(
    step: &Step,
    here: &Path,
    places: &Places,
    names: &Names,
) -> Option<PathBuf> {
    let below_home = || {
        let (path, _) = paths(step, places, names)?.into_iter().next()?;
        let home = places.home()?;
        let first = path.strip_prefix(home).ok()?.components().next()?;
        Some(home.join(first))
    };
    let here = resolve_target(here);
    [Some(here.clone()), below_home()].into_iter().flatten().find(|directory| {
        may_be_scope(directory, places) && is_inside(step, directory, &here, places, names)
    })
}

/// Whether a directory is small and ordinary enough for an approval.
fn may_be_scope(directory: &Path, places: &Places) -> bool {
    let special = [
        Class::Root,
        Class::Home,
        Class::SystemDirectory,
        Class::SharedDirectory,
        Class::System,
        Class::Boot,
        Class::Shell,
        Class::Secrets,
    ];
    let below_home = places.home().and_then(|home| directory.strip_prefix(home).ok());
    directory.is_dir()
        && resolve_name(directory) == directory
        && !below_home.is_some_and(|below| below.iter().any(is_hidden))
        && !special.into_iter().any(|class| places.is(directory, class))
        && !places.may_be_below(directory, Class::Home)
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

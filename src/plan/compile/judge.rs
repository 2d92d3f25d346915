//! What is known of commands that the shell engine runs: every command in the
//! tree is judged, those in substitutions and conditions, too; what is not in
//! the table has unknown effects.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use bstr::{BString, ByteSlice};

use super::lower;
use super::missing::WRAPPERS;
use super::redirect;
use super::scope::Scope;
use crate::plan::effect::Effects;
use crate::plan::operation::Operation;
use crate::plan::program::{self, Understanding};
use crate::plan::prohibition;
use crate::shell::Shell;
use crate::shell::exec::Located;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{Command, List, Pipeline, SimpleCommand, Word, WordPart};
use crate::shell::visit;

/// Effects with what a person should know.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) effects: Effects,
    pub(super) warnings: Vec<String>,
    /// The directory that the commands may leave the shell in.
    pub(super) supposed: PathBuf,
}

/// Shells, which take a program as an argument.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ksh", "mksh", "yash", "zsh", "llmsh"];

/// Programs that ask for somebody else's rights.
const PRIVILEGE: &[&str] = &["sudo", "su", "doas", "pkexec", "run0"];

/// The operation of a pipeline that is not lowered.
pub(super) fn operation(pipeline: &Pipeline) -> Operation {
    let plain = !pipeline.negated
        && pipeline.commands.iter().all(|command| matches!(command, Command::Simple(_)));
    if plain { Operation::Run } else { Operation::Compound }
}

/// Judges every command of a tree.
pub(super) fn judge(tree: &List, shell: &mut Shell, scope: &Scope) -> Judged {
    let mut judged = Judged::default();
    let mut commands = Vec::new();
    visit::commands(tree, &mut |command| commands.push(command.clone()));
    // In a compound command a `cd` or an assignment changes what comes after it.
    let alone = commands.len() == 1;
    let mut supposed = scope.clone();
    for command in &commands {
        match command {
            Command::Simple(simple) => {
                let effects = judge_simple(simple, shell, scope, alone, &mut judged.warnings);
                judged.effects.merge(effects);
                let words = supposed.guess(&simple.words, shell);
                let forbidden = prohibition::command(&words, supposed.supposed());
                judged.effects.forbidden = judged.effects.forbidden.or(forbidden);
                supposed.suppose(&words);
            }
            Command::Function(definition) => {
                let reason =
                    format!("it defines the function {}", crate::escape::visible(&definition.name));
                judged.effects.merge(Effects { environment: true, ..Effects::unknown(reason) });
                if let Some(reason) = prohibition::fork_bomb(definition) {
                    judged.effects.forbidden = Some(reason);
                }
            }
            Command::Compound(compound) => {
                judged.effects.merge(redirect::effects(&compound.redirects, shell, scope));
            }
        }
    }
    judged.supposed = supposed.supposed().to_owned();
    judged
}

fn judge_simple(
    simple: &SimpleCommand,
    shell: &mut Shell,
    scope: &Scope,
    alone: bool,
    warnings: &mut Vec<String>,
) -> Effects {
    let mut effects = redirect::effects(&simple.redirects, shell, scope);
    if !simple.assignments.is_empty() {
        effects.environment = simple.words.is_empty();
        if !simple.words.is_empty()
            || simple.assignments.iter().any(|assignment| changes_meaning(&assignment.name))
        {
            effects.merge(Effects::unknown("variables are set for the command"));
        }
    }
    if simple.words.is_empty() {
        return effects;
    }
    let words = match scope.expand(&simple.words, shell) {
        Ok(words) if !words.is_empty() => words,
        Ok(_) => return effects,
        Err(reason) => {
            // The name alone may still tell that privileges are asked for.
            if let Some(name) = literal_word(&simple.words[0]) {
                effects.privilege |= is_privileged(&name);
                warnings.extend(dynamic_but_read_only(&name, &reason));
            }
            effects.merge(Effects::unknown(reason));
            return effects;
        }
    };
    warnings.extend(lower::unmatched(simple, shell, scope));
    effects.merge(judge_words(&words, shell, scope, alone));
    effects
}

fn dynamic_but_read_only(name: &BString, reason: &str) -> Option<String> {
    program::find(base_name(name)).map(|program| format!("would {}, but {reason}", program.about))
}

/// Judges one expanded command line.
pub(super) fn judge_words(
    words: &[BString],
    shell: &mut Shell,
    scope: &Scope,
    alone: bool,
) -> Effects {
    let name = &words[0];
    let mut effects =
        Effects { forbidden: prohibition::command(words, scope.directory()), ..Effects::default() };
    if let Some(tree) = program_in(words) {
        // What it would do stays unknown; what nobody wants is refused there, too.
        let inner = judge(&tree, shell, scope).effects;
        effects.forbidden = effects.forbidden.or(inner.forbidden);
        effects.privilege |= inner.privilege;
    }
    if is_privileged(name) {
        effects.privilege = true;
        effects.merge(Effects::unknown("it runs with other rights"));
        return effects;
    }
    let located = shell.locate(name);
    match located {
        Located::Function(_) => {
            effects.environment = true;
            effects.merge(Effects::unknown("it is a function of yours"));
        }
        Located::Builtin(builtin)
            if matches!(
                builtin.name,
                "cd" | "export"
                    | "readonly"
                    | "unset"
                    | "set"
                    | "shift"
                    | "alias"
                    | "unalias"
                    | "umask"
                    | "read"
                    | "local"
                    | "getopts"
                    | "trap"
                    | "ulimit"
            ) =>
        {
            effects.environment = true;
            if !alone {
                effects.merge(Effects::unknown(format!("{name} changes what later commands mean")));
            }
        }
        Located::Builtin(builtin)
            if matches!(builtin.name, "." | "eval" | "exec" | "command" | "kill") =>
        {
            effects.environment |= builtin.name != "kill";
            effects.merge(Effects::unknown(format!("{name} may do anything")));
        }
        Located::Builtin(builtin)
            if matches!(
                builtin.name,
                "break"
                    | "continue"
                    | "return"
                    | "exit"
                    | ":"
                    | "wait"
                    | "jobs"
                    | "bg"
                    | "fg"
                    | "hash"
                    | "type"
                    | "times"
            ) => {}
        _ => effects.merge(judge_program(words, scope)),
    }
    effects
}

/// The program that a command line hands to `eval` or to a shell, where it can be
/// read.
fn program_in(words: &[BString]) -> Option<List> {
    let place = words.iter().position(|word| {
        word == "eval" || SHELLS.iter().any(|shell| base_name(word) == shell.as_bytes())
    })?;
    let arguments = &words[place + 1..];
    let text: BString = if words[place] == "eval" {
        bstr::join(" ", arguments).into()
    } else {
        let takes_text = |word: &BString| word.starts_with(b"-") && word.contains(&b'c');
        arguments.get(arguments.iter().position(takes_text)? + 1)?.clone()
    };
    parser::parse(&text, &NoAliases).ok()
}

fn judge_program(words: &[BString], scope: &Scope) -> Effects {
    let name = base_name(&words[0]);
    if WRAPPERS.iter().any(|wrapper| name == wrapper.as_bytes()) {
        return Effects::unknown(format!("{} runs another command", name.as_bstr()));
    }
    let Some(program) = program::find(name) else {
        let reason = format!("what {} does is not known", crate::escape::visible(name));
        return Effects::unknown(reason);
    };
    match program.understand(&words[1..]) {
        Understanding::Reads(files) => {
            let reads = files.into_iter().map(|file| scope.absolute(file)).collect();
            Effects { reads, ..Effects::default() }
        }
        Understanding::Unknown(reason) => Effects::unknown(reason),
    }
}

/// The last component of a program's path. A program given by a path is not
/// necessarily the one of that name, so only the usual places count.
pub(super) fn base_name(name: &[u8]) -> &[u8] {
    match name.rfind_byte(b'/') {
        None => name,
        Some(slash)
            if matches!(&name[..slash], b"/bin" | b"/usr/bin" | b"/sbin" | b"/usr/sbin") =>
        {
            &name[slash + 1..]
        }
        Some(_) => name,
    }
}

fn is_privileged(name: &[u8]) -> bool {
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    if PRIVILEGE.iter().any(|known| base == known.as_bytes()) {
        return true;
    }
    // A set-user-id program by path.
    use std::os::unix::fs::PermissionsExt;
    let path = PathBuf::from(std::ffi::OsStr::from_bytes(name));
    name.contains(&b'/')
        && path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o6000 != 0)
}

/// Variables that change which program runs or how.
fn changes_meaning(name: &[u8]) -> bool {
    matches!(
        name,
        b"PATH"
            | b"IFS"
            | b"ENV"
            | b"BASH_ENV"
            | b"LD_PRELOAD"
            | b"LD_LIBRARY_PATH"
            | b"SHELL"
            | b"PAGER"
            | b"EDITOR"
    )
}

/// The text of a word that is one literal.
pub(super) fn literal_word(word: &Word) -> Option<BString> {
    match word.parts.as_slice() {
        [WordPart::Literal(text)] => Some(text.clone()),
        [WordPart::SingleQuoted(text)] => Some(text.clone()),
        [WordPart::DoubleQuoted(parts)] => match parts.as_slice() {
            [WordPart::Literal(text)] => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}

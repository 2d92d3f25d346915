//! `why`: what the last failure was about, and a command that would do, without the model.
//!
//! The command line, its status and the files that it names say most of it: a name that
//! is not there, a directory in the place of a file, no permission, a missing directory
//! for what is written, no repository, a program that is not installed. The rest it says
//! itself, once more, tried where it changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bstr::ByteSlice;

use super::Session;
use crate::context::names::slips;
use crate::escape::safe_lines;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::plan::compile;
use crate::plan::effect::Act;
use crate::plan::hold::{self, Named};
use crate::preview::{Ending, Stream};
use crate::shell::Shell;
use crate::shell::quote::quote;
use crate::system::file_access::{Access, accessible};
use crate::system::signal;

/// The most lines that are told of what a command said.
const MOST_SAID: usize = 3;

/// What is said of a failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Why {
    /// What is known, a sentence each.
    pub(super) reasons: Vec<String>,
    /// A command that may do what was meant.
    pub(super) instead: Option<String>,
}

/// Why a command ended with a status.
pub(super) fn why(session: &mut Session, shell: &mut Shell, line: &str, status: ExitStatus) -> Why {
    let language =
        Language::of_locale(|name| shell.variables.get(name.as_bytes()).map(|value| &**value));
    let mut why = Why::default();
    if let Some(number) = status.0.checked_sub(128).filter(|number| (1..65).contains(number)) {
        let name = signal::name(number).unwrap_or_else(|| number.to_string());
        why.reasons.push(
            language.choose(format!("the signal {name} ended it"), format!("它被信号 {name} 终止")),
        );
    }
    if status == ExitStatus::NOT_FOUND {
        missing_program(shell, line, language, &mut why);
    }
    let directory = shell.directory().unwrap_or_default().to_path_lossy().into_owned();
    for named in hold::names(line.as_bytes()) {
        named_wrongly(&named, &directory, language, &mut why);
    }
    if why.instead.is_none() {
        // The names of the command are held to what is there, as an answer's are.
        let context = session.context(line, shell);
        let held = hold::mend(line.as_bytes(), &context, &directory);
        if !held.mends.is_empty() {
            why.instead = Some(held.text.to_string());
        }
    }
    if why.reasons.is_empty() {
        why.reasons.push(language.choose(
            format!("it ended with status {}; nothing that it names is missing", status.0),
            format!("它以状态 {} 结束；它提到的文件都在", status.0),
        ));
    }
    why
}

/// What a command says when it is tried aside: the last lines of it, where it fails there,
/// too. Only what is known to be about files alone is tried.
pub(super) fn said(session: &Session, shell: &mut Shell, line: &str) -> Vec<String> {
    let Ok(plan) = compile::compile(line, line.as_bytes(), shell) else { return Vec::new() };
    let is_beyond_files = |act: &Act| {
        matches!(
            act,
            Act::Unknown(_) | Act::Network | Act::Privilege | Act::Exhausts | Act::Signals(_)
        )
    };
    if plan.steps.iter().any(|step| step.effects.any(is_beyond_files)) {
        return Vec::new();
    }
    let Ok(tried) = super::trial::run(session, shell, &plan, None) else { return Vec::new() };
    if tried.ending == Ending::Exited(0) {
        return Vec::new();
    }
    let errors = tried.output.of(Stream::Error);
    let text = safe_lines(&if errors.is_empty() { tried.output.all() } else { errors });
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(MOST_SAID)..].iter().map(|line| (*line).to_owned()).collect()
}

/// A program that is not there, and one that may be meant.
fn missing_program(shell: &Shell, line: &str, language: Language, why: &mut Why) {
    let Some(name) = line.split_whitespace().next() else { return };
    why.reasons.push(
        language.choose(format!("there is no program {name}"), format!("没有名为 {name} 的程序")),
    );
    if let Some(near) = near_command(shell, name) {
        why.instead = Some(line.replacen(name, &near, 1));
    }
}

/// The command whose name is the nearest to a word that is none.
pub(super) fn near_command(shell: &Shell, word: &str) -> Option<String> {
    if word.len() < 2 || !word.is_ascii() || word.contains('/') {
        return None;
    }
    let most = if word.len() < 5 { 1 } else { 2 };
    let mut near: Vec<(usize, String)> = shell
        .command_names()
        .all()
        .into_iter()
        .filter_map(|name| {
            let slips = slips(word, &name).filter(|slips| *slips > 0 && *slips <= most)?;
            // A slip in the first letter is rare; with another one it is another program, to
            // which a line may give what is not meant for it.
            let first = usize::from(name.bytes().next() != word.bytes().next());
            (first == 0 || slips == 1).then_some((slips * 2 + first, name))
        })
        .collect();
    near.sort();
    near.dedup();
    match near.as_slice() {
        [(_, one)] => Some(one.clone()),
        [(first, one), (second, _), ..] if first < second => Some(one.clone()),
        // Of several that are as near, the shortest list is the one people type most:
        // nobody can tell.
        _ => None,
    }
}

/// What is wrong with a name that a command was given.
fn named_wrongly(named: &Named, directory: &Path, language: Language, why: &mut Why) {
    let name = &named.name;
    let path = directory.join(name);
    let metadata = fs::metadata(&path);
    if named.is_new {
        let parent = path.parent().unwrap_or(directory);
        if !parent.is_dir() {
            let shown = parent.strip_prefix(directory).unwrap_or(parent).display().to_string();
            why.reasons.push(language.choose(
                format!("the directory {shown} is not there"),
                format!("目录 {shown} 不存在"),
            ));
            let make = quote(shown.as_bytes());
            why.instead.get_or_insert(format!("mkdir -p {make} && {}", named.line));
        }
        return;
    }
    match metadata {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            why.reasons
                .push(language.choose(format!("{name} is not there"), format!("{name} 不存在")));
        }
        Err(error) => why.reasons.push(format!("{name}: {error}")),
        Ok(metadata) => {
            if !accessible(&path, Access::Read) {
                let mode = metadata.permissions().mode() & 0o777;
                why.reasons.push(language.choose(
                    format!("{name} may not be read by you (its mode is {mode:o})"),
                    format!("您无权读取 {name}（权限为 {mode:o}）"),
                ));
            } else if metadata.is_dir() && named.is_read {
                why.reasons.push(
                    language.choose(format!("{name} is a directory"), format!("{name} 是目录")),
                );
            }
        }
    }
}

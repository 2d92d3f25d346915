//! What a git repository's own configuration makes git do: hooks, monitors,
//! filters and external programs run at the word of whoever wrote it.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use crate::escape::visible;
use crate::language::Language;
use crate::program::{Fact, Understanding, Verb};
use crate::system::file_access::{Access, accessible};

/// Settings that name no program and no other file. What is not here might.
const HARMLESS: &[&str] = &[
    "core.repositoryformatversion",
    "core.filemode",
    "core.bare",
    "core.logallrefupdates",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.symlinks",
    "core.autocrlf",
    "core.eol",
    "core.quotepath",
    "core.compression",
    "core.sparsecheckout",
    "core.sparsecheckoutcone",
    "remote.url",
    "remote.pushurl",
    "remote.fetch",
    "remote.push",
    "remote.tagopt",
    "remote.prune",
    "branch.remote",
    "branch.merge",
    "branch.rebase",
    "branch.description",
    "submodule.url",
    "submodule.active",
    "user.name",
    "user.email",
    "user.signingkey",
    "pull.rebase",
    "pull.ff",
    "push.default",
    "push.autosetupremote",
    "init.defaultbranch",
    "merge.ff",
    "gc.auto",
    "fetch.prune",
    "extensions.objectformat",
];

/// The directory that git works in.
pub(super) fn directory(understanding: &Understanding, scope: &Scope) -> PathBuf {
    let given = understanding.options.iter().rev().find(|(name, _)| name == "-C");
    match given {
        Some((_, Some(directory))) => scope.absolute(directory),
        _ => scope.directory().to_owned(),
    }
}

/// Why git would run programs that the repository names, if it would.
pub(super) fn runs_programs(
    directory: &Path,
    understanding: &Understanding,
    language: Language,
) -> Option<String> {
    let git = directory.ancestors().map(|place| place.join(".git")).find(|git| git.exists())?;
    // A file `.git` of a work tree or submodule names the directory.
    let git = match fs::read(&git) {
        Ok(text) => {
            let path = text.strip_prefix(b"gitdir: ")?.trim();
            git.parent()?.join(std::ffi::OsStr::from_bytes(path))
        }
        Err(_) => git,
    };
    let told = |name: &str| match language {
        Language::English => {
            format!("the repository's own configuration sets {name}, which may run a program")
        }
        Language::Chinese => format!("仓库自身的配置设置了 {name}，可能会运行程序"),
    };
    let common = fs::read(git.join("commondir"))
        .map_or_else(|_| git.clone(), |path| git.join(std::ffi::OsStr::from_bytes(path.trim())));
    for file in [common.join("config"), git.join("config.worktree")] {
        if let Ok(text) = fs::read(&file)
            && let Some(name) = doubtful_setting(&text)
        {
            return Some(told(&visible(&name)));
        }
    }
    if changes_something(understanding) {
        let hook = hooks(&common.join("hooks"))?;
        let hook = visible(hook.as_os_str().as_bytes());
        return Some(match language {
            Language::English => format!("it may run the repository's hook {hook}"),
            Language::Chinese => format!("它可能运行仓库的钩子 {hook}"),
        });
    }
    None
}

fn changes_something(understanding: &Understanding) -> bool {
    understanding
        .facts
        .iter()
        .any(|fact| !matches!(fact, Fact::File(Verb::Read, _) | Fact::Network))
}

/// The first executable hook.
fn hooks(directory: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(directory).ok()?;
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_none() && accessible(path, Access::Execute))
        .and_then(|path| path.file_name().map(PathBuf::from))
}

/// The first setting that is not known to be harmless. What git would read
/// otherwise than this simple reading counts as doubtful, too.
fn doubtful_setting(text: &[u8]) -> Option<BString> {
    let mut section = BString::default();
    for line in text.lines() {
        let line = line.trim();
        match line.first() {
            None | Some(b'#' | b';') => {}
            Some(b'[') => {
                let Some(name) = line.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"))
                else {
                    return Some(line.into());
                };
                let end = name.find_byteset(b" \t.\"").unwrap_or(name.len());
                section = name[..end].to_ascii_lowercase().into();
            }
            Some(_) => {
                let end = line.find_byteset(b" \t=").unwrap_or(line.len());
                let name = [&section[..], b".", &line[..end].to_ascii_lowercase()].concat();
                let known = HARMLESS.iter().any(|known| known.as_bytes() == name);
                // Text over several lines, and transports that are programs.
                if !known || line.ends_with(b"\\") || line.contains_str("::") {
                    return Some(name.into());
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_may_run_a_program_are_found() {
        let plain = b"[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote \"origin\"]\n\turl = https://x.example/a\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n# c\n[branch \"main\"]\nremote=origin\n";
        assert_eq!(doubtful_setting(plain), None);
        for (text, name) in [
            ("[core]\nfsmonitor = /tmp/x", "core.fsmonitor"),
            ("[CORE]\n\tFsMonitor=x", "core.fsmonitor"),
            ("[core] fsmonitor = x", "[core] fsmonitor = x"),
            ("[diff \"x\"]\ntextconv = x", "diff.textconv"),
            ("[include]\npath = ../evil", "include.path"),
            ("[remote \"o\"]\nurl = ext::sh -c x", "remote.url"),
            ("[core]\nbare = false \\\n", "core.bare"),
            ("[core]\nsshCommand = x", "core.sshcommand"),
            ("[alias]\nst = !x", "alias.st"),
        ] {
            assert_eq!(doubtful_setting(text.as_bytes()), Some(name.into()), "{text}");
        }
    }
}

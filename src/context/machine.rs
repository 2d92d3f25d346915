//! What a request mentions of the machine beside its files: processes, ports, users,
//! groups, services, packages and branches. Looked for only where a word of the request
//! asks for that kind, and read from files: no program is started to find out.

mod account;
mod process;
mod software;

use std::ops::Range;
use std::path::{Path, PathBuf};

use self::process::Processes;
use super::branch;
use super::mention::{How, MAX_LENGTH, Mention, Target, Thing, overlap};
use super::quote::told;
use super::spoken::Spoken;
use super::words::{is_chinese, is_common, joined, slips};

/// The most numbers of processes, or members of a group, that are told.
const MOST: usize = 5;

/// The most names that are told in the place of one that is not there.
const MOST_NEAR: usize = 3;

/// A kind of thing, and the words by which a request asks for one.
struct Kind {
    /// As it is called where there is none of the name.
    noun: &'static str,
    /// Words beside which a name is one of this kind: "the X service", "X 服务".
    nouns: &'static [&'static str],
    /// Words with which a request may name one anywhere.
    cues: &'static [&'static str],
    /// The same in Chinese.
    chinese: &'static [&'static str],
    /// What is known of a name; `None`: there is none of that name.
    find: fn(&Around<'_>, &str) -> Option<Thing>,
    /// The names that there are.
    names: fn(&Around<'_>) -> Vec<String>,
}

/// Where is looked.
struct Around<'a> {
    /// `/`, or what a test has in its place.
    root: &'a Path,
    /// The repository whose branches are meant.
    repository: Option<PathBuf>,
    processes: Processes,
}

/// The kinds, those that are meant before others first.
const KINDS: &[Kind] = &[
    Kind {
        noun: "branch",
        nouns: &["branch", "分支"],
        cues: &["switch", "checkout", "merge", "rebase", "git", "push", "pull"],
        chinese: &["合并", "切换", "切到", "推送"],
        find: |around, name| {
            let names = branch::names(around.repository.as_deref()?);
            let whole = || names.iter().find(|branch| joined(branch) == joined(name));
            let last = |branch: &&String| {
                branch.rsplit_once('/').is_some_and(|(_, last)| joined(last) == joined(name))
            };
            let mut ends = names.iter().filter(last);
            let one = whole().or_else(|| ends.next().filter(|_| ends.next().is_none()))?;
            let fact = format!("{}: git branch", told("", one, MAX_LENGTH));
            Some(Thing { name: Some(one.clone()), fact })
        },
        names: |around| around.repository.as_deref().map(branch::names).unwrap_or_default(),
    },
    Kind {
        noun: "service",
        nouns: &["service", "daemon", "服务", "守护进程"],
        cues: &["restart", "start", "stop", "reload", "enable", "disable", "status", "systemctl"],
        chinese: &["重启", "启动", "停止", "停掉", "开机"],
        find: |around, name| software::service(around.root, name),
        names: |around| software::services(around.root),
    },
    Kind {
        noun: "process",
        nouns: &["process", "processes", "进程"],
        cues: &[
            "kill",
            "stop",
            "terminate",
            "quit",
            "end",
            "pause",
            "suspend",
            "resume",
            "running",
            "processes",
            "pid",
            "memory",
            "cpu",
            "renice",
            "hangs",
            "hung",
            "signal",
        ],
        chinese: &["杀", "结束", "停", "终止", "关掉", "暂停", "卡死", "内存", "信号"],
        find: |around, name| around.processes.named(around.root, name),
        names: |around| around.processes.names(around.root),
    },
    Kind {
        noun: "user",
        nouns: &["user", "account", "用户", "账号", "账户"],
        cues: &["owner", "owns", "owned", "own", "chown", "belong", "belongs", "sudo"],
        chinese: &["属主", "所有者", "属于"],
        find: |around, name| account::user(around.root, name),
        names: |around| account::users(around.root),
    },
    Kind {
        noun: "group",
        nouns: &["group", "用户组"],
        cues: &["chgrp"],
        chinese: &[],
        find: |around, name| account::group(around.root, name),
        names: |around| account::groups(around.root),
    },
    Kind {
        noun: "installed package",
        nouns: &["package", "软件包", "安装包"],
        cues: &["install", "uninstall", "installed", "reinstall", "apt", "dpkg"],
        chinese: &["安装", "卸载", "装了"],
        find: |around, name| software::package(around.root, name),
        names: |_| Vec::new(),
    },
];

/// Words by which something new gets a name.
const NEW: &[&str] =
    &["new", "create", "make", "called", "named", "add", "新", "创建", "叫", "添加"];

/// What `spoken` mentions, beside `files`; those of them that it does not mean after all
/// go. `repository` is the directory whose branches are meant.
pub(super) fn find(
    spoken: &Spoken<'_>,
    root: &Path,
    repository: Option<PathBuf>,
    files: &mut Vec<Mention>,
) {
    let around = Around { root, repository, processes: Processes::default() };
    let mut things = process::ports(spoken, root, &around.processes);
    let tokens = tokens(spoken.text);
    for kind in KINDS {
        let has_cue = kind.cues.iter().chain(kind.chinese).any(|cue| spoken.says(cue));
        for (span, token) in &tokens {
            let is_cue = kind.nouns.contains(token) || kind.cues.contains(token);
            let lower = token.to_lowercase();
            if is_cue || is_common(&lower) || overlaps(&things, span) {
                continue;
            }
            let is_certain = is_beside(spoken.text, span, kind.nouns);
            if !is_certain && !has_cue {
                continue;
            }
            // How well a file that is there goes by the word.
            let file = files
                .iter()
                .filter(|file| !matches!(file.target, Target::Missing { .. }))
                .find(|file| overlap(&file.span, span))
                .map(|file| file.how);
            if file.is_some_and(|how| how == How::Written || !is_certain && how >= How::Translated)
            {
                continue;
            }
            let is_new = NEW.iter().any(|new| spoken.says(new));
            let target = match (kind.find)(&around, token) {
                Some(thing) => Target::Thing(thing),
                // What is there is meant rather than what is not.
                None if is_certain && file.is_none() && !is_new => {
                    Target::Thing(missing(kind, &around, token))
                }
                None => continue,
            };
            files.retain(|file| !overlap(&file.span, span));
            let (how, is_one_of_several) = (How::Written, false);
            things.push(Mention { span: span.clone(), target, how, is_one_of_several });
        }
    }
    files.extend(things);
}

/// The names of the kinds of things that a text asks for, each with its kind in English and
/// Chinese.
pub(super) fn named(
    spoken: &Spoken<'_>,
    root: &Path,
    repository: Option<PathBuf>,
) -> Vec<(String, [&'static str; 2])> {
    let around = Around { root, repository, processes: Processes::default() };
    let asked = KINDS.iter().filter(|kind| {
        let words = kind.nouns.iter().chain(kind.cues).chain(kind.chinese);
        words.into_iter().any(|word| spoken.says(word))
    });
    let mut all = Vec::new();
    for kind in asked {
        let chinese = kind.nouns.iter().find(|noun| !noun.is_ascii()).unwrap_or(&kind.noun);
        let mut names = (kind.names)(&around);
        names.sort();
        names.dedup();
        all.extend(names.into_iter().map(|name| (name, [kind.noun, *chinese])));
    }
    all
}

/// That there is none of a name, with those that are nearly the same.
fn missing(kind: &Kind, around: &Around<'_>, name: &str) -> Thing {
    let mut near: Vec<(usize, String)> = (kind.names)(around)
        .into_iter()
        .filter_map(|other| Some((slips(&name.to_lowercase(), &other.to_lowercase())?, other)))
        .collect();
    near.sort();
    near.dedup();
    near.truncate(MOST_NEAR);
    let near: Vec<String> = near.iter().map(|(_, name)| told("", name, MAX_LENGTH)).collect();
    let but = if near.is_empty() { String::new() } else { format!(", but {}", near.join(", ")) };
    let fact = format!("{}: no {} of that name{but}", told("", name, MAX_LENGTH), kind.noun);
    Thing { name: None, fact }
}

/// The names that a request may have of such things: runs of what they are made of.
fn tokens(text: &str) -> Vec<(Range<usize>, &str)> {
    let is_part = |character: char| {
        character.is_alphanumeric() && !is_chinese(character) || "._+-@/".contains(character)
    };
    let mut tokens = Vec::new();
    let mut from = 0;
    for run in text.split(|character| !is_part(character)) {
        let start = from + (run.len() - run.trim_start_matches(['.', '-', '+', '/']).len());
        let token = run.trim_matches(['.', '-', '+', '/']);
        if token.len() > 1 && token.contains(char::is_alphabetic) {
            tokens.push((start..start + token.len(), token));
        }
        // What ends a run is one character of any length.
        from += run.len();
        from += text[from..].chars().next().map_or(0, char::len_utf8);
    }
    tokens
}

/// Whether one of the nouns stands right before or after a place of the text.
fn is_beside(text: &str, span: &Range<usize>, nouns: &[&str]) -> bool {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        return false;
    }
    let before = lower[..span.start].trim_end_matches([' ', '"', '\'', '“']);
    let after = lower[span.end..].trim_start_matches([' ', '"', '\'', '”']);
    let before = before.strip_suffix(" the").unwrap_or(before);
    nouns.iter().any(|noun| {
        let apart = |rest: Option<char>| {
            !noun.is_ascii() || rest.is_none_or(|character| !character.is_ascii_alphabetic())
        };
        before.strip_suffix(noun).is_some_and(|rest| apart(rest.chars().next_back()))
            || after.strip_prefix(noun).is_some_and(|rest| apart(rest.chars().next()))
    })
}

fn overlaps(mentions: &[Mention], span: &Range<usize>) -> bool {
    mentions.iter().any(|mention| overlap(&mention.span, span))
}

#[cfg(test)]
mod tests;

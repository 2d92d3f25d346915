//! What a step does, in a sentence that is computed from its operation.

use std::path::{Path, PathBuf};

use super::effect::Effects;
use super::operation::{Clobber, Content, Mode, Operation, RemoveDepth};
use crate::escape::visible;
use crate::language::Language;
use crate::shell::Shell;
use crate::system::signal;

/// How many names a sentence holds.
const NAMES: usize = 3;

/// The sentence for a step. `phrases` say what each command of it does.
pub(super) fn explain(
    operation: &Operation,
    effects: &Effects,
    phrases: &[String],
    shell: &Shell,
    language: Language,
) -> String {
    let teller = Teller { shell, language };
    match (operation, language) {
        (Operation::ChangeSession | Operation::Run | Operation::Compound, _) => {
            teller.run(phrases, effects)
        }
        (_, Language::English) => teller.english(operation),
        (_, Language::Chinese) => teller.chinese(operation),
    }
}

struct Teller<'a> {
    shell: &'a Shell,
    language: Language,
}

impl Teller<'_> {
    fn english(&self, operation: &Operation) -> String {
        match operation {
            Operation::ChangeDirectory { directory } => format!("Go to {}", self.name(directory)),
            Operation::SetVariable { name, value, exported } => format!(
                "Set the variable {} to \"{}\"{}",
                visible(name),
                visible(value),
                if *exported { " for programs, too" } else { "" }
            ),
            Operation::MakeDirectory { paths, parents } => {
                let what = if paths.len() == 1 { "the directory" } else { "the directories" };
                let parents = if *parents { ", with parents where missing" } else { "" };
                format!("Create {what} {}{parents}", self.names(paths))
            }
            Operation::Remove { paths, depth, .. } => match depth {
                RemoveDepth::Files => format!("Delete {}", self.counted(paths, "file", "files")),
                RemoveDepth::EmptyDirectories => {
                    format!(
                        "Delete {}",
                        self.counted(paths, "empty directory", "empty directories")
                    )
                }
                RemoveDepth::Recursive => {
                    format!(
                        "Delete {} with everything inside",
                        self.counted(paths, "item", "items")
                    )
                }
            },
            Operation::Move { pairs, clobber } => {
                format!("{}{}", self.transfer("Move", "Rename", pairs), kept(*clobber))
            }
            Operation::Copy { pairs, clobber, .. } => {
                format!("{}{}", self.transfer("Copy", "Copy", pairs), kept(*clobber))
            }
            Operation::Link { target, path, symbolic, .. } => format!(
                "Make {} a {} to {}",
                self.name(path),
                if *symbolic { "symbolic link" } else { "second name (hard link)" },
                visible(target.as_os_str().as_encoded_bytes())
            ),
            Operation::ChangeMode { paths, mode, recursive } => format!(
                "Set the permissions of {}{} to {}",
                self.names(paths),
                if *recursive { " and everything inside" } else { "" },
                mode_text(mode)
            ),
            Operation::ChangeOwner { paths, user, group, recursive } => format!(
                "Give {}{} to {}",
                self.names(paths),
                if *recursive { " and everything inside" } else { "" },
                match (user, group) {
                    (Some(user), Some(group)) => format!("user {user} and group {group}"),
                    (Some(user), None) => format!("user {user}"),
                    (None, Some(group)) => format!("group {group}"),
                    (None, None) => "nobody else".to_owned(),
                }
            ),
            Operation::WriteFile { paths, content } => match content {
                Content::Touch => format!("Create {} or renew its time", self.names(paths)),
                Content::Replace(text) if text.is_empty() => {
                    format!("Empty or create {}", self.names(paths))
                }
                Content::Replace(text) => {
                    format!("Write {} to {}", self.bytes(text), self.names(paths))
                }
                Content::Append(text) => {
                    format!("Add {} to the end of {}", self.bytes(text), self.names(paths))
                }
            },
            Operation::SendSignal { processes, signal } => {
                format!("Send {} to process {}", signal_name(*signal), numbers(processes))
            }
            Operation::ChangeSession | Operation::Run | Operation::Compound => String::new(),
        }
    }

    fn chinese(&self, operation: &Operation) -> String {
        match operation {
            Operation::ChangeDirectory { directory } => format!("进入 {}", self.name(directory)),
            Operation::SetVariable { name, value, exported } => format!(
                "把变量 {} 设为“{}”{}",
                visible(name),
                visible(value),
                if *exported { "，并传给程序" } else { "" }
            ),
            Operation::MakeDirectory { paths, parents } => {
                let parents = if *parents { "（缺少的上级目录一并创建）" } else { "" };
                format!("创建目录 {}{parents}", self.names(paths))
            }
            Operation::Remove { paths, depth, .. } => match depth {
                RemoveDepth::Files => format!("删除{}", self.counted(paths, "文件", "文件")),
                RemoveDepth::EmptyDirectories => {
                    format!("删除{}", self.counted(paths, "空目录", "空目录"))
                }
                RemoveDepth::Recursive => {
                    format!("删除{}及其中的全部内容", self.counted(paths, "项目", "项目"))
                }
            },
            Operation::Move { pairs, clobber } => {
                format!("{}{}", self.transfer("移动", "重命名", pairs), kept_in_chinese(*clobber))
            }
            Operation::Copy { pairs, clobber, .. } => {
                format!("{}{}", self.transfer("复制", "复制", pairs), kept_in_chinese(*clobber))
            }
            Operation::Link { target, path, symbolic, .. } => format!(
                "创建{} {}，指向 {}",
                if *symbolic { "符号链接" } else { "硬链接" },
                self.name(path),
                visible(target.as_os_str().as_encoded_bytes())
            ),
            Operation::ChangeMode { paths, mode, recursive } => format!(
                "把 {}{} 的权限设为 {}",
                self.names(paths),
                if *recursive { " 及其中的全部内容" } else { "" },
                mode_text(mode)
            ),
            Operation::ChangeOwner { paths, user, group, recursive } => format!(
                "把 {}{} 的归属改为{}",
                self.names(paths),
                if *recursive { " 及其中的全部内容" } else { "" },
                match (user, group) {
                    (Some(user), Some(group)) => format!("用户 {user}、用户组 {group}"),
                    (Some(user), None) => format!("用户 {user}"),
                    (None, Some(group)) => format!("用户组 {group}"),
                    (None, None) => "原来的归属".to_owned(),
                }
            ),
            Operation::WriteFile { paths, content } => match content {
                Content::Touch => format!("创建 {} 或更新其时间", self.names(paths)),
                Content::Replace(text) if text.is_empty() => {
                    format!("清空或创建 {}", self.names(paths))
                }
                Content::Replace(text) => {
                    format!("把 {} 写入 {}", self.bytes(text), self.names(paths))
                }
                Content::Append(text) => {
                    format!("把 {} 追加到 {} 末尾", self.bytes(text), self.names(paths))
                }
            },
            Operation::SendSignal { processes, signal } => {
                format!("向进程 {} 发送 {}", numbers(processes), signal_name(*signal))
            }
            Operation::ChangeSession | Operation::Run | Operation::Compound => String::new(),
        }
    }

    /// What commands do, one after the other.
    fn run(&self, phrases: &[String], effects: &Effects) -> String {
        let mut sentence = phrases.join(self.language.choose(", then ", "，然后"));
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if let Some(reason) = effects.why_unknown() {
            let (open, close) = self.language.choose((" (", ")"), ("（", "）"));
            sentence.push_str(&format!("{open}{reason}{close}"));
        }
        sentence
    }

    /// A path as a person would name it: from the working directory where it is
    /// within it.
    fn name(&self, path: &Path) -> String {
        use std::os::unix::ffi::OsStrExt;
        let here =
            self.shell.directory().map(|bytes| Path::new(std::ffi::OsStr::from_bytes(bytes)));
        let short = here
            .and_then(|here| path.strip_prefix(here).ok())
            .filter(|short| !short.as_os_str().is_empty());
        visible(short.unwrap_or(path).as_os_str().as_encoded_bytes())
    }

    fn names(&self, paths: &[PathBuf]) -> String {
        let names: Vec<String> = paths.iter().take(NAMES).map(|path| self.name(path)).collect();
        let mut text = names.join(self.language.choose(", ", "、"));
        if paths.len() > NAMES {
            let more = paths.len() - NAMES;
            let more = self
                .language
                .choose(format!(" and {more} more"), format!(" 等 {} 个", paths.len()));
            text.push_str(&more);
        }
        text
    }

    fn counted(&self, paths: &[PathBuf], one: &str, many: &str) -> String {
        match (paths, self.language) {
            ([path], Language::English) => format!("the {one} {}", self.name(path)),
            ([path], Language::Chinese) => format!("{one} {}", self.name(path)),
            (paths, Language::English) => format!("{} {many}: {}", paths.len(), self.names(paths)),
            (paths, Language::Chinese) => {
                format!(" {} 个{many}：{}", paths.len(), self.names(paths))
            }
        }
    }

    fn transfer(&self, many: &str, one: &str, pairs: &[(PathBuf, PathBuf)]) -> String {
        let same_name = pairs.iter().all(|(from, to)| from.file_name() == to.file_name());
        if let [(from, to)] = pairs
            && !same_name
        {
            let (from, to) = (self.name(from), self.name(to));
            return self
                .language
                .choose(format!("{one} {from} to {to}"), format!("把 {from} {one}为 {to}"));
        }
        let sources: Vec<PathBuf> = pairs.iter().map(|(from, _)| from.clone()).collect();
        let into = pairs
            .first()
            .and_then(|(_, to)| to.parent())
            .map(|path| self.name(path))
            .unwrap_or_default();
        let what = self.language.choose(
            self.counted(&sources, "file", "files"),
            self.counted(&sources, "文件", "文件"),
        );
        self.language
            .choose(format!("{many} {what} into {into}"), format!("把{what}{many}到 {into}"))
    }

    fn bytes(&self, text: &[u8]) -> String {
        if text.len() <= 40 {
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            format!("\"{}\"", visible(text))
        } else {
            self.language.choose(format!("{} bytes", text.len()), format!("{} 字节", text.len()))
        }
    }
}

fn kept(clobber: Clobber) -> &'static str {
    match clobber {
        Clobber::Keep => ", leaving what exists there",
        Clobber::Replace | Clobber::Refuse => "",
    }
}

fn kept_in_chinese(clobber: Clobber) -> &'static str {
    match clobber {
        Clobber::Keep => "，已存在的保持不变",
        Clobber::Replace | Clobber::Refuse => "",
    }
}

fn signal_name(number: i32) -> String {
    signal::name(number).unwrap_or_else(|| number.to_string())
}

fn numbers(processes: &[i32]) -> String {
    processes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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

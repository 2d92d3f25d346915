//! `llmsh doctor`: what llmsh finds on this machine, in a form that can be pasted into a
//! report. It changes nothing and starts no model.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Session, trial};
use crate::config::{self, Directories};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::model::store::{self, Presence};
use crate::preview::{Request, Unavailable, preview};
use crate::redaction::redact;
use crate::system::{descriptor, disk, file_access, identity, terminal};
use crate::{history, tui, undo};

/// The widest name of a finding, in columns.
const NAMES: usize = 14;

/// How long trying a preview may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Less free space than this is told, in bytes.
const LITTLE: u64 = 256 << 20;

/// One thing that was looked at.
struct Finding {
    name: &'static str,
    what: String,
    /// What to do, where it is not as it should be.
    remedy: Option<String>,
}

/// The report, and whether all is well.
#[must_use]
pub fn report(language: Language) -> (String, ExitStatus) {
    let findings = look(language);
    let home = std::env::var("HOME").ok().filter(|home| home.len() > 1);
    let mut text = String::new();
    for Finding { name, what, remedy } in &findings {
        let mark = if remedy.is_some() { '!' } else { ' ' };
        let pad = NAMES.saturating_sub(unicode_width::UnicodeWidthStr::width(*name));
        let _ = writeln!(text, "{mark} {name}{:pad$}{what}", "");
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "  {:NAMES$}{remedy}", "");
        }
    }
    if let Some(home) = &home {
        // In quotes a tilde would be no directory.
        text = text.replace(&format!("'{home}/"), "~/'").replace(&format!("{home}/"), "~/");
    }
    let well = findings.iter().all(|finding| finding.remedy.is_none());
    let status = if well { ExitStatus::SUCCESS } else { ExitStatus::FAILURE };
    (redact(&text).into_text(), status)
}

fn look(language: Language) -> Vec<Finding> {
    let mut findings = vec![version(language), system(language)];
    findings.push(on_terminal(language));
    findings.push(locale(language));
    let directories = match Directories::of_user() {
        Ok(directories) => directories,
        Err(error) => {
            let remedy = language.choose("set HOME to a directory that is yours", "请设置 HOME");
            findings.push(problem(language.choose("directories", "目录"), &error, remedy));
            return findings;
        }
    };
    let user = identity::effective_user();
    findings.push(configuration(&directories, user, language));
    findings.extend(places(&directories, user, language));
    match Session::open() {
        Ok(session) => {
            findings.push(model(&session, language));
            findings.push(worker(&session, language));
        }
        Err(error) => findings.push(Finding {
            name: language.choose("model", "模型"),
            what: error.message,
            remedy: Some(error.hint.unwrap_or_default()),
        }),
    }
    findings.push(previews(&directories, language));
    findings.push(groups(language));
    findings.push(kept(&directories, language));
    findings
}

fn found(name: &'static str, what: impl Into<String>) -> Finding {
    Finding { name, what: what.into(), remedy: None }
}

fn problem(name: &'static str, what: &impl ToString, remedy: impl Into<String>) -> Finding {
    Finding { name, what: what.to_string(), remedy: Some(remedy.into()) }
}

/// The first line of a file, without its end.
fn line_of(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.lines().next()?.to_owned())
}

fn version(language: Language) -> Finding {
    let model = if cfg!(feature = "llama") {
        language.choose("with llama.cpp", "含 llama.cpp")
    } else {
        language.choose("without llama.cpp", "不含 llama.cpp")
    };
    let version = env!("CARGO_PKG_VERSION");
    found("llmsh", format!("{version} ({}, {model})", std::env::consts::ARCH))
}

fn system(language: Language) -> Finding {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = line_of("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?.to_owned();
        line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()
    });
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = memory.map_or_else(String::new, |kibibytes| {
        format!(", {:.1} GiB", kibibytes as f64 / f64::from(1 << 20))
    });
    let system = name.unwrap_or("Linux").trim_matches('"');
    let cores = language.choose(format!("{cores} cores"), format!("{cores} 核"));
    found(
        language.choose("system", "系统"),
        format!(
            "{}, Linux {}, {cores}{memory}",
            visible(system.as_bytes()),
            visible(kernel.as_bytes())
        ),
    )
}

fn on_terminal(language: Language) -> Finding {
    let name = language.choose("terminal", "终端");
    let kind = std::env::var("TERM").unwrap_or_default();
    if !terminal::is_terminal(descriptor::STDOUT) && !terminal::is_terminal(descriptor::STDERR) {
        return found(
            name,
            language.choose("none: this goes to a file or a pipe", "无：输出到文件或管道"),
        );
    }
    let size = crossterm::terminal::size()
        .map_or_else(|_| String::new(), |(columns, rows)| format!(", {columns}x{rows}"));
    let colour = std::env::var("COLORTERM").unwrap_or_default();
    let colour = if colour.is_empty() { String::new() } else { format!(", {colour}") };
    let kind = visible(kind.as_bytes());
    let what = format!("{kind}{size}{}", visible(colour.as_bytes()));
    if kind.is_empty() {
        let remedy = language.choose("set TERM, or lines are edited plainly", "请设置 TERM");
        return problem(name, &language.choose("TERM is not set", "未设置 TERM"), remedy);
    }
    if tui::inline::is_possible() {
        return found(name, what);
    }
    let plain = language.choose("plans are shown as plain text", "计划以纯文本显示");
    found(name, format!("{what}; {plain}"))
}

fn locale(language: Language) -> Finding {
    let name = language.choose("locale", "区域设置");
    let said = ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| {
            Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?))
        })
        .map(|(name, value)| format!("{name}={}", visible(value.as_bytes())))
        .collect::<Vec<_>>()
        .join(" ");
    let said = if said.is_empty() { "-".to_owned() } else { said };
    let speaks = language.choose("English", "中文");
    if tui::inline::is_utf8() {
        return found(name, format!("{said}; UTF-8; {speaks}"));
    }
    let remedy = language.choose(
        "set LC_CTYPE or LANG to a UTF-8 locale (C.UTF-8), or other characters are shown as ?",
        "请将 LC_CTYPE 或 LANG 设为 UTF-8（如 C.UTF-8）",
    );
    problem(name, &format!("{said}; {speaks}"), remedy)
}

fn configuration(directories: &Directories, user: u32, language: Language) -> Finding {
    let name = language.choose("configuration", "配置");
    let path = directories.config.join(config::FILE_NAME);
    let shown = shown(&path);
    match config::load(&directories.config, user) {
        Ok(_) if path.exists() => {
            let read = language.choose("read", "已读取");
            found(name, format!("{shown}: {read}"))
        }
        Ok(_) => {
            let absent = language.choose("absent, the defaults hold", "不存在，使用默认值");
            found(name, format!("{shown}: {absent}"))
        }
        Err(error) => problem(name, &visible(error.to_string().as_bytes()), error.hint()),
    }
}

/// The directories: whose they are, who may write to them, how much room there is.
fn places(directories: &Directories, user: u32, language: Language) -> Vec<Finding> {
    let all = [
        (language.choose("config", "配置目录"), &directories.config),
        (language.choose("data", "数据目录"), &directories.data),
        (language.choose("state", "状态目录"), &directories.state),
        (language.choose("cache", "缓存目录"), &directories.cache),
    ];
    all.into_iter().map(|(name, path)| place(name, path, user, language)).collect()
}

fn place(name: &'static str, path: &Path, user: u32, language: Language) -> Finding {
    let text = shown(path);
    let existing = path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let free = disk::available_bytes(existing).unwrap_or(0);
    let room =
        language.choose(format!("{} MiB free", free >> 20), format!("可用 {} MiB", free >> 20));
    let writable = file_access::accessible(existing, file_access::Access::Write);
    let Ok(metadata) = path.metadata() else {
        let what = language.choose(
            format!("{text}: made when it is needed; {room}"),
            format!("{text}：需要时创建；{room}"),
        );
        if writable {
            return found(name, what);
        }
        let existing = shown(existing);
        let remedy = language.choose(
            format!("{existing} cannot be written to: nothing is remembered"),
            format!("{existing} 不可写：不会保存任何内容"),
        );
        return problem(name, &what, remedy);
    };
    let what = format!("{text}: {:04o}, {room}", metadata.mode() & 0o7777);
    let remedy = if metadata.uid() != user {
        language.choose(
            format!("it belongs to user {}: chown it, or set HOME to your own", metadata.uid()),
            format!("属于用户 {}：请更改所有者，或设置 HOME", metadata.uid()),
        )
    } else if metadata.mode() & 0o022 != 0 {
        language.choose(
            format!("others may write to it: chmod go-w '{}'", shown(path)),
            format!("其他用户可写：chmod go-w '{}'", shown(path)),
        )
    } else if !writable {
        language.choose(
            "it cannot be written to: nothing is remembered".to_owned(),
            "不可写：不会保存任何内容".to_owned(),
        )
    } else if free < LITTLE {
        language.choose(
            "there is little room: llmsh trash list, llmsh undo --list show what is kept"
                .to_owned(),
            "空间不足：llmsh trash list 与 llmsh undo --list 显示所保存的内容".to_owned(),
        )
    } else {
        return found(name, what);
    };
    problem(name, &what, remedy)
}

fn model(session: &Session, language: Language) -> Finding {
    let name = language.choose("model", "模型");
    match super::model::chosen(session) {
        Ok(model) if !cfg!(feature = "llama") => problem(
            name,
            &visible(model.name.as_bytes()),
            language.choose(
                "this llmsh was built without llama.cpp and answers no requests: install one \
                 that was built with it",
                "此 llmsh 构建时不含 llama.cpp，无法回答请求：请安装包含它的版本",
            ),
        ),
        Ok(model) => {
            let bytes = model.path.metadata().map_or(0, |metadata| metadata.len());
            let path = shown(&model.path);
            found(name, format!("{}, {} MiB, {path}", visible(model.name.as_bytes()), bytes >> 20))
        }
        Err(error) => {
            let partly = store::models(&session.store_context()).into_iter().find_map(|model| {
                match model.presence {
                    Presence::Partial(bytes) => {
                        Some(format!("{} ({} MiB)", model.name, bytes >> 20))
                    }
                    _ => None,
                }
            });
            let partly = partly.map_or_else(String::new, |partly| {
                language.choose(format!("; begun: {partly}"), format!("；下载中：{partly}"))
            });
            let remedy = match &error {
                crate::model::ModelError::Missing { hint, .. } => hint.clone(),
                _ => "llmsh model list".to_owned(),
            };
            problem(name, &format!("{}{partly}", visible(error.to_string().as_bytes())), remedy)
        }
    }
}

fn worker(session: &Session, language: Language) -> Finding {
    let idle =
        language.choose("not running; the first request starts it", "未运行；首次请求时启动");
    let what = session.worker_status().unwrap_or_else(|| idle.to_owned());
    found(language.choose("worker", "模型进程"), visible(what.as_bytes()))
}

/// By which mechanism plans are tried aside, found out by trying.
fn previews(directories: &Directories, language: Language) -> Finding {
    let name = language.choose("preview", "预览");
    let scratch = trial::places(directories);
    let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let request = Request {
        directory: &directory,
        touched: &[],
        scratch: &scratch,
        time: PATIENCE,
        bytes: 1 << 20,
        memory: 1 << 30,
        interrupted: &|| false,
    };
    let begin = Instant::now();
    match preview(&request, || 0) {
        Ok(preview) => {
            let time = begin.elapsed().as_millis();
            let count = preview.writable.len();
            let many = if count == 1 { "1 directory" } else { &format!("{count} directories") };
            found(
                name,
                language.choose(
                    format!("name spaces, and overlays over {many} ({time} ms)"),
                    format!("命名空间与 overlay，覆盖 {count} 个目录（{time} 毫秒）"),
                ),
            )
        }
        Err(reason) => problem(name, &reason.reason(language), Unavailable::remains(language)),
    }
}

/// The control group that this process is in, and whether it may make others below it.
fn groups(language: Language) -> Finding {
    let name = "cgroup";
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(path) = own.lines().find_map(|line| line.strip_prefix("0::")) else {
        return found(
            name,
            language.choose("version 1, or none: limits are per process", "无 v2：按进程限制"),
        );
    };
    let place = Path::new("/sys/fs/cgroup").join(path.trim_start_matches('/'));
    let controllers = fs::read_to_string(place.join("cgroup.controllers")).unwrap_or_default();
    let writable = file_access::accessible(&place, file_access::Access::Write);
    let writable = if writable {
        language.choose("writable", "可写")
    } else {
        language.choose("not writable: limits are per process", "不可写：按进程限制")
    };
    let path = visible(path.as_bytes());
    let controllers = match controllers.trim() {
        "" => language.choose("no controllers", "无控制器"),
        some => some,
    };
    found(name, format!("v2 {path}, {writable}; {controllers}"))
}

/// What is remembered, in bytes.
fn kept(directories: &Directories, language: Language) -> Finding {
    let size = |path: PathBuf| path.metadata().map_or(0, |metadata| metadata.len()) >> 10;
    let history = size(directories.state.join(history::DATABASE_NAME));
    let journal = size(directories.data.join(undo::FILE_NAME));
    let preferences = size(directories.data.join(crate::preference::DATABASE_NAME));
    found(
        language.choose("kept", "已保存"),
        language.choose(
            format!("history {history} KiB, undo {journal} KiB, preferences {preferences} KiB"),
            format!("历史 {history} KiB，撤销 {journal} KiB，偏好 {preferences} KiB"),
        ),
    )
}

fn shown(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes()).to_string()
}

/// Prints the report.
///
/// # Errors
/// Standard output cannot be written to.
pub fn run(output: &mut dyn std::io::Write) -> Result<ExitStatus, Diagnostic> {
    let (text, status) = report(Language::of_environment());
    output
        .write_all(text.as_bytes())
        .map_err(|error| Diagnostic::new(format!("cannot write: {error}")))?;
    Ok(status)
}

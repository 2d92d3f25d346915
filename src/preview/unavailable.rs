//! Why there is no preview, in words.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::language::Language;
use crate::system::namespace::{Forbidden, Stage};
use crate::system::{Errno, message};

/// Why a plan cannot be previewed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Something is mounted below a directory that the plan changes, and no
    /// overlay can be put over both.
    MountBelow {
        /// The directory.
        path: PathBuf,
        /// What is mounted.
        mount: PathBuf,
    },
    /// What the plan changes are no files.
    NoFiles {
        /// The directory.
        path: PathBuf,
        /// The type of its file system.
        kind: String,
    },
    /// There is no room for what would change.
    Scratch {
        /// Where it was to be.
        path: PathBuf,
        /// What the system says.
        error: Errno,
    },
    /// The kernel, or who set it up, forbids it.
    Forbidden {
        /// How far it came.
        reason: Forbidden,
        /// The directory that could not be overlaid.
        path: Option<PathBuf>,
        /// The setting that forbids it, as far as one could be found.
        setting: Option<Setting>,
    },
}

/// A setting of the system that forbids previews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `kernel.apparmor_restrict_unprivileged_userns` is 1.
    AppArmor,
    /// `kernel.unprivileged_userns_clone` is 0.
    Clone,
    /// `user.max_user_namespaces` is reached, or 0.
    Most,
}

impl Setting {
    /// The setting that explains a refusal; `read` gives the content of a file
    /// below `/proc/sys`.
    pub(super) fn find(reason: Forbidden, read: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let is = |path: &str, value: &str| read(path).is_some_and(|text| text.trim() == value);
        let denied = matches!(reason.error, Errno::EPERM | Errno::EACCES);
        match reason.stage {
            Stage::Names if reason.error == Errno::ENOSPC => Some(Self::Most),
            Stage::Names if denied && is("kernel/unprivileged_userns_clone", "0") => {
                Some(Self::Clone)
            }
            _ if denied && is("kernel/apparmor_restrict_unprivileged_userns", "1") => {
                Some(Self::AppArmor)
            }
            _ => None,
        }
    }

    /// Its name for `sysctl`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AppArmor => "kernel.apparmor_restrict_unprivileged_userns",
            Self::Clone => "kernel.unprivileged_userns_clone",
            Self::Most => "user.max_user_namespaces",
        }
    }
}

impl Unavailable {
    /// The reason, in one sentence without its period.
    #[must_use]
    pub fn reason(&self, language: Language) -> String {
        match self {
            Self::MountBelow { path, mount } => {
                let (path, mount) = (show(path), show(mount));
                language.choose(
                    format!(
                        "{path} cannot be previewed, because another file system is mounted \
                         below it, on {mount}"
                    ),
                    format!("无法预览 {path}：其下的 {mount} 挂载了另一个文件系统"),
                )
            }
            Self::NoFiles { path, kind } => {
                let path = show(path);
                language.choose(
                    format!(
                        "{path} cannot be previewed: it holds no files, but the system ({kind})"
                    ),
                    format!("无法预览 {path}：其中不是文件，而是系统本身（{kind}）"),
                )
            }
            Self::Scratch { path, error } => {
                let (path, error) = (show(path), message(*error));
                language.choose(
                    format!("there is no room for a preview in {path}: {error}"),
                    format!("{path} 中没有可供预览的空间：{error}"),
                )
            }
            Self::Forbidden { setting: Some(setting), .. } => {
                let name = setting.name();
                language.choose(
                    format!("this system's setting {name} does not let you have name spaces"),
                    format!("本系统的设置 {name} 不允许使用命名空间"),
                )
            }
            Self::Forbidden { reason, path, .. } => forbidden(*reason, path.as_deref(), language),
        }
    }

    /// What can be done instead, in one sentence without its period.
    #[must_use]
    pub fn remains(language: Language) -> &'static str {
        language.choose(
            "run it step by step; what a plan says can be undone, can be undone afterwards",
            "可以逐步执行；计划标明可撤销的步骤，执行后仍可撤销",
        )
    }
}

fn forbidden(reason: Forbidden, path: Option<&Path>, language: Language) -> String {
    let error = message(reason.error);
    let (english, chinese) = match (reason.stage, reason.error) {
        (Stage::Names, Errno::EPERM | Errno::EACCES) => (
            "this system, perhaps a container, does not let you make name spaces".to_owned(),
            "本系统（可能是容器）不允许创建命名空间".to_owned(),
        ),
        (Stage::Overlay(_), Errno::ENODEV) => (
            "this kernel has no overlay file system".to_owned(),
            "此内核没有 overlay 文件系统".to_owned(),
        ),
        (Stage::Overlay(_), _) => {
            let path = path.map_or_else(|| "/".to_owned(), show);
            (
                format!("this kernel cannot put an overlay over {path}: {error}"),
                format!("此内核无法在 {path} 上建立 overlay：{error}"),
            )
        }
        (Stage::ReadOnly, Errno::ENOSYS) => {
            ("this kernel is older than Linux 5.12".to_owned(), "此内核早于 Linux 5.12".to_owned())
        }
        (Stage::Processes, Errno::EPERM) => (
            "this system, perhaps a container, hides parts of /proc".to_owned(),
            "本系统（可能是容器）隐藏了 /proc 的一部分".to_owned(),
        ),
        (stage, _) => {
            let (what, in_chinese) = match stage {
                Stage::Process => ("start a process", "启动进程"),
                Stage::Names => ("make name spaces", "创建命名空间"),
                Stage::Users => ("keep your user number", "保留用户编号"),
                Stage::Overlay(_) | Stage::ReadOnly => {
                    ("make everything else read-only", "将其余部分设为只读")
                }
                Stage::Devices => ("make a /dev", "建立 /dev"),
                Stage::Processes => ("make a /proc", "建立 /proc"),
                Stage::Directory => ("enter the working directory", "进入工作目录"),
                Stage::Confinement => ("confine it", "加以限制"),
            };
            (
                format!("a preview could not {what}: {error}"),
                format!("预览无法{in_chinese}：{error}"),
            )
        }
    };
    language.choose(english, chinese)
}

fn show(path: impl AsRef<Path>) -> String {
    visible(path.as_ref().as_os_str().as_encoded_bytes())
}

impl std::fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.reason(Language::English))
    }
}

impl std::error::Error for Unavailable {}

impl From<Unavailable> for Diagnostic {
    fn from(error: Unavailable) -> Self {
        Self::new(error.to_string()).hint(Unavailable::remains(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_that_forbids_it_is_named() {
        let reason = |stage, error| Forbidden { stage, error };
        let system = |wanted: &'static str, value: &'static str| {
            move |path: &str| (path == wanted).then(|| format!("{value}\n"))
        };
        let apparmor = system("kernel/apparmor_restrict_unprivileged_userns", "1");
        let clone = system("kernel/unprivileged_userns_clone", "0");
        let names = reason(Stage::Names, Errno::EPERM);
        let overlay = reason(Stage::Overlay(0), Errno::EACCES);
        assert_eq!(Setting::find(overlay, apparmor), Some(Setting::AppArmor));
        assert_eq!(Setting::find(names, clone), Some(Setting::Clone));
        let full = reason(Stage::Names, Errno::ENOSPC);
        assert_eq!(Setting::find(full, |_| None), Some(Setting::Most));
        assert_eq!(Setting::find(names, |_| None), None);
    }

    #[test]
    fn the_reason_and_what_remains_are_said() {
        let error = Unavailable::Forbidden {
            reason: Forbidden { stage: Stage::Names, error: Errno::EPERM },
            path: None,
            setting: None,
        };
        assert_eq!(
            Diagnostic::from(error).to_string(),
            "llmsh: this system, perhaps a container, does not let you make name spaces\n\
             llmsh: run it step by step; what a plan says can be undone, can be undone afterwards"
        );
    }
}

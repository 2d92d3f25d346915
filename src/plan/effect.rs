//! Effects: what a step reads, creates, changes and deletes, and the risk that
//! follows from them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::language::Language;

/// What a step does to the world, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Paths that are read, as far as they were named.
    pub reads: Vec<PathBuf>,
    /// Paths that come into being.
    pub creates: Vec<PathBuf>,
    /// Paths whose content, name, mode or owner changes.
    pub changes: Vec<PathBuf>,
    /// Paths that go away while what they name stays under another name.
    pub moves: Vec<PathBuf>,
    /// Paths that go away.
    pub deletes: Vec<PathBuf>,
    /// Directories in which files come into being or change; which ones is not
    /// known before.
    pub within: Vec<PathBuf>,
    /// Something goes away that is not in the list.
    pub deletes_unlisted: bool,
    /// What changes and is no file.
    pub things: Vec<Thing>,
    /// What goes away and is no file.
    pub lost_things: Vec<Thing>,
    /// Processes that get a signal.
    pub signals: Vec<i32>,
    /// The network is used.
    pub network: bool,
    /// Privileges are asked for.
    pub privilege: bool,
    /// The directory or variables of the session change.
    pub environment: bool,
    /// Why more may happen than is listed; `None`: the list is complete.
    pub unknown: Option<String>,
    /// Why nobody may run it, whatever they say.
    pub forbidden: Option<String>,
}

impl Effects {
    /// Effects that are not known, for this reason.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), ..Self::default() }
    }

    /// Everything that is not left as it was.
    pub fn writes(&self) -> impl Iterator<Item = &Path> {
        let listed = self.creates.iter().chain(&self.changes).chain(&self.moves);
        listed.chain(&self.deletes).chain(&self.within).map(PathBuf::as_path)
    }

    /// Adds another step's effects.
    pub fn merge(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.creates.extend(other.creates);
        self.changes.extend(other.changes);
        self.moves.extend(other.moves);
        self.deletes.extend(other.deletes);
        self.within.extend(other.within);
        self.deletes_unlisted |= other.deletes_unlisted;
        self.things.extend(other.things);
        self.lost_things.extend(other.lost_things);
        self.signals.extend(other.signals);
        self.network |= other.network;
        self.privilege |= other.privilege;
        self.environment |= other.environment;
        self.unknown = self.unknown.take().or(other.unknown);
        self.forbidden = self.forbidden.take().or(other.forbidden);
    }

    /// The risk.
    #[must_use]
    pub fn risk(&self) -> Risk {
        if self.forbidden.is_some() {
            Risk::Forbidden
        } else if self.privilege {
            Risk::Privilege
        } else if !self.deletes.is_empty() || self.deletes_unlisted || !self.lost_things.is_empty()
        {
            Risk::Delete
        } else if self.unknown.is_some() {
            Risk::Unknown
        } else if self.network || self.things.iter().any(|thing| thing.is_outside()) {
            Risk::Outside
        } else if self.writes().next().is_some()
            || !self.things.is_empty()
            || !self.signals.is_empty()
            || self.environment
        {
            Risk::Write
        } else {
            Risk::Read
        }
    }
}

/// How much a step can do, from nothing to what nobody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It only reads.
    Read,
    /// It creates, changes or moves.
    Write,
    /// It uses the network, or changes what is no file: packages, services.
    Outside,
    /// It may do more than can be told.
    Unknown,
    /// It deletes.
    Delete,
    /// It asks for privileges.
    Privilege,
    /// It is refused.
    Forbidden,
}

impl Risk {
    /// The word that is shown.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Read => ("reads only", "只读"),
            Self::Write => ("changes", "有改动"),
            Self::Outside => ("beyond files", "涉及文件以外"),
            Self::Unknown => ("unknown effects", "影响未知"),
            Self::Delete => ("DELETES", "【删除】"),
            Self::Privilege => ("PRIVILEGED", "【特权】"),
            Self::Forbidden => ("FORBIDDEN", "【禁止】"),
        };
        language.choose(english, chinese)
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
            Self::Delete => "delete",
            Self::Privilege => "privilege",
            Self::Forbidden => "forbidden",
        }
    }
}

/// What a program can change that is no file of the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Thing {
    /// Installed packages of the system.
    Packages,
    /// Services of the system.
    Services,
    /// Containers.
    Containers,
    /// Images of containers.
    Images,
    /// Volumes of containers.
    Volumes,
    /// History, branches and index of a git repository.
    Repository,
    /// Something on another machine.
    Remote,
    /// Processes, chosen by name or the like.
    Processes,
    /// Users and groups.
    Users,
    /// Mounted file systems.
    Mounts,
    /// Power, clock, settings of the kernel.
    Machine,
    /// Commands that run at set times.
    Schedule,
    /// What is seen on the desktop.
    Desktop,
    /// A database.
    Database,
    /// Packages of a programming language.
    Environment,
}

impl Thing {
    /// All of them with their names in tables and JSON, in English and Chinese.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 15] = [
        (Self::Packages, "packages", "installed packages", "已安装的软件包"),
        (Self::Services, "services", "services of the system", "系统服务"),
        (Self::Containers, "containers", "containers", "容器"),
        (Self::Images, "images", "container images", "容器镜像"),
        (Self::Volumes, "volumes", "container volumes", "容器卷"),
        (Self::Repository, "repository", "the git repository", "git 仓库"),
        (Self::Remote, "remote", "something on another machine", "其他机器上的内容"),
        (Self::Processes, "processes", "running processes", "正在运行的进程"),
        (Self::Users, "users", "users and groups", "用户和用户组"),
        (Self::Mounts, "mounts", "mounted file systems", "已挂载的文件系统"),
        (Self::Machine, "machine", "the machine's power, clock or kernel", "电源、时钟或内核设置"),
        (Self::Schedule, "schedule", "scheduled commands", "定时任务"),
        (Self::Desktop, "desktop", "the desktop", "桌面"),
        (Self::Database, "database", "a database", "数据库"),
        (Self::Environment, "environment", "packages of a language", "编程语言的软件包"),
    ];

    fn row(self) -> (Self, &'static str, &'static str, &'static str) {
        // ALL is in the order of the variants, which a test checks.
        Self::ALL[self as usize]
    }

    /// The name in tables and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// How a person is told.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        language.choose(self.row().2, self.row().3)
    }

    /// The thing of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Whether it is more than a kind of file in the user's own directories.
    #[must_use]
    pub fn is_outside(self) -> bool {
        !matches!(self, Self::Repository | Self::Environment)
    }
}

/// How much is deleted, copied or changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Files and links.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// The size of the files' contents in bytes; a file with several names
    /// counts once a name.
    pub bytes: u64,
    /// There is more that was not counted.
    pub more: bool,
}

/// Whether a step can be undone once it has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// It changes nothing.
    Nothing,
    /// All of it.
    Full,
    /// A part; what remains.
    Partly(String),
    /// Nothing; why.
    No(String),
}

impl Reversal {
    /// The name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Full => "full",
            Self::Partly(_) => "partly",
            Self::No(_) => "no",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_stand_in_the_order_of_their_table() {
        for (index, row) in Thing::ALL.iter().enumerate() {
            assert_eq!(row.0 as usize, index);
            assert_eq!(Thing::of_name(row.1), Some(row.0));
        }
    }

    #[test]
    fn the_worst_effect_gives_the_risk() {
        let none = Effects::default();
        assert_eq!(none.risk(), Risk::Read);
        let repository = Effects { things: vec![Thing::Repository], ..none.clone() };
        assert_eq!(repository.risk(), Risk::Write);
        let packages = Effects { things: vec![Thing::Packages], ..none.clone() };
        assert_eq!(packages.risk(), Risk::Outside);
        assert_eq!(Effects { network: true, ..none.clone() }.risk(), Risk::Outside);
        assert_eq!(Effects { lost_things: vec![Thing::Images], ..packages }.risk(), Risk::Delete);
        let unlisted = Effects { deletes_unlisted: true, ..Effects::unknown("x") };
        assert_eq!(unlisted.risk(), Risk::Delete);
        assert_eq!(Effects { within: vec!["/a".into()], ..none }.risk(), Risk::Write);
    }
}

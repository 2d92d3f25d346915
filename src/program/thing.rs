//! What programs change that is no file.

use serde::{Deserialize, Serialize};

use crate::language::Language;

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
}

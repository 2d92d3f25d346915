//! Classes of places: what a rule can name without listing paths.

use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::glob::{Glob, resolve_name, resolve_target};
use crate::config::Directories;
use crate::system::identity;

/// A kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// `/` and the directory of home directories.
    Root,
    /// A home directory itself.
    Home,
    /// The directories of the system themselves.
    SystemDirectory,
    /// Directories that hold what many users or programs put there, themselves.
    SharedDirectory,
    /// What belongs to the system: its directories with what is in them.
    System,
    /// What the machine starts with.
    Boot,
    /// Disks and their partitions.
    BlockDevice,
    /// llmsh's own files, and those without which nobody can log in.
    Shell,
    /// Keys and passwords.
    Secrets,
    /// What lies in the home directory.
    InsideHome,
    /// What lies in directories for temporary files.
    Temporary,
}

impl Class {
    /// All of them with their names in rules.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Root, "root"),
        (Self::Home, "home"),
        (Self::SystemDirectory, "system-directory"),
        (Self::SharedDirectory, "shared-directory"),
        (Self::System, "system"),
        (Self::Boot, "boot"),
        (Self::BlockDevice, "block-device"),
        (Self::Shell, "shell"),
        (Self::Secrets, "secrets"),
        (Self::InsideHome, "inside-home"),
        (Self::Temporary, "temporary"),
    ];

    /// The class of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

const ROOT: &[&str] = &["/", "/home"];

/// The directories without which the machine does not work.
const SYSTEM_DIRECTORIES: &[&str] = &[
    "/bin",
    "/boot",
    "/dev",
    "/efi",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/proc",
    "/root",
    "/sbin",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/include",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
];

const SHARED_DIRECTORIES: &[&str] = &[
    "/dev/shm",
    "/media",
    "/mnt",
    "/opt",
    "/run",
    "/srv",
    "/tmp",
    "/usr/local",
    "/var/log",
    "/var/tmp",
];

const SYSTEM: &[&str] = &[
    "/bin/**",
    "/boot/**",
    "/efi/**",
    "/etc/**",
    "/lib/**",
    "/lib32/**",
    "/lib64/**",
    "/libx32/**",
    "/proc/**",
    "/sbin/**",
    "/sys/**",
    "/usr/**",
    "/var/lib/**",
];

const BOOT: &[&str] = &[
    "/boot/**",
    "/efi/**",
    "/sys/firmware/efi/**",
    "/sbin/init",
    "/usr/lib/modules/**",
    "/usr/lib/systemd/systemd",
    "/vmlinuz",
    "/initrd.img",
];

/// Names of disks; also where this machine has no such disk.
const BLOCK_DEVICES: &[&str] = &[
    "/dev/sd[a-z]*",
    "/dev/hd[a-z]*",
    "/dev/vd[a-z]*",
    "/dev/xvd[a-z]*",
    "/dev/nvme[0-9]*",
    "/dev/mmcblk[0-9]*",
    "/dev/md[0-9]*",
    "/dev/dm-*",
    "/dev/loop[0-9]*",
    "/dev/zram[0-9]*",
    "/dev/ram[0-9]*",
    "/dev/sr[0-9]*",
    "/dev/fd[0-9]*",
    "/dev/nbd[0-9]*",
    "/dev/rbd[0-9]*",
    "/dev/drbd[0-9]*",
    "/dev/zd[0-9]*",
    "/dev/zvol/**",
    "/dev/bcache[0-9]*",
    "/dev/dasd[a-z]*",
    "/dev/pmem[0-9]*",
    "/dev/mtd[0-9]*",
    "/dev/mtdblock[0-9]*",
    "/dev/ubd[a-z]*",
    "/dev/cdrom",
    "/dev/root",
    "/dev/block/**",
    "/dev/mapper/*",
    "/dev/disk/**",
];

/// What a login needs, beside llmsh's own files.
const LOGIN: &[&str] = &[
    "/bin/bash",
    "/bin/dash",
    "/bin/login",
    "/bin/sh",
    "/lib*/ld-linux*",
    "/lib*/libc.so.*",
    "/lib*/*/ld-linux*",
    "/lib*/*/libc.so.*",
    "/usr/lib*/ld-linux*",
    "/usr/lib*/libc.so.*",
    "/usr/lib*/*/ld-linux*",
    "/usr/lib*/*/libc.so.*",
    "/etc/group",
    "/etc/gshadow",
    "/etc/ld.so.preload",
    "/etc/llmsh/**",
    "/etc/nsswitch.conf",
    "/etc/pam.d/**",
    "/etc/passwd",
    "/etc/profile",
    "/etc/shadow",
    "/etc/shells",
    "/etc/sudoers",
    "/etc/sudoers.d/**",
];

/// The same in a home directory.
const LOGIN_AT_HOME: &[&str] = &["~/.profile", "~/.bash_profile", "~/.bash_login", "~/.zprofile"];

const SECRETS: &[&str] = &["/etc/shadow", "/etc/gshadow", "/etc/ssl/private/**", "/root/.ssh/**"];

const SECRETS_AT_HOME: &[&str] = &[
    "~/.ssh/**",
    "~/.gnupg/**",
    "~/.aws/**",
    "~/.azure/**",
    "~/.kube/**",
    "~/.docker/config.json",
    "~/.config/gcloud/**",
    "~/.config/gh/**",
    "~/.config/op/**",
    "~/.git-credentials",
    "~/.netrc",
    "~/.pgpass",
    "~/.my.cnf",
    "~/.password-store/**",
    "~/.local/share/keyrings/**",
    "~/.vault-token",
    "~/.npmrc",
    "~/.pypirc",
    "~/.cargo/credentials.toml",
    "~/.mozilla/**",
];

const TEMPORARY: &[&str] = &["/tmp", "/var/tmp", "/dev/shm"];

/// Where the classes lie on this machine, for this user.
#[derive(Clone, Debug)]
pub struct Places {
    home: Option<PathBuf>,
    root: Vec<Glob>,
    homes: Vec<Glob>,
    system_directories: Vec<Glob>,
    shared_directories: Vec<Glob>,
    system: Vec<Glob>,
    boot: Vec<Glob>,
    block_devices: Vec<Glob>,
    shell: Vec<Glob>,
    secrets: Vec<Glob>,
    inside_home: Vec<Glob>,
    temporary: Vec<Glob>,
}

impl Places {
    /// The places for a home directory, `own` being llmsh's own files and
    /// directories.
    #[must_use]
    pub fn new(home: Option<&Path>, own: &[PathBuf]) -> Self {
        // Without a home directory nothing is in it; a relative one is none.
        let named = home.filter(|home| home.is_absolute());
        let home = named.map(resolve_target);
        let globs = |texts: &[&str]| -> Vec<Glob> {
            texts.iter().filter_map(|text| Glob::new(text, home.as_deref()).ok()).collect()
        };
        let mut homes = globs(&["/home/*", "/root", "~"]);
        // Where the environment says something else than the user database, and where
        // one of them is a link: without it, the home directory is not found.
        for home in named.map(Path::to_owned).into_iter().chain(home_in_database()) {
            homes.extend([resolve_name(&home), resolve_target(&home)].map(|it| Glob::exactly(&it)));
        }
        let mut shell = globs(LOGIN);
        shell.extend(globs(LOGIN_AT_HOME));
        for path in own {
            shell.extend([resolve_name(path), resolve_target(path)].map(|it| Glob::tree(&it)));
        }
        let mut secrets = globs(SECRETS);
        secrets.extend(globs(SECRETS_AT_HOME));
        Self {
            root: globs(ROOT),
            homes,
            system_directories: globs(SYSTEM_DIRECTORIES),
            shared_directories: globs(SHARED_DIRECTORIES),
            system: globs(SYSTEM),
            boot: globs(BOOT),
            block_devices: globs(BLOCK_DEVICES),
            shell,
            secrets,
            inside_home: globs(&["~/*/**"]),
            temporary: TEMPORARY
                .iter()
                .filter_map(|place| Glob::new(&format!("{place}/*/**"), None).ok())
                .collect(),
            home,
        }
    }

    /// The places of this process: its `HOME`, the directories of llmsh, and its
    /// program file.
    #[must_use]
    pub fn of_process(directories: &Directories) -> Self {
        let mut own: Vec<PathBuf> =
            [&directories.config, &directories.data, &directories.state].map(Clone::clone).into();
        own.extend(std::env::current_exe().ok());
        Self::new(std::env::var_os("HOME").map(PathBuf::from).as_deref(), &own)
    }

    /// The home directory, links resolved.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    fn globs(&self, class: Class) -> &[Glob] {
        match class {
            Class::Root => &self.root,
            Class::Home => &self.homes,
            Class::SystemDirectory => &self.system_directories,
            Class::SharedDirectory => &self.shared_directories,
            Class::System => &self.system,
            Class::Boot => &self.boot,
            Class::BlockDevice => &self.block_devices,
            Class::Shell => &self.shell,
            Class::Secrets => &self.secrets,
            Class::InsideHome => &self.inside_home,
            Class::Temporary => &self.temporary,
        }
    }

    /// Whether a resolved path is of the class.
    #[must_use]
    pub fn is(&self, path: &Path, class: Class) -> bool {
        self.globs(class).iter().any(|glob| glob.matches(path))
            || class == Class::BlockDevice && is_block_device(path)
    }

    /// Whether a resolved path and everything below it is of the class.
    #[must_use]
    pub fn is_with_all(&self, path: &Path, class: Class) -> bool {
        self.globs(class).iter().any(|glob| glob.matches_tree(path))
    }

    /// Whether something of the class may lie below a resolved path.
    #[must_use]
    pub fn may_be_below(&self, path: &Path, class: Class) -> bool {
        self.globs(class).iter().any(|glob| glob.may_match_below(path))
    }

    /// Whether nobody wants the path to be emptied: removing all that is in it
    /// counts as removing it.
    #[must_use]
    pub fn is_kept(&self, path: &Path) -> bool {
        [Class::Root, Class::Home, Class::SystemDirectory]
            .into_iter()
            .any(|class| self.is(path, class))
    }
}

fn is_block_device(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.file_type().is_block_device())
}

fn home_in_database() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let home = identity::home_of(identity::user_name()?.as_bytes())?;
    Some(PathBuf::from(std::ffi::OsString::from_vec(home)))
}

#[cfg(test)]
mod tests;

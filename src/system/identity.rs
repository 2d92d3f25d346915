//! Who runs this, and where: user, home directories, host.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use nix::unistd::{self, Uid, User};

/// The user whose rights this process has: what decides whether a file is the
/// person's own.
#[must_use]
pub fn effective_user() -> u32 {
    Uid::effective().as_raw()
}

/// The user who started this process.
#[must_use]
pub fn real_user() -> u32 {
    Uid::current().as_raw()
}

/// The groups that this process belongs to, its own first.
#[must_use]
pub fn groups() -> Vec<u32> {
    let own = unistd::getgid().as_raw();
    let mut groups = vec![own];
    let others = unistd::getgroups().unwrap_or_default();
    groups.extend(others.into_iter().map(unistd::Gid::as_raw).filter(|group| *group != own));
    groups
}

/// The names of the user database.
#[must_use]
pub fn user_names() -> Vec<String> {
    names_in("/etc/passwd")
}

/// The names of the group database.
#[must_use]
pub fn group_names() -> Vec<String> {
    names_in("/etc/group")
}

fn names_in(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

/// The name of this machine.
#[must_use]
pub fn host_name() -> String {
    unistd::gethostname().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether the process has privileges that its user does not have: no file of
/// the user's is to be trusted then (XCU sh, ENV).
#[must_use]
pub fn is_privileged_by_file() -> bool {
    Uid::current() != Uid::effective() || unistd::getgid() != unistd::getegid()
}

/// The home directory of the named user, from the user database.
#[must_use]
pub fn home_of(name: &[u8]) -> Option<Vec<u8>> {
    let name = std::str::from_utf8(name).ok()?;
    User::from_name(name).ok()?.map(|user| user.dir.into_os_string().into_vec())
}

/// The login shell of the current user, from the user database.
#[must_use]
pub fn login_shell() -> Option<std::path::PathBuf> {
    User::from_uid(Uid::current()).ok()?.map(|user| user.shell)
}

/// The name of the current user, from the user database.
#[must_use]
pub fn user_name() -> Option<String> {
    User::from_uid(Uid::current()).ok()?.map(|user| user.name)
}

/// The id of a user: a name of the user database, or a number.
#[must_use]
pub fn user_id(name: &str) -> Option<u32> {
    match User::from_name(name).ok()? {
        Some(user) => Some(user.uid.as_raw()),
        None => name.parse().ok(),
    }
}

/// The id of a group: a name of the group database, or a number.
#[must_use]
pub fn group_id(name: &str) -> Option<u32> {
    match unistd::Group::from_name(name).ok()? {
        Some(group) => Some(group.gid.as_raw()),
        None => name.parse().ok(),
    }
}

/// Whether the effective user may execute the file.
#[must_use]
pub fn may_execute(path: &[u8]) -> bool {
    let path = OsStr::from_bytes(path);
    unistd::faccessat(
        nix::fcntl::AT_FDCWD,
        path,
        unistd::AccessFlags::X_OK,
        nix::fcntl::AtFlags::AT_EACCESS,
    )
    .is_ok()
        && std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

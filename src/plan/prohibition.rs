//! What no one wants: the file system's root, the home directory and the
//! system's directories are not removed, moved or opened up, block devices are
//! not written, whatever is confirmed. Links and `..` are resolved first, so the
//! spelling does not matter.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileTypeExt;
use std::path::{Component, Path, PathBuf};

use bstr::BString;

use super::operation::{Mode, Operation, RemoveDepth};
use crate::shell::syntax::FunctionDefinition;

/// Directories without which the machine does not work.
const SYSTEM: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/lib",
];

/// Why the operation is forbidden, if it is.
#[must_use]
pub fn operation(operation: &Operation) -> Option<String> {
    match operation {
        Operation::Remove { paths, depth, .. } => {
            let deep = *depth == RemoveDepth::Recursive;
            paths
                .iter()
                .find(|path| critical(path) || deep && contains_critical(path))
                .map(|path| refuse("remove", path))
        }
        Operation::Move { pairs, .. } => pairs
            .iter()
            .map(|(from, _)| from)
            .find(|path| critical(path))
            .map(|path| refuse("move", path)),
        Operation::ChangeMode { paths, mode, recursive } => {
            let opens = match mode {
                Mode::Absolute(bits) => bits & 0o002 != 0 || bits & 0o700 != 0o700,
                Mode::Symbolic(_) => true,
            };
            paths
                .iter()
                .find(|path| critical(path) && (*recursive || opens))
                .map(|path| refuse("change the permissions of", path))
        }
        Operation::ChangeOwner { paths, recursive, .. } => paths
            .iter()
            .find(|path| critical(path) && (*recursive || **path != home().unwrap_or_default()))
            .map(|path| refuse("change the owner of", path)),
        Operation::WriteFile { paths, .. } => paths.iter().find_map(|path| write(path)),
        _ => None,
    }
}

/// Why writing to the path is forbidden, if it is.
#[must_use]
pub fn write(path: &Path) -> Option<String> {
    path.metadata()
        .is_ok_and(|metadata| metadata.file_type().is_block_device())
        .then(|| refuse("write to the disk", path))
}

/// Programs that make or destroy file systems.
const DISK: &[&[u8]] =
    &[b"mkswap", b"wipefs", b"fdisk", b"sfdisk", b"cfdisk", b"parted", b"sgdisk", b"blkdiscard"];

/// Why a program must not be run with these operands, also where that is not lowered.
#[must_use]
pub fn command(name: &[u8], operands: &[BString], directory: &Path) -> Option<String> {
    match name {
        b"rm" | b"rmdir" | b"mv" | b"shred" | b"chmod" | b"chown" | b"chgrp" => {
            let paths: Vec<PathBuf> = operands
                .iter()
                .filter(|operand| !operand.starts_with(b"-"))
                .map(|operand| directory.join(std::ffi::OsStr::from_bytes(operand)))
                .collect();
            // A move's last operand is where things go.
            let count = if name == b"mv" { paths.len().saturating_sub(1) } else { paths.len() };
            let removes = matches!(name, b"rm" | b"rmdir" | b"mv" | b"shred");
            let deep = operands.iter().any(|operand| {
                operand == "--recursive"
                    || operand.starts_with(b"-")
                        && !operand.starts_with(b"--")
                        && operand.iter().any(|byte| matches!(byte, b'r' | b'R'))
            });
            if !removes && !deep {
                return None;
            }
            let verb = if removes { "remove" } else { "change the permissions of" };
            paths[..count]
                .iter()
                .find(|path| critical(path) || deep && removes && contains_critical(path))
                .map(|path| refuse(verb, path))
        }
        b"dd" => operands.iter().find_map(|operand| {
            let target = operand.strip_prefix(b"of=")?;
            write(&directory.join(std::ffi::OsStr::from_bytes(target)))
        }),
        name if name.starts_with(b"mkfs") || DISK.contains(&name) => {
            let device = operands.iter().any(|operand| operand.starts_with(b"/dev/"));
            device.then(|| "it would destroy what is on a disk".to_owned())
        }
        _ => None,
    }
}

/// A function that calls itself in a pipeline in the background.
#[must_use]
pub fn fork_bomb(definition: &FunctionDefinition) -> Option<String> {
    let text = crate::shell::print::compound_text(&definition.body);
    let name = definition.name.as_slice();
    let calls = text.split(|byte| b" |&;{}()".contains(byte)).filter(|word| *word == name).count();
    let background = text.contains(&b'&');
    (calls >= 2 && background).then(|| "it is a fork bomb".to_owned())
}

fn refuse(verb: &str, path: &Path) -> String {
    format!("it would {verb} {}", crate::escape::visible(path.as_os_str().as_encoded_bytes()))
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute())
}

/// Whether the path, however it is spelled, names one of the directories that
/// nobody removes.
fn critical(path: &Path) -> bool {
    let resolved = resolve(path);
    let is = |place: &Path| resolved == place || resolve(place) == resolved;
    SYSTEM.iter().any(|place| is(Path::new(place))) || home().is_some_and(|home| is(&home))
}

/// Whether one of those directories lies within the path.
fn contains_critical(path: &Path) -> bool {
    let resolved = resolve(path);
    home().is_some_and(|home| resolve(&home).starts_with(&resolved))
        || SYSTEM.iter().any(|place| Path::new(place).starts_with(&resolved))
}

/// The path without `.`, `..` and links, as far as it exists. The last component
/// stays a link: removing a link does not remove what it names.
fn resolve(path: &Path) -> PathBuf {
    let mut result = PathBuf::from("/");
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        match component {
            Component::ParentDir => {
                result.pop();
            }
            Component::Normal(name) => {
                result.push(name);
                if components.peek().is_some()
                    && let Ok(real) = result.canonicalize()
                {
                    result = real;
                }
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(line: &str) -> bool {
        let words: Vec<BString> = line.split(' ').map(BString::from).collect();
        command(&words[0], &words[1..], Path::new("/usr/bin")).is_some()
    }

    #[test]
    fn every_spelling_of_the_root_is_refused() {
        for line in [
            "rm -rf /",
            "rm -r -f /",
            "rm -fr //",
            "rm -rf /.",
            "rm -rf /usr/..",
            "rm -rf ../..",
            "rm --recursive /",
            "chmod -R 777 /",
            "chown -R x /etc",
            "mv /usr /tmp/x",
            "mkfs.ext4 /dev/sda1",
        ] {
            assert!(forbidden(line), "{line}");
        }
    }

    #[test]
    fn ordinary_commands_are_not() {
        for line in [
            "rm -rf /tmp/x",
            "rm file",
            "chmod 755 /tmp/x",
            "mv /tmp/a /usr",
            "dd if=/dev/zero of=/tmp/file",
            "ls /",
        ] {
            assert!(!forbidden(line), "{line}");
        }
    }
}

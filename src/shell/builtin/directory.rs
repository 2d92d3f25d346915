//! `cd` and `pwd`: the logical and the physical working directory.

use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::system::descriptor;

/// Sets the working directory and `PWD` at start: `PWD` is kept when it names
/// the directory without `.` and `..` (XCU 2.5.3).
pub(crate) fn initialise(shell: &mut Shell) {
    let inherited = shell.variables.get(b"PWD").map(|value| value.to_owned());
    let directory = match inherited {
        Some(path) if is_here(&path) => Some(path),
        _ => physical(),
    };
    if let Some(directory) = &directory {
        // PWD cannot be read-only yet.
        let _ = shell.variables.set(b"PWD", directory.clone());
        shell.variables.mark(b"PWD").exported = true;
    }
    shell.directory = directory;
}

fn physical() -> Option<BString> {
    std::env::current_dir().ok().map(|path| path.into_os_string().into_vec().into())
}

fn is_here(path: &[u8]) -> bool {
    let identity =
        |path: &Path| path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()));
    path.starts_with(b"/")
        && path.split(|byte| *byte == b'/').all(|part| part != b"." && part != b"..")
        && identity(Path::new(std::ffi::OsStr::from_bytes(path))) == identity(Path::new("."))
}

pub(super) fn pwd(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "LP") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("pwd", text)),
    };
    let want_physical = parsed.options.last().is_some_and(|(letter, _)| *letter == b'P');
    let logical = shell.directory.clone().filter(|path| !want_physical && is_here(path));
    match logical.or_else(physical) {
        Some(mut path) => {
            path.push(b'\n');
            Ok(shell.write_output("pwd", &path))
        }
        None => Ok(shell.fail("pwd", "the working directory no longer exists")),
    }
}

pub(super) fn cd(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "LPe") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("cd", text)),
    };
    let want_physical =
        parsed.options.iter().rfind(|(letter, _)| *letter != b'e').is_some_and(|(l, _)| *l == b'P');
    let (target, mut print) = match parsed.operands {
        [] => match shell.variables.get(b"HOME").filter(|home| !home.is_empty()) {
            Some(home) => (home.to_owned(), false),
            None => return Ok(shell.fail("cd", "HOME is not set")),
        },
        [dash] if dash == "-" => match shell.variables.get(b"OLDPWD") {
            Some(old) => (old.to_owned(), true),
            None => return Ok(shell.fail("cd", "OLDPWD is not set")),
        },
        [target] => (target.clone(), false),
        _ => return Ok(shell.misuse("cd", "too many operands")),
    };
    let mut tried = target.clone();
    if let Some((found, named)) = search(shell, &target) {
        tried = found;
        print |= named;
    }
    match shell.change_directory(&tried, want_physical) {
        Ok(()) if print => {
            let mut line = shell.directory.clone().unwrap_or_default();
            line.push(b'\n');
            // A closed standard output does not undo the change.
            let _ = descriptor::write_all(descriptor::STDOUT, &line);
            Ok(ExitStatus::SUCCESS)
        }
        Ok(()) => Ok(ExitStatus::SUCCESS),
        Err(error) => {
            Ok(shell.fail("cd", [target.as_slice(), b": ", describe(&error).as_bytes()].concat()))
        }
    }
}

pub(super) fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such directory".to_owned(),
        std::io::ErrorKind::NotADirectory => "is not a directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Looks a relative name up along `CDPATH`; whether the place was named by it.
fn search(shell: &Shell, target: &BString) -> Option<(BString, bool)> {
    let plain = target.starts_with(b"/")
        || matches!(target.split(|byte| *byte == b'/').next(), Some(b"." | b".."))
        || target.is_empty();
    if plain {
        return None;
    }
    let path = shell.variables.get(b"CDPATH")?;
    for prefix in path.split(|byte| *byte == b':') {
        let candidate: BString = match prefix {
            b"" => target.clone(),
            _ if prefix.ends_with(b"/") => [prefix, target.as_slice()].concat().into(),
            _ => [prefix, b"/", target.as_slice()].concat().into(),
        };
        if Path::new(std::ffi::OsStr::from_bytes(&candidate)).is_dir() {
            return Some((candidate, !prefix.is_empty()));
        }
    }
    None
}

impl Shell {
    /// Changes the working directory; `PWD` and `OLDPWD` follow.
    ///
    /// # Errors
    /// What `chdir(2)` says; nothing has changed then.
    pub fn change_directory(&mut self, target: &[u8], want_physical: bool) -> std::io::Result<()> {
        let as_path = |bytes: &[u8]| Path::new(std::ffi::OsStr::from_bytes(bytes)).to_path_buf();
        let new = match (&self.directory, want_physical) {
            (Some(current), false) => {
                let joined = if target.starts_with(b"/") {
                    target.to_vec()
                } else {
                    [current.as_slice(), b"/", target].concat()
                };
                let logical = resolve_dots(&joined)?;
                std::env::set_current_dir(as_path(&logical))?;
                Some(logical)
            }
            _ => {
                if target.is_empty() {
                    return Err(std::io::ErrorKind::NotFound.into());
                }
                std::env::set_current_dir(as_path(target))?;
                physical()
            }
        };
        let old = self
            .directory
            .take()
            .or_else(|| self.variables.get(b"PWD").map(|value| value.to_owned()));
        // Read-only PWD or OLDPWD keep their value; the directory has changed.
        if let Some(old) = old {
            let _ = self.assign(b"OLDPWD", old);
        }
        if let Some(new) = &new {
            let _ = self.assign(b"PWD", new.clone());
        }
        self.directory = new;
        Ok(())
    }
}

/// Removes `.` and `..` textually, as `cd -L` does (XCU cd, step 8); what stands
/// before a `..` must be a directory.
fn resolve_dots(path: &[u8]) -> std::io::Result<BString> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                let before = join(&parts);
                if !parts.is_empty() && !Path::new(std::ffi::OsStr::from_bytes(&before)).is_dir() {
                    return Err(std::io::ErrorKind::NotFound.into());
                }
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Ok(join(&parts))
}

fn join(parts: &[&[u8]]) -> BString {
    let mut path = Vec::new();
    for part in parts {
        path.push(b'/');
        path.extend_from_slice(part);
    }
    if path.is_empty() {
        path.push(b'/');
    }
    path.as_bstr().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_textually() {
        assert_eq!(resolve_dots(b"/usr/./lib/../bin//").unwrap(), "/usr/bin");
        assert_eq!(resolve_dots(b"/../..").unwrap(), "/");
        assert!(resolve_dots(b"/no-such-directory/..").is_err());
    }
}

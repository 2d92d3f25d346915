//! Typed operations as system calls.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};

use super::copy;
use crate::escape::visible;
use crate::plan::operation::{Clobber, Content, Mode, ModeClause, Operation, RemoveDepth};
use crate::shell::Shell;
use crate::system::{resource, signal};

/// Why an operation was not carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// The system refused, for each path that failed a sentence.
    Failed(Vec<String>),
    /// System calls cannot do what the program would have done here.
    Unsuitable,
}

impl Failure {
    fn one(path: &Path, what: &str, error: &io::Error) -> Self {
        Self::Failed(vec![sentence(path, what, error)])
    }
}

fn sentence(path: &Path, what: &str, error: &io::Error) -> String {
    format!("cannot {what} {}: {}", show(path), describe(error))
}

fn show(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}

fn describe(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => crate::system::message(crate::system::Errno::from_raw(number)).to_owned(),
        None => error.to_string(),
    }
}

/// Carries out a typed operation.
pub(super) fn perform(operation: &Operation, shell: &mut Shell) -> Result<(), Failure> {
    match operation {
        Operation::ChangeDirectory { directory } => shell
            .change_directory(directory.as_os_str().as_bytes(), false)
            .map_err(|error| Failure::one(directory, "go to", &error)),
        Operation::SetVariable { name, value, exported } => {
            let result = if *exported {
                shell.variables.set_exported(name, value.clone())
            } else {
                shell.variables.set(name, value.clone())
            };
            result.map_err(|error| Failure::Failed(vec![error.to_string()]))
        }
        Operation::MakeDirectory { paths, parents } => {
            each(paths, "create the directory", |path| {
                if *parents { fs::create_dir_all(path) } else { fs::create_dir(path) }
            })
        }
        Operation::Remove { paths, depth, force } => {
            each(paths, "delete", |path| remove(path, *depth, *force))
        }
        Operation::Move { pairs, clobber } => {
            each_pair(pairs, "move", |from, to| rename(from, to, *clobber))
        }
        Operation::Copy { pairs, recursive, preserve, clobber } => {
            each_pair(pairs, "copy", |from, to| {
                if *clobber == Clobber::Keep && to.symlink_metadata().is_ok() {
                    return Ok(());
                }
                copy::copy(from, to, *recursive, *preserve)
            })
        }
        Operation::Link { target, path, symbolic, clobber } => {
            link(target, path, *symbolic, *clobber)
                .map_err(|error| Failure::one(path, "make the link", &error))
        }
        Operation::ChangeMode { paths, mode, recursive } => {
            each(paths, "change the permissions of", |path| change_mode(path, mode, *recursive))
        }
        Operation::ChangeOwner { paths, user, group, recursive } => {
            each(paths, "change the owner of", |path| {
                change_owner(path, *user, *group, *recursive, true)
            })
        }
        Operation::WriteFile { paths, content } => {
            each(paths, "write", |path| write(path, content))
        }
        Operation::SendSignal { processes, signal } => {
            let failed: Vec<String> = processes
                .iter()
                .filter_map(|process| {
                    let error = signal::send(*process, *signal).err()?;
                    Some(format!(
                        "cannot signal process {process}: {}",
                        crate::system::message(error)
                    ))
                })
                .collect();
            if failed.is_empty() { Ok(()) } else { Err(Failure::Failed(failed)) }
        }
        Operation::Run | Operation::Compound => Err(Failure::Unsuitable),
    }
}

/// Does the same to every path; like the programs, it goes on after a failure.
fn each(
    paths: &[PathBuf],
    what: &str,
    mut action: impl FnMut(&Path) -> io::Result<()>,
) -> Result<(), Failure> {
    let failed: Vec<String> = paths
        .iter()
        .filter_map(|path| action(path).err().map(|error| sentence(path, what, &error)))
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(Failure::Failed(failed)) }
}

fn each_pair(
    pairs: &[(PathBuf, PathBuf)],
    what: &str,
    mut action: impl FnMut(&Path, &Path) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut failed = Vec::new();
    for (index, (from, to)) in pairs.iter().enumerate() {
        match action(from, to) {
            Ok(()) => {}
            // The program takes over only where nothing has been done yet.
            Err(error) if index == 0 && pairs.len() == 1 && is_unsuitable(&error) => {
                return Err(Failure::Unsuitable);
            }
            Err(error) => failed.push(sentence(from, what, &error)),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failure::Failed(failed)) }
}

fn is_unsuitable(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::CrossesDevices | io::ErrorKind::Unsupported)
}

fn remove(path: &Path, depth: RemoveDepth, force: bool) -> io::Result<()> {
    let result = match depth {
        RemoveDepth::Files => fs::remove_file(path),
        RemoveDepth::EmptyDirectories => fs::remove_dir(path),
        RemoveDepth::Recursive => match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
            Ok(_) => fs::remove_file(path),
            Err(error) => Err(error),
        },
    };
    match result {
        Err(error) if force && error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn rename(from: &Path, to: &Path, clobber: Clobber) -> io::Result<()> {
    match clobber {
        Clobber::Keep if to.symlink_metadata().is_ok() => Ok(()),
        Clobber::Keep | Clobber::Refuse => crate::system::file::rename_without_replacing(from, to),
        Clobber::Replace => {
            let across = || copy::move_across(from, to);
            match fs::rename(from, to) {
                Err(error) if error.kind() == io::ErrorKind::CrossesDevices => across(),
                other => other,
            }
        }
    }
}

fn link(target: &Path, path: &Path, symbolic: bool, clobber: Clobber) -> io::Result<()> {
    if clobber == Clobber::Replace
        && path.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
    {
        fs::remove_file(path)?;
    }
    if symbolic { symlink(target, path) } else { fs::hard_link(target, path) }
}

fn change_mode(path: &Path, mode: &Mode, recursive: bool) -> io::Result<()> {
    let metadata = path.metadata()?;
    let new = apply_mode(mode, metadata.mode() & 0o7777, metadata.is_dir());
    fs::set_permissions(path, fs::Permissions::from_mode(new))?;
    if recursive && metadata.is_dir() && !path.is_symlink() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            // Links found on the way are left alone, as chmod -R does.
            if !entry.file_type()?.is_symlink() {
                change_mode(&entry.path(), mode, true)?;
            }
        }
    }
    Ok(())
}

/// The new permissions (XCU chmod). An octal mode keeps a directory's
/// set-user-id and set-group-id bits, as GNU chmod does.
fn apply_mode(mode: &Mode, old: u32, directory: bool) -> u32 {
    match mode {
        Mode::Absolute(bits) if directory => bits | old & 0o6000,
        Mode::Absolute(bits) => *bits,
        Mode::Symbolic(clauses) => {
            clauses.iter().fold(old, |mode, clause| apply_clause(clause, mode, directory))
        }
    }
}

fn apply_clause(clause: &ModeClause, mode: u32, directory: bool) -> u32 {
    let mut bits = clause.bits;
    if clause.conditional_execute && (directory || mode & 0o111 != 0) {
        bits |= 0o111;
    }
    let mut bits = bits & clause.classes;
    if clause.masked {
        bits &= !resource::umask();
    }
    match clause.operator {
        b'+' => mode | bits,
        b'-' => mode & !bits,
        _ => {
            let keep = if directory { 0o7000 } else { 0 };
            mode & (!clause.classes | keep) | bits
        }
    }
}

fn change_owner(
    path: &Path,
    user: Option<u32>,
    group: Option<u32>,
    recursive: bool,
    named: bool,
) -> io::Result<()> {
    if named {
        chown(path, user, group)?
    } else {
        lchown(path, user, group)?
    }
    let metadata = path.symlink_metadata()?;
    if recursive && metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            change_owner(&entry?.path(), user, group, true, false)?;
        }
    }
    Ok(())
}

fn write(path: &Path, content: &Content) -> io::Result<()> {
    match content {
        Content::Touch => {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
            match file {
                Ok(file) => file.set_times(times_now()),
                // A directory can be touched and not opened for writing.
                Err(_) if path.is_dir() => fs::File::open(path)?.set_times(times_now()),
                Err(error) => Err(error),
            }
        }
        Content::Replace(text) => {
            OpenOptions::new().write(true).create(true).truncate(true).open(path)?.write_all(text)
        }
        Content::Append(text) => {
            OpenOptions::new().append(true).create(true).open(path)?.write_all(text)
        }
    }
}

fn times_now() -> fs::FileTimes {
    let now = std::time::SystemTime::now();
    fs::FileTimes::new().set_accessed(now).set_modified(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(classes: u32, masked: bool, operator: u8, bits: u32) -> Mode {
        Mode::Symbolic(vec![ModeClause {
            classes,
            masked,
            operator,
            bits,
            conditional_execute: false,
        }])
    }

    #[test]
    fn modes_change_as_chmod_changes_them() {
        assert_eq!(apply_mode(&clause(0o4700, false, b'+', 0o111), 0o644, false), 0o744);
        assert_eq!(apply_mode(&clause(0o7777, false, b'-', 0o222), 0o666, false), 0o444);
        assert_eq!(apply_mode(&clause(0o1007, false, b'=', 0o444), 0o777, false), 0o774);
        assert_eq!(apply_mode(&Mode::Absolute(0o750), 0o2755, true), 0o2750);
        assert_eq!(apply_mode(&Mode::Absolute(0o750), 0o4755, false), 0o750);
    }
}

//! `find … -delete`, `find … -exec rm {} +` and `find … | xargs rm` become the
//! removal of what is found now, each by name: what is approved is a list, and
//! not what may match by the time it runs.
//!
//! The expression is evaluated here, for the tests that are understood; `find`
//! itself is not started before anybody has said yes.

mod expression;
mod walk;

use std::path::PathBuf;

use bstr::{BString, ByteSlice};

use self::expression::{Action, Search};
use super::lowered::Lowered;
use super::scope::Scope;
use crate::plan::effect::Effects;
use crate::plan::operation::{Operation, RemoveDepth};
use crate::shell::pattern::Encoding;

/// What is done with what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Removal {
    /// Directories with all that is in them.
    recursive: bool,
    /// What is not there is no error.
    force: bool,
}

/// Lowers a `find` with its words after the name, alone or piped to `xargs` with
/// these words after its name.
pub(super) fn lower(
    find: &[BString],
    xargs: Option<&[BString]>,
    scope: &Scope,
    encoding: Encoding,
) -> Option<Lowered> {
    let search = Search::parse(find, encoding)?;
    let (removal, whole) = match (&search.action, xargs) {
        (Action::Delete, None) => (None, false),
        (Action::Exec(command), None) => {
            let (last, command) = command.split_last()?;
            (last == "{}").then_some(())?;
            (Some(removal(command)?), false)
        }
        (Action::Print { terminated }, Some(words)) => {
            let (zero, command) = xargs_command(words)?;
            (zero == *terminated).then_some(())?;
            (Some(removal(command)?), !zero)
        }
        _ => return None,
    };
    let mut starts = Vec::new();
    for start in &search.starts {
        let path = scope.absolute(start);
        if scope.may_differ(&path) || scope.changes_below(&path) {
            return None;
        }
        starts.push((start.clone(), path));
    }
    // Where nothing is found now, something may be by then.
    let found = walk::find(&search, &starts).filter(|found| !found.is_empty())?;
    // xargs without -0 takes words apart.
    let takes_apart = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'"' | b'\\');
    let names = || found.iter().map(|entry| entry.path.as_os_str().as_encoded_bytes());
    if whole && names().any(|name| name.iter().copied().any(takes_apart)) {
        return None;
    }
    let paths = match removal {
        // Directories that become empty on the way would go, too.
        None if search.looks_for_empty() && walk::empties_others(&found)? => return None,
        None => walk::deleted(&found)?,
        Some(removal) => {
            if !removal.recursive && found.iter().any(|entry| entry.is_directory) {
                return None;
            }
            topmost(found.into_iter().map(|entry| entry.path).collect())
        }
    };
    let operation = Operation::Remove {
        paths: paths.clone(),
        depth: if removal.is_some_and(|removal| !removal.recursive) {
            RemoveDepth::Files
        } else {
            RemoveDepth::Recursive
        },
        force: removal.is_none_or(|removal| removal.force),
    };
    Some(Lowered::new(operation, Effects { deletes: paths, ..Effects::default() }))
}

/// `rm` with options that are understood.
fn removal(command: &[BString]) -> Option<Removal> {
    let (name, options) = command.split_first()?;
    if !matches!(super::word::base_name(name), b"rm") {
        return None;
    }
    let mut removal = Removal { recursive: false, force: false };
    for option in options {
        match option.as_slice() {
            b"--" => {}
            b"--recursive" => removal.recursive = true,
            b"--force" => removal.force = true,
            option => {
                let letters = option.strip_prefix(b"-").filter(|letters| !letters.is_empty())?;
                for letter in letters {
                    match letter {
                        b'r' | b'R' => removal.recursive = true,
                        b'f' => removal.force = true,
                        _ => return None,
                    }
                }
            }
        }
    }
    Some(removal)
}

/// Whether names end with a null byte, and the command.
fn xargs_command(words: &[BString]) -> Option<(bool, &[BString])> {
    let mut zero = false;
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        match first.as_slice() {
            b"-0" | b"--null" => zero = true,
            b"-r" | b"--no-run-if-empty" => {}
            b"-0r" | b"-r0" => zero = true,
            option if option.starts_with_str("-") => return None,
            _ => return Some((zero, rest)),
        }
        rest = after;
    }
    None
}

/// The paths without those that lie below others.
fn topmost(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort();
    paths.dedup();
    let mut kept: Vec<PathBuf> = Vec::with_capacity(paths.len());
    for path in paths {
        // Sorted by components, all that is below a directory follows it.
        if !kept.last().is_some_and(|above| path.starts_with(above)) {
            kept.push(path);
        }
    }
    kept
}

#[cfg(test)]
mod tests;

//! `find … -delete`, `find … -exec rm {} +` and `find … | xargs rm` become the
//! removal of what is found now, each by name: what is approved is a list, and
//! not what may match by the time it runs.
//!
//! The expression is evaluated here, for the tests that are understood; `find`
//! itself is not started before anybody has said yes.

mod expression;
mod walk;

use std::path::PathBuf;

use bstr::BString;

use self::expression::{Action, Search};
use super::lowered::Lowered;
use super::scope::Scope;
use crate::plan::effect::{Deed, Effects};
use crate::plan::operation::{Operation, RemoveDepth};
use crate::program::{self, Entry, Fact, Lowers, fact::LATER};
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
    xargs: Option<(&'static Entry, &[BString])>,
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
        (Action::Print { terminated }, Some((entry, words))) => {
            let (zero, command) = handed_over(entry, words)?;
            (zero == *terminated).then_some(())?;
            (Some(removal(&command)?), !zero)
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
    Some(Lowered::new(operation, Effects::to(Deed::Deletes, paths)))
}

/// A removal of what is added to the command's words, with options that are
/// understood.
fn removal(command: &[BString]) -> Option<Removal> {
    let (name, options) = command.split_first()?;
    let entry = program::find(super::word::base_name(name))?;
    if entry.operation != Some(Lowers::Remove) {
        return None;
    }
    let words: Vec<BString> = options.iter().cloned().chain([vec![LATER].into()]).collect();
    let understanding = entry.understand(&words).ok()?;
    let plain = understanding.has_only(&["--recursive", "--force"])
        && understanding.operands == [BString::from(vec![LATER])];
    plain.then(|| Removal {
        recursive: understanding.has("--recursive"),
        force: understanding.has("--force"),
    })
}

/// Whether names end with a null byte, and the command that gets them.
fn handed_over(entry: &'static Entry, words: &[BString]) -> Option<(bool, Vec<BString>)> {
    let understanding = entry.understand(words).ok()?;
    let [Fact::Runs(command)] = understanding.facts.as_slice() else { return None };
    let (last, command) = command.split_last()?;
    let plain = understanding.has_only(&["--null", "--no-run-if-empty"])
        && last.as_slice() == [LATER]
        && !command.iter().any(|word| word.contains(&LATER));
    plain.then(|| (understanding.has("--null"), command.to_vec()))
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

//! What a typed operation becomes: the list of single changes, each on what was
//! there when it was shown.
//!
//! **Architecture invariant:** everything that could fail for a reason that can
//! be seen before is seen here; a list is carried out whole, or what follows its
//! first failure is left undone ([`crate::undo`]).

mod copy;
mod mode;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::language::Language;
use crate::plan::operation::{Clobber, Content, Operation, Preserve, RemoveDepth};
use crate::system::directory::Directory;
use crate::system::node::{FileKind, Identity};
use crate::system::place::Pin;
use crate::undo::{Attributes, Change, Source};

/// The most single changes of one step. A step that needs more is left to the
/// program.
const MAX_CHANGES: usize = 20_000;

/// Why an operation is no list of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It cannot be done as things are: a sentence for each path.
    Refused(Vec<String>),
    /// Only the program can do it: special files, or too many.
    Unsuitable,
}

/// The changes of a typed operation on files, from what is pinned, and for all
/// else from what is there now; `None` for operations on what is no file.
///
/// # Errors
/// [`Obstacle`]
pub fn changes(
    operation: &Operation,
    pins: &[Pin],
    keep: bool,
    language: Language,
) -> Option<Result<Vec<Change>, Obstacle>> {
    if !operation.is_on_files() {
        return None;
    }
    let mut list = List {
        pins,
        keep,
        language,
        changes: Vec::new(),
        refused: Vec::new(),
        copied: HashMap::new(),
    };
    let result = list.operation(operation);
    Some(match result {
        Err(Unsuitable) => Err(Obstacle::Unsuitable),
        Ok(()) if list.refused.is_empty() => Ok(list.changes),
        Ok(()) => Err(Obstacle::Refused(list.refused)),
    })
}

/// Only the program can do it.
struct Unsuitable;

/// A list in the making.
struct List<'a> {
    pins: &'a [Pin],
    /// What is deleted goes to the trash.
    keep: bool,
    language: Language,
    changes: Vec<Change>,
    refused: Vec<String>,
    /// Files with several names that are copied, each with the first name of its copy.
    copied: HashMap<Identity, PathBuf>,
}

impl List<'_> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Unsuitable> {
        match operation {
            Operation::MakeDirectory { paths, parents } => {
                paths.iter().try_for_each(|path| self.make_directory(path, *parents))
            }
            Operation::Remove { paths, depth, force } => {
                paths.iter().try_for_each(|path| self.remove(path, *depth, *force))
            }
            Operation::Move { pairs, clobber } => {
                pairs.iter().try_for_each(|(from, to)| self.rename(from, to, *clobber))
            }
            Operation::Copy { pairs, recursive, preserve, clobber } => pairs
                .iter()
                .try_for_each(|(from, to)| self.copy(from, to, *recursive, *preserve, *clobber)),
            Operation::Link { target, path, symbolic, clobber } => {
                self.link(target, path, *symbolic, *clobber)
            }
            Operation::ChangeMode { paths, mode, recursive } => {
                paths.iter().try_for_each(|path| self.change_mode(path, mode, *recursive))
            }
            Operation::ChangeOwner { paths, user, group, recursive } => {
                paths.iter().try_for_each(|path| self.change_owner(path, *user, *group, *recursive))
            }
            Operation::WriteFile { paths, content } => {
                // What is named twice is made once.
                let mut seen = HashSet::new();
                let mut once = paths.iter().filter(|path| seen.insert(*path));
                once.try_for_each(|path| self.write(path, content))
            }
            Operation::ChangeDirectory { .. }
            | Operation::SetVariable { .. }
            | Operation::SendSignal { .. }
            | Operation::ChangeSession
            | Operation::Run
            | Operation::Compound => Err(Unsuitable),
        }
    }

    /// What the path was when it was shown, or else is now. A path whose
    /// directory has become a link since leads elsewhere and is refused.
    fn pin(&mut self, path: &Path) -> Option<Pin> {
        if let Some(pin) = self.pins.iter().find(|pin| pin.path == path) {
            return Some(pin.clone());
        }
        match Pin::take(path) {
            Ok(pin) if pin.path == path => Some(pin),
            Ok(pin) => {
                let leads = self.language.choose("leads to", "现在指向");
                let path = format!("{} {leads} {}", show(path), show(&pin.path));
                self.refused.push(path);
                None
            }
            Err(error) => {
                self.refused.push(format!("{}: {}", show(path), describe(&error)));
                None
            }
        }
    }

    /// The pin of something that has to be there.
    fn there(&mut self, path: &Path) -> Option<(Pin, Identity)> {
        let pin = self.pin(path)?;
        let identity = pin.target;
        if identity.is_none() {
            self.refuse(path, "does not exist", "不存在");
        }
        Some((pin, identity?))
    }

    fn refuse(&mut self, path: &Path, english: &str, chinese: &str) {
        self.refused.push(format!("{} {}", show(path), self.language.choose(english, chinese)));
    }

    fn push(&mut self, change: Change) -> Result<(), Unsuitable> {
        if self.changes.len() >= MAX_CHANGES {
            return Err(Unsuitable);
        }
        self.changes.push(change);
        Ok(())
    }

    fn make_directory(&mut self, path: &Path, parents: bool) -> Result<(), Unsuitable> {
        let Some(at) = self.pin(path) else { return Ok(()) };
        let made = |changes: &[Change], path: &Path| {
            changes
                .iter()
                .any(|change| matches!(change, Change::MakeDirectory { at, .. } if at.path == path))
        };
        if made(&self.changes, path) {
            return Ok(());
        }
        match at.target {
            Some(identity) if parents && leads_to_directory(identity, path) => return Ok(()),
            Some(_) => {
                self.refuse(path, "exists already", "已存在");
                return Ok(());
            }
            None => {}
        }
        if parents
            && let Some(parent) = path.parent()
            && parent.parent().is_some()
        {
            let before = self.refused.len();
            self.make_directory(parent, true)?;
            if self.refused.len() > before {
                return Ok(());
            }
        } else if at.parent.is_none()
            && !path.parent().is_some_and(|parent| made(&self.changes, parent))
        {
            self.refuse(path, "has no directory to be in", "所在的目录不存在");
            return Ok(());
        }
        self.push(Change::MakeDirectory { at, attributes: Attributes::default() })
    }

    fn remove(&mut self, path: &Path, depth: RemoveDepth, force: bool) -> Result<(), Unsuitable> {
        let Some(at) = self.pin(path) else { return Ok(()) };
        let Some(identity) = at.target else {
            if !force {
                self.refuse(path, "does not exist", "不存在");
            }
            return Ok(());
        };
        let directory = identity.kind == FileKind::Directory;
        match depth {
            RemoveDepth::Files if directory => {
                self.refuse(path, "is a directory", "是目录");
                return Ok(());
            }
            RemoveDepth::EmptyDirectories if !directory => {
                self.refuse(path, "is not a directory", "不是目录");
                return Ok(());
            }
            RemoveDepth::EmptyDirectories => {
                let empty = Directory::open(path).and_then(|directory| directory.names());
                if !empty.is_ok_and(|names| names.is_empty()) {
                    self.refuse(path, "is not empty", "不是空目录");
                    return Ok(());
                }
            }
            RemoveDepth::Files | RemoveDepth::Recursive => {}
        }
        self.give_up(at)
    }

    /// Something goes away.
    fn give_up(&mut self, at: Pin) -> Result<(), Unsuitable> {
        self.push(if self.keep { Change::Discard { at } } else { Change::Erase { at } })
    }

    fn rename(&mut self, from: &Path, to: &Path, clobber: Clobber) -> Result<(), Unsuitable> {
        let (Some((from, source)), Some(to)) = (self.there(from), self.pin(to)) else {
            return Ok(());
        };
        if let Some(target) = to.target {
            match clobber {
                Clobber::Keep => return Ok(()),
                Clobber::Refuse => {
                    self.refuse(&to.path, "exists already", "已存在");
                    return Ok(());
                }
                // rename(2) of two names of one file does nothing; mv removes one.
                Clobber::Replace if target == source => return Err(Unsuitable),
                Clobber::Replace => {}
            }
            let directories = [source, target].map(|what| what.kind == FileKind::Directory);
            if directories.contains(&true) {
                self.refuse(&to.path, "exists already", "已存在");
                return Ok(());
            }
        }
        if to.parent.is_some_and(|parent| parent.device != source.device) {
            let source = from.clone();
            match to.target {
                Some(_) => self.overwrite(&from, to, Preserve::Everything)?,
                None => self.copy_tree(&from, to, Preserve::Everything)?,
            }
            return self.give_up(source);
        }
        self.push(Change::Move { from, to })
    }

    fn link(
        &mut self,
        target: &Path,
        path: &Path,
        symbolic: bool,
        clobber: Clobber,
    ) -> Result<(), Unsuitable> {
        let Some(at) = self.pin(path) else { return Ok(()) };
        if at.target.is_some() {
            if clobber != Clobber::Replace {
                self.refuse(path, "exists already", "已存在");
                return Ok(());
            }
            self.give_up(at.clone())?;
        }
        let at = Pin { target: None, ..at };
        if symbolic {
            return self.push(Change::MakeSymlink { at, target: target.to_owned() });
        }
        let Some((to, _)) = self.there(target) else { return Ok(()) };
        self.push(Change::MakeLink { at, to })
    }

    fn change_owner(
        &mut self,
        path: &Path,
        user: Option<u32>,
        group: Option<u32>,
        recursive: bool,
    ) -> Result<(), Unsuitable> {
        self.each(path, recursive, &mut |list, at, status| {
            let same = user.is_none_or(|user| user == status.user)
                && group.is_none_or(|group| group == status.group);
            if same { Ok(()) } else { list.push(Change::Owner { at, user, group }) }
        })
    }

    fn write(&mut self, path: &Path, content: &Content) -> Result<(), Unsuitable> {
        let Some(at) = self.pin(path) else { return Ok(()) };
        let Some(identity) = at.target else {
            let bytes = match content {
                Content::Touch => Vec::new(),
                Content::Replace(text) | Content::Append(text) => text.to_vec(),
            };
            return self.push(Change::MakeFile {
                at,
                content: Source::Bytes(bytes),
                attributes: Attributes::default(),
            });
        };
        let now = SystemTime::now();
        match (content, identity.kind) {
            (Content::Touch, FileKind::File | FileKind::Directory) => {
                self.push(Change::Times { at, modified: now, accessed: now })
            }
            (Content::Replace(text), FileKind::File) => {
                let content = Source::Bytes(text.to_vec());
                self.push(Change::Overwrite { at, content, attributes: Attributes::default() })
            }
            (Content::Append(text), FileKind::File) => {
                self.push(Change::Append { at, bytes: text.to_vec() })
            }
            (_, FileKind::Directory) => {
                self.refuse(path, "is a directory", "是目录");
                Ok(())
            }
            _ => Err(Unsuitable),
        }
    }
}

fn leads_to_directory(identity: Identity, path: &Path) -> bool {
    match identity.kind {
        FileKind::Directory => true,
        FileKind::Symlink => path.is_dir(),
        FileKind::File | FileKind::Other => false,
    }
}

fn show(path: &Path) -> String {
    crate::escape::visible(path.as_os_str().as_encoded_bytes())
}

/// The system's own words, without the number that Rust adds.
fn describe(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => crate::system::message(crate::system::Errno::from_raw(number)).to_owned(),
        None => error.to_string(),
    }
}

/// The paths that have to be what they were when the operation was shown.
#[must_use]
pub fn paths(operation: &Operation) -> Vec<PathBuf> {
    match operation {
        Operation::MakeDirectory { paths, .. }
        | Operation::Remove { paths, .. }
        | Operation::ChangeMode { paths, .. }
        | Operation::ChangeOwner { paths, .. }
        | Operation::WriteFile { paths, .. } => paths.clone(),
        Operation::Move { pairs, .. } | Operation::Copy { pairs, .. } => {
            pairs.iter().flat_map(|(from, to)| [from.clone(), to.clone()]).collect()
        }
        Operation::Link { target, path, symbolic: false, .. } => vec![target.clone(), path.clone()],
        Operation::Link { path, .. } => vec![path.clone()],
        Operation::ChangeDirectory { .. }
        | Operation::SetVariable { .. }
        | Operation::SendSignal { .. }
        | Operation::ChangeSession
        | Operation::Run
        | Operation::Compound => Vec::new(),
    }
}

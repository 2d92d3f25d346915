//! Walking directories as `find` does.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::BString;

use super::expression::{Search, written};

/// How many entries are looked at for one command. Beyond that the program is
/// left to do it, and the plan says that what it deletes is not listed.
const MOST: usize = 20_000;

/// Something that was found.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) is_directory: bool,
}

/// What is found, what is in a directory before the directory; nothing where
/// there is too much, or where something cannot be looked at.
pub(super) fn find(search: &Search, starts: &[(BString, PathBuf)]) -> Option<Vec<Entry>> {
    let mut walk = Walk { search, looked_at: 0, found: Vec::new() };
    for (start, path) in starts {
        walk.visit(start, path, Path::new(""), 0)?;
    }
    Some(walk.found)
}

struct Walk<'a> {
    search: &'a Search,
    looked_at: usize,
    found: Vec<Entry>,
}

impl Walk<'_> {
    fn visit(&mut self, start: &[u8], root: &Path, below: &Path, depth: usize) -> Option<()> {
        self.looked_at += 1;
        if self.looked_at > MOST {
            return None;
        }
        // Joined with nothing a path gets a slash, and then means what a link
        // names.
        let path = if depth == 0 { root.to_owned() } else { root.join(below) };
        let metadata = path.symlink_metadata().ok()?;
        if metadata.is_dir() && depth < self.search.max_depth {
            let mut names = Vec::new();
            for entry in fs::read_dir(&path).ok()? {
                names.push(entry.ok()?.file_name());
            }
            names.sort();
            for name in names {
                self.visit(start, root, &below.join(name), depth + 1)?;
            }
        }
        if depth >= self.search.min_depth
            && self.search.finds(&written(start, below), &path, &metadata)?
        {
            self.found.push(Entry { path, is_directory: metadata.is_dir() });
        }
        Some(())
    }
}

/// What `-delete` deletes, as the topmost names: a directory goes only when
/// everything in it goes; nothing where `find` would fail over one.
pub(super) fn deleted(found: &[Entry]) -> Option<Vec<PathBuf>> {
    let all: HashSet<&Path> = found.iter().map(|entry| entry.path.as_path()).collect();
    for entry in found.iter().filter(|entry| entry.is_directory) {
        for below in fs::read_dir(&entry.path).ok()? {
            if !all.contains(below.ok()?.path().as_path()) {
                return None;
            }
        }
    }
    Some(super::topmost(found.iter().map(|entry| entry.path.clone()).collect()))
}

/// Whether the removal leaves a directory empty that is not removed itself.
pub(super) fn empties_others(found: &[Entry]) -> Option<bool> {
    let all: HashSet<&Path> = found.iter().map(|entry| entry.path.as_path()).collect();
    let parents: HashSet<&Path> = all.iter().filter_map(|path| path.parent()).collect();
    for parent in parents.into_iter().filter(|parent| !all.contains(parent)) {
        let mut left = false;
        for below in fs::read_dir(parent).ok()? {
            left |= !all.contains(below.ok()?.path().as_path());
        }
        if !left {
            return Some(true);
        }
    }
    Some(false)
}

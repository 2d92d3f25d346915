//! What stands below a directory, as far as a request may speak of it: names and
//! kinds, breadth first, within bounds of number and time.
//!
//! An index is kept from one request to the next. A directory is read again when its
//! change time says so, and what there was no time for is read the next time, so that
//! a large tree is known better with every request.
//!
//! Not descended into: hidden directories, those that ignore files (`.gitignore`,
//! `.ignore`) leave out, and those that tools fill ([`FILLED_BY_TOOLS`]). They are in
//! the index themselves, and so is every hidden name; who looks for names says whether
//! hidden ones count.

use std::collections::{HashMap, VecDeque};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::words::{self, joined};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The most names that are kept.
const MAX_ENTRIES: usize = 60_000;

/// The deepest directory that is read, counted from the root.
const MAX_DEPTH: usize = 12;

/// How long one request reads directories. A test waits for as long as its machine needs.
pub(super) const PATIENCE: Duration = Duration::from_millis(if cfg!(test) { 60_000 } else { 8 });

/// Directories of the system. Who stands in `/` and says "console" or "user" means none
/// of what is in them; who means it writes the path.
const OF_THE_SYSTEM: [&str; 17] = [
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/lost+found",
    "/opt",
    "/proc",
    "/run",
    "/sbin",
    "/snap",
    "/sys",
    "/usr",
    "/var",
];

fn is_of_the_system(path: &Path) -> bool {
    OF_THE_SYSTEM.iter().any(|system| path == Path::new(system))
}

/// Directories that hold what nobody wrote and nobody asks for by name.
const FILLED_BY_TOOLS: [&str; 6] =
    ["node_modules", "__pycache__", "venv", "site-packages", "bower_components", "lost+found"];

/// Files that programs leave behind.
const DISPOSABLE: [&str; 9] =
    ["*.tmp", "*.bak", "*.old", "*~", "*.swp", "*.part", "*.crdownload", ".DS_Store", "Thumbs.db"];

/// The names below one directory.
#[derive(Debug, Default)]
pub struct Index {
    root: PathBuf,
    /// By path from the root; the root's is empty.
    directories: HashMap<String, Directory>,
    /// Directories that are still to be read.
    unread: VecDeque<String>,
    names: usize,
}

/// One directory that was read.
#[derive(Debug)]
struct Directory {
    depth: usize,
    changed: (i64, i64),
    items: Vec<Item>,
    /// It has a `.git`.
    repository: bool,
    ignored: Option<Gitignore>,
}

impl Directory {
    fn entries<'a>(&'a self, path: &'a str) -> impl Iterator<Item = Entry<'a>> {
        self.items.iter().map(move |item| Entry {
            parent: path,
            name: &item.name,
            joined: &item.joined,
            is_directory: item.directory,
            depth: self.depth,
            is_aside: item.left_out || item.name.starts_with('.'),
        })
    }
}

#[derive(Debug)]
struct Item {
    name: String,
    /// The name as it is compared ([`joined`]).
    joined: Box<str>,
    directory: bool,
    /// By an ignore file or a rule of ours.
    left_out: bool,
}

/// One name of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// The directory it is in, from the root; the root's is empty.
    pub(super) parent: &'a str,
    pub(super) name: &'a str,
    /// The name as it is compared ([`joined`]).
    pub(super) joined: &'a str,
    pub(super) is_directory: bool,
    /// How many directories are above it, below the root.
    pub(super) depth: usize,
    /// It is ignored by git, or hidden, or in something that is.
    pub(super) is_aside: bool,
}

impl Entry<'_> {
    /// The path from the root.
    pub(super) fn path(&self) -> String {
        join(self.parent, self.name)
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}/{name}") }
}

impl Index {
    /// The index of `root`: the one that is there where it is of the same root, as it is
    /// now.
    pub(super) fn refresh(&mut self, root: &Path, patience: Duration) {
        let until = Instant::now() + patience;
        if self.root != root || self.directories.is_empty() {
            *self = Self { root: root.to_owned(), ..Self::default() };
            self.unread.push_back(String::new());
        } else {
            self.reread_changed();
        }
        while self.names < MAX_ENTRIES
            && Instant::now() < until
            && let Some(path) = self.unread.pop_front()
        {
            self.read(path);
        }
    }

    /// Whether the whole tree is in it.
    #[cfg(test)]
    fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// All names; those of one directory stand together.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.directories.iter().flat_map(|(path, directory)| directory.entries(path))
    }

    /// The names directly in a directory, which may not have been read.
    pub(super) fn inside<'a>(&'a self, path: &'a str) -> impl Iterator<Item = Entry<'a>> {
        self.directories.get(path).into_iter().flat_map(move |directory| directory.entries(path))
    }

    /// Paths that could be meant by one that is not there: they share words with it, or its
    /// extension. Nothing that is aside, and no name that reads like a sentence.
    pub fn nearest(&self, name: &str, most: usize) -> Vec<String> {
        let wanted = words::words(name);
        let (_, extension) = words::stem(name);
        let mut near: Vec<(usize, usize, String)> = self
            .entries()
            .filter(|entry| !entry.is_aside && !words::reads_like_text(entry.name))
            .filter_map(|entry| {
                let path = entry.path();
                let own = words::words(&path);
                let shared = wanted
                    .iter()
                    .filter(|word| word.text.chars().count() > 1 && word.text != extension)
                    .filter(|word| own.iter().any(|own| own.text == word.text))
                    .count();
                let same = !extension.is_empty() && words::stem(entry.name).1 == extension;
                let weight = 2 * shared + usize::from(same);
                (weight > 0).then(|| (usize::MAX - weight, entry.depth, path))
            })
            .collect();
        near.sort();
        near.into_iter().take(most).map(|(_, _, path)| path).collect()
    }

    /// The git repositories below the root, the nearest first; the root itself is the
    /// empty path.
    pub(super) fn repositories(&self) -> Vec<&str> {
        let mut found: Vec<(usize, &str)> = self
            .directories
            .iter()
            .filter(|(_, directory)| directory.repository)
            .map(|(path, directory)| (directory.depth, path.as_str()))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// How many files and how many directories there are.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        let directories = self.entries().filter(|entry| entry.is_directory).count();
        (self.names - directories, directories)
    }

    /// Patterns of files that programs leave behind, and how many match each.
    #[must_use]
    pub fn disposable(&self, root: &Path) -> Vec<(&'static str, usize)> {
        debug_assert_eq!(self.root, root);
        DISPOSABLE
            .iter()
            .map(|pattern| {
                let matches = |name: &str| match pattern.strip_prefix('*') {
                    Some(end) => name.ends_with(end) && name.len() > end.len(),
                    None => name == *pattern,
                };
                let files = self.entries().filter(|entry| !entry.is_directory);
                (*pattern, files.filter(|entry| matches(entry.name)).count())
            })
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    fn reread_changed(&mut self) {
        let changed: Vec<String> = self
            .directories
            .iter()
            .filter(|(path, directory)| {
                stamp(&self.root.join(path)).is_none_or(|now| now != directory.changed)
            })
            .map(|(path, _)| path.clone())
            .collect();
        for path in changed {
            let Some(old) = self.directories.remove(&path) else { continue };
            self.names -= old.items.len();
            if stamp(&self.root.join(&path)).is_some() {
                // Before those that were never read: these are the ones in use.
                self.unread.push_front(path);
            }
        }
        // What is below a directory that is gone, or was put elsewhere, is gone too.
        let gone: Vec<String> = self
            .directories
            .keys()
            .filter(|path| !self.root.join(path).is_dir())
            .cloned()
            .collect();
        for path in gone {
            if let Some(old) = self.directories.remove(&path) {
                self.names -= old.items.len();
            }
        }
    }

    fn read(&mut self, path: String) {
        let place = self.root.join(&path);
        // A link is not followed: what it leads to may be anything, itself included.
        let Some(changed) = stamp(&place) else { return };
        let Ok(entries) = fs::read_dir(&place) else { return };
        let depth = if path.is_empty() { 0 } else { path.split('/').count() };
        let mut items = Vec::new();
        let mut repository = false;
        for entry in entries.flatten() {
            if self.names + items.len() >= MAX_ENTRIES {
                break;
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            repository |= name == ".git";
            let joined = joined(&name).into();
            items.push(Item { name, joined, directory, left_out: false });
        }
        let ignored = ignore_file(&place, &items);
        for item in &mut items {
            let own = ignored.as_ref();
            let below = join(&path, &item.name);
            item.left_out = self.is_left_out(&path, own, item)
                || item.directory && FILLED_BY_TOOLS.contains(&item.name.as_str())
                || item.directory && is_of_the_system(&self.root.join(&below));
            let enters = item.directory && !item.left_out && !item.name.starts_with('.');
            if enters && depth < MAX_DEPTH && !self.directories.contains_key(&below) {
                self.unread.push_back(below);
            }
        }
        self.names += items.len();
        let directory = Directory { depth, changed, items, repository, ignored };
        self.directories.insert(path, directory);
    }

    /// Whether the ignore files from here upwards leave the item out; the nearest
    /// that speaks of it decides.
    fn is_left_out(&self, parent: &str, own: Option<&Gitignore>, item: &Item) -> bool {
        let path = self.root.join(parent).join(&item.name);
        let mut above = Some(parent);
        let mut next = own;
        loop {
            if let Some(ignored) = next {
                let verdict = ignored.matched(&path, item.directory);
                if !verdict.is_none() {
                    return verdict.is_ignore();
                }
            }
            let Some(at) = above.filter(|at| !at.is_empty()) else { return false };
            let up = at.rsplit_once('/').map_or("", |(up, _)| up);
            next = self.directories.get(up).and_then(|directory| directory.ignored.as_ref());
            above = Some(up);
        }
    }
}

fn ignore_file(place: &Path, items: &[Item]) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new(place);
    let mut any = false;
    for name in [".gitignore", ".ignore"] {
        // A line that is no pattern is passed over, as git does.
        if items.iter().any(|item| item.name == name && !item.directory) {
            any |= builder.add(place.join(name)).is_none();
        }
    }
    any.then(|| builder.build().ok()).flatten()
}

/// When a directory's names last changed; nothing for what is no directory.
fn stamp(path: &Path) -> Option<(i64, i64)> {
    let metadata = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir)?;
    Some((metadata.ctime(), metadata.ctime_nsec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(root: &Path, paths: &[&str]) {
        for path in paths {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
    }

    fn paths(index: &Index) -> Vec<String> {
        let mut paths: Vec<String> = index.entries().map(|entry| entry.path()).collect();
        paths.sort();
        paths
    }

    fn of(root: &Path) -> Index {
        let mut index = Index::default();
        index.refresh(root, Duration::from_secs(60));
        index
    }

    #[test]
    fn what_belongs_to_the_system_is_nothing_that_words_mean() {
        let mut index = Index::default();
        index.refresh(Path::new("/"), Duration::from_millis(200));
        let names: Vec<String> = index.entries().map(|entry| entry.path()).collect();
        let inner = |path: &String| path.starts_with("usr/") || path.starts_with("proc/");
        assert!(!names.is_empty() && !names.iter().any(inner));
    }

    #[test]
    fn it_has_every_name_but_what_is_below_hidden_and_ignored_directories() {
        let root = tempfile::tempdir().unwrap();
        make(root.path(), &["a/b/c.txt", ".hid/x", "node_modules/y", "a/out/z", "a/keep/out/w"]);
        fs::write(root.path().join("a/.gitignore"), "/out/\n").unwrap();
        let found = paths(&of(root.path()));
        let expected = [
            ".hid",
            "a",
            "a/.gitignore",
            "a/b",
            "a/b/c.txt",
            "a/keep",
            "a/keep/out",
            "a/keep/out/w",
            "a/out",
            "node_modules",
        ];
        assert_eq!(found, expected);
        let index = of(root.path());
        let aside: Vec<&str> =
            index.entries().filter(|entry| entry.is_aside).map(|entry| entry.name).collect();
        assert_eq!(aside.len(), 4, "{aside:?}");
    }

    #[test]
    fn a_change_is_seen_and_what_is_gone_is_forgotten() {
        let root = tempfile::tempdir().unwrap();
        make(root.path(), &["a/b/one", "c/two"]);
        let mut index = of(root.path());
        make(root.path(), &["a/b/three", "d/e/four"]);
        fs::remove_dir_all(root.path().join("c")).unwrap();
        index.refresh(root.path(), Duration::from_secs(60));
        let fresh = of(root.path());
        assert_eq!(paths(&index), paths(&fresh));
        assert_eq!(index.names, fresh.names);
    }

    #[test]
    fn what_there_was_no_time_for_is_read_the_next_time() {
        let root = tempfile::tempdir().unwrap();
        make(root.path(), &["a/b/one"]);
        let mut index = Index::default();
        index.refresh(root.path(), Duration::ZERO);
        assert!(paths(&index).is_empty() && !index.is_whole());
        index.refresh(root.path(), Duration::from_secs(60));
        assert_eq!(paths(&index), ["a", "a/b", "a/b/one"]);
    }

    #[test]
    fn repositories_are_told_the_nearest_first() {
        let root = tempfile::tempdir().unwrap();
        make(root.path(), &["x/y/.git/HEAD", "z/.git/HEAD", "w/.git"]);
        assert_eq!(of(root.path()).repositories(), ["w", "z", "x/y"]);
    }

    #[test]
    fn links_are_names_and_not_ways() {
        let root = tempfile::tempdir().unwrap();
        make(root.path(), &["a/one"]);
        std::os::unix::fs::symlink(root.path(), root.path().join("a/up")).unwrap();
        assert_eq!(paths(&of(root.path())), ["a", "a/one", "a/up"]);
    }
}

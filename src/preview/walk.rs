//! Reads the difference from the upper directories of overlays.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, Metadata, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::difference::{Before, Changed, Difference, Entry, What, kind, look, measure};
use super::text_diff;
use crate::system::namespace::Layer;
use crate::system::node::{FileKind, Status, Timestamp};
use crate::system::overlay;

/// How many text files are compared line by line.
const MOST_TEXTS: usize = 200;

/// What was changed in the layers. Changes from `since` on are not the work's.
pub(super) fn difference(layers: &[Layer], since: Timestamp, all_users: bool) -> Difference {
    let mut walk = Walk { all_users, texts: MOST_TEXTS, ..Walk::default() };
    for layer in layers {
        walk.find_links(&layer.upper, &layer.lower);
    }
    for layer in layers {
        walk.top(layer);
    }
    let mut entries = walk.entries;
    entries.sort_by(|one, other| {
        let created = |entry: &Entry| !matches!(entry.what, What::Deleted { .. });
        (&one.path, created(one)).cmp(&(&other.path, created(other)))
    });
    let uppers = layers.iter().map(|layer| layer.upper.clone()).collect();
    let renamed = renamed(&entries);
    Difference { entries, renamed, since, uppers, unread: walk.unread }
}

/// Files that went and came with the same length, owner, mode and time, down to the
/// nanosecond: those got another name. One that could be several is told as none.
fn renamed(entries: &[Entry]) -> Vec<(usize, usize)> {
    type Mark = (u64, Timestamp, u32, (u32, u32));
    let mut gone: HashMap<Mark, Vec<usize>> = HashMap::new();
    let mut come: HashMap<Mark, Vec<usize>> = HashMap::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, it)| it.kind == FileKind::File) {
        let mark = |status: Status| {
            (status.size, status.modified, status.mode, (status.user, status.group))
        };
        match &entry.what {
            What::Deleted { .. } => {
                if let Some(before) = &entry.before {
                    gone.entry(mark(before.status)).or_default().push(index);
                }
            }
            What::Created { same_as: None, .. } => {
                if let Ok(Some(metadata)) = look(&entry.upper) {
                    come.entry(mark(Status::of(&metadata))).or_default().push(index);
                }
            }
            _ => {}
        }
    }
    let mut pairs: Vec<(usize, usize)> = gone
        .into_iter()
        .filter_map(|(mark, old)| match (old.as_slice(), come.get(&mark)?.as_slice()) {
            ([old], [new]) => Some((*old, *new)),
            _ => None,
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

#[derive(Default)]
struct Walk {
    entries: Vec<Entry>,
    all_users: bool,
    texts: usize,
    /// For each file that has several names above, the name that stands for it.
    links: HashMap<(u64, u64), PathBuf>,
    unread: Option<PathBuf>,
}

/// Two sides of a name.
struct Sides<'a> {
    upper: &'a Path,
    new: &'a Metadata,
    lower: &'a Path,
    old: &'a Metadata,
}

impl Walk {
    /// The names in an upper directory, whatever its mode: it is llmsh's own copy.
    fn names(&mut self, upper: &Path) -> Vec<OsString> {
        let entries = upper.symlink_metadata().and_then(|metadata| {
            let mode = metadata.mode() & 0o7777;
            if !self.all_users && mode & 0o700 != 0o700 {
                fs::set_permissions(upper, Permissions::from_mode(mode | 0o700))?;
            }
            fs::read_dir(upper)
        });
        let Ok(entries) = entries else {
            self.unread.get_or_insert_with(|| upper.to_owned());
            return Vec::new();
        };
        let mut names: Vec<OsString> = entries.flatten().map(|entry| entry.file_name()).collect();
        names.sort();
        names
    }

    /// Chooses for each file with several names one that stands for it: where
    /// there is one, a name that it had before.
    fn find_links(&mut self, upper: &Path, lower: &Path) {
        let Ok(metadata) = upper.symlink_metadata() else { return };
        if metadata.is_dir() {
            for name in self.names(upper) {
                self.find_links(&upper.join(&name), &lower.join(&name));
            }
            // It shows its own mode afterwards.
            let _ = fs::set_permissions(upper, metadata.permissions());
        } else if metadata.nlink() > 1 && metadata.is_file() {
            let key = (metadata.dev(), metadata.ino());
            let had = overlay::is_copy(upper)
                && look(lower).is_ok_and(|old| old.is_some_and(|old| old.is_file()));
            match self.links.get(&key) {
                Some(other) if !had || look(other).is_ok_and(|old| old.is_some()) => {}
                _ => {
                    self.links.insert(key, lower.to_owned());
                }
            }
        }
    }

    fn top(&mut self, layer: &Layer) {
        let (Ok(new), Ok(old)) = (layer.upper.symlink_metadata(), layer.lower.symlink_metadata())
        else {
            self.unread.get_or_insert_with(|| layer.lower.clone());
            return;
        };
        // The layer's own directory looks like the one below only where it could
        // be made so.
        if self.all_users || new.uid() == old.uid() {
            let (upper, lower) = (&layer.upper, &layer.lower);
            self.directory(&Sides { upper, new: &new, lower, old: &old });
        }
        self.inside(&layer.upper, &layer.lower, false);
    }

    /// `hidden`: what is below is not seen, so it is gone unless it is above, too.
    fn inside(&mut self, upper: &Path, lower: &Path, hidden: bool) {
        let names = self.names(upper);
        for name in &names {
            self.name(&upper.join(name), &lower.join(name), hidden);
        }
        if !hidden {
            return;
        }
        let seen: HashSet<&OsString> = names.iter().collect();
        for entry in fs::read_dir(lower).into_iter().flatten().flatten() {
            if !seen.contains(&entry.file_name())
                && let Ok(metadata) = entry.metadata()
            {
                self.deleted(&entry.path(), &metadata);
            }
        }
    }

    fn name(&mut self, upper: &Path, lower: &Path, hidden: bool) {
        let (Ok(new), Ok(old)) = (upper.symlink_metadata(), look(lower)) else {
            self.unread.get_or_insert_with(|| lower.to_owned());
            return;
        };
        let Some(old) = old else {
            if !overlay::is_whiteout(&new) {
                self.created(upper, &new, lower, None);
            }
            return;
        };
        if overlay::is_whiteout(&new) {
            return self.deleted(lower, &old);
        }
        let sides = Sides { upper, new: &new, lower, old: &old };
        match (kind(&old), kind(&new)) {
            (FileKind::Directory, FileKind::Directory) => {
                self.directory(&sides);
                self.inside(upper, lower, hidden || overlay::is_opaque(upper));
            }
            (FileKind::File, FileKind::File) => self.file(&sides),
            (FileKind::Symlink, FileKind::Symlink)
                if fs::read_link(upper).ok() == fs::read_link(lower).ok() =>
            {
                self.symlink(&sides);
            }
            (FileKind::Other, FileKind::Other) if new.rdev() == old.rdev() => {
                self.symlink(&sides);
            }
            _ => {
                self.deleted(lower, &old);
                self.created(upper, &new, lower, Some(&old));
            }
        }
    }

    fn deleted(&mut self, path: &Path, metadata: &Metadata) {
        let measured = measure(path, metadata, &mut |_| true).unwrap_or_default();
        self.entries.push(Entry {
            path: path.to_owned(),
            kind: kind(metadata),
            what: What::Deleted { entries: measured.entries, bytes: measured.bytes },
            before: Some(Before::of(metadata)),
            upper: PathBuf::new(),
            labelled: false,
        });
    }

    fn created(&mut self, upper: &Path, new: &Metadata, path: &Path, old: Option<&Metadata>) {
        let same_as = self.links.get(&(new.dev(), new.ino())).filter(|other| *other != path);
        let file_kind = kind(new);
        let what = What::Created {
            bytes: if file_kind == FileKind::File { new.len() } else { 0 },
            mode: new.mode() & 0o7777,
            owner: (new.uid(), new.gid()),
            target: fs::read_link(upper).ok(),
            same_as: same_as.cloned(),
        };
        self.make_readable(upper, new);
        self.entries.push(Entry {
            path: path.to_owned(),
            kind: file_kind,
            what,
            before: old.map(Before::of),
            upper: upper.to_owned(),
            labelled: overlay::attributes(upper).map_or(true, |found| !found.is_empty()),
        });
        if file_kind != FileKind::Directory {
            return;
        }
        for name in self.names(upper) {
            let (upper, path) = (upper.join(&name), path.join(&name));
            match upper.symlink_metadata() {
                Ok(new) if overlay::is_whiteout(&new) => {}
                Ok(new) => self.created(&upper, &new, &path, None),
                Err(_) => {
                    self.unread.get_or_insert(path);
                }
            }
        }
    }

    /// What differs besides the content.
    fn attributes(&self, sides: &Sides<'_>) -> Changed {
        let (old, new) = (sides.old, sides.new);
        let modes = (old.mode() & 0o7777, new.mode() & 0o7777);
        let owners = ((old.uid(), old.gid()), (new.uid(), new.gid()));
        Changed {
            bytes: (old.len(), new.len()),
            mode: (modes.0 != modes.1 && !new.is_symlink()).then_some(modes),
            owner: (owners.0 != owners.1).then_some(owners),
            ..Changed::default()
        }
    }

    fn push(&mut self, sides: &Sides<'_>, changed: Changed) {
        let labels = (overlay::attributes(sides.lower), overlay::attributes(sides.upper));
        let labelled = !matches!(&labels, (Ok(old), Ok(new)) if old == new);
        let none = Changed { bytes: changed.bytes, ..Changed::default() };
        if changed == none && !labelled {
            return;
        }
        self.entries.push(Entry {
            path: sides.lower.to_owned(),
            kind: kind(sides.new),
            what: What::Changed(changed),
            before: Some(Before::of(sides.old)),
            upper: sides.upper.to_owned(),
            labelled,
        });
    }

    fn directory(&mut self, sides: &Sides<'_>) {
        let mut changed = self.attributes(sides);
        changed.bytes = (0, 0);
        let times = (Status::of(sides.old).modified, Status::of(sides.new).modified);
        let own = sides.old.uid() == sides.new.uid() && overlay::is_copy(sides.upper);
        // What happened in it changes its time by itself.
        if own && times.0 != times.1 && self.names(sides.upper).is_empty() {
            changed.modified = Some(times);
        }
        self.push(sides, changed);
    }

    fn symlink(&mut self, sides: &Sides<'_>) {
        let mut changed = self.attributes(sides);
        changed.bytes = (0, 0);
        self.push(sides, changed);
    }

    fn file(&mut self, sides: &Sides<'_>) {
        // A link was made over it, unless it was one of that file before.
        let of = |metadata: &Metadata| (metadata.dev(), metadata.ino());
        let linked = self.links.get(&of(sides.new)).filter(|other| *other != sides.lower);
        let before = linked.map(|other| look(other).ok().flatten());
        if before.is_some_and(|before| before.as_ref().map(of) != Some(of(sides.old))) {
            self.deleted(sides.lower, sides.old);
            return self.created(sides.upper, sides.new, sides.lower, Some(sides.old));
        }
        let mut changed = self.attributes(sides);
        self.make_readable(sides.upper, sides.new);
        let same = text_diff::is_same((sides.lower, sides.old), (sides.upper, sides.new));
        if same.is_ok_and(|same| same) {
            let times = (Status::of(sides.old).modified, Status::of(sides.new).modified);
            changed.modified = (times.0 != times.1).then_some(times);
        } else {
            let content = match self.texts.checked_sub(1) {
                Some(rest) => {
                    self.texts = rest;
                    text_diff::compare(sides.lower, sides.upper)
                }
                None => text_diff::Content::Long,
            };
            changed.content = Some(content);
            changed.unlinked = sides.old.nlink() > 1 && !overlay::is_copy(sides.upper);
        }
        self.push(sides, changed);
    }

    /// Lets this user read llmsh's own copy of a file, after its mode was looked
    /// at.
    fn make_readable(&self, upper: &Path, metadata: &Metadata) {
        if !self.all_users && metadata.is_file() && metadata.mode() & 0o400 == 0 {
            let mode = metadata.mode() & 0o7777 | 0o400;
            let _ = fs::set_permissions(upper, Permissions::from_mode(mode));
        }
    }
}

//! Copies of files and trees.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{List, Unsuitable, describe, show};
use crate::plan::operation::{Clobber, Preserve};
use crate::system::node::{FileKind, Status, Timestamp};
use crate::system::place::{Pin, Place};
use crate::system::{file_access, resource};
use crate::undo::{Attributes, Change, Source};

impl List<'_> {
    pub(super) fn copy(
        &mut self,
        from: &Path,
        to: &Path,
        recursive: bool,
        preserve: Preserve,
        clobber: Clobber,
    ) -> Result<(), Unsuitable> {
        let (Some((from, source)), Some(to)) = (self.there(from), self.pin(to)) else {
            return Ok(());
        };
        if source.kind == FileKind::Directory && !recursive {
            self.refuse(&from.path, "is a directory", "是目录");
            return Ok(());
        }
        let Some(target) = to.target else { return self.copy_tree(&from, to, preserve) };
        match clobber {
            Clobber::Keep => Ok(()),
            Clobber::Refuse => {
                self.refuse(&to.path, "exists already", "已存在");
                Ok(())
            }
            Clobber::Replace if target == source => {
                self.refuse(&to.path, "is the same file", "是同一个文件");
                Ok(())
            }
            Clobber::Replace if (source.kind, target.kind) == (FileKind::File, FileKind::File) => {
                self.overwrite(&from, to, preserve)
            }
            Clobber::Replace => Err(Unsuitable),
        }
    }

    /// The content of a file goes to a file that is there.
    pub(super) fn overwrite(
        &mut self,
        from: &Pin,
        at: Pin,
        preserve: Preserve,
    ) -> Result<(), Unsuitable> {
        let Some((_, status)) = self.look(from) else { return Ok(()) };
        if status.identity.kind != FileKind::File {
            return Err(Unsuitable);
        }
        let attributes = match preserve {
            Preserve::Mode => Attributes::default(),
            Preserve::Attributes => kept(&status),
            Preserve::Everything => Attributes { extended: Some(from.clone()), ..kept(&status) },
        };
        self.push(Change::Overwrite { at, content: Source::CopyOf(from.clone()), attributes })
    }

    /// Copies to where nothing is; links are copied as links.
    pub(super) fn copy_tree(
        &mut self,
        from: &Pin,
        at: Pin,
        preserve: Preserve,
    ) -> Result<(), Unsuitable> {
        let Some((place, status)) = self.look(from) else { return Ok(()) };
        let attributes = match preserve {
            Preserve::Mode => {
                let mode = status.mode & 0o777 & !resource::umask();
                Attributes { mode: Some(mode), ..Attributes::default() }
            }
            Preserve::Attributes => kept(&status),
            Preserve::Everything => Attributes { extended: Some(from.clone()), ..kept(&status) },
        };
        let everything = preserve == Preserve::Everything;
        match status.identity.kind {
            // A change makes a link for this user, and only the superuser gives it away.
            FileKind::Symlink
                if everything && (status.user, status.group) != file_access::effective_owner() =>
            {
                Err(Unsuitable)
            }
            FileKind::Symlink => match place.directory().read_symlink(place.name()) {
                Ok(target) => self.push(Change::MakeSymlink { at, target }),
                Err(error) => {
                    self.fail(&from.path, &error);
                    Ok(())
                }
            },
            FileKind::File => {
                if everything && status.links > 1 {
                    if let Some(first) = self.copied.get(&status.identity) {
                        let to = Pin { path: first.clone(), parent: None, target: None };
                        return self.push(Change::MakeLink { at, to });
                    }
                    self.copied.insert(status.identity, at.path.clone());
                }
                let content = Source::CopyOf(from.clone());
                self.push(Change::MakeFile { at, content, attributes })
            }
            FileKind::Directory => {
                let below = at.path.clone();
                self.push(Change::MakeDirectory { at, attributes })?;
                for child in self.children(&place) {
                    let name = child.path.file_name().unwrap_or_default();
                    let to = Pin { path: below.join(name), parent: None, target: None };
                    self.copy_tree(&child, to, preserve)?;
                }
                Ok(())
            }
            FileKind::Other => Err(Unsuitable),
        }
    }

    /// Calls `change` with a path and, for whole trees, with all that is below
    /// it; links below are passed over.
    pub(super) fn each(
        &mut self,
        path: &Path,
        recursive: bool,
        change: &mut dyn FnMut(&mut Self, Pin, &Status) -> Result<(), Unsuitable>,
    ) -> Result<(), Unsuitable> {
        let Some((pin, _)) = self.there(path) else { return Ok(()) };
        self.each_below(pin, recursive, change)
    }

    fn each_below(
        &mut self,
        pin: Pin,
        recursive: bool,
        change: &mut dyn FnMut(&mut Self, Pin, &Status) -> Result<(), Unsuitable>,
    ) -> Result<(), Unsuitable> {
        let Some((place, status)) = self.look(&pin) else { return Ok(()) };
        // What is below comes first: without its permissions a directory could
        // not be entered any more.
        if recursive && status.identity.kind == FileKind::Directory {
            for child in self.children(&place) {
                if child.target.is_some_and(|what| what.kind != FileKind::Symlink) {
                    self.each_below(child, true, change)?;
                }
            }
        }
        change(self, pin, &status)
    }

    /// What is pinned, if it is what was shown.
    fn look(&mut self, pin: &Pin) -> Option<(Place, Status)> {
        let place = match pin.open() {
            Ok(place) => place,
            Err(error) => {
                self.refused.push(error.to_string());
                return None;
            }
        };
        match place.status() {
            Ok(Some(status)) => Some((place, status)),
            Ok(None) => {
                self.refuse(&pin.path, "does not exist", "不存在");
                None
            }
            Err(error) => {
                self.refused.push(error.to_string());
                None
            }
        }
    }

    /// Pins of all that is in a directory, by name.
    fn children(&mut self, place: &Place) -> Vec<Pin> {
        let read = || {
            let directory = place.directory().subdirectory(place.name())?;
            let own = directory.own_status()?.identity;
            let mut names = directory.names()?;
            names.sort();
            let pins = names.into_iter().map(|name| {
                let target = directory.status(&name)?.map(|status| status.identity);
                Ok(Pin { path: place.path().join(name), parent: Some(own), target })
            });
            pins.collect::<std::io::Result<Vec<Pin>>>()
        };
        match read() {
            Ok(pins) => pins,
            Err(error) => {
                self.fail(place.path(), &error);
                Vec::new()
            }
        }
    }

    fn fail(&mut self, path: &Path, error: &std::io::Error) {
        self.refused.push(format!("{}: {}", show(path), describe(error)));
    }
}

/// What `cp -p` keeps.
fn kept(status: &Status) -> Attributes {
    let (user, group) = file_access::effective_owner();
    kept_by(status, user, group)
}

/// What `cp -p` of this user keeps. Only the superuser may give files away; cp keeps
/// silent about it, too. A file that belongs to somebody else then must not run with
/// their rights (XCU cp).
fn kept_by(status: &Status, user: u32, group: u32) -> Attributes {
    let may_give_away = user == 0;
    let same = may_give_away || (status.user, status.group) == (user, group);
    Attributes {
        mode: Some(if same { status.mode } else { status.mode & !0o6000 }),
        owner: may_give_away.then_some((status.user, status.group)),
        modified: Some(moment(status.modified)),
        accessed: Some(moment(status.accessed)),
        extended: None,
    }
}

fn moment(time: Timestamp) -> SystemTime {
    let nanoseconds = Duration::from_nanos(u64::try_from(time.nanoseconds).unwrap_or(0));
    let seconds = Duration::from_secs(time.seconds.unsigned_abs());
    if time.seconds < 0 {
        UNIX_EPOCH - seconds + nanoseconds
    } else {
        UNIX_EPOCH + seconds + nanoseconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_of_an_owner_that_is_not_kept_are_not_kept() {
        let root = tempfile::tempdir().unwrap();
        let directory = crate::system::directory::Directory::open(root.path()).unwrap();
        std::fs::write(root.path().join("a"), "").unwrap();
        let status = directory.status("a".as_ref()).unwrap().unwrap();
        let status = Status { mode: 0o6755, user: 7, group: 8, ..status };
        assert_eq!(kept_by(&status, 0, 0).mode, Some(0o6755));
        assert_eq!(kept_by(&status, 0, 0).owner, Some((7, 8)));
        assert_eq!(kept_by(&status, 7, 8).mode, Some(0o6755));
        assert_eq!(kept_by(&status, 7, 9).mode, Some(0o755));
        assert_eq!(kept_by(&status, 1000, 8).mode, Some(0o755));
        assert_eq!(kept_by(&status, 1000, 8).owner, None);
    }
}

//! Exactly the difference, as changes for the journal.

use std::collections::HashSet;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::difference::{Before, Changed, Difference, Entry, What, look, measure};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::language::Language;
use crate::system::file_access;
use crate::system::node::{FileKind, Identity};
use crate::system::place::Pin;
use crate::undo::{Attributes, Change, Source};

/// Why a difference cannot be made, or no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// It changed since the plan was previewed.
    Changed(PathBuf),
    /// Something is there that was not.
    Appeared(PathBuf),
    /// It is a device, a socket or a named pipe, which only a program makes.
    Special(PathBuf),
    /// It has extended attributes or access lists of its own, or is a link that
    /// belongs to another user.
    Attributes(PathBuf),
    /// Not all that was written could be read.
    Unread(PathBuf),
    /// It would delete what the preview itself wrote.
    HoldsPreview(PathBuf),
    /// The system could not say what is there.
    Unknown(PathBuf, String),
}

impl Stale {
    /// What it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Changed(path)
            | Self::Appeared(path)
            | Self::Special(path)
            | Self::Attributes(path)
            | Self::Unread(path)
            | Self::HoldsPreview(path)
            | Self::Unknown(path, _) => path,
        }
    }

    /// The reason, in one sentence without its period.
    #[must_use]
    pub fn reason(&self, language: Language) -> String {
        let path = visible(self.path().as_os_str().as_encoded_bytes());
        let (english, chinese) = match self {
            Self::Changed(_) => (" has changed since the preview", " 在预览之后已改变"),
            Self::Appeared(_) => (" has appeared since the preview", " 在预览之后才出现"),
            Self::Special(_) => {
                (" is a special file, which a program has to make", " 是特殊文件，只能由程序创建")
            }
            Self::Attributes(_) => (
                " has access lists, attributes or an owner that only the program can give it",
                " 的访问列表、扩展属性或属主只能由程序设置",
            ),
            Self::Unread(_) => (" could not be read in the preview", " 在预览中无法读取"),
            Self::HoldsPreview(_) => (" holds the preview itself", " 包含预览本身"),
            Self::Unknown(_, error) => {
                return language.choose(format!("{path}: {error}"), format!("{path}：{error}"));
            }
        };
        path + language.choose(english, chinese)
    }
}

impl std::fmt::Display for Stale {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.reason(Language::English))
    }
}

impl std::error::Error for Stale {}

impl From<Stale> for Diagnostic {
    fn from(stale: Stale) -> Self {
        let hint = match stale {
            Stale::Changed(_) | Stale::Appeared(_) => "preview the plan again",
            _ => "run the plan itself",
        };
        Self::new(stale.to_string()).hint(hint)
    }
}

fn unknown(path: &Path) -> impl FnOnce(io::Error) -> Stale {
    |error| Stale::Unknown(path.to_owned(), error.to_string())
}

impl Difference {
    /// The same difference as changes, in an order in which they can be made as
    /// one step. New content is copied from where the [`super::Preview`] keeps it.
    ///
    /// # Errors
    /// [`Stale`] for the first path that is not as it was when the plan was
    /// previewed, or that changes cannot express.
    pub fn changes(&self) -> Result<Vec<Change>, Stale> {
        if let Some(path) = &self.unread {
            return Err(Stale::Unread(path.clone()));
        }
        for entry in &self.entries {
            self.verify(entry)?;
        }
        let mut list = List::default();
        for entry in &self.entries {
            list.add(entry)?;
        }
        Ok(list.in_order())
    }

    /// Whether nobody else has changed what is there.
    fn verify(&self, entry: &Entry) -> Result<(), Stale> {
        let path = &entry.path;
        let now = look(path).map_err(unknown(path))?;
        let (before, now) = match (&entry.before, now) {
            (None, None) => return self.can_be_expressed(entry),
            (None, Some(_)) => return Err(Stale::Appeared(path.clone())),
            (Some(_), None) => return Err(Stale::Changed(path.clone())),
            (Some(before), Some(now)) => (before, now),
        };
        let changed = |at: PathBuf| Err(Stale::Changed(at));
        let is = Before::of(&now);
        if is.status.identity.kind == FileKind::Directory && matches!(entry.what, What::Changed(_))
        {
            // Others may make files in it.
            let attributes = |before: &Before| {
                let status = before.status;
                (status.identity, status.mode, status.user, status.group)
            };
            if attributes(before) != attributes(&is) {
                return changed(path.clone());
            }
            return self.can_be_expressed(entry);
        }
        if !before.is(&is) {
            return changed(path.clone());
        }
        if let What::Deleted { entries, bytes } = entry.what {
            if self.uppers.iter().any(|upper| upper.starts_with(path)) {
                return Err(Stale::HoldsPreview(path.clone()));
            }
            let old = &mut |metadata: &std::fs::Metadata| Before::of(metadata).changed < self.since;
            match measure(path, &now, old) {
                Err(newer) => return changed(newer),
                Ok(measured) if (measured.entries, measured.bytes) != (entries, bytes) => {
                    return changed(path.clone());
                }
                Ok(_) => {}
            }
        } else if is.changed >= self.since {
            return changed(path.clone());
        }
        self.can_be_expressed(entry)
    }

    fn can_be_expressed(&self, entry: &Entry) -> Result<(), Stale> {
        let path = || entry.path.clone();
        if entry.labelled {
            return Err(Stale::Attributes(path()));
        }
        match (&entry.what, entry.kind) {
            (What::Created { .. }, FileKind::Other) => Err(Stale::Special(path())),
            (What::Created { owner, .. }, FileKind::Symlink)
                if *owner != file_access::effective_owner() =>
            {
                Err(Stale::Attributes(path()))
            }
            _ => Ok(()),
        }
    }
}

/// The changes by when they can be made.
#[derive(Default)]
struct List {
    /// Directories that are not there yet, or not as directories.
    made: HashSet<PathBuf>,
    /// What is to become accessible before anything is done in it.
    open: Vec<Change>,
    discard: Vec<Change>,
    make: Vec<Change>,
    link: Vec<Change>,
    attribute: Vec<Change>,
}

impl List {
    fn in_order(self) -> Vec<Change> {
        // A directory loses access after what is in it has changed.
        let attribute = self.attribute.into_iter().rev();
        [self.open, self.discard, self.make, self.link]
            .into_iter()
            .flatten()
            .chain(attribute)
            .collect()
    }

    fn add(&mut self, entry: &Entry) -> Result<(), Stale> {
        let path = &entry.path;
        match &entry.what {
            What::Deleted { .. } => {
                let at = self.pin(entry)?;
                self.discard.push(Change::Discard { at });
                Ok(())
            }
            What::Created { mode, owner, target, same_as, .. } => {
                let at = self.pin(entry)?;
                if let Some(other) = same_as {
                    let to = self.pin_of(other)?;
                    self.link.push(Change::MakeLink { at, to });
                    return Ok(());
                }
                if let Some(target) = target {
                    self.make.push(Change::MakeSymlink { at, target: target.clone() });
                    return Ok(());
                }
                let attributes =
                    Attributes { mode: Some(*mode), owner: Some(*owner), ..times(&entry.upper)? };
                self.make.push(if entry.kind == FileKind::Directory {
                    self.made.insert(path.clone());
                    Change::MakeDirectory { at, attributes }
                } else {
                    Change::MakeFile { at, content: copy(&entry.upper)?, attributes }
                });
                Ok(())
            }
            What::Changed(changed) => self.change(entry, changed),
        }
    }

    fn change(&mut self, entry: &Entry, changed: &Changed) -> Result<(), Stale> {
        let at = self.pin(entry)?;
        let mode = changed.mode.map(|(_, new)| new);
        let owner = changed.owner.map(|(_, new)| new);
        if changed.content.is_some() {
            let content = copy(&entry.upper)?;
            let times = times(&entry.upper)?;
            if changed.unlinked {
                let before = entry.before.map(|before| before.status);
                let attributes = Attributes {
                    mode: mode.or(before.map(|status| status.mode)),
                    owner: owner.or(before.map(|status| (status.user, status.group))),
                    ..times
                };
                self.discard.push(Change::Discard { at: at.clone() });
                self.make.push(Change::MakeFile { at, content, attributes });
            } else {
                let attributes = Attributes { mode, owner, ..times };
                self.make.push(Change::Overwrite { at, content, attributes });
            }
            return Ok(());
        }
        // The list is reversed: who owns it is set first, since that takes set-id
        // bits away.
        if changed.modified.is_some()
            && let Attributes { modified: Some(modified), accessed: Some(accessed), .. } =
                times(&entry.upper)?
        {
            self.attribute.push(Change::Times { at: at.clone(), modified, accessed });
        }
        if let (Some(mode), Some((old, _))) = (mode, changed.mode) {
            let gains = entry.kind == FileKind::Directory && mode & !old & 0o700 != 0;
            let change = Change::Mode { at: at.clone(), mode };
            // With another owner it is set in any case afterwards.
            if gains && owner.is_none() {
                self.open.push(change)
            } else {
                self.attribute.push(change)
            }
        }
        if let Some((user, group)) = owner {
            self.attribute.push(Change::Owner { at, user: Some(user), group: Some(group) });
        }
        Ok(())
    }

    /// The pin of what was there before.
    fn pin(&self, entry: &Entry) -> Result<Pin, Stale> {
        let pin = self.pin_of(&entry.path)?;
        let was: Option<Identity> = entry.before.map(|before| before.status.identity);
        if pin.target != was {
            return Err(Stale::Changed(entry.path.clone()));
        }
        Ok(pin)
    }

    fn pin_of(&self, path: &Path) -> Result<Pin, Stale> {
        if path.parent().is_some_and(|parent| self.made.contains(parent)) {
            return Ok(Pin { path: path.to_owned(), parent: None, target: None });
        }
        Pin::take(path).map_err(unknown(path))
    }
}

fn copy(upper: &Path) -> Result<Source, Stale> {
    Pin::take(upper).map(Source::CopyOf).map_err(unknown(upper))
}

fn times(upper: &Path) -> Result<Attributes, Stale> {
    let metadata = upper.symlink_metadata().map_err(unknown(upper))?;
    let modified = metadata.modified().map_err(unknown(upper))?;
    let accessed: SystemTime = metadata.accessed().map_err(unknown(upper))?;
    // A file is read when it is copied; a new one has no time of reading to keep.
    let accessed = (metadata.nlink() > 0).then_some(accessed);
    Ok(Attributes { modified: Some(modified), accessed, ..Attributes::default() })
}

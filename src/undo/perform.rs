//! A change is made: on what was shown and nothing else, and never over what
//! somebody else put there meanwhile.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::change::{Attributes, Change, Source};
use super::failure::Failure;
use super::prepare::{Prepared, times};
use super::record::{Kind, Record};
use crate::system::directory::{Directory, Rename, link};
use crate::system::extended_attribute::{self, Extended};
use crate::system::node::{Identity, Node, Status, Timestamp};
use crate::system::place::{Pin, Place};
use crate::system::{content, random, tree};

/// Makes the changes of one list.
#[derive(Debug, Default)]
pub(super) struct Performer {
    /// What the list has made, and taken away.
    meanwhile: HashMap<PathBuf, Option<Identity>>,
    /// Directories whose attributes are set when all that goes into them is there.
    unfinished: Vec<(PathBuf, Identity, Attributes)>,
}

impl Performer {
    /// Makes one change and completes its record.
    pub(super) fn make(
        &mut self,
        change: &Change,
        prepared: &mut Prepared,
        now: i64,
    ) -> Result<(), Failure> {
        let record = &mut prepared.record;
        let place = self.open(&record.at)?;
        if record.directories.is_empty() {
            record.directories.push(times(&place)?);
        }
        if let Some(info) = &prepared.info {
            info.write(now).map_err(Failure::at(&info.path))?;
        }
        let after = self.effect(change, record, &place)?;
        record.after = after;
        for directory in &mut record.directories {
            let status = Directory::open(&directory.path.0).and_then(|opened| opened.own_status());
            // A directory that is gone has no times to put back.
            directory.since = status.ok().map(|status| status.modified);
        }
        let path = record.at.path.clone();
        match &record.kind {
            Kind::Move { to, .. } => {
                self.meanwhile.insert(to.path.clone(), after.map(|status| status.identity));
                self.meanwhile.insert(path, None);
            }
            _ => {
                self.meanwhile.insert(path, after.map(|status| status.identity));
            }
        }
        Ok(())
    }

    /// Sets what could not be set before: in a directory that may not be written
    /// nothing can be made, and what is made in it changes its times.
    pub(super) fn finish(&mut self, records: &mut [Prepared]) -> Result<(), Failure> {
        for (path, identity, attributes) in std::mem::take(&mut self.unfinished).into_iter().rev() {
            let place = Place::open(&path)?;
            let node = place.node(identity)?;
            set_attributes(&node, &attributes).map_err(Failure::at(&path))?;
            let status = node.status().map_err(Failure::at(&path))?;
            if let Some(prepared) =
                records.iter_mut().find(|prepared| prepared.record.at.path == path)
            {
                prepared.record.after = Some(status);
            }
            let directories = records.iter_mut().flat_map(|one| &mut one.record.directories);
            for directory in directories.filter(|directory| directory.path.0 == path) {
                directory.since = Some(status.modified);
            }
        }
        Ok(())
    }

    /// The place of a pin, with what the list itself has changed there.
    fn open(&self, pin: &Pin) -> Result<Place, Failure> {
        let parent = pin.path.parent().and_then(|parent| self.meanwhile.get(parent));
        let parent = parent.copied().flatten().or(pin.parent);
        let target = self.meanwhile.get(&pin.path).copied().unwrap_or(pin.target);
        Ok(pin.open_as(parent, target)?)
    }

    fn identity(&self, pin: &Pin) -> Result<Identity, Failure> {
        let target = self.meanwhile.get(&pin.path).copied().unwrap_or(pin.target);
        target.ok_or_else(|| Failure::at(&pin.path)(io::ErrorKind::NotFound.into()))
    }

    fn effect(
        &mut self,
        change: &Change,
        record: &mut Record,
        place: &Place,
    ) -> Result<Option<Status>, Failure> {
        let path = place.path();
        let failed = || Failure::at(path);
        match change {
            Change::MakeDirectory { attributes, .. } => {
                let mode = attributes.mode.map_or(0o777, |mode| mode | 0o700);
                place.directory().make_directory(place.name(), mode).map_err(failed())?;
                let status = there(place)?;
                if let Some(from) = &attributes.extended {
                    // At once: when the rest is set, what it is copied from may be gone.
                    let node = place.node(status.identity)?;
                    record.extended = self.extend(&node, from)?;
                    node.set_mode(mode).map_err(failed())?;
                }
                if *attributes != Attributes::default() {
                    let attributes = attributes.clone();
                    self.unfinished.push((path.to_owned(), status.identity, attributes));
                }
                Ok(Some(status))
            }
            Change::MakeFile { content, attributes, .. } => {
                let mode = attributes.mode.unwrap_or(0o666);
                let file = new_file(place.directory(), None, mode).map_err(failed())?;
                self.fill(&file, content)?;
                if let Some(from) = &attributes.extended {
                    self.extend(&Node::of(&file).map_err(failed())?, from)?;
                }
                let node = attributed(&file, attributes).map_err(failed())?;
                link(&node, place.directory(), place.name()).map_err(failed())?;
                Ok(Some(node.status().map_err(failed())?))
            }
            Change::MakeSymlink { target, .. } => {
                place.directory().make_symlink(place.name(), target).map_err(failed())?;
                there(place).map(Some)
            }
            Change::MakeLink { to, .. } => {
                let target = self.open(to)?;
                let node = target.node(self.identity(to)?)?;
                link(&node, place.directory(), place.name()).map_err(failed())?;
                there(place).map(Some)
            }
            Change::Overwrite { content, attributes, .. } => {
                self.overwrite(record, place, content, attributes).map(Some)
            }
            Change::Append { bytes, .. } => {
                let node = place.node(self.identity(&record.at)?)?;
                let mut file = node.open(OpenOptions::new().append(true)).map_err(failed())?;
                file.write_all(bytes).map_err(failed())?;
                Ok(Some(node.status().map_err(failed())?))
            }
            Change::Discard { .. } | Change::Erase { .. } => {
                let identity = self.identity(&record.at)?;
                match &record.kind {
                    Kind::Discard { file, .. } => {
                        move_away(place, identity, &file.0)?;
                        record.bytes = tree::bytes(&file.0);
                    }
                    _ => erase(place, identity)?,
                }
                Ok(None)
            }
            Change::Move { to, .. } => self.rename(record, place, to).map(Some),
            Change::Mode { mode, .. } => {
                let node = place.node(self.identity(&record.at)?)?;
                node.set_mode(*mode).map_err(failed())?;
                Ok(Some(node.status().map_err(failed())?))
            }
            Change::Owner { user, group, .. } => {
                let node = place.node(self.identity(&record.at)?)?;
                node.set_owner(*user, *group).map_err(failed())?;
                Ok(Some(node.status().map_err(failed())?))
            }
            Change::Times { modified, accessed, .. } => {
                let node = place.node(self.identity(&record.at)?)?;
                node.set_times((*modified).into(), (*accessed).into()).map_err(failed())?;
                Ok(Some(node.status().map_err(failed())?))
            }
        }
    }

    /// Gives something new the extended attributes of what it is copied from; these.
    fn extend(&self, to: &Node, pin: &Pin) -> Result<Vec<Extended>, Failure> {
        let from = self.open(pin)?.node(self.identity(pin)?)?;
        let failed = || Failure::at(&pin.path);
        let opened = |node: &Node| node.open(OpenOptions::new().read(true)).map_err(failed());
        let extended = extended_attribute::all(&opened(&from)?).map_err(failed())?;
        extended_attribute::give(&opened(to)?, &extended).map_err(failed())?;
        Ok(extended)
    }

    /// Writes the content into a new file.
    fn fill(&self, mut file: &File, source: &Source) -> Result<(), Failure> {
        match source {
            Source::Bytes(bytes) => {
                file.write_all(bytes).map_err(Failure::at(Path::new("the new file")))
            }
            Source::CopyOf(pin) => {
                let failed = || Failure::at(&pin.path);
                let node = self.open(pin)?.node(self.identity(pin)?)?;
                let from = node.open(OpenOptions::new().read(true)).map_err(failed())?;
                content::copy(&from, file).map_err(failed())?;
                Ok(())
            }
        }
    }

    /// Replaces the content of a file where it is.
    fn write_over(&self, mut file: &File, source: &Source) -> Result<(), Failure> {
        match source {
            Source::Bytes(bytes) => file
                .write_all(bytes)
                .and_then(|()| file.set_len(bytes.len() as u64))
                .map_err(Failure::at(Path::new("the file"))),
            Source::CopyOf(pin) => {
                let failed = || Failure::at(&pin.path);
                let node = self.open(pin)?.node(self.identity(pin)?)?;
                let from = node.open(OpenOptions::new().read(true)).map_err(failed())?;
                content::write_over(&from, file).map_err(failed())?;
                Ok(())
            }
        }
    }

    fn overwrite(
        &self,
        record: &mut Record,
        place: &Place,
        source: &Source,
        attributes: &Attributes,
    ) -> Result<Status, Failure> {
        let failed = || Failure::at(place.path());
        let identity = self.identity(&record.at)?;
        let node = place.node(identity)?;
        let old = node.open(OpenOptions::new().read(true)).map_err(failed())?;
        let before = node.status().map_err(failed())?;
        record.before = Some(before);
        match &record.kind {
            Kind::Exchange { temporary, kept } => {
                let name = temporary.0.file_name().unwrap_or_default();
                let file = new_file(place.directory(), Some(name), before.mode).map_err(failed())?;
                let filled = self.fill(&file, source).and_then(|()| {
                    match &attributes.extended {
                        Some(from) => {
                            self.extend(&Node::of(&file).map_err(failed())?, from)?;
                        }
                        None => extended_attribute::carry(&old, &file).map_err(failed())?,
                    }
                    let attributes = Attributes {
                        mode: attributes.mode.or(Some(before.mode)),
                        owner: attributes.owner.or(Some((before.user, before.group))),
                        ..attributes.clone()
                    };
                    attributed(&file, &attributes).map_err(failed())
                });
                let new = match filled {
                    Ok(new) => new,
                    Err(error) => {
                        drop_name(place.directory(), name, &file);
                        return Err(error);
                    }
                };
                let directory = place.directory();
                if directory.status(name).map_err(failed())?.is_none() {
                    link(&new, directory, name).map_err(failed())?;
                }
                directory
                    .rename(name, directory, place.name(), Rename::Exchange)
                    .map_err(failed())?;
                // Whatever had the name at that moment has the other one now.
                let moved = directory.status(name).map_err(failed())?;
                if moved.map(|status| status.identity) != Some(identity) {
                    directory
                        .rename(name, directory, place.name(), Rename::Exchange)
                        .map_err(failed())?;
                    drop_name(directory, name, &file);
                    return Err(changed(place));
                }
                match kept {
                    Some(kept) => {
                        rename_to(directory, name, &kept.0, Rename::NoReplace).map_err(failed())?;
                        record.bytes = before.size;
                    }
                    None => directory.unlink(name).map_err(failed())?,
                }
                new.status().map_err(failed())
            }
            _ => {
                if let Kind::InPlace { kept: Some(kept) } = &record.kind {
                    keep_copy(&old, &before, &kept.0).map_err(failed())?;
                    record.bytes = before.size;
                }
                let file = node.open(OpenOptions::new().read(true).write(true)).map_err(failed())?;
                if let Err(error) = self.write_over(&file, source) {
                    if let Kind::InPlace { kept: Some(kept) } = &record.kind {
                        restore_content(&file, &kept.0).map_err(failed())?;
                    }
                    return Err(error);
                }
                set_attributes(&node, attributes).map_err(failed())?;
                node.status().map_err(failed())
            }
        }
    }

    fn rename(&self, record: &mut Record, place: &Place, to: &Pin) -> Result<Status, Failure> {
        let target = self.open(to)?;
        let failed = || Failure::at(&to.path);
        let source = self.identity(&record.at)?;
        place.verify(Some(source))?;
        let (from, into) = (place.directory(), target.directory());
        let how = if to.target.is_some() { Rename::Exchange } else { Rename::NoReplace };
        from.rename(place.name(), into, target.name(), how).map_err(failed())?;
        let back = |error: Failure| {
            // What was moved is not what was shown: it goes back.
            let _ = into.rename(target.name(), from, place.name(), how);
            error
        };
        let moved = there(&target).map_err(back)?;
        if moved.identity != source {
            return Err(back(changed(place)));
        }
        let replaced = from.status(place.name()).map_err(failed())?;
        if replaced.map(|status| status.identity) != to.target {
            return Err(back(changed(&target)));
        }
        if let (Kind::Move { kept, .. }, Some(status)) = (&record.kind, replaced) {
            match kept {
                Some(kept) => {
                    rename_to(from, place.name(), &kept.0, Rename::NoReplace).map_err(failed())?;
                    record.bytes = status.size;
                }
                None => from.unlink(place.name()).map_err(failed())?,
            }
        }
        Ok(moved)
    }
}

fn there(place: &Place) -> Result<Status, Failure> {
    place.status()?.ok_or_else(|| Failure::at(place.path())(io::ErrorKind::NotFound.into()))
}

fn changed(place: &Place) -> Failure {
    let path = crate::escape::visible(place.path().as_os_str().as_encoded_bytes());
    Failure::of(place.path(), format!("{path} is not what it was when it was shown"))
}

/// Moves what is at the place to a name elsewhere, and back if it was not what
/// was expected.
pub(super) fn move_away(place: &Place, identity: Identity, to: &Path) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    place.verify(Some(identity))?;
    rename_to(place.directory(), place.name(), to, Rename::NoReplace).map_err(failed())?;
    let target = Place::open(&real(to).map_err(failed())?)?;
    if there(&target)?.identity == identity {
        return Ok(());
    }
    let _ = target.directory().rename(
        target.name(),
        place.directory(),
        place.name(),
        Rename::NoReplace,
    );
    Err(changed(place))
}

/// Deletes what is at the place for good, and only that: under a name of llmsh's own
/// nobody can put something else there meanwhile. What cannot be deleted gets its name back.
fn erase(place: &Place, identity: Identity) -> Result<(), Failure> {
    let failed = || Failure::at(place.path());
    let token = random::token().map_err(failed())?;
    let aside = place.path().with_file_name(format!(".llmsh-{token}"));
    move_away(place, identity, &aside)?;
    let (directory, name) = (place.directory(), aside.file_name().unwrap_or_default());
    tree::remove(directory, name).map_err(|error| {
        let _ = directory.rename(name, directory, place.name(), Rename::NoReplace);
        failed()(error)
    })
}

/// Renames to a path of llmsh's own, whose directory may lie behind links.
fn rename_to(from: &Directory, name: &std::ffi::OsStr, to: &Path, how: Rename) -> io::Result<()> {
    let to = real(to)?;
    let parent = Directory::open(to.parent().unwrap_or(Path::new("/")))?;
    from.rename(name, &parent, to.file_name().unwrap_or_default(), how)
}

/// A path of llmsh's own with the links of its directory resolved.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
    let parent = path.parent().unwrap_or(Path::new("/")).canonicalize()?;
    Ok(parent.join(path.file_name().unwrap_or_default()))
}

/// A new file that has no name yet, or this one where the file system knows only
/// files with names.
fn new_file(directory: &Directory, name: Option<&std::ffi::OsStr>, mode: u32) -> io::Result<File> {
    match (directory.make_nameless_file(mode), name) {
        (Err(error), Some(name)) if is_unsupported(&error) => directory.make_file(name, mode),
        (result, _) => result,
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    use crate::system::Errno;
    let number = error.raw_os_error();
    [Errno::EOPNOTSUPP, Errno::EISDIR, Errno::ENOENT]
        .iter()
        .any(|errno| number == Some(*errno as i32))
}

/// Takes a name away that a file of ours has, if it has it.
fn drop_name(directory: &Directory, name: &std::ffi::OsStr, file: &File) {
    let own = file.metadata().map(|metadata| Identity::of(&metadata)).ok();
    if let Ok(Some(status)) = directory.status(name)
        && Some(status.identity) == own
    {
        let _ = directory.unlink(name);
    }
}

/// Keeps a copy of a file's content under a name of llmsh's own.
pub(super) fn keep_copy(old: &File, status: &Status, kept: &Path) -> io::Result<()> {
    let kept = real(kept)?;
    let directory = Directory::open(kept.parent().unwrap_or(Path::new("/")))?;
    let name = kept.file_name().unwrap_or_default();
    let file = new_file(&directory, Some(name), 0o600)?;
    content::copy(old, &file)?;
    if directory.status(name)?.is_none() {
        link(&file, &directory, name)?;
    }
    let node = directory.node(name)?;
    node.set_times(status.modified, status.accessed)
}

/// The file with its attributes.
fn attributed(file: &File, attributes: &Attributes) -> io::Result<Node> {
    let node = Node::of(file)?;
    set_attributes(&node, attributes)?;
    Ok(node)
}

pub(super) fn set_attributes(node: &Node, attributes: &Attributes) -> io::Result<()> {
    // The owner comes first: a new one takes set-id bits away.
    if let Some((user, group)) = attributes.owner {
        let status = node.status()?;
        if (status.user, status.group) != (user, group) {
            node.set_owner(Some(user), Some(group))?;
        }
    }
    if let Some(mode) = attributes.mode {
        node.set_mode(mode)?;
    }
    if attributes.modified.is_some() || attributes.accessed.is_some() {
        let status = node.status()?;
        let modified = attributes.modified.map_or(status.modified, Timestamp::from);
        let accessed = attributes.accessed.map_or(status.accessed, Timestamp::from);
        node.set_times(modified, accessed)?;
    }
    Ok(())
}

/// Gives a file the content back that was kept.
pub(super) fn restore_content(file: &File, kept: &Path) -> io::Result<()> {
    let kept = File::open(real(kept)?)?;
    content::write_over(&kept, file).map(drop)
}

//! The times of directories in which a run made, moved and deleted things.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::failure::Failure;
use super::record::{DirectoryTimes, Kind, Record};
use super::recover::status;
use crate::system::directory::Directory;
use crate::system::node::{Identity, Timestamp};

/// The directories whose times are still those that the run gave them, looked at before
/// anything is taken back: nobody else has changed what is in them.
pub(super) fn untouched<'a>(changes: impl Iterator<Item = &'a (i64, Record)>) -> HashSet<Identity> {
    // Where each directory is by now, and the times that the run gave it.
    let mut left: HashMap<Identity, (PathBuf, Vec<Timestamp>)> = HashMap::new();
    for (_, record) in changes {
        for directory in &record.directories {
            let place = || (directory.path.0.clone(), Vec::new());
            let (_, times) = left.entry(directory.identity).or_insert_with(place);
            times.extend(directory.since);
            // An undo that did not come to its end put these back.
            times.push(directory.modified);
        }
        // The times of a directory may have been set.
        if let Some(after) = record.after
            && let Some((_, times)) = left.get_mut(&after.identity)
        {
            times.push(after.modified);
        }
        let gone_to = match &record.kind {
            Kind::Move { to, .. } => &to.path,
            Kind::Discard { file, .. } => &file.0,
            _ => continue,
        };
        for (path, _) in left.values_mut() {
            if let Ok(rest) = path.strip_prefix(&record.at.path) {
                *path =
                    if rest.as_os_str().is_empty() { gone_to.clone() } else { gone_to.join(rest) };
            }
        }
    }
    let is_as_left = |(identity, (path, times)): (Identity, (PathBuf, Vec<Timestamp>))| {
        let now = status(&path).filter(|now| now.identity == identity)?;
        times.contains(&now.modified).then_some(identity)
    };
    left.into_iter().filter_map(is_as_left).collect()
}

/// Gives a directory the times that it had, if it is still that one.
pub(super) fn put_back_times(directory: &DirectoryTimes) -> Result<(), Failure> {
    let path = &directory.path.0;
    let opened = Directory::open(path).map_err(Failure::at(path))?;
    if opened.own_status().map_err(Failure::at(path))?.identity == directory.identity {
        let node = opened.own_node().map_err(Failure::at(path))?;
        node.set_times(directory.modified, directory.accessed).map_err(Failure::at(path))?;
    }
    Ok(())
}

/// The same for directories that got new times only by what was begun and taken back again;
/// those of the `changes` have theirs already.
pub(super) fn put_back_settled(
    settled: &[(i64, Record)],
    changes: &[(i64, Record)],
    untouched: &HashSet<Identity>,
) -> Result<(), Failure> {
    let of = |changes: &'_ [(i64, Record)], identity: Identity| {
        changes.iter().any(|(_, record)| {
            record.directories.iter().any(|directory| directory.identity == identity)
        })
    };
    settled
        .iter()
        .flat_map(|(_, record)| &record.directories)
        .filter(|directory| directory.since.is_some() && untouched.contains(&directory.identity))
        .filter(|directory| !of(changes, directory.identity))
        .try_for_each(put_back_times)
}

//! What is in the trash, for `llmsh trash`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bin::Bin;
use super::info;
use crate::system::directory::{Directory, Rename};
use crate::system::tree;

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it came from.
    pub origin: PathBuf,
    /// When it was deleted: local time, as the file in the trash says.
    pub deleted: String,
    /// What it takes, in bytes, with all that is in it.
    pub bytes: u64,
    file: PathBuf,
    info: PathBuf,
}

/// Why something was not done with the trash.
#[derive(Debug, thiserror::Error)]
pub enum TrashError {
    /// Something has its old name.
    #[error("{} exists: move it away first", show(.0))]
    Taken(PathBuf),
    /// The directory it was in is gone.
    #[error("{} is not there any more: make it first", show(.0))]
    NoDirectory(PathBuf),
    /// The system could not do it.
    #[error("{}: {error}", show(path))]
    Io {
        /// What was being worked on.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

fn show(path: &Path) -> String {
    crate::escape::visible(path.as_os_str().as_encoded_bytes())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> TrashError {
    |error| TrashError::Io { path: path.to_owned(), error }
}

/// All that is in the trash of the home directory and of every mounted file
/// system, newest first.
#[must_use]
pub fn list() -> Vec<Item> {
    let mounts = crate::system::mount::points();
    let bins = Bin::of_home().into_iter().chain(mounts.iter().map(|top| Bin::of_mount(top)));
    let mut items: Vec<Item> = Vec::new();
    for bin in bins {
        let Ok(entries) = fs::read_dir(bin.infos()) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let item = item(&bin, &path);
            // A mount may be seen at two places.
            items.extend(item.filter(|item| items.iter().all(|other| other.file != item.file)));
        }
    }
    items.sort_by(|one, other| other.deleted.cmp(&one.deleted).then(one.origin.cmp(&other.origin)));
    items
}

fn item(bin: &Bin, path: &Path) -> Option<Item> {
    let name = path.file_stem().filter(|_| path.extension() == Some("trashinfo".as_ref()))?;
    let file = bin.files().join(name);
    file.symlink_metadata().ok()?;
    let (origin, deleted) = info::read(path)?;
    let bytes = tree::bytes(&file);
    Some(Item { origin: bin.absolute(&origin), deleted, bytes, file, info: path.to_owned() })
}

/// Puts something back where it came from.
///
/// # Errors
/// [`TrashError`]; nothing is replaced.
pub fn restore(item: &Item) -> Result<(), TrashError> {
    let (Some(parent), Some(name)) = (item.origin.parent(), item.origin.file_name()) else {
        return Err(TrashError::NoDirectory(item.origin.clone()));
    };
    let real = parent.canonicalize().map_err(|_| TrashError::NoDirectory(parent.to_owned()))?;
    let to = Directory::open(&real).map_err(failed(&real))?;
    let from = open_parent(&item.file)?;
    let stored = item.file.file_name().unwrap_or_default();
    match from.rename(stored, &to, name, Rename::NoReplace) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(TrashError::Taken(item.origin.clone()));
        }
        Err(error) => return Err(failed(&item.origin)(error)),
    }
    fs::remove_file(&item.info).map_err(failed(&item.info))
}

/// Deletes something in the trash for good.
///
/// # Errors
/// What the system says.
pub fn empty(item: &Item) -> Result<(), TrashError> {
    let directory = open_parent(&item.file)?;
    let name = item.file.file_name().unwrap_or_default();
    tree::remove(&directory, name).map_err(failed(&item.file))?;
    fs::remove_file(&item.info).map_err(failed(&item.info))
}

fn open_parent(path: &Path) -> Result<Directory, TrashError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    // The home directory may be behind a link.
    let real = parent.canonicalize().map_err(failed(parent))?;
    Directory::open(&real).map_err(failed(parent))
}

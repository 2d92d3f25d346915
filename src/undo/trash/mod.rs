//! The trash as every desktop has it (freedesktop.org Trash specification 1.0):
//! on the file system of what is deleted, so that deleting moves and never
//! copies.

mod bin;
mod info;
mod item;

use std::io;
use std::path::Path;

pub(super) use self::bin::Bin;
pub(super) use self::info::Info;
pub use self::item::{Item, TrashError, empty, list, restore};
use crate::system::file_access::{Access, accessible};
use crate::system::place::Pin;

/// Whether something there could go to a trash of its file system; found out
/// cheaply, and without making anything.
///
/// # Errors
/// The reason why not, for a person.
pub fn suits(path: &Path) -> Result<(), String> {
    let show = |path: &Path| crate::escape::visible(path.as_os_str().as_encoded_bytes());
    let parent = path.parent().ok_or("the root directory cannot be moved")?;
    if !accessible(parent, Access::Write) {
        return Err(format!("{} may not be changed by you", show(parent)));
    }
    let metadata = path.symlink_metadata().or_else(|_| parent.metadata());
    let device = metadata.map_err(|error| error.to_string()).map(|metadata| {
        use std::os::unix::fs::MetadataExt;
        metadata.dev()
    })?;
    let bin = Bin::for_path(path, device).map_err(|error| error.to_string())?;
    if bin.contains(path) {
        return Err("it is in the trash already".to_owned());
    }
    bin.is_possible().map_err(|place| format!("no trash can be made in {}", show(&place)))
}

/// Reserves a name in the trash for what is pinned: what it will be called there,
/// and where its origin is written.
pub(super) fn reserve(pin: &Pin) -> io::Result<(Bin, Info)> {
    let device = pin.target.ok_or(io::ErrorKind::NotFound)?.device;
    let bin = Bin::for_path(&pin.path, device)?;
    if bin.contains(&pin.path) {
        return Err(io::Error::other("it is in the trash already"));
    }
    bin.make()?;
    let info = Info::plan(&bin, &pin.path)?;
    Ok((bin, info))
}

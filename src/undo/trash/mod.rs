//! The trash as every desktop has it (freedesktop.org Trash specification 1.0):
//! on the file system of what is deleted, so that deleting moves and never
//! copies.

mod bin;
mod info;
mod item;

use std::io;

pub(super) use self::bin::Bin;
pub(super) use self::info::Info;
pub use self::item::{Item, TrashError, empty, list, restore};
use crate::system::place::Pin;

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

//! The `.trashinfo` file: where something came from, and when.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Bin;
use crate::system::{calendar, path_text};

/// A name that was chosen in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::undo) struct Info {
    /// Where the thing itself goes.
    pub(in crate::undo) file: PathBuf,
    /// The file that says where it came from.
    pub(in crate::undo) path: PathBuf,
    origin: PathBuf,
}

impl Info {
    /// Finds a name that is free.
    pub(super) fn plan(bin: &Bin, origin: &Path) -> io::Result<Self> {
        let name = origin.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let token = crate::system::random::token()?;
        // The name of the info file is longer, and names end at 255 bytes.
        let bytes = name.as_bytes();
        let stem = &bytes[..bytes.len().min(200)];
        let free = |name: &[u8]| {
            let name = std::ffi::OsStr::from_bytes(name);
            let file = bin.files().join(name);
            let mut info = name.to_owned();
            info.push(".trashinfo");
            let path = bin.infos().join(info);
            let taken = file.symlink_metadata().is_ok() || path.symlink_metadata().is_ok();
            (!taken).then(|| Self { file, path, origin: bin.relative(origin).to_owned() })
        };
        // A number that nobody else draws: two sessions may look at once.
        let numbered = [stem, b".", &token.as_bytes()[..8]].concat();
        free(stem)
            .filter(|_| stem.len() == bytes.len())
            .or_else(|| free(&numbered))
            .ok_or_else(|| io::ErrorKind::AlreadyExists.into())
    }

    /// Writes it; the name is taken from now on.
    pub(in crate::undo) fn write(&self, now: i64) -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)?;
        write!(
            file,
            "[Trash Info]\nPath={}\nDeletionDate={}\n",
            path_text::encode(&self.origin),
            calendar::local(now)
        )
    }
}

/// What an info file says: the origin as it is written, and the day and time.
pub(super) fn read(path: &Path) -> Option<(PathBuf, String)> {
    let text = fs::read_to_string(path).ok()?;
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key));
    let date = value("DeletionDate=").unwrap_or_default();
    // What others wrote is shown, too.
    let date: String = date.chars().filter(|c| c.is_ascii_graphic()).take(25).collect();
    Some((path_text::decode(value("Path=")?), date))
}

//! Where the trash of a file system is.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::system::file_access::{Access, accessible, effective_owner, is_own};

/// The directory, in a trash, of what llmsh keeps of files that it overwrote.
/// Other programs do not look there.
const KEPT: &str = ".llmsh-kept";

/// A trash directory, made or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::undo) struct Bin {
    directory: PathBuf,
    /// The mount point that origins are written relative to; `None`: they are
    /// absolute.
    top: Option<PathBuf>,
}

impl Bin {
    /// The trash of the home directory.
    pub(super) fn of_home() -> Option<Self> {
        let data = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| {
                // A home that is not there is not made, and nothing goes to another user's.
                let home = PathBuf::from(std::env::var_os("HOME")?);
                is_own(&home).then(|| home.join(".local/share"))
            })?;
        data.is_absolute().then(|| Self { directory: data.join("Trash"), top: None })
    }

    /// The trash at a mount point.
    pub(super) fn of_mount(top: &Path) -> Self {
        let user = effective_owner().0;
        let shared = top.join(".Trash");
        // Without the sticky bit others could take it away.
        let is_safe = shared
            .symlink_metadata()
            .is_ok_and(|metadata| metadata.is_dir() && metadata.mode() & 0o1000 != 0);
        let directory = if is_safe {
            shared.join(user.to_string())
        } else {
            top.join(format!(".Trash-{user}"))
        };
        Self { directory, top: Some(top.to_owned()) }
    }

    /// The trash on the device for something at the path.
    pub(in crate::undo) fn for_path(path: &Path, device: u64) -> io::Result<Self> {
        if let Some(home) = Self::of_home()
            && fs::metadata(existing(&home.directory))
                .is_ok_and(|metadata| metadata.dev() == device)
        {
            return Ok(home);
        }
        let mut top = existing(path.parent().unwrap_or(path)).to_owned();
        while let Some(above) = top.parent()
            && fs::metadata(above)?.dev() == device
        {
            top = above.to_owned();
        }
        Ok(Self::of_mount(&top))
    }

    fn is_own(&self) -> io::Result<bool> {
        let metadata = self.directory.symlink_metadata()?;
        // The one at home may well be behind a link that the person made.
        let is_plain = self.top.is_none() || metadata.is_dir();
        Ok(is_plain && fs::metadata(&self.directory)?.uid() == effective_owner().0)
    }

    /// Makes what of it is not there.
    pub(in crate::undo) fn make(&self) -> io::Result<()> {
        for name in ["files", "info", KEPT] {
            let path = self.directory.join(name);
            if !path.is_dir() {
                DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            }
        }
        if self.is_own()? {
            return Ok(());
        }
        let message = format!("{} is not yours", self.directory.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }

    /// Whether it is there and one's own, or can be made.
    pub(in crate::undo) fn can_be_made(&self) -> bool {
        if self.directory.symlink_metadata().is_ok() {
            return self.is_own().unwrap_or(false) && accessible(&self.directory, Access::Write);
        }
        accessible(existing(&self.directory), Access::Write)
    }

    /// Whether the path is part of it, or it is part of what is there.
    pub(super) fn contains(&self, path: &Path) -> bool {
        path.starts_with(&self.directory) || self.directory.starts_with(path)
    }

    /// The directory of what was deleted.
    pub(super) fn files(&self) -> PathBuf {
        self.directory.join("files")
    }

    /// The directory of where it came from.
    pub(super) fn infos(&self) -> PathBuf {
        self.directory.join("info")
    }

    /// A place for what is kept of an overwritten file.
    pub(in crate::undo) fn kept(&self, token: &str) -> PathBuf {
        self.directory.join(KEPT).join(token)
    }

    /// An origin as it is written.
    pub(super) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        self.top.as_ref().and_then(|top| path.strip_prefix(top).ok()).unwrap_or(path)
    }

    /// An origin as it was read.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        self.top.as_ref().map_or_else(|| path.to_owned(), |top| top.join(path))
    }
}

/// As much of the path as is there.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"))
}

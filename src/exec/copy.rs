//! Copies of files and trees.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::Path;

/// Copies `from` to `to`. Links are copied as links where the copy is
/// recursive, else followed, as `cp` does. `preserve`: times, mode and, where
/// that is allowed, owner are kept.
pub(super) fn copy(from: &Path, to: &Path, recursive: bool, preserve: bool) -> io::Result<()> {
    let metadata = if recursive { from.symlink_metadata()? } else { from.metadata()? };
    let kind = metadata.file_type();
    if kind.is_symlink() {
        symlink(fs::read_link(from)?, to)?;
    } else if kind.is_dir() {
        copy_directory(from, to, &metadata, preserve)?;
    } else if kind.is_file() {
        copy_file(from, to, &metadata, preserve)?;
    } else {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "a special file cannot be copied"));
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path, metadata: &fs::Metadata, preserve: bool) -> io::Result<()> {
    if let Ok(target) = to.metadata()
        && (target.dev(), target.ino()) == (metadata.dev(), metadata.ino())
    {
        return Err(io::Error::other("they are the same file"));
    }
    let mut source = fs::File::open(from)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, metadata.mode() & 0o777);
    // The system applies the umask when it makes the file.
    let mut target = options.open(to)?;
    io::copy(&mut source, &mut target)?;
    if preserve {
        keep_attributes(&target, to, metadata)?;
    }
    Ok(())
}

fn copy_directory(
    from: &Path,
    to: &Path,
    metadata: &fs::Metadata,
    preserve: bool,
) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()), true, preserve)?;
    }
    if preserve {
        keep_attributes(&fs::File::open(to)?, to, metadata)?;
    } else {
        let mode = metadata.mode() & 0o777 & !crate::system::resource::umask();
        fs::set_permissions(to, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}

fn keep_attributes(file: &fs::File, path: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    // Only the superuser may give files away; cp keeps silent about it, too.
    let _ = lchown(path, Some(metadata.uid()), Some(metadata.gid()));
    file.set_permissions(fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
    let times =
        fs::FileTimes::new().set_accessed(metadata.accessed()?).set_modified(metadata.modified()?);
    file.set_times(times)
}

/// Moves to another file system: a whole copy first, then the source goes.
pub(super) fn move_across(from: &Path, to: &Path) -> io::Result<()> {
    copy(from, to, true, true)?;
    if from.symlink_metadata()?.is_dir() { fs::remove_dir_all(from) } else { fs::remove_file(from) }
}

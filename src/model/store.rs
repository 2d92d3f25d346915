//! The models on this machine.
//!
//! A directory `models` below llmsh's data directory holds one GGUF file per
//! model, and beside each a small TOML file (its [`Record`]) that says what was
//! known when the file got there. What always holds: a file with its final name
//! is complete and had the right hash when it got that name; everything
//! unfinished ends in `.partial`. A file of the catalogue that somebody put
//! there by hand is recognised by name and length.
//!
//! Models that the administrator has installed for everybody are in directories of their own
//! ([`shared_directories`]); they are read, and never written, unless they are what is to be changed
//! ([`StoreContext::of_system`]). A user's own file comes before one of them.
//!
//! Nothing here computes a hash: [`selected_model`] is on the way of every
//! request.

pub(super) mod add;
pub mod error;
pub(super) mod lock;
pub mod record;
pub(super) mod unfinished;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::ModelError;
use super::catalogue::{Catalogue, close_names};
use error::StoreError;
use record::{Record, read_selection, write_selection};

/// The directories of the models of all users, the first before the others: below those of
/// `XDG_DATA_DIRS` (XDG Base Directory Specification), else `/usr/local/share/llmsh/models`
/// and `/usr/share/llmsh/models`.
#[must_use]
pub fn shared_directories(data_directories: Option<&OsStr>) -> Vec<PathBuf> {
    let usual = OsStr::new("/usr/local/share:/usr/share");
    let all = data_directories.filter(|all| !all.is_empty()).unwrap_or(usual);
    let all = std::env::split_paths(all).filter(|path| path.is_absolute());
    all.map(|path| path.join("llmsh/models")).collect()
}

/// Where models come from over HTTP.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// The hub's address, without a slash at the end.
    pub base_url: String,
    /// How long a connection may take. Short, since networks that do not reach
    /// the hub often drop packets silently.
    pub connect_timeout: Duration,
    /// How long the hub may stay silent during a transfer.
    pub read_timeout: Duration,
}

impl Default for HubSettings {
    fn default() -> Self {
        Self {
            base_url: "https://huggingface.co".into(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
        }
    }
}

/// Everything the model commands need from their surroundings.
#[derive(Clone)]
pub struct StoreContext {
    /// llmsh's data directory; models are in `models` below it.
    pub data_directory: PathBuf,
    /// Where there may be models for all users ([`shared_directories`]).
    pub shared: Vec<PathBuf>,
    /// The models that can be fetched.
    pub catalogue: Catalogue,
    /// Whether standard error is a terminal that can show a progress bar.
    pub terminal: bool,
    /// The hub.
    pub hub: HubSettings,
    /// How `pip` may be called, as program and first arguments; the first one
    /// that works is used.
    pub pip_programs: Vec<Vec<OsString>>,
    /// Asked between two pieces of work: whether the person wants it to end.
    pub interrupted: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Asked before a download: the free bytes of a file system.
    pub available_bytes: fn(&Path) -> io::Result<u64>,
    /// What `status` says about the worker process.
    pub worker_status: Option<String>,
}

impl StoreContext {
    /// The usual surroundings, without interruption.
    #[must_use]
    pub fn new(data_directory: impl Into<PathBuf>) -> Self {
        let call = |words: &[&str]| words.iter().map(OsString::from).collect();
        Self {
            data_directory: data_directory.into(),
            shared: Vec::new(),
            catalogue: Catalogue::built_in(),
            terminal: false,
            hub: HubSettings::default(),
            pip_programs: vec![call(&["pip"]), call(&["pip3"]), call(&["python3", "-m", "pip"])],
            interrupted: Arc::new(|| false),
            available_bytes: crate::system::disk::available_bytes,
            worker_status: None,
        }
    }

    /// Where the files are.
    #[must_use]
    pub fn models_directory(&self) -> PathBuf {
        self.data_directory.join("models")
    }

    /// The same, where what is fetched is for all users: in the first shared directory.
    #[must_use]
    pub(super) fn of_system(&self) -> Self {
        let place = self.shared.first().and_then(|place| place.parent());
        let data_directory = place.map_or_else(|| self.data_directory.clone(), Path::to_owned);
        Self { data_directory, shared: Vec::new(), ..self.clone() }
    }

    /// Fails once the person wants the work to end.
    pub(super) fn check_interrupted(&self) -> Result<(), StoreError> {
        if (self.interrupted)() { Err(StoreError::Interrupted) } else { Ok(()) }
    }
}

/// Whether a model's file is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is not.
    Absent,
    /// So many bytes of it have been fetched.
    Partial(u64),
    /// It is there, with this wrong length.
    WrongSize(u64),
    /// It is there, with the right length.
    Present,
}

/// A model that can be fetched or is in the store.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Where its file is or would be.
    pub path: PathBuf,
    /// The length its file should have.
    pub bytes: u64,
    /// The hash its file should have.
    pub sha256: String,
    /// The licence, where it is known.
    pub licence: Option<String>,
    /// What it is.
    pub description: String,
    /// What was noted when the file got there.
    pub record: Option<Record>,
    /// Whether the file is there.
    pub presence: Presence,
    /// It is in a directory of the models of all users.
    pub is_shared: bool,
}

impl Model {
    /// When the file's hash was last found right.
    #[must_use]
    pub fn verified(&self) -> Option<&str> {
        self.record.as_ref().and_then(|record| record.verified.as_deref())
    }
}

/// A model that is ready to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledModel {
    /// Its name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// The hash that the file has by what is known; it identifies the model in
    /// caches.
    pub sha256: String,
}

/// Where a file is while it is incomplete.
pub(super) fn partial_path(path: &Path) -> PathBuf {
    record::with_suffix(path, ".partial")
}

fn presence(path: &Path, bytes: u64) -> Presence {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() == bytes => Presence::Present,
        Ok(metadata) => Presence::WrongSize(metadata.len()),
        // A link in its place is not followed when the download goes on.
        Err(_) => match fs::symlink_metadata(partial_path(path)) {
            Ok(metadata) if metadata.is_file() => Presence::Partial(metadata.len()),
            _ => Presence::Absent,
        },
    }
}

/// All models: those of the catalogue, then those that the user added, by name.
#[must_use]
pub fn models(context: &StoreContext) -> Vec<Model> {
    let directory = context.models_directory();
    let mut models: Vec<Model> = context
        .catalogue
        .entries()
        .iter()
        .map(|entry| {
            let own = directory.join(&entry.file);
            let is_there = |path: &PathBuf| presence(path, entry.bytes) == Presence::Present;
            let mut shared = context.shared.iter().map(|place| place.join(&entry.file));
            let shared = if is_there(&own) { None } else { shared.find(is_there) };
            let is_shared = shared.is_some();
            let path = shared.unwrap_or(own);
            // A record of another file, from before the catalogue changed, says
            // nothing about this one.
            let record = Record::read(&path).filter(|record| record.sha256 == entry.sha256);
            Model {
                name: entry.name.clone(),
                bytes: entry.bytes,
                sha256: entry.sha256.clone(),
                licence: Some(entry.licence.clone()),
                description: entry.description.clone(),
                record,
                presence: presence(&path, entry.bytes),
                path,
                is_shared,
            }
        })
        .collect();
    let own = gguf_files(&directory).into_iter().map(|path| (path, false));
    let shared = context.shared.iter().flat_map(|place| gguf_files(place));
    let all = own.chain(shared.map(|path| (path, true)));
    let mut added: Vec<Model> = all
        .filter(|(path, _)| models.iter().all(|model| model.path != *path))
        .filter_map(|(path, is_shared)| {
            let record = Record::read(&path)?;
            // A file of the catalogue that is there twice is one model.
            if is_shared && models.iter().any(|model| model.name == record.name) {
                return None;
            }
            Some(Model {
                is_shared,
                name: record.name.clone(),
                bytes: record.bytes,
                sha256: record.sha256.clone(),
                licence: None,
                description: format!("added from {}", record.source),
                presence: presence(&path, record.bytes),
                record: Some(record),
                path,
            })
        })
        .collect();
    // Of two with a name, the user's own.
    added.sort_by(|a, b| (&a.name, a.is_shared).cmp(&(&b.name, b.is_shared)));
    added.dedup_by(|later, first| later.name == first.name);
    models.append(&mut added);
    models
}

/// The GGUF files that have their final names.
fn gguf_files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "gguf"))
        .collect()
}

/// GGUF files in the store that belong to no known model: somebody put them
/// there without `llmsh model add`.
#[must_use]
pub fn unknown_files(context: &StoreContext) -> Vec<PathBuf> {
    let models = models(context);
    let mut files = gguf_files(&context.models_directory());
    files.retain(|path| models.iter().all(|model| model.path != *path));
    files.sort();
    files
}

/// The model with this name or alias.
pub(super) fn find(context: &StoreContext, name: &str) -> Result<Model, StoreError> {
    let models = models(context);
    let name_in_catalogue = context.catalogue.find(name).map(|entry| entry.name.as_str());
    let wanted = name_in_catalogue.unwrap_or(name);
    if let Some(model) = models.iter().find(|model| model.name == wanted) {
        return Ok(model.clone());
    }
    let names = models.iter().map(|model| model.name.as_str());
    let close = close_names(name, names).into_iter().map(str::to_owned).collect();
    Err(StoreError::UnknownName { name: name.to_owned(), close })
}

/// Like [`find`], for a model whose file is there.
pub(super) fn find_present(context: &StoreContext, name: &str) -> Result<Model, StoreError> {
    let model = find(context, name)?;
    match model.presence {
        Presence::Present => Ok(model),
        Presence::WrongSize(actual) => {
            Err(StoreError::WrongSize { name: model.name, expected: model.bytes, actual })
        }
        _ if context.catalogue.find(&model.name).is_none() => Err(StoreError::Gone(model.name)),
        Presence::Absent | Presence::Partial(_) => Err(StoreError::NotInstalled(model.name)),
    }
}

/// The name of the model that requests use: the selected one, else the
/// catalogue's default.
pub(super) fn selected_name(context: &StoreContext) -> Option<String> {
    read_selection(&context.models_directory())
        .or_else(|| context.catalogue.default_entry().map(|entry| entry.name.clone()))
}

/// Selects the model `name` where requests would find none otherwise.
pub(super) fn select_if_alone(context: &StoreContext, name: &str) -> Result<(), StoreError> {
    let directory = context.models_directory();
    let default = context.catalogue.default_entry().map(|entry| entry.name.as_str());
    if read_selection(&directory).is_some()
        || default.is_some_and(|default| find_present(context, default).is_ok())
    {
        return Ok(());
    }
    write_selection(&directory, Some(name))
}

/// The model that requests use. Looks at the file's existence and length, not
/// at its content.
///
/// # Errors
/// [`ModelError::Missing`] with what to do.
pub fn selected_model(context: &StoreContext) -> Result<InstalledModel, ModelError> {
    match selected_name(context) {
        Some(name) => installed_model(context, &name),
        None => Err(missing(&StoreError::NothingSelected)),
    }
}

/// Like [`selected_model`], for the model with this name or alias.
///
/// # Errors
/// [`ModelError::Missing`] with what to do.
pub fn installed_model(context: &StoreContext, name: &str) -> Result<InstalledModel, ModelError> {
    let model = find_present(context, name).map_err(|error| missing(&error))?;
    Ok(InstalledModel { name: model.name, path: model.path, sha256: model.sha256 })
}

fn missing(error: &StoreError) -> ModelError {
    ModelError::Missing { message: error.to_string(), hint: error.hint() }
}

#[cfg(test)]
pub(in crate::model) mod fixture;
#[cfg(test)]
mod tests;

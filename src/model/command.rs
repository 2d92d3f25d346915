//! `llmsh model …`: the commands that list, fetch and choose models.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::download::{Progress, hash_file, pull};
use super::store::add::add;
use super::store::error::{StoreError, shown, size};
use super::store::lock::StoreLock;
use super::store::record::{
    Record, make_directory, now, open_to_all, record_path, write_selection,
};
use super::store::unfinished::remove_if_present;
use super::store::{
    Model, Presence, StoreContext, find, find_present, models, partial_path, selected_model,
    selected_name, unknown_files,
};
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::language::told;

/// Manages the language models on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum ModelCommand {
    /// Lists the models that can be downloaded and those that are installed
    List,
    /// Downloads a model and checks it; goes on where an earlier download stopped
    Pull {
        /// The model; the default one if it is left out
        name: Option<String>,
        /// For all users of this machine; only root may
        #[arg(long)]
        system: bool,
    },
    /// Adds a GGUF file of your own
    Add {
        /// The file; it must hold a chat template
        path: PathBuf,
        /// What to call it; the file's name if it is left out
        #[arg(long)]
        name: Option<String>,
        /// Refers to the file where it is, instead of copying it
        #[arg(long)]
        link: bool,
    },
    /// Selects the model that requests use
    Use {
        /// The model
        name: String,
    },
    /// Reads a model's file again and compares its hash
    Verify {
        /// The model; the selected one if it is left out
        name: Option<String>,
    },
    /// Removes a model's file, or what has been downloaded of it
    Remove {
        /// The model
        name: String,
    },
    /// Shows the selected model and the state of its worker process
    Status,
}

/// Does what `command` says. Results go to `out`, progress and notes to `err`.
///
/// # Errors
/// The [`Diagnostic`] says what went wrong and what to do; its status is 1, or
/// 130 after an interruption.
pub fn run(
    command: &ModelCommand,
    context: &StoreContext,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let done = match command {
        ModelCommand::List => list(context, out),
        ModelCommand::Pull { name, system: false } => pull(context, name.as_deref(), out, err),
        ModelCommand::Pull { name, system: true } => {
            let context = context.of_system();
            pull(&context, name.as_deref(), out, err)
                .and_then(|()| open_to_all(&context.models_directory()))
        }
        ModelCommand::Add { path, name, link } => add(context, path, name.as_deref(), *link, err)
            .and_then(|name| Ok(writeln!(out, "{}", told(&format!("{name} is installed")))?)),
        ModelCommand::Use { name } => select(context, name, out),
        ModelCommand::Verify { name } => verify(context, name.as_deref(), out, err),
        ModelCommand::Remove { name } => remove(context, name, out),
        ModelCommand::Status => status(context, out),
    };
    done.map(|()| ExitStatus::SUCCESS).map_err(Diagnostic::from)
}

fn list(context: &StoreContext, out: &mut dyn Write) -> Result<(), StoreError> {
    let models = models(context);
    let selected = selected_name(context);
    let state = |model: &Model| match model.presence {
        Presence::Absent => "-".to_owned(),
        Presence::Partial(bytes) => format!("{} %", bytes.saturating_mul(100) / model.bytes.max(1)),
        Presence::WrongSize(_) => "damaged".to_owned(),
        Presence::Present if model.is_shared => "for all".to_owned(),
        Presence::Present => "yes".to_owned(),
    };
    let width = models.iter().map(|model| model.name.len()).max().unwrap_or(0);
    let head = ["NAME", "SIZE", "INSTALLED", "LICENCE", "DESCRIPTION"];
    let mut row = |mark: &str, [name, size, state, licence, description]: [&str; 5]| {
        let line =
            format!("{mark} {name:width$}  {size:>7}  {state:9}  {licence:10}  {description}");
        writeln!(out, "{}", line.trim_end())
    };
    row(" ", head)?;
    for model in &models {
        let mark = if selected.as_ref() == Some(&model.name) { "*" } else { " " };
        let licence = model.licence.as_deref().unwrap_or("-");
        let (size, state) = (size(model.bytes), state(model));
        row(mark, [&model.name, &size, &state, licence, &told(&model.description)])?;
    }
    for path in unknown_files(context) {
        let name = shown(Path::new(path.file_name().unwrap_or_default()));
        let path = shown(&path);
        let line = format!("{name} was not added; to use it: llmsh model add {path}");
        writeln!(out, "{}", told(&line))?;
    }
    Ok(())
}

fn select(context: &StoreContext, name: &str, out: &mut dyn Write) -> Result<(), StoreError> {
    let model = find_present(context, name)?;
    write_selection(&context.models_directory(), Some(&model.name))?;
    Ok(writeln!(out, "{}", told(&format!("{} is selected", model.name)))?)
}

fn verify(
    context: &StoreContext,
    name: Option<&str>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<(), StoreError> {
    let selected = selected_name(context);
    let name = name.or(selected.as_deref()).ok_or(StoreError::NothingSelected)?;
    let model = find_present(context, name)?;
    let mut progress = Progress::start(context, err, "checking", &model.name, model.bytes, 0);
    let actual = hash_file(context, &model.path, &mut progress)?;
    progress.finish();
    let matches = actual == model.sha256;
    let time = now();
    let record = Record {
        verified: matches.then(|| time.clone()),
        ..model.record.clone().unwrap_or_else(|| Record {
            name: model.name.clone(),
            bytes: model.bytes,
            sha256: model.sha256.clone(),
            source: "a file in the models directory".into(),
            added: time,
            verified: None,
        })
    };
    // What is not the user's is only looked at.
    if !model.is_shared {
        record.write(&model.path)?;
    }
    if !matches {
        return Err(StoreError::WrongHash {
            name: model.name,
            expected: model.sha256,
            actual,
            removed: false,
        });
    }
    Ok(writeln!(out, "{}", told(&format!("{} is intact (sha256 {actual})", model.name)))?)
}

fn remove(context: &StoreContext, name: &str, out: &mut dyn Write) -> Result<(), StoreError> {
    let model = find(context, name)?;
    if model.is_shared {
        return Err(StoreError::Shared(model.name, model.path));
    }
    // A link whose target is gone has no presence, and is a file all the same.
    if model.presence == Presence::Absent && model.path.symlink_metadata().is_err() {
        return Err(StoreError::NotInstalled(model.name));
    }
    let directory = context.models_directory();
    make_directory(&directory)?;
    let _lock = StoreLock::take(&directory, &format!("removing {}", model.name))?;
    for path in [&model.path, &record_path(&model.path), &partial_path(&model.path)] {
        remove_if_present(path)?;
    }
    writeln!(out, "{}", told(&format!("{} is removed", model.name)))?;
    let was_selected = selected_name(context).as_ref() == Some(&model.name);
    if was_selected {
        write_selection(&directory, None)?;
        let note = match selected_model(context) {
            Ok(other) => format!("requests now use {}", other.name),
            Err(_) => "requests now have no model; \"llmsh model list\" shows all".to_owned(),
        };
        writeln!(out, "{}", told(&format!("it was the selected model; {note}")))?;
    }
    Ok(())
}

fn status(context: &StoreContext, out: &mut dyn Write) -> Result<(), StoreError> {
    let name = selected_name(context).ok_or(StoreError::NothingSelected)?;
    let model = find_present(context, &name)?;
    let verified = match model.verified() {
        Some(time) => format!("found right at {time}"),
        None => "not yet compared; \"llmsh model verify\" does it".to_owned(),
    };
    let worker = context.worker_status.as_deref().unwrap_or("not running");
    writeln!(out, "model   {}", model.name)?;
    writeln!(out, "file    {}", shown(&model.path))?;
    writeln!(out, "size    {} ({} bytes)", size(model.bytes), model.bytes)?;
    writeln!(out, "sha256  {}", model.sha256)?;
    writeln!(out, "        {verified}")?;
    Ok(writeln!(out, "worker  {worker}")?)
}

#[cfg(test)]
mod tests;

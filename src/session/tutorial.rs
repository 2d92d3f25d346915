//! `llmsh tutorial`: a shell for trying things out, in a directory of its own, with a tutor
//! at its prompt. History, trash and preferences lie beside that directory and go with it;
//! configuration and models are the person's own.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Session;
use super::model;
use super::tutor::{self, Setting, Tutor};
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::system::descriptor::{STDERR, STDIN};
use crate::system::{random, terminal};
use crate::tui::paint;

/// The directory of the lessons, below that of the tutorial.
const WORK: &str = "practice";

/// Makes the place and runs a shell there, which calls [`tutor_of`].
///
/// # Errors
/// There is no terminal for it, or the place cannot be made.
pub fn start() -> Result<ExitStatus, Diagnostic> {
    let can_move = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    if !can_move || !terminal::is_terminal(STDIN) || !terminal::is_terminal(STDERR) {
        return Err(Diagnostic::new("the tutorial needs a terminal that can move its cursor")
            .hint("docs/guide.md says the same to read")
            .status(ExitStatus::FAILURE));
    }
    let models = Session::open()?.store_context().models_directory();
    let failed = |error: io::Error| {
        Diagnostic::new(format!("the tutorial's directory cannot be made: {error}"))
            .hint("TMPDIR says where temporary directories are made")
            .status(ExitStatus::FAILURE)
    };
    let scratch = Scratch::make(&models).map_err(failed)?;
    let root = &scratch.0;
    let status = Command::new("/proc/self/exe")
        .args(["tutorial", "--inside"])
        .arg(root)
        .current_dir(root.join(WORK))
        .env("XDG_STATE_HOME", root.join("state"))
        .env("XDG_DATA_HOME", root.join("data"))
        .status()
        .map_err(failed)?;
    Ok(match status.signal() {
        Some(signal) => ExitStatus::from_signal(signal),
        None => ExitStatus(status.code().unwrap_or(0)),
    })
}

/// The tutor of the shell that [`start`] runs.
///
/// # Errors
/// There is no such place.
pub fn tutor_of(root: &Path) -> Result<Tutor, Diagnostic> {
    let directory = root.join(WORK);
    if !directory.is_dir() {
        return Err(Diagnostic::new(format!("no tutorial is at {}", root.display()))
            .hint("llmsh tutorial")
            .status(ExitStatus::USAGE));
    }
    let session = Session::open()?;
    Ok(Tutor::new(Setting {
        directory,
        preferences: session.config.preference.enabled.then(|| session.preference_path()),
        has_model: model::chosen(&session).is_ok(),
        language: Language::of_environment(),
        colour: paint::wants_colour(),
    }))
}

/// The place, which goes away with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn make(models: &Path) -> io::Result<Self> {
        let name = format!("llmsh-{}", &random::token()?[..8]);
        let scratch = Self(std::env::temp_dir().canonicalize()?.join(name));
        let private = |path: &Path| DirBuilder::new().mode(0o700).create(path);
        private(&scratch.0)?;
        for name in [WORK, "state", "data", "data/llmsh"] {
            private(&scratch.0.join(name))?;
        }
        // A model that is fetched meanwhile stays.
        let _ = DirBuilder::new().recursive(true).mode(0o700).create(models);
        symlink(models, scratch.0.join("data/llmsh/models"))?;
        tutor::furnish(&scratch.0.join(WORK))?;
        Ok(scratch)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What a person made unreadable there is theirs to remove.
        let _ = fs::remove_dir_all(&self.0);
    }
}

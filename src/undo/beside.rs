//! What a run kept, put beside the files it is of: what can still be done for a person
//! where the run cannot be undone, since something was changed meanwhile.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::cannot::CannotUndo;
use super::change::{Attributes, Change, Source};
use super::journal::{DONE, Journal};
use super::perform::real;
use super::record::{Kind, Record};
use super::recover::status;
use super::{Failure, NewRun, RunId, State};
use crate::system::node::{FileKind, Status};
use crate::system::place::Pin;

/// What a file that is brought back beside another one is called: its name and this.
const ENDING: &str = ".restored";

impl Journal {
    /// Brings back all that a run, or the newest that is not undone, kept: each thing
    /// beside where it was, as `NAME.restored`. It is a run of its own, which can be
    /// undone, and the run itself stays as it is. The names come back.
    ///
    /// # Errors
    /// [`CannotUndo`]: nothing was kept, or something cannot be made; what was made before
    /// it is in the journal.
    pub fn restore_beside(&mut self, run: Option<RunId>) -> Result<Vec<PathBuf>, CannotUndo> {
        let id = match run {
            Some(run) => run,
            None => self.newest()?.ok_or(CannotUndo::Nothing)?,
        };
        let run = self.run(id)?.ok_or(CannotUndo::Unknown(id))?;
        if !matches!(run.state, State::Ended | State::Broken) {
            return Err(CannotUndo::State(id, "keeps nothing any more"));
        }
        let mut names: Vec<PathBuf> = Vec::new();
        let mut changes = Vec::new();
        for (_, record) in self.changes_of(id, [DONE, DONE])? {
            let Some((of, kept, before)) = what_is_kept(&record) else { continue };
            let failed = |error| failed(id, of, error);
            let name = free_name(of, &names);
            let from = real(kept).and_then(|kept| Pin::take(&kept)).map_err(failed)?;
            let at = Pin::take(&name).map_err(failed)?;
            changes.push(if before.identity.kind == FileKind::File {
                let attributes = Attributes {
                    mode: Some(before.mode),
                    modified: Some(before.modified.to_time()),
                    accessed: Some(before.accessed.to_time()),
                    owner: None,
                    extended: None,
                };
                Change::MakeFile { at, content: Source::CopyOf(from), attributes }
            } else {
                // A directory, or a link, out of the trash.
                Change::Move { from, to: at }
            });
            names.push(name);
        }
        if changes.is_empty() {
            return Err(CannotUndo::State(id, "has kept nothing that could be brought back"));
        }
        let own = self.begin(&NewRun {
            request: run.about.request,
            text: format!("undo --beside {}", id.0).into(),
            directory: run.about.directory,
            reversible: true,
        })?;
        let made = self.perform(own, 1, &changes);
        self.end(own)?;
        made.map_err(|failure| CannotUndo::Partly { run: id, failure })?;
        Ok(names)
    }
}

fn failed(run: RunId, path: &Path, error: std::io::Error) -> CannotUndo {
    CannotUndo::Partly { run, failure: Failure::at(path)(error) }
}

/// The name that a change is about, where what it kept of it lies, and what that was.
fn what_is_kept(record: &Record) -> Option<(&Path, &Path, Status)> {
    let kept = record.kept()?;
    status(kept)?;
    match &record.kind {
        Kind::Move { to, replaced, .. } => Some((&to.path, kept, (*replaced)?)),
        _ => Some((&record.at.path, kept, record.before?)),
    }
}

/// `NAME.restored`, or with a number where that is taken.
fn free_name(path: &Path, taken: &[PathBuf]) -> PathBuf {
    let named = |number: usize| {
        let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
        name.push(ENDING);
        if number > 1 {
            name.push(format!(".{number}"));
        }
        path.with_file_name(name)
    };
    let is_free = |name: &PathBuf| status(name).is_none() && !taken.contains(name);
    (1..).map(named).find(is_free).unwrap_or_else(|| named(1))
}

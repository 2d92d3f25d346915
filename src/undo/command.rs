//! `llmsh undo` and `llmsh trash`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use indicatif::HumanBytes;

use super::trash::{self, Item};
use super::{Journal, Limits, Run, RunId, State};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::system::calendar;

/// How many plans a list shows.
const MOST: usize = 50;

/// Undo what a plan did to files.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct UndoArguments {
    /// The number of the plan; without one, the newest
    pub id: Option<i64>,
    /// List the plans that changed something, newest first
    #[arg(long, short = 'l', conflicts_with = "id")]
    pub list: bool,
}

/// What to do with the trash.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum TrashCommand {
    /// List what is in the trash, newest first
    List,
    /// Put something back where it came from
    Restore {
        /// Where it came from; the newest, if there are several
        path: PathBuf,
    },
    /// Delete what is in the trash for good
    Empty {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

fn written(error: io::Error) -> Diagnostic {
    Diagnostic::new(format!("cannot write: {error}"))
}

fn show(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}

/// Undoes, or lists.
///
/// # Errors
/// What cannot be undone, with the reason.
pub fn undo(
    arguments: &UndoArguments,
    journal: &mut Journal,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    if arguments.list {
        return list(journal, output);
    }
    let undone = journal.undo(arguments.id.map(RunId))?;
    let text = super::journal::one_line(&undone.text);
    let count = match undone.changes {
        1 => "1 change".to_owned(),
        count => format!("{count} changes"),
    };
    writeln!(output, "undone: plan {}, {count}: {text}", undone.run.0).map_err(written)?;
    for path in &undone.lost {
        writeln!(output, "not undone, since nothing was kept of it: {}", show(path))
            .map_err(written)?;
    }
    if undone.by_programs {
        writeln!(output, "what programs did in this plan stays as it is").map_err(written)?;
    }
    Ok(if undone.lost.is_empty() { ExitStatus::SUCCESS } else { ExitStatus::FAILURE })
}

fn list(journal: &Journal, output: &mut dyn Write) -> Result<ExitStatus, Diagnostic> {
    let runs = journal.runs(MOST)?;
    for run in runs.iter().filter(|run| run.changes > 0) {
        writeln!(output, "{}", line(run)).map_err(written)?;
    }
    let Limits { max_bytes, max_age } = journal.limits;
    writeln!(
        output,
        "kept: {} of {}, for {} days",
        HumanBytes(journal.kept_bytes()?),
        HumanBytes(max_bytes),
        max_age.as_secs() / (24 * 60 * 60)
    )
    .map_err(written)?;
    Ok(ExitStatus::SUCCESS)
}

fn line(run: &Run) -> String {
    let seconds = run.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let time = calendar::local(i64::try_from(seconds).unwrap_or(i64::MAX)).replace('T', " ");
    let state = match (run.state, run.about.reversible) {
        (State::Running, _) => "running",
        (State::Ended, true) => "",
        (State::Ended, false) => "in part",
        (State::Broken, _) => "broken off",
        (State::Undone, _) => "undone",
        (State::Forgotten, _) => "too old",
    };
    let text = super::journal::one_line(&run.about.text);
    format!("{:>5}  {time}  {:>6} changes  {state:<10}  {text}", run.id.0, run.changes)
}

/// Lists the trash, puts something back, or deletes everything in it; `confirm`
/// asks a person.
///
/// # Errors
/// What cannot be done, with the reason.
pub fn trash(
    command: &TrashCommand,
    confirm: &mut dyn FnMut(&str) -> bool,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let items = trash::list();
    let bytes: u64 = items.iter().map(|item| item.bytes).sum();
    let things = match items.len() {
        1 => "1 thing".to_owned(),
        count => format!("{count} things"),
    };
    match command {
        TrashCommand::List => {
            for Item { origin, deleted, bytes, .. } in &items {
                let time = deleted.replace('T', " ");
                let size = HumanBytes(*bytes).to_string();
                writeln!(output, "{time:<19}  {size:>10}  {}", show(origin)).map_err(written)?;
            }
            writeln!(output, "{things}, {}", HumanBytes(bytes)).map_err(written)?;
        }
        TrashCommand::Restore { path } => {
            let wanted = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let real = super::perform::real(&wanted).unwrap_or_else(|_| wanted.clone());
            let found = items.iter().find(|item| item.origin == wanted || item.origin == real);
            let item = found.ok_or_else(|| {
                Diagnostic::new(format!("nothing in the trash came from {}", show(&wanted)))
                    .hint("\"llmsh trash list\" shows what is there")
            })?;
            trash::restore(item).map_err(|error| Diagnostic::new(error.to_string()))?;
            writeln!(output, "restored: {}", show(&item.origin)).map_err(written)?;
        }
        TrashCommand::Empty { .. } if items.is_empty() => {
            writeln!(output, "the trash is empty").map_err(written)?;
        }
        TrashCommand::Empty { yes } => {
            let question = format!("Delete {things} ({}) for good?", HumanBytes(bytes));
            if !yes && !confirm(&question) {
                return Err(Diagnostic::new("nothing was deleted")
                    .hint("\"llmsh trash empty --yes\" does not ask")
                    .status(ExitStatus::NOT_CONFIRMED));
            }
            for item in &items {
                trash::empty(item).map_err(|error| Diagnostic::new(error.to_string()))?;
            }
            writeln!(output, "deleted: {things}").map_err(written)?;
        }
    }
    Ok(ExitStatus::SUCCESS)
}

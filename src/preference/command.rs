//! `llmsh preference list | forget | on | off`.

use std::io::Write;
use std::path::Path;

use super::Preferences;
use crate::database::StoreError;
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::{Language, told};
use crate::wrap::columns;

/// What to do with what was learned.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum PreferenceCommand {
    /// List what was recorded, newest first
    List,
    /// Forget one record, or all of them
    Forget {
        /// The number of the record, as the list shows it
        #[arg(required_unless_present = "all")]
        id: Option<Number>,
        /// Everything
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Learn from now on
    On,
    /// Learn nothing and use nothing that was learned
    Off,
}

/// The number of something that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A plan: `3`.
    Record(i64),
    /// How lines of a form are read: `f3`.
    Reading(i64),
    /// A sentence that was to be remembered: `n3`.
    Note(i64),
}

impl std::str::FromStr for Number {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('f') {
            Some(number) => number.parse().map(Self::Reading),
            None => match text.strip_prefix('n') {
                Some(number) => number.parse().map(Self::Note),
                None => text.parse().map(Self::Record),
            },
        }
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Record(id) => write!(formatter, "{id}"),
            Self::Reading(id) => write!(formatter, "f{id}"),
            Self::Note(id) => write!(formatter, "n{id}"),
        }
    }
}

/// How a plan ended or a line was read, in a column of its own.
fn column(word: &str) -> String {
    let chinese = match word {
        "approved" => "已确认",
        "edited" => "已修改",
        "declined" => "已拒绝",
        "command" => "命令",
        "request" => "请求",
        other => other,
    };
    let word = Language::of_environment().choose(word, chinese);
    let blanks = 8usize.saturating_sub(columns(word));
    format!("{word}{:blanks$}", "")
}

/// Runs a subcommand on the database at `path`.
///
/// # Errors
/// A database that cannot be used, a record that is not there.
pub fn run(
    command: &PreferenceCommand,
    path: &Path,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let failed = |error: StoreError| Diagnostic::from(error);
    let written = |error: std::io::Error| Diagnostic::new(format!("cannot write: {error}"));
    let mut preferences = Preferences::open(path).map_err(failed)?;
    match command {
        PreferenceCommand::List => {
            let records = preferences.list().map_err(failed)?;
            let state = if preferences.is_on() { "on" } else { "off" };
            let head = told(&format!("learning is {state}; {} recorded", records.len()));
            writeln!(output, "{head}").map_err(written)?;
            for record in records {
                let mark = if record.learnable { '*' } else { ' ' };
                let text =
                    if record.approved.is_empty() { &record.proposed } else { &record.approved };
                writeln!(
                    output,
                    "{:>5} {mark} {} {}\n{:>16} {}\n{:>16} {}",
                    record.id,
                    column(record.outcome.word()),
                    visible(record.request.as_bytes()),
                    "",
                    visible(text.trim_end().replace('\n', "; ").as_bytes()),
                    "",
                    told(&format!("in {}", visible(record.place.as_bytes())))
                )
                .map_err(written)?;
            }
            for one in preferences.readings().map_err(failed)? {
                let number = Number::Reading(one.id).to_string();
                let form = visible(one.form.as_bytes());
                let (word, lines) =
                    (column(one.reading.word()), told(&format!("lines like \"{form}\"")));
                writeln!(output, "{number:>5}   {word} {lines}").map_err(written)?;
            }
            for (id, text) in preferences.notes().map_err(failed)? {
                let number = Number::Note(id).to_string();
                let text = visible(text.as_bytes());
                let note = told(&format!("remember {text}"));
                writeln!(output, "{number:>5}   {note}").map_err(written)?;
            }
        }
        PreferenceCommand::Forget { id: Some(id), .. } => {
            let forgotten = match *id {
                Number::Record(id) => preferences.forget(id),
                Number::Reading(id) => preferences.forget_reading(id),
                Number::Note(id) => preferences.forget_note(id),
            };
            if !forgotten.map_err(failed)? {
                return Err(Diagnostic::new(format!("there is no record {id}"))
                    .hint("\"llmsh preference list\" shows the numbers"));
            }
        }
        PreferenceCommand::Forget { .. } => {
            let count = preferences.forget_all().map_err(failed)?;
            writeln!(output, "{}", told(&format!("{count} forgotten"))).map_err(written)?;
        }
        PreferenceCommand::On => preferences.set_on(true).map_err(failed)?,
        PreferenceCommand::Off => preferences.set_on(false).map_err(failed)?,
    }
    Ok(ExitStatus::SUCCESS)
}

//! `llmsh history`: taking over what another shell remembers.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::import::Foreign;
use super::store::Store;
use crate::database::PATIENCE;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::language::Language;

/// `llmsh history`
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum HistoryCommand {
    /// Add the lines of another shell's history; those that are there already are passed over
    Import {
        /// The shell
        #[arg(value_name = "SHELL")]
        from: Foreign,
        /// Its file, where it is not the usual one
        file: Option<PathBuf>,
    },
}

/// Runs the subcommand on the database at `path`, which keeps so many lines.
///
/// # Errors
/// A file or a database that cannot be used.
pub fn run(
    command: &HistoryCommand,
    path: &Path,
    max_entries: u32,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let HistoryCommand::Import { from, file } = command;
    let file = file.clone().unwrap_or_else(|| {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
        let data = data.filter(|data| data.is_absolute());
        let data = data.unwrap_or_else(|| home.join(".local/share"));
        from.usual_file(&home, &data)
    });
    let lines = from.read(&file).map_err(|error| {
        let name = from.name();
        Diagnostic::new(error.to_string())
            .hint(format!("\"llmsh history import {name} FILE\" reads another file"))
    })?;
    let added = Store::open(path, max_entries, PATIENCE)?.import(&lines)?;
    let rest = lines.len() - added;
    let text = Language::of_environment().choose(
        format!("{added} lines were added; {rest} were there already, or are not kept\n"),
        format!("已导入 {added} 行；另有 {rest} 行已存在或不予保存\n"),
    );
    output
        .write_all(text.as_bytes())
        .map_err(|error| Diagnostic::new(format!("cannot write: {error}")))?;
    Ok(ExitStatus::SUCCESS)
}

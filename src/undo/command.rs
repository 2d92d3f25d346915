//! `llmsh undo` and `llmsh trash`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use indicatif::HumanBytes;
use serde_json::json;

use super::trash::{self, Item};
use super::{Journal, Restored, Run, RunId, State};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::system::calendar;

/// Before a path that is there again.
const RESTORED: (&str, &str) = ("restored: ", "已恢复：");

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
    /// With --list: as JSON, with what each undo would do
    #[arg(long, requires = "list")]
    pub json: bool,
    /// Undo nothing; put what the plan kept beside the files, as NAME.restored
    #[arg(long, conflicts_with = "list")]
    pub beside: bool,
}

/// Do again what was undone.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct RedoArguments {
    /// The number of the plan; without one, that which was undone last
    pub id: Option<i64>,
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
    if arguments.list && arguments.json {
        return list_in_json(journal, output);
    }
    let language = Language::of_environment();
    if arguments.list {
        return list(journal, language, output);
    }
    if arguments.beside {
        for path in journal.restore_beside(arguments.id.map(RunId))? {
            let restored = language.choose(RESTORED.0, RESTORED.1);
            writeln!(output, "{restored}{}", show(&path)).map_err(written)?;
        }
        return Ok(ExitStatus::SUCCESS);
    }
    let undone = journal.undo(arguments.id.map(RunId))?;
    let (plan, name) = (undone.run.0, undone.about.name());
    let count = counted(undone.changes, language);
    let line = language.choose(
        format!("undone: plan {plan}, {count}: {name}"),
        format!("已撤销：计划 {plan}，{count}：{name}"),
    );
    writeln!(output, "{line}").map_err(written)?;
    for path in &undone.lost {
        let why = language
            .choose("not undone, since nothing was kept of it: ", "未撤销，因为没有保存其内容：");
        writeln!(output, "{why}{}", show(path)).map_err(written)?;
    }
    if undone.by_programs {
        let stays = language.choose(
            "what programs did in this plan stays as it is",
            "此计划中由程序完成的部分保持原样",
        );
        writeln!(output, "{stays}").map_err(written)?;
    }
    Ok(if undone.lost.is_empty() { ExitStatus::SUCCESS } else { ExitStatus::FAILURE })
}

/// Does again.
///
/// # Errors
/// What cannot be done again, with the reason.
pub fn redo(
    arguments: &RedoArguments,
    journal: &mut Journal,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let done = journal.redo(arguments.id.map(RunId))?;
    let language = Language::of_environment();
    let (plan, name) = (done.run.0, done.about.name());
    let count = counted(done.changes, language);
    let line = language.choose(
        format!("done again: plan {plan}, {count}: {name}"),
        format!("已重做：计划 {plan}，{count}：{name}"),
    );
    writeln!(output, "{line}").map_err(written)?;
    if done.by_programs {
        let not_again = language
            .choose("programs of this plan were not run again", "此计划中的程序没有再次运行");
        writeln!(output, "{not_again}").map_err(written)?;
    }
    Ok(ExitStatus::SUCCESS)
}

fn counted(changes: usize, language: Language) -> String {
    match (changes, language) {
        (1, Language::English) => "1 change".to_owned(),
        (changes, Language::English) => format!("{changes} changes"),
        (changes, Language::Chinese) => format!("{changes} 处更改"),
    }
}

fn list(
    journal: &Journal,
    language: Language,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let runs = journal.runs(MOST)?;
    for run in runs.iter().filter(|run| run.changes > 0) {
        writeln!(output, "{}", line(run, language)).map_err(written)?;
    }
    let (kept, most) = (HumanBytes(journal.kept_bytes()?), HumanBytes(journal.most_bytes()));
    let days = journal.limits.max_age.as_secs() / (24 * 60 * 60);
    let line = language.choose(
        format!("kept: {kept} of {most}, for {days} days"),
        format!("已保存：{kept}，上限 {most}，保留 {days} 天"),
    );
    writeln!(output, "{line}").map_err(written)?;
    Ok(ExitStatus::SUCCESS)
}

/// The same for programs (docs/undo.md).
fn list_in_json(journal: &Journal, output: &mut dyn Write) -> Result<ExitStatus, Diagnostic> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut plans = Vec::new();
    for run in journal.runs(MOST)?.iter().filter(|run| run.changes > 0) {
        let restores: Vec<_> = journal
            .restores(run.id)?
            .iter()
            .map(|Restored { what, path, bytes }| {
                json!({ "what": what, "path": path.to_string_lossy(), "bytes": bytes })
            })
            .collect();
        let state = match run.state {
            State::Running => "running",
            State::Ended => "ended",
            State::Broken => "broken_off",
            State::Undone => "undone",
            State::Forgotten => "forgotten",
        };
        plans.push(json!({
            "id": run.id.0,
            "time": run.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
            "request": run.about.request,
            "text": text(&run.about.text),
            "directory": text(&run.about.directory),
            "state": state,
            "by_programs": !run.about.reversible,
            "changes": run.changes,
            "kept_bytes": run.kept_bytes,
            "restores": restores,
        }));
    }
    let all = json!({
        "kept_bytes": journal.kept_bytes()?,
        "most_bytes": journal.most_bytes(),
        "plans": plans,
    });
    writeln!(output, "{all}").map_err(written)?;
    Ok(ExitStatus::SUCCESS)
}

fn line(run: &Run, language: Language) -> String {
    let seconds = run.time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let time = calendar::local(i64::try_from(seconds).unwrap_or(i64::MAX)).replace('T', " ");
    let state = match (run.state, run.about.reversible) {
        (State::Running, _) => language.choose("running", "运行中"),
        (State::Ended, true) => "",
        (State::Ended, false) => language.choose("in part", "部分可撤销"),
        (State::Broken, _) => language.choose("broken off", "中断"),
        (State::Undone, _) => language.choose("undone", "已撤销"),
        (State::Forgotten, _) => language.choose("too old", "已过期"),
    };
    let name = run.about.name();
    let changes = language.choose("changes", "处更改");
    format!("{:>5}  {time}  {:>6} {changes}  {state:<10}  {name}", run.id.0, run.changes)
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
    let language = Language::of_environment();
    let things = match items.len() {
        1 => language.choose("1 thing", "1 项").to_owned(),
        count => language.choose(format!("{count} things"), format!("{count} 项")),
    };
    match command {
        TrashCommand::List => {
            for Item { origin, deleted, bytes, .. } in &items {
                let time = deleted.replace('T', " ");
                let size = HumanBytes(*bytes).to_string();
                writeln!(output, "{time:<19}  {size:>10}  {}", show(origin)).map_err(written)?;
            }
            let comma = language.choose(", ", "，");
            writeln!(output, "{things}{comma}{}", HumanBytes(bytes)).map_err(written)?;
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
            let restored = language.choose(RESTORED.0, RESTORED.1);
            writeln!(output, "{restored}{}", show(&item.origin)).map_err(written)?;
        }
        TrashCommand::Empty { .. } if items.is_empty() => {
            writeln!(output, "{}", language.choose("the trash is empty", "回收站为空"))
                .map_err(written)?;
        }
        TrashCommand::Empty { yes } => {
            let size = HumanBytes(bytes);
            let question = language.choose(
                format!("Delete {things} ({size}) for good?"),
                format!("永久删除 {things}（{size}）吗？"),
            );
            if !yes && !confirm(&question) {
                return Err(Diagnostic::new("nothing was deleted")
                    .hint("\"llmsh trash empty --yes\" does not ask")
                    .status(ExitStatus::NOT_CONFIRMED));
            }
            for item in &items {
                trash::empty(item).map_err(|error| Diagnostic::new(error.to_string()))?;
            }
            writeln!(output, "{}{things}", language.choose("deleted: ", "已删除："))
                .map_err(written)?;
        }
    }
    Ok(ExitStatus::SUCCESS)
}

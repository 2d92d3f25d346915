//! What it costs that nothing is final: a plan that is tried aside, its changes made
//! through the journal, and taken back.

use std::error::Error;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use bstr::BString;
use llmsh::plan::compile;
use llmsh::policy::{Ceiling, Places, Policy};
use llmsh::preview::{Preview, Request, preview};
use llmsh::shell::Shell;
use llmsh::undo::{Journal, Limits, NewRun};
use llmsh::{exec, review};

use super::table::Table;

const ROUNDS: usize = 30;

/// How many changes are made and taken back at once.
const CHANGES: usize = 1000;

/// Times of previews, and of changes by the journal.
pub(crate) fn measure() -> super::Measured {
    let directory = tempfile::tempdir()?;
    let root = directory.path().canonicalize()?;
    // What is deleted goes to a trash of its own.
    // SAFETY: no other thread of the bench reads the environment.
    unsafe { std::env::set_var("XDG_DATA_HOME", root.join("data")) };
    let mut table = Table::new(
        format!("Preview and undo, of {ROUNDS}"),
        ["", "median, ms", "95th percentile, ms"],
    );
    let empty = root.join("empty");
    fs::create_dir(&empty)?;
    table.row("empty scratch run", times(|| tried(&root, &empty, || 0))?);
    for (name, count) in [("10", 10), ("100,000", 100_000)] {
        let tree = root.join(name);
        plant(&tree, count)?;
        table.row(
            &format!("scratch run that changes 1 of {name} files"),
            times(|| {
                tried(&root, &tree, || i32::from(fs::write(tree.join("0/0"), "other\n").is_err()))
            })?,
        );
    }
    many(&root, &mut table)?;
    steps(&root, &mut table)?;
    Ok(table)
}

fn tried(root: &Path, tree: &Path, work: impl FnOnce() -> i32) -> Result<Preview, Box<dyn Error>> {
    let request = Request {
        directory: tree,
        touched: &[],
        scratch: &[root.join("scratch")],
        time: Duration::from_secs(60),
        bytes: 1 << 30,
        memory: 4 << 30,
        interrupted: &|| false,
    };
    Ok(preview(&request, work).map_err(llmsh::diagnostic::Diagnostic::from)?)
}

/// A tree of so many files, at most a thousand in each directory.
fn plant(tree: &Path, count: usize) -> std::io::Result<()> {
    for number in 0..count {
        let directory = tree.join((number / 1000).to_string());
        if number % 1000 == 0 {
            fs::create_dir_all(&directory)?;
        }
        fs::write(directory.join((number % 1000).to_string()), "content\n")?;
    }
    Ok(())
}

fn times<T>(
    mut work: impl FnMut() -> Result<T, Box<dyn Error>>,
) -> Result<[String; 2], Box<dyn Error>> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let result = work()?;
        times.push(start.elapsed());
        drop(result);
    }
    Ok(row(times))
}

fn row(mut times: Vec<Duration>) -> [String; 2] {
    times.sort_unstable();
    let at = |index: usize| format!("{:.2}", times[index].as_secs_f64() * 1e3);
    [at(times.len() / 2), at((times.len() - 1) * 95 / 100)]
}

fn journal(root: &Path) -> Result<Journal, Box<dyn Error>> {
    let limits = Limits { max_bytes: 1 << 30, max_age: Duration::from_secs(1 << 30) };
    Ok(Journal::open(&root.join("changes.sqlite"), limits)?)
}

/// A thousand changed files of a preview, made and taken back.
fn many(root: &Path, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let tree = root.join("many");
    plant(&tree, CHANGES)?;
    let mut journal = journal(root)?;
    let (mut made, mut undone) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS / 3 {
        let preview = tried(root, &tree, || {
            let written = (0..CHANGES).try_for_each(|number| {
                fs::write(tree.join("0").join(number.to_string()), "other\n")
            });
            i32::from(written.is_err())
        })?;
        let start = Instant::now();
        let changes = preview.difference.changes()?;
        let run = journal.begin(&NewRun {
            request: String::new(),
            text: "bench".into(),
            directory: tree.as_os_str().as_bytes().into(),
            reversible: true,
        })?;
        journal.perform(run, 1, &changes)?;
        journal.end(run)?;
        made.push(start.elapsed());
        let start = Instant::now();
        journal.undo(Some(run))?;
        undone.push(start.elapsed());
    }
    table.row(&format!("commit of {CHANGES} changes"), row(made));
    table.row(&format!("undo of {CHANGES} changes"), row(undone));
    Ok(())
}

/// From shell text to a file that is gone: compile, judge, pin, write down, do.
fn steps(root: &Path, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let tree = root.join("steps");
    fs::create_dir(&tree)?;
    let policy = Policy::embedded(Places::new(Some(root), &[]));
    let variables =
        [("PATH", BString::from("/usr/bin:/bin")), ("HOME", root.as_os_str().as_bytes().into())];
    let mut shell =
        Shell::new("llmsh", variables.into_iter().map(|(name, value)| (name.into(), value)));
    shell.stand_in(tree.as_os_str().as_bytes());
    let mut journal = journal(root)?;
    let mut times = Vec::new();
    for number in 0..10 * ROUNDS {
        fs::write(tree.join("file"), number.to_string())?;
        let start = Instant::now();
        let plan = compile::compile("", b"rm file", &mut shell)?;
        let approved = review::unattended(plan, &policy, Some(Ceiling::All))
            .map_err(|(_, reason)| reason.to_string())?;
        let report = exec::run(&approved, &mut shell, Some(&mut journal), None);
        times.push(start.elapsed());
        if !report.status.is_success() {
            return Err("the file could not be removed".into());
        }
    }
    table.row("policy, pin and journal of a step", row(times));
    Ok(())
}

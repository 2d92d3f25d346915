//! The shells that are compared, and how one of them is run and timed.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A shell under measurement.
#[derive(Clone, Debug)]
pub(crate) struct Shell {
    /// What the table calls it.
    pub name: &'static str,
    /// The program.
    pub path: PathBuf,
}

/// llmsh as it was just built, installed in `directory`, then those of `dash` and
/// `bash` that are here.
///
/// A copy, because that is what a person runs: the linker writes its output here
/// and there, so the kernel holds it in single pages and loading it takes more
/// page faults than a file that was written from its beginning to its end.
pub(crate) fn installed(directory: &Path) -> io::Result<Vec<Shell>> {
    let copy = directory.join("llmsh");
    std::fs::copy(env!("CARGO_BIN_EXE_llmsh"), &copy)?;
    let mut shells = vec![Shell { name: "llmsh", path: copy }];
    shells.extend(found("dash").into_iter().chain(found("bash")));
    Ok(shells)
}

/// Another shell, where it is here.
pub(crate) fn found(name: &'static str) -> Option<Shell> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).map(|directory| directory.join(name));
    files.find(|file| file.is_file()).map(|path| Shell { name, path })
}

impl Shell {
    /// The shell with `-c text`, the same plain environment for each of them.
    pub(crate) fn command(&self, text: &str) -> Command {
        let mut command = Command::new(&self.path);
        command.args(["-c", text]).stdin(Stdio::null()).env_remove("ENV").env_remove("BASH_ENV");
        command
    }

    /// How long the shell takes for `text`, its start and end included.
    pub(crate) fn time(&self, text: &str) -> io::Result<Duration> {
        let mut command = self.command(text);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status()?;
        let took = start.elapsed();
        if status.success() {
            Ok(took)
        } else {
            Err(io::Error::other(format!("{}: {status} for: {text}", self.name)))
        }
    }
}

/// The median time of each shell for `text`. The shells take turns, so that
/// whatever else the machine does falls on all of them.
pub(crate) fn medians(shells: &[Shell], text: &str, rounds: usize) -> io::Result<Vec<Duration>> {
    let mut times = vec![Vec::with_capacity(rounds); shells.len()];
    // The first round fills the page cache and does not count.
    for shell in shells {
        shell.time(text)?;
    }
    for _ in 0..rounds {
        for (shell, times) in shells.iter().zip(&mut times) {
            times.push(shell.time(text)?);
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// The middle of `times`.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

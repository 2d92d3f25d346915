//! Memory of the shell process, as the kernel reports it.

use std::error::Error;
use std::fs;
use std::process::Command;
use std::time::Duration;

use expectrl::Session;

use super::shells::Shell;
use super::startup::headings;
use super::table::Table;

/// Fields of `/proc/PID/status`, and what the table calls them. Resident memory
/// counts pages shared with other processes; anonymous memory is the shell's
/// own, and what a fork has to copy page tables for.
const FIELDS: &[(&str, &str)] =
    &[("VmHWM", "largest resident"), ("VmRSS", "resident"), ("RssAnon", "of it anonymous")];

/// Memory of a shell that runs a command, and of one that waits for a line.
pub(crate) fn measure(shells: &[Shell]) -> super::Measured {
    let headings = headings(shells);
    let mut table = Table::new("Memory, MiB", headings.iter().map(String::as_str));
    let commands = shells.iter().map(of_command).collect::<Result<Vec<_>, _>>()?;
    add(&mut table, "-c", &commands)?;
    let interactive = shells.iter().map(of_interactive).collect::<Result<Vec<_>, _>>()?;
    add(&mut table, "interactive", &interactive)?;
    Ok(table)
}

/// Adds a row for each field of these status files.
fn add(table: &mut Table, kind: &str, files: &[String]) -> Result<(), Box<dyn Error>> {
    for (field, words) in FIELDS {
        let values = files.iter().map(|file| mebibytes(file, field));
        let values = values.collect::<Option<Vec<f64>>>();
        let values = values.ok_or_else(|| format!("no {field} in the status of a process"))?;
        table.ratios(&format!("{kind}, {words}"), &values, 2);
    }
    Ok(())
}

/// A field of a status file, which is in kibibytes there.
fn mebibytes(file: &str, field: &str) -> Option<f64> {
    let line = file.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// The status of a shell while it runs a program.
fn of_command(shell: &Shell) -> Result<String, Box<dyn Error>> {
    // Not the last command: a shell may put that in its own place.
    let output = shell.command("cat /proc/$$/status; :").output()?;
    Ok(String::from_utf8(output.stdout)?)
}

/// The status of a shell that has run a line from a terminal and waits for the
/// next one.
fn of_interactive(shell: &Shell) -> Result<String, Box<dyn Error>> {
    let mut command = Command::new(&shell.path);
    if shell.name == "bash" {
        // Long options come first there.
        command.arg("--norc");
    }
    command.arg("-i").env_remove("ENV");
    let fail = |error| format!("{} -i: {error}", shell.name);
    let mut session = Session::spawn(command).map_err(fail)?;
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    // What the terminal echoes is not what the command prints.
    session.send_line("echo re''ady")?;
    session.expect("ready").map_err(fail)?;
    let status = fs::read_to_string(format!("/proc/{}/status", session.pid()))?;
    session.send_line("exit")?;
    Ok(status)
}

//! From the process's start to the part of llmsh that it is for.
//!
//! The order is by how often and how badly it matters: a command, a script and
//! anything without a terminal reach the shell engine before anything else is
//! looked at.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use bstr::BString;

use crate::exit_status::ExitStatus;
use crate::model::worker::{WorkerOptions, run_worker};
use crate::shell::Shell;
use crate::shell::startup::Invocation;
use crate::system::descriptor;

/// Runs llmsh with the process's arguments and environment.
#[must_use]
pub fn main() -> ExitStatus {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(options) = WorkerOptions::from_arguments(&arguments) {
        return run_worker(&options);
    }
    let bytes = |text: OsString| BString::from(text.into_vec());
    let words: Vec<BString> = std::env::args_os().map(bytes).collect();
    let environment = std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value)));
    let invocation = match Invocation::parse(&words) {
        Ok(invocation) => invocation,
        Err(error) => {
            let text = format!("llmsh: {error}\nllmsh: try \"llmsh --help\"\n");
            let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
            return ExitStatus::USAGE;
        }
    };
    let mut shell =
        Shell::new(words.first().cloned().unwrap_or_else(|| "llmsh".into()), environment);
    shell.apply(&invocation);
    if invocation.login {
        let flow = shell.read_profiles();
        if flow.is_err() {
            return shell.end(flow);
        }
    }
    shell.run_script(&invocation.commands)
}

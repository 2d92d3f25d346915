//! Typed operations on what is no file: the session's own state, and signals.

use std::os::unix::ffi::OsStrExt;

use crate::plan::operation::Operation;
use crate::shell::Shell;
use crate::system::signal;

/// Carries out the operation; a sentence for each thing that failed.
pub(super) fn perform(operation: &Operation, shell: &mut Shell) -> Result<(), Vec<String>> {
    match operation {
        Operation::ChangeDirectory { directory } => {
            let bytes = directory.as_os_str().as_bytes();
            shell.change_directory(bytes, false).map_err(|error| {
                let directory = crate::escape::visible(bytes);
                vec![format!("cannot go to {directory}: {error}")]
            })
        }
        Operation::SetVariable { name, value, exported } => {
            let result = if *exported {
                shell.variables.set_exported(name, value.clone())
            } else {
                shell.variables.set(name, value.clone())
            };
            result.map_err(|error| vec![error.to_string()])
        }
        Operation::SendSignal { processes, signal } => {
            let failed: Vec<String> = processes
                .iter()
                .filter_map(|process| {
                    let error = signal::send(*process, *signal).err()?;
                    let reason = crate::system::message(error);
                    Some(format!("cannot signal process {process}: {reason}"))
                })
                .collect();
            if failed.is_empty() { Ok(()) } else { Err(failed) }
        }
        _ => Ok(()),
    }
}

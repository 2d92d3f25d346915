//! What the installed scripts of bash-completion know of commands that no table does: asked
//! in a shell of their own, so that none of their functions and options get into the
//! person's.

use std::path::Path;

use bstr::BString;

use crate::shell::Shell;
use crate::shell::completion::Found;

/// Where distributions put what loads the others.
const LOADER: &str = "/usr/share/bash-completion/bash_completion";

/// The scripts, once they have been asked.
#[derive(Debug, Default)]
pub(in crate::session) struct Installed {
    shell: Option<Shell>,
}

impl Installed {
    /// What the word at the end of a line may be continued to; nothing where nothing is
    /// installed, or no script speaks of the command.
    pub(super) fn ask(&mut self, text: &[u8], person: &Shell) -> Option<Found> {
        if self.shell.is_none() {
            if !Path::new(LOADER).is_file() {
                return None;
            }
            let environment = person.variables.environment().into_iter().filter_map(|entry| {
                let bytes = entry.into_bytes();
                let at = bytes.iter().position(|byte| *byte == b'=')?;
                Some((BString::from(&bytes[..at]), BString::from(&bytes[at + 1..])))
            });
            let mut shell = Shell::new("llmsh", environment);
            let load = format!("shopt -s extglob progcomp; . {LOADER}");
            // One that does not load leaves nothing to ask.
            let _ = shell.evaluate(load.as_bytes(), 1);
            self.shell = Some(shell);
        }
        let shell = self.shell.as_mut()?;
        shell.directory.clone_from(&person.directory);
        shell.completions_of(text).filter(|found| !found.words.is_empty())
    }
}

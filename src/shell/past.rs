//! The lines that were entered before, as an interactive shell knows them: for `history`,
//! `fc` and `!!`. Where they are kept is the business of whoever gives them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::rc::Rc;

use bstr::BString;

use super::Shell;
use super::quote::quote;
use crate::system::random;

/// Lines that were entered, the oldest first; a line's number is its place, from 1.
pub trait Past: std::fmt::Debug {
    /// All of them, the one that is being run among them.
    fn lines(&self) -> Vec<String>;
    /// Adds one.
    fn add(&self, line: &str);
    /// Takes the last one away, which is being run and stands for another.
    fn forget_last(&self);
    /// Forgets one for good; whether it was there.
    fn forget(&self, number: usize) -> bool;
    /// Forgets all of them for good.
    fn forget_all(&self);
}

impl Shell {
    /// Lets the shell know the lines that were entered.
    pub fn remember_lines(&mut self, past: Rc<dyn Past>) {
        self.past = Some(past);
    }

    /// A text after the person has changed it in an editor: this one, or `FCEDIT`, `VISUAL`,
    /// `EDITOR` (XCU fc), or `vi`.
    ///
    /// # Errors
    /// In words: it could not be written down, or the editor failed; nothing is to be run
    /// then.
    pub fn edited(&mut self, text: &str, editor: Option<BString>) -> Result<String, String> {
        let chosen = ["FCEDIT", "VISUAL", "EDITOR"].iter().find_map(|name| {
            let value = self.variables.get(name.as_bytes()).filter(|value| !value.is_empty())?;
            Some(value.to_owned())
        });
        let editor = editor.or(chosen).unwrap_or_else(|| "vi".into());
        let failed = |error: std::io::Error| format!("the text cannot be edited: {error}");
        let token = random::token().map_err(failed)?;
        let path = std::env::temp_dir().join(format!("llmsh-{token}.sh"));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(failed)?;
        let name = quote(path.as_os_str().as_encoded_bytes());
        let flow = self.evaluate(&[editor.as_slice(), b" ", name.as_slice()].concat(), 1);
        let result = std::fs::read_to_string(&path);
        // It is gone with the temporary files otherwise.
        let _ = std::fs::remove_file(&path);
        if flow.is_err() || !self.status.is_success() {
            return Err(format!("{editor}: it failed, and nothing was run"));
        }
        result.map_err(failed)
    }
}

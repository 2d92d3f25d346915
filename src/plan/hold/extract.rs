//! `tar` where files are that it would replace: what is in an archive is known only when
//! it is read, and nobody asked for files to be replaced.

use super::word::Flat;
use super::{Edit, Work};
use crate::shell::syntax::SimpleCommand;

/// What is said of files that are there.
const KEEPS: &str = "--skip-old-files";

/// Options by which it is said already, or by which no file is written.
const SAID: [&str; 8] = [
    "--keep-old-files",
    "--skip-old-files",
    "--keep-newer-files",
    "--overwrite",
    "--unlink-first",
    "--recursive-unlink",
    "--to-stdout",
    "--to-command",
];

impl Work<'_> {
    /// Lets `tar` leave alone what is there, unless the request speaks of replacing.
    pub(super) fn extraction(&mut self, command: &SimpleCommand, flats: &[Option<Flat>]) {
        // With a word that is not known, it is not known what it does.
        let words: Option<Vec<&str>> =
            flats.iter().map(|flat| Some(flat.as_ref()?.text.as_str())).collect();
        let (Some(words), Some(last)) = (words, command.words.last()) else { return };
        let ["tar", operands @ ..] = words.as_slice() else { return };
        if self.context.asked.deletes || !extracts(operands) || !self.has_files(target(operands)) {
            return;
        }
        let at = last.span.end;
        self.edits.push(Edit { start: at, end: at, text: format!(" {KEEPS}") });
    }

    /// Whether something is in the directory that could be replaced.
    fn has_files(&self, directory: &str) -> bool {
        let entries = self.directory.join(directory).read_dir();
        entries.is_ok_and(|mut entries| entries.next().is_some())
    }
}

/// Whether the operands of `tar` extract files and say nothing of those that are there.
fn extracts(operands: &[&str]) -> bool {
    let mut extracts = false;
    for (index, operand) in operands.iter().enumerate() {
        let letters = match operand.strip_prefix('-') {
            Some("-") => return false,
            Some(long) if long.starts_with('-') => {
                let name = operand.split('=').next().unwrap_or(operand);
                if SAID.contains(&name) {
                    return false;
                }
                extracts |= ["--extract", "--get"].contains(&name);
                continue;
            }
            Some(letters) => letters,
            // The oldest form: the letters without a dash.
            None if index == 0 => operand,
            None => continue,
        };
        // What follows `f` or `C` in the same word is its value.
        let own = letters.split_inclusive(['f', 'C']).next().unwrap_or(letters);
        let own = if operand.starts_with('-') { own } else { letters };
        if own.contains(['k', 'U', 'O']) {
            return false;
        }
        extracts |= own.contains('x');
    }
    extracts
}

/// The directory in which `tar` puts what it extracts.
fn target<'a>(operands: &[&'a str]) -> &'a str {
    let mut target = ".";
    for pair in operands.windows(2) {
        if pair[0] == "-C" || pair[0] == "--directory" {
            target = pair[1];
        }
    }
    let joined = operands.iter().find_map(|operand| operand.strip_prefix("--directory="));
    joined.unwrap_or(target)
}

//! A program that puts files in a directory, whatever is there already: what is in an
//! archive is known only when it is read, and nobody asked for files to be replaced.

use bstr::{BString, ByteSlice};

use super::word::Flat;
use super::{Edit, Work};
use crate::program::{Entry, Fact, Verb};
use crate::shell::syntax::SimpleCommand;

impl Work<'_> {
    /// Lets a program leave alone what is there, where its table has an option for that,
    /// unless the request speaks of replacing.
    pub(super) fn extraction(
        &mut self,
        command: &SimpleCommand,
        flats: &[Option<Flat>],
        entry: &'static Entry,
    ) {
        let Some(option) = entry.keeps.first() else { return };
        // With a word that is not known, it is not known what it does.
        let words: Option<Vec<BString>> =
            flats.iter().map(|flat| Some(flat.as_ref()?.text.as_str().into())).collect();
        let (Some(words), Some(last)) = (words, command.words.last()) else { return };
        let Ok(understood) = entry.understand(&words[1..]) else { return };
        let said = understood.options.iter().any(|(name, _)| entry.keeps.contains(name));
        let replaces = understood.facts.iter().any(|fact| match fact {
            Fact::File(Verb::Within, directory) => self.has_files(directory),
            _ => false,
        });
        // Behind `--` there are no options.
        if said || !replaces || self.context.asked.deletes || words.iter().any(|word| word == "--")
        {
            return;
        }
        let at = last.span.end;
        self.edits.push(Edit { start: at, end: at, text: format!(" {option}") });
    }

    /// Whether something is in the directory that could be replaced.
    fn has_files(&self, directory: &BString) -> bool {
        let Ok(directory) = directory.to_path() else { return true };
        let entries = self.directory.join(directory).read_dir();
        entries.is_ok_and(|mut entries| entries.next().is_some())
    }
}

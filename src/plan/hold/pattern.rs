//! A word that is looked for in a file, as it is written there: `ERROR` for `error`.

use std::fs::File;
use std::io::Read;

use super::word::Flat;
use super::{Edit, Use, Work};
use crate::shell::syntax::SimpleCommand;

/// The most of a file that is looked at, in bytes.
const MOST: u64 = 256 * 1024;

impl Work<'_> {
    /// Writes a pattern that is one word as the files have it, where they have it in
    /// another case only.
    pub(super) fn pattern(
        &mut self,
        command: &SimpleCommand,
        flats: &[Option<Flat>],
        uses: &[Option<Use>],
    ) {
        let is_option =
            |flat: &Option<Flat>| flat.as_ref().is_some_and(|flat| flat.text.starts_with('-'));
        // With options that change what a pattern is, nothing is known of it.
        let plain = flats
            .iter()
            .filter(|flat| is_option(flat))
            .flatten()
            .all(|flat| flat.text[1..].chars().all(|option| "cnoHhrRlw".contains(option)));
        let Some(index) = (1..flats.len()).find(|index| !is_option(&flats[*index])) else { return };
        self.recursive(command, flats, uses, index);
        let Some(Some(word)) = flats.get(index) else { return };
        let is_word = word.text.len() >= 3 && word.text.chars().all(char::is_alphabetic);
        if !plain || !is_word {
            return;
        }
        let mut text = String::new();
        for (flat, used) in flats.iter().zip(uses).skip(index + 1) {
            if let (Some(flat), Some(Use::Existing)) = (flat, used)
                && let Some(path) = self.file_of(&flat.text)
                && let Ok(file) = File::open(path)
            {
                let mut bytes = Vec::new();
                let _ = file.take(MOST).read_to_end(&mut bytes);
                text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        if text.is_empty() || text.contains(&word.text) {
            return;
        }
        let lower = text.to_lowercase();
        let Some(at) = lower.find(&word.text.to_lowercase()) else { return };
        // Only where lower case is as long is this the same place.
        let Some(own) = text.get(at..at + word.text.len()).filter(|_| lower.len() == text.len())
        else {
            return;
        };
        let span = command.words[index].span;
        let own = own.to_owned();
        self.edits.push(Edit { start: span.start, end: span.end, text: own });
    }

    /// Looks into the files of a directory that is named, where only files would be read:
    /// a directory has no lines.
    fn recursive(
        &mut self,
        command: &SimpleCommand,
        flats: &[Option<Flat>],
        uses: &[Option<Use>],
        pattern: usize,
    ) {
        let options = flats[1..pattern].iter().flatten();
        let below = |flat: &Flat| flat.text.contains(['r', 'R']);
        if options.into_iter().any(below) {
            return;
        }
        let names_a_directory = flats.iter().zip(uses).skip(pattern + 1).any(|(flat, used)| {
            matches!((flat, used), (Some(flat), Some(Use::Existing))
                if !flat.has_tilde && self.directory.join(&flat.text).is_dir())
        });
        if names_a_directory && let Some(first) = command.words.get(1) {
            let at = first.span.start;
            self.edits.push(Edit { start: at, end: at, text: "-r ".to_owned() });
        }
    }

    /// The regular file that a name will be, once it is bound.
    fn file_of(&self, name: &str) -> Option<std::path::PathBuf> {
        let own = self.directory.join(name);
        let bound = || {
            let found = self.context.found().find(|found| {
                !found.is_directory && found.path.rsplit('/').next() == name.rsplit('/').next()
            })?;
            Some(self.directory.join(&found.path))
        };
        let path = if own.exists() { own } else { bound()? };
        path.metadata().is_ok_and(|file| file.is_file()).then_some(path)
    }
}

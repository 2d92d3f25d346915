//! `git` where no repository is: the one that is meant is named.

use super::word::Flat;
use super::{Edit, Work};
use crate::shell::quote::quote;
use crate::shell::syntax::SimpleCommand;

/// Subcommands that make a repository or need none.
const NEED_NONE: [&str; 5] = ["init", "clone", "config", "help", "version"];

impl Work<'_> {
    /// Lets a git command work in the repository that the request means; whether it is
    /// one.
    pub(super) fn git(&mut self, command: &SimpleCommand, flats: &[Option<Flat>]) -> bool {
        let Some(repository) = &self.context.repository else { return false };
        let repository = &repository.path;
        let Some(Some(first)) = flats.get(1) else { return false };
        if first.text == "-C" {
            // A repository that is not there is the one that is.
            if let (Some(Some(place)), Some(word)) = (flats.get(2), command.words.get(2))
                && !self.directory.join(&place.text).is_dir()
            {
                let text = quote(repository.as_bytes()).to_string();
                self.edits.push(Edit { start: word.span.start, end: word.span.end, text });
            }
            return false;
        }
        if NEED_NONE.contains(&first.text.as_str()) {
            return false;
        }
        let name = &command.words[0];
        let Some(Some(program)) = flats.first() else { return false };
        let text = format!("{} -C {}", program.text, quote(repository.as_bytes()));
        self.edits.push(Edit { start: name.span.start, end: name.span.end, text });
        let last = repository.rsplit('/').next().unwrap_or(repository);
        for (word, flat) in command.words.iter().zip(flats).skip(2) {
            let Some(flat) = flat else { continue };
            let bare = flat.text.trim_end_matches('/').trim_start_matches("./");
            // The repository itself is no operand any more; what is in it is named from
            // there.
            let inside = [repository.as_str(), last]
                .iter()
                .find_map(|path| bare.strip_prefix(path)?.strip_prefix('/'));
            let text = if bare == repository || bare == last || bare == format!("--{last}") {
                String::new()
            } else if let Some(inside) = inside {
                quote(inside.as_bytes()).to_string()
            } else {
                continue;
            };
            self.edits.push(Edit { start: word.span.start, end: word.span.end, text });
        }
        true
    }
}

//! `git` where no repository is: the one that is meant is named.

use super::word::Flat;
use super::{Edit, Work};
use crate::shell::quote::quote;
use crate::shell::syntax::SimpleCommand;

/// Subcommands that make a repository or need none.
const NEED_NONE: [&str; 5] = ["init", "clone", "config", "help", "version"];

/// Words behind which a request says what the message of a commit is.
const MESSAGE: [&str; 9] = [
    "说明用",
    "说明写",
    "说明为",
    "说明是",
    "说明叫",
    "with the message ",
    "with message ",
    "the message is ",
    "the message should be ",
];

impl Work<'_> {
    /// Gives a commit the whole message that the request says, where the answer has only
    /// some words of it.
    pub(super) fn message(&mut self, command: &SimpleCommand, flats: &[Option<Flat>]) {
        let Some(said) = said_message(&self.context.original) else { return };
        for index in 1..flats.len() {
            let (Some(Some(option)), Some(Some(word))) = (flats.get(index - 1), flats.get(index))
            else {
                continue;
            };
            let is_part = said.to_lowercase().contains(&word.text.to_lowercase());
            if option.text == "-m" && is_part && word.text.len() < said.len() {
                let span = command.words[index].span;
                let text = quote(said.as_bytes()).to_string();
                self.edits.push(Edit { start: span.start, end: span.end, text });
            }
        }
    }

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

/// What a request says that the message of a commit is: to the end of the clause, or within
/// quotation marks.
fn said_message(request: &str) -> Option<&str> {
    let from = MESSAGE.iter().find_map(|words| Some(request.find(words)? + words.len()))?;
    let rest = request[from..].trim_start_matches([' ', ':', '：']);
    let quoted = [('"', '"'), ('“', '”'), ('「', '」'), ('\'', '\'')]
        .iter()
        .find_map(|(open, close)| Some(rest.strip_prefix(*open)?.split_once(*close)?.0));
    let clause = || rest.split([',', '，', '。', ';', '；']).next().unwrap_or_default();
    Some(quoted.unwrap_or_else(clause).trim()).filter(|message| !message.is_empty())
}

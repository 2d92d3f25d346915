//! The name of an archive that the request does not give: that of what is packed.

use bstr::{BString, ByteSlice};

use super::name::Names;
use super::word::{Flat, written};
use super::{Edit, Work};
use crate::program::{Entry, Fact, Verb};
use crate::shell::syntax::SimpleCommand;

/// How the names of archives end.
pub(super) const ENDINGS: [&str; 10] =
    [".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".tgz", ".tbz2", ".tar", ".zip", ".7z", ".rar"];

impl Work<'_> {
    /// Names a new archive after the one thing that is mentioned and packed into it, unless
    /// its name was said or such a file is there.
    pub(super) fn archive(
        &mut self,
        command: &SimpleCommand,
        flats: &[Option<Flat>],
        entry: &'static Entry,
    ) {
        let words: Option<Vec<BString>> =
            flats.iter().map(|flat| Some(flat.as_ref()?.text.as_str().into())).collect();
        let Some(words) = words else { return };
        let Ok(understood) = entry.understand(&words[1..]) else { return };
        let paths = |wanted: Verb| {
            understood.facts.iter().filter_map(move |fact| match fact {
                Fact::File(verb, path) if *verb == wanted => path.to_str().ok(),
                _ => None,
            })
        };
        let (packed, made): (Vec<&str>, Vec<&str>) =
            (paths(Verb::Read).collect(), paths(Verb::Write).collect());
        let ([packed], [made]) = (packed.as_slice(), made.as_slice()) else { return };
        let names = Names { context: self.context, directory: self.directory, made: &self.made };
        let Some(ending) = ENDINGS.iter().find(|ending| made.ends_with(*ending)) else { return };
        let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().map(str::to_owned);
        let (Some(own), Some(thing)) = (last(made), last(packed)) else { return };
        let own = own.trim_end_matches(ending);
        let request = self.context.original.to_lowercase();
        // A name may be said in part, and a date comes from a command.
        let is_said = request.contains(&own.to_lowercase()) || own == thing;
        let new = format!("{}{ending}", thing.trim_start_matches('.'));
        let path = match made.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/{new}"),
            None => new,
        };
        let is_mentioned = names.is_mentioned(packed.trim_end_matches('/'));
        if is_said || !is_mentioned || names.is_there(&path) || names.is_there(made) {
            return;
        }
        let place =
            flats.iter().position(|flat| flat.as_ref().is_some_and(|flat| flat.text == *made));
        if let Some(word) = place.and_then(|place| command.words.get(place)) {
            let text = written(&path, "", false);
            self.edits.push(Edit { start: word.span.start, end: word.span.end, text });
        }
    }
}

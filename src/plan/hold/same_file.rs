//! A command that writes to the file that it reads: the shell empties it before the
//! command begins.

use super::word::Flat;
use super::{Edit, Use, Work, uses};
use crate::shell::quote::quote;
use crate::shell::syntax::{Command, List, Pipeline, RedirectKind, Word};

impl Work<'_> {
    /// Lets such a command write beside the file, which it then replaces.
    pub(super) fn same_file(&mut self, tree: &List) {
        for item in &tree.items {
            let pipelines =
                std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline));
            for pipeline in pipelines {
                self.same_file_in(pipeline);
            }
        }
    }

    fn same_file_in(&mut self, pipeline: &Pipeline) {
        let Some(Command::Simple(last)) = pipeline.commands.last() else { return };
        let written: Vec<&Word> = last
            .redirects
            .iter()
            .filter_map(|redirect| match &redirect.kind {
                RedirectKind::Write(word) => Some(word),
                _ => None,
            })
            .collect();
        let [word] = written.as_slice() else { return };
        let Some(target) = Flat::of(word).map(|flat| flat.text) else { return };
        if !self.directory.join(&target).is_file() || !reads(pipeline, &target) {
            return;
        }
        let (new, old) = (format!("{target}.new"), quote(target.as_bytes()));
        let new = quote(new.as_bytes());
        let end = pipeline.span.end;
        self.edits.push(Edit { start: word.span.start, end: word.span.end, text: new.to_string() });
        self.edits.push(Edit { start: end, end, text: format!(" && mv -- {new} {old}") });
    }
}

/// Whether a pipeline reads the file of that name.
fn reads(pipeline: &Pipeline, name: &str) -> bool {
    pipeline.commands.iter().any(|command| {
        let Command::Simple(command) = command else { return false };
        let flats: Vec<Option<Flat>> = command.words.iter().map(Flat::of).collect();
        let operand = flats.iter().zip(uses(&flats)).any(|(flat, used)| {
            used == Some(Use::Existing) && flat.as_ref().is_some_and(|flat| flat.text == name)
        });
        let input = command.redirects.iter().any(|redirect| match &redirect.kind {
            RedirectKind::Read(word) => Flat::of(word).is_some_and(|flat| flat.text == name),
            _ => false,
        });
        operand || input
    })
}

//! A comparison of a file with itself, or with nothing, where the request names two.

use super::word::Flat;
use super::{Edit, Work};
use crate::context::as_word;
use crate::context::mention::{Found, Target};
use crate::shell::syntax::SimpleCommand;

impl Work<'_> {
    /// Lets a comparison have the two files that the request names; whether it did.
    pub(super) fn comparison(&mut self, command: &SimpleCommand, flats: &[Option<Flat>]) -> bool {
        let mut named: Vec<&Found> = Vec::new();
        for mention in &self.context.mentions {
            if let Target::Path(found) = &mention.target
                && !found.is_directory
                && !named.contains(&found)
            {
                named.push(found);
            }
        }
        let [one, other] = named.as_slice() else { return false };
        let mut operands = Vec::new();
        for (index, flat) in flats.iter().enumerate().skip(1) {
            // An argument of an option could be anything.
            let Some(flat) = flat else { return false };
            if !flat.text.starts_with('-') {
                operands.push(index);
            }
        }
        let text = |index: usize| flats[index].as_ref().map(|flat| flat.text.as_str());
        let name = |found: &Found| found.path.rsplit('/').next().map(str::to_owned);
        let is_named = |index: usize| {
            let last = text(index).and_then(|text| text.rsplit('/').next()).map(str::to_owned);
            last == name(one) || last == name(other)
        };
        let same = match operands.as_slice() {
            [only] => is_named(*only),
            [left, right] => text(*left) == text(*right) && is_named(*left),
            _ => false,
        };
        let (Some(first), Some(last)) = (operands.first(), operands.last()) else { return false };
        if !same || *last - *first + 1 != operands.len() {
            return false;
        }
        let (start, end) = (command.words[*first].span.start, command.words[*last].span.end);
        self.edits.push(Edit { start, end, text: format!("{} {}", as_word(one), as_word(other)) });
        true
    }
}

//! Names that have the letters of a word in their order.

use bstr::{BString, ByteSlice};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};

/// The most that are offered.
const MOST: usize = 40;

/// The names that have the letters of the word in their order, best first.
pub(super) fn ranked(word: &[u8], names: Vec<BString>) -> Vec<BString> {
    let Ok(word) = word.to_str() else { return Vec::new() };
    let pattern = Pattern::new(word, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let names = names.into_iter().filter_map(|name| name.to_str().ok().map(str::to_owned));
    let mut found = pattern.match_list(names, &mut matcher);
    found.truncate(MOST);
    found.into_iter().map(|(name, _)| name.into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_their_order_are_found_and_the_best_comes_first() {
        let names = ["checkout", "cherry-pick", "commit", "config"];
        let names: Vec<BString> = names.into_iter().map(Into::into).collect();
        assert_eq!(ranked(b"cmt", names.clone()), ["commit"]);
        assert_eq!(ranked(b"chk", names.clone())[0], "checkout");
        assert!(ranked(b"xyz", names).is_empty());
    }
}

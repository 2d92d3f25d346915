//! Text broken into lines of so many columns.

use unicode_width::UnicodeWidthChar;

/// Breaks text into lines of at most `width` columns, after blanks where there are any, and
/// between the wide characters of a long piece without blanks, as Chinese is written. Nothing
/// is dropped, so that a line that is not full ends in a blank or a wide character: a word
/// that goes on never looks like two.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut taken = 0;
        for word in words(paragraph) {
            if taken > 0 && taken + columns(word.trim_end_matches(' ')) > width {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            for character in word.chars() {
                let size = character.width().unwrap_or(0);
                if taken + size > width {
                    lines.push(std::mem::take(&mut line));
                    taken = 0;
                }
                line.push(character);
                taken += size;
            }
        }
        lines.push(line);
    }
    lines
}

/// How many columns a sentence of Chinese has at least: a phrase of fewer stays whole.
const LONG: usize = 24;

/// The pieces of a text that are kept on one line where they fit: words, and of what has no
/// blank for long, characters.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ').flat_map(|word| {
        let is_long = columns(word) > LONG;
        let mut rest = word;
        std::iter::from_fn(move || {
            let mut before: Option<char> = None;
            let end = rest.char_indices().filter(|_| is_long).find_map(|(at, character)| {
                let last = before.replace(character)?;
                may_break(last, character).then_some(at)
            });
            let (piece, others) = rest.split_at(end.unwrap_or(rest.len()));
            rest = others;
            (!piece.is_empty()).then_some(piece)
        })
    })
}

/// Whether a line may end between two wide characters: it does not begin with a mark that
/// closes, and does not end with one that opens.
fn may_break(last: char, next: char) -> bool {
    let is_wide = |character: char| character.width() == Some(2);
    is_wide(last)
        && is_wide(next)
        && !"，。、；：！？）》”】".contains(next)
        && !"（《“【".contains(last)
}

/// How many columns a text takes.
pub(crate) fn columns(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_after_blanks_and_count_columns() {
        assert_eq!(wrap("one two three four", 10), ["one two ", "three four"]);
        assert_eq!(wrap("目录目录目录目录", 11), ["目录目录目", "录目录"]);
        assert_eq!(wrap("abcdefghijklm", 10), ["abcdefghij", "klm"]);
        assert_eq!(wrap("abcdefghij klm", 10), ["abcdefghij", " klm"]);
        assert_eq!(wrap("", 10), [""]);
        // A sentence of Chinese has no blanks; its marks stay with what they belong to.
        assert_eq!(
            wrap("看 llmsh 目录目录目录，（目录）目录", 12),
            ["看 llmsh 目", "录目录目录，", "（目录）目录"]
        );
        assert_eq!(wrap("看 llmsh 目录目", 12), ["看 llmsh ", "目录目"]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_dropped_and_nothing_sticks_out(text in "[ab目 ]{0,40}", width in 2usize..12) {
            let lines = wrap(&text, width);
            proptest::prop_assert!(lines.iter().all(|line| columns(line) <= width));
            proptest::prop_assert_eq!(lines.concat(), text);
        }
    }
}

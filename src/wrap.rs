//! Text broken into lines of so many columns.

use unicode_width::UnicodeWidthChar;

/// Breaks text into lines of at most `width` columns, after blanks where there are
/// any. Nothing is dropped, so that a line that is not full ends in a blank: a
/// word that goes on never looks like two.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut taken = 0;
        for word in paragraph.split_inclusive(' ') {
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

//! A prompt as the editor needs it, and how many rows of a terminal it takes with its line.

use rustyline::Prompt;
use unicode_width::UnicodeWidthChar;

/// A prompt with escape sequences, whose width does not count them.
pub(super) struct StyledPrompt {
    styled: String,
    raw: String,
}

impl StyledPrompt {
    pub(super) fn new(text: &str) -> Self {
        let mut raw = String::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if character != '\x1b' {
                if character >= ' ' || character == '\n' {
                    raw.push(character);
                }
                continue;
            }
            // CSI … final byte, OSC … BEL or ST, or an escape of one more character.
            match characters.next() {
                Some('[') => {
                    characters.find(|character| ('@'..='~').contains(character));
                }
                Some(']') => {
                    let end = characters.find(|character| matches!(character, '\x07' | '\x1b'));
                    if end == Some('\x1b') {
                        characters.next();
                    }
                }
                _ => {}
            }
        }
        Self { styled: text.to_owned(), raw }
    }
}

impl Prompt for StyledPrompt {
    fn raw(&self) -> &str {
        &self.raw
    }

    fn styled(&self) -> &str {
        &self.styled
    }
}

/// How many rows a text takes on a terminal, with the one on which the cursor is behind it.
pub(super) fn rows(text: &str, columns: usize) -> usize {
    let (mut rows, mut column) = (1, 0);
    for character in text.chars() {
        let width = character.width().unwrap_or(0);
        if character == '\n' || column + width > columns {
            rows += 1;
            column = 0;
        }
        column += width;
    }
    // The editor goes on to the next row as soon as one is full.
    rows + usize::from(column == columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_of_a_prompt_have_no_width() {
        let prompt = StyledPrompt::new("\x1b[1;32m目录\x1b[0m $ ");
        assert_eq!(prompt.raw(), "目录 $ ");
        assert_eq!(prompt.styled(), "\x1b[1;32m目录\x1b[0m $ ");
        let prompt = StyledPrompt::new("\x1b]0;title\x07a\x1b]8;;x\x1b\\b $ \x1b]133;B\x07");
        assert_eq!(prompt.raw(), "ab $ ");
    }

    #[test]
    fn rows_are_counted_as_the_editor_breaks_them() {
        for (text, columns, expected) in [
            ("", 10, 1),
            ("123456789", 10, 1),
            ("1234567890", 10, 2),
            ("12345678901", 10, 2),
            ("一二三四五", 9, 2),
            ("1\n2", 10, 2),
            ("1234567890\n2", 10, 2),
        ] {
            assert_eq!(rows(text, columns), expected, "{text:?}");
        }
    }
}

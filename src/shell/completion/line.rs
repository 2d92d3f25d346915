//! A line as completion sees it: its last command, cut into words.

use bstr::{BString, ByteSlice};

/// Characters that are words of their own (`COMP_WORDBREAKS`, blanks and quotes aside).
const BREAKS: &[u8] = b"><=;|&(:";

/// The last command of a line.
pub(super) struct Line {
    /// From its first word to the cursor.
    pub(super) text: BString,
    /// The words; the last one is being typed, and may be empty.
    pub(super) words: Vec<BString>,
    /// Where the last word begins in the whole line.
    pub(super) start: usize,
}

impl Line {
    /// The last command of a line that ends at the cursor; nothing where there is none.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let mut words: Vec<(usize, BString)> = Vec::new();
        let mut begin = 0;
        let mut at = 0;
        let mut current: Option<(usize, BString)> = None;
        let mut quote = 0_u8;
        while let Some(&byte) = text.get(at) {
            let word = |current: &mut Option<(usize, BString)>| {
                current.get_or_insert_with(|| (at, BString::default())).1.push(byte);
            };
            match byte {
                _ if quote != 0 => {
                    word(&mut current);
                    if byte == quote {
                        quote = 0;
                    }
                }
                b'\\' if at + 1 < text.len() => {
                    let next = text[at + 1];
                    let entry = current.get_or_insert_with(|| (at, BString::default()));
                    entry.1.extend_from_slice(&[byte, next]);
                    at += 1;
                }
                b'\'' | b'"' => {
                    word(&mut current);
                    quote = byte;
                }
                b' ' | b'\t' => words.extend(current.take()),
                // Another command begins.
                b';' | b'|' | b'&' | b'(' | b'\n' => {
                    current = None;
                    words.clear();
                    begin = at + 1;
                }
                _ if BREAKS.contains(&byte) => {
                    // Neighbouring ones are one word.
                    let joins = matches!(&current, Some((_, text))
                        if text.iter().all(|byte| BREAKS.contains(byte)));
                    if !joins {
                        words.extend(current.take());
                    }
                    word(&mut current);
                }
                _ => {
                    let breaks = matches!(&current, Some((_, text))
                        if text.iter().all(|byte| BREAKS.contains(byte)));
                    if breaks {
                        words.extend(current.take());
                    }
                    word(&mut current);
                }
            }
            at += 1;
        }
        // Behind a blank, or `=`, another word is being typed.
        let ends = current.as_ref().is_none_or(|(_, text)| text.iter().all(|b| BREAKS.contains(b)));
        if let Some(current) = current.take() {
            words.push(current);
        }
        if ends {
            words.push((text.len(), BString::default()));
        }
        // Assignments before the command are none of its words.
        while words.len() > 3 && words[1].1 == "=" {
            words.drain(..3);
        }
        let first = words.first()?.0.max(begin);
        let start = words.last()?.0;
        let words = words.into_iter().map(|(_, word)| word).collect();
        Some(Self { text: text[first..].as_bstr().to_owned(), words, start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str], start: usize) {
        let line = Line::of(text.as_bytes()).unwrap();
        assert_eq!(line.words, expected, "{text}");
        assert_eq!(line.start, start, "{text}");
    }

    #[test]
    fn the_last_command_is_cut_into_words() {
        check("git ch", &["git", "ch"], 4);
        check("git ", &["git", ""], 4);
        check("a; ls -l fo", &["ls", "-l", "fo"], 9);
        check("x --opt=va", &["x", "--opt", "=", "va"], 8);
        check("ssh user@ho", &["ssh", "user@ho"], 4);
        check("scp host:pa", &["scp", "host", ":", "pa"], 9);
        check("cat 'a b", &["cat", "'a b"], 4);
    }
}

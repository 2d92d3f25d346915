//! From the bytes of tokens to the text of the answer.
//!
//! A token can end in the middle of a character, and a stop string can begin in
//! one token and end in another. [`AnswerText`] gives text out only when it can
//! no longer turn out to be part of a stop string, and in whole characters.

/// Whether the answer goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More may come.
    Open,
    /// A stop string was met; what came before it has been given out.
    Stopped,
}

/// The text of one answer while it is generated.
#[derive(Clone, Debug)]
pub struct AnswerText {
    stop: Vec<String>,
    /// Bytes that are not a whole character yet.
    bytes: Vec<u8>,
    /// All text so far, up to the stop string.
    text: String,
    /// How much of `text` was given out.
    given: usize,
    stopped: bool,
}

impl AnswerText {
    /// An empty answer that ends before any of the `stop` strings.
    #[must_use]
    pub fn new(stop: &[String]) -> Self {
        let stop = stop.iter().filter(|text| !text.is_empty()).cloned().collect();
        Self { stop, bytes: Vec::new(), text: String::new(), given: 0, stopped: false }
    }

    /// Adds the bytes of one token; gives the text that is certain now.
    pub fn push(&mut self, bytes: &[u8]) -> (&str, Progress) {
        if !self.stopped {
            self.bytes.extend_from_slice(bytes);
            self.take_characters();
        }
        self.advance(false)
    }

    /// The generation is over: what was held back is given out.
    pub fn finish(&mut self) -> &str {
        if !self.stopped && !self.bytes.is_empty() {
            self.text.push('\u{FFFD}');
            self.bytes.clear();
        }
        self.advance(true).0
    }

    /// The answer so far, without what is held back.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text[..self.given]
    }

    /// Moves whole characters from `bytes` to `text`; invalid bytes become
    /// U+FFFD, and the beginning of a character stays.
    fn take_characters(&mut self) {
        loop {
            match std::str::from_utf8(&self.bytes) {
                Ok(valid) => {
                    self.text.push_str(valid);
                    self.bytes.clear();
                    return;
                }
                Err(error) => {
                    let valid = error.valid_up_to();
                    self.text.push_str(&String::from_utf8_lossy(&self.bytes[..valid]));
                    let Some(length) = error.error_len() else {
                        self.bytes.drain(..valid);
                        return;
                    };
                    self.text.push('\u{FFFD}');
                    self.bytes.drain(..valid + length);
                }
            }
        }
    }

    fn advance(&mut self, last: bool) -> (&str, Progress) {
        let from = self.given;
        if !self.stopped {
            let found = self.stop.iter().filter_map(|stop| self.text[from..].find(stop)).min();
            if let Some(position) = found {
                self.text.truncate(from + position);
                self.stopped = true;
            }
        }
        self.given = if self.stopped || last { self.text.len() } else { self.certain() };
        let progress = if self.stopped { Progress::Stopped } else { Progress::Open };
        (&self.text[from..self.given], progress)
    }

    /// Where the longest end of the text begins that a stop string begins with.
    fn certain(&self) -> usize {
        let open = &self.text[self.given..];
        open.char_indices()
            .map(|(index, _)| index)
            .find(|&index| self.stop.iter().any(|stop| stop.starts_with(&open[index..])))
            .map_or(self.text.len(), |index| self.given + index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stop: &[&str], pieces: &[&[u8]]) -> (Vec<String>, String, bool) {
        let stop: Vec<String> = stop.iter().map(|text| (*text).to_owned()).collect();
        let mut answer = AnswerText::new(&stop);
        let mut given = Vec::new();
        let mut stopped = false;
        for piece in pieces {
            let (text, progress) = answer.push(piece);
            given.push(text.to_owned());
            stopped |= progress == Progress::Stopped;
        }
        given.push(answer.finish().to_owned());
        (given, answer.text().to_owned(), stopped)
    }

    #[test]
    fn a_character_is_held_back_until_it_is_whole() {
        let (given, text, _) = run(&[], &[b"a\xE6", b"\x96", b"\x87b"]);
        assert_eq!(given, ["a", "", "文b", ""]);
        assert_eq!(text, "a文b");
    }

    #[test]
    fn a_stop_string_across_tokens_is_never_given() {
        let (given, text, stopped) = run(&["\n```"], &[b"ls\n", b"``", b"`\nmore", b"x"]);
        assert_eq!(given, ["ls", "", "", "", ""]);
        assert_eq!(text, "ls");
        assert!(stopped);
    }

    #[test]
    fn what_only_began_like_a_stop_string_is_given_later() {
        let (given, text, stopped) = run(&["\n```"], &[b"a\n", b"`b", b"\n"]);
        assert_eq!(given, ["a", "\n`b", "", "\n"]);
        assert_eq!(text, "a\n`b\n");
        assert!(!stopped);
    }

    #[test]
    fn the_first_of_several_stop_strings_counts() {
        let (_, text, _) = run(&["END", "\n"], &[b"one\ntwo END"]);
        assert_eq!(text, "one");
    }

    #[test]
    fn invalid_and_unfinished_bytes_become_the_replacement_character() {
        let (_, text, _) = run(&[], &[b"a\xFFb", b"\xE6"]);
        assert_eq!(text, "a\u{FFFD}b\u{FFFD}");
    }

    #[test]
    fn an_empty_stop_string_is_ignored() {
        assert_eq!(run(&[""], &[b"a"]).1, "a");
    }

    proptest! {
        #[test]
        fn the_answer_is_the_text_before_the_first_stop_string(
            text in "[ab文\n]{0,20}", stop in "[ab文\n]{1,3}", cut in 1_usize..5,
        ) {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(cut).collect();
            let (given, whole, stopped) = run(&[&stop], &pieces);
            let expected = text.split(&stop).next().unwrap_or_default();
            prop_assert_eq!(&whole, expected);
            prop_assert_eq!(given.concat(), whole);
            prop_assert_eq!(stopped, text.contains(&stop));
        }
    }
}

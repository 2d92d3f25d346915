//! Fields while they are made: text, which of it was quoted, and field
//! splitting (XCU 2.6.5), which happens as results of expansions arrive.

use std::borrow::Cow;

use bstr::BString;

use crate::shell::pattern::PatternText;

/// One field: its text, and what of it was quoted.
#[derive(Clone, Debug, Default)]
pub(super) struct Field {
    pub(super) text: Vec<u8>,
    /// Ranges of `text` that were quoted, in order, not overlapping.
    quoted: Vec<(usize, usize)>,
    /// An unquoted character that begins a pattern is in the text.
    pub(super) has_pattern: bool,
}

impl Field {
    fn push(&mut self, bytes: &[u8]) {
        if !self.has_pattern {
            self.has_pattern = bytes.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'('));
        }
        self.text.extend_from_slice(bytes);
    }

    fn push_quoted(&mut self, bytes: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        match self.quoted.last_mut() {
            Some((_, end)) if *end == start => *end = self.text.len(),
            _ if bytes.is_empty() => {}
            _ => self.quoted.push((start, self.text.len())),
        }
    }

    /// The field as a regular expression (XBD 9.4), in which what was quoted means itself.
    pub(super) fn expression(&self) -> BString {
        let mut expression = Vec::new();
        let mut from = 0;
        for &(start, end) in &self.quoted {
            expression.extend_from_slice(&self.text[from..start]);
            for byte in &self.text[start..end] {
                if b".[]\\()*+?{}|^$".contains(byte) {
                    expression.push(b'\\');
                }
                expression.push(*byte);
            }
            from = end;
        }
        expression.extend_from_slice(&self.text[from..]);
        expression.into()
    }

    /// The bytes, and whether each was quoted.
    pub(super) fn bytes(&self) -> impl Iterator<Item = (u8, bool)> {
        self.text.iter().enumerate().map(|(at, byte)| {
            let quoted = self.quoted.iter().any(|(start, end)| (*start..*end).contains(&at));
            (*byte, quoted)
        })
    }

    /// The field as a pattern, in which what was quoted is not special.
    pub(super) fn pattern(&self) -> PatternText {
        let mut pattern = PatternText::new();
        let mut from = 0;
        for &(start, end) in &self.quoted {
            pattern.push_unquoted(&self.text[from..start]);
            pattern.push_quoted(&self.text[start..end]);
            from = end;
        }
        pattern.push_unquoted(&self.text[from..]);
        pattern
    }
}

/// Where field splitting stands between two pieces of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No field has been begun.
    Empty,
    /// The current field has been begun; it counts even without text.
    Begun,
    /// IFS white space has just ended a field; one other separator that follows
    /// belongs to it.
    AfterBlank,
}

/// What lists stand in double quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lists {
    /// None.
    None,
    /// Only such without items.
    Empty,
    /// One with items, if only an empty one.
    Items,
}

/// Collects the pieces of one or more words into fields.
#[derive(Debug)]
pub(super) struct Fields {
    done: Vec<Field>,
    current: Field,
    state: State,
    /// Separators, or `None` where results are not split.
    separators: Option<Cow<'static, [u8]>>,
    /// What lists stood in the double quotes that are read.
    lists: Lists,
}

impl Fields {
    /// Splits results at the characters of `separators`.
    pub(super) fn splitting(separators: Cow<'static, [u8]>) -> Self {
        Self {
            done: Vec::new(),
            current: Field::default(),
            state: State::Empty,
            separators: Some(separators),
            lists: Lists::None,
        }
    }

    /// Makes exactly one field.
    pub(super) fn single() -> Self {
        Self {
            done: Vec::new(),
            current: Field::default(),
            state: State::Begun,
            separators: None,
            lists: Lists::None,
        }
    }

    /// Whether results are split.
    pub(super) fn splits(&self) -> bool {
        self.separators.is_some()
    }

    /// Text of the word itself, not quoted.
    pub(super) fn literal(&mut self, bytes: &[u8]) {
        self.current.push(bytes);
        self.state = State::Begun;
    }

    /// Quoted text; an empty one begins a field too.
    pub(super) fn quoted(&mut self, bytes: &[u8]) {
        self.current.push_quoted(bytes);
        self.state = State::Begun;
    }

    /// The result of an expansion that was not quoted.
    pub(super) fn result(&mut self, bytes: &[u8]) {
        let Some(separators) = self.separators.take() else {
            self.current.push(bytes);
            return;
        };
        let mut from = 0;
        for (index, byte) in bytes.iter().enumerate() {
            if !separators.contains(byte) {
                continue;
            }
            self.text(&bytes[from..index]);
            from = index + 1;
            let blank = matches!(byte, b' ' | b'\t' | b'\n');
            self.state = match (self.state, blank) {
                (State::Begun, _) => {
                    self.finish_current();
                    if blank { State::AfterBlank } else { State::Empty }
                }
                (state, true) => state,
                (State::AfterBlank, false) => State::Empty,
                (State::Empty, false) => {
                    self.finish_current();
                    State::Empty
                }
            };
        }
        self.text(&bytes[from..]);
        self.separators = Some(separators);
    }

    fn text(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.current.push(bytes);
            self.state = State::Begun;
        }
    }

    /// Double quotes begin. Whether a field has been begun before them.
    pub(super) fn begin_quotes(&mut self) -> bool {
        self.lists = Lists::None;
        self.state == State::Begun
    }

    /// A list, `$@`, stands in double quotes.
    pub(super) fn list(&mut self, is_empty: bool) {
        self.lists =
            if is_empty && self.lists != Lists::Items { Lists::Empty } else { Lists::Items };
    }

    /// Double quotes end that no field was begun before. In bash `"$e$@"` is no field where
    /// there are no parameters and `$e` is empty; POSIX leaves it open (XCU 2.5.2), and dash
    /// makes one.
    pub(super) fn end_quotes(&mut self) {
        if self.lists == Lists::Empty && self.current.text.is_empty() {
            self.state = State::Empty;
        }
    }

    /// Ends the current field if one was begun: between two positional
    /// parameters.
    pub(super) fn next_parameter(&mut self) {
        if self.state == State::Begun {
            self.finish_current();
        }
        self.state = State::Empty;
    }

    /// Ends a word.
    pub(super) fn end_word(&mut self) {
        self.next_parameter();
    }

    fn finish_current(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
    }

    /// All fields.
    pub(super) fn finish(mut self) -> Vec<Field> {
        self.end_word();
        self.done
    }

    /// The only field, of [`Fields::single`].
    pub(super) fn into_single(self) -> Field {
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(separators: &str, results: &[&str]) -> Vec<String> {
        let mut fields = Fields::splitting(separators.as_bytes().to_vec().into());
        for result in results {
            fields.result(result.as_bytes());
        }
        fields.finish().into_iter().map(|field| String::from_utf8(field.text).unwrap()).collect()
    }

    #[test]
    fn blanks_are_trimmed_and_separate() {
        assert_eq!(split(" \t\n", &["  a  b\tc \n"]), ["a", "b", "c"]);
        assert_eq!(split(" \t\n", &["   "]), [""; 0]);
    }

    #[test]
    fn other_separators_delimit_empty_fields() {
        assert_eq!(split(":", &[":a::b:"]), ["", "a", "", "b"]);
        assert_eq!(split(":", &[":"]), [""]);
    }

    #[test]
    fn blanks_around_another_separator_belong_to_it() {
        assert_eq!(split(": ", &["a : b  c:"]), ["a", "b", "c"]);
        assert_eq!(split(": ", &["a ", ":b"]), ["a", "b"]);
        assert_eq!(split(": ", &["a : : b"]), ["a", "", "b"]);
    }

    #[test]
    fn no_separators_means_no_splitting() {
        assert_eq!(split("", &["a b"]), ["a b"]);
    }

    #[test]
    fn quoted_punctuation_is_escaped_in_the_pattern() {
        let mut fields = Fields::single();
        fields.literal(b"a*");
        fields.quoted(b"b*]");
        fields.result(b"?");
        let field = fields.into_single();
        assert!(field.has_pattern);
        assert_eq!(field.pattern().as_bstr(), r"a*b\*\]?");
    }
}

//! A line as words: enough of the shell's grammar to tell data from words that
//! could be said, and no more.

/// One word of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Something in it is quoted or escaped: it is data, whatever it says.
    pub(super) quoted: bool,
}

impl Word<'_> {
    /// Letters alone, with the punctuation that may follow a word of a sentence.
    pub(super) fn is_plain(&self) -> bool {
        let letters = self.text.trim_end_matches([',', '.', '?', '!', ':']);
        !self.quoted
            && !letters.is_empty()
            && letters.chars().all(|character| character.is_alphabetic() || character == '\'')
    }

    /// Whether it reads `-x` or `--long`.
    pub(super) fn is_option(&self) -> bool {
        self.text.strip_prefix('-').is_some_and(|rest| {
            rest.starts_with(|character: char| {
                character.is_ascii_alphanumeric() || character == '-'
            })
        })
    }

    /// Expansions and assignments: what nobody says.
    pub(super) fn is_shell(&self) -> bool {
        !self.quoted && self.text.contains(['$', '=', '{', '}', '`'])
    }
}

/// A line in its words.
#[derive(Debug, Default)]
pub(super) struct Words<'a> {
    pub(super) words: Vec<Word<'a>>,
    /// How many of `;`, `|`, `&`, `(` and `)` stand outside of quotations.
    pub(super) operators: u8,
    pub(super) redirects: bool,
}

impl<'a> Words<'a> {
    /// Splits the text. An apostrophe after a letter opens no quotation: it
    /// stands in "what's" far oftener than in `a'b c'`.
    pub(super) fn split(text: &'a str) -> Self {
        let mut line = Self::default();
        let (mut start, mut quoted) = (None, false);
        let (mut open, mut escaped, mut before) = (None, false, ' ');
        for (at, character) in text.char_indices() {
            let separates = open.is_none()
                && !escaped
                && (character.is_whitespace() || ";|&()<>".contains(character));
            if separates {
                line.end(text, &mut start, at, &mut quoted);
                match character {
                    ';' | '|' | '&' | '(' | ')' => {
                        line.operators = line.operators.saturating_add(1)
                    }
                    '<' | '>' => line.redirects = true,
                    _ => {}
                }
                before = character;
                continue;
            }
            start.get_or_insert(at);
            if std::mem::take(&mut escaped) {
                // What is escaped means nothing else.
            } else if open == Some(character) {
                open = None;
            } else if character == '\\' && open != Some('\'') {
                (escaped, quoted) = (true, true);
            } else if open.is_none()
                && (character == '"' || character == '\'' && !before.is_ascii_alphanumeric())
            {
                (open, quoted) = (Some(character), true);
            }
            before = character;
        }
        line.end(text, &mut start, text.len(), &mut quoted);
        line
    }

    fn end(&mut self, text: &'a str, start: &mut Option<usize>, at: usize, quoted: &mut bool) {
        let quoted = std::mem::take(quoted);
        if let Some(text) = start.take().and_then(|start| text.get(start..at)) {
            self.words.push(Word { text, quoted });
        }
    }

    pub(super) fn has_options(&self) -> bool {
        self.words.iter().any(Word::is_option)
    }
}

//! The words of a simple command: their expansion, and what `set -x` writes of them.

use bstr::BString;

use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option::Opt;
use crate::shell::parser::split_assignment;
use crate::shell::syntax::{Assigned, Word, WordPart};
use crate::shell::{Shell, quote};
use crate::system::descriptor;

impl Shell {
    /// Reports why a word has no value.
    pub(super) fn report_expansion(&self, error: &ExpandError) {
        match error {
            // What a script says there are its own words.
            ExpandError::Unset { .. } => self.report_as_it_is(error.to_string()),
            _ => self.report(error.to_string()),
        }
    }

    pub(super) fn command_words(&mut self, words: &[Word]) -> Result<Vec<BString>, ExpandError> {
        let mut output = Vec::with_capacity(words.len());
        let dialect = self.dialect();
        let declares = is_declaration(words, dialect.posix);
        self.declared.clear();
        for (index, word) in words.iter().enumerate() {
            if declares
                && index > 0
                && let Some(assignment) = split_assignment(word, dialect)
            {
                match &assignment.value {
                    Assigned::Text(value) if assignment.key.is_none() => {
                        let value = Expander::new(self).single(value)?;
                        let sign: &[u8] = if assignment.append { b"+=" } else { b"=" };
                        output.push([assignment.name.as_slice(), sign, &value].concat().into());
                    }
                    Assigned::Text(_) => output.push(Expander::new(self).single(word)?),
                    // The builtin assigns the elements, once it knows what kind of array.
                    Assigned::Array(_) => {
                        output.push(assignment.name.clone());
                        self.declared.push((output.len() - 1, assignment));
                    }
                }
            } else {
                Expander::new(self).fields(word, &mut output)?;
            }
        }
        if output.first().is_some_and(|word| self.is_job_notation(word)) {
            output.insert(0, "fg".into());
        }
        Ok(output)
    }

    /// Whether a command is a job that is to go on (`%1`; bash, Job Control Basics).
    pub(super) fn is_job_notation(&self, word: &[u8]) -> bool {
        word.starts_with(b"%") && self.options.interactive && self.has_job_control() && !self.posix
    }

    /// `set -x` for what is no simple command.
    pub(super) fn trace_words(&mut self, words: &[BString]) {
        if self.options.is_on(Opt::XTrace) && !words.is_empty() {
            let mut line = self.expanded_prompt(b"PS4");
            line.extend_from_slice(&bstr::join(" ", words));
            line.push(b'\n');
            let _ = descriptor::write_all(descriptor::STDERR, &line);
        }
    }

    /// `set -x`: what is about to run, after `PS4`.
    pub(super) fn trace(&mut self, assignments: &[(BString, BString)], words: &[BString]) {
        if !self.options.is_on(Opt::XTrace) || (assignments.is_empty() && words.is_empty()) {
            return;
        }
        let mut line = self.expanded_prompt(b"PS4");
        let mut items = Vec::new();
        for (name, value) in assignments {
            items.push([name.as_slice(), b"=", quote::quote(value).as_slice()].concat());
        }
        items.extend(words.iter().map(|word| quote::quote(word).to_vec()));
        line.extend_from_slice(&bstr::join(" ", &items));
        line.push(b'\n');
        let _ = descriptor::write_all(descriptor::STDERR, &line);
    }
}

/// Whether the command is a declaration utility (XBD 3.105; *export*, *readonly*):
/// arguments that look like assignments expand like them.
fn is_declaration(words: &[Word], posix: bool) -> bool {
    let mut names = words.iter().map(|word| match word.parts.as_slice() {
        [WordPart::Literal(text)] => text.as_slice(),
        _ => b"",
    });
    let mut name = names.next();
    while name == Some(b"command") || name == Some(b"builtin") && !posix {
        name = names.next();
    }
    match name {
        Some(b"export" | b"readonly" | b"local") => true,
        Some(b"declare" | b"typeset") => !posix,
        _ => false,
    }
}

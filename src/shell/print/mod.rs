//! Prints a tree back as shell text, on one line as far as here-documents
//! allow: for job texts, `set -x`, function definitions and plans.
//!
//! What is printed parses to the same tree, spans aside.

mod compound;
mod word;

use bstr::{BString, ByteSlice};

use self::word::Quotes;
use super::lexer::is_reserved;
use super::parser::begins_form;
use super::syntax::{
    AndOr, Assigned, Assignment, Command, CompoundCommand, Connector, Element, FunctionDefinition,
    HereDocument, List, Pipeline, Redirect, RedirectKind, SimpleCommand, Timing, Word, WordPart,
};
use super::variable::is_name;

/// A list, with its here-documents.
#[must_use]
pub fn list_text(list: &List) -> BString {
    print(true, |printer| printer.list(list))
}

/// An and-or list as a job's text: here-documents are only named.
#[must_use]
pub fn and_or_text(and_or: &AndOr) -> BString {
    print(false, |printer| printer.and_or(and_or))
}

/// A pipeline as a job's text.
#[must_use]
pub fn pipeline_text(pipeline: &Pipeline) -> BString {
    print(false, |printer| printer.pipeline(pipeline))
}

/// A compound command as a job's text.
#[must_use]
pub fn compound_text(compound: &CompoundCommand) -> BString {
    print(false, |printer| printer.compound(compound))
}

/// A command as a job's text.
#[must_use]
pub fn command_text(command: &Command) -> BString {
    print(false, |printer| printer.command(command))
}

/// A simple command as a job's text.
#[must_use]
pub fn simple_text(simple: &SimpleCommand) -> BString {
    print(false, |printer| printer.simple(simple))
}

/// A function definition, its body included.
#[must_use]
pub fn function_text(name: &[u8], body: &CompoundCommand) -> BString {
    print(true, |printer| {
        printer.function_name(name);
        printer.compound(body);
    })
}

/// A word.
#[must_use]
pub fn word_text(word: &Word) -> BString {
    print(false, |printer| printer.parts(&word.parts, Quotes::None))
}

/// A part of a word.
#[must_use]
pub fn part_text(part: &WordPart) -> BString {
    print(false, |printer| printer.part(part, Quotes::None))
}

/// Whether the first word is a reserved one, which only a redirection or an
/// assignment before it makes a name.
fn begins_with_reserved(simple: &SimpleCommand) -> bool {
    let first = simple.words.first().map(|word| word.parts.as_slice());
    matches!(first, Some([WordPart::Literal(text)]) if is_reserved(text) || begins_form(text))
        && !simple.redirects.is_empty()
}

/// Where a bracket stands in a word of a command, or in an element of an array, that would begin
/// a key, if its end were found somewhere behind the word: `a[` of "a[ x". Without an end in
/// the word it is itself.
fn open_bracket(word: &Word) -> Option<usize> {
    let Some(WordPart::Literal(text)) = word.parts.first() else { return None };
    let (name, _) = text.split_once_str("[")?;
    let ends = |part: &WordPart| matches!(part, WordPart::Literal(text) if text.contains(&b']'));
    let begins = name.is_empty() || is_name(name);
    (begins && !word.parts.iter().any(ends)).then_some(name.len())
}

fn print(documents: bool, body: impl FnOnce(&mut Printer)) -> BString {
    let mut printer = Printer { output: Vec::new(), documents, pending: Vec::new() };
    body(&mut printer);
    printer.flush_documents();
    printer.output.into()
}

struct Printer {
    output: Vec<u8>,
    /// Print the bodies of here-documents.
    documents: bool,
    pending: Vec<(BString, Vec<u8>)>,
}

impl Printer {
    fn text(&mut self, text: &str) {
        self.output.extend_from_slice(text.as_bytes());
    }

    /// What separates two commands: `; `, or the pending here-documents.
    fn separator(&mut self) {
        if self.pending.is_empty() {
            self.text("; ");
        } else {
            self.flush_documents();
        }
    }

    fn flush_documents(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        self.text("\n");
        for (delimiter, body) in std::mem::take(&mut self.pending) {
            self.output.extend_from_slice(&body);
            // The end of input may have ended it within a line.
            if !self.output.ends_with(b"\n") {
                self.text("\n");
            }
            self.output.extend_from_slice(&delimiter);
            self.text("\n");
        }
    }

    fn list(&mut self, list: &List) {
        let last = list.items.len().saturating_sub(1);
        for (index, and_or) in list.items.iter().enumerate() {
            self.and_or(and_or);
            if index < last {
                if and_or.background {
                    if self.pending.is_empty() { self.text(" ") } else { self.flush_documents() }
                } else {
                    self.separator();
                }
            }
        }
    }

    /// A list that a closing word follows.
    fn closed_list(&mut self, list: &List) {
        self.list(list);
        if list.items.last().is_some_and(|and_or| and_or.background) {
            if self.pending.is_empty() { self.text(" ") } else { self.flush_documents() }
        } else {
            self.separator();
        }
    }

    fn and_or(&mut self, and_or: &AndOr) {
        self.pipeline(&and_or.first);
        for (connector, pipeline) in &and_or.rest {
            self.text(match connector {
                Connector::And => " && ",
                Connector::Or => " || ",
            });
            self.pipeline(pipeline);
        }
        if and_or.background {
            self.text(" &");
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        match pipeline.timed {
            Some(Timing::Format) => self.text("time "),
            Some(Timing::Posix) => self.text("time -p "),
            None => {}
        }
        if pipeline.negated {
            self.text("! ");
        }
        for (index, command) in pipeline.commands.iter().enumerate() {
            if index > 0 {
                self.text(" | ");
            }
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(simple) => self.simple(simple),
            Command::Compound(compound) => self.compound(compound),
            Command::Function(definition) => self.function(definition),
        }
    }

    fn function(&mut self, definition: &FunctionDefinition) {
        self.function_name(&definition.name);
        self.compound(&definition.body);
    }

    /// The start of a definition; names that are none in POSIX need the keyword.
    fn function_name(&mut self, name: &[u8]) {
        if !is_name(name) {
            self.text("function ");
        }
        self.output.extend_from_slice(name);
        self.text("() ");
    }

    fn simple(&mut self, simple: &SimpleCommand) {
        let mut first = true;
        let mut blank = |printer: &mut Self| {
            if !std::mem::take(&mut first) {
                printer.text(" ");
            }
        };
        for assignment in &simple.assignments {
            blank(self);
            self.assignment(assignment);
        }
        // A word that would begin another command stands behind a redirection.
        let behind = simple.assignments.is_empty() && begins_with_reserved(simple);
        let (before, after) = simple.redirects.split_at(usize::from(behind));
        for redirect in before {
            blank(self);
            self.redirect(redirect);
        }
        for word in &simple.words {
            blank(self);
            let start = self.output.len();
            self.parts(&word.parts, Quotes::None);
            if let Some(bracket @ 1..) = open_bracket(word) {
                self.output.insert(start + bracket, b'\\');
            }
        }
        for redirect in after {
            blank(self);
            self.redirect(redirect);
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        self.output.extend_from_slice(&assignment.name);
        if let Some(key) = &assignment.key {
            self.key(key);
        }
        self.text(if assignment.append { "+=" } else { "=" });
        match &assignment.value {
            Assigned::Text(word) => self.parts(&word.parts, Quotes::None),
            Assigned::Array(elements) => self.elements(elements),
        }
    }

    fn key(&mut self, key: &Word) {
        self.text("[");
        self.parts(&key.parts, Quotes::None);
        self.text("]");
    }

    fn elements(&mut self, elements: &[Element]) {
        self.text("(");
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.text(" ");
            }
            if let Some(key) = &element.key {
                self.key(key);
                self.text(if element.append { "+=" } else { "=" });
            }
            let start = self.output.len();
            self.parts(&element.value.parts, Quotes::None);
            if element.key.is_none() && open_bracket(&element.value) == Some(0) {
                self.output.insert(start, b'\\');
            }
        }
        self.text(")");
    }

    fn redirect(&mut self, redirect: &Redirect) {
        if let Some(name) = &redirect.variable {
            self.output.extend_from_slice(&[b"{", name.as_slice(), b"}"].concat());
        }
        if let Some(descriptor) = redirect.descriptor {
            self.text(&descriptor.to_string());
        }
        let (operator, word) = match &redirect.kind {
            RedirectKind::Read(word) => ("<", word),
            RedirectKind::Write(word) => (">", word),
            RedirectKind::Clobber(word) => (">|", word),
            RedirectKind::Append(word) => (">>", word),
            RedirectKind::ReadWrite(word) => ("<>", word),
            RedirectKind::DuplicateInput(word) => ("<&", word),
            RedirectKind::DuplicateOutput(word) => (">&", word),
            RedirectKind::HereString(word) => ("<<<", word),
            RedirectKind::HereDocument(document) => return self.here_document(document),
        };
        self.text(operator);
        // `< <(…)` without the blank would begin a here-document.
        if matches!(word.parts.first(), Some(WordPart::ProcessSubstitution(_))) {
            self.text(" ");
        }
        self.parts(&word.parts, Quotes::None);
    }

    fn here_document(&mut self, document: &HereDocument) {
        // Leading tabs are gone from the body already.
        self.text(if document.strip_tabs { "<<-" } else { "<<" });
        let delimiter = ending(document);
        if document.quoted {
            self.quoted_delimiter(&delimiter);
        } else {
            self.output.extend_from_slice(&delimiter);
        }
        if !self.documents {
            return;
        }
        let body = match (document.quoted, document.body().parts.as_slice()) {
            (true, [WordPart::SingleQuoted(text)]) => text.to_vec(),
            (_, parts) => {
                let mut printer =
                    Self { output: Vec::new(), documents: false, pending: Vec::new() };
                printer.parts(parts, Quotes::Document);
                printer.output
            }
        };
        self.pending.push((delimiter, body));
    }

    /// A delimiter in quotes, also where it would not need them: they make the
    /// body literal.
    fn quoted_delimiter(&mut self, delimiter: &BString) {
        self.text("'");
        for byte in delimiter.iter() {
            if *byte == b'\'' {
                self.text("'\\''");
            } else {
                self.output.push(*byte);
            }
        }
        self.text("'");
    }
}

/// The line that ends a here-document where it is printed: its own, unless that is more than
/// a line, which no line is like. Such a document ended with the input.
fn ending(document: &HereDocument) -> BString {
    if !document.delimiter.contains(&b'\n') {
        return document.delimiter.clone();
    }
    let body = document.body().parts.iter().find_map(|part| match part {
        WordPart::SingleQuoted(text) => Some(text.as_slice()),
        _ => None,
    });
    let is_line = |line: &BString| body.unwrap_or_default().lines().any(|own| own == *line);
    let mut ending = BString::from("END");
    while is_line(&ending) {
        ending.push(b'_');
    }
    ending
}

//! Prints a tree back as shell text, on one line as far as here-documents
//! allow: for job texts, `set -x`, function definitions and plans.
//!
//! What is printed parses to the same tree, spans aside.

use bstr::BString;

use super::lexer::is_reserved;
use super::parser::begins_form;
use super::syntax::{
    AndOr, CaseEnd, Command, CompoundCommand, CompoundKind, Connector, FunctionDefinition,
    HereDocument, List, Modifier, Parameter, ParameterExpansion, Pipeline, Redirect, RedirectKind,
    SimpleCommand, Word, WordPart,
};

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

/// A simple command as a job's text.
#[must_use]
pub fn simple_text(simple: &SimpleCommand) -> BString {
    print(false, |printer| printer.simple(simple))
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

fn print(documents: bool, body: impl FnOnce(&mut Printer)) -> BString {
    let mut printer = Printer { output: Vec::new(), documents, pending: Vec::new() };
    body(&mut printer);
    printer.flush_documents();
    printer.output.into()
}

/// What is around a part: which bytes of a literal need a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    None,
    Double,
    /// The operand of `${…}` within quotes.
    Operand,
    /// A here-document or an arithmetic expression.
    Document,
}

impl Quotes {
    fn escapes(self, byte: u8) -> bool {
        match self {
            Self::None => false,
            Self::Double => matches!(byte, b'$' | b'`' | b'"' | b'\\'),
            Self::Operand => matches!(byte, b'$' | b'`' | b'"' | b'\\' | b'}'),
            Self::Document => matches!(byte, b'$' | b'`' | b'\\'),
        }
    }
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
        self.output.extend_from_slice(&definition.name);
        self.text("() ");
        self.compound(&definition.body);
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
            self.output.extend_from_slice(&assignment.name);
            self.text("=");
            self.parts(&assignment.value.parts, Quotes::None);
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
            self.parts(&word.parts, Quotes::None);
        }
        for redirect in after {
            blank(self);
            self.redirect(redirect);
        }
    }

    fn compound(&mut self, compound: &CompoundCommand) {
        match &compound.kind {
            CompoundKind::Group(body) => {
                self.text("{ ");
                self.closed_list(body);
                self.text("}");
            }
            CompoundKind::Subshell(body) => {
                // `((` would begin arithmetic in other shells.
                self.text("( ");
                self.list(body);
                if self.pending.is_empty() {
                    self.text(" )")
                } else {
                    self.flush_documents();
                    self.text(")")
                }
            }
            CompoundKind::For { variable, words, body } => {
                self.text("for ");
                self.output.extend_from_slice(variable);
                if let Some(words) = words {
                    self.text(" in");
                    for word in words {
                        self.text(" ");
                        self.parts(&word.parts, Quotes::None);
                    }
                }
                self.text("; do ");
                self.closed_list(body);
                self.text("done");
            }
            CompoundKind::Case { subject, arms } => {
                self.text("case ");
                self.parts(&subject.parts, Quotes::None);
                self.text(" in ");
                for arm in arms {
                    self.text("(");
                    for (index, pattern) in arm.patterns.iter().enumerate() {
                        if index > 0 {
                            self.text(" | ");
                        }
                        self.parts(&pattern.parts, Quotes::None);
                    }
                    self.text(") ");
                    self.list(&arm.body);
                    self.flush_documents();
                    self.text(match arm.end {
                        CaseEnd::Break => " ;; ",
                        CaseEnd::FallThrough => " ;& ",
                        CaseEnd::GoOn => " ;;& ",
                    });
                }
                self.text("esac");
            }
            CompoundKind::If { branches, otherwise } => {
                for (index, (condition, body)) in branches.iter().enumerate() {
                    self.text(if index == 0 { "if " } else { "elif " });
                    self.closed_list(condition);
                    self.text("then ");
                    self.closed_list(body);
                }
                if let Some(body) = otherwise {
                    self.text("else ");
                    self.closed_list(body);
                }
                self.text("fi");
            }
            CompoundKind::While { condition, body, until } => {
                self.text(if *until { "until " } else { "while " });
                self.closed_list(condition);
                self.text("do ");
                self.closed_list(body);
                self.text("done");
            }
            CompoundKind::Unsupported(form) => self.output.extend_from_slice(&form.text),
        }
        for redirect in &compound.redirects {
            self.text(" ");
            self.redirect(redirect);
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
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
        if matches!(word.parts.first(), Some(WordPart::Unsupported(_))) {
            self.text(" ");
        }
        self.parts(&word.parts, Quotes::None);
    }

    fn here_document(&mut self, document: &HereDocument) {
        // Leading tabs are gone from the body already.
        self.text(if document.strip_tabs { "<<-" } else { "<<" });
        if document.quoted {
            self.quoted_delimiter(&document.delimiter);
        } else {
            self.output.extend_from_slice(&document.delimiter);
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
        self.pending.push((document.delimiter.clone(), body));
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

    fn parts(&mut self, parts: &[WordPart], quotes: Quotes) {
        for (index, part) in parts.iter().enumerate() {
            self.part(part, quotes);
            // `$x` would swallow letters that follow it.
            if let (WordPart::Parameter(expansion), Some(WordPart::Literal(next))) =
                (part, parts.get(index + 1))
                && !expansion.braced
                && expansion.modifier == Modifier::None
                && next
                    .first()
                    .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'['))
            {
                let bare = unbraced(&expansion.parameter);
                let start = self.output.len() - bare.len() + 1;
                self.output.insert(start, b'{');
                self.text("}");
            }
        }
    }

    fn part(&mut self, part: &WordPart, quotes: Quotes) {
        match part {
            WordPart::Literal(text) => {
                for byte in text.iter() {
                    if quotes.escapes(*byte) {
                        self.output.push(b'\\');
                    }
                    self.output.push(*byte);
                }
            }
            WordPart::Escaped(byte) => self.output.extend_from_slice(&[b'\\', *byte]),
            WordPart::SingleQuoted(text) => {
                self.text("'");
                self.output.extend_from_slice(text);
                self.text("'");
            }
            WordPart::DollarSingleQuoted(text) => {
                self.text("$'");
                for byte in text.iter() {
                    match byte {
                        b'\'' | b'\\' => self.output.extend_from_slice(&[b'\\', *byte]),
                        0x20..=0x7e => self.output.push(*byte),
                        _ => self.text(&format!("\\{byte:03o}")),
                    }
                }
                self.text("'");
            }
            WordPart::DoubleQuoted(parts) => {
                self.text("\"");
                self.parts(parts, Quotes::Double);
                self.text("\"");
            }
            WordPart::Tilde(name) => {
                self.text("~");
                self.output.extend_from_slice(name);
            }
            WordPart::Parameter(expansion) => self.parameter(expansion, quotes),
            WordPart::CommandSubstitution(substitution) => {
                // A blank keeps `$( (` from looking like `$((`.
                self.text("$( ");
                let outer = std::mem::take(&mut self.pending);
                self.list(&substitution.body);
                self.flush_documents();
                self.pending = outer;
                self.text(" )");
            }
            WordPart::Arithmetic(expansion) => {
                self.text("$((");
                self.parts(&expansion.parts, Quotes::Document);
                self.text("))");
            }
            WordPart::Unsupported(form) => self.output.extend_from_slice(&form.text),
        }
    }

    fn parameter(&mut self, expansion: &ParameterExpansion, quotes: Quotes) {
        if !expansion.braced && expansion.modifier == Modifier::None {
            self.output.extend_from_slice(&unbraced(&expansion.parameter));
            return;
        }
        let bare = unbraced(&expansion.parameter);
        let name = &bare[1..];
        self.text("${");
        if expansion.modifier == Modifier::Length {
            self.text("#");
        }
        self.output.extend_from_slice(name);
        let operand = if quotes == Quotes::None { Quotes::None } else { Quotes::Operand };
        match &expansion.modifier {
            Modifier::None | Modifier::Length => {}
            Modifier::Default { colon, word } => self.operator("-", *colon, word, operand),
            Modifier::Assign { colon, word } => self.operator("=", *colon, word, operand),
            Modifier::Error { colon, word } => self.operator("?", *colon, word, operand),
            Modifier::Alternative { colon, word } => self.operator("+", *colon, word, operand),
            Modifier::RemovePrefix { longest, pattern } => {
                self.text(if *longest { "##" } else { "#" });
                self.parts(&pattern.parts, Quotes::None);
            }
            Modifier::RemoveSuffix { longest, pattern } => {
                self.text(if *longest { "%%" } else { "%" });
                self.parts(&pattern.parts, Quotes::None);
            }
        }
        self.text("}");
    }

    fn operator(&mut self, operator: &str, colon: bool, word: &Word, quotes: Quotes) {
        if colon {
            self.text(":");
        }
        self.text(operator);
        self.parts(&word.parts, quotes);
    }
}

fn unbraced(parameter: &Parameter) -> Vec<u8> {
    match parameter {
        Parameter::Variable(name) => [b"$", name.as_slice()].concat(),
        Parameter::Positional(number) => format!("${number}").into_bytes(),
        Parameter::Special(byte) => vec![b'$', *byte],
    }
}

//! Here-documents (XCU 2.7.4): their bodies follow the line that names them.

use bstr::{BString, ByteSlice};

use super::error::SyntaxError;
use super::mode::Mode;
use super::{Aliases, Dialect, Grammar, TextSource};
use crate::shell::lexer::Input;
use crate::shell::syntax::{Span, Word, WordPart};
use crate::system::stack::Stack;

impl Grammar<'_, '_> {
    /// Reads the bodies of the here-documents that the line has named.
    pub(super) fn read_documents(&mut self) -> Result<(), SyntaxError> {
        for document in std::mem::take(&mut self.documents) {
            let start = self.input.position();
            let mut text = Vec::new();
            let mut ended = false;
            // A line that a backslash continues is joined before it is compared.
            let mut joined = false;
            while let Some(line) = self.input.next_line() {
                let mut line = line.as_slice();
                if document.strip_tabs && !joined {
                    line = line.trim_start_with(|character| character == '\t').as_bytes();
                }
                let bare = line.strip_suffix(b"\n").unwrap_or(line);
                if !joined && bare == document.delimiter.as_slice() {
                    ended = true;
                    break;
                }
                text.extend_from_slice(line);
                let backslashes = bare.iter().rev().take_while(|byte| **byte == b'\\').count();
                joined = !document.quoted && backslashes % 2 == 1 && line.ends_with(b"\n");
            }
            if !ended && self.strict {
                let what = format!("here-document \"{}\" is not ended", document.delimiter);
                return Err(SyntaxError::incomplete(what, document.span));
            }
            let body = if document.quoted {
                literal_body(text.into(), start)
            } else {
                parse_body(
                    &text,
                    self.aliases,
                    self.input.dialect,
                    start.line,
                    self.depth,
                    self.stack,
                )?
            };
            // Every pending document's cell is still empty.
            let _ = document.body.set(body);
        }
        Ok(())
    }
}

fn literal_body(text: BString, span: Span) -> Word {
    Word { parts: vec![WordPart::SingleQuoted(text)], span }
}

/// Parses a body in which expansions are made.
pub(super) fn parse_body(
    text: &[u8],
    aliases: &dyn Aliases,
    dialect: Dialect,
    line: u32,
    depth: usize,
    stack: Option<Stack>,
) -> Result<Word, SyntaxError> {
    let mut input = Input::new(Box::new(TextSource::new(text)));
    input.set_line(line);
    input.dialect = dialect;
    let start = input.position();
    let mut grammar = Grammar::new(&mut input, aliases, true);
    grammar.depth = depth;
    grammar.stack = stack;
    let parts = grammar.parts(Mode::Document)?;
    let span = grammar.input.span_from(start);
    Ok(Word { parts, span })
}

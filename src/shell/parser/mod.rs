//! The parser (XCU 2.3, 2.10): one complete command at a time, by recursive
//! descent. Words are parsed in the same pass ([`word`]), substitutions in them
//! by the same parser, so that a tree is complete when it is handed out.

mod ansi;
mod array;
mod assignment;
mod collector;
mod command;
mod compound;
mod document;
mod error;
mod expansion;
mod list;
mod mode;
mod simple;
mod test;
mod token;
mod word;

#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::rc::Rc;

use bstr::BString;

pub(crate) use self::assignment::{mark_tilde, split_assignment};
pub(crate) use self::compound::begins_form;
pub use self::error::SyntaxError;
use self::token::Token;
pub use super::lexer::{Dialect, Source, TextSource};
use super::lexer::{Input, RESERVED};
use super::syntax::{List, Redirect, Span, Word};
use crate::system::stack::Stack;

/// Where the parser looks names up in command position (XCU 2.3.1).
pub trait Aliases {
    /// The text of an alias.
    fn alias(&self, name: &[u8]) -> Option<&[u8]>;
}

/// No aliases.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAliases;

impl Aliases for NoAliases {
    fn alias(&self, _name: &[u8]) -> Option<&[u8]> {
        None
    }
}

/// How deep commands and substitutions may nest. The bound keeps the parser,
/// the executor and the tree's destructor within any usual stack.
const MAX_DEPTH: usize = 120;

/// Reads commands from a source.
#[derive(Debug)]
pub struct Parser<'s> {
    input: Input<'s>,
    /// A here-document that the end of input ends is incomplete rather than
    /// complete.
    strict: bool,
    /// The stack that the parser may use, too.
    stack: Option<Stack>,
}

impl<'s> Parser<'s> {
    /// A parser at the first line.
    #[must_use]
    pub fn new(source: Box<dyn Source + 's>) -> Self {
        Self { input: Input::new(source), strict: false, stack: None }
    }

    /// Counts lines from this one.
    #[must_use]
    pub fn with_first_line(mut self, line: u32) -> Self {
        self.input.set_line(line);
        self
    }

    /// Gives up where the stack is low: a script may nest far before the parser
    /// is called.
    pub(crate) fn share_stack(&mut self, stack: Stack) {
        self.stack = Some(stack);
    }

    /// Reads these forms from the next command on.
    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.input.dialect = dialect;
    }

    /// Takes a line that begins with a mark for a request, or does not.
    pub(crate) fn take_requests(&mut self, on: bool) {
        self.input.requests = on;
    }

    /// Treats the end of input within a here-document as "more is needed", as
    /// a line editor wants it.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Parses the next complete command; `None` at the end of input.
    ///
    /// # Errors
    /// [`SyntaxError`]; the rest of the line has been dropped, and the parser
    /// can go on.
    pub fn next_command(&mut self, aliases: &dyn Aliases) -> Result<Option<List>, SyntaxError> {
        self.input.begin_command();
        let mut grammar = Grammar::new(&mut self.input, aliases, self.strict);
        grammar.stack = self.stack;
        let result = grammar.complete_command();
        if result.is_err() {
            self.input.discard_line();
        }
        result
    }

    /// Turns `set -v` on or off for the lines that are still to be read.
    pub(crate) fn echo(&mut self, on: bool) {
        self.input.echo(on);
    }

    /// Whether the source has no more commands. Only for text in memory: it
    /// reads on.
    pub(crate) fn at_end(&mut self) -> bool {
        self.input.at_end() || self.input.nothing_left()
    }
}

/// Parses all commands of a text into one list.
///
/// # Errors
/// The first [`SyntaxError`].
pub fn parse(text: &[u8], aliases: &dyn Aliases) -> Result<List, SyntaxError> {
    collect(Parser::new(Box::new(TextSource::new(text))), aliases)
}

/// Parses all commands of a text, asking for more where a person would go on
/// typing: [`SyntaxError::incomplete`].
///
/// # Errors
/// The first [`SyntaxError`].
pub fn parse_strictly(text: &[u8], aliases: &dyn Aliases) -> Result<List, SyntaxError> {
    collect(Parser::new(Box::new(TextSource::new(text))).strict(), aliases)
}

fn collect(mut parser: Parser<'_>, aliases: &dyn Aliases) -> Result<List, SyntaxError> {
    let mut all = List::default();
    while let Some(list) = parser.next_command(aliases)? {
        all.items.extend(list.items);
    }
    Ok(all)
}

/// Parses text as the inside of a here-document: expansions, no quotes. For
/// prompts (XCU 2.5.3) and `ENV`.
///
/// # Errors
/// [`SyntaxError`] in an expansion.
pub fn parse_document(text: &[u8]) -> Result<Word, SyntaxError> {
    document::parse_body(text, &NoAliases, Dialect::default(), 1, 0, None)
}

/// Parses text as one word: what an expression in a string, a subscript in a variable's
/// value, consists of.
///
/// # Errors
/// [`SyntaxError`]: it is none.
pub(crate) fn parse_subscript(text: &[u8]) -> Result<Word, SyntaxError> {
    let mut input = Input::new(Box::new(TextSource::new(text)));
    let start = input.position();
    let mut grammar = Grammar::new(&mut input, &NoAliases, false);
    let parts = grammar.parts(mode::Mode::Text)?;
    Ok(Word { parts, span: start })
}

/// A here-document whose body has not been reached.
#[derive(Debug)]
struct PendingDocument {
    delimiter: BString,
    quoted: bool,
    strip_tabs: bool,
    body: Rc<OnceCell<Word>>,
    span: Span,
}

/// The state while one complete command is parsed.
struct Grammar<'p, 's> {
    input: &'p mut Input<'s>,
    aliases: &'p dyn Aliases,
    /// The token that has been read and not been used.
    lookahead: Option<(Token, Span)>,
    /// The aliases within whose text that token began.
    within: Vec<BString>,
    /// Words that are reserved where the next token stands.
    reserved: &'static [&'static [u8]],
    documents: Vec<PendingDocument>,
    /// The second of two redirections that one operator stands for.
    second_redirect: Option<Redirect>,
    depth: usize,
    stack: Option<Stack>,
    strict: bool,
    /// Where the last token that was used ended.
    last_end: usize,
    /// The input ended with a backslash, which would have continued the line.
    cut: bool,
}

impl<'p, 's> Grammar<'p, 's> {
    fn new(input: &'p mut Input<'s>, aliases: &'p dyn Aliases, strict: bool) -> Self {
        Self {
            input,
            aliases,
            lookahead: None,
            within: Vec::new(),
            reserved: RESERVED,
            documents: Vec::new(),
            second_redirect: None,
            depth: 0,
            stack: None,
            strict,
            last_end: 0,
            cut: false,
        }
    }

    /// Goes one level deeper for `body`.
    fn nested<T>(
        &mut self,
        body: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth >= MAX_DEPTH || self.stack.is_some_and(Stack::is_very_low) {
            return Err(SyntaxError::new("commands are nested too deeply", self.input.position()));
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }
}

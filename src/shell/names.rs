//! The names that are commands at one moment, apart from the shell: for what
//! runs while the shell waits for a line.

use std::collections::HashSet;

use bstr::{BString, ByteSlice};

use super::exec::{Located, search};
use super::parser::{self, SyntaxError};
use super::syntax::List;
use super::{AliasTable, Shell, builtin, lexer, request};

/// A picture of a shell's command names.
#[derive(Clone, Debug, Default)]
pub struct CommandNames {
    functions: HashSet<BString>,
    aliases: AliasTable,
    path: BString,
    undo: bool,
}

impl CommandNames {
    /// Whether the word is a keyword, function, alias, builtin or program.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        let bytes = word.as_bytes();
        lexer::is_reserved(bytes)
            || self.functions.contains(bytes.as_bstr())
            || self.aliases.0.contains_key(bytes.as_bstr())
            || builtin::find(bytes).is_some()
            || self.undo && word == request::UNDO.name
            || matches!(search(bytes, &self.path), Located::Program(_))
    }

    /// Parses text as the shell would, telling an incomplete text from a wrong
    /// one.
    ///
    /// # Errors
    /// [`SyntaxError`]
    pub fn parse(&self, text: &[u8]) -> Result<List, SyntaxError> {
        parser::parse_strictly(text, &self.aliases)
    }
}

impl Shell {
    /// The names that are commands now.
    #[must_use]
    pub fn command_names(&self) -> CommandNames {
        CommandNames {
            functions: self.functions.keys().cloned().collect(),
            aliases: self.aliases.clone(),
            path: self.variables.get(b"PATH").map_or_else(BString::default, |path| path.to_owned()),
            undo: self.has_undo(),
        }
    }
}

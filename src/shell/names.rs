//! The names that are commands at one moment, apart from the shell: for what
//! runs while the shell waits for a line.

use std::collections::HashSet;

use bstr::{BString, ByteSlice};

use super::exec::{Located, search};
use super::parser::{self, SyntaxError};
use super::syntax::List;
use super::{AliasTable, Shell, builtin, lexer};
use crate::system::identity;

/// A picture of a shell's command names.
#[derive(Clone, Debug, Default)]
pub struct CommandNames {
    functions: HashSet<BString>,
    aliases: AliasTable,
    path: BString,
    home: Option<BString>,
    /// There are the builtins of an interactive shell that takes requests.
    personal: bool,
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
            || self.personal && builtin::request::find(bytes).is_some()
            || matches!(search(bytes, &self.path), Located::Program(_))
    }

    /// All of them that are text, as far as directories of programs can be read.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let own = self.functions.iter().chain(self.aliases.0.keys());
        let mut all: Vec<String> = own.map(ToString::to_string).collect();
        all.extend(builtin::names().map(str::to_owned));
        for directory in self.path.split(|byte| *byte == b':') {
            let Ok(entries) = std::fs::read_dir(directory.to_path_lossy()) else { continue };
            all.extend(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()));
        }
        all.sort();
        all.dedup();
        all
    }

    /// The directory that a tilde stands for: before nothing, or before a user's name.
    #[must_use]
    pub fn home_of(&self, user: &str) -> Option<BString> {
        if user.is_empty() {
            return self.home.clone();
        }
        identity::home_of(user.as_bytes()).map(BString::from)
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
            home: self.variables.get(b"HOME").map(|home| home.to_owned()),
            personal: self.has_personal(),
        }
    }
}

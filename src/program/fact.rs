//! What a command line says it will do, before any path in it is resolved.

use std::fmt;

use bstr::{BString, ByteSlice};

use super::thing::Thing;

/// Stands in a word for what is known only when the command runs: what `find`
/// finds, what `xargs` reads. No argument can hold this byte.
pub const LATER: u8 = 0;

/// One thing that a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Something is done with a file.
    File(Verb, BString),
    /// It uses the network.
    Network,
    /// It asks for privileges.
    Privilege,
    /// A process, as it was written, gets a signal.
    Signals(BString),
    /// What is no file changes.
    Changes(Thing),
    /// What is no file goes away.
    Deletes(Thing),
    /// It runs this command.
    Runs(Vec<BString>),
    /// It runs this shell text.
    Shell(BString),
    /// It may do anything, for this reason.
    Unknown(String),
}

/// What is done with a file or directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is read.
    Read,
    /// It is created or its content replaced.
    Write,
    /// It is created or grows.
    Append,
    /// It comes into being.
    Create,
    /// What is there changes.
    Change,
    /// It gets a new file in its place: a link is replaced, not followed.
    Rewrite,
    /// It changes with all that is in it.
    ChangeTree,
    /// It goes away from here.
    Move,
    /// It is a new name, or a directory that gets something.
    Into,
    /// The same, where a file that has the name is replaced, also if it is a link.
    NewName,
    /// It is deleted.
    Delete,
    /// It is deleted with all that is in it.
    DeleteTree,
    /// Files in it are created or changed.
    Within,
    /// Files in it are deleted.
    DeleteWithin,
}

impl Verb {
    /// How examples say it.
    const WORDS: [(Self, &'static str); 14] = [
        (Self::DeleteWithin, "deletes within"),
        (Self::DeleteTree, "deletes tree"),
        (Self::Delete, "deletes"),
        (Self::ChangeTree, "changes tree"),
        (Self::Change, "changes"),
        (Self::Rewrite, "rewrites"),
        (Self::NewName, "renames to"),
        (Self::Into, "writes into"),
        (Self::Write, "writes"),
        (Self::Read, "reads"),
        (Self::Append, "appends"),
        (Self::Create, "creates"),
        (Self::Move, "moves"),
        (Self::Within, "within"),
    ];
}

impl Fact {
    /// Reads a fact as tables and examples write it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "network" => return Ok(Self::Network),
            "privilege" => return Ok(Self::Privilege),
            _ => {}
        }
        let after = |word: &str| text.strip_prefix(word).and_then(|rest| rest.strip_prefix(' '));
        if let Some(reason) = text.strip_prefix("unknown: ") {
            return Ok(Self::Unknown(reason.to_owned()));
        }
        if let Some(process) = after("signals") {
            return Ok(Self::Signals(process.into()));
        }
        if let Some(words) = after("runs") {
            let words = words.split(' ').map(|word| BString::from(word.replace("{}", "\0")));
            return Ok(Self::Runs(words.collect()));
        }
        if let Some(text) = after("shell") {
            return Ok(Self::Shell(text.into()));
        }
        if let Some(thing) = after("changes").and_then(Thing::of_name) {
            return Ok(Self::Changes(thing));
        }
        if let Some(thing) = after("deletes").and_then(Thing::of_name) {
            return Ok(Self::Deletes(thing));
        }
        let (verb, path) = Verb::WORDS
            .iter()
            .find_map(|(verb, word)| Some((*verb, after(word)?)))
            .ok_or_else(|| format!("'{text}' is not an effect"))?;
        Ok(Self::File(verb, path.replace("{}", "\0").into()))
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(verb, path) => {
                let word = Verb::WORDS.iter().find(|row| row.0 == *verb).map_or("", |row| row.1);
                write!(formatter, "{word} {}", shown(path))
            }
            Self::Network => formatter.write_str("network"),
            Self::Privilege => formatter.write_str("privilege"),
            Self::Signals(process) => write!(formatter, "signals {}", shown(process)),
            Self::Changes(thing) => write!(formatter, "changes {}", thing.name()),
            Self::Deletes(thing) => write!(formatter, "deletes {}", thing.name()),
            Self::Runs(words) => {
                formatter.write_str("runs")?;
                words.iter().try_for_each(|word| write!(formatter, " {}", shown(word)))
            }
            Self::Shell(text) => write!(formatter, "shell {}", shown(text)),
            Self::Unknown(_) => formatter.write_str("unknown"),
        }
    }
}

fn shown(text: &[u8]) -> String {
    text.replace([LATER], "{}").to_str_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read_as_they_are_written() {
        for text in [
            "network",
            "privilege",
            "signals 12",
            "runs rm -f {}",
            "shell echo x",
            "changes packages",
            "deletes images",
            "deletes within .",
            "deletes tree a b",
            "deletes a",
            "changes tree d",
            "changes repository-file",
            "writes into d",
            "writes f",
            "within /x",
        ] {
            assert_eq!(Fact::parse(text).map(|fact| fact.to_string()), Ok(text.to_owned()));
        }
        assert!(Fact::parse("eats x").is_err());
        assert!(Fact::parse("deletes").is_err());
    }
}

//! What is known of programs: tables of options and operands, and the effects
//! that follow (`docs/programs.md`).
//!
//! A table is parsed when a program of it is first asked for, and an entry's
//! examples are checked then: an entry whose examples do not hold is not used.

mod below;
mod complete;
mod entry;
pub mod fact;
mod not_understood;
mod query;
mod script;
mod signature;
mod thing;
mod understand;
mod understanding;
pub mod variable;
mod word;

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use bstr::{BString, ByteSlice};

pub use self::complete::{Choice, Possible, Wanted};
pub use self::entry::{Entry, Lowers, Text};
pub use self::fact::{Fact, Verb};
pub use self::not_understood::NotUnderstood;
pub use self::thing::Thing;
pub use self::understanding::{Note, Understanding};

use self::entry::Table;

/// The tables that llmsh comes with: their names and texts.
const TABLES: &[(&str, &str)] = &[
    ("archive.toml", include_str!("tables/archive.toml")),
    ("attribute.toml", include_str!("tables/attribute.toml")),
    ("builtin.toml", include_str!("tables/builtin.toml")),
    ("bytes.toml", include_str!("tables/bytes.toml")),
    ("columns.toml", include_str!("tables/columns.toml")),
    ("compare.toml", include_str!("tables/compare.toml")),
    ("compiler.toml", include_str!("tables/compiler.toml")),
    ("compress.toml", include_str!("tables/compress.toml")),
    ("container.toml", include_str!("tables/container.toml")),
    ("copy.toml", include_str!("tables/copy.toml")),
    ("device.toml", include_str!("tables/device.toml")),
    ("disk.toml", include_str!("tables/disk.toml")),
    ("edit.toml", include_str!("tables/edit.toml")),
    ("files.toml", include_str!("tables/files.toml")),
    ("find.toml", include_str!("tables/find.toml")),
    // One program whose table has several files.
    (
        "git",
        concat!(
            include_str!("tables/git/look.toml"),
            include_str!("tables/git/history.toml"),
            include_str!("tables/git/work.toml"),
            include_str!("tables/git/exchange.toml"),
        ),
    ),
    ("json.toml", include_str!("tables/json.toml")),
    ("language.toml", include_str!("tables/language.toml")),
    ("list.toml", include_str!("tables/list.toml")),
    ("log.toml", include_str!("tables/log.toml")),
    ("machine.toml", include_str!("tables/machine.toml")),
    ("media.toml", include_str!("tables/media.toml")),
    ("network.toml", include_str!("tables/network.toml")),
    ("number.toml", include_str!("tables/number.toml")),
    ("output.toml", include_str!("tables/output.toml")),
    ("package.toml", include_str!("tables/package.toml")),
    ("path.toml", include_str!("tables/path.toml")),
    ("privilege.toml", include_str!("tables/privilege.toml")),
    ("process.toml", include_str!("tables/process.toml")),
    ("route.toml", include_str!("tables/route.toml")),
    ("search.toml", include_str!("tables/search.toml")),
    ("service.toml", include_str!("tables/service.toml")),
    ("shell.toml", include_str!("tables/shell.toml")),
    ("signal.toml", include_str!("tables/signal.toml")),
    ("system.toml", include_str!("tables/system.toml")),
    ("tar.toml", include_str!("tables/tar.toml")),
    ("terminal.toml", include_str!("tables/terminal.toml")),
    ("text.toml", include_str!("tables/text.toml")),
    ("transfer.toml", include_str!("tables/transfer.toml")),
    ("view.toml", include_str!("tables/view.toml")),
    ("wrapper.toml", include_str!("tables/wrapper.toml")),
    ("zstandard.toml", include_str!("tables/zstandard.toml")),
];

/// The tables of a person's own, which come first.
static OWN: OnceLock<Vec<(String, String)>> = OnceLock::new();

/// Entries that were looked up, by name; `None`: there is none.
static FOUND: Mutex<Option<HashMap<String, Option<&'static Entry>>>> = Mutex::new(None);

/// Adds the tables of the person's own, once, before the first look-up; later
/// calls change nothing.
pub fn add_own(tables: Vec<(String, String)>) {
    // A second session in the same process has the same tables.
    let _ = OWN.set(tables);
}

/// The entry for a program's base name.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Entry> {
    let name = name.to_str().ok()?;
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let found = found.get_or_insert_with(HashMap::new);
    if let Some(known) = found.get(name) {
        return *known;
    }
    let entry = look_up(name);
    found.insert(name.to_owned(), entry);
    entry
}

fn look_up(name: &str) -> Option<&'static Entry> {
    let own = OWN.get().map(Vec::as_slice).unwrap_or_default();
    let own = own.iter().map(|(file, text)| (file.as_str(), text.as_str()));
    let quoted = format!("\"{name}\"");
    for (_, text) in own.chain(TABLES.iter().copied()) {
        // Most tables do not even hold the word.
        if !text.contains(&quoted) {
            continue;
        }
        let Ok(table) = toml::from_str::<Table>(text) else { continue };
        let entry =
            table.program.into_iter().find(|entry| entry.names.iter().any(|own| own == name));
        if let Some(entry) = entry {
            // Entries live as long as the process: there are only so many.
            let entry: &'static Entry = Box::leak(Box::new(entry));
            return entry.wrong_examples(entry).is_empty().then_some(entry);
        }
    }
    None
}

/// What is wrong with a table, a sentence each.
#[must_use]
pub fn check(text: &str) -> Vec<String> {
    match toml::from_str::<Table>(text) {
        Err(error) => vec![error.to_string()],
        Ok(table) => table
            .program
            .into_iter()
            .flat_map(|entry| {
                let entry: &'static Entry = Box::leak(Box::new(entry));
                let mut wrong = entry.wrong_examples(entry);
                if entry.examples.is_empty() {
                    wrong.push(format!("{} has no example", entry.names.join(", ")));
                }
                wrong
            })
            .collect(),
    }
}

impl Entry {
    /// The examples of this entry and its subcommands that do not come out as
    /// they say, for a command line of `program`.
    fn wrong_examples(&'static self, program: &'static Self) -> Vec<String> {
        let own = self.examples.iter().filter_map(|example| {
            let (line, expected) = example.rsplit_once(" => ")?;
            let found = outcome(program, line);
            let mut expected: Vec<&str> = expected.split("; ").collect();
            expected.sort_unstable();
            let expected = expected.join("; ");
            (found != expected)
                .then(|| format!("\"{line}\": expected \"{expected}\", found \"{found}\""))
        });
        let malformed = self.examples.iter().filter(|example| !example.contains(" => "));
        let malformed = malformed.map(|example| format!("\"{example}\" has no \" => \""));
        let both = self.not_understood.iter().filter(|option| self.lists(option));
        let both = both.map(|option| format!("{option} is listed, and not understood"));
        let inner = self.subcommand.iter().flat_map(|sub| sub.wrong_examples(program));
        own.chain(malformed).chain(both).chain(inner).collect()
    }
}

/// What comes out for a command line, as examples say it.
fn outcome(program: &'static Entry, line: &str) -> String {
    let words = split(line);
    let Some((name, arguments)) = words.split_first() else { return "no command".to_owned() };
    if !program.names.iter().any(|own| name == own) {
        return format!("it is about {name}");
    }
    match program.understand(arguments) {
        Err(_) => "unknown".to_owned(),
        Ok(understanding) => {
            let mut facts: Vec<String> =
                understanding.facts.iter().map(ToString::to_string).collect();
            facts.sort_unstable();
            facts.dedup();
            if facts.is_empty() { "nothing".to_owned() } else { facts.join("; ") }
        }
    }
}

/// The words of an example: quoting as in the shell, nothing is expanded.
fn split(line: &str) -> Vec<BString> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = line.bytes();
    let mut quote = None;
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b' ') => words.extend(word.take().map(BString::from)),
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None, b'\\') => word.get_or_insert_default().extend(bytes.next()),
            _ => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word.map(BString::from));
    words
}

#[cfg(test)]
mod installed;

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables as they lie in the source tree.
    pub(super) fn files() -> Vec<(String, String)> {
        TABLES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_file_of_a_table_is_one_of_the_tables() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/src/program/tables");
        let mut files: Vec<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let names: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, names);
    }

    #[test]
    fn every_table_is_sound_and_every_example_holds() {
        let wrong: Vec<String> = files()
            .iter()
            .flat_map(|(file, text)| {
                check(text).into_iter().map(move |error| format!("{file}: {error}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_program_stands_in_one_table_only() {
        let mut seen = HashMap::new();
        for (file, text) in files() {
            for entry in toml::from_str::<Table>(&text).unwrap().program {
                for name in entry.names {
                    let other = seen.insert(name.clone(), file.clone());
                    assert_eq!(other, None, "{name} is in {file}, too");
                }
            }
        }
    }
}

//! Programs that a text names and that this machine does not have.

use std::collections::HashSet;

use bstr::BString;

use super::word::{base_name, literal_word};
use crate::program::{self, Fact, fact::LATER};
use crate::shell::Shell;
use crate::shell::exec::Located;
use crate::shell::request::COMMAND;
use crate::shell::syntax::{Command, List, Word};
use crate::shell::visit;

/// The names of commands that are nothing here, each once.
pub(super) fn programs(tree: &List, shell: &mut Shell) -> Vec<BString> {
    let mut defined = HashSet::new();
    let mut named = Vec::new();
    visit::commands(tree, &mut |command| match command {
        Command::Function(definition) => {
            defined.insert(definition.name.clone());
        }
        Command::Simple(simple) => {
            if let Some(name) = simple.words.first().and_then(literal_word) {
                named.push(name);
            }
            named.extend(wrapped(&simple.words));
        }
        Command::Compound(_) => {}
    });
    let mut missing = Vec::new();
    for name in named {
        if defined.contains(&name) || missing.contains(&name) {
            continue;
        }
        // A plan makes no requests of its own.
        if name == COMMAND || matches!(shell.locate(&name), Located::Missing) {
            missing.push(name);
        }
    }
    missing
}

/// The programs that a command line runs in turn, as far as its words are literal:
/// those after `sudo` and the like.
fn wrapped(words: &[Word]) -> Vec<BString> {
    let words: Vec<BString> = words.iter().map_while(literal_word).collect();
    let Some((name, arguments)) = words.split_first() else { return Vec::new() };
    let Some(entry) = program::find(base_name(name)) else { return Vec::new() };
    let Ok(understanding) = entry.understand(arguments) else { return Vec::new() };
    let run = understanding.facts.into_iter().filter_map(|fact| match fact {
        Fact::Runs(words) => words.into_iter().next(),
        _ => None,
    });
    // A name is meant from where the command is, which may be another directory.
    run.filter(|name| !name.contains(&LATER) && !name.contains(&b'/')).collect()
}

//! Programs that a text names and that this machine does not have.

use std::collections::HashSet;

use bstr::BString;

use super::word::literal_word;
use crate::shell::Shell;
use crate::shell::exec::Located;
use crate::shell::request::COMMAND;
use crate::shell::syntax::{Command, List};
use crate::shell::visit;

/// Programs that run the command in their operands.
const WRAPPERS: &[&str] = &[
    "sudo", "doas", "env", "nice", "nohup", "time", "timeout", "command", "exec", "xargs",
    "ionice", "setsid", "stdbuf",
];

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

/// The program after `sudo` and the like, where it stands right behind it.
fn wrapped(words: &[crate::shell::syntax::Word]) -> Option<BString> {
    let first = literal_word(words.first()?)?;
    if !WRAPPERS.iter().any(|wrapper| first == *wrapper) || first == "env" {
        return None;
    }
    let second = literal_word(words.get(1)?)?;
    let plain = second.first().is_some_and(u8::is_ascii_alphabetic) && !second.contains(&b'=');
    plain.then_some(second)
}

//! What a plan may change of the shell that runs it, kept to be given back: a plan for
//! a request leaves the session as it was.

use std::rc::Rc;

use bstr::BString;

use super::option::Options;
use super::syntax::CompoundCommand;
use super::trap::Action;
use super::variable::Variables;
use super::{AliasTable, Named, Shell};
use crate::system::resource;
use crate::system::signal::Signal;

/// The state of a shell at one time.
#[derive(Debug)]
#[must_use]
pub struct Kept {
    variables: Variables,
    aliases: AliasTable,
    functions: Named<Rc<CompoundCommand>>,
    options: Options,
    arguments: Vec<BString>,
    traps: Vec<(Signal, Action)>,
    directory: Option<BString>,
    umask: u32,
}

impl Shell {
    /// Keeps the state; what is changed from now on goes when it is given back.
    pub fn keep(&mut self) -> Kept {
        let variables = self.variables.clone();
        // What loops have bound for a step is local to it.
        self.variables.push_scope(true);
        Kept {
            variables,
            aliases: self.aliases.clone(),
            functions: self.functions.clone(),
            options: self.options,
            arguments: self.arguments.clone(),
            traps: self.traps.list().map(|(signal, action)| (signal, action.clone())).collect(),
            directory: self.directory.clone(),
            umask: resource::umask(),
        }
    }

    /// Gives the state back.
    ///
    /// # Errors
    /// The directory is not there any more, or cannot be entered; the rest is given back.
    pub fn give_back(&mut self, kept: Kept) -> std::io::Result<()> {
        self.variables = kept.variables;
        self.aliases = kept.aliases;
        self.functions = kept.functions;
        self.options = kept.options;
        self.arguments = kept.arguments;
        resource::set_umask(kept.umask);
        let now: Vec<(Signal, Action)> =
            self.traps.list().map(|(signal, action)| (signal, action.clone())).collect();
        for (signal, _) in
            now.iter().filter(|(signal, _)| !kept.traps.iter().any(|one| one.0 == *signal))
        {
            self.traps.set(*signal, None);
        }
        for one in kept.traps.into_iter().filter(|one| !now.contains(one)) {
            self.traps.set(one.0, Some(one.1));
        }
        match kept.directory {
            Some(directory) if self.directory() != Some(directory.as_slice()) => {
                self.change_directory(&directory, false)
            }
            _ => Ok(()),
        }
    }
}

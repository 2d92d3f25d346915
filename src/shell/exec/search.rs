//! What a command name means (XCU 2.9.1.4): special builtin, function, builtin,
//! program; and where programs are.

use std::borrow::Cow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use crate::shell::builtin::{self, Builtin};
use crate::shell::expand::Expander;
use crate::shell::syntax::{Assigned, Command, CompoundCommand, SimpleCommand, Word, WordPart};
use crate::shell::{Divert, Shell, visit};
use crate::system::identity;

/// What a command name stands for.
#[derive(Clone, Debug)]
pub enum Located {
    /// A utility that runs in the shell.
    Builtin(&'static Builtin),
    /// A function.
    Function(Rc<CompoundCommand>),
    /// A program, by path.
    Program(PathBuf),
    /// A file that may not be executed, or a directory.
    NotExecutable(PathBuf),
    /// Nothing.
    Missing,
}

impl Shell {
    /// What `name` stands for as a command.
    pub fn locate(&mut self, name: &[u8]) -> Located {
        let builtin = self.builtin_of(name);
        if let Some(builtin) = builtin
            && builtin.special
        {
            return Located::Builtin(builtin);
        }
        if let Some(function) = self.functions.get(name.as_bstr()) {
            return Located::Function(Rc::clone(function));
        }
        match builtin {
            None if self.has_personal() && builtin::request::find(name).is_some() => {
                builtin::request::find(name).map_or(Located::Missing, Located::Builtin)
            }
            Some(builtin) => Located::Builtin(builtin),
            None => self.locate_program(name),
        }
    }

    /// What the name of a command stands for, along the `PATH` that an assignment before it
    /// sets; and the command with these assignments expanded, so that none is expanded twice.
    pub(super) fn locate_with<'a>(
        &mut self,
        name: &BString,
        command: &'a SimpleCommand,
    ) -> Result<(Located, Cow<'a, SimpleCommand>), Divert> {
        let path = command.assignments.iter().rposition(|one| one.name == "PATH");
        let Some(last) = path else { return Ok((self.locate(name), Cow::Borrowed(command))) };
        let mut own = command.clone();
        self.variables.push_scope(false);
        let result = own.assignments[..=last].iter_mut().try_for_each(|assignment| {
            let Some(word) = assignment.plain() else { return Ok(()) };
            let value = Expander::new(self).single(word)?;
            let word = Word { parts: vec![WordPart::SingleQuoted(value.clone())], span: word.span };
            assignment.value = Assigned::Text(word);
            // A read-only variable is an error later, when it is assigned.
            let _ = self.variables.set_temporary(&assignment.name, value);
            Ok(())
        });
        let located = self.locate(name);
        self.variables.pop_scope();
        result.map_err(|error| self.expansion_error(&error))?;
        Ok((located, Cow::Owned(own)))
    }

    /// Remembers where the programs are that a function names (`set -h`).
    pub(crate) fn locate_programs_within(&mut self, body: &CompoundCommand) {
        visit::commands_within(body, &mut |command| {
            if let Command::Simple(simple) = command
                && let Some(word) = simple.words.first()
                && let [WordPart::Literal(name)] = word.parts.as_slice()
            {
                self.locate(name);
            }
        });
    }

    /// The program of this name: a path if it contains a slash, else searched
    /// for along `PATH`; the place is remembered.
    pub(crate) fn locate_program(&mut self, name: &[u8]) -> Located {
        if name.contains(&b'/') {
            return judge(name);
        }
        let generation = self.variables.path_generation();
        if self.locations_generation != generation {
            self.locations.clear();
            self.locations_generation = generation;
        }
        if let Some(path) = self.locations.get(name.as_bstr()) {
            if identity::may_execute(path.as_os_str().as_bytes()) {
                return Located::Program(path.clone());
            }
            self.locations.remove(name.as_bstr());
        }
        let path =
            self.variables.get(b"PATH").map_or_else(BString::default, |path| path.to_owned());
        let located = search(name, &path);
        if let Located::Program(path) = &located
            && path.is_absolute()
        {
            self.locations.insert(name.into(), path.clone());
        }
        located
    }
}

fn judge(path: &[u8]) -> Located {
    let file = Path::new(std::ffi::OsStr::from_bytes(path)).to_path_buf();
    if identity::may_execute(path) {
        Located::Program(file)
    } else if file.symlink_metadata().is_ok() && file.metadata().is_ok() {
        Located::NotExecutable(file)
    } else {
        Located::Missing
    }
}

/// Searches for a program along a `PATH` value (XBD 8.3): an empty prefix is the
/// working directory.
pub(crate) fn search(name: &[u8], path: &[u8]) -> Located {
    let mut found = Located::Missing;
    if name.is_empty() {
        return found;
    }
    for prefix in path.split(|byte| *byte == b':') {
        let mut candidate = if prefix.is_empty() { b".".to_vec() } else { prefix.to_vec() };
        candidate.push(b'/');
        candidate.extend_from_slice(name);
        match judge(&candidate) {
            program @ Located::Program(_) => return program,
            // Remembered, so that the status is 126 and not 127; a directory on
            // the way is nothing.
            Located::NotExecutable(path) if matches!(found, Located::Missing) && path.is_file() => {
                found = Located::NotExecutable(path);
            }
            _ => {}
        }
    }
    found
}

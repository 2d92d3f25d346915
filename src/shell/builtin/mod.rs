//! Utilities that run in the shell itself, a file for each group of them.
//!
//! A builtin gets its words, its name first, and returns its status; what
//! leaves the normal order (`exit`, `break` …) is a [`Divert`]. It reads and
//! writes descriptors 0 to 2 directly: nothing is buffered across commands, so
//! a fork never writes anything twice.

pub mod about;
mod alias;
mod complete;
mod control;
mod declare;
mod declared;
pub mod directory;
pub mod echo;
mod evaluate;
mod getopts;
mod hash;
mod help;
mod jobs;
mod kill;
mod mapfile;
pub mod number;
mod output;
pub(crate) mod past;
pub mod printf;
mod process;
mod quiet;
mod read;
pub(crate) mod request;
mod set;
mod shopt;
mod stack;
pub mod test;
mod trap;
mod variables;
mod words;

use bstr::{BString, ByteSlice};

use self::Meaning::{
    Anything, Computes, Directory, Evaluates, Input, Later, Leaves, Limits, Names, Nothing,
    Options, Parameters, Places, Program, Replaces, Runs, Variables,
};
use super::expand::ExpandError;
use super::{Divert, Shell};
use crate::exit_status::ExitStatus;
use crate::system::descriptor;
use crate::system::message;

/// What a builtin returns.
pub(crate) type Outcome = Result<ExitStatus, Divert>;

/// One builtin.
#[derive(Debug)]
pub struct Builtin {
    /// Its name.
    pub name: &'static str,
    /// A special builtin (XCU 2.15): found before functions, its assignments
    /// stay, its errors end a script.
    pub special: bool,
    /// bash has it and POSIX does not: it is not there in POSIX's dialect.
    pub of_bash: bool,
    /// What it does to the shell, for whoever judges it before it runs.
    pub meaning: Meaning,
    pub(crate) run: fn(&mut Shell, &[BString]) -> Outcome,
}

/// What a builtin does to the shell that runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing that outlasts it.
    Nothing,
    /// It does what the program of its name does.
    Program,
    /// It leaves a loop, a function or the shell.
    Leaves,
    /// It runs the command in its operands.
    Runs,
    /// It runs the text in its operands.
    Evaluates,
    /// It runs the command in its operands in place of the shell.
    Replaces,
    /// It runs what nobody has seen.
    Anything,
    /// It goes to another directory.
    Directory,
    /// It sets or unsets the variables that it names.
    Variables,
    /// It sets variables to what it reads or finds.
    Input,
    /// It computes expressions, which may set any variable.
    Computes,
    /// It sets the options or positional parameters.
    Options,
    /// It takes positional parameters away.
    Parameters,
    /// It gives names to commands.
    Names,
    /// It says what is found by a name.
    Places,
    /// It runs text later.
    Later,
    /// It limits what commands may do, or takes back what was said to the shell.
    Limits,
}

const fn special(
    name: &'static str,
    run: fn(&mut Shell, &[BString]) -> Outcome,
    meaning: Meaning,
) -> Builtin {
    Builtin { name, special: true, of_bash: false, meaning, run }
}

const fn regular(
    name: &'static str,
    run: fn(&mut Shell, &[BString]) -> Outcome,
    meaning: Meaning,
) -> Builtin {
    Builtin { name, special: false, of_bash: false, meaning, run }
}

const fn bash(
    name: &'static str,
    run: fn(&mut Shell, &[BString]) -> Outcome,
    meaning: Meaning,
) -> Builtin {
    Builtin { name, special: false, of_bash: true, meaning, run }
}

/// Every builtin, sorted by name.
pub static ALL: &[Builtin] = &[
    special(".", evaluate::dot, Anything),
    special(":", control::colon, Nothing),
    regular(super::request::COMMAND, request::ask, Nothing),
    regular("[", output::bracket, Program),
    regular("alias", alias::alias, Names),
    regular("bg", jobs::bg, Nothing),
    bash("bind", quiet::bind, Nothing),
    special("break", control::break_, Leaves),
    bash("builtin", shopt::builtin, Runs),
    bash("caller", shopt::caller, Nothing),
    regular("cd", directory::cd, Directory),
    regular("command", evaluate::command, Runs),
    bash("compgen", complete::compgen, Anything),
    bash("complete", complete::complete, Anything),
    bash("compopt", complete::compopt, Nothing),
    special("continue", control::continue_, Leaves),
    bash("declare", declare::declare, Variables),
    bash("dirs", stack::dirs, Nothing),
    bash("disown", jobs::disown, Nothing),
    regular("echo", output::echo, Program),
    bash("enable", shopt::enable, Places),
    special("eval", evaluate::eval, Evaluates),
    special("exec", evaluate::exec, Replaces),
    special("exit", control::exit, Leaves),
    special("export", declare::export, Variables),
    regular("false", control::false_, Program),
    bash("fc", past::fc, Anything),
    regular("fg", jobs::fg, Nothing),
    regular("getopts", getopts::getopts, Input),
    regular("hash", hash::hash, Places),
    bash("help", help::help, Nothing),
    bash("history", past::history, Anything),
    regular("jobs", jobs::jobs, Nothing),
    regular("kill", kill::kill, Program),
    bash("let", variables::let_, Computes),
    regular("local", declare::local, Variables),
    bash("mapfile", mapfile::mapfile, Input),
    bash("popd", stack::popd, Directory),
    regular("printf", output::printf, Program),
    bash("pushd", stack::pushd, Directory),
    regular("pwd", directory::pwd, Program),
    regular("read", read, Input),
    bash("readarray", mapfile::mapfile, Input),
    special("readonly", declare::readonly, Variables),
    special("return", control::return_, Leaves),
    special("set", set::set, Options),
    special("shift", control::shift, Parameters),
    bash("shopt", shopt::shopt, Options),
    bash("source", evaluate::dot, Anything),
    bash("suspend", jobs::suspend, Leaves),
    regular("test", output::test, Program),
    special("times", process::times, Nothing),
    special("trap", trap::trap, Later),
    regular("true", control::true_, Program),
    regular("type", hash::type_, Nothing),
    bash("typeset", declare::declare, Variables),
    regular("ulimit", process::ulimit, Limits),
    regular("umask", process::umask, Limits),
    regular("unalias", alias::unalias, Limits),
    special("unset", variables::unset, Variables),
    regular("wait", jobs::wait, Nothing),
];

/// The names of all of them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|builtin| builtin.name)
}

/// Whether it is one that people are told of.
fn is_shown(builtin: &Builtin) -> bool {
    builtin.name != super::request::COMMAND
}

/// Reads a line as the builtin `read` does.
pub(crate) use self::read::read;

/// The builtin of this name.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Builtin> {
    let (from, to) = *BY_FIRST.get(usize::from(*name.first()?))?;
    ALL[from..to].iter().find(|builtin| builtin.name.as_bytes() == name)
}

/// Where in [`ALL`] the names with a first letter begin and end: every command is looked up.
static BY_FIRST: [(usize, usize); 128] = by_first(ALL);

const fn by_first(all: &[Builtin]) -> [(usize, usize); 128] {
    let mut places = [(0, 0); 128];
    let mut index = 0;
    while index < all.len() {
        let first = all[index].name.as_bytes()[0] as usize;
        if places[first].1 == 0 {
            places[first].0 = index;
        }
        index += 1;
        places[first].1 = index;
    }
    places
}

impl Shell {
    /// Writes a builtin's output to standard output.
    pub(crate) fn write_output(&mut self, name: &str, bytes: &[u8]) -> ExitStatus {
        if let Some(captured) = &mut self.captured {
            captured.extend_from_slice(bytes);
            return ExitStatus::SUCCESS;
        }
        match descriptor::write_all(descriptor::STDOUT, bytes) {
            Ok(()) => ExitStatus::SUCCESS,
            Err(error) => self.fail(name, format!("write error: {}", message(error))),
        }
    }

    /// Reports a builtin's error; its status is 1.
    pub(crate) fn fail(&mut self, name: &str, text: impl AsRef<[u8]>) -> ExitStatus {
        self.report([name.as_bytes(), b": ", text.as_ref()].concat());
        ExitStatus::FAILURE
    }

    /// Reports why a builtin could not assign. In bash's dialect an expression that has no
    /// value gives up the line, as it does in a word.
    ///
    /// # Errors
    /// The end of the line, or of the script.
    pub(crate) fn not_assigned(&mut self, name: &str, error: &ExpandError) -> Outcome {
        match error {
            ExpandError::Arithmetic(_) | ExpandError::Unset { .. } if !self.posix => {
                Err(self.expansion_error(error))
            }
            _ => Ok(self.fail(name, error.to_string())),
        }
    }

    /// Reports wrong usage of a builtin; its status is 2. Where the builtin is
    /// special the caller diverts with [`Divert::Abort`].
    pub(crate) fn misuse(&mut self, name: &str, text: impl AsRef<[u8]>) -> ExitStatus {
        self.fail(name, text);
        ExitStatus::USAGE
    }

    /// An error of a special builtin: a script ends (XCU 2.8.1).
    pub(crate) fn special_error(&mut self, name: &str, text: impl AsRef<[u8]>) -> Divert {
        self.status = self.misuse(name, text);
        Divert::Misuse
    }

    /// The builtin of this name, as far as the dialect has it and it is enabled.
    pub(crate) fn builtin_of(&self, name: &[u8]) -> Option<&'static Builtin> {
        find(name).filter(|builtin| {
            !(self.posix && builtin.of_bash)
                && (self.disabled.is_empty() || !self.disabled.contains(name.as_bstr()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_builtin_is_found() {
        for builtin in ALL {
            assert_eq!(find(builtin.name.as_bytes()).map(|found| found.name), Some(builtin.name));
        }
        assert!(find(b"ls").is_none());
    }
}

//! Utilities that run in the shell itself, a file for each group of them.
//!
//! A builtin gets its words, its name first, and returns its status; what
//! leaves the normal order (`exit`, `break` …) is a [`Divert`]. It reads and
//! writes descriptors 0 to 2 directly: nothing is buffered across commands, so
//! a fork never writes anything twice.

mod alias;
mod control;
pub mod directory;
pub mod echo;
mod escape;
mod evaluate;
mod getopts;
mod hash;
mod jobs;
mod kill;
pub mod number;
mod output;
pub mod printf;
mod process;
mod read;
pub(crate) mod request;
mod set;
pub mod test;
mod trap;
mod variables;
mod words;

use bstr::BString;

use self::Meaning::{
    Anything, Directory, Evaluates, Input, Later, Leaves, Limits, Names, Nothing, Options,
    Parameters, Places, Program, Replaces, Runs, Variables,
};
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
    /// It sets the options or positional parameters.
    Options,
    /// It takes positional parameters away.
    Parameters,
    /// It gives names to commands.
    Names,
    /// It says where programs are found.
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
    Builtin { name, special: true, meaning, run }
}

const fn regular(
    name: &'static str,
    run: fn(&mut Shell, &[BString]) -> Outcome,
    meaning: Meaning,
) -> Builtin {
    Builtin { name, special: false, meaning, run }
}

/// Every builtin, sorted by name.
pub static ALL: &[Builtin] = &[
    special(".", evaluate::dot, Anything),
    special(":", control::colon, Nothing),
    regular(super::request::COMMAND, request::ask, Nothing),
    regular("[", output::bracket, Program),
    regular("alias", alias::alias, Names),
    regular("bg", jobs::bg, Nothing),
    special("break", control::break_, Leaves),
    regular("cd", directory::cd, Directory),
    regular("command", evaluate::command, Runs),
    special("continue", control::continue_, Leaves),
    regular("echo", output::echo, Program),
    special("eval", evaluate::eval, Evaluates),
    special("exec", evaluate::exec, Replaces),
    special("exit", control::exit, Leaves),
    special("export", variables::export, Variables),
    regular("false", control::false_, Program),
    regular("fg", jobs::fg, Nothing),
    regular("getopts", getopts::getopts, Input),
    regular("hash", hash::hash, Places),
    regular("jobs", jobs::jobs, Nothing),
    regular("kill", kill::kill, Program),
    regular("local", variables::local, Variables),
    regular("printf", output::printf, Program),
    regular("pwd", directory::pwd, Program),
    regular("read", read::read, Input),
    special("readonly", variables::readonly, Variables),
    special("return", control::return_, Leaves),
    special("set", set::set, Options),
    special("shift", control::shift, Parameters),
    regular("test", output::test, Program),
    special("times", process::times, Nothing),
    special("trap", trap::trap, Later),
    regular("true", control::true_, Program),
    regular("type", hash::type_, Nothing),
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

/// The builtin of this name.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Builtin> {
    ALL.binary_search_by(|builtin| builtin.name.as_bytes().cmp(name)).ok().map(|index| &ALL[index])
}

impl Shell {
    /// Writes a builtin's output to standard output.
    pub(crate) fn write_output(&mut self, name: &str, bytes: &[u8]) -> ExitStatus {
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

    /// Reports wrong usage of a builtin; its status is 2. Where the builtin is
    /// special the caller diverts with [`Divert::Abort`].
    pub(crate) fn misuse(&mut self, name: &str, text: impl AsRef<[u8]>) -> ExitStatus {
        self.fail(name, text);
        ExitStatus::USAGE
    }

    /// An error of a special builtin: a script ends (XCU 2.8.1).
    pub(crate) fn special_error(&mut self, name: &str, text: impl AsRef<[u8]>) -> Divert {
        self.status = self.misuse(name, text);
        Divert::Abort
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

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
    pub(crate) run: fn(&mut Shell, &[BString]) -> Outcome,
}

const fn special(name: &'static str, run: fn(&mut Shell, &[BString]) -> Outcome) -> Builtin {
    Builtin { name, special: true, run }
}

const fn regular(name: &'static str, run: fn(&mut Shell, &[BString]) -> Outcome) -> Builtin {
    Builtin { name, special: false, run }
}

/// Every builtin, sorted by name.
pub static ALL: &[Builtin] = &[
    special(".", evaluate::dot),
    special(":", control::colon),
    regular(super::request::COMMAND, request::ask),
    regular("[", output::bracket),
    regular("alias", alias::alias),
    regular("bg", jobs::bg),
    special("break", control::break_),
    regular("cd", directory::cd),
    regular("command", evaluate::command),
    special("continue", control::continue_),
    regular("echo", output::echo),
    special("eval", evaluate::eval),
    special("exec", evaluate::exec),
    special("exit", control::exit),
    special("export", variables::export),
    regular("false", control::false_),
    regular("fg", jobs::fg),
    regular("getopts", getopts::getopts),
    regular("hash", hash::hash),
    regular("jobs", jobs::jobs),
    regular("kill", kill::kill),
    regular("local", variables::local),
    regular("printf", output::printf),
    regular("pwd", directory::pwd),
    regular("read", read::read),
    special("readonly", variables::readonly),
    special("return", control::return_),
    special("set", set::set),
    special("shift", control::shift),
    regular("test", output::test),
    special("times", process::times),
    special("trap", trap::trap),
    regular("true", control::true_),
    regular("type", hash::type_),
    regular("ulimit", process::ulimit),
    regular("umask", process::umask),
    regular("unalias", alias::unalias),
    special("unset", variables::unset),
    regular("wait", jobs::wait),
];

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

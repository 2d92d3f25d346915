//! The options of `set` (XCU 2.15 *set*).

use bstr::BString;

/// One option: its letter, if it has one, and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Opt {
    /// `-a`: assignments export.
    AllExport,
    /// `-b`: background jobs report at once.
    Notify,
    /// `-C`: `>` does not empty existing files.
    NoClobber,
    /// `-B`: braces expand (bash).
    BraceExpand,
    /// `-E`: functions and subshells inherit the ERR trap (bash).
    ErrTrace,
    /// `-T`: functions and subshells inherit the DEBUG and RETURN traps (bash).
    FuncTrace,
    /// `-H`: `!` at a prompt stands for lines before (bash).
    HistExpand,
    /// Lines are kept (bash).
    History,
    /// Comments at a prompt; always on (bash).
    InteractiveComments,
    /// `-k`: assignments anywhere before the end of a command (bash); not acted on.
    Keyword,
    /// `-t`: the shell ends after one command.
    OneCommand,
    /// `-P`: directories are physical (bash).
    Physical,
    /// The dialect is POSIX's (bash).
    Posix,
    /// `-p`: the shell has rights that its user does not have (bash).
    Privileged,
    /// `-e`: a failing command ends the shell.
    ErrExit,
    /// `-f`: no pathname expansion.
    NoGlob,
    /// `-h`: remember commands as functions are defined; always on.
    HashAll,
    /// End of input does not end an interactive shell.
    IgnoreEof,
    /// `-m`: job control.
    Monitor,
    /// `-n`: read commands, do not execute them.
    NoExec,
    /// Function definitions stay out of the history.
    NoLog,
    /// `-u`: expanding an unset parameter is an error.
    NoUnset,
    /// A pipeline fails when any of its commands does (POSIX.1-2024).
    PipeFail,
    /// `-v`: write input as it is read.
    Verbose,
    /// `vi` editing.
    Vi,
    /// `emacs` editing.
    Emacs,
    /// `-x`: write commands as they are executed.
    XTrace,
}

/// Every option with its letter and name, sorted by name.
pub const ALL: &[(Opt, Option<u8>, &str)] = &[
    (Opt::AllExport, Some(b'a'), "allexport"),
    (Opt::BraceExpand, Some(b'B'), "braceexpand"),
    (Opt::Emacs, None, "emacs"),
    (Opt::ErrExit, Some(b'e'), "errexit"),
    (Opt::ErrTrace, Some(b'E'), "errtrace"),
    (Opt::FuncTrace, Some(b'T'), "functrace"),
    (Opt::HashAll, Some(b'h'), "hashall"),
    (Opt::HistExpand, Some(b'H'), "histexpand"),
    (Opt::History, None, "history"),
    (Opt::IgnoreEof, None, "ignoreeof"),
    (Opt::InteractiveComments, None, "interactive-comments"),
    (Opt::Keyword, Some(b'k'), "keyword"),
    (Opt::Monitor, Some(b'm'), "monitor"),
    (Opt::NoClobber, Some(b'C'), "noclobber"),
    (Opt::NoExec, Some(b'n'), "noexec"),
    (Opt::NoGlob, Some(b'f'), "noglob"),
    (Opt::NoLog, None, "nolog"),
    (Opt::Notify, Some(b'b'), "notify"),
    (Opt::NoUnset, Some(b'u'), "nounset"),
    (Opt::OneCommand, Some(b't'), "onecmd"),
    (Opt::Physical, Some(b'P'), "physical"),
    (Opt::PipeFail, None, "pipefail"),
    (Opt::Posix, None, "posix"),
    (Opt::Privileged, Some(b'p'), "privileged"),
    (Opt::Verbose, Some(b'v'), "verbose"),
    (Opt::Vi, None, "vi"),
    (Opt::XTrace, Some(b'x'), "xtrace"),
];

/// Which options are on, and how the shell was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    bits: u32,
    /// `-i`, or standard input and error are terminals.
    pub interactive: bool,
    /// `-s`: commands come from standard input.
    pub from_stdin: bool,
    /// `-c`: commands came as an argument.
    pub from_argument: bool,
}

impl Options {
    /// Whether an option is on.
    #[must_use]
    pub fn is_on(&self, option: Opt) -> bool {
        self.bits & (1 << option as u32) != 0
    }

    /// Turns an option on or off.
    pub fn set(&mut self, option: Opt, on: bool) {
        if on {
            self.bits |= 1 << option as u32;
        } else {
            self.bits &= !(1 << option as u32);
        }
    }

    /// The value of `$-`.
    #[must_use]
    pub fn letters(&self) -> BString {
        let mut letters: Vec<u8> = ALL
            .iter()
            .filter(|(option, _, _)| self.is_on(*option))
            .filter_map(|(_, letter, _)| *letter)
            .collect();
        for (on, letter) in
            [(self.interactive, b'i'), (self.from_stdin, b's'), (self.from_argument, b'c')]
        {
            if on {
                letters.push(letter);
            }
        }
        letters.into()
    }
}

/// The names of the options that are on, as `SHELLOPTS` has them.
#[must_use]
pub fn names_on(options: &Options) -> String {
    let on: Vec<&str> = ALL
        .iter()
        .filter(|(option, ..)| options.is_on(*option))
        .map(|(_, _, name)| *name)
        .collect();
    on.join(":")
}

/// The option with this letter.
#[must_use]
pub fn from_letter(letter: u8) -> Option<Opt> {
    ALL.iter().find(|(_, known, _)| *known == Some(letter)).map(|(option, _, _)| *option)
}

/// The option with this name.
#[must_use]
pub fn from_name(name: &[u8]) -> Option<Opt> {
    ALL.iter().find(|(_, _, known)| known.as_bytes() == name).map(|(option, _, _)| *option)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_name_the_options_that_are_on() {
        let mut options = Options { interactive: true, ..Options::default() };
        options.set(Opt::ErrExit, true);
        options.set(Opt::NoUnset, true);
        options.set(Opt::ErrExit, false);
        assert_eq!(options.letters(), "ui");
        assert_eq!(from_letter(b'x'), Some(Opt::XTrace));
        assert_eq!(from_name(b"pipefail"), Some(Opt::PipeFail));
    }
}

//! The shell engine: the POSIX.1-2024 shell language over [`crate::system`].
//!
//! The way of a command: [`parser`] makes a [`syntax`] tree of one complete
//! command at a time; [`exec`] walks it; [`expand`] turns its words into
//! strings; [`exec::spawn`] starts processes and [`exec::wait`] waits for them,
//! both for the one job table; [`builtin`] holds the utilities that run in the
//! shell itself.
//!
//! A [`Shell`] is all the state there is: what POSIX calls the shell execution
//! environment (XCU 2.13). A subshell is a forked process with the same value.
//! The process has one thread; a caller must not start another.

pub mod arithmetic;
mod assign;
pub mod builtin;
pub mod completion;
pub(crate) mod escape;
pub mod exec;
pub mod expand;
pub mod glob;
pub mod input;
pub mod interactive;
mod kept;
pub mod lexer;
pub mod names;
pub mod option;
pub mod parser;
pub mod partial;
pub mod past;
pub mod pattern;
pub mod pieces;
pub mod print;
mod prompt;
pub mod quote;
pub mod request;
mod scan;
pub mod shopt;
mod special;
pub mod startup;
pub mod syntax;
pub mod trap;
pub mod variable;
pub mod visit;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use self::completion::Completions;
use self::option::Options;
use self::shopt::Shopts;
use self::special::Sources;
use self::syntax::{Assignment, CompoundCommand};
use self::trap::Traps;
use self::variable::Variables;
use crate::exit_status::ExitStatus;
use crate::job::Table;
use crate::language::Language;
use crate::system::descriptor::{self, Descriptor};
use crate::system::process::{self, ProcessId};
use crate::system::stack::Stack;
use crate::system::terminal::Modes;

/// Why the normal order of execution is left. The status is in
/// [`Shell::status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divert {
    /// Leave this many enclosing loops.
    Break(usize),
    /// Begin the next round of the loop this many levels out.
    Continue(usize),
    /// Leave the function or the dot script.
    Return,
    /// End the shell, running the EXIT trap.
    Exit,
    /// Give up the line; what follows on others goes on (bash).
    Discard,
    /// A special builtin was used wrongly: a script ends, in POSIX's dialect (XCU 2.8.1).
    Misuse,
    /// Give up the command: an interactive shell goes back to its prompt,
    /// another one exits (XCU 2.8.1).
    Abort,
    /// SIGINT reached an interactive shell: back to the prompt.
    Interrupt,
}

/// The end of an execution: normal, with the status in [`Shell::status`], or
/// diverted.
pub type Flow = Result<(), Divert>;

/// What a script gives names to, hashed quickly: the names are the person's own.
pub(crate) type Named<T> = HashMap<BString, T, foldhash::fast::RandomState>;

/// The shell execution environment (XCU 2.13).
#[derive(Debug)]
pub struct Shell {
    /// Variables and their scopes.
    pub variables: Variables,
    /// What `set` changes.
    pub options: Options,
    /// What `shopt` changes.
    pub shopts: Shopts,
    /// The dialect is POSIX's, to the letter (`--posix`, called `sh`).
    pub posix: bool,
    /// Aliases (XCU 2.3.1).
    pub aliases: AliasTable,
    /// Positional parameters from `$1`.
    pub arguments: Vec<BString>,
    /// `$0`
    pub name: BString,
    /// `$?`
    pub status: ExitStatus,
    /// Jobs of this environment.
    pub jobs: Table,
    /// In a command substitution, and in a simple command of a pipeline: the jobs of the
    /// shell around it, which can be listed and signalled there, as in bash.
    pub(crate) outer_jobs: Table,
    /// Traps and signal dispositions.
    pub traps: Traps,
    pub(crate) functions: Named<Rc<CompoundCommand>>,
    /// Where functions were defined: file and line.
    pub(crate) function_places: Named<(Rc<BString>, u32)>,
    /// Functions that cannot be defined anew (`readonly -f`).
    pub(crate) read_only_functions: HashSet<BString>,
    /// Builtins that `enable -n` has turned off.
    pub(crate) disabled: HashSet<BString>,
    /// What variables are made of that have a value only when they are asked for.
    pub(crate) sources: Sources,
    /// Assignments of arrays among the words of a declaration, by the word.
    pub(crate) declared: Vec<(usize, Assignment)>,
    /// Pipes of process substitutions that are open.
    pub(crate) pipes: Vec<Descriptor>,
    /// What builtins write, while a substitution collects it without a process.
    pub(crate) captured: Option<Vec<u8>>,
    /// What `complete` has said.
    pub(crate) completion: Completions,
    /// How deep in subshells this environment is.
    pub(crate) subshell_depth: u32,
    /// `$$`: the id of the shell, the same in subshells.
    pub(crate) process: ProcessId,
    /// `$!`
    pub(crate) last_background: Option<ProcessId>,
    /// The line that is being executed.
    pub(crate) line: u32,
    /// Characters are UTF-8, by the locale.
    pub(crate) utf8: bool,
    /// This environment is a subshell.
    pub(crate) is_subshell: bool,
    /// The terminal for job control, at a private number.
    pub(crate) terminal: Option<Descriptor>,
    /// The terminal's modes while the shell has it.
    pub(crate) modes: Option<Modes>,
    /// The logical working directory; `PWD` may have been changed by hand.
    pub(crate) directory: Option<BString>,
    /// Locations of utilities (XCU hash), with the generation of `PATH` that
    /// they belong to.
    pub(crate) locations: Named<PathBuf>,
    pub(crate) locations_generation: u64,
    /// How far `getopts` is within a group of options.
    pub(crate) getopts_offset: usize,
    /// Loops that enclose the command, within this function.
    pub(crate) loop_depth: usize,
    /// Dot scripts and functions that enclose the command.
    pub(crate) return_depth: usize,
    /// Nested evaluations, bounded so that recursion is an error and no crash.
    pub(crate) nesting: usize,
    /// The stack, which bounds the nesting, too.
    pub(crate) stack: Stack,
    /// While positive, `set -e` is ignored (XCU 2.15 set -e).
    pub(crate) condition_depth: usize,
    /// A command substitution ran in the current simple command, so its status
    /// counts when there is no command name.
    pub(crate) substitution_status: Option<ExitStatus>,
    /// `exec` without a command makes the redirections of its command permanent.
    pub(crate) keep_redirects: bool,
    /// The status before the trap that is being run, which is what `exit` and
    /// `return` without an operand mean there (XCU 2.15 exit).
    pub(crate) status_before_trap: Option<ExitStatus>,
    /// An interactive shell has warned of stopped jobs; the next `exit` leaves.
    pub(crate) warned_of_jobs: bool,
    /// The last line of an interactive shell that failed, and how.
    pub last_failure: Option<(String, ExitStatus)>,
    /// Who answers requests; nobody where requests are off.
    pub(crate) requests: request::RequestSlot,
    /// The lines that were entered before; a script has none.
    pub(crate) past: Option<Rc<dyn past::Past>>,
}

/// The aliases of a shell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasTable(pub BTreeMap<BString, BString>);

impl parser::Aliases for AliasTable {
    fn alias(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.get(name.as_bstr()).map(|text| text.as_slice())
    }
}

impl Shell {
    /// A shell with the variables of `environment` and the given `$0`.
    ///
    /// POSIX's initial values are set: `IFS`, `OPTIND`, `PS1` … `PS4`, `PPID`,
    /// `PWD`.
    pub fn new(
        name: impl Into<BString>,
        environment: impl Iterator<Item = (BString, BString)>,
    ) -> Self {
        let mut shell = Self {
            variables: Variables::default(),
            options: Options::default(),
            shopts: Shopts::default(),
            posix: false,
            aliases: AliasTable::default(),
            arguments: Vec::new(),
            name: name.into(),
            status: ExitStatus::SUCCESS,
            jobs: Table::default(),
            outer_jobs: Table::default(),
            traps: Traps::default(),
            functions: Named::default(),
            function_places: Named::default(),
            read_only_functions: HashSet::new(),
            disabled: HashSet::new(),
            sources: Sources::default(),
            declared: Vec::new(),
            pipes: Vec::new(),
            captured: None,
            completion: Completions::default(),
            subshell_depth: 0,
            process: process::id(),
            last_background: None,
            line: 1,
            utf8: true,
            is_subshell: false,
            terminal: None,
            modes: None,
            directory: None,
            locations: Named::default(),
            locations_generation: 0,
            getopts_offset: 0,
            loop_depth: 0,
            return_depth: 0,
            nesting: 0,
            stack: Stack::here(),
            condition_depth: 0,
            substitution_status: None,
            warned_of_jobs: false,
            keep_redirects: false,
            status_before_trap: None,
            last_failure: None,
            requests: request::RequestSlot::default(),
            past: None,
        };
        shell.options.set(option::Opt::BraceExpand, true);
        shell.import(environment);
        shell
    }

    fn import(&mut self, environment: impl Iterator<Item = (BString, BString)>) {
        for (name, value) in environment {
            if variable::is_name(&name) {
                // Nothing is read-only yet, so this cannot fail.
                let _ = self.variables.set_exported(&name, value);
            }
        }
        let parent = process::parent_id().to_string();
        for (name, value) in [
            ("IFS", " \t\n"),
            ("OPTIND", "1"),
            ("PS1", "$ "),
            ("PS2", "> "),
            ("PS4", "+ "),
            ("PPID", parent.as_str()),
        ] {
            // IFS is never taken from the environment (XCU 2.5.3).
            let keep = name.starts_with("PS") && self.variables.get(name.as_bytes()).is_some();
            if !keep {
                let _ = self.variables.set(name.as_bytes(), value);
                self.variables.mark(name.as_bytes()).exported = false;
            }
        }
        self.utf8 = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.variables.get(name.as_bytes()).filter(|value| !value.is_empty()))
            .is_some_and(|value| {
                let value = value.to_ascii_lowercase();
                value.contains_str("utf-8") || value.contains_str("utf8")
            });
        builtin::directory::initialise(self);
    }

    /// Speaks POSIX's dialect, to the letter, or bash's where they differ.
    pub fn set_posix(&mut self, posix: bool) {
        self.posix = posix;
        self.variables.posix = posix;
        self.options.set(option::Opt::Posix, posix);
        self.options.set(option::Opt::BraceExpand, !posix);
    }

    /// The file whose commands are being executed.
    pub(crate) fn source_file(&self) -> Rc<BString> {
        let frame = self.sources.frames.last();
        frame.map_or_else(|| Rc::new(self.name.clone()), |frame| Rc::clone(&frame.file))
    }

    /// Makes names relative to a directory, for plans that are compiled for
    /// somewhere else: the process stays where it is.
    pub fn stand_in(&mut self, directory: impl Into<BString>) {
        let directory = directory.into();
        // Nothing is read-only in a shell that only stands in.
        let _ = self.variables.set_exported(b"PWD", directory.clone());
        self.directory = Some(directory);
    }

    /// The logical working directory; `None` when it is not known.
    #[must_use]
    pub fn directory(&self) -> Option<&[u8]> {
        self.directory.as_ref().map(|path| path.as_slice())
    }

    /// The id of the last process of the last background job (`$!`).
    #[must_use]
    pub fn last_background(&self) -> Option<ProcessId> {
        self.last_background
    }

    /// Whether a function of this name is defined.
    #[must_use]
    pub fn has_function(&self, name: &[u8]) -> bool {
        self.functions.contains_key(name.as_bstr())
    }

    /// Whether job control is on.
    pub(crate) fn has_job_control(&self) -> bool {
        self.options.is_on(option::Opt::Monitor)
    }

    /// Writes an error message of the shell to standard error; in a script it
    /// names the line.
    pub(crate) fn report(&self, message: impl AsRef<[u8]>) {
        let message = message.as_ref();
        match (self.language(), message.to_str()) {
            (Language::Chinese, Ok(said)) => {
                self.report_as_it_is(&*Language::Chinese.translated(said));
            }
            _ => self.report_as_it_is(message),
        }
    }

    /// The same in nobody's language but that of who wrote it.
    pub(crate) fn report_as_it_is(&self, message: impl AsRef<[u8]>) {
        let mut text = self.message_prefix();
        text.extend_from_slice(message.as_ref());
        text.push(b'\n');
        // Where standard error cannot be written there is nobody to tell.
        let _ = descriptor::write_all(descriptor::STDERR, &text);
    }

    /// The language of messages, as the variables of this shell have it.
    fn language(&self) -> Language {
        Language::of_locale(|name| self.variables.get(name.as_bytes()).map(|value| &**value))
    }

    fn message_prefix(&self) -> Vec<u8> {
        // In an interactive shell a file says where, and what is typed need not.
        let file = self.sources.frames.iter().rev().find(|frame| !frame.file.is_empty());
        let file = file.map(|frame| &*frame.file).filter(|file| **file != self.name);
        if self.options.interactive {
            let place = file.map(|file| format!("{}: line {}: ", file.as_bstr(), self.line));
            format!("llmsh: {}", place.unwrap_or_default()).into_bytes()
        } else {
            let mut prefix = file.unwrap_or(&self.name).to_vec();
            prefix.extend_from_slice(format!(": line {}: ", self.line).as_bytes());
            prefix
        }
    }
}

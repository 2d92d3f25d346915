//! Simple commands (XCU 2.9.1).

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::redirect::Prepared;
use super::spawn::{Attributes, Group};
use super::{Located, Then};
use crate::exit_status::ExitStatus;
use crate::shell::builtin::Builtin;
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option::Opt;
use crate::shell::syntax::{Assignment, CompoundCommand, SimpleCommand};
use crate::shell::trap::Traps;
use crate::shell::variable::ReadOnly;
use crate::shell::{Divert, Flow, Shell, print};
use crate::system::process;
use crate::system::{Errno, message};

impl Shell {
    /// Executes a simple command: words are expanded, redirections made,
    /// variables assigned, and the command is found and run.
    pub(crate) fn simple(&mut self, command: &SimpleCommand, then: Then) -> Flow {
        self.line = command.span.line;
        self.substitution_status = None;
        self.run_debug_trap(|| print::simple_text(command))?;
        let pipes = self.pipes.len();
        let flow = self.expanded_simple(command, then);
        if self.pipes.len() > pipes {
            self.close_pipes(pipes);
        }
        flow
    }

    fn expanded_simple(&mut self, command: &SimpleCommand, then: Then) -> Flow {
        let words =
            self.command_words(&command.words).map_err(|error| self.expansion_error(&error))?;
        if words.is_empty() {
            return self.assign_only(command);
        }
        self.note_last_word(&words);
        let (located, command) = self.locate_with(&words[0], command)?;
        let command = &*command;
        match located {
            Located::Builtin(builtin) => self.builtin(builtin, command, words),
            Located::Function(body) => self.function(&body, command, words),
            Located::Program(path) => {
                // A pipe of the shell has to outlive the program.
                let then = if self.pipes.is_empty() { then } else { Then::Continue };
                self.program(command, &words, &path, then)
            }
            Located::NotExecutable(path) => {
                let reason = if path.is_dir() { "is a directory" } else { "permission denied" };
                self.no_program(command, &words, reason, ExitStatus::NOT_EXECUTABLE)
            }
            Located::Missing => {
                if let Some(handler) = self.handler_of_missing() {
                    let words = [vec![handler.1], words].concat();
                    return self.function(&handler.0, command, words);
                }
                let reason = if words[0].contains(&b'/') {
                    "no such file or directory"
                } else {
                    "command not found"
                };
                self.no_program(command, &words, reason, ExitStatus::NOT_FOUND)
            }
        }
    }

    /// The function that bash calls where a command is not found, and its name.
    fn handler_of_missing(&self) -> Option<(Rc<CompoundCommand>, BString)> {
        const NAME: &str = "command_not_found_handle";
        if self.posix {
            return None;
        }
        self.functions.get(NAME.as_bytes().as_bstr()).map(|body| (Rc::clone(body), NAME.into()))
    }

    /// Reports an expansion error: a shell that is not interactive exits with
    /// status 2 (XCU 2.8.1).
    pub(crate) fn expansion_error(&mut self, error: &ExpandError) -> Divert {
        match error {
            ExpandError::Interrupted => return self.give_up_interrupted(),
            ExpandError::Exit => return Divert::Exit,
            _ => {}
        }
        self.report_expansion(error);
        if self.posix {
            self.status = ExitStatus::USAGE;
            return Divert::Abort;
        }
        // bash gives up the line for most, and the script for an unset parameter.
        match error {
            ExpandError::Unset { .. } => {
                self.status = if self.options.from_argument && !self.is_subshell {
                    ExitStatus::NOT_FOUND
                } else {
                    ExitStatus::FAILURE
                };
                Divert::Abort
            }
            // bash goes on behind an expression that has no value, whatever `set -e` says.
            ExpandError::Arithmetic(_) => {
                self.status = ExitStatus::FAILURE;
                Divert::Discard
            }
            _ => {
                self.status = ExitStatus::FAILURE;
                if self.options.is_on(Opt::ErrExit) { Divert::Exit } else { Divert::Discard }
            }
        }
    }

    /// A command without a name: its redirections are made and undone, its
    /// variables stay.
    fn assign_only(&mut self, command: &SimpleCommand) -> Flow {
        // As if in a subshell: what the expansions assign does not stay.
        let before = (!command.redirects.is_empty()).then(|| self.variables.clone());
        let prepared = self
            .prepare_redirects(&command.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        let redirected = self.apply_redirects(&prepared).map(|saved| saved.restore());
        if let Some(before) = before {
            self.variables = before;
        }
        if redirected.is_err() {
            self.status = ExitStatus::FAILURE;
            return Ok(());
        }
        let mut traced = Vec::new();
        for assignment in &command.assignments {
            if let Err(error) = self.make_assignment(assignment) {
                return Err(self.expansion_error(&error));
            }
            if self.options.is_on(Opt::XTrace) {
                traced.push(self.traced_assignment(assignment));
            }
        }
        self.trace(&traced, &[]);
        self.status = self.substitution_status.take().unwrap_or_default();
        Ok(())
    }

    /// Evaluates assignments before a command, for the innermost scope.
    fn assign_temporarily(
        &mut self,
        assignments: &[Assignment],
    ) -> Result<Vec<(BString, BString)>, Divert> {
        let mut traced = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let result = match assignment.plain() {
                Some(word) => Expander::new(self).single(word).and_then(|value| {
                    let name = self.follow(&assignment.name)?;
                    self.variables.set_temporary(&name, value)?;
                    Ok(())
                }),
                // Arrays and what is added: as bash has it, for the command only.
                None => {
                    self.variables.save_temporarily(&assignment.name);
                    self.make_assignment(assignment).inspect(|()| {
                        self.variables.mark(&assignment.name).exported = true;
                    })
                }
            };
            match result {
                // bash says so, and runs the command with the others.
                Err(ExpandError::ReadOnly(error)) if !self.posix => {
                    self.report(error.to_string());
                    continue;
                }
                result => result.map_err(|error| self.expansion_error(&error))?,
            }
            if self.options.is_on(Opt::XTrace) {
                traced.push(self.traced_assignment(assignment));
            }
        }
        Ok(traced)
    }

    /// The name and the value of an assignment that has been made, for `set -x`.
    fn traced_assignment(&self, assignment: &Assignment) -> (BString, BString) {
        let value = self.variables.get(&assignment.name).map(|value| value.to_owned());
        (assignment.name.clone(), value.unwrap_or_default())
    }

    fn builtin(
        &mut self,
        builtin: &'static Builtin,
        command: &SimpleCommand,
        words: Vec<BString>,
    ) -> Flow {
        let prepared = self
            .prepare_redirects(&command.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        let Ok(saved) = self.apply_redirects(&prepared) else {
            self.status = ExitStatus::FAILURE;
            // An error of a special builtin ends a script (XCU 2.8.1).
            return if builtin.special && self.posix { Err(Divert::Abort) } else { Ok(()) };
        };
        // In bash's own dialect what stands before a special builtin is for it only.
        let stays = builtin.special && (self.posix || builtin.name == "exec");
        let flow = if stays {
            self.special(builtin, command, &words)
        } else if command.assignments.is_empty() {
            self.trace(&[], &words);
            self.run_builtin(builtin, &words)
        } else {
            self.variables.push_scope(false);
            let flow = self.assign_temporarily(&command.assignments).and_then(|traced| {
                self.trace(&traced, &words);
                self.run_builtin(builtin, &words)
            });
            self.variables.pop_scope();
            flow
        };
        if std::mem::take(&mut self.keep_redirects) && flow.is_ok() {
            saved.keep()
        } else {
            saved.restore()
        }
        flow
    }

    /// A special builtin: assignments stay (XCU 2.15).
    fn special(
        &mut self,
        builtin: &'static Builtin,
        command: &SimpleCommand,
        words: &[BString],
    ) -> Flow {
        let mut traced = Vec::new();
        for assignment in &command.assignments {
            if let Err(error) = self.make_assignment(assignment) {
                return Err(self.expansion_error(&error));
            }
            traced.push(self.traced_assignment(assignment));
            // The program that `exec` starts gets them in its environment.
            if builtin.name == "exec" {
                self.variables.mark(&assignment.name).exported = true;
            }
        }
        self.trace(&traced, words);
        self.run_builtin(builtin, words)
    }

    /// Runs a builtin; its status becomes the shell's.
    pub(crate) fn run_builtin(&mut self, builtin: &'static Builtin, words: &[BString]) -> Flow {
        match (builtin.run)(self, words) {
            Ok(status) => self.status = status,
            // Only POSIX has it that a special builtin's error ends a script.
            Err(Divert::Misuse) if !self.posix => {}
            Err(Divert::Misuse) => return Err(Divert::Abort),
            Err(divert) => return Err(divert),
        }
        Ok(())
    }

    fn function(
        &mut self,
        body: &Rc<CompoundCommand>,
        command: &SimpleCommand,
        mut words: Vec<BString>,
    ) -> Flow {
        let prepared = self
            .prepare_redirects(&command.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        let Ok(saved) = self.apply_redirects(&prepared) else {
            self.status = ExitStatus::FAILURE;
            return Ok(());
        };
        let has_assignments = !command.assignments.is_empty();
        if has_assignments {
            self.variables.push_scope(false);
        }
        let flow = self.assign_temporarily(&command.assignments).and_then(|traced| {
            self.trace(&traced, &words);
            let arguments = words.split_off(1);
            self.call(&words[0], body, arguments)
        });
        if has_assignments {
            self.variables.pop_scope();
        }
        saved.restore();
        flow
    }

    /// Runs a program in a child, or in place of this process.
    fn program(
        &mut self,
        command: &SimpleCommand,
        words: &[BString],
        path: &Path,
        then: Then,
    ) -> Flow {
        let prepared = self
            .prepare_redirects(&command.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        // A read-only variable is an error of the shell, not of a child of it.
        self.writable(&command.assignments)?;
        let run = |shell: &mut Self| {
            let Ok(traced) = shell.assign_temporarily_in_child(&command.assignments) else {
                return shell.status;
            };
            shell.trace(&traced, words);
            if shell.apply_redirects_for_good(&prepared).is_err() {
                return ExitStatus::FAILURE;
            }
            shell.execute_here(path, words)
        };
        if then == Then::End && self.may_be_replaced() {
            self.status = run(self);
            return Err(Divert::Exit);
        }
        if self.may_start_at_once()
            && let Some(flow) = self.start_program(command, words, path, &prepared)
        {
            return flow;
        }
        self.run_foreground(|| print::simple_text(command), run)
    }

    /// Whether a program may be started without a copy of the shell: there is nothing
    /// that the copy would have to change first.
    pub(super) fn may_start_at_once(&self) -> bool {
        !self.has_job_control() && !self.options.interactive && self.traps.is_untouched()
    }

    /// Starts a program at once and waits for it; nothing where it has to be started the
    /// long way, which also says why it cannot be.
    fn start_program(
        &mut self,
        command: &SimpleCommand,
        words: &[BString],
        path: &Path,
        prepared: &[Prepared],
    ) -> Option<Flow> {
        let program = CString::new(path.as_os_str().as_bytes()).ok()?;
        let arguments: Vec<CString> =
            words.iter().map(|word| CString::new(word.as_slice()).ok()).collect::<Option<_>>()?;
        let scope = !command.assignments.is_empty();
        if scope {
            self.variables.push_scope(false);
        }
        let traced = self.assign_temporarily(&command.assignments);
        let environment = self.variables.environment();
        if scope {
            self.variables.pop_scope();
        }
        let traced = match traced {
            Ok(traced) => traced,
            Err(divert) => return Some(Err(divert)),
        };
        self.trace(&traced, words);
        let Ok(saved) = self.apply_redirects(prepared) else {
            self.status = ExitStatus::FAILURE;
            return Some(Ok(()));
        };
        let started = process::start(&program, &arguments, &environment, &[]);
        saved.restore();
        let process = started.ok()?;
        Some(self.wait_for_program(process, || print::simple_text(command)))
    }

    /// Runs a program that was found for `words` (`command name …`).
    pub(crate) fn run_program(&mut self, path: &Path, words: &[BString]) -> Flow {
        self.run_foreground(
            || bstr::join(" ", words).into(),
            |shell| shell.execute_here(path, words),
        )
    }

    /// Runs `body` in a child that is a foreground job of its own.
    pub(super) fn run_foreground(
        &mut self,
        text: impl FnOnce() -> BString,
        body: impl FnOnce(&mut Self) -> ExitStatus,
    ) -> Flow {
        let attributes = Attributes { group: Group::New, foreground: true, asynchronous: false };
        match self.spawn(&attributes, body) {
            Ok(process) => {
                let group = self.has_job_control().then_some(process);
                let job = self.jobs.add(group, &[process], text(), false);
                self.wait_for_foreground(job)
            }
            Err(error) => Err(self.cannot("fork", error)),
        }
    }

    /// Before a child is made: an assignment to what is read-only gives up the command. Not
    /// in bash's dialect, where the child says so.
    fn writable(&mut self, assignments: &[Assignment]) -> Flow {
        if !self.posix {
            return Ok(());
        }
        let fixed = assignments.iter().find(|assignment| {
            self.variables.variable(&assignment.name).is_some_and(|variable| variable.read_only)
        });
        match fixed {
            Some(assignment) => {
                Err(self.expansion_error(&ReadOnly(assignment.name.clone()).into()))
            }
            None => Ok(()),
        }
    }

    fn assign_temporarily_in_child(
        &mut self,
        assignments: &[Assignment],
    ) -> Result<Vec<(BString, BString)>, Divert> {
        self.variables.push_scope(false);
        self.assign_temporarily(assignments)
    }

    /// Whether a program may take the place of this process: nothing is left to
    /// do after it.
    fn may_be_replaced(&self) -> bool {
        !self.traps_on_exit()
            && !self.has_job_control()
            && !self.options.interactive
            && self.jobs.is_empty()
            && self.return_depth == 0
            && !self.traps.catch_any()
    }

    /// A name that nothing can be executed for: redirections are made all the
    /// same, and the message goes where they send it (XCU 2.9.1.4).
    fn no_program(
        &mut self,
        command: &SimpleCommand,
        words: &[BString],
        reason: &str,
        status: ExitStatus,
    ) -> Flow {
        let prepared = self
            .prepare_redirects(&command.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        self.variables.push_scope(false);
        let traced = self.assign_temporarily(&command.assignments);
        self.variables.pop_scope();
        let traced = traced?;
        let Ok(saved) = self.apply_redirects(&prepared) else {
            self.status = ExitStatus::FAILURE;
            return Ok(());
        };
        self.trace(&traced, words);
        self.report([words[0].as_slice(), b": ", reason.as_bytes()].concat());
        saved.restore();
        self.status = status;
        Ok(())
    }

    /// [`Shell::execute`] in the shell's own environment.
    fn execute_here(&mut self, path: &Path, words: &[BString]) -> ExitStatus {
        let environment = self.variables.environment();
        self.execute(path, words, &environment)
    }

    /// Replaces this process by a program; returns only when that failed, with
    /// the status that says why.
    pub(crate) fn execute(
        &mut self,
        path: &Path,
        words: &[BString],
        environment: &[CString],
    ) -> ExitStatus {
        let c_string = |bytes: &[u8]| CString::new(bytes).unwrap_or_default();
        let mut arguments: Vec<CString> = words.iter().map(|word| c_string(word)).collect();
        let program = c_string(path.as_os_str().as_bytes());
        let before = self.traps.hand_over();
        let error = process::execute(&program, &arguments, environment);
        if error == Errno::ENOEXEC && !looks_binary(path) {
            // A file without `#!` is a script of the shell (XCU 2.9.1.6).
            if let Ok(own) = std::env::current_exe() {
                arguments.insert(1, program.clone());
                arguments[0] = c_string(b"llmsh");
                process::execute(&c_string(own.as_os_str().as_bytes()), &arguments, environment);
            }
        }
        Traps::take_back(before);
        self.report([words[0].as_slice(), b": ", message(error).as_bytes()].concat());
        match error {
            Errno::ENOENT | Errno::ENOTDIR => ExitStatus::NOT_FOUND,
            _ => ExitStatus::NOT_EXECUTABLE,
        }
    }
}

/// Whether the file's first line cannot be text: a foreign binary is no script.
fn looks_binary(path: &Path) -> bool {
    use std::io::Read;
    let mut start = [0; 256];
    let count = std::fs::File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    let line = start[..count].split(|byte| *byte == b'\n').next().unwrap_or_default();
    line.contains(&0)
}

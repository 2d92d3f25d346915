//! Pipelines (XCU 2.9.2): statuses, `set -e`, the ERR trap, and the processes.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;

use bstr::BString;

use super::spawn::{Attributes, Group};
use super::{Located, Then};
use crate::exit_status::ExitStatus;
use crate::job::Table;
use crate::shell::option::Opt;
use crate::shell::shopt::Shopt;
use crate::shell::syntax::{Command, CompoundKind, Pipeline};
use crate::shell::{Divert, Flow, Shell, print};
use crate::system::descriptor::{self, Descriptor};
use crate::system::process::{self, ProcessId};

impl Shell {
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline, then: Then) -> Flow {
        match pipeline.timed {
            Some(timing) => self.timed(timing, |shell| shell.negatable(pipeline, Then::Continue)),
            None => self.negatable(pipeline, then),
        }
    }

    fn negatable(&mut self, pipeline: &Pipeline, then: Then) -> Flow {
        if pipeline.negated {
            self.condition(|shell| shell.commands(pipeline, Then::Continue))?;
            self.status =
                if self.status.is_success() { ExitStatus::FAILURE } else { ExitStatus::SUCCESS };
            return Ok(());
        }
        self.commands(pipeline, then)?;
        self.check_failure(pipeline)
    }

    /// `set -e` and the ERR trap: a failing simple command, subshell or pipeline ends the
    /// shell; within other compound commands the failure was judged where it happened.
    fn check_failure(&mut self, pipeline: &Pipeline) -> Flow {
        if self.status.is_success() || self.condition_depth > 0 {
            return Ok(());
        }
        let judged = match pipeline.commands.as_slice() {
            [Command::Simple(_)] => true,
            [Command::Compound(compound)] => matches!(
                compound.kind,
                CompoundKind::Subshell(_) | CompoundKind::Test(_) | CompoundKind::Arithmetic(_)
            ),
            [_] => false,
            _ => true,
        };
        if !judged {
            return Ok(());
        }
        self.run_error_trap()?;
        if self.errexit_is_off() { Ok(()) } else { Err(Divert::Exit) }
    }

    fn commands(&mut self, pipeline: &Pipeline, then: Then) -> Flow {
        match pipeline.commands.as_slice() {
            [command] => {
                let flow = self.command(command, then);
                // Commands in it have had pipelines of their own.
                self.sources.pipeline = None;
                flow
            }
            commands if self.runs_last_here() => self.pipeline_ending_here(commands),
            commands => {
                let job =
                    self.start_pipeline(commands, false, || print::pipeline_text(pipeline))?;
                self.wait_for_foreground(job)
            }
        }
    }

    /// Whether the last command of a pipeline runs in the shell (`shopt -s lastpipe`).
    fn runs_last_here(&self) -> bool {
        self.shopts.is_on(Shopt::LastPipe) && !self.has_job_control() && !self.posix
    }

    /// A pipeline whose last command runs in this process.
    fn pipeline_ending_here(&mut self, commands: &[Command]) -> Flow {
        let Some((last, before)) = commands.split_last() else { return Ok(()) };
        let (processes, input) = self.start_processes(before, true, false)?;
        let saved = descriptor::duplicate_private(descriptor::STDIN).ok();
        if let Some(input) = input {
            let _ = descriptor::move_to(input, descriptor::STDIN);
        }
        let flow = self.command(last, Then::Continue);
        match saved {
            Some(saved) => {
                let _ = descriptor::duplicate_to(saved, descriptor::STDIN);
                descriptor::close(saved);
            }
            None => descriptor::close(descriptor::STDIN),
        }
        let own = self.status;
        let job = self.jobs.add(None, &processes, BString::default(), false);
        let waited = self.wait_for_foreground(job);
        let mut statuses = self.sources.pipeline.take().unwrap_or_default();
        statuses.push(u8::try_from(own.0 & 0xff).unwrap_or(u8::MAX));
        self.sources.pipeline = Some(statuses);
        if own.is_success() && self.options.is_on(Opt::PipeFail) {
            // The job's status stands.
        } else {
            self.status = own;
        }
        flow.and(waited)
    }

    /// Starts the commands of a pipeline, each in a process of its own, as one
    /// job; returns the job's number.
    pub(super) fn start_pipeline(
        &mut self,
        commands: &[Command],
        background: bool,
        text: impl FnOnce() -> BString,
    ) -> Result<usize, Divert> {
        let (processes, _) = self.start_processes(commands, false, background)?;
        let group = self.has_job_control().then(|| processes[0]);
        Ok(self.jobs.add(group, &processes, text(), background))
    }

    /// Starts the commands; with `open` the output of the last one is a pipe, too, whose
    /// other end is returned.
    fn start_processes(
        &mut self,
        commands: &[Command],
        open: bool,
        background: bool,
    ) -> Result<(Vec<ProcessId>, Option<Descriptor>), Divert> {
        let mut processes: Vec<ProcessId> = Vec::with_capacity(commands.len());
        let mut input = None;
        for (index, command) in commands.iter().enumerate() {
            let pipe = if open || index + 1 < commands.len() {
                match descriptor::pipe() {
                    Ok(pipe) => Some(pipe),
                    Err(error) => return Err(self.cannot("make a pipe", error)),
                }
            } else {
                None
            };
            let attributes = Attributes {
                group: processes.first().map_or(Group::New, |leader| Group::Join(*leader)),
                foreground: !background,
                asynchronous: background,
            };
            let write = pipe.map(|(_, write)| write);
            if !background && let Some(process) = self.start_piece(command, input, write) {
                if let Some(input) = input.take() {
                    descriptor::close(input);
                }
                if let Some((read, write)) = pipe {
                    descriptor::close(write);
                    input = Some(read);
                }
                processes.push(process);
                continue;
            }
            let jobs = match command {
                Command::Simple(_) => self.jobs_to_show(),
                _ => Table::default(),
            };
            let started = self.spawn(&attributes, |shell| {
                shell.outer_jobs = jobs;
                if let Some(input) = input {
                    let _ = descriptor::move_to(input, descriptor::STDIN);
                }
                if let Some((read, write)) = pipe {
                    descriptor::close(read);
                    let _ = descriptor::move_to(write, descriptor::STDOUT);
                }
                shell.finish(|shell| shell.command(command, Then::End))
            });
            if let Some(input) = input.take() {
                descriptor::close(input);
            }
            if let Some((read, write)) = pipe {
                descriptor::close(write);
                input = Some(read);
            }
            match started {
                Ok(process) => processes.push(process),
                Err(error) => {
                    if let Some(input) = input {
                        descriptor::close(input);
                    }
                    return Err(self.cannot("fork", error));
                }
            }
        }
        Ok((processes, input))
    }

    /// Starts a program of a pipeline without a copy of the shell; nothing where a copy
    /// is needed: for a builtin, or for words that do something.
    fn start_piece(
        &mut self,
        command: &Command,
        input: Option<Descriptor>,
        output: Option<Descriptor>,
    ) -> Option<ProcessId> {
        let Command::Simple(simple) = command else { return None };
        let plain = simple.assignments.is_empty()
            && simple.redirects.is_empty()
            && self.may_start_at_once()
            && !self.options.is_on(Opt::XTrace)
            && simple.words.iter().all(|word| self.word_does_nothing(word));
        if !plain {
            return None;
        }
        let last_word = self.sources.last_word.clone();
        let words = self.command_words(&simple.words);
        self.sources.last_word = last_word;
        let words = words.ok()?;
        let Located::Program(path) = self.locate(words.first()?) else { return None };
        let program = CString::new(path.as_os_str().as_bytes()).ok()?;
        let arguments: Vec<CString> =
            words.iter().map(|word| CString::new(word.as_slice()).ok()).collect::<Option<_>>()?;
        let moves = [(input, descriptor::STDIN), (output, descriptor::STDOUT)];
        let moves: Vec<(Descriptor, Descriptor)> =
            moves.into_iter().filter_map(|(from, to)| Some((from?, to))).collect();
        process::start(&program, &arguments, &self.variables.environment(), &moves).ok()
    }
}

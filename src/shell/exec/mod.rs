//! Execution (XCU 2.9): lists, pipelines, and where every command begins.
//!
//! Every function leaves the exit status in [`Shell::status`] and says with
//! [`Flow`] whether execution goes on.

mod compound;
mod pipeline;
mod redirect;
mod search;
mod simple;
pub mod spawn;
mod substitution;
mod test;
mod timing;
pub mod wait;
mod words;

pub(crate) use redirect::is_descriptor;
pub use search::Located;
pub(crate) use search::search;

use self::spawn::{Attributes, Group};
use super::option::Opt;
use super::parser::{self, Parser, SyntaxError};
use super::shopt::Shopt;
use super::syntax::{AndOr, Command, Connector, List};
use super::{Divert, Flow, Shell, lexer, print};
use crate::exit_status::ExitStatus;
use crate::system::descriptor;

/// How deep functions, dot scripts, `eval` and traps may nest, besides the bound
/// that the stack sets: each level may fork.
const MAX_NESTING: usize = 1000;

/// Whether the process ends after a command, so that the last program may take
/// its place instead of becoming a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// The shell goes on.
    Continue,
    /// The process ends with the command's status.
    End,
}

impl Shell {
    /// Executes commands from `text`, as `eval` and traps do. A syntax error is
    /// reported and gives up the command with status 2.
    pub fn evaluate(&mut self, text: &[u8], first_line: u32) -> Flow {
        let mut parser =
            Parser::new(Box::new(lexer::TextSource::new(text))).with_first_line(first_line);
        self.run_parser(&mut parser, Then::Continue)
    }

    /// Executes complete commands one by one as they are read.
    pub(crate) fn run_parser(&mut self, parser: &mut Parser<'_>, then: Then) -> Flow {
        let mut executed = false;
        parser.share_stack(self.stack);
        self.enter(|shell| {
            loop {
                parser.echo(shell.options.is_on(Opt::Verbose));
                parser.take_requests(shell.takes_requests());
                parser.set_dialect(shell.dialect());
                match parser.next_command(&shell.aliases) {
                    Ok(Some(list)) => {
                        executed = true;
                        let then = if then == Then::End && parser.at_end() {
                            Then::End
                        } else {
                            Then::Continue
                        };
                        match shell.list(&list, then) {
                            // What follows on other lines is not given up with it (bash).
                            Err(Divert::Discard) if !shell.posix => {}
                            flow => flow?,
                        }
                    }
                    Ok(None) => {
                        if !executed {
                            shell.status = ExitStatus::SUCCESS;
                        }
                        return Ok(());
                    }
                    // In `eval`, a dot script or a trap it is the failure of that (bash).
                    Err(error) if !shell.posix && shell.nesting > 1 => {
                        let _ = shell.syntax_error(&error);
                        shell.status = ExitStatus::FAILURE;
                        return Ok(());
                    }
                    Err(error) => return shell.syntax_error(&error),
                }
            }
        })
    }

    /// Which forms the parser reads now.
    pub(crate) fn dialect(&self) -> parser::Dialect {
        parser::Dialect { posix: self.posix, extended_patterns: self.shopts.is_on(Shopt::ExtGlob) }
    }

    /// Reports a syntax error; the shell gives up (XCU 2.8.1).
    pub(crate) fn syntax_error(&mut self, error: &SyntaxError) -> Flow {
        self.line = error.span.line;
        self.report(&error.message);
        self.status = ExitStatus::USAGE;
        Err(Divert::Abort)
    }

    /// Parses all of `text`; used where a program is needed as a whole.
    ///
    /// # Errors
    /// The syntax error.
    pub fn parse(&self, text: &[u8]) -> Result<List, SyntaxError> {
        parser::parse(text, &self.aliases)
    }

    /// Counts nested evaluations around `body`.
    fn enter(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        if self.nesting >= MAX_NESTING || self.stack.is_low() {
            return Err(self.nested_too_deeply());
        }
        self.nesting += 1;
        let flow = body(self);
        self.nesting -= 1;
        flow
    }

    /// Reports that there is no room for another level; the command is given up.
    pub(crate) fn nested_too_deeply(&mut self) -> Divert {
        self.report("too many nested commands, function calls, dot scripts or evals");
        self.status = ExitStatus::FAILURE;
        Divert::Abort
    }

    /// Executes commands that have been parsed already: a step of a plan.
    pub fn run_list(&mut self, list: &List) -> Flow {
        self.list(list, Then::Continue)
    }

    /// Executes a list.
    pub(crate) fn list(&mut self, list: &List, then: Then) -> Flow {
        let last = list.items.len().saturating_sub(1);
        for (index, and_or) in list.items.iter().enumerate() {
            if self.options.is_on(Opt::NoExec) && !self.options.interactive {
                return Ok(());
            }
            let then = if index == last { then } else { Then::Continue };
            if and_or.background {
                self.background(and_or)?;
            } else {
                self.and_or(and_or, then)?;
            }
            self.run_pending_traps()?;
        }
        Ok(())
    }

    /// Executes `body` with `set -e` ignored, as in conditions.
    fn condition(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.condition_depth += 1;
        let flow = body(self);
        self.condition_depth -= 1;
        flow
    }

    fn and_or(&mut self, and_or: &AndOr, then: Then) -> Flow {
        let count = and_or.rest.len();
        if count == 0 {
            return self.pipeline(&and_or.first, then);
        }
        self.condition(|shell| shell.pipeline(&and_or.first, Then::Continue))?;
        for (index, (connector, pipeline)) in and_or.rest.iter().enumerate() {
            let runs = match connector {
                Connector::And => self.status.is_success(),
                Connector::Or => !self.status.is_success(),
            };
            if !runs {
                continue;
            }
            if index + 1 == count {
                self.pipeline(pipeline, then)?;
            } else {
                self.condition(|shell| shell.pipeline(pipeline, Then::Continue))?;
            }
        }
        Ok(())
    }

    /// Executes one command in this process (programs in a child, unless the
    /// process ends with it).
    pub(crate) fn command(&mut self, command: &Command, then: Then) -> Flow {
        match command {
            Command::Simple(simple) => self.simple(simple, then),
            Command::Compound(compound) => self.compound(compound, then),
            Command::Function(definition) => {
                if self.read_only_functions.contains(&definition.name) {
                    self.report(format!("{}: readonly function", definition.name));
                    self.status = ExitStatus::FAILURE;
                    return Ok(());
                }
                self.functions.insert(definition.name.clone(), definition.body.clone());
                if !self.posix {
                    let place = (self.source_file(), definition.span.line);
                    self.function_places.insert(definition.name.clone(), place);
                }
                if self.options.is_on(Opt::HashAll) {
                    self.locate_programs_within(&definition.body);
                }
                self.status = ExitStatus::SUCCESS;
                Ok(())
            }
        }
    }

    /// Starts an and-or list that ends in `&`.
    fn background(&mut self, and_or: &AndOr) -> Flow {
        // Without the `&`: the job may yet be brought to the foreground.
        let text = || {
            let text = print::and_or_text(and_or);
            text.strip_suffix(b" &").map_or_else(|| text.clone(), bstr::BString::from)
        };
        if and_or.rest.is_empty() && self.is_job_notation(&text()) {
            return self.evaluate(&[b"bg ", text().as_slice()].concat(), self.line);
        }
        let number = if and_or.rest.is_empty() && !and_or.first.negated {
            self.start_pipeline(&and_or.first.commands, true, text)?
        } else {
            let attributes =
                Attributes { group: Group::New, foreground: false, asynchronous: true };
            let started = self
                .spawn(&attributes, |shell| shell.finish(|shell| shell.and_or(and_or, Then::End)));
            match started {
                Ok(process) => {
                    let group = self.has_job_control().then_some(process);
                    self.jobs.add(group, &[process], text(), true)
                }
                Err(error) => return Err(self.cannot("fork", error)),
            }
        };
        self.last_background =
            self.jobs.get(number).and_then(|job| job.processes.last()).map(|process| process.id);
        if self.options.interactive && !self.is_subshell {
            let id = self.last_background.unwrap_or_default();
            let _ =
                descriptor::write_all(descriptor::STDERR, format!("[{number}] {id}\n").as_bytes());
        }
        self.status = ExitStatus::SUCCESS;
        self.forget_old_jobs();
        Ok(())
    }

    /// Reports that the system refused something the shell needs; the command
    /// is given up.
    fn cannot(&mut self, what: &str, error: crate::system::Errno) -> Divert {
        self.report(format!("cannot {what}: {}", crate::system::message(error)));
        self.status = ExitStatus::FAILURE;
        Divert::Abort
    }

    /// Runs `body` as the last thing of this process: the EXIT trap runs, and
    /// the status is returned.
    pub(crate) fn finish(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> ExitStatus {
        // However it was left, the process ends with the status.
        let _ = body(self);
        self.run_exit_trap();
        self.status
    }
}

//! The interactive shell without a line editor: signals, job control, and the
//! loop over prompts and commands. An error ends the command, not the shell
//! (XCU 2.8.1).

use std::io;

use bstr::BString;

use super::exec::Then;
use super::input::LineReader;
use super::option::Opt;
use super::parser::{Parser, Source};
use super::{Divert, Flow, Shell};
use crate::exit_status::ExitStatus;
use crate::system::{Errno, descriptor, process, signal, terminal};

/// How often end of input is refused in a row under `set -o ignoreeof`.
const IGNORED_ENDS: usize = 50;

impl Shell {
    /// Makes the shell interactive: it survives SIGINT, SIGTERM and SIGQUIT
    /// (XCU 2.12), and job control is on if there is a terminal for it.
    pub fn become_interactive(&mut self) {
        self.become_interactive_with(true);
    }

    /// SIGINT no longer ends the shell; it gives up the command instead. For a
    /// shell that answers a request at a terminal without being interactive.
    pub fn survive_interrupts(&mut self) {
        self.traps.set_own(signal::SIGINT, signal::Disposition::Catch);
    }

    pub(crate) fn become_interactive_with(&mut self, job_control: bool) {
        use signal::Disposition::Ignore;
        if self.options.interactive {
            return;
        }
        self.options.interactive = true;
        self.traps.become_interactive();
        self.survive_interrupts();
        self.traps.set_own(signal::SIGTERM, Ignore);
        self.traps.set_own(signal::SIGQUIT, Ignore);
        if job_control {
            self.set_job_control(true);
        }
    }

    /// Reads commands from standard input, with prompts on standard error, and
    /// executes them until the end of input or `exit`.
    pub fn converse(&mut self) -> Flow {
        let mut ends = 0;
        loop {
            self.notify();
            let source = PromptedSource {
                first: self.expanded_prompt(b"PS1"),
                second: self.expanded_prompt(b"PS2"),
                verbose: self.options.is_on(Opt::Verbose),
            };
            let mut parser = Parser::new(Box::new(source));
            parser.take_requests(self.takes_requests());
            let command = parser.next_command(&self.aliases);
            if signal::take(signal::SIGINT) {
                // The line that was being typed is forgotten.
                let _ = descriptor::write_all(descriptor::STDERR, b"\n");
                self.status = ExitStatus::from_signal(signal::SIGINT);
                continue;
            }
            let flow = match command {
                Ok(Some(list)) => {
                    // A warning of stopped jobs holds for the line after it.
                    let warned = self.warned_of_jobs;
                    let flow = self.list(&list, Then::Continue);
                    self.warned_of_jobs &= !warned;
                    flow
                }
                Ok(None) => {
                    ends += 1;
                    let refused = self.options.is_on(Opt::IgnoreEof)
                        && terminal::is_terminal(descriptor::STDIN)
                        && ends < IGNORED_ENDS;
                    if !refused {
                        // At a terminal, Ctrl-D leaves as `exit` does: not without
                        // a warning while jobs are stopped.
                        if !terminal::is_terminal(descriptor::STDIN)
                            || self.evaluate(b"exit", 1) == Err(Divert::Exit)
                        {
                            return Ok(());
                        }
                        continue;
                    }
                    self.report("use \"exit\" to leave the shell");
                    continue;
                }
                Err(error) => self.syntax_error(&error),
            };
            ends = 0;
            if flow == Err(Divert::Exit) {
                return flow;
            }
        }
    }

    /// Turns job control on or off (XCU 2.11). An interactive shell needs a
    /// terminal for it, waits until it is in the foreground and then leads its
    /// own group; a script hands the terminal to its jobs if it has it.
    pub(crate) fn set_job_control(&mut self, on: bool) {
        use signal::Disposition::{Default, Ignore};
        let stops = [signal::SIGTSTP, signal::SIGTTIN, signal::SIGTTOU];
        if !on {
            self.options.set(Opt::Monitor, false);
            for signal in stops {
                self.traps.set_own(signal, Default);
            }
            return;
        }
        if !self.options.interactive {
            self.options.set(Opt::Monitor, true);
            self.lend_terminal();
            return;
        }
        if self.has_job_control() && self.terminal.is_some() {
            return;
        }
        let Some(tty) = standard_terminal() else { return };
        while let Ok(foreground) = terminal::foreground(tty) {
            if foreground == process::group() {
                break;
            }
            // A parent shell that has us in the background continues us later.
            if signal::send(0, signal::SIGTTIN).is_err() {
                break;
            }
        }
        for signal in stops {
            self.traps.set_own(signal, Ignore);
        }
        // A session leader leads its group already.
        let _ = process::set_group(0, process::id());
        if terminal::set_foreground(tty, process::group()).is_err() {
            self.report("no job control: this is not the controlling terminal");
            descriptor::close(tty);
            for signal in stops {
                self.traps.set_own(signal, Default);
            }
            return;
        }
        self.modes = terminal::modes(tty).ok();
        self.terminal = Some(tty);
        self.options.set(Opt::Monitor, true);
    }

    /// A script in the foreground gives the terminal to its foreground jobs;
    /// groups for background jobs are useful without a terminal, too.
    fn lend_terminal(&mut self) {
        if self.terminal.is_some() {
            return;
        }
        let controlling = || descriptor::open_private(b"/dev/tty").ok();
        let Some(tty) = standard_terminal().or_else(controlling) else { return };
        if terminal::foreground(tty) == Ok(process::group()) {
            self.modes = terminal::modes(tty).ok();
            self.terminal = Some(tty);
        } else {
            descriptor::close(tty);
        }
    }
}

/// A private copy of the standard descriptor that is a terminal.
fn standard_terminal() -> Option<descriptor::Descriptor> {
    [descriptor::STDERR, descriptor::STDIN, descriptor::STDOUT]
        .into_iter()
        .find(|number| terminal::is_terminal(*number))
        .and_then(|number| descriptor::duplicate_private(number).ok())
}

/// Standard input with a prompt before each line.
#[derive(Debug)]
struct PromptedSource {
    first: BString,
    second: BString,
    verbose: bool,
}

impl Source for PromptedSource {
    fn next_line(&mut self, continuation: bool) -> io::Result<Option<BString>> {
        let prompt = if continuation { &self.second } else { &self.first };
        let _ = descriptor::write_all(descriptor::STDERR, prompt);
        let mut interrupted = || signal::is_pending(signal::SIGINT).then_some(signal::SIGINT);
        match LineReader::new(descriptor::STDIN).read_until(b'\n', &mut interrupted) {
            Ok(line) => {
                if self.verbose {
                    let _ = descriptor::write_all(descriptor::STDERR, &line);
                }
                Ok((!line.is_empty()).then_some(line))
            }
            Err(Errno::EINTR) => Ok(None),
            Err(error) => Err(io::Error::from_raw_os_error(error as i32)),
        }
    }
}

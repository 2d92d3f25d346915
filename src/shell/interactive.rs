//! The interactive shell: signals, job control, and the one loop over prompts and
//! commands, wherever these come from. An error ends the command, not the shell
//! (XCU 2.8.1).

use std::io;

use bstr::BString;

use super::exec::Then;
use super::input::LineReader;
use super::option::Opt;
use super::parser::{Parser, Source, SyntaxError};
use super::syntax::List;
use super::{Divert, Flow, Shell};
use crate::exit_status::ExitStatus;
use crate::rescue;
use crate::system::{Errno, descriptor, process, signal, terminal, terminal_input};

/// How often end of input is refused in a row under `set -o ignoreeof`.
const IGNORED_ENDS: usize = 10;

/// After so many failures in a row without a line that ran, this shell is of no use.
const MOST_FAILURES: usize = 5;

/// Where the commands of an interactive shell come from.
pub trait Lines {
    /// Shows the prompt and waits for a command, which is kept for [`Lines::run`].
    fn read(&mut self, shell: &mut Shell) -> Read;
    /// Runs what was read last.
    ///
    /// # Errors
    /// What ended it.
    fn run(&mut self, shell: &mut Shell) -> Flow;
}

/// What came of asking for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// There is one.
    Line,
    /// Ctrl-C: what was typed is forgotten.
    Interrupted,
    /// End of input.
    End,
}

impl Shell {
    /// Makes the dispositions and the mask of this process what a shell needs,
    /// whatever its parent left: it waits for children, and signals reach it.
    pub fn own_signals(&mut self) {
        self.traps.own_children();
        signal::unblock_all();
    }

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

    /// The interactive shell: prompt, command, and again, until the end of input or
    /// `exit`. A failure of llmsh itself ends the command and not the shell.
    ///
    /// # Errors
    /// `exit`.
    pub fn converse(&mut self, lines: &mut dyn Lines) -> Flow {
        let (mut ends, mut failures) = (0, 0);
        loop {
            match rescue::attempt(|| self.turn(lines)) {
                Ok(Err(Divert::Exit)) => return Err(Divert::Exit),
                Ok(Ok(Read::End)) => {
                    ends += 1;
                    if self.leaves_at_end(ends) {
                        return Ok(());
                    }
                    continue;
                }
                Ok(_) => failures = 0,
                Err(failure) => {
                    self.recover();
                    failures += 1;
                    if failures == MOST_FAILURES {
                        failure.tell("llmsh cannot go on, and becomes /bin/sh");
                        self.traps.hand_over();
                        self.status = rescue::become_sh(&["sh".into(), "-i".into()]);
                        return Err(Divert::Exit);
                    }
                    failure.tell("the command was given up and the shell goes on");
                }
            }
            ends = 0;
        }
    }

    /// One prompt and what is entered at it.
    fn turn(&mut self, lines: &mut dyn Lines) -> Result<Read, Divert> {
        self.notify();
        rescue::begin();
        self.run_before_prompt()?;
        match lines.read(self) {
            Read::Line => {
                let warned = self.warned_of_jobs;
                let flow = lines.run(self);
                // Ctrl-C has done its work; it does not count for the next line.
                signal::take(signal::SIGINT);
                // A warning of stopped jobs holds for the line after it.
                self.warned_of_jobs &= !warned;
                flow.map(|()| Read::Line)
            }
            Read::Interrupted => {
                self.status = ExitStatus::from_signal(signal::SIGINT);
                Ok(Read::Interrupted)
            }
            Read::End => Ok(Read::End),
        }
    }

    /// Whether end of input ends the shell. At a terminal Ctrl-D leaves as `exit`
    /// does: not without a warning while jobs are stopped, and under `set -o
    /// ignoreeof` only if it comes again and again.
    fn leaves_at_end(&mut self, ends: usize) -> bool {
        if !terminal::is_terminal(descriptor::STDIN) {
            return true;
        }
        if self.options.is_on(Opt::IgnoreEof) && ends < IGNORED_ENDS {
            self.report("use \"exit\" to leave the shell");
            return false;
        }
        self.evaluate(b"exit", 1) == Err(Divert::Exit)
    }

    /// Puts the state in order after a failure at an unknown place: nothing is being
    /// run any more, and the terminal is the shell's.
    fn recover(&mut self) {
        self.status = ExitStatus::INTERNAL;
        self.nesting = 0;
        self.loop_depth = 0;
        self.return_depth = 0;
        self.condition_depth = 0;
        self.substitution_status = None;
        self.keep_redirects = false;
        self.status_before_trap = None;
        self.traps.end_running();
        self.variables.pop_all_scopes();
        signal::unblock_all();
        if let Some(tty) = self.terminal {
            // The terminal may be gone, which the next prompt will find out.
            let _ = terminal::set_foreground(tty, process::group());
            if let Some(modes) = &self.modes {
                let _ = terminal::set_modes(tty, modes);
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

/// Commands from standard input as they are typed, without a line editor.
#[derive(Debug, Default)]
pub struct PlainLines {
    entered: Option<Result<List, SyntaxError>>,
}

impl Lines for PlainLines {
    fn read(&mut self, shell: &mut Shell) -> Read {
        let source = PromptedSource {
            first: shell.expanded_prompt(b"PS1"),
            second: shell.expanded_prompt(b"PS2"),
            verbose: shell.options.is_on(Opt::Verbose),
        };
        let mut parser = Parser::new(Box::new(source));
        parser.take_requests(shell.takes_requests());
        let command = parser.next_command(&shell.aliases);
        if signal::take(signal::SIGINT) {
            let _ = descriptor::write_all(descriptor::STDERR, b"\n");
            return Read::Interrupted;
        }
        self.entered = command.transpose();
        if self.entered.is_some() { Read::Line } else { Read::End }
    }

    fn run(&mut self, shell: &mut Shell) -> Flow {
        match self.entered.take() {
            Some(Ok(list)) => {
                shell.show_before_command();
                shell.list(&list, Then::Continue)
            }
            Some(Err(error)) => shell.syntax_error(&error),
            None => Ok(()),
        }
    }
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
        // What was typed before a question is seen as if it were typed now.
        let ahead = terminal_input::take_aside();
        let _ = descriptor::write_all(descriptor::STDERR, ahead.as_bytes());
        if ahead.ends_with('\n') {
            return Ok(Some(ahead.into()));
        }
        let mut interrupted = || signal::is_pending(signal::SIGINT).then_some(signal::SIGINT);
        match LineReader::new(descriptor::STDIN).read_until(b'\n', &mut interrupted) {
            Ok(line) => {
                if self.verbose {
                    let _ = descriptor::write_all(descriptor::STDERR, &line);
                }
                let line = BString::from([ahead.as_bytes(), &line].concat());
                Ok((!line.is_empty()).then_some(line))
            }
            Err(Errno::EINTR) => Ok(None),
            Err(error) => Err(io::Error::from_raw_os_error(error as i32)),
        }
    }
}

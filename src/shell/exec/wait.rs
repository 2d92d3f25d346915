//! The one place that waits, and what follows a job's end.

use bstr::BString;

use crate::exit_status::ExitStatus;
use crate::job::{Halt, Job, ProcessState, Table};
use crate::shell::option::Opt;
use crate::shell::{Divert, Flow, Shell};
use crate::system::descriptor;
use crate::system::process::{self, Change, ProcessId};
use crate::system::signal::{self, Disposition};
use crate::system::{Errno, terminal};

/// How many ended background jobs are remembered for `wait`.
const REMEMBERED: usize = 1024;

/// What a look at the children brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Collected {
    Change,
    Nothing,
    NoChildren,
}

/// Whether a command was ended by a signal, or tells of one that was (XCU 2.8.2).
fn was_killed(status: ExitStatus) -> bool {
    (129..=192).contains(&status.0)
}

impl Shell {
    /// Lets `waitpid` update the table; with `block` it sleeps until a child
    /// changed or a signal came.
    fn collect(&mut self, block: bool) -> Collected {
        // Stops are reported only under job control; else a stopped child is
        // waited for until it goes on, as XCU 2.11 has it.
        match process::wait(None, block, self.has_job_control()) {
            Ok(Some((id, change))) => {
                self.jobs.record(id, change);
                Collected::Change
            }
            Ok(None) | Err(Errno::EINTR) => Collected::Nothing,
            Err(_) => Collected::NoChildren,
        }
    }

    /// Records every change of children there has been, without waiting. False
    /// when there are no children.
    pub(crate) fn collect_all(&mut self) -> bool {
        loop {
            match self.collect(false) {
                Collected::Change => {}
                Collected::Nothing => return true,
                Collected::NoChildren => return false,
            }
        }
    }

    /// Waits for a child that is no job: a command substitution.
    pub(crate) fn wait_for_child(&mut self, child: ProcessId) -> ExitStatus {
        let status = loop {
            match process::wait(Some(child), true, false) {
                Ok(Some((_, Change::Exited(status)))) => break ExitStatus(status),
                Ok(Some((_, Change::Signaled(signal, _)))) => {
                    break ExitStatus::from_signal(signal);
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => return ExitStatus::NOT_FOUND,
            }
        };
        if was_killed(status) {
            self.tidy_terminal(false);
        }
        status
    }

    /// Waits for a program that is no job, and says which signal ended it.
    pub(super) fn wait_for_program(
        &mut self,
        process: ProcessId,
        text: impl FnOnce() -> BString,
    ) -> Flow {
        loop {
            match process::wait(Some(process), true, false) {
                Ok(Some((_, Change::Exited(status)))) => {
                    self.status = ExitStatus(status);
                    self.tidy_terminal(!was_killed(self.status));
                    return Ok(());
                }
                Ok(Some((_, Change::Signaled(signal, core)))) => {
                    self.status = ExitStatus::from_signal(signal);
                    self.tidy_terminal(false);
                    return self.report_signal(Halt::Signaled { signal, core }, text);
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(_) => {
                    self.status = ExitStatus::NOT_FOUND;
                    return Ok(());
                }
            }
        }
    }

    /// Waits until a foreground job ended or stopped, and takes the terminal
    /// back. The status is the job's.
    pub(crate) fn wait_for_foreground(&mut self, number: usize) -> Flow {
        while self.jobs.get(number).is_some_and(|job| job.state() == ProcessState::Running) {
            if self.collect(true) == Collected::NoChildren {
                break;
            }
        }
        let Some(job) = self.jobs.get(number) else { return Ok(()) };
        let state = job.state();
        let statuses: Vec<u8> =
            job.statuses().map(|one| u8::try_from(one.0 & 0xff).unwrap_or(u8::MAX)).collect();
        self.status = self.job_status(job);
        self.sources.pipeline = Some(statuses).filter(|statuses| statuses.len() > 1);
        self.take_terminal(number);
        match state {
            ProcessState::Halted(Halt::Stopped(_)) => {
                if let Some(job) = self.jobs.get_mut(number) {
                    job.background = true;
                    job.changed = false;
                }
                self.jobs.touch(number);
                if self.options.interactive {
                    let line =
                        self.jobs.get(number).map(|job| self.describe(job)).unwrap_or_default();
                    let _ = descriptor::write_all(
                        descriptor::STDERR,
                        &[b"\n", line.as_slice(), b"\n"].concat(),
                    );
                }
                Ok(())
            }
            ProcessState::Halted(halt) => {
                let text = self.jobs.remove(number).map(|job| job.text).unwrap_or_default();
                self.report_signal(halt, || text)
            }
            ProcessState::Running => Ok(()),
        }
    }

    /// The status of a halted job: of its last process, or under `pipefail` of
    /// the last one that failed.
    pub(crate) fn job_status(&self, job: &Job) -> ExitStatus {
        if self.options.is_on(Opt::PipeFail)
            && let Some(failed) = job.statuses().rev().find(|status| !status.is_success())
        {
            return failed;
        }
        job.status().unwrap_or_default()
    }

    fn take_terminal(&mut self, number: usize) {
        let Some(terminal) = self.terminal else { return };
        let stopped = self.jobs.get(number).is_some_and(Job::is_stopped);
        let killed = self.jobs.get(number).is_some_and(|job| job.statuses().any(was_killed));
        if stopped && let Some(job) = self.jobs.get_mut(number) {
            job.modes = terminal::modes(terminal).ok();
        }
        if self.has_job_control() {
            let _ = terminal::set_foreground(terminal, process::group());
        }
        self.tidy_terminal(!stopped && !killed);
    }

    /// Behind a command, in a shell that has a terminal and is in its foreground: the modes
    /// that it left are the shell's from now on, if it ended by itself and may have meant them
    /// (stty). One that was stopped or killed had no chance to tidy up, so that those of
    /// before come back.
    fn tidy_terminal(&mut self, ended: bool) {
        let Some(terminal) = self.terminal.filter(|_| !self.is_subshell) else { return };
        if terminal::foreground(terminal) != Ok(process::group()) {
            return;
        }
        match &self.modes {
            Some(modes) if !ended => {
                let _ = terminal::set_modes(terminal, modes);
            }
            _ => self.modes = terminal::modes(terminal).ok(),
        }
    }

    /// Says which signal ended a foreground job; SIGINT also ends what the
    /// person had typed.
    fn report_signal(&mut self, halt: Halt, job: impl FnOnce() -> BString) -> Flow {
        let Halt::Signaled { signal, core } = halt else { return Ok(()) };
        match signal {
            signal::SIGPIPE => {}
            signal::SIGINT => {
                if self.traps.survives_interrupts() {
                    let _ = descriptor::write_all(descriptor::STDERR, b"\n");
                    return Err(Divert::Interrupt);
                }
            }
            // In a script the status tells of an ordinary signal; that a program
            // crashed deserves a message even there.
            _ if !self.options.interactive && !CRASHES.contains(&signal) => {}
            _ => {
                let core = if core { " (core dumped)" } else { "" };
                let mut text = format!("{}{core}", describe_signal(signal));
                if !self.options.interactive {
                    text.push_str(&format!(": {}", job()));
                }
                let _ = descriptor::write_all(descriptor::STDERR, format!("{text}\n").as_bytes());
            }
        }
        Ok(())
    }

    /// Waits until a background job ended, for the `wait` builtin. A signal that
    /// has a trap ends the waiting: `Err` with the status.
    pub(crate) fn wait_for_background(
        &mut self,
        done: impl Fn(&Self) -> bool,
    ) -> Result<(), ExitStatus> {
        let before = signal::get(signal::SIGCHLD).unwrap_or(Disposition::Default);
        if before == Disposition::Default {
            let _ = signal::set(signal::SIGCHLD, Disposition::Catch);
        }
        let hold = signal::Hold::new();
        let result = loop {
            let children = self.collect_all();
            if !children || done(self) {
                break Ok(());
            }
            if let Some(signal) = self.pending_interruption() {
                break Err(ExitStatus::from_signal(signal));
            }
            hold.sleep();
        };
        drop(hold);
        if before == Disposition::Default {
            let _ = signal::set(signal::SIGCHLD, before);
            if self.traps.get(signal::SIGCHLD).is_none() {
                signal::take(signal::SIGCHLD);
            }
        }
        result
    }

    fn pending_interruption(&self) -> Option<i32> {
        let trapped = self.traps.list().map(|(signal, _)| signal).filter(|signal| *signal > 0);
        let own = self.options.interactive.then_some(signal::SIGINT);
        trapped.chain(own).find(|signal| signal::is_pending(*signal))
    }

    /// Drops the oldest ended jobs beyond what is remembered for `wait`.
    pub(crate) fn forget_old_jobs(&mut self) {
        let done: Vec<usize> =
            self.jobs.iter().filter(|job| job.is_done()).map(|job| job.number).collect();
        for number in done.iter().take(done.len().saturating_sub(REMEMBERED)) {
            self.jobs.remove(*number);
        }
    }

    /// Tells an interactive user which background jobs changed, and forgets
    /// those that ended.
    pub fn notify(&mut self) {
        self.collect_all();
        let changed: Vec<usize> =
            self.jobs.iter().filter(|job| job.changed).map(|job| job.number).collect();
        for number in changed {
            let Some(job) = self.jobs.get(number) else { continue };
            let line = self.describe(job);
            let done = job.is_done();
            let _ = descriptor::write_all(descriptor::STDERR, &[line.as_slice(), b"\n"].concat());
            if let Some(job) = self.jobs.get_mut(number) {
                job.changed = false;
            }
            if done {
                self.jobs.retire(number);
            }
        }
    }

    /// The jobs that can be listed here: its own, else those of the shell around it.
    pub(crate) fn seen_jobs(&self) -> &Table {
        if self.jobs.is_empty() { &self.outer_jobs } else { &self.jobs }
    }

    /// The jobs that a child of this shell may list, though they are none of its own.
    pub(super) fn jobs_to_show(&self) -> Table {
        match (self.posix, self.jobs.is_empty()) {
            (true, _) => Table::default(),
            (false, true) => self.outer_jobs.clone(),
            (false, false) => self.jobs.clone(),
        }
    }

    /// One line of `jobs` (XCU jobs, STDOUT).
    pub(crate) fn describe(&self, job: &Job) -> BString {
        let mark = if self.seen_jobs().current() == Some(job.number) {
            '+'
        } else if self.seen_jobs().previous() == Some(job.number) {
            '-'
        } else {
            ' '
        };
        let state = match job.state() {
            ProcessState::Running => "Running".to_owned(),
            ProcessState::Halted(Halt::Exited(0)) => "Done".to_owned(),
            ProcessState::Halted(Halt::Exited(status)) => format!("Done({status})"),
            ProcessState::Halted(Halt::Stopped(signal::SIGTSTP)) => "Stopped".to_owned(),
            ProcessState::Halted(Halt::Stopped(signal)) => {
                format!("Stopped (SIG{})", signal::name(signal).unwrap_or_default())
            }
            ProcessState::Halted(Halt::Signaled { signal, core }) => {
                format!("{}{}", describe_signal(signal), if core { " (core dumped)" } else { "" })
            }
        };
        let mut line = format!("[{}] {mark} {state:<24}", job.number).into_bytes();
        line.extend_from_slice(&job.text);
        if job.state() == ProcessState::Running {
            line.extend_from_slice(b" &");
        }
        line.into()
    }
}

/// Signals that mean an error in the program they end.
const CRASHES: &[i32] = &[signal::SIGSEGV, signal::SIGBUS, signal::SIGILL, signal::SIGFPE];

/// What people call a signal that ended a program.
fn describe_signal(number: i32) -> String {
    match number {
        signal::SIGHUP => "Hangup".to_owned(),
        signal::SIGINT => "Interrupt".to_owned(),
        signal::SIGQUIT => "Quit".to_owned(),
        signal::SIGKILL => "Killed".to_owned(),
        signal::SIGTERM => "Terminated".to_owned(),
        signal::SIGALRM => "Alarm clock".to_owned(),
        signal::SIGPIPE => "Broken pipe".to_owned(),
        _ => match signal::name(number).as_deref() {
            Some("SEGV") => "Segmentation fault".to_owned(),
            Some("ABRT") => "Aborted".to_owned(),
            Some("BUS") => "Bus error".to_owned(),
            Some("FPE") => "Floating point exception".to_owned(),
            Some("ILL") => "Illegal instruction".to_owned(),
            Some(name) => format!("SIG{name}"),
            None => format!("Signal {number}"),
        },
    }
}

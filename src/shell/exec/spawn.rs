//! The one place that forks.
//!
//! Everything that a new process needs happens in this order, and nowhere else:
//!
//! 0. every signal is held back before the fork and until 4. is done, on both sides,
//!    so that none meets a process that is half the shell and half the program: a
//!    Ctrl-C that comes when the job has the terminal already reaches the job;
//! 1. its process group (under job control) and
//! 2. the terminal, if it is a foreground job, both on both sides of the fork so that
//!    neither can be too late; a Ctrl-C that came to the shell before is passed on;
//! 3. signals: traps are reset, the shell's own dispositions end, a background
//!    list without job control ignores SIGINT and SIGQUIT and reads from
//!    `/dev/null` (XCU 2.9.3.1, 2.12);
//! 4. the shell's state becomes a subshell's: no jobs, no job control, no loops
//!    to leave;
//! 5. the body: descriptors, redirections, and the program or the commands.

use crate::exit_status::ExitStatus;
use crate::rescue;
use crate::shell::Shell;
use crate::shell::option::Opt;
use crate::system::descriptor::{self, OpenMode};
use crate::system::process::{self, Fork, ProcessId};
use crate::system::signal;
use crate::system::{Errno, terminal};

/// Which process group a new process belongs to, under job control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The shell's own.
    Inherit,
    /// A new one that it leads.
    New,
    /// That of an earlier process of the same job.
    Join(ProcessId),
}

/// How a process is started.
#[derive(Clone, Copy, Debug)]
pub struct Attributes {
    /// Its process group.
    pub group: Group,
    /// It gets the terminal.
    pub foreground: bool,
    /// It belongs to a list that ended in `&`.
    pub asynchronous: bool,
}

impl Shell {
    /// Forks; the child runs `body` and ends with its status.
    pub(crate) fn spawn(
        &mut self,
        attributes: &Attributes,
        body: impl FnOnce(&mut Self) -> ExitStatus,
    ) -> Result<ProcessId, Errno> {
        let job_control = self.has_job_control();
        let held = signal::Hold::new();
        match process::fork()? {
            Fork::Child => {
                // A panic must not unwind into code that only the parent runs.
                let ended = rescue::attempt(|| {
                    self.begin_child(attributes, job_control);
                    body(self)
                });
                let status = ended.unwrap_or_else(|failure| {
                    failure.tell("the command was given up");
                    ExitStatus::INTERNAL
                });
                process::exit_now(status.0)
            }
            Fork::Parent(child) => {
                let group = match attributes.group {
                    _ if !job_control => None,
                    Group::Inherit => None,
                    Group::New => Some(child),
                    Group::Join(leader) => Some(leader),
                };
                if let Some(group) = group {
                    // An error means that the child was faster and is gone.
                    let _ = process::set_group(child, group);
                    if attributes.foreground
                        && let Some(terminal) = self.terminal
                    {
                        let _ = terminal::set_foreground(terminal, group);
                    }
                }
                drop(held);
                if !attributes.asynchronous {
                    self.pass_on_interrupt(group.map_or(child, |group| -group));
                }
                Ok(child)
            }
        }
    }

    /// A Ctrl-C that came to the shell while it was starting the command is meant for
    /// the command: nobody else would tell it, and the shell waits for it now.
    fn pass_on_interrupt(&self, to: ProcessId) {
        if self.traps.survives_interrupts()
            && self.traps.get(signal::SIGINT).is_none()
            && signal::take(signal::SIGINT)
        {
            // A process that has ended already needs no signal.
            let _ = signal::send(to, signal::SIGINT);
        }
    }

    fn begin_child(&mut self, attributes: &Attributes, job_control: bool) {
        if job_control && attributes.group != Group::Inherit {
            let group = match attributes.group {
                Group::Join(leader) => leader,
                _ => process::id(),
            };
            let _ = process::set_group(0, group);
            if attributes.foreground
                && let Some(terminal) = self.terminal
            {
                // SIGTTOU is still ignored here, so this cannot stop the child.
                let _ = terminal::set_foreground(terminal, group);
            }
        }
        self.traps.enter_subshell(&self.inherited_traps());
        if attributes.asynchronous && !job_control {
            self.traps.ignore_from_now(signal::SIGINT);
            self.traps.ignore_from_now(signal::SIGQUIT);
            if let Ok(null) = descriptor::open(b"/dev/null", OpenMode::Read) {
                let _ = descriptor::move_to(null, descriptor::STDIN);
            }
        }
        self.forget_session();
    }

    /// Makes this shell, in a copy of its process that somebody else has forked, a
    /// subshell: it has no jobs, no terminal, and the traps of a subshell.
    pub(crate) fn begin_apart(&mut self) {
        self.traps.enter_subshell(&self.inherited_traps());
        self.forget_session();
    }

    fn forget_session(&mut self) {
        self.jobs.clear();
        self.outer_jobs.clear();
        self.options.set(Opt::Monitor, false);
        self.terminal = None;
        self.is_subshell = true;
        self.subshell_depth += 1;
        self.loop_depth = 0;
        self.status_before_trap = None;
        self.options.interactive = false;
        // From here on signals do what they do to a program.
        signal::unblock_all();
    }
}

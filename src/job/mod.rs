//! The job table: every process that llmsh started and still answers for.
//!
//! Commands and plan steps stand in one table. A job is a pipeline (or a
//! background list) with its processes; the table is only ever changed by what
//! `waitpid` reported ([`Table::record`]) and by jobs being added and removed.
//! It does no input or output and makes no system call.

use std::collections::VecDeque;

use bstr::BString;

use crate::exit_status::ExitStatus;
use crate::system::process::{Change, ProcessId};
use crate::system::terminal::Modes;

/// What a process is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// It runs.
    Running,
    /// It does not.
    Halted(Halt),
}

/// Why a process does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// This signal stopped it; it can go on.
    Stopped(i32),
    /// It ended with this status.
    Exited(i32),
    /// This signal ended it.
    Signaled {
        /// The signal's number.
        signal: i32,
        /// A core was dumped.
        core: bool,
    },
}

impl From<Change> for ProcessState {
    fn from(change: Change) -> Self {
        match change {
            Change::Exited(status) => Self::Halted(Halt::Exited(status)),
            Change::Signaled(signal, core) => Self::Halted(Halt::Signaled { signal, core }),
            Change::Stopped(signal) => Self::Halted(Halt::Stopped(signal)),
            Change::Continued => Self::Running,
        }
    }
}

impl Halt {
    /// The exit status a shell reports for it (XCU 2.8.2).
    #[must_use]
    pub fn status(self) -> ExitStatus {
        match self {
            Self::Exited(status) => ExitStatus(status),
            Self::Stopped(signal) | Self::Signaled { signal, .. } => {
                ExitStatus::from_signal(signal)
            }
        }
    }

    /// Whether the process is gone.
    #[must_use]
    pub fn is_end(self) -> bool {
        !matches!(self, Self::Stopped(_))
    }
}

/// One process of a job.
#[derive(Clone, Debug)]
pub struct Process {
    /// Its id.
    pub id: ProcessId,
    /// What it is doing.
    pub state: ProcessState,
}

/// Where a job came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A command that was typed or stands in a script.
    #[default]
    Command,
    /// A step of an approved plan.
    Plan,
}

/// Processes that the user starts, stops and waits for as one.
#[derive(Clone, Debug)]
pub struct Job {
    /// The number after `%`, from 1.
    pub number: usize,
    /// Its process group, when it has one of its own.
    pub group: Option<ProcessId>,
    /// Its processes, in the order of the pipeline.
    pub processes: Vec<Process>,
    /// The command, as it is shown.
    pub text: BString,
    /// The terminal's modes when it was stopped.
    pub modes: Option<Modes>,
    /// Where it came from.
    pub origin: Origin,
    /// It was started by `&` or moved there, and is listed by `jobs`.
    pub background: bool,
    /// Its last change has not been reported yet.
    pub changed: bool,
    /// `disown`: no SIGHUP when the shell goes.
    pub disowned: bool,
}

impl Job {
    /// Marks the stopped processes as running, since they have been told to go
    /// on; their ids.
    pub fn go_on(&mut self) -> Vec<ProcessId> {
        let mut ids = Vec::new();
        for process in &mut self.processes {
            if matches!(process.state, ProcessState::Halted(halt) if !halt.is_end()) {
                process.state = ProcessState::Running;
                ids.push(process.id);
            }
        }
        ids
    }

    /// What the job as a whole is doing: it runs while any process runs; it is
    /// stopped when none runs and one is stopped; else it ended as its last
    /// process did.
    #[must_use]
    pub fn state(&self) -> ProcessState {
        let mut stopped = None;
        for process in &self.processes {
            match process.state {
                ProcessState::Running => return ProcessState::Running,
                ProcessState::Halted(halt @ Halt::Stopped(_)) => stopped = Some(halt),
                ProcessState::Halted(_) => {}
            }
        }
        if let Some(halt) = stopped {
            return ProcessState::Halted(halt);
        }
        self.processes.last().map_or(ProcessState::Halted(Halt::Exited(0)), |last| last.state)
    }

    /// The status of a job that has halted.
    #[must_use]
    pub fn status(&self) -> Option<ExitStatus> {
        match self.state() {
            ProcessState::Running => None,
            ProcessState::Halted(halt) => Some(halt.status()),
        }
    }

    /// Whether every process has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.processes
            .iter()
            .all(|process| matches!(process.state, ProcessState::Halted(halt) if halt.is_end()))
    }

    /// Whether it is stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self.state(), ProcessState::Halted(Halt::Stopped(_)))
    }

    /// The status of each process, for `pipefail`.
    pub fn statuses(&self) -> impl DoubleEndedIterator<Item = ExitStatus> + '_ {
        self.processes.iter().map(|process| match process.state {
            ProcessState::Running => ExitStatus::SUCCESS,
            ProcessState::Halted(halt) => halt.status(),
        })
    }
}

/// All jobs. Numbers are the lowest free ones, as in other shells.
#[derive(Clone, Debug, Default)]
pub struct Table {
    jobs: Vec<Job>,
    /// Numbers of jobs, the current one (`%+`) last.
    recency: Vec<usize>,
    /// Processes whose end an interactive shell has reported, for `wait`.
    reported: VecDeque<(ProcessId, ExitStatus)>,
}

/// How many reported processes are remembered.
const REPORTED: usize = 1024;

/// Why a `%` notation names no job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoJob {
    /// Nothing matches.
    #[error("no such job")]
    Missing,
    /// More than one command begins so or contains it.
    #[error("more than one job matches")]
    Ambiguous,
}

impl Table {
    /// Removes a job whose end has been reported; `wait` still learns the
    /// statuses of its processes.
    pub fn retire(&mut self, number: usize) {
        let Some(job) = self.remove(number) else { return };
        let statuses: Vec<ExitStatus> = job.statuses().collect();
        self.reported.extend(job.processes.iter().map(|process| process.id).zip(statuses));
        let surplus = self.reported.len().saturating_sub(REPORTED);
        self.reported.drain(..surplus);
    }

    /// The status of a process of a retired job, once.
    pub fn take_reported(&mut self, id: ProcessId) -> Option<ExitStatus> {
        let place = self.reported.iter().position(|(process, _)| *process == id)?;
        self.reported.remove(place).map(|(_, status)| status)
    }

    /// Adds a job and returns its number.
    pub fn add(
        &mut self,
        group: Option<ProcessId>,
        processes: &[ProcessId],
        text: BString,
        background: bool,
    ) -> usize {
        let number = (1..)
            .find(|number| self.jobs.iter().all(|job| job.number != *number))
            .expect("the numbers never run out");
        let processes =
            processes.iter().map(|&id| Process { id, state: ProcessState::Running }).collect();
        let job = Job {
            number,
            group,
            processes,
            text,
            modes: None,
            origin: Origin::Command,
            background,
            changed: false,
            disowned: false,
        };
        let place = self.jobs.partition_point(|job| job.number < number);
        self.jobs.insert(place, job);
        if background {
            self.touch(number);
        }
        number
    }

    /// Makes a job the current one.
    pub fn touch(&mut self, number: usize) {
        self.recency.retain(|&other| other != number);
        self.recency.push(number);
    }

    /// Records what `waitpid` reported; returns the number of the job, `None`
    /// for a process that is not in the table.
    pub fn record(&mut self, id: ProcessId, change: Change) -> Option<usize> {
        let job = self
            .jobs
            .iter_mut()
            // A process id may be used again while an old job is still listed.
            .rev()
            .find(|job| {
                job.processes.iter().any(|process| {
                    process.id == id
                        && !matches!(process.state, ProcessState::Halted(halt) if halt.is_end())
                })
            })?;
        let before = job.state();
        for process in &mut job.processes {
            if process.id == id {
                process.state = change.into();
            }
        }
        if job.state() != before {
            job.changed = true;
        }
        let (number, stopped) = (job.number, job.is_stopped());
        if stopped {
            self.touch(number);
        }
        Some(number)
    }

    /// The job with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&Job> {
        self.jobs.iter().find(|job| job.number == number)
    }

    /// The job with this number, to be changed.
    pub fn get_mut(&mut self, number: usize) -> Option<&mut Job> {
        self.jobs.iter_mut().find(|job| job.number == number)
    }

    /// The job that has this process as its last.
    #[must_use]
    pub fn with_process(&self, id: ProcessId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.processes.iter().any(|process| process.id == id))
    }

    /// Takes a job out.
    pub fn remove(&mut self, number: usize) -> Option<Job> {
        let place = self.jobs.iter().position(|job| job.number == number)?;
        self.recency.retain(|&other| other != number);
        Some(self.jobs.remove(place))
    }

    /// All jobs by number.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    /// All jobs by number, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Job> {
        self.jobs.iter_mut()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The current job, `%+`: the last one stopped, else the last one started in
    /// the background.
    #[must_use]
    pub fn current(&self) -> Option<usize> {
        self.ranked().next()
    }

    /// The previous job, `%-`.
    #[must_use]
    pub fn previous(&self) -> Option<usize> {
        self.ranked().nth(1)
    }

    /// Stopped jobs first, each kind from the most recent.
    fn ranked(&self) -> impl Iterator<Item = usize> + '_ {
        let of = |stopped: bool| {
            self.recency.iter().rev().copied().filter(move |&number| {
                self.get(number).is_some_and(|job| job.is_stopped() == stopped)
            })
        };
        of(true).chain(of(false))
    }

    /// Finds the job that a `%` notation names (XBD 3.182, *job ID*); the
    /// leading `%` may be missing.
    ///
    /// # Errors
    /// [`NoJob`] when nothing or more than one matches.
    pub fn find(&self, notation: &[u8]) -> Result<usize, NoJob> {
        let name = notation.strip_prefix(b"%").unwrap_or(notation);
        match name {
            b"" | b"%" | b"+" => return self.current().ok_or(NoJob::Missing),
            b"-" => return self.previous().or_else(|| self.current()).ok_or(NoJob::Missing),
            _ => {}
        }
        if let Some(number) = std::str::from_utf8(name).ok().and_then(|text| text.parse().ok()) {
            return self.get(number).map(|job| job.number).ok_or(NoJob::Missing);
        }
        let matches = |job: &&Job| match name.strip_prefix(b"?") {
            Some(part) => bstr::ByteSlice::find(job.text.as_slice(), part).is_some(),
            None => job.text.starts_with(name),
        };
        let mut found =
            self.jobs.iter().filter(|job| job.background || job.is_stopped()).filter(matches);
        let first = found.next().ok_or(NoJob::Missing)?;
        if found.next().is_some() { Err(NoJob::Ambiguous) } else { Ok(first.number) }
    }

    /// Forgets everything: in a subshell, whose children these are not.
    pub fn clear(&mut self) {
        self.jobs.clear();
        self.recency.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::default();
        table.add(Some(10), &[10, 11], "sleep 1 | cat".into(), true);
        table.add(Some(20), &[20], "make all".into(), true);
        table.add(Some(30), &[30], "make test".into(), true);
        table
    }

    #[test]
    fn a_pipeline_runs_until_its_last_process_ended() {
        let mut table = table();
        assert_eq!(table.record(11, Change::Exited(3)), Some(1));
        assert_eq!(table.get(1).unwrap().state(), ProcessState::Running);
        table.record(10, Change::Signaled(13, false));
        assert_eq!(table.get(1).unwrap().status(), Some(ExitStatus(3)));
        assert!(table.get(1).unwrap().is_done() && table.get(1).unwrap().changed);
    }

    #[test]
    fn a_stopped_job_becomes_the_current_one() {
        let mut table = table();
        assert_eq!((table.current(), table.previous()), (Some(3), Some(2)));
        table.record(20, Change::Stopped(20));
        assert_eq!((table.current(), table.previous()), (Some(2), Some(3)));
        table.record(20, Change::Continued);
        assert_eq!(table.get(2).unwrap().state(), ProcessState::Running);
    }

    #[test]
    fn job_notation_finds_by_number_prefix_and_part() {
        let table = table();
        assert_eq!(table.find(b"%1"), Ok(1));
        assert_eq!(table.find(b"%sleep"), Ok(1));
        assert_eq!(table.find(b"%?cat"), Ok(1));
        assert_eq!(table.find(b"%make"), Err(NoJob::Ambiguous));
        assert_eq!(table.find(b"%+"), Ok(3));
        assert_eq!(table.find(b"%-"), Ok(2));
        assert_eq!(table.find(b"%9"), Err(NoJob::Missing));
    }

    #[test]
    fn numbers_of_removed_jobs_are_used_again() {
        let mut table = table();
        table.remove(2);
        assert_eq!(table.add(None, &[40], "x".into(), true), 2);
        assert_eq!(table.iter().map(|job| job.number).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn a_process_id_used_again_changes_the_new_job_only() {
        let mut table = table();
        table.record(20, Change::Exited(0));
        table.add(Some(20), &[20], "again".into(), true);
        assert_eq!(table.record(20, Change::Exited(7)), Some(4));
        assert_eq!(table.get(2).unwrap().status(), Some(ExitStatus(0)));
    }
}

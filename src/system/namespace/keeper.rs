//! The processes of a room and what they tell each other.
//!
//! Two pipes: `orders` to the keeper, whose end means "stop", and `reports` from
//! it and the first process. The end of `reports` means that both are gone, and
//! so everything in the room.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::pipe2;

use super::output::{Stream, Written};
use super::{Ending, Finished, Forbidden, Room, Stage, WATCH, confine, forbidden, mounts};
use crate::system::{process, signal};

/// A message in the pipe `reports`, always of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    /// The keeper waits for its user and group numbers.
    NeedsUsers,
    /// It cannot be done.
    Failed(Forbidden),
    /// What `waitpid` said of the work.
    Ended(i32),
    /// There is no such layer.
    Without(u8),
}

const LENGTH: usize = 8;

const STAGES: [Stage; 8] = [
    Stage::Process,
    Stage::Names,
    Stage::Users,
    Stage::ReadOnly,
    Stage::Devices,
    Stage::Processes,
    Stage::Directory,
    Stage::Confinement,
];

impl Report {
    fn bytes(self) -> [u8; LENGTH] {
        let (kind, stage, layer, number) = match self {
            Self::NeedsUsers => (0, 0, 0, 0),
            Self::Failed(Forbidden { stage: Stage::Overlay(layer), error }) => {
                (1, u8::MAX, layer, error as i32)
            }
            Self::Failed(Forbidden { stage, error }) => {
                let place = STAGES.iter().position(|known| *known == stage).unwrap_or(0);
                (1, u8::try_from(place).unwrap_or(0), 0, error as i32)
            }
            Self::Ended(status) => (2, 0, 0, status),
            Self::Without(layer) => (3, 0, layer, 0),
        };
        let [a, b, c, d] = number.to_ne_bytes();
        [kind, stage, layer, 0, a, b, c, d]
    }

    fn of(bytes: [u8; LENGTH]) -> Self {
        let [kind, stage, layer, _, a, b, c, d] = bytes;
        let number = i32::from_ne_bytes([a, b, c, d]);
        match (kind, STAGES.get(usize::from(stage))) {
            (0, _) => Self::NeedsUsers,
            (1, Some(stage)) => {
                Self::Failed(Forbidden { stage: *stage, error: Errno::from_raw(number) })
            }
            (1, None) => {
                let stage = Stage::Overlay(layer);
                Self::Failed(Forbidden { stage, error: Errno::from_raw(number) })
            }
            (3, _) => Self::Without(layer),
            _ => Self::Ended(number),
        }
    }
}

/// The ends of the pipes that the processes of the room have.
struct Ends {
    orders: File,
    reports: File,
    /// Standard output and error.
    written: [OwnedFd; 2],
}

impl Ends {
    fn tell(&mut self, report: Report) {
        // Nobody is there to be told that it failed.
        let _ = self.reports.write_all(&report.bytes());
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd), Forbidden> {
    pipe2(OFlag::O_CLOEXEC).map_err(forbidden(Stage::Process))
}

pub(super) fn run(
    room: &Room,
    watch: &mut dyn FnMut() -> bool,
    work: impl FnOnce() -> i32,
) -> Result<Finished, Forbidden> {
    let (orders_read, orders_write) = pipe()?;
    let (reports_read, reports_write) = pipe()?;
    let (output_read, output_write) = pipe()?;
    let (error_read, error_write) = pipe()?;
    let keeper = match process::fork().map_err(forbidden(Stage::Process))? {
        process::Fork::Child => {
            drop((orders_write, reports_read, output_read, error_read));
            let ends = Ends {
                orders: orders_read.into(),
                reports: reports_write.into(),
                written: [output_write, error_write],
            };
            // Nothing of the caller may go on in this process.
            let _ = catch_unwind(AssertUnwindSafe(|| keep(room, ends, work)));
            process::exit_now(125)
        }
        process::Fork::Parent(keeper) => keeper,
    };
    drop((orders_read, reports_write, output_write, error_write));
    let mut caller = Caller {
        orders: Some(orders_write.into()),
        reports: reports_read.into(),
        open: vec![(Stream::Output, output_read.into()), (Stream::Error, error_read.into())],
        written: Written::default(),
        most: room.output,
        without: Vec::new(),
    };
    let result = caller.attend(keeper, watch);
    drop(caller.orders.take());
    // ECHILD: SIGCHLD is ignored, so the kernel has waited already.
    while process::wait(Some(keeper), true, false) == Err(Errno::EINTR) {}
    let (ended, stopped) = result?;
    let ending = match ended {
        _ if stopped => Ending::Stopped,
        Some(status) if libc::WIFSIGNALED(status) => Ending::Signaled(libc::WTERMSIG(status)),
        Some(status) => Ending::Exited(libc::WEXITSTATUS(status)),
        // The first process was killed, with all others.
        None => Ending::Signaled(libc::SIGKILL),
    };
    let Caller { written: output, without, .. } = caller;
    Ok(Finished { ending, output, without })
}

/// The caller's side.
struct Caller {
    orders: Option<File>,
    reports: File,
    /// What may still be written to.
    open: Vec<(Stream, File)>,
    written: Written,
    most: usize,
    /// Layers that there could not be.
    without: Vec<usize>,
}

impl Caller {
    /// Listens until everything in the room is gone: the work's status, if it
    /// came to that, and whether it was stopped.
    fn attend(
        &mut self,
        keeper: i32,
        watch: &mut dyn FnMut() -> bool,
    ) -> Result<(Option<i32>, bool), Forbidden> {
        let mut ended = None;
        let mut failed = None;
        loop {
            let (told, wrote) = self.wait();
            self.read(&wrote);
            if told {
                match self.report() {
                    None => break,
                    Some(Report::NeedsUsers) => match map_users(keeper) {
                        Ok(()) => self.order(),
                        Err(error) => {
                            failed = Some(Forbidden { stage: Stage::Users, error });
                            self.orders = None;
                        }
                    },
                    Some(Report::Failed(reason)) => failed = failed.or(Some(reason)),
                    Some(Report::Ended(status)) => ended = Some(status),
                    Some(Report::Without(layer)) => self.without.push(usize::from(layer)),
                }
            }
            // The keeper ends all when nobody holds the other end.
            if ended.is_none() && self.orders.is_some() && !watch() {
                self.orders = None;
            }
        }
        while !self.open.is_empty() {
            let (_, wrote) = self.wait();
            if wrote.is_empty() {
                break;
            }
            self.read(&wrote);
        }
        match failed {
            Some(reason) => Err(reason),
            None => Ok((ended, self.orders.is_none())),
        }
    }

    /// Waits a while; whether there is a report, and where something was written.
    fn wait(&self) -> (bool, Vec<Stream>) {
        let streams = self.open.iter().map(|(_, file)| file);
        let mut polled: Vec<PollFd<'_>> = [&self.reports]
            .into_iter()
            .chain(streams)
            .map(|file| PollFd::new(file.as_fd(), PollFlags::POLLIN))
            .collect();
        let timeout = PollTimeout::try_from(WATCH).unwrap_or(PollTimeout::ZERO);
        if !poll(&mut polled, timeout).is_ok_and(|ready| ready > 0) {
            return (false, Vec::new());
        }
        let mut ready = polled.iter().map(|polled| polled.any().unwrap_or(false));
        let told = ready.next().unwrap_or(false);
        let wrote = self.open.iter().zip(ready).filter(|(_, ready)| *ready);
        (told, wrote.map(|((stream, _), _)| *stream).collect())
    }

    fn report(&mut self) -> Option<Report> {
        let mut bytes = [0; LENGTH];
        self.reports.read_exact(&mut bytes).ok()?;
        Some(Report::of(bytes))
    }

    fn order(&mut self) {
        if let Some(orders) = &mut self.orders {
            // If it is gone, its reports end.
            let _ = orders.write_all(&[0]);
        }
    }

    /// Reads what was written there.
    fn read(&mut self, wrote: &[Stream]) {
        let mut buffer = [0; 8192];
        self.open.retain_mut(|(stream, file)| {
            if !wrote.contains(stream) {
                return true;
            }
            match file.read(&mut buffer) {
                Ok(0) => false,
                Ok(length) => {
                    self.written.add(*stream, &buffer[..length], self.most);
                    true
                }
                Err(error) => error.kind() == std::io::ErrorKind::Interrupted,
            }
        });
    }
}

/// Gives the keeper's name space its numbers: for root all that there are, else
/// the user's own, each standing for itself.
fn map_users(keeper: i32) -> Result<(), Errno> {
    let write = |name: &str, text: &str| {
        std::fs::write(format!("/proc/{keeper}/{name}"), text)
            .map_err(|error| super::number(&error))
    };
    if super::maps_all_users() && write("uid_map", &identities("/proc/self/uid_map")).is_ok() {
        return write("gid_map", &identities("/proc/self/gid_map"));
    }
    let (user, group) = crate::system::file_access::effective_owner();
    write("setgroups", "deny")?;
    write("uid_map", &format!("{user} {user} 1"))?;
    write("gid_map", &format!("{group} {group} 1"))
}

/// The ranges of this process's own map, each mapped to itself.
fn identities(map: &str) -> String {
    let text = std::fs::read_to_string(map).unwrap_or_default();
    let mut lines = String::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        if let [inside, _, count] = fields[..] {
            lines.push_str(&format!("{inside} {inside} {count}\n"));
        }
    }
    lines
}

/// The keeper: enters the name spaces, starts the first process, and ends it.
fn keep(room: &Room, mut ends: Ends, work: impl FnOnce() -> i32) {
    let result = enter(&mut ends).and_then(|()| process::fork().map_err(forbidden(Stage::Process)));
    let first = match result {
        Ok(process::Fork::Parent(first)) => first,
        Ok(process::Fork::Child) => be_first(room, ends, work),
        Err(reason) => return ends.tell(Report::Failed(reason)),
    };
    // SAFETY: the call touches no memory and returns a new descriptor.
    let opened = unsafe { libc::syscall(libc::SYS_pidfd_open, first, 0) };
    match i32::try_from(opened) {
        Ok(descriptor) if descriptor >= 0 => {
            // SAFETY: the descriptor is new, and owned by nothing else.
            let first = unsafe { OwnedFd::from_raw_fd(descriptor) };
            let mut polled = [
                PollFd::new(first.as_fd(), PollFlags::POLLIN),
                PollFd::new(ends.orders.as_fd(), PollFlags::POLLIN),
            ];
            while poll(&mut polled, PollTimeout::NONE) == Err(Errno::EINTR) {}
        }
        // Without it nothing could be stopped.
        _ => ends.tell(Report::Failed(Forbidden { stage: Stage::Process, error: Errno::last() })),
    }
    // It has ended, or is to.
    let _ = signal::send(first, libc::SIGKILL);
    while process::wait(Some(first), true, false) == Err(Errno::EINTR) {}
    process::exit_now(0)
}

fn enter(ends: &mut Ends) -> Result<(), Forbidden> {
    // No terminal and no keyboard signal reaches what happens in the room.
    // SAFETY: these calls touch no memory.
    unsafe {
        libc::setsid();
        for signal in 1..65 {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
    signal::unblock_all();
    end_with_parent();
    let [output, error] = [0, 1].map(|index: usize| ends.written[index].as_raw_fd());
    let own = [ends.orders.as_raw_fd(), ends.reports.as_raw_fd(), output, error];
    lead_nowhere(&own).map_err(forbidden(Stage::Process))?;
    let all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS;
    unshare(all).map_err(forbidden(Stage::Names))?;
    ends.tell(Report::NeedsUsers);
    let mut order = [0];
    match ends.orders.read(&mut order) {
        Ok(1) => Ok(()),
        _ => Err(Forbidden { stage: Stage::Users, error: Errno::EPERM }),
    }
}

fn end_with_parent() {
    // SAFETY: the call touches no memory.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// The first process of the room: builds it, gives up what it had, and waits for
/// the work.
fn be_first(room: &Room, mut ends: Ends, work: impl FnOnce() -> i32) -> ! {
    end_with_parent();
    let mut room = room.clone();
    let built = mounts::build(&mut room, &mut |layer| ends.tell(Report::Without(layer)))
        .and_then(|()| confine::confine(&room))
        .and_then(|()| process::fork().map_err(forbidden(Stage::Process)));
    let worker = match built {
        Ok(process::Fork::Parent(worker)) => worker,
        Ok(process::Fork::Child) => {
            let status = match take_descriptors(&ends) {
                // The message of a panic has gone to the output.
                Ok(()) => catch_unwind(AssertUnwindSafe(work)).unwrap_or(101),
                Err(_) => 125,
            };
            process::exit_now(status)
        }
        Err(reason) => {
            ends.tell(Report::Failed(reason));
            process::exit_now(125)
        }
    };
    end_with_parent();
    // Orphans come to the first process of a room.
    loop {
        let mut status = 0;
        // SAFETY: `status` is valid for the write.
        match Errno::result(unsafe { libc::waitpid(-1, &raw mut status, 0) }) {
            Ok(ended) if ended == worker => {
                ends.tell(Report::Ended(status));
                process::exit_now(0)
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => process::exit_now(125),
        }
    }
}

/// The worker's descriptors: input at its end, output and error to the caller,
/// and nothing else.
fn take_descriptors(ends: &Ends) -> Result<(), Errno> {
    let [output, error] = &ends.written;
    // SAFETY: these calls touch no memory; the descriptors belong to no value.
    unsafe {
        libc::setsid();
        Errno::result(libc::dup2(output.as_raw_fd(), 1))?;
        Errno::result(libc::dup2(error.as_raw_fd(), 2))?;
    }
    lead_nowhere(&[1, 2])
}

/// Makes every other descriptor one of `/dev/null`: a directory that is open would
/// be a way out, and a terminal one to the keyboard. The numbers stay taken,
/// because values of this process own them.
fn lead_nowhere(except: &[i32]) -> Result<(), Errno> {
    // SAFETY: the path is constant; what is replaced stays a valid descriptor.
    unsafe {
        let null =
            Errno::result(libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC))?;
        for descriptor in open_descriptors()? {
            if descriptor != null && !except.contains(&descriptor) {
                let flags = if descriptor == 0 { 0 } else { libc::O_CLOEXEC };
                Errno::result(libc::dup3(null, descriptor, flags))?;
            }
        }
        Ok(())
    }
}

/// What is open.
fn open_descriptors() -> Result<Vec<i32>, Errno> {
    let entries = std::fs::read_dir("/proc/self/fd").map_err(|error| super::number(&error))?;
    let numbers: Vec<i32> =
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect();
    // The directory that was just read is among them, and closed by now.
    let is_open = |number: &i32| crate::system::descriptor::is_open(*number);
    Ok(numbers.into_iter().filter(is_open).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_arrive_as_they_were_sent() {
        let mut reports = vec![Report::NeedsUsers, Report::Ended(0x8b), Report::Ended(256)];
        for stage in STAGES.into_iter().chain([Stage::Overlay(0), Stage::Overlay(63)]) {
            reports.push(Report::Failed(Forbidden { stage, error: Errno::EPERM }));
        }
        for report in reports {
            assert_eq!(Report::of(report.bytes()), report);
        }
    }
}

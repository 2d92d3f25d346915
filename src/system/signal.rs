//! Signals: names, dispositions, and the flags that the one handler sets.
//!
//! The handler only marks a signal as pending; the shell looks at the marks at
//! safe points. To wait without losing a signal that comes between looking and
//! sleeping, signals are blocked while looking and unblocked by the sleep
//! itself ([`Hold`]).

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nix::errno::Errno;
use nix::libc;

/// The number of a signal.
pub type Signal = i32;

pub use nix::libc::{
    SIGALRM, SIGBUS, SIGCHLD, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL, SIGPIPE, SIGQUIT,
    SIGSEGV, SIGSTOP, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH,
};

/// One more than the highest signal number there is.
pub const LIMIT: usize = 65;

/// Names without `SIG`, from `signal.h` (XBD 13), then Linux's own.
const NAMES: &[(Signal, &str)] = &[
    (SIGHUP, "HUP"),
    (SIGINT, "INT"),
    (SIGQUIT, "QUIT"),
    (SIGILL, "ILL"),
    (libc::SIGTRAP, "TRAP"),
    (libc::SIGABRT, "ABRT"),
    (SIGBUS, "BUS"),
    (SIGFPE, "FPE"),
    (SIGKILL, "KILL"),
    (SIGUSR1, "USR1"),
    (SIGSEGV, "SEGV"),
    (SIGUSR2, "USR2"),
    (SIGPIPE, "PIPE"),
    (SIGALRM, "ALRM"),
    (SIGTERM, "TERM"),
    (libc::SIGSTKFLT, "STKFLT"),
    (SIGCHLD, "CHLD"),
    (SIGCONT, "CONT"),
    (SIGSTOP, "STOP"),
    (SIGTSTP, "TSTP"),
    (SIGTTIN, "TTIN"),
    (SIGTTOU, "TTOU"),
    (libc::SIGURG, "URG"),
    (libc::SIGXCPU, "XCPU"),
    (libc::SIGXFSZ, "XFSZ"),
    (libc::SIGVTALRM, "VTALRM"),
    (libc::SIGPROF, "PROF"),
    (SIGWINCH, "WINCH"),
    (libc::SIGIO, "IO"),
    (libc::SIGPWR, "PWR"),
    (libc::SIGSYS, "SYS"),
];

/// The signal's name without `SIG`; real-time signals are `RTMIN+n`,
/// from the middle on `RTMAX-n`.
#[must_use]
pub fn name(signal: Signal) -> Option<String> {
    if let Some((_, name)) = NAMES.iter().find(|(number, _)| *number == signal) {
        return Some((*name).to_owned());
    }
    let (low, high) = (libc::SIGRTMIN(), libc::SIGRTMAX());
    match signal {
        _ if signal == low => Some("RTMIN".to_owned()),
        _ if signal == high => Some("RTMAX".to_owned()),
        _ if signal > low && signal <= (low + high) / 2 => Some(format!("RTMIN+{}", signal - low)),
        _ if signal > low && signal < high => Some(format!("RTMAX-{}", high - signal)),
        _ => None,
    }
}

/// The signal with this name, with or without `SIG`, in any case.
#[must_use]
pub fn from_name(name: &[u8]) -> Option<Signal> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    if let Some((number, _)) = NAMES.iter().find(|(_, known)| *known == name) {
        return Some(*number);
    }
    match name {
        "POLL" => return Some(libc::SIGIO),
        "CLD" => return Some(SIGCHLD),
        "IOT" => return Some(libc::SIGABRT),
        _ => {}
    }
    let number = if let Some(rest) = name.strip_prefix("RTMIN") {
        libc::SIGRTMIN() + if rest.is_empty() { 0 } else { rest.strip_prefix('+')?.parse().ok()? }
    } else {
        let rest = name.strip_prefix("RTMAX")?;
        libc::SIGRTMAX() - if rest.is_empty() { 0 } else { rest.strip_prefix('-')?.parse().ok()? }
    };
    (libc::SIGRTMIN()..=libc::SIGRTMAX()).contains(&number).then_some(number)
}

/// All signals that have a name, in order of their numbers.
pub fn all() -> impl Iterator<Item = Signal> {
    (1..LIMIT).filter_map(|number| Signal::try_from(number).ok()).filter(|n| name(*n).is_some())
}

/// What a process does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The system's default action.
    Default,
    /// Nothing.
    Ignore,
    /// Marks it as pending ([`take`]).
    Catch,
}

static PENDING: [AtomicBool; LIMIT] = [const { AtomicBool::new(false) }; LIMIT];
static ANY: AtomicBool = AtomicBool::new(false);

extern "C" fn mark(signal: libc::c_int) {
    // Only atomics, which are async-signal-safe (XSH 2.4.3).
    if let Some(flag) = usize::try_from(signal).ok().and_then(|index| PENDING.get(index)) {
        flag.store(true, Ordering::Relaxed);
        ANY.store(true, Ordering::Release);
    }
}

/// The handler that another library set for SIGINT, called after the mark.
static HANDED_ON: AtomicUsize = AtomicUsize::new(0);

extern "C" fn mark_and_hand_on(signal: libc::c_int) {
    mark(signal);
    let next = HANDED_ON.load(Ordering::Relaxed);
    if next != libc::SIG_DFL && next != libc::SIG_IGN {
        // SAFETY: it is the address of a handler that sigaction gave out, of the form
        // that a handler without SA_SIGINFO has.
        let next: extern "C" fn(libc::c_int) = unsafe { std::mem::transmute(next) };
        next(signal);
    }
}

/// Marks SIGINT as pending beside what another library's handler does with it, until
/// that library or [`set`] sets another one.
pub fn also_mark_interrupts() {
    // SAFETY: a null action only reads the old one; both handlers are
    // async-signal-safe, the other one as far as its library is.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(SIGINT, std::ptr::null(), &raw mut action) != 0 {
            return;
        }
        let ours = [mark as *const () as usize, mark_and_hand_on as *const () as usize];
        if ours.contains(&action.sa_sigaction) || action.sa_flags & libc::SA_SIGINFO != 0 {
            return;
        }
        HANDED_ON.store(action.sa_sigaction, Ordering::Relaxed);
        action.sa_sigaction = mark_and_hand_on as *const () as usize;
        libc::sigaction(SIGINT, &raw const action, std::ptr::null_mut());
    }
}

/// Sets the disposition and returns the one before.
///
/// # Errors
/// `EINVAL` for SIGKILL, SIGSTOP and numbers that are no signal.
pub fn set(signal: Signal, disposition: Disposition) -> Result<Disposition, Errno> {
    // SAFETY: zeroed is a valid sigaction; `mark` is async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = match disposition {
            Disposition::Default => libc::SIG_DFL,
            Disposition::Ignore => libc::SIG_IGN,
            Disposition::Catch => mark as extern "C" fn(libc::c_int) as usize,
        };
        libc::sigemptyset(&raw mut action.sa_mask);
        let mut old: libc::sigaction = std::mem::zeroed();
        Errno::result(libc::sigaction(signal, &raw const action, &raw mut old))?;
        Ok(from_action(&old))
    }
}

/// The disposition now.
///
/// # Errors
/// `EINVAL` for numbers that are no signal.
pub fn get(signal: Signal) -> Result<Disposition, Errno> {
    // SAFETY: a null action only reads the old one.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        Errno::result(libc::sigaction(signal, std::ptr::null(), &raw mut old))?;
        Ok(from_action(&old))
    }
}

fn from_action(action: &libc::sigaction) -> Disposition {
    match action.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        _ => Disposition::Catch,
    }
}

/// Whether any caught signal is pending. Cheap: one atomic load.
#[must_use]
pub fn any_pending() -> bool {
    ANY.load(Ordering::Acquire)
}

/// Whether this signal is pending; stays so.
#[must_use]
pub fn is_pending(signal: Signal) -> bool {
    usize::try_from(signal)
        .ok()
        .and_then(|index| PENDING.get(index))
        .is_some_and(|flag| flag.load(Ordering::Acquire))
}

/// Whether this signal is pending; it no longer is.
pub fn take(signal: Signal) -> bool {
    usize::try_from(signal)
        .ok()
        .and_then(|index| PENDING.get(index))
        .is_some_and(|flag| flag.swap(false, Ordering::AcqRel))
}

/// Forgets the "any" mark before the single marks are looked at; a signal that
/// comes meanwhile sets it again.
pub fn begin_look() {
    ANY.store(false, Ordering::Release);
}

/// Forgets everything that is pending: in a child after fork.
pub fn forget_all() {
    for flag in &PENDING {
        flag.store(false, Ordering::Relaxed);
    }
    ANY.store(false, Ordering::Release);
}

/// Sends a signal: to a process, to a group with a negative number. Signal 0
/// only checks.
///
/// # Errors
/// `ESRCH`, `EPERM`, `EINVAL`.
pub fn send(process: i32, signal: Signal) -> Result<(), Errno> {
    // SAFETY: kill touches no memory.
    Errno::result(unsafe { libc::kill(process, signal) }).map(drop)
}

/// Unblocks every signal: programs that llmsh starts must not inherit a mask
/// that its parent left.
pub fn unblock_all() {
    // SAFETY: zeroed is a valid sigset that sigemptyset then initialises.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const set, std::ptr::null_mut());
    }
}

/// Holds all signals back until it is dropped, but for the time it sleeps.
#[must_use]
pub struct Hold {
    before: libc::sigset_t,
}

impl Hold {
    /// Blocks every signal.
    pub fn new() -> Self {
        // SAFETY: both sets are initialised by the calls.
        unsafe {
            let mut all: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&raw mut all);
            libc::sigprocmask(libc::SIG_SETMASK, &raw const all, &raw mut before);
            Self { before }
        }
    }

    /// Sleeps until a signal is caught (XSH sigsuspend).
    pub fn sleep(&self) {
        // SAFETY: `before` was filled by sigprocmask.
        unsafe { libc::sigsuspend(&raw const self.before) };
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // SAFETY: `before` was filled by sigprocmask.
        unsafe {
            libc::sigprocmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_agree() {
        for signal in all() {
            let name = name(signal).unwrap();
            assert_eq!(from_name(name.as_bytes()), Some(signal), "{name}");
        }
        assert_eq!(from_name(b"SIGTERM"), Some(15));
        assert_eq!(from_name(b"term"), Some(15));
        assert_eq!(from_name(b"nothing"), None);
        assert_eq!(from_name(b"RTMIN+100"), None);
    }
}

//! Ctrl-C for long work that must tidy up before it ends, such as a download:
//! the signal only sets a flag, which the work asks between two pieces.
//!
//! For commands of one task only. The interactive shell has signal handling of
//! its own and never calls [`watch`].

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

static RECEIVED: AtomicBool = AtomicBool::new(false);

extern "C" fn note(_signal: nix::libc::c_int) {
    RECEIVED.store(true, Ordering::Relaxed);
}

/// From now on SIGINT, SIGTERM and SIGHUP set the flag of [`received`] and no
/// longer end the process; one that is ignored stays ignored, for `nohup`.
/// Children get the default action, since `exec` resets handlers.
///
/// # Errors
/// What `sigaction` reports.
pub fn watch() -> io::Result<()> {
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::empty(), SigSet::empty());
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        // SAFETY: the handler only stores to an atomic, which is
        // async-signal-safe.
        let before = unsafe { sigaction(signal, &action) }?;
        if matches!(before.handler(), SigHandler::SigIgn) {
            // SAFETY: this action has no handler.
            unsafe { sigaction(signal, &before) }?;
        }
    }
    Ok(())
}

/// Whether one of the signals of [`watch`] has arrived.
#[must_use]
pub fn received() -> bool {
    RECEIVED.load(Ordering::Relaxed)
}

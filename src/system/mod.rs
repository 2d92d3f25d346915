//! The operating system: every system call of llmsh is made here.
//!
//! Functions are thin: they turn `errno` into [`Errno`], keep the numbers of
//! file descriptors and signals as a shell knows them, and hide `nix` and
//! `libc` from every other module. Nothing here keeps state, except the flags
//! that signal handlers set ([`signal`]).
//!
//! **Architecture invariant:** no other module names `nix` or `libc`.

pub mod descriptor;
pub mod disk;
pub mod file;
pub mod file_access;
pub mod identity;
pub mod interrupt;
pub mod process;
pub mod resource;
pub mod sandbox;
pub mod signal;
pub mod socket;
pub mod stack;
pub mod terminal;
pub mod worker_process;

/// An error number of the operating system; displays as its message.
pub use nix::errno::Errno;

/// What a person reads for an error of the operating system.
#[must_use]
pub fn message(error: Errno) -> &'static str {
    error.desc()
}

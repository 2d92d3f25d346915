//! The operating system: every system call of llmsh is made here.
//!
//! Functions are thin: they turn `errno` into [`Errno`], keep the numbers of
//! file descriptors and signals as a shell knows them, and hide `nix` and
//! `libc` from every other module. Nothing here keeps state, except the flags
//! that signal handlers set ([`signal`]).
//!
//! **Architecture invariant:** no other module names `nix` or `libc`.

pub mod calendar;
pub mod clock;
pub mod content;
pub mod descriptor;
pub mod directory;
pub mod disk;
pub mod dots;
pub mod extended_attribute;
pub mod file_access;
pub mod identity;
pub mod interrupt;
pub mod lock;
pub mod mount;
pub mod namespace;
pub mod node;
pub mod overlay;
pub mod path_text;
pub mod place;
pub mod process;
pub mod pseudo_terminal;
pub mod random;
pub mod regex;
pub mod resource;
pub mod sandbox;
pub mod signal;
pub mod socket;
pub mod stack;
pub mod terminal;
pub mod terminal_input;
pub mod tree;
pub mod worker_process;

/// An error number of the operating system; displays as its message.
pub use nix::errno::Errno;

/// What a person reads for an error of the operating system.
#[must_use]
pub fn message(error: Errno) -> &'static str {
    error.desc()
}

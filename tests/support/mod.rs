//! What the end-to-end tests share: a [`Place`] of one's own, a [`Run`] of a
//! program in it from start to end, a [`Terminal`] to talk to one, and a
//! [`Worker`] that answers requests from a script; and a [`World`] to compile and
//! run plans in without a program.
//!
//! A run sees none of the person's environment, configuration, history or
//! models: its home and every XDG directory are in a temporary directory that
//! goes away with the place. The scripted worker listens in the place's runtime
//! directory, so that llmsh speaks its real protocol; the only switch for tests
//! that the program has is `LLMSH_FAULT`, which lets a part of it fail.
#![allow(dead_code, unused_imports, reason = "every test program uses the part that it needs")]

mod beside;
pub(crate) mod host;
mod place;
mod run;
mod terminal;
pub(crate) mod tree;
pub(crate) mod trial;
pub(crate) mod typed;
mod worker;
mod world;

pub(crate) use beside::Beside;
pub(crate) use place::Place;
pub(crate) use run::{Finished, Run};
pub(crate) use terminal::{PROMPT, QUESTION, Terminal};
pub(crate) use worker::Worker;
pub(crate) use worker::sample::Sample;
pub(crate) use world::World;

/// The llmsh that cargo built for this test run.
pub(crate) const LLMSH: &str = env!("CARGO_BIN_EXE_llmsh");

/// How often a test is to be repeated: a tenth of the full number, which
/// `make soak` wants.
pub(crate) fn amount(full: u32) -> u32 {
    if soaks() { full } else { full / 10 }
}

/// Whether this is `make soak`.
pub(crate) fn soaks() -> bool {
    std::env::var_os("LLMSH_SOAK").is_some_and(|value| value == "1")
}

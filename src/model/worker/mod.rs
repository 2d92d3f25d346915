//! The model's own process, and how shells talk to it.
//!
//! llama.cpp is a large C++ library that reads a downloaded file; it must not be
//! able to take a login shell down. So it runs in a *worker*: the same program,
//! started detached ([`crate::system::worker_process`]) by the first shell that
//! needs it, shared by all of the user's shells, and gone after a time without
//! work.
//!
//! - [`client::WorkerClient`] is the shell's side, a
//!   [`LanguageModel`](crate::model::LanguageModel) that starts a worker when there
//!   is none. It has no thread and never waits longer than its limits.
//! - [`run_worker`] is the worker's side: it takes the lock, listens, *then* gives
//!   up what it does not need (`enter_sandbox`), and only then does anything read
//!   the model file.
//! - [`server`] talks to the shells, [`inference`] runs an [`engine::Engine`]:
//!   llama.cpp, or replies from a file ([`scripted`]).
//!
//! **Architecture invariant:** nothing here is trusted by the rest of llmsh. What
//! comes out of a worker is text, and a plan made of it is judged like any other.

pub mod answer;
pub mod client;
mod connection;
pub mod endpoint;
pub mod engine;
pub mod frame;
mod inference;
pub mod options;
mod process;
pub mod protocol;
pub mod queue;
pub mod scripted;
pub mod server;
mod start;
#[cfg(test)]
mod tests;

pub use client::{WorkerClient, start_ahead};
pub use options::{EngineChoice, WorkerOptions};
pub use process::run_worker;

//! llmsh: a POSIX shell that also understands requests in a person's own words.
//!
//! A line is a command, and goes straight to the shell engine, or a request:
//!
//! ```text
//! line ─► intent ─► command ────────────────────────────────┐
//!              └─► request ─► context ─► prompt ─► model     │
//!                                                 │ shell text
//!                                                 ▼         ▼
//!                                 plan  ◄── compile   (one syntax tree)
//!                                  │                        │
//!                               policy ─► review ─► exec ◄──┘
//!                                                    │
//!                                 job table ─► history, preferences ─► (next prompt)
//! ```
//!
//! The model writes shell text; it is parsed by the shell's own parser and
//! compiled to a [`plan::Plan`] of typed operations. What a plan does is computed
//! from these, never taken on the model's word; only [`review`] makes a
//! [`review::ApprovedPlan`] of it, and [`exec`] takes nothing else.
//!
//! The modules below are in the order of their use: each uses only those above
//! it. Where to begin:
//!
//! - [`startup::main`]: from the arguments to a shell, a request or a subcommand
//! - [`session::interactive::run`]: the loop over lines
//! - [`session::request::plan`]: from words to a plan
//! - [`shell::Shell`]: the engine; `shell::exec::spawn` is the one place that forks
//!
//! `docs/architecture.md` has the map, the invariants and what is absent on purpose.

// Statuses, and text that is safe to show or keep.
pub mod escape;
pub mod exit_status;
pub mod language;
pub mod redaction;
pub(crate) mod wrap;

// The operating system, and the shell engine over it.
pub mod system;

pub mod diagnostic;
pub mod rescue;

pub mod job;
pub mod shell;

// What programs do, by their command lines.
pub mod program;

// What a request needs.
pub mod config;
pub mod context;
pub mod database;
pub mod history;
pub mod intent;
pub mod model;
pub mod preference;
pub mod prompt;
pub mod undo;

// From its answer to its effects.
pub mod plan;
pub mod policy;

pub mod review;

pub mod preview;

pub mod exec;

pub mod tui;

// Where it comes together.
pub mod cli;

pub mod session;

// How well it does.
pub mod eval;

pub mod startup;

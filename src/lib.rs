//! llmsh: a POSIX shell that also understands requests in a person's own words.

pub mod cli;
pub mod config;
pub mod context;
pub mod diagnostic;
pub mod exec;
pub mod exit_status;
pub mod history;
pub mod intent;
pub mod job;
pub mod model;
pub mod plan;
pub mod policy;
pub mod preference;
pub mod prompt;
pub mod review;
pub mod session;
pub mod shell;
pub mod startup;
pub mod system;
pub mod tui;

//! llmsh: a POSIX shell that also understands requests in a person's own words.

pub mod config;
pub mod context;
pub mod diagnostic;
pub mod exit_status;
pub mod model;
pub mod plan;
pub mod preference;
pub mod prompt;
pub mod shell;
pub mod system;

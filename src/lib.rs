//! llmsh: a POSIX shell that also understands requests in a person's own words.

pub mod diagnostic;
pub mod exit_status;
pub mod model;
pub mod plan;
pub mod shell;
pub mod system;

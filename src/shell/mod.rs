//! The shell engine: POSIX.1-2024 shell language over `system`.

pub mod arithmetic;
pub mod builtin;
pub mod glob;
pub mod pattern;
pub mod quote;
pub mod syntax;

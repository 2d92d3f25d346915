//! The shell engine: POSIX.1-2024 shell language over `system`.

pub mod syntax;

//! The operating system: the only place that names nix or libc.

pub mod file_access;

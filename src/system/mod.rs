//! The operating system: the only place that names `nix` or `libc`.

pub mod disk;
pub mod interrupt;

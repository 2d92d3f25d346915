//! The operating system: every system call of llmsh is made below this module.

pub mod identity;

//! Builtin utilities.

pub mod echo;
mod escape;
pub mod number;
pub mod printf;
pub mod test;

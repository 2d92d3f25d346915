//! The terminal: keys, progress, and the guard that puts its modes back.

pub mod keys;
pub mod progress;

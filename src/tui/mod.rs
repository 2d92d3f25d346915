//! The terminal: keys, progress, and the guard that puts its modes back.

pub mod inline;
pub mod input;
pub mod keys;
pub mod paint;
pub mod progress;
pub mod screen;

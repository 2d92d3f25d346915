//! The lines that were entered before, as an interactive shell knows them: for `history`,
//! `fc` and `!!`. Where they are kept is the business of whoever gives them.

use std::rc::Rc;

use super::Shell;

/// Lines that were entered, the oldest first; a line's number is its place, from 1.
pub trait Past: std::fmt::Debug {
    /// All of them, the one that is being run among them.
    fn lines(&self) -> Vec<String>;
    /// Adds one.
    fn add(&self, line: &str);
    /// Takes the last one away, which is being run and stands for another.
    fn forget_last(&self);
    /// Forgets one for good; whether it was there.
    fn forget(&self, number: usize) -> bool;
    /// Forgets all of them for good.
    fn forget_all(&self);
}

impl Shell {
    /// Lets the shell know the lines that were entered.
    pub fn remember_lines(&mut self, past: Rc<dyn Past>) {
        self.past = Some(past);
    }
}

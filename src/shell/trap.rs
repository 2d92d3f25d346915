//! Traps (XCU 2.15 *trap*) and the signal dispositions of the shell and of the
//! programs it starts (XCU 2.12).
//!
//! Every change of a disposition goes through [`Traps`], which remembers what
//! the shell inherited: a program gets that back, unless a trap ignores the
//! signal.

use std::collections::{BTreeMap, BTreeSet};

use bstr::BString;

use super::option::Opt;
use super::{Divert, Flow, Shell};
use crate::system::signal::{self, Disposition, Signal};

/// The condition of the EXIT trap, which is no signal.
pub const EXIT: Signal = 0;

/// The condition of the ERR trap (bash): a command failed.
pub const ERR: Signal = 1001;

/// The condition of the DEBUG trap (bash): a command is about to run.
pub const DEBUG: Signal = 1002;

/// The condition of the RETURN trap (bash): a function or a dot script has ended.
pub const RETURN: Signal = 1003;

/// Whether a condition is a signal.
#[must_use]
pub fn is_signal(condition: Signal) -> bool {
    condition != EXIT && condition < ERR
}

/// The name of a condition, as `trap` writes it.
#[must_use]
pub fn name(condition: Signal) -> Option<String> {
    Some(match condition {
        EXIT => "EXIT".to_owned(),
        ERR => "ERR".to_owned(),
        DEBUG => "DEBUG".to_owned(),
        RETURN => "RETURN".to_owned(),
        signal => return signal::name(signal),
    })
}

/// What a trap does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `trap '' SIG`
    Ignore,
    /// `trap 'commands' SIG`
    Run(BString),
}

/// Traps and inherited dispositions.
#[derive(Clone, Debug, Default)]
pub struct Traps {
    actions: BTreeMap<Signal, Action>,
    /// What the shell itself does with a signal while no trap is set.
    own: BTreeMap<Signal, Disposition>,
    inherited: BTreeMap<Signal, Disposition>,
    /// Signals that a background list without job control ignores, until a trap is
    /// set or reset.
    ignored: BTreeSet<Signal>,
    /// A subshell's traps as its parent had them, which `trap` lists until the
    /// subshell changes one (XCU trap).
    listed: Option<BTreeMap<Signal, Action>>,
    /// A trap is being run; its own signal waits.
    running: bool,
    /// The shell is interactive or a subshell of one that is: what it inherited
    /// as ignored can be trapped and reset like any other signal (XCU trap).
    interactive: bool,
}

impl Traps {
    /// The disposition that the shell was started with.
    pub fn inherited(&mut self, signal: Signal) -> Disposition {
        *self
            .inherited
            .entry(signal)
            .or_insert_with(|| signal::get(signal).unwrap_or(Disposition::Default))
    }

    /// Lets signals be trapped and reset that were ignored when the shell
    /// started.
    pub fn become_interactive(&mut self) {
        self.interactive = true;
    }

    /// Sets what the shell does with a signal while no trap is set on it.
    pub fn set_own(&mut self, signal: Signal, disposition: Disposition) {
        self.inherited(signal);
        self.own.insert(signal, disposition);
        if !self.actions.contains_key(&signal) {
            // The signals the shell names here can all be set.
            let _ = signal::set(signal, disposition);
        }
    }

    /// Sets or, with `None`, resets a trap. Signals that were ignored when a
    /// non-interactive shell started stay so, without an error (XCU trap).
    pub fn set(&mut self, condition: Signal, action: Option<Action>) {
        self.listed = None;
        self.ignored.remove(&condition);
        if is_signal(condition) {
            if !self.interactive
                && self.inherited(condition) == Disposition::Ignore
                && !self.own.contains_key(&condition)
            {
                return;
            }
            self.inherited(condition);
            if self.interactive {
                // From now on its default action is what it rests with.
                self.inherited.insert(condition, Disposition::Default);
            }
            let disposition = match &action {
                // The kernel would wait for the children of a process that ignores
                // it, and their statuses would be lost; programs get it ignored.
                Some(Action::Ignore) if condition == signal::SIGCHLD => Disposition::Default,
                Some(Action::Ignore) => Disposition::Ignore,
                Some(Action::Run(_)) => Disposition::Catch,
                None => self.resting(condition),
            };
            // SIGKILL and SIGSTOP cannot be trapped; setting them is undefined.
            let _ = signal::set(condition, disposition);
        }
        match action {
            Some(action) => self.actions.insert(condition, action),
            None => self.actions.remove(&condition),
        };
    }

    fn resting(&mut self, signal: Signal) -> Disposition {
        match self.own.get(&signal) {
            Some(disposition) => *disposition,
            None => self.inherited(signal),
        }
    }

    /// Whether the shell itself survives SIGINT, giving up what it is doing.
    #[must_use]
    pub fn survives_interrupts(&self) -> bool {
        self.own.get(&signal::SIGINT) == Some(&Disposition::Catch)
    }

    /// No trap is being run any more: after a failure within one.
    pub fn end_running(&mut self) {
        self.running = false;
    }

    /// Whether programs get the dispositions as they are now: nothing has been changed.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.actions.is_empty() && self.own.is_empty() && self.ignored.is_empty()
    }

    /// Signals that were ignored when the shell started and that no trap can change.
    pub fn ignored_from_the_start(&mut self) -> Vec<Signal> {
        if self.interactive {
            return Vec::new();
        }
        let fixed = signal::all().filter(|signal| !self.own.contains_key(signal));
        let fixed: Vec<Signal> = fixed.collect();
        fixed.into_iter().filter(|signal| self.inherited(*signal) == Disposition::Ignore).collect()
    }

    /// The action for a condition.
    #[must_use]
    pub fn get(&self, condition: Signal) -> Option<&Action> {
        self.actions.get(&condition)
    }

    /// Whether any signal has a trap that runs commands.
    #[must_use]
    pub fn catch_any(&self) -> bool {
        self.actions
            .iter()
            .any(|(signal, action)| is_signal(*signal) && matches!(action, Action::Run(_)))
    }

    /// Takes the traps of conditions away, to be put back.
    fn hide(&mut self, conditions: &[Signal]) -> Vec<(Signal, Action)> {
        conditions
            .iter()
            .filter_map(|condition| Some((*condition, self.actions.remove(condition)?)))
            .collect()
    }

    /// Puts traps back where no others have been set.
    fn show(&mut self, hidden: Vec<(Signal, Action)>) {
        for (condition, action) in hidden {
            self.actions.entry(condition).or_insert(action);
        }
    }

    /// The traps as `trap` lists them.
    pub fn list(&self) -> impl Iterator<Item = (Signal, &Action)> {
        self.listed
            .as_ref()
            .unwrap_or(&self.actions)
            .iter()
            .map(|(signal, action)| (*signal, action))
    }

    /// Prepares a subshell: caught traps are reset, ignored ones stay (XCU
    /// 2.13). What the interactive shell did for itself ends, too.
    ///
    /// `kept` are conditions whose traps a subshell of bash inherits.
    pub fn enter_subshell(&mut self, kept: &[Signal]) {
        self.listed = Some(self.actions.clone());
        self.running = false;
        let caught: Vec<Signal> = self
            .actions
            .iter()
            .filter(|(_, action)| matches!(action, Action::Run(_)))
            .map(|(signal, _)| *signal)
            .filter(|signal| !kept.contains(signal))
            .collect();
        for signal in caught {
            self.actions.remove(&signal);
            if is_signal(signal) {
                let disposition = self.inherited(signal);
                let _ = signal::set(signal, disposition);
            }
        }
        // A subshell has children, too.
        let waits = self.own.remove_entry(&signal::SIGCHLD);
        for (signal, _) in std::mem::replace(&mut self.own, waits.into_iter().collect()) {
            if !self.actions.contains_key(&signal) {
                let disposition = self.inherited(signal);
                let _ = signal::set(signal, disposition);
            }
        }
        signal::forget_all();
    }

    /// Makes this process ignore a signal until a trap is set or reset: what a
    /// background list does with SIGINT and SIGQUIT without job control (XCU
    /// 2.12). Only what the shell itself inherited cannot be reset (XCU trap).
    pub fn ignore_from_now(&mut self, signal: Signal) {
        self.inherited(signal);
        self.ignored.insert(signal);
        let _ = signal::set(signal, Disposition::Ignore);
    }

    /// Makes the shell's own what it needs for waiting: a parent that ignored
    /// SIGCHLD would have the kernel wait for the shell's children.
    pub fn own_children(&mut self) {
        if self.inherited(signal::SIGCHLD) == Disposition::Ignore {
            self.set_own(signal::SIGCHLD, Disposition::Default);
        }
    }

    /// Sets every disposition to what a program gets that takes this process's
    /// place: what the shell inherited, and ignored what a trap ignores. Returns what
    /// [`Traps::take_back`] needs if the program cannot be executed.
    pub fn hand_over(&mut self) -> Vec<(Signal, Disposition)> {
        let given: Vec<(Signal, Disposition)> = self
            .inherited
            .iter()
            .map(|(signal, inherited)| match self.actions.get(signal) {
                Some(Action::Ignore) => (*signal, Disposition::Ignore),
                _ if self.ignored.contains(signal) => (*signal, Disposition::Ignore),
                _ => (*signal, *inherited),
            })
            .collect();
        let set = |(signal, disposition)| Some((signal, signal::set(signal, disposition).ok()?));
        given.into_iter().filter_map(set).collect()
    }

    /// Sets the dispositions as they were before [`Traps::hand_over`].
    pub fn take_back(before: Vec<(Signal, Disposition)>) {
        for (signal, disposition) in before {
            // It was set a moment ago.
            let _ = signal::set(signal, disposition);
        }
    }
}

impl Shell {
    /// Runs the traps of signals that came. Called between commands.
    pub(crate) fn run_pending_traps(&mut self) -> Flow {
        if !signal::any_pending() || self.traps.running {
            return Ok(());
        }
        signal::begin_look();
        if self.traps.survives_interrupts()
            && self.traps.get(signal::SIGINT).is_none()
            && signal::take(signal::SIGINT)
        {
            self.status = crate::exit_status::ExitStatus::from_signal(signal::SIGINT);
            return Err(Divert::Interrupt);
        }
        let conditions: Vec<Signal> =
            self.traps.actions.keys().copied().filter(|c| is_signal(*c)).collect();
        for condition in conditions {
            if signal::take(condition)
                && let Some(Action::Run(commands)) = self.traps.get(condition).cloned()
            {
                self.run_trap(&commands)?;
            }
        }
        Ok(())
    }

    /// What follows from a SIGINT that came while a word was expanded: what the
    /// person typed is given up, or the trap runs before the next command.
    pub(crate) fn give_up_interrupted(&mut self) -> Divert {
        self.status = crate::exit_status::ExitStatus::from_signal(signal::SIGINT);
        match self.run_pending_traps() {
            Err(divert) => divert,
            Ok(()) => Divert::Abort,
        }
    }

    /// Runs the ERR trap, if there is one, after a command that failed.
    pub(crate) fn run_error_trap(&mut self) -> Flow {
        self.run_pseudo_trap(ERR)
    }

    /// Runs the DEBUG trap, if there is one, before a command; `text` is what it is.
    pub(crate) fn run_debug_trap(&mut self, text: impl FnOnce() -> BString) -> Flow {
        if self.traps.actions.is_empty() || self.traps.get(DEBUG).is_none() {
            return Ok(());
        }
        // It can be read in the trap.
        let _ = self.variables.set(b"BASH_COMMAND", text());
        self.run_pseudo_trap(DEBUG)
    }

    /// Runs the RETURN trap, if there is one, when a function has ended so.
    pub(crate) fn run_return_trap(&mut self, flow: Flow) -> Flow {
        if matches!(flow, Ok(()) | Err(Divert::Return)) && self.traps.get(RETURN).is_some() {
            self.run_pseudo_trap(RETURN)?;
        }
        flow
    }

    fn run_pseudo_trap(&mut self, condition: Signal) -> Flow {
        if self.traps.running {
            return Ok(());
        }
        match self.traps.get(condition).cloned() {
            Some(Action::Run(commands)) => {
                let line = self.line;
                self.run_trap_at(&commands, line)
            }
            _ => Ok(()),
        }
    }

    /// The traps that a function does not inherit, taken away.
    pub(crate) fn hide_inner_traps(&mut self) -> Vec<(Signal, Action)> {
        if self.traps.actions.is_empty() {
            return Vec::new();
        }
        let mut conditions = Vec::new();
        if !self.options.is_on(Opt::ErrTrace) {
            conditions.push(ERR);
        }
        if !self.options.is_on(Opt::FuncTrace) {
            conditions.extend([DEBUG, RETURN]);
        }
        self.traps.hide(&conditions)
    }

    /// Puts back what [`Shell::hide_inner_traps`] took away.
    pub(crate) fn show_inner_traps(&mut self, hidden: Vec<(Signal, Action)>) {
        self.traps.show(hidden);
    }

    /// The conditions whose traps a subshell inherits (bash, set -E and -T).
    pub(crate) fn inherited_traps(&self) -> Vec<Signal> {
        let mut kept = Vec::new();
        if self.options.is_on(Opt::ErrTrace) {
            kept.push(ERR);
        }
        if self.options.is_on(Opt::FuncTrace) {
            kept.extend([DEBUG, RETURN]);
        }
        kept
    }

    fn run_trap(&mut self, commands: &BString) -> Flow {
        self.run_trap_at(commands, 1)
    }

    fn run_trap_at(&mut self, commands: &BString, first_line: u32) -> Flow {
        let status = self.status;
        let line = self.line;
        let outer = self.status_before_trap.replace(status);
        self.traps.running = true;
        let flow = self.evaluate(commands, first_line);
        self.traps.running = false;
        self.status_before_trap = outer;
        self.line = line;
        // `$?` is as before the trap, unless the trap chose another one.
        if !matches!(flow, Err(Divert::Exit | Divert::Return | Divert::Abort)) {
            self.status = status;
        }
        flow
    }

    /// Runs the EXIT trap, once, and returns the final status.
    pub(crate) fn run_exit_trap(&mut self) {
        let Some(Action::Run(commands)) = self.traps.actions.remove(&EXIT) else { return };
        let status = self.status;
        self.condition_depth = 0;
        self.loop_depth = 0;
        self.status_before_trap = Some(status);
        match self.evaluate(&commands, 1) {
            Err(Divert::Exit | Divert::Abort) => {}
            _ => self.status = status,
        }
    }
}

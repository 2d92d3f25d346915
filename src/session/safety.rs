//! What keeps a person safe, opened when the first plan needs it: the rules, the
//! approvals that were remembered, the journal of changes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Session;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::plan::Plan;
use crate::plan::effect::Reversal;
use crate::policy::approval::{self, Approvals};
use crate::policy::{self, Policy};
use crate::system::identity;
use crate::undo::command::{self, RedoArguments, UndoArguments};
use crate::undo::{Journal, Limits};

impl Session {
    /// The rules in force. A file of rules that cannot be used is a notice.
    pub fn policy(&mut self) -> &Policy {
        if self.policy.is_none() {
            let places = policy::Places::of_process(&self.directories);
            let mut compile = policy::example_compiler(&places);
            let files = policy::Files::of(&self.directories, identity::effective_user());
            let (policy, notices) = policy::load(&files, places, &mut compile);
            self.notices.extend(notices);
            self.policy = Some(policy);
        }
        self.policy.as_ref().expect("it has just been loaded")
    }

    /// The approvals that were remembered; without their database everything is
    /// asked about.
    pub fn approvals(&mut self) -> Option<&mut Approvals> {
        if self.approvals.is_none() {
            match Approvals::open(&self.directories.data.join(approval::FILE_NAME)) {
                Ok(approvals) => self.approvals = Some(approvals),
                Err(error) => self.notices.push(error.into()),
            }
        }
        self.approvals.as_mut()
    }

    /// The journal of changes; `None` where the person wants none.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn changes(&mut self) -> Result<Option<&mut Journal>, Diagnostic> {
        if self.config.undo.enabled { self.journal().map(Some) } else { Ok(None) }
    }

    /// The journal of changes, for what was done before.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn journal(&mut self) -> Result<&mut Journal, Diagnostic> {
        if self.changes.is_none() {
            let undo = &self.config.undo;
            let limits = Limits {
                max_bytes: undo.keep,
                max_age: Duration::from_secs(u64::from(undo.max_days) * 24 * 60 * 60),
            };
            let path = self.directories.data.join(crate::undo::FILE_NAME);
            self.changes = Some(Journal::open(&path, limits)?);
        }
        Ok(self.changes.as_mut().expect("it has just been opened"))
    }

    /// `llmsh undo` and the builtin `undo`.
    ///
    /// # Errors
    /// What cannot be undone, and why.
    pub fn undo(&mut self, arguments: &UndoArguments) -> Result<ExitStatus, Diagnostic> {
        command::undo(arguments, self.journal()?, &mut std::io::stdout())
    }

    /// `llmsh redo` and the builtin `redo`.
    ///
    /// # Errors
    /// What cannot be done again, and why.
    pub fn redo(&mut self, arguments: &RedoArguments) -> Result<ExitStatus, Diagnostic> {
        command::redo(arguments, self.journal()?, &mut std::io::stdout())
    }

    /// Says of a plan what holds without a journal: none of it can be undone.
    pub(super) fn warn_without_journal(&mut self, plan: &mut Plan) {
        let reason = match self.changes() {
            Ok(Some(_)) => return,
            Ok(None) => plan.language.choose("undo is switched off", "撤销功能已关闭").to_owned(),
            Err(error) => {
                let reason = plan.language.choose("no journal can be kept", "无法记录更改");
                format!("{reason}: {}", error.message)
            }
        };
        for step in &mut plan.steps {
            if matches!(step.reversal, Reversal::Full | Reversal::Partly(_)) {
                step.reversal = Reversal::No(reason.clone());
            }
        }
    }
}

/// Seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

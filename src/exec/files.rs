//! Typed operations on files: carried out as changes that can be undone.

use crate::language::Language;
use crate::plan::Step;
use crate::plan::change::{self, Obstacle};
use crate::plan::effect::Reversal;
use crate::undo::{self, Change, Journal, NewRun, RunId};

/// Where changes are written down before they are made.
#[derive(Debug)]
pub(super) struct Record<'a> {
    /// The journal; `None` where the person wants none.
    pub journal: Option<&'a mut Journal>,
    /// What is being run.
    pub about: NewRun,
    /// Set by the first change.
    pub run: Option<RunId>,
}

impl Record<'_> {
    /// The plan has ended; where its changes stand.
    pub(super) fn end(self) -> Option<RunId> {
        if let (Some(journal), Some(run)) = (self.journal, self.run)
            && let Err(error) = journal.end(run)
        {
            super::message(&error.to_string());
        }
        self.run
    }
}

/// Carries out the step; a sentence for each thing that stood in the way, and
/// then what comes after it has not been done.
pub(super) fn perform(
    step: &Step,
    record: &mut Record<'_>,
    language: Language,
) -> Result<(), Vec<String>> {
    let keep = matches!(step.reversal, Reversal::Full | Reversal::Partly(_));
    let changes = match change::changes(&step.operation, &step.pins, keep, language) {
        None => return Ok(()),
        Some(Ok(changes)) => changes,
        Some(Err(Obstacle::Refused(reasons))) => return Err(reasons),
        Some(Err(Obstacle::Unsuitable)) => {
            let reason = language.choose(
                "what is there now cannot be changed so that it could be undone; ask again",
                "现在的内容无法以可撤销的方式更改；请重新提出请求",
            );
            return Err(vec![reason.to_owned()]);
        }
    };
    make(step.id, &changes, record)
}

/// Makes the changes of a step, with their intent written down first.
pub(super) fn make(
    step: usize,
    changes: &[Change],
    record: &mut Record<'_>,
) -> Result<(), Vec<String>> {
    if changes.is_empty() {
        return Ok(());
    }
    let result = match record.journal.as_deref_mut() {
        Some(journal) => {
            let run = match record.run {
                Some(run) => run,
                None => journal.begin(&record.about).map_err(|error| vec![error.to_string()])?,
            };
            record.run = Some(run);
            journal.perform(run, step, changes)
        }
        None => undo::apply(changes),
    };
    result.map_err(|failure| vec![failure.to_string()])
}

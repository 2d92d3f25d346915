//! What an undo would do, for a person who wants to know before.

use std::path::PathBuf;

use super::RunId;
use super::journal::{DONE, Journal};
use super::record::{Kind, Record};
use crate::database::StoreError;

/// What an undo would do to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// In one or two words: it is removed, gets its content, attributes or name back, comes
    /// back, is shortened to what it was, or is lost.
    pub what: &'static str,
    /// The file, by the name it would have.
    pub path: PathBuf,
    /// How much of it is kept, in bytes.
    pub bytes: u64,
}

impl Journal {
    /// What an undo of a run would do, in the order in which it would.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn restores(&self, run: RunId) -> Result<Vec<Restored>, StoreError> {
        let changes = self.changes_of(run, [DONE, DONE])?;
        let restored = |(_, record): &(i64, Record)| {
            let (what, path) = match &record.kind {
                Kind::Make => ("removed", &record.at.path),
                Kind::Exchange { kept: None, .. } | Kind::InPlace { kept: None } | Kind::Erase => {
                    ("lost", &record.at.path)
                }
                Kind::Move { replaced: Some(_), kept: None, .. } => ("lost", &record.at.path),
                Kind::Exchange { .. } | Kind::InPlace { .. } => ("content", &record.at.path),
                Kind::Append => ("shortened", &record.at.path),
                Kind::Discard { .. } => ("back", &record.at.path),
                Kind::Move { .. } => ("renamed back", &record.at.path),
                Kind::Attributes => ("attributes", &record.at.path),
            };
            Restored { what, path: path.clone(), bytes: record.bytes }
        };
        Ok(changes.iter().rev().map(restored).collect())
    }
}

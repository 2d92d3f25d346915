//! Approvals that are remembered: what a person does not want to be asked about
//! again.
//!
//! **Architecture invariant:** an approval only ever replaces the question that
//! llmsh asks about everything. It never speaks of privilege, of the network, of
//! effects that are not known, or of deletion that cannot be undone, and it counts
//! for nothing where any other rule applies.

mod scope;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

pub use self::scope::Scope;
use super::judge::{StepVerdict, Verdict};
use super::place::Places;
use super::touch::Names;
use super::{Because, Decision};
use crate::database::{self, StoreError};
use crate::plan::{Plan, Step};

/// The name of the database in the data directory.
pub const FILE_NAME: &str = "approvals.sqlite";

/// The schema, step by step.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE approval (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        action TEXT NOT NULL,
        risk TEXT NOT NULL,
        directory BLOB NOT NULL,
        created INTEGER NOT NULL,
        used INTEGER,
        UNIQUE (action, risk, directory)
    );"];

/// What could be remembered of a plan that a person has just said yes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What each kind of step needs, each once.
    pub scopes: Vec<Scope>,
}

/// An approval that is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Its number.
    pub id: i64,
    /// What it is about.
    pub scope: Scope,
    /// The day on which it was given (UTC).
    pub created: String,
    /// The day on which it was used last.
    pub used: Option<String>,
}

/// What could be remembered of a plan, for a person who is in the directory
/// `here`; nothing where a step asks for more than an approval may give.
#[must_use]
pub fn offer(plan: &Plan, verdict: &Verdict, here: &Path, places: &Places) -> Option<Offer> {
    let mut scopes = BTreeSet::new();
    let mut names = Names::default();
    for (step, judged) in judged(plan, verdict)? {
        let before = names.clone();
        names.advance(step);
        if judged.decision == Decision::Allow {
            continue;
        }
        let (action, risk) = scope::action(step)?;
        let directory =
            may_be_approved(judged).then(|| scope::directory(step, here, places, &before))??;
        scopes.insert(Scope { action, risk: risk.to_owned(), directory });
    }
    (!scopes.is_empty()).then(|| Offer { scopes: scopes.into_iter().collect() })
}

/// The steps with what was decided about each; nothing where the plan as a whole
/// is refused.
fn judged<'a>(
    plan: &'a Plan,
    verdict: &'a Verdict,
) -> Option<impl Iterator<Item = (&'a Step, &'a StepVerdict)>> {
    let fits = verdict.refused.is_none() && plan.steps.len() == verdict.steps.len();
    fits.then(|| plan.steps.iter().zip(&verdict.steps))
}

fn may_be_approved(judged: &StepVerdict) -> bool {
    judged.because.iter().all(Because::is_everyday)
}

/// The approvals of a user.
#[derive(Debug)]
pub struct Approvals {
    connection: Connection,
}

impl Approvals {
    /// Opens the database, making it for this user alone if it is not there.
    ///
    /// # Errors
    /// What SQLite or the file system says.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: database::open(path, MIGRATIONS, database::PATIENCE)? })
    }

    /// Remembers what was offered, at this time in seconds since 1970.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn remember(&mut self, offer: &Offer, now: i64) -> Result<(), StoreError> {
        for scope in &offer.scopes {
            self.connection.execute(
                "INSERT INTO approval (action, risk, directory, created) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO NOTHING",
                params![scope.action, scope.risk, scope.directory.as_os_str().as_bytes(), now],
            )?;
        }
        Ok(())
    }

    /// Whether everything in the plan that would be asked about was approved
    /// before; those that were used get this time.
    ///
    /// # Errors
    /// What SQLite says; the plan is then asked about.
    pub fn allows(
        &mut self,
        plan: &Plan,
        verdict: &Verdict,
        here: &Path,
        places: &Places,
        now: i64,
    ) -> Result<bool, StoreError> {
        let Some(steps) = judged(plan, verdict) else { return Ok(false) };
        let approvals = self.list()?;
        let mut used = BTreeSet::new();
        let mut names = Names::default();
        for (step, judged) in steps {
            let before = names.clone();
            names.advance(step);
            if judged.decision == Decision::Allow {
                continue;
            }
            let Some((action, risk)) = scope::action(step).filter(|_| may_be_approved(judged))
            else {
                return Ok(false);
            };
            let fits = |approval: &&Approval| {
                let scope = &approval.scope;
                scope.action == action
                    && scope.risk == risk
                    && scope::is_inside(step, &scope.directory, here, places, &before)
            };
            match approvals.iter().find(fits) {
                Some(approval) => used.insert(approval.id),
                None => return Ok(false),
            };
        }
        for id in &used {
            self.connection
                .execute("UPDATE approval SET used = ?1 WHERE id = ?2", params![now, id])?;
        }
        Ok(!used.is_empty())
    }

    /// The approvals, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn list(&self) -> Result<Vec<Approval>, StoreError> {
        let mut statement = self.connection.prepare(
            "SELECT id, action, risk, directory, date(created, 'unixepoch'), date(used, 'unixepoch')
             FROM approval ORDER BY id",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Approval {
                id: row.get(0)?,
                scope: Scope {
                    action: row.get(1)?,
                    risk: row.get(2)?,
                    directory: PathBuf::from(OsString::from_vec(row.get(3)?)),
                },
                created: row.get(4)?,
                used: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes an approval back; whether there was one.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn revoke(&mut self, id: i64) -> Result<bool, StoreError> {
        Ok(self.connection.execute("DELETE FROM approval WHERE id = ?1", [id])? > 0)
    }

    /// Takes all of them back; how many there were.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn revoke_all(&mut self) -> Result<usize, StoreError> {
        Ok(self.connection.execute("DELETE FROM approval", [])?)
    }
}

#[cfg(test)]
mod tests;

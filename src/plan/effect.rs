//! Effects: what a step reads, creates, changes and deletes, and the risk that
//! follows from them.

use std::fmt;
use std::path::{Path, PathBuf};

/// What a step does to the world, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Paths that are read, as far as they were named.
    pub reads: Vec<PathBuf>,
    /// Paths that come into being.
    pub creates: Vec<PathBuf>,
    /// Paths whose content, name, mode or owner changes.
    pub changes: Vec<PathBuf>,
    /// Paths that go away.
    pub deletes: Vec<PathBuf>,
    /// Processes that get a signal.
    pub signals: Vec<i32>,
    /// The network is used.
    pub network: bool,
    /// Privileges are asked for.
    pub privilege: bool,
    /// The directory or variables of the session change.
    pub environment: bool,
    /// Why more may happen than is listed; `None`: the list is complete.
    pub unknown: Option<String>,
    /// Why nobody may run it, whatever they say.
    pub forbidden: Option<String>,
}

impl Effects {
    /// Effects that are not known, for this reason.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), ..Self::default() }
    }

    /// Everything that is not left as it was.
    pub fn writes(&self) -> impl Iterator<Item = &Path> {
        self.creates.iter().chain(&self.changes).chain(&self.deletes).map(PathBuf::as_path)
    }

    /// Adds another step's effects.
    pub fn merge(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.creates.extend(other.creates);
        self.changes.extend(other.changes);
        self.deletes.extend(other.deletes);
        self.signals.extend(other.signals);
        self.network |= other.network;
        self.privilege |= other.privilege;
        self.environment |= other.environment;
        self.unknown = self.unknown.take().or(other.unknown);
        self.forbidden = self.forbidden.take().or(other.forbidden);
    }

    /// The risk.
    #[must_use]
    pub fn risk(&self) -> Risk {
        if self.forbidden.is_some() {
            Risk::Forbidden
        } else if self.privilege {
            Risk::Privilege
        } else if !self.deletes.is_empty() {
            Risk::Delete
        } else if self.unknown.is_some() || self.network {
            Risk::Unknown
        } else if self.writes().next().is_some() || !self.signals.is_empty() || self.environment {
            Risk::Write
        } else {
            Risk::Read
        }
    }
}

/// How much a step can do, from nothing to what nobody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It only reads.
    Read,
    /// It creates, changes or moves.
    Write,
    /// It may do more than can be told, or uses the network.
    Unknown,
    /// It deletes.
    Delete,
    /// It asks for privileges.
    Privilege,
    /// It is refused.
    Forbidden,
}

impl Risk {
    /// The word that is shown.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "reads only",
            Self::Write => "changes",
            Self::Unknown => "unknown effects",
            Self::Delete => "DELETES",
            Self::Privilege => "PRIVILEGED",
            Self::Forbidden => "FORBIDDEN",
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Unknown => "unknown",
            Self::Delete => "delete",
            Self::Privilege => "privilege",
            Self::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

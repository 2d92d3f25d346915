//! Effects: what a step reads, creates, changes and deletes, and the risk that
//! follows from them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::language::Language;
use crate::program::Thing;

/// One thing that a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What is done, and to what.
    pub act: Act,
    /// Whether that is known, or only to be feared.
    pub certainty: Certainty,
}

/// What is done, and to what: paths are absolute, and what a link names where the
/// link is followed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// It is done to a path.
    To(Deed, PathBuf),
    /// Something changes for which no place can be told.
    ChangesUnlisted,
    /// Something goes away that is not in the list.
    DeletesUnlisted,
    /// What is no file changes.
    Alters(Thing),
    /// What is no file goes away.
    Loses(Thing),
    /// The process gets a signal.
    Signals(i32),
    /// The network is used.
    Network,
    /// Privileges are asked for.
    Privilege,
    /// The directory or variables of the session change.
    Environment,
    /// Processes are started without end.
    Exhausts,
    /// More may happen than is listed, for this reason.
    Unknown(String),
}

/// What is done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// It is read.
    Reads,
    /// It comes into being.
    Creates,
    /// Its content, mode or owner changes.
    Changes,
    /// It goes away while what it names stays under another name.
    Moves,
    /// It goes away, with all that is below it.
    Deletes,
    /// Files below it come into being or change; which ones is not known.
    Within,
}

/// How sure an effect is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It happens if the step succeeds.
    Certain,
    /// It happens if the words of the command mean then what they seem to mean now.
    /// A step with such an effect has unknown effects, too; what is forbidden is
    /// forbidden on suspicion.
    Possible,
}

/// What a step does to the world, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    list: Vec<Effect>,
}

impl From<Vec<Act>> for Effects {
    fn from(acts: Vec<Act>) -> Self {
        let certain = |act| Effect { act, certainty: Certainty::Certain };
        Self { list: acts.into_iter().map(certain).collect() }
    }
}

impl Effects {
    /// Effects that are not known, for this reason.
    #[must_use]
    pub fn unknown(reason: impl Into<String>) -> Self {
        vec![Act::Unknown(reason.into())].into()
    }

    /// The effects of doing one thing to many paths.
    #[must_use]
    pub fn to(deed: Deed, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        paths.into_iter().map(|path| Act::To(deed, path)).collect::<Vec<_>>().into()
    }

    /// All of them, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.list.iter()
    }

    /// What is certain to be done.
    pub fn acts(&self) -> impl Iterator<Item = &Act> {
        self.list
            .iter()
            .filter(|effect| effect.certainty == Certainty::Certain)
            .map(|effect| &effect.act)
    }

    /// What is only to be feared.
    pub fn possible(&self) -> impl Iterator<Item = &Act> {
        self.list
            .iter()
            .filter(|effect| effect.certainty == Certainty::Possible)
            .map(|effect| &effect.act)
    }

    /// Adds an effect. Of reasons why more may happen the first stays; what has no
    /// path is said once.
    pub fn push(&mut self, act: Act) {
        let known = match &act {
            Act::To(..) => false,
            Act::Unknown(_) => self.why_unknown().is_some(),
            other => self.any(|act| act == other),
        };
        if !known {
            self.list.push(Effect { act, certainty: Certainty::Certain });
        }
    }

    /// Adds another step's effects, as certain as they are.
    pub fn merge(&mut self, other: Self) {
        for effect in other.list {
            match effect.certainty {
                Certainty::Certain => self.push(effect.act),
                Certainty::Possible => self.list.push(effect),
            }
        }
    }

    /// Adds effects of which it is not known whether they will be.
    pub fn suspect(&mut self, other: Self) {
        let known: HashSet<Act> = self.list.iter().map(|effect| effect.act.clone()).collect();
        let new = other.list.into_iter().filter(|effect| !known.contains(&effect.act));
        let new = new.map(|effect| Effect { certainty: Certainty::Possible, ..effect });
        self.list.extend(new);
    }

    /// Whether one of the certain effects is of that kind.
    pub fn any(&self, is: impl Fn(&Act) -> bool) -> bool {
        self.acts().any(is)
    }

    /// Takes certain effects of a kind out of the list.
    pub fn take(&mut self, is: impl Fn(&Act) -> bool) -> Vec<Act> {
        let (taken, kept) = std::mem::take(&mut self.list)
            .into_iter()
            .partition(|effect| effect.certainty == Certainty::Certain && is(&effect.act));
        self.list = kept;
        let taken: Vec<Effect> = taken;
        taken.into_iter().map(|effect| effect.act).collect()
    }

    /// The paths to which this is done.
    pub fn paths(&self, deed: Deed) -> impl Iterator<Item = &Path> {
        self.acts().filter_map(move |act| match act {
            Act::To(own, path) if *own == deed => Some(path.as_path()),
            _ => None,
        })
    }

    /// Every path that is not left as it was.
    pub fn writes(&self) -> impl Iterator<Item = &Path> {
        self.acts().filter_map(Act::written)
    }

    /// Why more may happen than is listed; `None`: the list is complete.
    #[must_use]
    pub fn why_unknown(&self) -> Option<&str> {
        self.acts().find_map(|act| match act {
            Act::Unknown(reason) => Some(reason.as_str()),
            _ => None,
        })
    }

    /// Whether the session's directory or variables change.
    #[must_use]
    pub fn change_environment(&self) -> bool {
        self.any(|act| *act == Act::Environment)
    }

    /// Whether something goes away that is not in the list.
    #[must_use]
    pub fn delete_unlisted(&self) -> bool {
        self.any(|act| *act == Act::DeletesUnlisted)
    }

    /// The risk: the greatest of its effects.
    #[must_use]
    pub fn risk(&self) -> Risk {
        self.acts().map(Act::risk).max().unwrap_or(Risk::Read)
    }
}

impl Act {
    /// The path that is not left as it was.
    #[must_use]
    pub fn written(&self) -> Option<&Path> {
        match self {
            Self::To(deed, path) if *deed != Deed::Reads => Some(path),
            _ => None,
        }
    }

    /// The risk of this alone.
    #[must_use]
    pub fn risk(&self) -> Risk {
        match self {
            Self::To(Deed::Reads, _) => Risk::Read,
            Self::To(Deed::Deletes, _) | Self::DeletesUnlisted | Self::Loses(_) => Risk::Delete,
            Self::To(Deed::Creates | Deed::Changes | Deed::Moves | Deed::Within, _)
            | Self::Signals(_)
            | Self::Environment => Risk::Write,
            Self::Alters(thing) if !thing.is_outside() => Risk::Write,
            Self::Alters(_) | Self::Network => Risk::Outside,
            Self::ChangesUnlisted | Self::Unknown(_) => Risk::Unknown,
            Self::Privilege | Self::Exhausts => Risk::Privilege,
        }
    }
}

/// How much a step can do. What is forbidden is for policy to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// It only reads.
    Read,
    /// It creates, changes or moves.
    Write,
    /// It uses the network, or changes what is no file: packages, services.
    Outside,
    /// It may do more than can be told.
    Unknown,
    /// It deletes.
    Delete,
    /// It asks for privileges.
    Privilege,
}

impl Risk {
    /// The word that is shown.
    #[must_use]
    pub fn word(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Self::Read => ("reads only", "只读"),
            Self::Write => ("changes", "有改动"),
            Self::Outside => ("beyond files", "涉及文件以外"),
            Self::Unknown => ("unknown effects", "影响未知"),
            Self::Delete => ("DELETES", "【删除】"),
            Self::Privilege => ("PRIVILEGED", "【特权】"),
        };
        language.choose(english, chinese)
    }

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
            Self::Delete => "delete",
            Self::Privilege => "privilege",
        }
    }
}

/// How much is deleted, copied or changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Extent {
    /// Files and links.
    pub files: u64,
    /// Directories.
    pub directories: u64,
    /// The size of the files' contents in bytes; a file with several names
    /// counts once a name.
    pub bytes: u64,
    /// There is more that was not counted.
    pub more: bool,
}

/// Whether a step can be undone once it has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// It changes nothing.
    Nothing,
    /// All of it.
    Full,
    /// A part; what remains.
    Partly(String),
    /// Nothing; why.
    No(String),
}

impl Reversal {
    /// The name in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Full => "full",
            Self::Partly(_) => "partly",
            Self::No(_) => "no",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn risk(acts: Vec<Act>) -> Risk {
        Effects::from(acts).risk()
    }

    #[test]
    fn the_worst_effect_gives_the_risk() {
        assert_eq!(risk(vec![]), Risk::Read);
        assert_eq!(risk(vec![Act::Alters(Thing::Repository)]), Risk::Write);
        assert_eq!(risk(vec![Act::Network, Act::To(Deed::Within, "/a".into())]), Risk::Outside);
        assert_eq!(risk(vec![Act::Loses(Thing::Images), Act::Network]), Risk::Delete);
        let unlisted = vec![Act::DeletesUnlisted, Act::Unknown("x".to_owned())];
        assert_eq!(risk(unlisted), Risk::Delete);
    }

    #[test]
    fn what_is_only_possible_raises_no_risk_and_is_in_the_list() {
        let mut effects = Effects::unknown("x");
        effects
            .suspect(vec![Act::To(Deed::Deletes, "/".into()), Act::Unknown("x".to_owned())].into());
        assert_eq!(effects.risk(), Risk::Unknown);
        assert_eq!(effects.possible().collect::<Vec<_>>(), [&Act::To(Deed::Deletes, "/".into())]);
        assert_eq!(effects.paths(Deed::Deletes).count(), 0);
    }
}

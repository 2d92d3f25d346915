//! Plans: what a request will do, as typed operations.
//!
//! The model writes shell text; [`compile`] parses it with the shell's own
//! parser and lowers it. What is judged, shown, confirmed and run is the one
//! [`Plan`] that comes out. Effects, dependencies and explanations are computed
//! from the operations, never taken from the model's words.

pub mod arrange;
pub mod change;
pub mod compile;
mod depend;
pub mod effect;
mod explain;
pub mod further;
pub mod hold;

pub mod operation;
pub mod speech;

use std::path::PathBuf;

use bstr::BString;

use self::effect::{Effects, Extent, Reversal};
pub(crate) use self::hold::Flat;
use self::hold::Mend;
use self::operation::Operation;
use crate::language::Language;
use crate::shell::syntax::List;
use crate::system::place::Pin;

/// What will be done for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What the person asked for.
    pub request: String,
    /// The shell text that the plan was compiled from.
    pub text: BString,
    /// The language of what is said about it.
    pub language: Language,
    /// What stands in the text otherwise than the model wrote it.
    pub mends: Vec<Mend>,
    /// The request that it goes on with.
    pub refines: Option<String>,
    /// What the request speaks of that is there, as it stands in commands.
    pub mentions: Vec<String>,
    /// Where it may not be what was asked for.
    pub doubts: Vec<String>,
    /// The steps in the order in which they run.
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub id: usize,
    /// What it does.
    pub operation: Operation,
    /// The command as it is shown: shell text that means exactly this step.
    pub command: BString,
    /// The commands, for operations that the shell engine runs: with their words
    /// expanded, where these are known.
    pub tree: List,
    /// The programs it starts, as far as they can be told, those behind `sudo`
    /// and the like among them: base names.
    pub programs: Vec<BString>,
    /// What the names of programs stood for when it was shown, where its words are
    /// known: it runs these and no others.
    pub located: Vec<Program>,
    /// Variables that loops have bound for this step.
    pub bindings: Vec<(BString, BString)>,
    /// Earlier steps that this one needs.
    pub needs: Vec<Need>,
    /// What else it may turn out to be: operations that give names, of which it is not
    /// known whether they are what runs.
    pub suspected: Vec<Operation>,
    /// What it reads, creates, changes and deletes.
    pub effects: Effects,
    /// What its paths were when it was shown. Paths that earlier steps touch are
    /// not among them.
    pub pins: Vec<Pin>,
    /// How much it deletes, copies or changes, where that is counted.
    pub extent: Option<Extent>,
    /// Whether it can be undone.
    pub reversal: Reversal,
    /// What it does, in a sentence.
    pub explanation: String,
    /// What its options mean.
    pub notes: Vec<Note>,
    /// What a person should know before saying yes.
    pub warnings: Vec<String>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The name, as in the command.
    pub name: BString,
    /// The file of the program.
    pub path: PathBuf,
}

/// What a part of a command means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The part, as it was written: `-r`, `git push`.
    pub text: BString,
    /// What it means.
    pub meaning: String,
}

/// A dependency on an earlier step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The step that must have succeeded.
    pub step: usize,
    /// Why.
    pub why: Why,
}

/// Why a step needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Joined by `&&`.
    Success,
    /// The other one changes what this one uses.
    Effect,
    /// The other one changes the directory or a variable.
    Environment,
}

impl Why {
    /// One word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Effect => "effect",
            Self::Environment => "environment",
        }
    }
}

//! Policy: what may run unasked, what is asked about, what never runs.
//!
//! Policy looks at operations and effects, never at the text they came from.
//! Decisions are ordered, and the strictest one wins.

pub mod approval;
pub mod command;
mod example;
mod explain;
mod glob;
mod judge;
mod load;
mod place;
mod raw;
mod rule;
mod touch;

pub use example::example_compiler;
pub use judge::{Because, Policy, StepVerdict, Verdict};
pub use load::{Compile, Files, PolicyError, SYSTEM_FILE, USER_FILE_NAME, load};
pub use place::{Class, Places};
pub use rule::{Reason, Rule, Source};

use crate::language::Language;
use crate::plan::Plan;
use crate::plan::effect::Risk;

/// What happens to a plan or a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It runs.
    Allow,
    /// It runs once a person has said yes.
    Confirm,
    /// It runs once a person has typed a word.
    ConfirmByTyping,
    /// It never runs.
    Forbid,
}

impl Decision {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Confirm => "confirm",
            Self::ConfirmByTyping => "confirm_by_typing",
            Self::Forbid => "forbid",
        }
    }

    /// How a person is told.
    #[must_use]
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Allow => language.choose("runs without asking", "直接运行"),
            Self::Confirm => language.choose("asks", "询问"),
            Self::ConfirmByTyping => language.choose("asks for a typed word", "要求输入确认词"),
            Self::Forbid => language.choose("refused", "拒绝"),
        }
    }
}

/// The most that `--yes` allows without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Ceiling {
    /// Plans that only read.
    Read,
    /// Plans that also create, change and move.
    Write,
    /// Everything that is not forbidden.
    All,
}

impl Ceiling {
    /// Whether a risk is within the ceiling.
    #[must_use]
    pub fn allows(self, risk: Risk) -> bool {
        let most = match self {
            Self::Read => Risk::Read,
            Self::Write => Risk::Write,
            Self::All => Risk::Privilege,
        };
        risk <= most
    }
}

/// The risk of a plan: that of its riskiest step.
#[must_use]
pub fn risk(plan: &Plan) -> Risk {
    plan.steps.iter().map(|step| step.effects.risk()).max().unwrap_or(Risk::Read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RISKS: [Risk; 6] =
        [Risk::Read, Risk::Write, Risk::Outside, Risk::Unknown, Risk::Delete, Risk::Privilege];

    #[test]
    fn a_ceiling_that_allows_a_risk_allows_the_lesser_ones() {
        for pair in RISKS.windows(2) {
            for ceiling in [Ceiling::Read, Ceiling::Write, Ceiling::All] {
                assert!(ceiling.allows(pair[0]) >= ceiling.allows(pair[1]));
            }
        }
    }

    #[test]
    fn only_the_highest_ceiling_allows_deletion() {
        assert!(Ceiling::All.allows(Risk::Privilege));
        assert!(!Ceiling::Write.allows(Risk::Delete) && !Ceiling::Write.allows(Risk::Outside));
    }
}

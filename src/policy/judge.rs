//! The rules in force, and what they decide about a plan.

use super::place::Places;
use super::rule::{Reason, Rule, Source};
use super::touch::{Names, Touch, touches};
use super::{Ceiling, Decision, risk};
use crate::plan::effect::Risk;
use crate::plan::{Plan, Step};

/// The largest plan that is judged. A plan too large to read is refused, not
/// asked about.
pub(super) const MAX_STEPS: usize = 500;

/// The rules of llmsh for plans that a person confirms anyway: where nothing else
/// applies, an approval that was remembered is enough.
pub(super) const EVERYDAY: [&str; 2] = ["confirm-changes", "confirm-reading"];

/// The rule of llmsh for what nobody has seen, and can therefore not have agreed to
/// beforehand.
const UNSEEN: &str = "type-unseen";

/// The rules in force.
#[derive(Clone, Debug)]
pub struct Policy {
    rules: Vec<Rule>,
    places: Places,
    /// A file of rules was refused: what it would have forbidden is not known.
    damaged: bool,
}

/// What is decided about a plan, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Verdict {
    /// The strictest decision of the steps.
    pub decision: Decision,
    /// Why the plan as a whole is refused, without a look at its steps.
    pub refused: Option<Because>,
    /// What is decided about each step.
    pub steps: Vec<StepVerdict>,
    risk: Risk,
    damaged: bool,
}

/// What is decided about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepVerdict {
    /// The step's number.
    pub id: usize,
    /// The strictest decision of the rules that apply.
    pub decision: Decision,
    /// These rules, the strictest first.
    pub because: Vec<Because>,
    /// The names of rules that would apply and that rules of the person override.
    pub overridden: Vec<String>,
}

/// The risk, in JSON, of what is refused.
const FORBIDDEN: &str = "forbidden";

impl StepVerdict {
    /// The name in JSON of the step's risk: that of its effects, unless it is refused.
    #[must_use]
    pub fn risk_name(&self, step: &Step) -> &'static str {
        let refused = self.decision == Decision::Forbid;
        if refused { FORBIDDEN } else { step.effects.risk().name() }
    }

    /// Why the step may never run, if it may not.
    #[must_use]
    pub fn refused_because(&self) -> Option<&Because> {
        self.because.iter().find(|because| because.decision == Decision::Forbid)
    }
}

/// A rule that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// The rule's name.
    pub rule: String,
    /// Where it comes from.
    pub source: Source,
    /// What it decides.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// The effects that decide it, as rules name them, with where they are; none where
    /// the rule is about the step as a whole.
    pub effects: Vec<String>,
}

impl Because {
    fn of(rule: &Rule, touches: &[Touch], places: &Places) -> Self {
        let mut effects: Vec<String> =
            rule.met_by(touches, places).into_iter().map(Touch::words).collect();
        effects.dedup();
        Self {
            rule: rule.name.clone(),
            source: rule.source,
            decision: rule.decision,
            reason: rule.reason.clone(),
            effects,
        }
    }

    /// Something that holds whatever the rules say.
    fn always(rule: &str, decision: Decision, reason: Reason) -> Self {
        let effects = Vec::new();
        Self { rule: rule.to_owned(), source: Source::Embedded, decision, reason, effects }
    }

    /// Whether it is one of llmsh's rules for plans that a person confirms anyway.
    #[must_use]
    pub fn is_everyday(&self) -> bool {
        self.source == Source::Embedded && EVERYDAY.contains(&self.rule.as_str())
    }
}

impl Policy {
    /// The rules, which [`super::load()`] has checked.
    pub(super) fn new(rules: Vec<Rule>, places: Places, damaged: bool) -> Self {
        Self { rules, places, damaged }
    }

    /// The rules in force.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether a file of rules was refused, and stricter defaults hold.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// Where the classes of places lie.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Decides about a plan.
    pub fn judge(&self, plan: &Plan) -> Verdict {
        let refuse = |english: &str, chinese: &str| Verdict {
            decision: Decision::Forbid,
            refused: Some(Because::always(
                "judgeable",
                Decision::Forbid,
                Reason::new(english, chinese),
            )),
            steps: Vec::new(),
            risk: Risk::Unknown,
            damaged: self.damaged,
        };
        if plan.steps.len() > MAX_STEPS {
            return refuse("it has more steps than can be judged", "步骤太多，无法判断");
        }
        let mut names = Names::default();
        let judge = |step| {
            let verdict = self.step(step, &names);
            names.advance(step);
            verdict
        };
        let steps: Vec<StepVerdict> = plan.steps.iter().map(judge).collect();
        match steps.iter().map(|step| step.decision).max() {
            Some(decision) => {
                Verdict { decision, refused: None, steps, risk: risk(plan), damaged: self.damaged }
            }
            None => refuse("there is nothing in it", "其中没有任何步骤"),
        }
    }

    /// Decides about a step that is about to run, after those before it have: what
    /// its paths lead to now may be another place than when the plan was judged.
    ///
    /// # Errors
    /// The rule that refuses it now.
    pub fn recheck(&self, step: &Step) -> Result<(), Because> {
        let verdict = self.step(step, &Names::default());
        verdict.refused_because().map_or(Ok(()), |because| Err(because.clone()))
    }

    fn step(&self, step: &Step, names: &Names) -> StepVerdict {
        let mut overridden = Vec::new();
        let mut because = match touches(step, &self.places, names) {
            Ok(touches) => self.applying(step, &touches, &mut overridden),
            Err(_) => vec![Because::always(
                "judgeable",
                Decision::Forbid,
                Reason::new("it names a path from which nothing can be told", "其中的路径无法判断"),
            )],
        };
        if self.damaged {
            let reads = step.effects.risk() == Risk::Read;
            because.push(Because::always(
                "damaged-rules",
                if reads { Decision::Confirm } else { Decision::ConfirmByTyping },
                Reason::new(
                    "a file of rules cannot be used, and what it forbids is not known",
                    "规则文件无法使用，不知道它禁止什么",
                ),
            ));
        }
        if because.is_empty() {
            because.push(Because::always(
                "otherwise",
                Decision::Confirm,
                Reason::new("no rule speaks of it", "没有规则涉及它"),
            ));
        }
        because.sort_by_key(|one| std::cmp::Reverse(one.decision));
        let decision = because[0].decision;
        StepVerdict { id: step.id, decision, because, overridden }
    }

    /// The rules that apply to a step and that no other overrides.
    fn applying(
        &self,
        step: &Step,
        touches: &[Touch],
        overridden: &mut Vec<String>,
    ) -> Vec<Because> {
        let applying: Vec<&Rule> =
            self.rules.iter().filter(|rule| rule.applies(step, touches, &self.places)).collect();
        let is_overridden = |rule: &Rule| {
            rule.source == Source::Embedded
                && applying.iter().any(|other| other.overrides.contains(&rule.name))
        };
        let (gone, kept): (Vec<&Rule>, Vec<&Rule>) =
            applying.iter().partition(|rule| is_overridden(rule));
        overridden.extend(gone.iter().map(|rule| rule.name.clone()));
        kept.into_iter().map(|rule| Because::of(rule, touches, &self.places)).collect()
    }
}

impl Verdict {
    /// The name in JSON of the plan's risk: that of its effects, unless it is refused.
    #[must_use]
    pub fn risk_name(&self) -> &'static str {
        if self.decision == Decision::Forbid { FORBIDDEN } else { self.risk.name() }
    }

    /// Whether the plan runs without asking anybody; `ceiling` is what `--yes`
    /// allows, if it was given.
    #[must_use]
    pub fn runs_unasked(&self, ceiling: Option<Ceiling>) -> bool {
        // Nobody knows what the broken file would have refused.
        let within = |ceiling: Ceiling| {
            ceiling.allows(self.risk) && (!self.damaged || self.risk == Risk::Read)
        };
        match self.decision {
            Decision::Allow => true,
            Decision::Confirm => ceiling.is_some_and(within),
            Decision::ConfirmByTyping => {
                ceiling == Some(Ceiling::All) && within(Ceiling::All) && !self.is_unseen()
            }
            Decision::Forbid => false,
        }
    }

    /// Whether it removes or opens up what is known only when it runs.
    fn is_unseen(&self) -> bool {
        self.steps
            .iter()
            .flat_map(|step| &step.because)
            .any(|because| because.source == Source::Embedded && because.rule == UNSEEN)
    }

    /// The reasons for which it may never run, each with the number of its step.
    pub fn refusals(&self) -> impl Iterator<Item = (Option<usize>, &Because)> {
        let whole = self.refused.iter().map(|because| (None, because));
        let steps = self
            .steps
            .iter()
            .flat_map(|step| step.because.iter().map(|because| (Some(step.id), because)));
        whole.chain(steps).filter(|(_, because)| because.decision == Decision::Forbid)
    }
}

#[cfg(test)]
mod tests;

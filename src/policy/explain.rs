//! What was decided about a plan and why, for people and for programs.

use serde::Serialize;

use super::judge::{Because, Verdict};
use crate::escape::{visible, visible_json};
use crate::language::Language;
use crate::plan::Plan;

/// The verdict as lines of text.
#[must_use]
pub(super) fn text(plan: &Plan, verdict: &Verdict, language: Language) -> String {
    let label = language.choose("decision: ", "决定：");
    let mut lines = vec![format!("{label}{}", verdict.decision.words(language))];
    lines.extend(verdict.refused.iter().map(|because| line(because, language)));
    for (step, judged) in plan.steps.iter().zip(&verdict.steps) {
        let decision = judged.decision.words(language);
        lines.push(format!("{:>3}  {}", step.id, visible(&step.command)));
        lines.push(format!("     {decision}"));
        for because in &judged.because {
            lines.push(line(because, language));
            lines.extend(effects(because, language));
        }
        if !judged.overridden.is_empty() {
            let label = language.choose("your rules override: ", "被你的规则取代：");
            lines.push(format!("       {label}{}", judged.overridden.join(", ")));
        }
    }
    lines.join("\n") + "\n"
}

fn line(because: &Because, language: Language) -> String {
    let (decision, source) = (because.decision.name(), because.source.words(language));
    let reason = visible(because.reason.words(language).as_bytes());
    match language {
        Language::English => format!("       {decision}: {reason} ({}, {source})", because.rule),
        Language::Chinese => format!("       {decision}：{reason}（{}，{source}）", because.rule),
    }
}

/// The effects that decide it, the first few of them.
fn effects(because: &Because, language: Language) -> Option<String> {
    const MOST: usize = 4;
    if because.effects.is_empty() {
        return None;
    }
    let named: Vec<&str> = because.effects.iter().take(MOST).map(String::as_str).collect();
    let named = named.join(language.choose(", ", "、"));
    Some(match (because.effects.len().saturating_sub(MOST), language) {
        (0, _) => format!("         {named}"),
        (more, Language::English) => format!("         {named} and {more} more"),
        (more, Language::Chinese) => format!("         {named} 等，另有 {more} 项"),
    })
}

#[derive(Serialize)]
struct WireVerdict<'a> {
    version: u32,
    decision: &'static str,
    refused: Option<WireBecause<'a>>,
    steps: Vec<WireStep<'a>>,
}

#[derive(Serialize)]
struct WireStep<'a> {
    id: usize,
    operation: &'static str,
    command: String,
    risk: &'static str,
    decision: &'static str,
    because: Vec<WireBecause<'a>>,
    overridden: &'a [String],
}

#[derive(Serialize)]
struct WireBecause<'a> {
    rule: &'a str,
    source: &'static str,
    decision: &'static str,
    reason: &'a str,
    effects: &'a [String],
}

/// The verdict as JSON on one line: documented in `docs/policy.md`.
#[must_use]
pub(super) fn json(plan: &Plan, verdict: &Verdict, language: Language) -> String {
    let wire = WireVerdict {
        version: 1,
        decision: verdict.decision.name(),
        refused: verdict.refused.as_ref().map(|because| wire(because, language)),
        steps: plan
            .steps
            .iter()
            .zip(&verdict.steps)
            .map(|(step, judged)| WireStep {
                id: judged.id,
                operation: step.operation.name(),
                command: visible(&step.command),
                risk: judged.risk_name(step),
                decision: judged.decision.name(),
                because: judged.because.iter().map(|because| wire(because, language)).collect(),
                overridden: &judged.overridden,
            })
            .collect(),
    };
    let json = serde_json::to_string(&wire).expect("strings and lists can always be written");
    visible_json(&json)
}

fn wire(because: &Because, language: Language) -> WireBecause<'_> {
    WireBecause {
        rule: &because.rule,
        source: because.source.name(),
        decision: because.decision.name(),
        reason: because.reason.words(language),
        effects: &because.effects,
    }
}

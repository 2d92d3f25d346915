//! Plans as JSON, version 2: documented in `docs/plan-json.md`. These types are
//! not the domain's, so that either can change alone.

use std::path::Path;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::escape::{visible, visible_json};
use crate::language::Language;
use crate::plan::effect::{Act, Certainty, Deed, Effect, Effects, Extent, Reversal};
use crate::plan::{Plan, Step};
use crate::policy::{StepVerdict, Verdict};
use crate::program::Thing;
use crate::redaction::redact;

/// The version of the schema; it grows when a field changes its meaning.
pub const VERSION: u32 = 2;

/// The envelope.
#[derive(Debug, Serialize)]
pub struct Envelope {
    version: u32,
    status: &'static str,
    request: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// What is said in place of a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    said: Option<String>,
    /// What a question can be answered with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    steps: Vec<WireStep>,
    /// What stands in the text otherwise than the model wrote it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mends: Vec<WireMend>,
    /// Where the plan may not be what was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_status: Option<i32>,
    /// What `llmsh undo` takes to undo it.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<WireError>,
}

#[derive(Debug, Serialize)]
struct WireMend {
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct WireStep {
    id: usize,
    operation: &'static str,
    command: String,
    /// The command's bytes in hexadecimal, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    command_hex: Option<String>,
    explanation: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<WireNote>,
    risk: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<WireDecision>,
    needs: Vec<WireNeed>,
    effects: WireEffects,
    #[serde(skip_serializing_if = "Option::is_none")]
    extent: Option<Extent>,
    undo: WireUndo,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<WireOutcome>,
}

#[derive(Debug, Serialize)]
struct WireNote {
    text: String,
    meaning: String,
}

#[derive(Debug, Serialize)]
struct WireDecision {
    name: &'static str,
    because: Vec<WireBecause>,
}

#[derive(Debug, Serialize)]
struct WireBecause {
    rule: String,
    reason: String,
}

#[derive(Debug, Serialize)]
struct WireUndo {
    possible: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct WireNeed {
    step: usize,
    why: &'static str,
}

#[derive(Debug, Default, Serialize)]
struct WireEffects {
    reads: Vec<String>,
    creates: Vec<String>,
    changes: Vec<String>,
    moves: Vec<String>,
    deletes: Vec<String>,
    within: Vec<String>,
    changes_unlisted: bool,
    deletes_unlisted: bool,
    things: Vec<Thing>,
    lost_things: Vec<Thing>,
    signals: Vec<i32>,
    network: bool,
    privilege: bool,
    environment: bool,
    exhausts: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    possible: Vec<WirePossible>,
    unknown: Option<String>,
    forbidden: Option<String>,
}

#[derive(Debug, Serialize)]
struct WirePossible {
    effect: &'static str,
    path: String,
}

#[derive(Debug, Serialize)]
struct WireOutcome {
    state: &'static str,
    exit_status: Option<i32>,
}

#[derive(Debug, Serialize)]
struct WireError {
    message: String,
    hint: Option<String>,
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was only shown.
    Proposed,
    /// Nobody confirmed it.
    NotConfirmed,
    /// It ran.
    Executed,
}

/// What became of a step: its state and exit status.
pub type Outcomes<'a> = &'a [(&'static str, Option<i32>)];

/// A plan with what is decided about it.
#[must_use]
pub fn plan(plan: &Plan, verdict: &Verdict, status: Status, exit_status: Option<i32>) -> Envelope {
    let judged = |step: &Step| verdict.steps.iter().find(|judged| judged.id == step.id);
    Envelope {
        version: VERSION,
        status: match status {
            Status::Proposed => "proposed",
            Status::NotConfirmed => "not_confirmed",
            Status::Executed => "executed",
        },
        request: redact(&plan.request).into_text(),
        text: Some(plan.text.to_string()),
        risk: Some(verdict.risk_name()),
        decision: Some(verdict.decision.name()),
        steps: plan.steps.iter().map(|step| wire_step(step, judged(step), plan.language)).collect(),
        mends: plan
            .mends
            .iter()
            .map(|mend| WireMend { from: mend.from.clone(), to: mend.to.clone() })
            .collect(),
        doubts: plan.doubts.clone(),
        said: None,
        choices: Vec::new(),
        exit_status,
        undo: None,
        error: None,
    }
}

/// What is said in place of a plan: `answer`, `question` with its choices, `cannot`.
#[must_use]
pub fn said(
    request: &str,
    status: &'static str,
    said: &str,
    choices: &[String],
    exit_status: i32,
) -> Envelope {
    Envelope {
        version: VERSION,
        status,
        request: redact(request).into_text(),
        text: None,
        said: Some(said.to_owned()),
        choices: choices.to_vec(),
        risk: None,
        decision: None,
        steps: Vec::new(),
        mends: Vec::new(),
        doubts: Vec::new(),
        exit_status: Some(exit_status),
        undo: None,
        error: None,
    }
}

/// A request that came to nothing.
#[must_use]
pub fn failure(request: &str, text: Option<&str>, error: &Diagnostic) -> Envelope {
    Envelope {
        version: VERSION,
        status: "failed",
        request: redact(request).into_text(),
        text: text.map(str::to_owned),
        said: None,
        choices: Vec::new(),
        mends: Vec::new(),
        doubts: Vec::new(),
        risk: None,
        decision: None,
        steps: Vec::new(),
        exit_status: Some(error.status.0),
        undo: None,
        error: Some(WireError { message: error.message.clone(), hint: error.hint.clone() }),
    }
}

impl Envelope {
    /// The same after it ran: what became of its steps, and where its changes
    /// stand in the journal.
    #[must_use]
    pub fn executed(mut self, outcomes: Outcomes<'_>, undo: Option<i64>) -> Self {
        for (step, (state, exit_status)) in self.steps.iter_mut().zip(outcomes) {
            step.outcome = Some(WireOutcome { state, exit_status: *exit_status });
        }
        self.undo = undo;
        self
    }

    /// The JSON text, on one line, without a character that a terminal would obey.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json =
            serde_json::to_string(self).expect("strings, numbers and lists can always be written");
        visible_json(&json)
    }
}

fn wire_step(step: &Step, judged: Option<&StepVerdict>, language: Language) -> WireStep {
    let is_text = std::str::from_utf8(&step.command).is_ok();
    let refused = judged.and_then(StepVerdict::refused_because);
    let forbidden = refused.map(|because| because.reason.words(language).to_owned());
    let risk = judged.map_or(step.effects.risk().name(), |judged| judged.risk_name(step));
    WireStep {
        id: step.id,
        operation: step.operation.name(),
        command: if is_text { step.command.to_string() } else { visible(&step.command) },
        command_hex: (!is_text)
            .then(|| step.command.iter().map(|byte| format!("{byte:02x}")).collect()),
        explanation: step.explanation.clone(),
        notes: step
            .notes
            .iter()
            .map(|note| WireNote { text: visible(&note.text), meaning: note.meaning.clone() })
            .collect(),
        risk,
        decision: judged.map(|judged| WireDecision {
            name: judged.decision.name(),
            because: judged
                .because
                .iter()
                .map(|because| WireBecause {
                    rule: because.rule.clone(),
                    reason: because.reason.words(language).to_owned(),
                })
                .collect(),
        }),
        needs: step
            .needs
            .iter()
            .map(|need| WireNeed { step: need.step, why: need.why.word() })
            .collect(),
        effects: wire_effects(&step.effects, forbidden),
        extent: step.extent,
        undo: wire_undo(&step.reversal),
        warnings: step.warnings.clone(),
        outcome: None,
    }
}

fn wire_undo(reversal: &Reversal) -> WireUndo {
    let why = match reversal {
        Reversal::Nothing | Reversal::Full => None,
        Reversal::Partly(why) | Reversal::No(why) => Some(why.clone()),
    };
    WireUndo { possible: reversal.name(), why }
}

fn wire_effects(effects: &Effects, forbidden: Option<String>) -> WireEffects {
    let mut wire = WireEffects { forbidden, ..WireEffects::default() };
    let text = |path: &Path| visible(path.as_os_str().as_encoded_bytes());
    for Effect { act, certainty } in effects.iter() {
        if *certainty == Certainty::Possible {
            wire.possible.extend(possible(act));
            continue;
        }
        // Whoever adds an effect has to say here how it is written.
        match act {
            Act::To(deed, path) => match deed {
                Deed::Reads => wire.reads.push(text(path)),
                Deed::Creates => wire.creates.push(text(path)),
                Deed::Changes => wire.changes.push(text(path)),
                Deed::Moves => wire.moves.push(text(path)),
                Deed::Deletes => wire.deletes.push(text(path)),
                Deed::Within => wire.within.push(text(path)),
            },
            Act::ChangesUnlisted => wire.changes_unlisted = true,
            Act::DeletesUnlisted => wire.deletes_unlisted = true,
            Act::Alters(thing) => wire.things.push(*thing),
            Act::Loses(thing) => wire.lost_things.push(*thing),
            Act::Signals(process) => wire.signals.push(*process),
            Act::Network => wire.network = true,
            Act::Privilege => wire.privilege = true,
            Act::Environment => wire.environment = true,
            Act::Exhausts => wire.exhausts = true,
            Act::Unknown(reason) => wire.unknown = Some(reason.clone()),
        }
    }
    wire
}

/// An effect that is only to be feared, where it is about a path.
fn possible(act: &Act) -> Option<WirePossible> {
    let Act::To(deed, path) = act else { return None };
    let effect = match deed {
        Deed::Reads => "reads",
        Deed::Creates => "creates",
        Deed::Changes => "changes",
        Deed::Moves => "moves",
        Deed::Deletes => "deletes",
        Deed::Within => "within",
    };
    Some(WirePossible { effect, path: visible(path.as_os_str().as_encoded_bytes()) })
}

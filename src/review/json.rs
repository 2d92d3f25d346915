//! Plans as JSON, version 1: documented in `docs/plan-json.md`. These types are
//! not the domain's, so that either can change alone.

use std::path::PathBuf;

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::escape::{visible, visible_json};
use crate::plan::effect::Effects;
use crate::plan::{Plan, Step};
use crate::policy::{self, Decision};

/// The version of the schema; it grows when a field changes its meaning.
pub const VERSION: u32 = 1;

/// The envelope.
#[derive(Debug, Serialize)]
pub struct Envelope {
    version: u32,
    status: &'static str,
    request: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    steps: Vec<WireStep>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_status: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<WireError>,
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
    risk: &'static str,
    needs: Vec<WireNeed>,
    effects: WireEffects,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<WireOutcome>,
}

#[derive(Debug, Serialize)]
struct WireNeed {
    step: usize,
    why: &'static str,
}

#[derive(Debug, Serialize)]
struct WireEffects {
    reads: Vec<String>,
    creates: Vec<String>,
    changes: Vec<String>,
    deletes: Vec<String>,
    signals: Vec<i32>,
    network: bool,
    privilege: bool,
    environment: bool,
    unknown: Option<String>,
    forbidden: Option<String>,
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

/// A plan with what became of it.
#[must_use]
pub fn plan(
    plan: &Plan,
    status: Status,
    exit_status: Option<i32>,
    outcomes: Outcomes<'_>,
) -> Envelope {
    let decision: Decision = policy::judge(plan);
    Envelope {
        version: VERSION,
        status: match status {
            Status::Proposed => "proposed",
            Status::NotConfirmed => "not_confirmed",
            Status::Executed => "executed",
        },
        request: plan.request.clone(),
        text: Some(plan.text.to_string()),
        risk: Some(policy::risk(plan).name()),
        decision: Some(decision.name()),
        steps: plan
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| wire_step(step, outcomes.get(index)))
            .collect(),
        exit_status,
        error: None,
    }
}

/// A request that came to nothing.
#[must_use]
pub fn failure(request: &str, text: Option<&str>, error: &Diagnostic) -> Envelope {
    Envelope {
        version: VERSION,
        status: "failed",
        request: request.to_owned(),
        text: text.map(str::to_owned),
        risk: None,
        decision: None,
        steps: Vec::new(),
        exit_status: Some(error.status.0),
        error: Some(WireError { message: error.message.clone(), hint: error.hint.clone() }),
    }
}

impl Envelope {
    /// The JSON text, on one line, without a character that a terminal would obey.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json =
            serde_json::to_string(self).expect("strings, numbers and lists can always be written");
        visible_json(&json)
    }
}

fn wire_step(step: &Step, outcome: Option<&(&'static str, Option<i32>)>) -> WireStep {
    let is_text = std::str::from_utf8(&step.command).is_ok();
    WireStep {
        id: step.id,
        operation: step.operation.name(),
        command: if is_text { step.command.to_string() } else { visible(&step.command) },
        command_hex: (!is_text)
            .then(|| step.command.iter().map(|byte| format!("{byte:02x}")).collect()),
        explanation: step.explanation.clone(),
        risk: step.effects.risk().name(),
        needs: step
            .needs
            .iter()
            .map(|need| WireNeed { step: need.step, why: need.why.word() })
            .collect(),
        effects: wire_effects(&step.effects),
        warnings: step.warnings.clone(),
        outcome: outcome
            .map(|(state, exit_status)| WireOutcome { state, exit_status: *exit_status }),
    }
}

fn wire_effects(effects: &Effects) -> WireEffects {
    let paths = |list: &[PathBuf]| {
        list.iter().map(|path| visible(path.as_os_str().as_encoded_bytes())).collect()
    };
    WireEffects {
        reads: paths(&effects.reads),
        creates: paths(&effects.creates),
        changes: paths(&effects.changes),
        deletes: paths(&effects.deletes),
        signals: effects.signals.clone(),
        network: effects.network,
        privilege: effects.privilege,
        environment: effects.environment,
        unknown: effects.unknown.clone(),
        forbidden: effects.forbidden.clone(),
    }
}

//! What holds of every effect: all outputs tell it, and nothing that is less known or
//! more strictly ruled is decided more mildly.

mod support;

use std::fs;

use llmsh::language::Language;
use llmsh::plan::effect::{Act, Deed, Effects, Reversal};
use llmsh::plan::operation::Operation;
use llmsh::plan::{Plan, Step};
use llmsh::policy::{Decision, Files, Places, Policy, load};
use llmsh::program::Thing;
use llmsh::review::json::{self, Status};
use llmsh::review::text::{self, Style};
use support::World;

/// One of each kind; whoever adds a kind has to put it into the row.
fn samples() -> Vec<Act> {
    fn after(act: &Act) -> Option<Act> {
        let to = |deed| Some(Act::To(deed, "/srv/data/file".into()));
        match act {
            Act::To(Deed::Reads, _) => to(Deed::Creates),
            Act::To(Deed::Creates, _) => to(Deed::Changes),
            Act::To(Deed::Changes, _) => to(Deed::Moves),
            Act::To(Deed::Moves, _) => to(Deed::Deletes),
            Act::To(Deed::Deletes, _) => to(Deed::Within),
            Act::To(Deed::Within, _) => Some(Act::ChangesUnlisted),
            Act::ChangesUnlisted => Some(Act::DeletesUnlisted),
            Act::DeletesUnlisted => Some(Act::Alters(Thing::ALL[0].0)),
            Act::Alters(thing) => match Thing::ALL.get(*thing as usize + 1) {
                Some(row) => Some(Act::Alters(row.0)),
                None => Some(Act::Loses(Thing::ALL[0].0)),
            },
            Act::Loses(thing) => match Thing::ALL.get(*thing as usize + 1) {
                Some(row) => Some(Act::Loses(row.0)),
                None => Some(Act::Signals(4711)),
            },
            Act::Signals(_) => Some(Act::Network),
            Act::Network => Some(Act::Privilege),
            Act::Privilege => Some(Act::Environment),
            Act::Environment => Some(Act::Exhausts),
            Act::Exhausts => Some(Act::Unknown("a reason of its own".to_owned())),
            Act::Unknown(_) => None,
        }
    }
    std::iter::successors(Some(Act::To(Deed::Reads, "/srv/data/file".into())), after).collect()
}

fn plan(effects: Effects, language: Language) -> Plan {
    let step = Step {
        id: 1,
        operation: Operation::Run,
        command: "frob".into(),
        tree: llmsh::shell::syntax::List::default(),
        programs: Vec::new(),
        located: Vec::new(),
        suspected: Vec::new(),
        bindings: Vec::new(),
        needs: Vec::new(),
        effects,
        pins: Vec::new(),
        extent: None,
        reversal: Reversal::Nothing,
        explanation: String::new(),
        notes: Vec::new(),
        warnings: Vec::new(),
    };
    Plan {
        request: String::new(),
        text: "frob".into(),
        language,
        mends: Vec::new(),
        refines: None,
        mentions: Vec::new(),
        doubts: Vec::new(),
        steps: vec![step],
    }
}

/// What each output says of a plan with these effects, without the risk's own word.
fn outputs(world: &World, effects: &Effects) -> Vec<String> {
    let mut said = Vec::new();
    for language in [Language::English, Language::Chinese] {
        let plan = plan(effects.clone(), language);
        let shown = text::render(&plan, Style { width: 400, colour: false });
        let risk = llmsh::review::fact::risk_word(effects.risk(), language);
        said.push(shown.replacen(&risk, "", 1));
        let verdict = world.judge(&plan);
        let written = json::plan(&plan, &verdict, Status::Proposed, None).to_json();
        let risk = format!("\"risk\":\"{}\"", effects.risk().name());
        said.push(written.replace(&risk, ""));
    }
    said
}

#[test]
fn every_kind_of_effect_is_told_by_every_output() {
    let world = World::new([]);
    let none = outputs(&world, &Effects::default());
    let mut seen = vec![none];
    let mut silent = Vec::new();
    for act in samples() {
        let said = outputs(&world, &vec![act.clone()].into());
        for other in &seen {
            if other.iter().zip(&said).any(|(one, two)| one == two) {
                silent.push(format!("{act:?}: {said:?}"));
            }
        }
        seen.push(said);
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn what_is_possible_is_told_and_counts() {
    let world = World::new([]);
    let unknown = Effects::unknown("x");
    for deed in [Deed::Deletes, Deed::Moves, Deed::Changes, Deed::Creates, Deed::Within] {
        let mut effects = unknown.clone();
        effects.suspect(vec![Act::To(deed, "/dev/sda".into())].into());
        let said = outputs(&world, &effects);
        assert!(said.iter().all(|said| said.contains("/dev/sda")), "{said:?}");
        let verdict = world.judge(&plan(effects, Language::English));
        assert_eq!(verdict.decision, Decision::Forbid, "{deed:?}");
    }
}

fn corpora() -> Vec<&'static str> {
    [
        include_str!("corpus/adversarial.txt"),
        include_str!("corpus/dangerous.txt"),
        include_str!("corpus/benign.txt"),
        include_str!("corpus/forbidden.txt"),
    ]
    .iter()
    .flat_map(|corpus| corpus.lines())
    .filter(|line| !line.starts_with('#') && !line.is_empty())
    .collect()
}

/// Every word of the corpora is a program.
fn world() -> World {
    let words: std::collections::BTreeSet<&str> = corpora()
        .into_iter()
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || ";|&(){}`\"'\\$".contains(c)))
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)))
        .filter(|word| !word.is_empty() && *word != "." && *word != "..")
        .collect();
    World::new(words.into_iter().chain(["frob"]))
}

fn decision(world: &World, text: &str) -> Option<Decision> {
    world.compile(text).ok().map(|plan| world.judge(&plan).decision)
}

#[test]
fn what_is_less_known_is_never_decided_more_mildly() {
    let world = world();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (index, text) in corpora().into_iter().enumerate() {
        let Some(known) = decision(&world, text) else { continue };
        // Each text after one of these; all of them in the long run.
        let before = ["frob", "cd \"$(frob)\"", "read x", "cd -", "frob > list", ". ./env.sh"];
        let repeats = if support::amount(10) == 10 { before.len() } else { 1 };
        for turn in 0..repeats {
            let before = before[(index + turn) % before.len()];
            let text = format!("{before}; {text}");
            let Some(unknown) = decision(&world, &text) else { continue };
            compared += 1;
            if unknown < known {
                wrong.push(format!("{text}: {unknown:?} < {known:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 800, "{compared}");
}

#[test]
fn a_further_rule_never_makes_a_decision_milder() {
    let world = world();
    let rules = [
        "decision = \"allow\"\nrisk = [\"read\"]",
        "decision = \"allow\"\neffect = [\"deletes\"]",
        "decision = \"confirm\"\nprogram = [\"*\"]",
        "decision = \"confirm_by_typing\"\nreversal = \"no\"",
        "decision = \"forbid\"\neffect = [\"network\", \"unknown\"]",
        "decision = \"forbid\"\npath = [\"~/**\"]\nrecursive = true",
    ];
    let plans: Vec<Plan> =
        corpora().into_iter().filter_map(|text| world.compile(text).ok()).collect();
    for rule in rules {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let file = directory.path().join("policy.toml");
        let text = format!("[[rule]]\nname = \"mine\"\nreason = \"r\"\n{rule}\n");
        fs::write(&file, text).expect("it can be written");
        let home = world.root().join("home");
        let places = Places::new(Some(&home), &[home.join(".config/llmsh")]);
        let files = Files {
            system: directory.path().join("none"),
            system_owner: 0,
            user: file,
            user_owner: nix_user(),
        };
        let mut compile = |text: &str| world.compile(text);
        let (policy, notices): (Policy, _) = load(&files, places, &mut compile);
        assert!(notices.is_empty() && !policy.is_damaged(), "{rule}: {notices:?}");
        for plan in &plans {
            let (with, without) = (policy.judge(plan).decision, world.judge(plan).decision);
            assert!(with >= without, "{rule}: {}: {with:?} < {without:?}", plan.text);
        }
    }
}

fn nix_user() -> u32 {
    llmsh::system::identity::effective_user()
}

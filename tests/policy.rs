//! What is decided about commands: what no one wants is refused however it is
//! spelled and whatever was said before, what only looks like it is not, and files
//! of rules and approvals never open more than they say.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use llmsh::plan::compile::CompileError;
use llmsh::policy::{Ceiling, Decision, Verdict};
use support::World;

const FORBIDDEN: &str = include_str!("corpus/forbidden.txt");
const NOT_FORBIDDEN: &str = include_str!("corpus/not_forbidden.txt");

fn lines(corpus: &str) -> impl Iterator<Item = &str> {
    corpus.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

/// The world that the corpora speak of; every word in them is a program.
fn world() -> World {
    let words: BTreeSet<&str> = lines(FORBIDDEN)
        .chain(lines(NOT_FORBIDDEN))
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || ";|&(){}`\"'\\$".contains(c)))
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)))
        .filter(|word| !word.is_empty() && *word != "." && *word != "..")
        .collect();
    let world = World::new(words);
    let home = world.root().join("home");
    for directory in ["docs", ".cache", ".ssh", ".config/llmsh", ".config/other"] {
        fs::create_dir_all(home.join(directory)).expect("it can be made");
    }
    for file in ["docs/paper", ".profile", ".config/llmsh/policy.toml", "notes"] {
        fs::write(home.join(file), "").expect("it can be written");
    }
    symlink("/", world.path("root")).expect("it can be made");
    symlink(&home, world.path("me")).expect("it can be made");
    symlink("/dev/sda", world.path("disk")).expect("it can be made");
    world
}

fn verdict(world: &World, line: &str) -> Result<Verdict, CompileError> {
    world.compile(line).map(|plan| world.judge(&plan))
}

/// The rules that decide as strictly as the whole.
fn reasons(verdict: &Verdict) -> String {
    let because = verdict.steps.iter().flat_map(|step| &step.because);
    let strict = because.filter(|because| because.decision == verdict.decision);
    strict.map(|because| because.rule.as_str()).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_no_one_wants_is_refused_however_it_is_spelled() {
    let world = world();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in lines(FORBIDDEN) {
        count += 1;
        match verdict(&world, line) {
            Ok(verdict) if verdict.decision == Decision::Forbid => {
                assert!(!verdict.runs_unasked(Some(Ceiling::All)), "{line}");
                assert!(verdict.refusals().next().is_some(), "{line}");
            }
            Ok(verdict) => {
                wrong.push(format!("{line}: {:?} by {}", verdict.decision, reasons(&verdict)));
            }
            // What is no plan cannot run; it must not be a typing error of the corpus.
            Err(error) => wrong.push(format!("{line}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 400, "{count}");
}

#[test]
fn what_only_looks_like_it_is_not_refused() {
    let world = world();
    let mut wrong = Vec::new();
    for line in lines(NOT_FORBIDDEN) {
        match verdict(&world, line) {
            Ok(verdict) if verdict.decision < Decision::Forbid => {}
            Ok(verdict) => wrong.push(format!("{line}: {}", reasons(&verdict))),
            Err(error) => wrong.push(format!("{line}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn links_and_inodes_do_not_hide_the_place() {
    let world = world();
    let home = world.root().join("home");
    // A chain of links, one of them relative.
    symlink("me", world.path("first")).unwrap();
    symlink(world.path("first"), world.path("second")).unwrap();
    for line in
        ["chmod -R 777 second", "rm -rf second/*", "find second/ -delete", "rm -rf second/."]
    {
        let decision = verdict(&world, line).unwrap().decision;
        if line.starts_with("find") {
            // The link itself is what `find` would be given.
            assert!(decision >= Decision::Confirm, "{line}");
        } else {
            assert_eq!(decision, Decision::Forbid, "{line}");
        }
    }
    assert!(Path::new(&home).is_dir());
}

#[test]
fn the_effects_that_decide_are_told() {
    let world = world();
    let home = world.root().join("home");
    for (text, rule, effect) in [
        ("rm -rf ~", "forbid-home", format!("deletes {}", home.display())),
        ("cd -; rm -rf ~", "forbid-home", format!("deletes {}", home.display())),
        ("sudo ls", "type-privilege", "privilege".to_owned()),
        ("rm -rf $(ls)", "type-unseen", "deletes what is not listed".to_owned()),
    ] {
        let verdict = verdict(&world, text).expect("it is a plan");
        let because = verdict.steps.iter().flat_map(|step| &step.because);
        let told: Vec<&String> =
            because.filter(|one| one.rule == rule).flat_map(|one| &one.effects).collect();
        assert!(told.contains(&&effect), "{text}: {told:?}");
    }
}

//! What commands are labelled as: nothing that destroys is called harmless, and
//! everyday commands are not called dangerous (G2 of the threat model).
//!
//! The programs of the corpora need not be installed: each is an empty file on
//! the PATH of the shell that the plans are compiled for.

mod support;

use std::collections::BTreeSet;

use llmsh::plan::effect::Risk;
use support::World;

const DANGEROUS: &str = include_str!("corpus/dangerous.txt");
const BENIGN: &str = include_str!("corpus/benign.txt");

fn lines(corpus: &str) -> impl Iterator<Item = &str> {
    corpus.lines().filter(|line| !line.starts_with("# ") && !line.is_empty())
}

/// A world in which every word is a program: behind `sudo`, `nice` and the like
/// any could be.
fn world() -> World {
    let words: BTreeSet<&str> = lines(DANGEROUS)
        .chain(lines(BENIGN))
        .flat_map(|line| line.split(|c: char| c.is_whitespace() || ";|&(){}`\"'\\$".contains(c)))
        .filter(|word| word.chars().all(|c| c.is_ascii_alphanumeric() || ".-[_".contains(c)))
        .filter(|word| !word.is_empty() && *word != "." && *word != "..")
        .collect();
    World::new(words)
}

/// The greatest risk of a line; `None`: it is refused before it is a plan.
fn risk(line: &str, world: &World) -> Option<Risk> {
    let plan = world.compile(line).ok()?;
    plan.steps.iter().map(|step| step.effects.risk()).max()
}

#[test]
fn nothing_that_destroys_is_called_harmless() {
    let world = world();
    let harmless: Vec<String> = lines(DANGEROUS)
        .filter_map(|line| {
            let risk = risk(line, &world)?;
            (risk <= Risk::Write).then(|| format!("{line}: {risk:?}"))
        })
        .collect();
    assert!(harmless.is_empty(), "{}", harmless.join("\n"));
    let refused: Vec<&str> = lines(DANGEROUS).filter(|line| risk(line, &world).is_none()).collect();
    // Only forms of bash that the shell does not have are no plan at all.
    assert!(refused.len() <= 3, "{refused:#?}");
}

#[test]
fn everyday_commands_are_not_called_dangerous() {
    let world = world();
    let all = lines(BENIGN).count();
    let mut unknown = Vec::new();
    let mut dangerous = Vec::new();
    for line in lines(BENIGN) {
        match risk(line, &world) {
            Some(Risk::Delete | Risk::Privilege) | None => dangerous.push(line),
            Some(Risk::Unknown) => unknown.push(line),
            Some(Risk::Read | Risk::Write | Risk::Outside) => {}
        }
    }
    assert!(dangerous.len() * 20 <= all, "{} of {all}: {dangerous:#?}", dangerous.len());
    // What is not understood is not dangerous, and yet no help.
    assert!(unknown.len() * 20 <= all, "{} of {all}: {unknown:#?}", unknown.len());
}

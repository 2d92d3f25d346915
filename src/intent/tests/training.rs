//! The program that makes `weights.rs`:
//!
//! ```text
//! cargo test --release --no-default-features --lib intent::tests::training -- --ignored
//! ```
//!
//! It makes command lines and requests from `commands.toml` and `requests.toml`,
//! takes what `cases.toml` says beside them, and fits the weights by logistic
//! regression. Nothing in it is left to chance or to the machine: the same tables
//! make the same file.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use super::grammar::{Chance, Grammar, Line};
use super::*;
use crate::intent::features::{Group, see};

/// How many lines of each sort are made.
const LINES: usize = 14_000;
const ROUNDS: usize = 12;
/// How far a step goes at first.
const STEP: f64 = 0.3;
/// How strongly weights are drawn to nothing.
const DECAY: f64 = 2e-5;
/// How many times a line of the cases counts as much as one that was made.
const CASES: usize = 8;
const COLUMNS: usize = 1 + Kind::COUNT;

type Name = (Group, String);

/// A line as numbers: where its features' weights are, and how often each counts.
struct Example {
    features: Vec<(usize, f64)>,
    is_request: bool,
}

#[derive(Default)]
struct Data {
    names: HashMap<Name, usize>,
    examples: Vec<Example>,
}

impl Data {
    /// Adds a line that rules do not settle, as it is seen with these files there.
    fn add(&mut self, text: &str, files: &[String], is_request: bool, is_command: IsCommand<'_>) {
        let exists = |path: &str| files.iter().any(|file| file == path);
        let Rule::Weigh(line, kind) = settle(text.trim(), is_command, &exists) else { return };
        let mut features = Vec::new();
        see(&line, kind, &exists, &mut |group, name, count| {
            let next = self.names.len();
            let row = *self.names.entry((group, name.to_owned())).or_insert(next);
            features.push((row * COLUMNS, f64::from(count)));
            if group != Group::First {
                features.push((row * COLUMNS + 1 + kind as usize, f64::from(count)));
            }
        });
        self.examples.push(Example { features, is_request });
    }

    /// The weights that tell the examples apart best, in hundredths.
    fn fit(&self) -> Vec<i16> {
        let mut weights = vec![0.0; self.names.len() * COLUMNS];
        let mut slopes = vec![1.0; weights.len()];
        let mut chance = Chance(2);
        let mut order: Vec<usize> = (0..self.examples.len()).collect();
        for _ in 0..ROUNDS {
            for end in (1..order.len()).rev() {
                order.swap(end, chance.below(end + 1));
            }
            for index in &order {
                let Example { features, is_request } = &self.examples[*index];
                let sum: f64 = features.iter().map(|(at, count)| weights[*at] * count).sum();
                let error = f64::from(u8::from(*is_request)) - likelihood(sum);
                for (at, count) in features {
                    let slope = error * count - DECAY * weights[*at] * 10.0;
                    slopes[*at] += slope * slope;
                    weights[*at] += STEP * slope / f64::sqrt(slopes[*at]);
                }
            }
        }
        weights.iter().map(|weight| (weight * 100.0).round().clamp(-3e4, 3e4) as i16).collect()
    }
}

/// 1 / (1 + e^-sum), from multiplications alone: `exp` is not the same on every
/// machine.
fn likelihood(sum: f64) -> f64 {
    let mut power = 1.0 + sum.abs().min(30.0) / 1024.0;
    for _ in 0..10 {
        power *= power;
    }
    if sum >= 0.0 { power / (1.0 + power) } else { 1.0 / (1.0 + power) }
}

fn made(with_cases: bool) -> Data {
    let commands = Grammar::parse(include_str!("commands.toml"));
    let requests = Grammar::parse(include_str!("requests.toml"));
    let mut chance = Chance(1);
    let mut data = Data::default();
    let known = |word: &str| commands.programs.contains(word);
    let sets = [(&commands, false), (&requests, true)];
    for (grammar, is_request) in sets {
        for Line { text, files } in grammar.make(&grammar.lines, LINES, &mut chance) {
            data.add(&text, &[], is_request, &known);
            if !files.is_empty() && (!is_request || chance.below(8) == 0) {
                data.add(&text, &files, is_request, &known);
            }
        }
    }
    if with_cases {
        let cases = cases();
        for _ in 0..CASES {
            for line in &cases.command {
                data.add(line, &[], false, &is_command);
            }
            for line in cases.request.iter().chain(&cases.unsure) {
                data.add(line, &[], true, &is_command);
            }
        }
    }
    data
}

fn written(data: &Data) -> String {
    let weights = data.fit();
    let rows: BTreeMap<&Name, &[i16]> =
        data.names.iter().map(|(name, row)| (name, &weights[row * COLUMNS..][..COLUMNS])).collect();
    let counts = |row: &[i16]| row.iter().any(|weight| weight.abs() >= 5);
    let (first, others): (Vec<_>, Vec<_>) =
        rows.iter().filter(|(_, row)| counts(row)).partition(|(name, _)| name.0 == Group::First);
    let mut text = HEAD.to_owned();
    for line in first.chunks(6) {
        let cells: Vec<String> =
            line.iter().map(|(name, row)| format!("({:?}, {})", name.1, row[0])).collect();
        writeln!(text, "    {},", cells.join(", ")).expect("it is a string");
    }
    text.push_str(MIDDLE);
    for (name, row) in others {
        writeln!(text, "    ({:?}, {:?}, {row:?}),", name.0, name.1).expect("it is a string");
    }
    text.push_str("];\n");
    text
}

const HEAD: &str = "//! Made by `tests/training.rs`, which says how; not to be edited.

use super::features::Group::{self, Phrase, Second, Sign, Word};
use super::features::Weights;

/// What first words are worth that are commands.
#[rustfmt::skip]
pub(super) const FIRST_WORDS: &[(&str, i16)] = &[
";

const MIDDLE: &str = "];

/// What other features are worth. Columns: every line, then the kinds of first words in
/// their order.
#[rustfmt::skip]
pub(super) const WEIGHTS: &[(Group, &str, Weights)] = &[
";

/// The file as it was when this was compiled.
const FILE: &str = include_str!("../weights.rs");

#[test]
#[ignore = "it writes the weights"]
fn write_the_weights() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/intent/weights.rs");
    std::fs::write(path, written(&made(true))).expect("the file can be written");
}

#[test]
fn the_weights_are_what_training_makes() {
    assert!(written(&made(true)) == FILE, "run what the head of training.rs says");
}

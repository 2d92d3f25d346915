//! Lines that a table of templates and words makes, the same ones every time.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// Templates, and the words of their slots.
#[derive(Deserialize)]
pub(super) struct Grammar {
    #[serde(default)]
    pub(super) programs: BTreeSet<String>,
    /// The slots whose words name files.
    exist: Vec<String>,
    #[serde(default)]
    pub(super) lines: Vec<String>,
    #[serde(default)]
    pub(super) command: Vec<String>,
    #[serde(default)]
    pub(super) request: Vec<String>,
    slot: BTreeMap<String, Vec<String>>,
}

/// A line with the files that are there where it is typed.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) files: Vec<String>,
}

/// How deep slots stand in slots; below, only words without slots are chosen.
const DEEPEST: u32 = 4;

impl Grammar {
    pub(super) fn parse(text: &str) -> Self {
        toml::from_str(text).expect("the table is TOML")
    }

    /// Different lines of these templates, each template as often as another.
    pub(super) fn make(
        &self,
        templates: &[String],
        count: usize,
        chance: &mut Chance,
    ) -> Vec<Line> {
        let mut seen = BTreeSet::new();
        let mut made = Vec::new();
        for round in 0..count * 4 {
            if made.len() == count {
                break;
            }
            let mut line = Line { text: String::new(), files: Vec::new() };
            self.expand(&templates[round % templates.len()], 0, chance, &mut line);
            if seen.insert(line.text.clone()) {
                made.push(line);
            }
        }
        made
    }

    fn expand(&self, template: &str, depth: u32, chance: &mut Chance, line: &mut Line) {
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            let name = rest[at + 1..].split('}').next().unwrap_or_default();
            line.text.push_str(&rest[..at]);
            let Some(words) = self.slot.get(name) else {
                line.text.push('{');
                rest = &rest[at + 1..];
                continue;
            };
            rest = &rest[at + name.len() + 2..];
            let start = line.text.len();
            let mut word = chance.one(words);
            for _ in 0..50 {
                if depth < DEEPEST || !word.contains('{') {
                    break;
                }
                word = chance.one(words);
            }
            self.expand(word, depth + 1, chance, line);
            if self.exist.iter().any(|slot| slot == name) && chance.below(2) == 0 {
                line.files.push(line.text[start..].to_owned());
            }
        }
        line.text.push_str(rest);
    }
}

/// Numbers without a pattern, the same in every run (SplitMix64).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn one<'a>(&mut self, words: &'a [String]) -> &'a str {
        &words[self.below(words.len())]
    }
}

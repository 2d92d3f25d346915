//! Examples for what a request resembles: of a library, the few whose wording is most
//! alike are shown to the model right before the request.
//!
//! Alike means: by their words (in Chinese, pairs of characters), each worth more the
//! fewer examples have it; names do not count, what kind of thing they name does.

use std::collections::{HashMap, HashSet};

use super::templates::Example;
use crate::context::names::features;

/// From here an example is worth its tokens.
const ENOUGH: f64 = 0.50;

/// Examples, prepared to be compared with.
#[derive(Clone, Debug, Default)]
pub struct Library {
    examples: Vec<(Example, HashMap<String, f64>)>,
    /// What a feature is worth.
    worth: HashMap<String, f64>,
}

impl Library {
    /// Prepares examples.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a library has a few hundred examples")]
    pub fn new(examples: Vec<Example>) -> Self {
        let count = examples.len() as f64;
        let all: Vec<HashSet<String>> =
            examples.iter().map(|example| features(&wording(example))).collect();
        let mut having: HashMap<String, f64> = HashMap::new();
        for feature in all.iter().flatten() {
            *having.entry(feature.clone()).or_default() += 1.0;
        }
        let worth: HashMap<String, f64> = having
            .into_iter()
            .map(|(feature, having)| (feature, (count / having).ln() + 0.1))
            .collect();
        let examples = examples
            .into_iter()
            .zip(all)
            .map(|(example, features)| (example, weighed(features, &worth)))
            .collect();
        Self { examples, worth }
    }

    /// The examples that are most like a wording, the most alike last.
    #[must_use]
    pub fn nearest(&self, wording: &str, most: usize) -> Vec<&Example> {
        let own = weighed(features(wording), &self.worth);
        let mut ranked: Vec<(f64, &Example)> = self
            .examples
            .iter()
            .map(|(example, other)| (cosine(&own, other), example))
            .filter(|(alike, _)| *alike >= ENOUGH)
            .collect();
        ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        ranked.truncate(most);
        ranked.into_iter().rev().map(|(_, example)| example).collect()
    }
}

/// An example's request with the kinds of its names in their place.
fn wording(example: &Example) -> String {
    let mut text = example.request.clone();
    for line in &example.context {
        let Some((name, what)) = line.strip_prefix('"').and_then(|rest| rest.split_once("\": "))
        else {
            continue;
        };
        let kind = if what.contains("columns ") {
            " §table "
        } else if what.starts_with("file") {
            " §file "
        } else if what.starts_with("directory") {
            " §directory "
        } else {
            continue;
        };
        let quoted = crate::shell::quote::quote(name.as_bytes()).to_string();
        text = text.replace(&quoted, kind).replace(name, kind);
    }
    text
}

/// Features with their worth; what no example has says nothing.
fn weighed(features: HashSet<String>, worth: &HashMap<String, f64>) -> HashMap<String, f64> {
    features
        .into_iter()
        .map(|feature| {
            let worth = worth.get(&feature).copied().unwrap_or(1.0);
            (feature, worth)
        })
        .collect()
}

fn cosine(one: &HashMap<String, f64>, other: &HashMap<String, f64>) -> f64 {
    let length =
        |all: &HashMap<String, f64>| all.values().map(|worth| worth * worth).sum::<f64>().sqrt();
    let common: f64 =
        one.iter().filter_map(|(feature, worth)| Some(worth * other.get(feature)?)).sum();
    let lengths = length(one) * length(other);
    if lengths > 0.0 { common / lengths } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(request: &str, context: &[&str]) -> Example {
        Example {
            request: request.to_owned(),
            answer: "true".to_owned(),
            context: context.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    #[test]
    fn the_nearest_examples_are_those_of_the_same_task() {
        let library = Library::new(vec![
            example("count the lines of 'a b.txt'", &["\"a b.txt\": file"]),
            example("average of age in t.csv", &["\"t.csv\": file, columns 1 \"age\""]),
            example("delete empty folders", &[]),
            example("统计这里有多少个文件", &[]),
        ]);
        let nearest = |wording: &str| -> Vec<&str> {
            library.nearest(wording, 1).into_iter().map(|one| one.request.as_str()).collect()
        };
        assert_eq!(nearest("count the lines of §file"), ["count the lines of 'a b.txt'"]);
        assert_eq!(nearest("what is the average price in §table"), ["average of age in t.csv"]);
        assert_eq!(nearest("有多少个文件"), ["统计这里有多少个文件"]);
        assert!(nearest("restart the computer").is_empty());
    }
}

//! A table that has a column of the name that a request speaks of: "average salary in
//! IT" is about the file with the columns `name,department,salary`.

use std::ops::Range;
use std::path::Path;

use super::{Found, How, Mention, Target};
use crate::context::fact;
use crate::context::index::Index;
use crate::context::spoken::Spoken;
use crate::context::words::{is_chinese, is_common, joined, singular};

/// The most tables that are looked into.
const MOST: usize = 40;

/// The table most of whose columns are spoken of, where it is one: by those that are in
/// a directory which is mentioned, if any are.
pub(super) fn find(
    spoken: &Spoken<'_>,
    places: &[String],
    index: &Index,
    root: &Path,
) -> Option<Mention> {
    let tables = index.entries().filter(|entry| !entry.is_directory && !entry.is_aside);
    let mut paths: Vec<(usize, String)> = tables
        .filter(|entry| fact::is_table(entry.name))
        .map(|entry| (entry.depth, entry.path()))
        .filter(|(_, path)| {
            places.is_empty() || places.iter().any(|place| Path::new(path).starts_with(place))
        })
        .collect();
    paths.sort();
    let mut best: Vec<(usize, String, Range<usize>)> = Vec::new();
    for (_, path) in paths.into_iter().take(MOST) {
        let Some(columns) = fact::columns(&root.join(&path)) else { continue };
        let spans: Vec<_> = columns.iter().filter_map(|column| is_said(column, spoken)).collect();
        let values: std::collections::BTreeSet<String> = fact::cells(&root.join(&path))
            .unwrap_or_default()
            .into_iter()
            .filter(|(_, cell)| fact::is_said(cell, spoken))
            .map(|(_, cell)| cell)
            .collect();
        // A column's name says more than a value.
        let count = spans.len() * 2 + values.len().min(2);
        let value = values.first().and_then(|value| where_said(value, spoken));
        let Some(first) = spans.first().cloned().or(value) else { continue };
        match best.first().map(|(most, ..)| *most) {
            Some(most) if most > count => continue,
            Some(most) if most < count => best.clear(),
            _ => {}
        }
        best.push((count, path, first));
    }
    let [(_, path, span)] = best.as_slice() else { return None };
    let found = Found { path: path.clone(), is_directory: false };
    Some(Mention {
        span: span.clone(),
        target: Target::Path(found),
        how: How::Content,
        is_one_of_several: false,
    })
}

/// Words of what is asked of the values of a column.
const OF_VALUES: &[&str] = &[
    "average",
    "mean",
    "highest",
    "lowest",
    "total",
    "sum",
    "平均",
    "最高",
    "最低",
    "总分",
    "及格",
    "排名",
    "排个名",
    "得分",
    "分数",
    "考了",
];

/// Whether a request asks something of values, so that a column is more likely meant than
/// a directory of that name.
pub(super) fn is_about_values(spoken: &Spoken<'_>) -> bool {
    OF_VALUES.iter().any(|word| spoken.says(word)) || is_elliptic(spoken.text)
}

/// Whether nothing is said but another thing of the same kind: "英语呢", "and English?".
fn is_elliptic(request: &str) -> bool {
    let text = request.trim().trim_end_matches(['?', '？', '.', '。', ' ']).to_lowercase();
    let chinese = text.ends_with('呢') && text.chars().count() <= 8;
    let begins = ["what about ", "how about ", "and "].iter().any(|words| text.starts_with(words));
    chinese || begins && text.split_whitespace().count() <= 4
}

/// Where the value of a cell is said.
fn where_said(value: &str, spoken: &Spoken<'_>) -> Option<Range<usize>> {
    let lower = value.to_lowercase();
    let word = spoken.words.iter().find(|word| word.text == lower);
    word.map(|word| word.span.clone()).or_else(|| {
        let start = spoken.text.find(value)?;
        Some(start..start + value.len())
    })
}

/// Where a column's name is said.
fn is_said(column: &str, spoken: &Spoken<'_>) -> Option<Range<usize>> {
    let column = column.trim().trim_matches('"').to_lowercase();
    if column.contains(is_chinese) {
        let said = column.chars().count() >= 2 && !is_common(&column);
        let start = said.then(|| spoken.text.find(&column)).flatten()?;
        return Some(start..start + column.len());
    }
    let wanted = joined(&column);
    spoken
        .words
        .iter()
        .find(|word| {
            wanted.len() >= 3
                && !is_common(&word.text)
                && (word.text == wanted || singular(&word.text) == singular(&wanted))
        })
        .map(|word| word.span.clone())
}

//! One of several, by age or size, and files of a kind.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;
use std::time::SystemTime;

use super::compare::Candidate;
use super::{Found, How, MAX_CHOICES, Mention, Target, overlap};
use crate::context::index::Index;
use crate::context::spoken::{Named, Spoken, Which};
use crate::context::words::{singular, stem};

/// The most files that are looked at for the newest or largest.
const MAX_MEASURED: usize = 2000;

/// Words before the name of one of several.
const SUPERLATIVES: &[&str] = &[
    "newest", "latest", "recent", "oldest", "largest", "biggest", "smallest", "newer", "older",
    "larger", "bigger", "smaller", "最新", "最旧", "最老", "最早", "最大", "最小", "最近",
];

/// The newest, largest … file among those that a phrase in the singular could mean.
pub(super) fn superlative(
    which: Which,
    spoken: &Spoken<'_>,
    span: &Range<usize>,
    candidates: &[Candidate<'_>],
    index: &Index,
    root: &Path,
) -> Option<Found> {
    let phrase = spoken.text[span.clone()].to_lowercase();
    let before = spoken.text[..span.start].to_lowercase();
    // "the largest files in X" is a question about X.
    let near = SUPERLATIVES.iter().any(|word| ends_near(&before, word));
    if !near || phrase.is_ascii() && singular(&phrase) != phrase {
        return None;
    }
    let mut files: Vec<String> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| overlap(&candidate.span, span)) {
        if candidate.entry.is_directory {
            let path = candidate.entry.path();
            let inside = index.entries().filter(|entry| {
                !entry.is_directory && !entry.is_aside && Path::new(entry.parent).starts_with(&path)
            });
            files.extend(inside.map(|entry| entry.path()));
        } else if !candidate.entry.is_aside {
            files.push(candidate.entry.path());
        }
    }
    pick(which, files, root)
}

/// Whether a thing that is there is spoken of next, and none that is to be made.
fn says_the(before: &str) -> bool {
    let before = before.trim_end().to_ascii_lowercase();
    ["the", "my", "this", "that"].iter().any(|word| {
        before.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    })
}

fn ends_near(before: &str, word: &str) -> bool {
    // Between "最早" and the thing there is a measure word: "最早的那张发票".
    let far = if word.is_ascii() { 4 } else { 12 };
    before.rfind(word).is_some_and(|at| before.len() - at - word.len() <= far)
}

fn pick(which: Which, mut files: Vec<String>, root: &Path) -> Option<Found> {
    files.sort();
    files.dedup();
    files.truncate(MAX_MEASURED);
    let measured = files.into_iter().filter_map(|path| {
        let metadata = fs::symlink_metadata(root.join(&path)).ok()?;
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        Some((modified, metadata.len(), path))
    });
    let one = match which {
        Which::Newest => measured.max_by_key(|(modified, ..)| *modified),
        Which::Oldest => measured.min_by_key(|(modified, ..)| *modified),
        Which::Largest => measured.max_by_key(|(_, size, _)| *size),
        Which::Smallest => measured.min_by_key(|(_, size, _)| *size),
    };
    one.map(|(_, _, path)| Found { path, is_directory: false })
}

/// "The worker logs", "the newest home backup": files of a name, with the word for their
/// kind or their directory behind it, are these and no others.
pub(super) fn join_kinds(text: &str, mentions: &mut Vec<Mention>) {
    let mut at = 0;
    while at + 1 < mentions.len() {
        let (one, next) = (&mentions[at], &mentions[at + 1]);
        let of_next = |found: &Found| match &next.target {
            Target::Kind { extensions, .. } => {
                extensions.iter().any(|extension| found.path.ends_with(extension))
            }
            Target::Path(place) => {
                place.is_directory && Path::new(&found.path).starts_with(&place.path)
            }
            _ => false,
        };
        let beside = text
            .get(one.span.end..next.span.start)
            .is_some_and(|between| between.chars().all(char::is_whitespace));
        let joins = beside
            && match &one.target {
                Target::Several(found) => {
                    (2..MAX_CHOICES).contains(&found.len()) && found.iter().all(of_next)
                }
                Target::Path(found) => {
                    one.is_one_of_several && (of_next(found) || next.is_one_of_several)
                }
                _ => false,
            };
        if joins {
            mentions[at].span.end = mentions[at + 1].span.end;
            mentions.remove(at + 1);
        }
        at += 1;
    }
}

/// "The report in the old backup", "春游的照片": a thing with the directory that it is in,
/// on either side of it, is one thing. That directory is told with its path.
pub(super) fn join_places(text: &str, mentions: &mut Vec<Mention>) {
    const BEHIND: [&str; 7] = ["里", "里的", "里面的", "中的", "下的", "下面的", "的"];
    const BEFORE: [&str; 4] = [" in ", " in the ", " in my ", "的"];
    let path = |mention: &Mention| match &mention.target {
        Target::Path(found) => Some(found.path.clone()),
        _ => None,
    };
    let mut at = 0;
    while at + 1 < mentions.len() {
        let (one, next) = (&mentions[at], &mentions[at + 1]);
        let between = text.get(one.span.end..next.span.start).unwrap_or_default();
        let is_in = |inner: &Mention, outer: &Mention| match (path(inner), path(outer)) {
            (Some(inner), Some(outer)) => inner != outer && Path::new(&inner).starts_with(outer),
            _ => false,
        };
        let removed = if is_in(one, next) && BEFORE.contains(&between) {
            Some(at + 1)
        } else if is_in(next, one) && BEHIND.contains(&between.trim()) {
            Some(at)
        } else {
            None
        };
        match removed {
            Some(outer) => {
                let span = one.span.start..next.span.end;
                mentions.remove(outer);
                mentions[at].span = span;
            }
            None => at += 1,
        }
    }
}

/// Files of a kind, where there are some.
pub(super) fn of_kind(
    spoken: &Spoken<'_>,
    kind: &Named,
    within: &[String],
    index: &Index,
    root: &Path,
) -> Option<Mention> {
    let mut extensions: HashMap<String, usize> = HashMap::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut files = Vec::new();
    let all = || {
        let files = index.entries().filter(|entry| !entry.is_directory && !entry.is_aside);
        files.filter(|entry| kind.has(&stem(entry.name).1))
    };
    // "The python files in webshop" are those there, unless these are where things go to.
    let is_within = |parent: &str| within.iter().any(|place| Path::new(parent).starts_with(place));
    let some_within = all().any(|entry| is_within(entry.parent));
    for entry in all() {
        if !some_within || is_within(entry.parent) {
            let written = entry.name.rsplit_once('.').map_or("", |(_, extension)| extension);
            *extensions.entry(format!(".{written}")).or_default() += 1;
            *places.entry(entry.parent).or_default() += 1;
            files.push(entry.path());
        }
    }
    let count = files.len();
    let around = spoken.around(&kind.span);
    if count == 0 || around.target || around.given || around.directory {
        return None;
    }
    let span = kind.span.clone();
    if let Some(which) = spoken.which {
        let before = spoken.text[..span.start].to_lowercase();
        let word = &spoken.text[span.clone()];
        let one = !before.is_empty() && (!word.is_ascii() || singular(word) == word);
        if one
            && SUPERLATIVES.iter().any(|word| ends_near(&before, word))
            && let Some(one) = pick(which, files.clone(), root)
        {
            return Some(Mention {
                span,
                target: Target::Path(one),
                how: How::Partly,
                is_one_of_several: true,
            });
        }
    }
    // "The config", where there is one, is that file.
    let word = &spoken.text[span.clone()];
    let is_one = word.is_ascii() && singular(word) == word && says_the(&spoken.text[..span.start])
        || !word.is_ascii() && !spoken.is_quantified(&span);
    if count == 1 && is_one {
        let found = Found { path: files.remove(0), is_directory: false };
        let target = Target::Path(found);
        return Some(Mention { span, target, how: How::Partly, is_one_of_several: false });
    }
    let by_count = |map: HashMap<String, usize>, most: usize| {
        let mut list: Vec<(String, usize)> = map.into_iter().collect();
        list.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        list.into_iter().take(most).map(|(name, _)| name).collect::<Vec<_>>()
    };
    let places = places.into_iter().map(|(place, count)| (place.to_owned(), count)).collect();
    let target =
        Target::Kind { extensions: by_count(extensions, 4), count, places: by_count(places, 3) };
    Some(Mention { span, target, how: How::Partly, is_one_of_several: false })
}

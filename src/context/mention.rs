//! What a request mentions, and what there is of that: without the model.
//!
//! A name that is spelled out is looked for where it would be, and then everywhere
//! below; words are compared with names as they are spoken: without endings, apart or
//! joined, in the other language, in part. The nearest is meant: better matches before
//! worse ones, then what is less deep.

mod choice;
mod compare;
mod content;
mod month;
mod table;

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use self::choice::{join_kinds, join_places, of_kind, superlative};
use self::compare::{Candidate, candidates};
use self::content::{is_content, is_counted, is_made, is_message, is_used};
use super::index::{Entry, Index};
use super::spelled::Spelled;
use super::spoken::{Around, Spoken};
use super::words::{self, joined, slips, stem};
use crate::redaction::redact;

/// The most paths that are told where several could be meant.
const MAX_CHOICES: usize = 5;

/// The longest name that is a mention, in characters.
pub(super) const MAX_LENGTH: usize = 80;

/// Something of this machine that a request speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where in the request.
    pub span: Range<usize>,
    /// What it is.
    pub target: Target,
    /// How it was recognised.
    pub how: How,
    /// It is the newest, largest … of several.
    pub is_one_of_several: bool,
}

impl Mention {
    /// Whether the name may stand in the request for the words: a guess may not.
    pub(super) fn stands_for_it(&self, said: &str) -> bool {
        match self.how {
            How::Content => false,
            How::Partly => self.is_one_of_several || said.split_whitespace().count() > 1,
            _ => true,
        }
    }
}

/// What is mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One thing that is there.
    Path(Found),
    /// One of these; nothing tells which.
    Several(Vec<Found>),
    /// Files of a kind.
    Kind {
        /// The extensions that there are, with their dots.
        extensions: Vec<String>,
        /// How many files.
        count: usize,
        /// The directories they are in, from the working directory.
        places: Vec<String>,
    },
    /// A name that nothing has.
    Missing {
        /// As it was spelled.
        name: String,
        /// Names that are nearly the same.
        near: Vec<String>,
    },
    /// Something that is no file.
    Thing(Thing),
}

/// Something of the machine that is no file: a process, a user, a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// The name that stands for the words of the request, where they are not it.
    pub name: Option<String>,
    /// What is told of it, or that there is none.
    pub fact: String,
}

/// Something that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// From the working directory, or with `~` or `/`.
    pub path: String,
    /// It is a directory.
    pub is_directory: bool,
}

/// How a name was recognised, the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// By what is in it: a table with a column of that name.
    Content,
    /// By some of its words.
    Partly,
    /// By its meaning in the other language.
    Translated,
    /// By its words, together or apart, one or several.
    Spoken,
    /// By the whole name, but for case.
    Written,
}

/// What `spoken` mentions of what is in and below `root`.
pub(super) fn find(spoken: &Spoken<'_>, index: &Index, root: &Path) -> Vec<Mention> {
    let spelled_out =
        |quoted: bool| spoken.spelled.iter().filter(move |name| name.quoted == quoted);
    let mut mentions: Vec<Mention> =
        spelled_out(true).filter_map(|name| spelled(spoken, name, index, root)).collect();
    mentions.extend(written(spoken, index, &mentions));
    for name in spelled_out(false) {
        if !mentions.iter().any(|mention| overlap(&mention.span, &name.span)) {
            mentions.extend(spelled(spoken, name, index, root));
        }
    }
    let mut candidates = candidates(spoken, index);
    candidates.retain(|candidate| {
        let before = &spoken.text[..candidate.span.start];
        let said = &spoken.text[candidate.span.clone()];
        !within_path(spoken.text, &candidate.span)
            && !is_used(before)
            && !is_counted(before, said)
            && !is_made(before, said)
            && !is_message(said, &spoken.text[candidate.span.end..])
            && !mentions.iter().any(|mention| overlap(&mention.span, &candidate.span))
    });
    // "English, highest mark" is a column, whatever else is called so.
    if table::is_about_values(spoken)
        && let Some(column) = table::find(spoken, &[], index, root)
    {
        candidates.retain(|candidate| {
            !candidate.entry.is_directory || !overlap(&column.span, &candidate.span)
        });
    }
    loop {
        let places = directories(&mentions);
        let Some(mention) = best(spoken, &candidates, &places, index, root) else { break };
        candidates.retain(|candidate| !overlap(&mention.span, &candidate.span));
        mentions.push(mention);
    }
    for kind in &spoken.kinds {
        if !within_path(spoken.text, &kind.span)
            && !mentions.iter().any(|mention| overlap(&mention.span, &kind.span))
            && let Some(mention) = of_kind(spoken, kind, &sources(spoken, &mentions), index, root)
        {
            mentions.push(mention);
        }
    }
    mentions.sort_by_key(|mention| mention.span.start);
    join_kinds(spoken.text, &mut mentions);
    month::narrow(spoken.text, &mut mentions, index);
    join_places(spoken.text, &mut mentions);
    let names_a_file = mentions
        .iter()
        .any(|mention| matches!(&mention.target, Target::Path(found) if !found.is_directory));
    if !names_a_file {
        mentions.extend(table::find(spoken, &directories(&mentions), index, root));
    }
    mentions.sort_by_key(|mention| mention.span.start);
    mentions
}

/// The directories among what is mentioned.
fn directories(mentions: &[Mention]) -> Vec<String> {
    mentions
        .iter()
        .filter_map(|mention| match &mention.target {
            Target::Path(found) if found.is_directory => Some(found.path.clone()),
            _ => None,
        })
        .collect()
}

/// Those of them that nothing goes to.
fn sources(spoken: &Spoken<'_>, mentions: &[Mention]) -> Vec<String> {
    let sources = mentions.iter().filter(|mention| {
        let before = spoken.text[..mention.span.start].to_lowercase();
        let before = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'“".contains(c));
        !["to", "into", "to the", "into the", "to my", "into my", "到", "进", "入", "至"]
            .iter()
            .any(|word| before.ends_with(word))
    });
    directories(&sources.cloned().collect::<Vec<_>>())
}

/// Whether a word is a part of a path that is written out, and no name of its own.
fn within_path(text: &str, span: &Range<usize>) -> bool {
    text[..span.start].ends_with(['/', '~'])
}

/// Whether two places of a text have a part in common.
pub(super) fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Names that stand in the request as they are, blanks and all: what no list of signs
/// could find. Of two that overlap the longer one is meant.
fn written(spoken: &Spoken<'_>, index: &Index, taken: &[Mention]) -> Vec<Mention> {
    let text = spoken.text;
    let mut found: Vec<(Range<usize>, Entry<'_>)> = Vec::new();
    for entry in index.entries() {
        let name = entry.name;
        // A word that is a name as well may be meant as a word.
        let telling = name.contains(|character: char| !character.is_alphanumeric());
        if !telling || name.len() < 2 || name.len() > text.len() || !is_shown(spoken, &entry) {
            continue;
        }
        for (start, _) in text.match_indices(name) {
            let span = start..start + name.len();
            if words::stands_alone(text, &span)
                && !is_made(&text[..span.start], name)
                && !taken.iter().any(|other| overlap(&other.span, &span))
            {
                found.push((span, entry));
            }
        }
    }
    found.sort_by_key(|(span, _)| std::cmp::Reverse(span.len()));
    let mut mentions: Vec<Mention> = Vec::new();
    for index in 0..found.len() {
        let span = found[index].0.clone();
        if mentions.iter().any(|mention| overlap(&mention.span, &span)) {
            continue;
        }
        let around = spoken.around(&span);
        let same = found.iter().filter(|(other, _)| *other == span);
        let mut entries: Vec<Entry<'_>> = same.map(|(_, entry)| *entry).collect();
        // What is made, or written to, is here: one elsewhere is another.
        entries.retain(|entry| {
            entry.depth == 0 || !around.given && (!around.target || entry.is_directory)
        });
        prefer(&mut entries, around, |_| 0);
        let target = match entries.as_slice() {
            [] => continue,
            all => target_of(all),
        };
        let how = How::Written;
        mentions.push(Mention { span, target, how, is_one_of_several: false });
    }
    mentions
}

/// Whether a name may be told: a hidden one only where it is spoken of.
fn is_shown(spoken: &Spoken<'_>, entry: &Entry<'_>) -> bool {
    entry.name.chars().count() <= MAX_LENGTH
        && !entry.parent.split('/').any(|part| part.starts_with('.') && !spoken.text.contains(part))
        && !redact(entry.name).is_redacted()
}

/// What a name that is spelled out means.
fn spelled(spoken: &Spoken<'_>, name: &Spelled, index: &Index, root: &Path) -> Option<Mention> {
    let mention = |target, how| {
        Some(Mention { span: name.span.clone(), target, how, is_one_of_several: false })
    };
    let plain = name.name.trim_end_matches('/');
    // What files or names are to contain is no name.
    if name.quoted && is_content(&spoken.text[..name.span.start]) {
        return None;
    }
    if plain.starts_with(['/', '~']) || plain.contains("..") {
        return None;
    }
    if let Ok(metadata) = fs::symlink_metadata(root.join(plain)) {
        let is_directory = metadata.is_dir();
        return mention(Target::Path(Found { path: plain.to_owned(), is_directory }), How::Written);
    }
    let around = spoken.around(&name.span);
    if around.given {
        return None;
    }
    let last = plain.rsplit_once('/').map_or(plain, |(_, last)| last);
    let is_it = |entry: &Entry<'_>| {
        entry.name.eq_ignore_ascii_case(last)
            && (last == plain
                || format!("/{}", entry.path())
                    .to_lowercase()
                    .ends_with(&format!("/{}", plain.to_lowercase())))
    };
    let mut found: Vec<Entry<'_>> = index.entries().filter(is_it).collect();
    if found.is_empty() && last != plain {
        // The directory is wrong: the file may be the one of that name elsewhere.
        found = index.entries().filter(|entry| entry.name == last).collect();
    }
    let by_words = found.is_empty() && name.quoted;
    if by_words {
        let wanted = joined(plain);
        let same =
            |entry: &Entry<'_>| entry.joined == wanted || joined(stem(entry.name).0) == wanted;
        found = index.entries().filter(same).collect();
    }
    // A file that something is written to is a new one, wherever one of that name is.
    found.retain(|entry| !around.target || entry.is_directory);
    prefer(&mut found, around, |entry| usize::from(entry.name != last));
    if !found.is_empty() {
        let how = if by_words { How::Spoken } else { How::Written };
        return mention(target_of(&found), how);
    }
    if around.target || name.quoted || !plain.contains('.') {
        return None;
    }
    let mut near: Vec<(usize, String)> = index
        .entries()
        .filter(|entry| !entry.is_aside)
        .filter_map(|entry| {
            let slips = slips(&entry.name.to_lowercase(), &last.to_lowercase())?;
            Some((slips, entry.path()))
        })
        .collect();
    near.sort();
    near.truncate(MAX_CHOICES);
    // One that is nearly the same is meant.
    if let [(1, path)] = near.as_slice() {
        let is_directory = root.join(path).is_dir();
        return mention(Target::Path(Found { path: path.clone(), is_directory }), How::Partly);
    }
    let near = near.into_iter().map(|(_, path)| path).collect();
    mention(Target::Missing { name: plain.to_owned(), near }, How::Written)
}

/// Keeps of the entries those that are best by the words around, then by `worse`, then
/// by depth.
fn prefer(found: &mut Vec<Entry<'_>>, around: Around, worse: impl Fn(&Entry<'_>) -> usize) {
    let rank = |entry: &Entry<'_>| {
        let other_kind =
            around.directory && !entry.is_directory || around.file && entry.is_directory;
        let stale = usize::from(is_stale(entry));
        (usize::from(other_kind), usize::from(entry.is_aside), worse(entry), stale, entry.depth)
    };
    if let Some(least) = found.iter().map(rank).min() {
        found.retain(|entry| rank(entry) == least);
    }
    found.sort_by_key(Entry::path);
}

/// Whether a name is that of something put aside: of two that could be meant, the other
/// one is. Who means this one names the place, and then there is no other one.
fn is_stale(entry: &Entry<'_>) -> bool {
    const ASIDE: [&str; 14] = [
        "old", "backup", "backups", "bak", "archive", "archives", "copy", "tmp", "temp", "trash",
        "旧", "备份", "副本", "归档",
    ];
    let path = entry.path();
    ASIDE.iter().any(|aside| {
        if aside.is_ascii() {
            words::words(&path).iter().any(|word| word.text == *aside)
        } else {
            path.contains(aside)
        }
    })
}

fn target_of(found: &[Entry<'_>]) -> Target {
    let of = |entry: &Entry<'_>| Found { path: entry.path(), is_directory: entry.is_directory };
    match found {
        [one] => Target::Path(of(one)),
        several => Target::Several(several.iter().take(MAX_CHOICES).map(of).collect()),
    }
}

/// The best of what is still open, as one mention.
fn best(
    spoken: &Spoken<'_>,
    candidates: &[Candidate<'_>],
    places: &[String],
    index: &Index,
    root: &Path,
) -> Option<Mention> {
    let first = candidates.iter().max_by_key(|candidate| {
        // Of whole names the longest is meant: "meeting notes" is not "notes".
        let whole = if candidate.how > How::Partly { candidate.span.len() } else { 0 };
        (whole, candidate.how, candidate.letters, candidate.share)
    })?;
    let span = first.span.clone();
    let around = spoken.around(&span);
    let same = |candidate: &&Candidate<'_>| {
        overlap(&candidate.span, &span)
            && candidate.how == first.how
            && candidate.letters == first.letters
    };
    let mut found: Vec<Entry<'_>> = candidates.iter().filter(same).map(|one| one.entry).collect();
    let shares: HashMap<String, usize> =
        candidates.iter().filter(same).map(|one| (one.entry.path(), one.share)).collect();
    if around.given {
        found.retain(|entry| entry.is_directory && around.target && entry.depth == 0);
    }
    if around.target && !["append", "add", "追加", "添加"].iter().any(|word| spoken.says(word))
    {
        found.retain(|entry| entry.is_directory);
    }
    // "The todo on the desktop": of several the one that is where the request says.
    let named: Vec<String> = candidates
        .iter()
        .filter(|other| {
            other.entry.is_directory && other.how > How::Partly && !overlap(&other.span, &span)
        })
        .map(|other| other.entry.path())
        .chain(places.iter().cloned())
        .collect();
    let is_inside =
        |entry: &Entry<'_>| named.iter().any(|place| Path::new(entry.parent).starts_with(place));
    if found.iter().any(is_inside) {
        found.retain(is_inside);
    }
    if let Some(which) = spoken.which
        && let Some(one) = superlative(which, spoken, &span, candidates, index, root)
    {
        return Some(Mention {
            span,
            target: Target::Path(one),
            how: first.how,
            is_one_of_several: true,
        });
    }
    let said = &spoken.text[span.clone()];
    if let [one] = found.as_slice()
        && first.how == How::Partly
        && !one.is_directory
        && said.is_ascii()
        && words::singular(said) != said
    {
        // "Invoices" are more than the one file of that name.
        found.clear();
    }
    let said = said.to_owned();
    prefer(&mut found, around, |entry| {
        // Of names that differ in case or blanks the one that is written so.
        let exact = entry.name == said || stem(entry.name).0 == said;
        usize::from(!exact) * 1000 + 1000 - shares.get(&entry.path()).copied().unwrap_or(0)
    });
    let mut span = span;
    // "发票(1)": the copy of that number.
    if let Some(end) = numbered(spoken.text, span.end) {
        let mark = &spoken.text[span.end..end];
        let is_copy = |entry: &Entry<'_>| {
            found.iter().any(|one| {
                let (own, other) = (stem(one.name).0, stem(entry.name).0);
                entry.parent == one.parent && other.starts_with(own) && other.ends_with(mark)
            })
        };
        let copies: Vec<Entry<'_>> = index.entries().filter(is_copy).collect();
        if !copies.is_empty() {
            (found, span) = (copies, span.start..end);
        }
    }
    let target = if found.is_empty() {
        // Taken by a name that is given: nothing is told of it.
        Target::Several(Vec::new())
    } else {
        target_of(&found)
    };
    Some(Mention { span, target, how: first.how, is_one_of_several: false })
}

/// Where a number in brackets ends that begins at `from`.
fn numbered(text: &str, from: usize) -> Option<usize> {
    let inner = text[from..].trim_start_matches(' ').strip_prefix('(')?;
    let (digits, rest) = inner.split_once(')')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.len() - rest.len())
}

#[cfg(test)]
mod tests;

//! What a request mentions, and what there is of that: without the model.
//!
//! A name that is spelled out is looked for where it would be, and then everywhere
//! below; words are compared with names as they are spoken: without endings, apart or
//! joined, in the other language, in part. The nearest is meant: better matches before
//! worse ones, then what is less deep.

mod choice;
mod table;

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use aho_corasick::AhoCorasick;

use self::choice::{is_of, of_kind, superlative};
use super::index::{Entry, Index};
use super::spelled::Spelled;
use super::spoken::{Around, Phrase, Spoken};
use super::words::{self, is_chinese, is_common, joined, singular, slips, stem};
use crate::redaction::redact;

/// The most paths that are told where several could be meant.
const MAX_CHOICES: usize = 5;

/// The longest name that is a mention, in characters.
pub(super) const MAX_LENGTH: usize = 80;

/// The most words of a name that is told without more ado. A longer one reads
/// like a sentence, and might be one that is addressed to the model.
const MAX_WORDS: usize = 6;

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

struct Candidate<'a> {
    span: Range<usize>,
    how: How,
    entry: Entry<'a>,
    /// How much of the name was said, in thousandths.
    share: usize,
    /// How many letters of it.
    letters: usize,
}

/// What `spoken` mentions of what is in and below `root`.
pub(super) fn find(spoken: &Spoken<'_>, index: &Index, root: &Path) -> Vec<Mention> {
    let mut mentions: Vec<Mention> =
        spoken.spelled.iter().filter_map(|name| spelled(spoken, name, index, root)).collect();
    let mut candidates = candidates(spoken, index);
    candidates.retain(|candidate| {
        !mentions.iter().any(|mention| overlap(&mention.span, &candidate.span))
    });
    loop {
        let places = directories(&mentions);
        let Some(mention) = best(spoken, &candidates, &places, index, root) else { break };
        candidates.retain(|candidate| !overlap(&mention.span, &candidate.span));
        mentions.push(mention);
    }
    for kind in &spoken.kinds {
        if !mentions.iter().any(|mention| overlap(&mention.span, &kind.span))
            && let Some(mention) = of_kind(spoken, kind, index, root)
        {
            mentions.push(mention);
        }
    }
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

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// What a name that is spelled out means.
fn spelled(spoken: &Spoken<'_>, name: &Spelled, index: &Index, root: &Path) -> Option<Mention> {
    let mention = |target, how| {
        Some(Mention { span: name.span.clone(), target, how, is_one_of_several: false })
    };
    let plain = name.name.trim_end_matches('/');
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
        (usize::from(other_kind), usize::from(entry.is_aside), worse(entry), entry.depth)
    };
    if let Some(least) = found.iter().map(rank).min() {
        found.retain(|entry| rank(entry) == least);
    }
    found.sort_by_key(Entry::path);
}

fn target_of(found: &[Entry<'_>]) -> Target {
    let of = |entry: &Entry<'_>| Found { path: entry.path(), is_directory: entry.is_directory };
    match found {
        [one] => Target::Path(of(one)),
        several => Target::Several(several.iter().take(MAX_CHOICES).map(of).collect()),
    }
}

/// Every name of which the request says enough.
fn candidates<'a>(spoken: &Spoken<'_>, index: &'a Index) -> Vec<Candidate<'a>> {
    let mut needles: Vec<&str> =
        spoken.phrases.iter().map(|phrase| phrase.joined.as_str()).collect();
    let runs = chinese_pieces(spoken);
    needles.extend(runs.iter().map(|(piece, _)| piece.as_str()));
    needles.retain(|needle| !needle.is_empty());
    let Ok(automaton) = AhoCorasick::new(&needles) else { return Vec::new() };
    let by_phrase: HashMap<&str, Vec<&Phrase>> =
        spoken.phrases.iter().fold(HashMap::new(), |mut map, phrase| {
            map.entry(phrase.joined.as_str()).or_insert_with(Vec::new).push(phrase);
            map
        });
    let mut found = Vec::new();
    for entry in index.entries() {
        if !automaton.is_match(entry.joined) {
            continue;
        }
        let reads_like_text = reads_like_text(entry.name);
        let candidate = whole(&by_phrase, spoken, entry)
            .or_else(|| in_part(spoken, entry).filter(|_| !reads_like_text));
        let Some(candidate) = candidate else { continue };
        let hidden = entry.name.starts_with('.')
            || entry.parent.split('/').any(|part| part.starts_with('.'));
        let shown = !hidden || spoken.hidden;
        let kept = shown
            && (!reads_like_text || candidate.how > How::Partly)
            && entry.name.chars().count() <= MAX_LENGTH
            // A name with a hole in it names nothing.
            && !redact(entry.name).is_redacted();
        if kept {
            found.push(candidate);
        }
    }
    found
}

/// Two characters and more of the Chinese runs of a request, with their places.
fn chinese_pieces(spoken: &Spoken<'_>) -> Vec<(String, Range<usize>)> {
    let mut pieces = Vec::new();
    for word in spoken.words.iter().filter(|word| word.is_chinese()) {
        let characters: Vec<(usize, char)> = word.text.char_indices().collect();
        for pair in characters.windows(2) {
            let text: String = pair.iter().map(|(_, character)| *character).collect();
            let start = word.span.start + pair[0].0;
            if !is_common(&text) {
                pieces.push((text.clone(), start..start + text.len()));
            }
        }
    }
    pieces
}

/// A name all of which is said.
fn whole<'a>(
    by_phrase: &HashMap<&str, Vec<&Phrase>>,
    spoken: &Spoken<'_>,
    entry: Entry<'a>,
) -> Option<Candidate<'a>> {
    let bare = stem(entry.name).0;
    let bare = joined(bare);
    let forms = [entry.joined, &bare, singular(&bare)];
    // "Pictures" are files of a kind, wherever they are, unless something is called so.
    let is_kind = |span: &Range<usize>| spoken.kinds.iter().any(|kind| kind.span == *span);
    let phrase = forms
        .iter()
        .filter(|form| form.len() > 1)
        .filter_map(|form| by_phrase.get(form))
        .flatten()
        .filter(|phrase| !phrase.translated || !is_kind(&phrase.span))
        .filter(|phrase| !phrase.weak || is_expected(spoken, phrase, entry))
        .max_by_key(|phrase| (!phrase.translated, phrase.span.len()));
    if let Some(phrase) = phrase
        && !(spoken.is_quantified(&phrase.span) && (!entry.is_directory || is_kind(&phrase.span)))
        && (!is_plural(spoken.text, &phrase.span, &bare) || entry.is_directory)
    {
        let how = if phrase.translated { How::Translated } else { How::Spoken };
        let letters = phrase.joined.chars().count();
        // `app.log` before `app.log.1`.
        let exact =
            phrase.joined == entry.joined || stem(entry.name).1.contains(char::is_alphabetic);
        let share = if exact || entry.is_directory { 1000 } else { 990 };
        return Some(Candidate { span: phrase.span.clone(), how, entry, share, letters });
    }
    // A name in Chinese inside a run.
    let raw = stem(entry.name).0;
    let long_enough = raw.chars().count() >= 2 && raw.contains(is_chinese) && !is_common(raw);
    let start = long_enough.then(|| spoken.text.find(raw)).flatten()?;
    let span = start..start + raw.len();
    let is_several = spoken.is_quantified(&span) && (!entry.is_directory || is_kind(&span));
    if spoken.is_spelled(&span) || is_several {
        return None;
    }
    let how = How::Spoken;
    let letters = raw.chars().count() * 2;
    Some(Candidate { span, how, entry, share: 1000, letters })
}

/// Whether a word is in the plural and the name that it was compared with is not.
fn is_plural(text: &str, span: &Range<usize>, name: &str) -> bool {
    let said = joined(&text[span.clone()]);
    said != name && singular(&said) == name && said.ends_with('s')
}

/// Whether a name of common words ("To Sort") is one here: it is written as it is, or
/// stands where a place does.
fn is_expected(spoken: &Spoken<'_>, phrase: &Phrase, entry: Entry<'_>) -> bool {
    let before = spoken.text[..phrase.span.start].to_lowercase();
    let in_place = ["in", "from", "of", "into", "under", "inside"]
        .iter()
        .any(|word| before.trim_end().ends_with(&format!(" {word}")));
    !phrase.translated
        && (spoken.text.contains(entry.name)
            || in_place && entry.is_directory
            || spoken.around(&phrase.span).directory)
}

/// A name of which the request says some words.
fn in_part<'a>(spoken: &Spoken<'_>, entry: Entry<'a>) -> Option<Candidate<'a>> {
    let (bare, extension) = stem(entry.name);
    let (mut said, mut all) = (0, 0);
    let mut span: Option<Range<usize>> = None;
    let mut strong = false;
    let mut join = |part: Range<usize>| {
        span = Some(match span.take() {
            Some(span) => span.start.min(part.start)..span.end.max(part.end),
            None => part,
        });
    };
    for piece in words::words(bare) {
        let long = piece.text.chars().count();
        if piece.is_chinese() {
            all += long * 2;
            let translated = spoken
                .phrases
                .iter()
                .find(|phrase| phrase.translated && piece.text.contains(&phrase.joined));
            if let Some(phrase) = translated {
                said += phrase.joined.chars().count() * 2;
                join(phrase.span.clone());
                strong = true;
            } else if let Some((length, start)) = longest_common(&piece.text, spoken) {
                said += length * 2;
                let end = start
                    + spoken.text[start..].chars().take(length).map(char::len_utf8).sum::<usize>();
                join(start..end);
                strong = true;
            }
            continue;
        }
        all += long;
        // "The shop" is `webshop`.
        let tail = spoken.words.iter().skip(1).find(|word| {
            word.text.len() >= 4
                && word.text.len() * 2 >= piece.text.len()
                && word.text != piece.text
                && !is_common(&word.text)
                && piece.text.ends_with(&word.text)
        });
        if let Some(word) = tail {
            said += word.text.len();
            strong = true;
            join(word.span.clone());
            continue;
        }
        let is_number = piece.text.bytes().all(|byte| byte.is_ascii_digit());
        let own = singular(&piece.text);
        let heard = spoken.words.iter().enumerate().find(|(index, word)| {
            let verb =
                *index == 0 && spoken.words.len() > 1 && !is_number && spoken.text.is_ascii();
            !verb && singular(&word.text) == own
        });
        if let Some((_, word)) = heard {
            said += long;
            let telling = !is_common(&word.text) && !is_number && long >= 3;
            strong |= telling;
            if telling {
                join(word.span.clone());
            }
        }
    }
    let span = span.filter(|_| strong && said * 3 >= all)?;
    let with_extension = spoken.kinds.iter().any(|kind| is_of(kind, &extension));
    let letters = said + usize::from(with_extension);
    let share = said * 1000 / all.max(1);
    // All of its words, in whatever order.
    let several = words::words(bare).len() > 1;
    let how = if share >= 1000 && several { How::Spoken } else { How::Partly };
    Some(Candidate { span, how, entry, share, letters })
}

/// The longest piece, of two characters at least, of a Chinese run that the request
/// has, and where.
fn longest_common(run: &str, spoken: &Spoken<'_>) -> Option<(usize, usize)> {
    let characters: Vec<char> = run.chars().collect();
    for length in (2..=characters.len()).rev() {
        for window in characters.windows(length) {
            let piece: String = window.iter().collect();
            if !is_common(&piece)
                && let Some(start) = spoken.text.find(&piece)
            {
                return Some((length, start));
            }
        }
    }
    None
}

/// Whether a name is so long or so odd that it may be meant to be read and not
/// to be used.
fn reads_like_text(name: &str) -> bool {
    name.contains(char::is_control) || pieces(name) > MAX_WORDS
}

/// How many words a name has; of Chinese, which has no spaces between them, every
/// three characters. Numbers say nothing: dates and times have many.
fn pieces(name: &str) -> usize {
    words::words(name)
        .iter()
        .map(|word| match word.is_chinese() {
            true => word.text.chars().count().div_ceil(3),
            false => usize::from(word.text.contains(char::is_alphabetic)),
        })
        .sum()
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
    prefer(&mut found, around, |entry| 1000 - shares.get(&entry.path()).copied().unwrap_or(0));
    let target = if found.is_empty() {
        // Taken by a name that is given: nothing is told of it.
        Target::Several(Vec::new())
    } else {
        target_of(&found)
    };
    Some(Mention { span, target, how: first.how, is_one_of_several: false })
}

#[cfg(test)]
mod tests;

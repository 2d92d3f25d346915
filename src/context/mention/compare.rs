//! The names that a request says, as a whole or in part.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::{How, MAX_LENGTH};
use crate::context::index::{Entry, Index};
use crate::context::spoken::{Phrase, Spoken};
use crate::context::words::{self, is_chinese, is_common, joined, reads_like_text, singular, stem};
use crate::redaction::redact;

/// A name of which a request says enough.
pub(super) struct Candidate<'a> {
    pub(super) span: Range<usize>,
    pub(super) how: How,
    pub(super) entry: Entry<'a>,
    /// How much of the name was said, in thousandths.
    pub(super) share: usize,
    /// How many letters of it.
    pub(super) letters: usize,
}
/// Every name of which the request says enough.
pub(super) fn candidates<'a>(spoken: &Spoken<'_>, index: &'a Index) -> Vec<Candidate<'a>> {
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
        let short = shortened(entry, &runs);
        if short.is_none() && !automaton.is_match(entry.joined) {
            continue;
        }
        let reads_like_text = reads_like_text(entry.name);
        let mut all = whole(&by_phrase, spoken, entry);
        if all.is_empty() && !reads_like_text {
            all.extend(in_part(spoken, entry).or(short));
        }
        // "All pictures" are files of a kind, and not the one directory of that name.
        let is_kind = |span: &Range<usize>| {
            spoken
                .kinds
                .iter()
                .any(|kind| span.start <= kind.span.start && kind.span.end <= span.end)
        };
        // And "which invoices" are several, whatever one file is called.
        all.retain(|one| {
            !(spoken.is_quantified(&one.span) && (is_kind(&one.span) || !entry.is_directory))
        });
        let Some(first) = all.first() else { continue };
        let hidden = entry.name.starts_with('.')
            || entry.parent.split('/').any(|part| part.starts_with('.'));
        let shown = !hidden || spoken.hidden;
        let kept = shown
            && (!reads_like_text || first.how > How::Partly)
            && entry.name.chars().count() <= MAX_LENGTH
            // A name with a hole in it names nothing.
            && !redact(entry.name).is_redacted();
        if kept {
            found.extend(all);
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

/// A name all of which is said, wherever it is.
fn whole<'a>(
    by_phrase: &HashMap<&str, Vec<&Phrase>>,
    spoken: &Spoken<'_>,
    entry: Entry<'a>,
) -> Vec<Candidate<'a>> {
    let bare = joined(stem(entry.name).0);
    let forms = [entry.joined, &bare, singular(&bare)];
    // "Pictures" are files of a kind, wherever they are, unless something is called so.
    let is_kind = |span: &Range<usize>| spoken.kinds.iter().any(|kind| kind.span == *span);
    let is_several =
        |span: &Range<usize>| spoken.is_quantified(span) && (!entry.is_directory || is_kind(span));
    let mut all: Vec<Candidate<'a>> = Vec::new();
    let phrases = forms.iter().filter(|form| form.len() > 1).filter_map(|form| by_phrase.get(form));
    for phrase in phrases.flatten() {
        // "日志目录" is a directory, not files of a kind.
        let names_a_directory = entry.is_directory && spoken.around(&phrase.span).directory;
        let is_meant = (!phrase.translated || !is_kind(&phrase.span) || names_a_directory)
            && (!phrase.weak || is_expected(spoken, phrase, entry))
            && !is_several(&phrase.span)
            && !spoken.is_kind_of_files(&phrase.span)
            && (!is_plural(spoken.text, &phrase.span, &bare) || entry.is_directory);
        if !is_meant || all.iter().any(|other| other.span == phrase.span) {
            continue;
        }
        // `app.log` before `app.log.1`.
        let exact =
            phrase.joined == entry.joined || stem(entry.name).1.contains(char::is_alphabetic);
        all.push(Candidate {
            span: phrase.span.clone(),
            how: if phrase.translated { How::Translated } else { How::Spoken },
            entry,
            share: if exact || entry.is_directory { 1000 } else { 990 },
            letters: phrase.joined.chars().count(),
        });
    }
    if !all.is_empty() {
        return all;
    }
    // A name in Chinese inside a run.
    let raw = stem(entry.name).0;
    let long_enough = raw.chars().count() >= 2 && raw.contains(is_chinese) && !is_common(raw);
    let Some(start) = long_enough.then(|| spoken.text.find(raw)).flatten() else { return all };
    let span = start..start + raw.len();
    if !spoken.is_spelled(&span) && !is_several(&span) {
        let letters = raw.chars().count() * 2;
        all.push(Candidate { span, how: How::Spoken, entry, share: 1000, letters });
    }
    all
}

/// A name of four Chinese characters by its first and its third, as people shorten such
/// words: 高数 for 高等数学.
fn shortened<'a>(entry: Entry<'a>, runs: &[(String, Range<usize>)]) -> Option<Candidate<'a>> {
    let bare = stem(entry.name).0;
    if bare.len() != 12 || !bare.chars().all(is_chinese) {
        return None;
    }
    let characters: Vec<char> = bare.chars().collect();
    let short: String = [characters[0], characters[2]].iter().collect();
    let (_, span) = runs.iter().find(|(piece, _)| *piece == short)?;
    Some(Candidate { span: span.clone(), how: How::Partly, entry, share: 500, letters: 4 })
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
        && ![" a", " an", "一个"].iter().any(|word| before.trim_end().ends_with(word))
        && (spoken.text.contains(entry.name)
            || in_place && entry.is_directory
            || spoken.around(&phrase.span).directory)
}

/// A name of which the request says some words.
fn in_part<'a>(spoken: &Spoken<'_>, entry: Entry<'a>) -> Option<Candidate<'a>> {
    let (bare, extension) = stem(entry.name);
    let (mut said, mut all) = (0, 0);
    let mut span: Option<Range<usize>> = None;
    let (mut strong, mut has_common) = (false, false);
    let mut join = |part: Range<usize>| {
        span = Some(match span.take() {
            // Words far from each other are not one name.
            Some(span) if part.start <= span.end + 12 && span.start <= part.end + 12 => {
                span.start.min(part.start)..span.end.max(part.end)
            }
            Some(span) => span,
            None => part,
        });
    };
    for piece in words::parts(bare) {
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
        let tail = tail.map(|word| (word.text.len(), &word.span)).or_else(|| {
            let phrase = spoken.phrases.iter().find(|phrase| {
                phrase.translated
                    && phrase.joined.len() >= 4
                    && phrase.joined.len() * 2 >= piece.text.len()
                    && phrase.joined != piece.text
                    && piece.text.ends_with(&phrase.joined)
            })?;
            Some((phrase.joined.len(), &phrase.span))
        });
        if let Some((length, place)) = tail {
            said += length;
            strong = true;
            join(place.clone());
            continue;
        }
        let is_number = piece.text.bytes().all(|byte| byte.is_ascii_digit());
        let own = singular(&piece.text);
        let heard = spoken.words.iter().enumerate().find(|(index, word)| {
            let verb =
                *index == 0 && spoken.words.len() > 1 && !is_number && spoken.text.is_ascii();
            !verb && !spoken.is_spelled(&word.span) && singular(&word.text) == own
        });
        if let Some((_, word)) = heard {
            said += long;
            let telling = !is_common(&word.text) && !is_number && long >= 3;
            has_common |= is_common(&word.text);
            strong |= telling;
            if telling {
                join(word.span.clone());
            }
        }
    }
    let span = span.filter(|_| strong && said * 3 >= all)?;
    let with_extension = spoken.kinds.iter().any(|kind| kind.has(&extension));
    let letters = said + usize::from(with_extension);
    let share = said * 1000 / all.max(1);
    // All of its words, in whatever order.
    let several = words::parts(bare).len() > 1;
    let how = if share >= 1000 && several && !has_common { How::Spoken } else { How::Partly };
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

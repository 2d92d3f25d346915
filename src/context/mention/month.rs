//! Things of a month, by the dates in their names: "the April minutes", "四月的会议纪要".

use std::ops::Range;

use super::{Found, MAX_CHOICES, Mention, Target};
use crate::context::index::Index;
use crate::context::words::words;

/// The months, as they are said and as names have them.
const MONTHS: [(&str, &str, &str); 12] = [
    ("january", "jan", "一"),
    ("february", "feb", "二"),
    ("march", "mar", "三"),
    ("april", "apr", "四"),
    ("may", "may", "五"),
    ("june", "jun", "六"),
    ("july", "jul", "七"),
    ("august", "aug", "八"),
    ("september", "sep", "九"),
    ("october", "oct", "十"),
    ("november", "nov", "十一"),
    ("december", "dec", "十二"),
];

/// Narrows what is mentioned beside a month to what has that month in its name, where
/// something has.
pub(super) fn narrow(text: &str, mentions: &mut [Mention], index: &Index) {
    for mention in mentions {
        let Some((month, span)) = month_beside(text, &mention.span) else { continue };
        let mut of_month: Vec<Found> = match &mention.target {
            Target::Path(found) if found.is_directory => index
                .inside(&found.path)
                .filter(|entry| !entry.is_directory && is_of(entry.name, month))
                .map(|entry| Found { path: entry.path(), is_directory: false })
                .collect(),
            Target::Several(found) => {
                found.iter().filter(|found| is_of(base(&found.path), month)).cloned().collect()
            }
            _ => continue,
        };
        of_month.sort_by(|one, other| one.path.cmp(&other.path));
        mention.target = match of_month.len() {
            1 => Target::Path(of_month.remove(0)),
            2..=MAX_CHOICES => Target::Several(of_month),
            _ => continue,
        };
        mention.is_one_of_several = true;
        mention.span = span;
    }
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The month that is said right before or after a place of the text, from 0, and the place
/// with the words for it.
fn month_beside(text: &str, span: &Range<usize>) -> Option<(usize, Range<usize>)> {
    let before = &text[..span.start];
    let trimmed = before.trim_end();
    if let Some(rest) = trimmed.trim_end_matches(['的', '份']).strip_suffix('月') {
        let is_digit = |character: char| character.is_ascii_digit();
        let is_part =
            |character: char| is_digit(character) || "一二三四五六七八九十".contains(character);
        let said = &rest[rest.trim_end_matches(is_part).len()..];
        let month = match said.parse::<usize>() {
            Ok(number) => number.checked_sub(1).filter(|month| *month < MONTHS.len())?,
            Err(_) => MONTHS.iter().position(|(.., chinese)| *chinese == said)?,
        };
        return Some((month, rest.len() - said.len()..span.end));
    }
    let lower = trimmed.to_ascii_lowercase();
    let named = |word: &str| MONTHS.iter().position(|(long, ..)| *long == word);
    let last = lower.trim_end_matches("'s").rsplit(' ').next().unwrap_or_default();
    if let Some(month) = named(last) {
        return Some((month, lower.len() - lower.rsplit(' ').next()?.len()..span.end));
    }
    let after = text[span.end..].to_ascii_lowercase();
    [" of ", " from ", " for ", " in "].iter().find_map(|joint| {
        let rest = after.strip_prefix(joint)?;
        let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next()?;
        Some((named(word)?, span.start..span.end + joint.len() + word.len()))
    })
}

/// Whether a name has the month in it: as a word, or as the number behind a year.
fn is_of(name: &str, month: usize) -> bool {
    let (long, short, chinese) = MONTHS[month];
    let says = |word: &str| words(name).iter().any(|own| own.text == word);
    let in_chinese = |said: &str| {
        name.match_indices(&format!("{said}月")).any(|(at, _)| {
            !name[..at].ends_with(|c: char| c.is_ascii_digit() || "一十".contains(c))
        })
    };
    says(long)
        || says(short)
        || in_chinese(chinese)
        || in_chinese(&(month + 1).to_string())
        || after_years(name).any(|number| number == month + 1)
}

/// The numbers of two digits behind years: 4 of `minutes 2024-04-08` and `20240408`.
fn after_years(name: &str) -> impl Iterator<Item = usize> + '_ {
    let digits = |range: Range<usize>| {
        name.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    (0..name.len()).filter_map(move |at| {
        let year = digits(at..at + 4)?;
        let begins = at == 0 || !name.as_bytes()[at - 1].is_ascii_digit();
        let mark = name[at + 4..].starts_with(['-', '_', '.', ' ']);
        let from = at + 4 + usize::from(mark);
        (begins && ("1970".."2100").contains(&year))
            .then(|| digits(from..from + 2)?.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_in_a_name_as_a_word_or_behind_a_year() {
        for name in
            ["minutes 2024-04-08.txt", "IMG_20240411.jpg", "April.csv", "4月.txt", "四月总结.md"]
        {
            assert!(is_of(name, 3), "{name}");
        }
        for name in ["minutes 2024-05-04.txt", "14月.txt", "10120240499", "04.txt", "aprilia.txt"]
        {
            assert!(!is_of(name, 3), "{name}");
        }
    }

    #[test]
    fn a_month_is_said_beside_what_it_is_of() {
        let beside = |text: &str, name: &str| {
            let at = text.find(name).unwrap();
            month_beside(text, &(at..at + name.len()))
                .map(|(month, span)| (month, text[span].to_owned()))
        };
        for (text, name, expected) in [
            ("四月的会议纪要", "会议纪要", Some((3, "四月的会议纪要"))),
            ("看12月份的 notes", "notes", Some((11, "12月份的 notes"))),
            ("show the April minutes", "minutes", Some((3, "April minutes"))),
            ("the minutes of may please", "minutes", Some((4, "minutes of may"))),
            ("三个月的日志", "日志", None),
            ("the minutes of meetings", "minutes", None),
        ] {
            let expected = expected.map(|(month, said)| (month, said.to_owned()));
            assert_eq!(beside(text, name), expected, "{text}");
        }
    }
}

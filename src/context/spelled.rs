//! Names that a request spells out: in quotation marks, or written as only names are.

use std::ops::Range;

use super::words::is_chinese;

/// A name that is spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spelled {
    pub(super) name: String,
    /// With its quotation marks.
    pub(super) span: Range<usize>,
    pub(super) quoted: bool,
}

/// Quoted text, and runs that are written as names are: with a dot, a slash, a `_`, or
/// a dash or digit among letters.
pub(super) fn spelled(text: &str) -> Vec<Spelled> {
    let mut found = quoted(text);
    let is_part = |character: char| character.is_alphanumeric() || "._-/~+@".contains(character);
    let mut start = None;
    let ends = text.char_indices().map(Some).chain(std::iter::once(None));
    for next in ends {
        let (at, part) =
            next.map_or((text.len(), false), |(at, character)| (at, is_part(character)));
        match (start, part) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let span = trimmed(text, from..at);
                let outside = !found
                    .iter()
                    .any(|name| name.span.start <= span.start && span.end <= name.span.end);
                if outside && is_name(&text[span.clone()]) {
                    let name = text[span.clone()].to_owned();
                    found.push(Spelled { name, span, quoted: false });
                }
            }
            _ => {}
        }
    }
    found
}

/// A run without the punctuation that ends a sentence, and without the Chinese that
/// stands before and after a name in Latin letters.
fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let run = &text[span.clone()];
    let end = span.start + run.trim_end_matches(['.', '-']).len();
    let run = &text[span.start..end];
    let is_latin = |character: char| !is_chinese(character);
    // `把report.txt移走`: Chinese joined to a name without a blank is a part of it only
    // where a mark of names joins them.
    let first =
        run.char_indices().find(|(_, character)| is_latin(*character)).map_or(0, |(at, _)| at);
    let last = run
        .char_indices()
        .rfind(|(_, character)| is_latin(*character))
        .map_or(run.len(), |(at, character)| at + character.len_utf8());
    let joined_front = first > 0 && run[first..].starts_with(['.', '/', '_', '-']);
    let joined_back = last < run.len() && run[..last].ends_with(['/', '_', '-']);
    let from = if joined_front { 0 } else { first };
    let to = if joined_back { run.len() } else { last };
    if from >= to { span.start..end } else { span.start + from..span.start + to }
}

fn is_name(run: &str) -> bool {
    let inner = run.trim_start_matches(['.', '-']);
    let has_letters = run.chars().any(char::is_alphanumeric);
    let dotted = inner.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && extension.chars().next().is_some_and(char::is_alphabetic)
            && extension.chars().all(char::is_alphanumeric)
    });
    let hidden = run.starts_with('.') && run.len() > 4 && !run.contains("..");
    let dashed = run.starts_with('-') && inner.contains('.');
    has_letters
        && (dotted || hidden || dashed || run.contains(['/', '_']) || run.starts_with("~/"))
        && !run.starts_with("//")
        && !matches!(run, "e.g" | "i.e")
}

fn quoted(text: &str) -> Vec<Spelled> {
    const MARKS: [(char, char); 7] =
        [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’'), ('「', '」'), ('《', '》'), ('`', '`')];
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some((at, open)) = text[rest..]
        .char_indices()
        .find(|(_, character)| MARKS.iter().any(|(open, _)| open == character))
    {
        let at = rest + at;
        let close = MARKS.iter().find(|(mark, _)| *mark == open).map_or(open, |(_, close)| *close);
        let from = at + open.len_utf8();
        rest = from;
        // An apostrophe opens nothing.
        let after_letter = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        if open == '\'' && after_letter {
            continue;
        }
        let Some(length) = text[from..].find(close) else { continue };
        let name = text[from..from + length].to_owned();
        rest = from + length + close.len_utf8();
        if !name.trim().is_empty() {
            found.push(Spelled { name, span: at..rest, quoted: true });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        spelled(text).into_iter().map(|name| name.name).collect()
    }

    #[test]
    fn names_that_are_spelled_out_are_found() {
        for (text, expected) in [
            ("print lines 2 to 3 of data/my_file.csv.", vec!["data/my_file.csv"]),
            ("统计setup_new.sh有多少行", vec!["setup_new.sh"]),
            ("delete -rf.tmp and .bashrc", vec!["-rf.tmp", ".bashrc"]),
            ("rename 'my notes' to \"a b.txt\"", vec!["my notes", "a b.txt"]),
            ("打开《会议 记录》和“名单”", vec!["会议 记录", "名单"]),
            ("copy it to ~/x, or not", vec!["~/x"]),
            ("it's Ann's file", vec![]),
            ("the .log files, e.g. all", vec![]),
            ("show 文档/计划.txt", vec!["文档/计划.txt"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}

//! Whether a request goes on with the one before it: "only the newest", "count them
//! instead", "英语呢". A request that has all it needs itself begins anew.

use super::mention::{Mention, Target};
use super::spoken::Spoken;

/// With these a request begins that goes on.
const BEGINS: &[&str] = &[
    "only",
    "just",
    "but",
    "now",
    "and",
    "also",
    "instead",
    "then",
    "again",
    "same",
    "the same",
    "do the same",
    "without",
    "with",
    "not",
    "no,",
    "except",
    "reverse",
    "the other",
    "other way",
    "as well",
    "in reverse",
    "sorted",
    "newest first",
    "largest first",
    "how many is that",
    "how many are",
    "count those",
    "make that",
    "make it",
];

/// The same in Chinese.
const BEGINS_CHINESE: &[&str] = &[
    "只",
    "改成",
    "换成",
    "改为",
    "再",
    "那",
    "也",
    "就",
    "还要",
    "还有",
    "还是",
    "按",
    "去重",
    "倒过来",
    "反过来",
    "移回",
    "放回",
    "改回",
    "撤销这",
    "撤销刚",
    "一共几",
    "一共多少",
    "总共",
    "然后",
    "接着",
    "存成",
    "存到",
    "存为",
    "不要",
    "除了",
    "加上",
    "顺便",
    "同样",
    "刚才",
    "前",
    "后面",
    "详细",
    "把它",
    "把这些",
    "把那些",
    "把结果",
    "另",
];

/// These stand for what was spoken of before, wherever they are, unless the request
/// itself has named something before them.
const REFERS: &[&str] = &[
    "them",
    "those",
    "it",
    "that",
    "instead",
    "too",
    "these",
    "their",
    "its",
    "the rest",
    "the others",
    "the result",
    "that list",
    "the other",
    "the older",
    "the newer",
];

/// The same in Chinese.
const REFERS_CHINESE: &[&str] = &[
    "它",
    "这些",
    "那些",
    "那个",
    "这个",
    "结果",
    "回去",
    "也",
    "另一",
    "这次",
    "刚才",
    "换成",
    "改成",
    "就行",
    "只看",
    "只要",
    "其余",
    "剩下的",
    "上面的",
];

/// These do, whatever is named before them.
const ALWAYS: &[&str] =
    &["as well", "same for", "the same", "instead", "也这样", "也一样", "同样", "先不要"];

/// Whether a request goes on with the last one.
pub(super) fn goes_on(spoken: &Spoken<'_>, mentions: &[Mention]) -> bool {
    let lower = spoken.text.trim().to_lowercase();
    if begins_with(&lower, BEGINS) || BEGINS_CHINESE.iter().any(|word| lower.starts_with(word)) {
        return true;
    }
    if lower.trim_end_matches(['?', '？']).ends_with('呢')
        || ALWAYS.iter().any(|words| find(&lower, words).is_some())
    {
        return true;
    }
    let named = mentions
        .iter()
        .filter(|mention| !matches!(&mention.target, Target::Several(all) if all.is_empty()))
        .map(|mention| mention.span.start)
        .min()
        .unwrap_or(usize::MAX);
    REFERS.iter().chain(REFERS_CHINESE).filter_map(|words| find(&lower, words)).any(|at| at < named)
}

fn begins_with(text: &str, list: &[&str]) -> bool {
    list.iter().any(|words| {
        text.strip_prefix(words)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

/// Where words stand, as words and not as a part of one.
fn find(text: &str, words: &str) -> Option<usize> {
    text.match_indices(words)
        .find(|(at, _)| {
            let letter = |c: char| c.is_ascii_alphanumeric() || "._-/'".contains(c);
            !words.is_ascii()
                || !text[..*at].ends_with(letter) && !text[at + words.len()..].starts_with(letter)
        })
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follows(request: &str) -> bool {
        goes_on(&Spoken::of(request), &[])
    }

    #[test]
    fn a_request_that_needs_the_last_one_goes_on_with_it() {
        for request in [
            "only the ones from this week",
            "to my home instead",
            "now undo that",
            "and in Hull?",
            "do the same in every folder here",
            "save it as list.txt",
            "the costs too",
            "只要昨天的",
            "英语呢",
            "按大小排",
            "把它们打包",
            "移回去",
        ] {
            assert!(follows(request), "{request}");
        }
    }

    #[test]
    fn a_request_that_has_all_it_needs_begins_anew() {
        for request in [
            "how full is the disk",
            "list all pdf files",
            "show the last line of a.txt",
            "which process uses most memory",
            "内存还剩多少",
            "列出所有图片",
            "字体都在哪",
        ] {
            assert!(!follows(request), "{request}");
        }
    }
}

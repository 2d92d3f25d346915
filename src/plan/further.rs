//! What is to be done with what the last plan prints: "how many is that", "只看最后两条".
//! The commands of that plan go on into one that counts, cuts, turns round or drops what
//! is there twice. No model is needed, and none could say it more exactly.

use super::compile::literal_word;
use crate::program;
use crate::shell::parser::{NoAliases, parse};
use crate::shell::syntax::{Command, RedirectKind};

/// The commands for a request that is about what `commands` print; `None`: it says more
/// than that, or the lines they print are not the things they are about.
#[must_use]
pub fn further(request: &str, commands: &str) -> Option<String> {
    let end = end_of(request)?;
    let commands = commands.trim_end();
    prints_a_line_for_each(commands).then(|| format!("{commands} | {end}"))
}

/// Whether the commands are one pipeline that prints a line for each thing it finds.
fn prints_a_line_for_each(commands: &str) -> bool {
    let Ok(list) = parse(commands.as_bytes(), &NoAliases) else { return false };
    let [item] = list.items.as_slice() else { return false };
    if item.background || !item.rest.is_empty() || item.first.negated {
        return false;
    }
    let Some(Command::Simple(last)) = item.first.commands.last() else { return false };
    let reads = |kind: &RedirectKind| matches!(kind, RedirectKind::Read(_));
    if !last.redirects.iter().all(|redirect| reads(&redirect.kind)) {
        return false;
    }
    let words: Option<Vec<_>> = last.words.iter().map(literal_word).collect();
    let Some(words) = words else { return false };
    let Some((name, arguments)) = words.split_first() else { return false };
    program::find(name).is_some_and(|entry| entry.prints_a_line_for_each(arguments))
}

/// The command that does with the lines what is asked for.
fn end_of(request: &str) -> Option<String> {
    let lower = request.to_lowercase();
    let ends = |c: char| c.is_whitespace() || "?？。.!！".contains(c);
    let text = lower.trim_matches(ends);
    let chinese = text.contains(|c: char| ('\u{3400}'..='\u{9fff}').contains(&c));
    if chinese { end_in_chinese(text) } else { end_in_english(text) }
}

/// So much of the lines, from the beginning or the end.
fn cut(from_the_end: bool, count: u32) -> String {
    format!("{} -n {count}", if from_the_end { "tail" } else { "head" })
}

fn end_in_english(text: &str) -> Option<String> {
    const BEFORE: [&str; 16] = [
        "only", "just", "now", "and", "then", "but", "please", "ok", "show", "give", "print",
        "list", "me", "the", "so", "keep",
    ];
    const THINGS: [&str; 12] = [
        "", "of them", "of those", "of these", "lines", "ones", "rows", "entries", "results",
        "line", "one", "please",
    ];
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while words.first().is_some_and(|word| BEFORE.contains(word)) {
        words.remove(0);
    }
    match words.join(" ").as_str() {
        "how many"
        | "how many is that"
        | "how many are that"
        | "how many are those"
        | "how many are they"
        | "how many are there"
        | "how many were there"
        | "how many of them"
        | "how many of those"
        | "how many lines"
        | "how many lines is that"
        | "how many lines are that"
        | "how many in total"
        | "count them"
        | "count those"
        | "count these"
        | "count it"
        | "the number"
        | "number of them" => {
            return Some("wc -l".to_owned());
        }
        "without duplicates" | "no duplicates" | "without doubles" | "each once"
        | "deduplicate" | "deduplicate them" | "deduplicated" | "each only once" => {
            return Some("sort -u".to_owned());
        }
        "in reverse" | "in reverse order" | "reverse" | "reverse it" | "reverse them"
        | "reverse that" | "reverse order" | "other way round" | "other way around" => {
            return Some("tac".to_owned());
        }
        _ => {}
    }
    let (which, rest) = words.split_first()?;
    let from_the_end = match *which {
        "first" | "top" => false,
        "last" | "bottom" => true,
        _ => return None,
    };
    let (count, rest) = match rest.split_first() {
        Some((word, rest)) if english_number(word).is_some() => (english_number(word)?, rest),
        Some((&("one" | "line" | "entry" | "result"), [])) => (1, &rest[1..]),
        _ => return None,
    };
    THINGS.contains(&rest.join(" ").as_str()).then(|| cut(from_the_end, count))
}

fn english_number(word: &str) -> Option<u32> {
    const NUMBERS: [&str; 9] =
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let named = || NUMBERS.iter().zip(2..).find(|(name, _)| **name == word).map(|(_, n)| n);
    word.parse().ok().filter(|count| *count > 0).or_else(named)
}

fn end_in_chinese(text: &str) -> Option<String> {
    const BEFORE: [&str; 14] = [
        "那", "就", "只", "看", "要", "显示", "给我", "请", "再", "取", "列出", "保留", "帮我",
        "把它",
    ];
    const AFTER: [&str; 7] = ["就行", "就好", "就可以", "看看", "吧", "呢", "了"];
    const THINGS: [&str; 10] = ["个", "条", "行", "项", "张", "份", "篇", "部", "首", ""];
    let mut text = text;
    while let Some(rest) = BEFORE.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest;
    }
    while let Some(rest) = AFTER.iter().find_map(|word| text.strip_suffix(word)) {
        text = rest;
    }
    match text {
        "去重" | "去重一下" | "去掉重复" | "去掉重复的" | "不要重复" | "不要重复的" =>
        {
            return Some("sort -u".to_owned());
        }
        "倒过来" | "反过来" | "倒序" | "反序" | "倒过来排" => {
            return Some("tac".to_owned());
        }
        "数一下" | "数一数" | "总数" | "数量" => return Some("wc -l".to_owned()),
        _ => {}
    }
    let is_things = |rest: &str| THINGS.contains(&rest);
    let total = ["一共", "总共", "共", "合计"].iter().find_map(|word| text.strip_prefix(word));
    let asked = total.unwrap_or(text);
    let asked = asked.strip_prefix('有').unwrap_or(asked);
    if let Some(rest) = asked.strip_prefix('几').or_else(|| asked.strip_prefix("多少")) {
        return is_things(rest).then(|| "wc -l".to_owned());
    }
    let first = ["最前面", "最前", "前面", "前", "头"];
    let last = ["最后面", "最后", "后面", "后", "末"];
    let strip = |words: &[&str]| words.iter().find_map(|word| text.strip_prefix(word));
    let (from_the_end, rest) = match (strip(&last), strip(&first)) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return None,
    };
    let rest = rest.strip_prefix('的').unwrap_or(rest);
    let (count, rest) = chinese_number(rest)?;
    is_things(rest.trim_end_matches('的')).then(|| cut(from_the_end, count))
}

/// The number at the beginning, and what comes after it.
fn chinese_number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let count: u32 = text[..digits].parse().ok()?;
        return (count > 0).then_some((count, text[digits..].trim_start()));
    }
    const NUMBERS: &str = "一二三四五六七八九十";
    let first = text.chars().next()?;
    let first = if first == '两' { '二' } else { first };
    let count = NUMBERS.chars().position(|digit| digit == first)? + 1;
    Some((u32::try_from(count).ok()?, &text[first.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_of_the_lines_is_done_with_them() {
        for (request, end) in [
            ("how many is that?", "wc -l"),
            ("and how many are there", "wc -l"),
            ("count them", "wc -l"),
            ("only the last two", "tail -n 2"),
            ("just show me the first 5 lines", "head -n 5"),
            ("the last one", "tail -n 1"),
            ("without duplicates", "sort -u"),
            ("in reverse", "tac"),
            ("一共几个", "wc -l"),
            ("总共有多少条？", "wc -l"),
            ("只看最后两条", "tail -n 2"),
            ("只要前3个", "head -n 3"),
            ("前十行就行", "head -n 10"),
            ("去重", "sort -u"),
            ("倒过来", "tac"),
        ] {
            let expected = format!("grep -i x a.txt | {end}");
            assert_eq!(
                further(request, "grep -i x a.txt\n").as_deref(),
                Some(&*expected),
                "{request}"
            );
        }
    }

    #[test]
    fn who_asks_for_more_asks_the_model() {
        for request in [
            "how many people work at Globex",
            "only the newest",
            "the first line of b.txt",
            "last week",
            "最后两天的",
            "去重,只要 IP",
            "几点了",
            "前天的",
            "first 0",
        ] {
            assert_eq!(further(request, "grep x a.txt"), None, "{request}");
        }
    }

    #[test]
    fn lines_that_are_not_the_things_are_not_counted() {
        for commands in [
            "grep -c x a",
            "grep -C 2 x a",
            "ls -la",
            "find . -type f -exec wc -c {} +",
            "cat a > b",
            "cat a; cat b",
            "cat a && cat b",
            "cat a &",
            "ls | wc -l",
            "ps aux",
            "cat $x",
            "nonsense",
            "for f in *; do cat \"$f\"; done",
        ] {
            assert_eq!(further("how many is that", commands), None, "{commands}");
        }
        for commands in ["ls", "ls -a dir", "find . -name '*.png' -o -name '*.jpg'", "cat a | sort"]
        {
            assert!(further("how many is that", commands).is_some(), "{commands}");
        }
    }
}

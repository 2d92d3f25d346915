//! Expectations are what bash 5.2 does in C.UTF-8, checked by hand.

use proptest::prelude::*;

use super::*;

fn pattern(text: &str) -> Pattern {
    Pattern::new(&PatternText::unquoted(text.as_bytes()), Encoding::Utf8)
}

#[track_caller]
fn check(text: &str, matched: &[&str], unmatched: &[&str]) {
    let pattern = pattern(text);
    for subject in matched {
        assert!(pattern.matches(subject.as_bytes()), "{text} matches {subject}");
    }
    for subject in unmatched {
        assert!(!pattern.matches(subject.as_bytes()), "{text} does not match {subject}");
    }
}

#[test]
fn literals_match_themselves() {
    check("abc", &["abc"], &["", "ab", "abcd", "xabc"]);
    check("", &[""], &["a"]);
    check("a\\*b", &["a*b"], &["axb", "a\\*b"]);
    check("a\\", &["a\\"], &["a"]);
}

#[test]
fn question_mark_matches_one_character() {
    check("?", &["a", "é", "文", "*"], &["", "ab"]);
    check("a?c", &["abc", "a文c"], &["ac", "abbc"]);
    assert!(pattern("?").matches(b"\xff"));
    assert!(!pattern("?").matches(b"\xe6\x96"));
    let bytes = Pattern::new(&PatternText::unquoted(b"??"), Encoding::Bytes);
    assert!(bytes.matches("é".as_bytes()));
}

#[test]
fn asterisk_matches_any_text() {
    check("*", &["", "a", "a/b", "é"], &[]);
    check("a*", &["a", "ab"], &["", "ba"]);
    check("*a", &["a", "ba", "aa"], &["", "ab"]);
    check("a*b*c", &["abc", "aXbXc", "abbcc", "abcbc"], &["ab", "acb", "abcd"]);
    check("a**b", &["ab", "axb"], &["a", "b"]);
    check("*?", &["a", "ab", "é"], &[""]);
    check("a*a", &["aa", "aba"], &["a"]);
    check("*ab*ab*", &["abab", "xabxabx"], &["ab", "aab"]);
}

#[test]
fn brackets_match_one_of_a_set() {
    check("[abc]", &["a", "b", "c"], &["d", "", "ab", "[abc]"]);
    check("[a-c]x", &["ax", "bx"], &["dx", "-x"]);
    check("[a-c-e]", &["b", "-", "e"], &["d"]);
    check("[!a-c]", &["d", "é"], &["a", ""]);
    check("[^a-c]", &["d"], &["a"]);
    check("[a-]", &["a", "-"], &["b"]);
    check("[-a]", &["a", "-"], &["b"]);
    check("[--/]", &["-", ".", "/"], &["a"]);
    check("[]a]", &["]", "a"], &["b"]);
    check("[!]a]", &["b"], &["]", "a"]);
    check("[z-a]", &[], &["a", "z", "-", "m"]);
    check("[é-ü]", &["é", "ö"], &["e", "文"]);
    check("[*?]", &["*", "?"], &["a"]);
    check("[\\]]", &["]"], &["\\", "a"]);
    check("[a\\-c]", &["a", "-", "c"], &["b", "\\"]);
    check("[\\!a]", &["!", "a"], &["b"]);
    check("[[]", &["["], &["a"]);
}

#[test]
fn classes_match_kinds_of_characters() {
    check("[[:alpha:]]", &["a", "Z", "é", "文"], &["1", " ", "_"]);
    check("[[:digit:]x]", &["0", "9", "x"], &["a", ":", "٣"]);
    check("[![:space:]]", &["a"], &[" ", "\t", "\n"]);
    check("[[:upper:][:digit:]]", &["A", "1", "É"], &["a", "é"]);
    check("[[:lower:]]", &["a", "é"], &["A"]);
    check("[[:alnum:]]", &["a", "1"], &["-"]);
    check("[[:blank:]]", &[" ", "\t"], &["\n"]);
    check("[[:cntrl:]]", &["\x01", "\x7f"], &["a"]);
    check("[[:graph:]]", &["a", "!", "é"], &[" ", "\x01"]);
    check("[[:print:]]", &["a", " "], &["\t", "\x01"]);
    check("[[:punct:]]", &["!", "_", "~"], &["a", "1", " "]);
    check("[[:xdigit:]]", &["a", "F", "9"], &["g"]);
    check("[[:nonsense:]a]", &["a"], &[":", "n", "["]);
}

#[test]
fn collating_elements_are_single_characters() {
    check("[[.a.]-c]", &["a", "b", "c"], &["d", "."]);
    check("[[.-.]a]", &["-", "a"], &["b"]);
    check("[[.].]]", &["]"], &["."]);
    check("[[=a=]b]", &["a", "b"], &["=", "c"]);
    check("[[.hyphen.]]", &["-"], &["h"]);
    check("[[.ch.]x]", &["x"], &["c", "h", "ch"]);
}

#[test]
fn malformed_brackets_are_literal() {
    check("[a", &["[a"], &["a"]);
    check("[", &["["], &[""]);
    check("[]", &["[]"], &["]"]);
    check("[!]", &["[!]"], &["a"]);
    check("[a*", &["[a", "[abc"], &["a"]);
    check("[[:alpha:]", &[], &["a", "[[:alpha:]x"]);
    check("[[:alpha]]", &["l]", ":]"], &["a", "z"]);
}

#[test]
fn quoted_text_is_literal() {
    let mut text = PatternText::new();
    text.push_quoted(b"*");
    text.push_unquoted(b"[a");
    text.push_quoted(b"-");
    text.push_unquoted(b"c]");
    let pattern = Pattern::new(&text, Encoding::Utf8);
    assert!(pattern.matches(b"*a"));
    assert!(pattern.matches(b"*-"));
    assert!(!pattern.matches(b"*b"));
    assert!(!pattern.matches(b"xa"));
}

#[test]
fn a_backslash_does_not_reach_into_quotes() {
    let mut text = PatternText::unquoted(b"\\");
    text.push_quoted(b"*");
    assert!(Pattern::new(&text, Encoding::Utf8).matches(b"\\*"));
    assert!(!Pattern::new(&text, Encoding::Utf8).matches(b"*"));
    let mut joined = PatternText::unquoted(b"\\");
    joined.push_unquoted(b"*");
    assert!(Pattern::new(&joined, Encoding::Utf8).matches(b"*"));
}

#[test]
fn a_pattern_knows_whether_it_is_literal() {
    assert_eq!(pattern("a\\*b").literal(), Some(b"a*b".as_slice()));
    assert_eq!(pattern("").literal(), Some(b"".as_slice()));
    assert_eq!(pattern("[a").literal(), Some(b"[a".as_slice()));
    assert!(!pattern("[a]").is_literal());
    assert!(!PatternText::unquoted(b"a\\*b").has_special());
    assert!(PatternText::unquoted(b"a\\\\*b").has_special());
}

#[test]
fn prefixes_are_shortest_or_longest() {
    let prefix = |text: &str, subject: &str, longest| {
        pattern(text).prefix_match(subject.as_bytes(), longest)
    };
    assert_eq!(prefix("*/", "a/b/c", false), Some(2));
    assert_eq!(prefix("*/", "a/b/c", true), Some(4));
    assert_eq!(prefix("*", "abc", false), Some(0));
    assert_eq!(prefix("*", "abc", true), Some(3));
    assert_eq!(prefix("a*b", "abab", false), Some(2));
    assert_eq!(prefix("a*b", "abab", true), Some(4));
    assert_eq!(prefix("a*b*c", "abcbc", false), Some(3));
    assert_eq!(prefix("a*b*c", "abcbc", true), Some(5));
    assert_eq!(prefix("a*a", "ab", true), None);
    assert_eq!(prefix("?", "éa", false), Some(2));
    assert_eq!(prefix("b", "abc", false), None);
    assert_eq!(prefix("", "abc", true), Some(0));
}

#[test]
fn suffixes_are_shortest_or_longest() {
    let suffix = |text: &str, subject: &str, longest| {
        pattern(text).suffix_match(subject.as_bytes(), longest)
    };
    assert_eq!(suffix("/*", "a/b/c", false), Some(3));
    assert_eq!(suffix("/*", "a/b/c", true), Some(1));
    assert_eq!(suffix(".tar.gz", "x.tar.gz", false), Some(1));
    assert_eq!(suffix("*", "abc", false), Some(3));
    assert_eq!(suffix("*", "abc", true), Some(0));
    assert_eq!(suffix("a*b", "abab", false), Some(2));
    assert_eq!(suffix("a*b", "abab", true), Some(0));
    assert_eq!(suffix("?", "aé", false), Some(1));
    assert_eq!(suffix("b*b", "ab", true), None);
    assert_eq!(suffix("", "abc", true), Some(3));
}

#[test]
fn half_a_character_matches_nothing() {
    let half = Pattern::new(&PatternText::unquoted(b"*\xa9"), Encoding::Utf8);
    assert!(!half.matches("é".as_bytes()));
    assert!(half.matches(b"\xa9"));
    let lead = Pattern::new(&PatternText::unquoted(b"\xc3"), Encoding::Utf8);
    assert_eq!(lead.prefix_match("é".as_bytes(), true), None);
}

#[test]
fn many_asterisks_need_no_exponential_time() {
    // With backtracking over every asterisk this would never end.
    let pattern = pattern(&"a*".repeat(40));
    let subject = "a".repeat(3000) + "b";
    assert!(pattern.matches(subject.as_bytes()));
    let failing = format!("{}c", "*a".repeat(40));
    assert!(!self::pattern(&failing).matches(subject.as_bytes()));
}

/// The obvious recursive matcher, as the oracle for short texts.
fn oracle(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skip| oracle(rest, &text[skip..])),
        [b'?', rest @ ..] => !text.is_empty() && oracle(rest, &text[1..]),
        [byte, rest @ ..] => text.first() == Some(byte) && oracle(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn matching_agrees_with_the_recursive_matcher(text in "[ab?*]{0,7}", subject in "[ab]{0,8}") {
        let compiled = pattern(&text);
        let (text, subject) = (text.as_bytes(), subject.as_bytes());
        prop_assert_eq!(compiled.matches(subject), oracle(text, subject));
        let mut prefixes = (0..=subject.len()).filter(|&end| oracle(text, &subject[..end]));
        prop_assert_eq!(compiled.prefix_match(subject, false), prefixes.clone().next());
        prop_assert_eq!(compiled.prefix_match(subject, true), prefixes.next_back());
        let mut suffixes = (0..=subject.len()).filter(|&start| oracle(text, &subject[start..]));
        prop_assert_eq!(compiled.suffix_match(subject, true), suffixes.clone().next());
        prop_assert_eq!(compiled.suffix_match(subject, false), suffixes.next_back());
    }

    #[test]
    fn quoted_text_matches_itself_alone(text in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut quoted = PatternText::new();
        quoted.push_quoted(&text);
        let compiled = Pattern::new(&quoted, Encoding::Utf8);
        prop_assert_eq!(compiled.literal(), Some(text.as_slice()));
    }

    #[test]
    fn no_pattern_panics(
        text in proptest::collection::vec(proptest::sample::select(b"a*?[]!-\\:.=\xc3\xa9".to_vec()), 0..14),
        subject in proptest::collection::vec(proptest::sample::select(b"a]-\xc3\xa9".to_vec()), 0..8),
    ) {
        let compiled = Pattern::from_escaped(&text, Encoding::Utf8.into());
        let _ = compiled.matches(&subject);
        for longest in [false, true] {
            let _ = compiled.prefix_match(&subject, longest);
            let _ = compiled.suffix_match(&subject, longest);
        }
    }
}

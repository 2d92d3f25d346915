//! Texts that are looked for, which are no names.

/// Whether a word in capitals behind these words is one that is looked for in files:
/// "lines with TODO", "几条 ERROR".
pub(super) fn is_counted(before: &str, word: &str) -> bool {
    const BEFORE: [&str; 20] = [
        "lines with",
        "lines that have",
        "lines that contain",
        "lines containing",
        "lines saying",
        "lines of",
        "how many",
        "mention",
        "mentions",
        "mentioning",
        "says",
        "say",
        "the word",
        "use",
        "几条",
        "几行",
        "几个",
        "多少条",
        "多少行",
        "带",
    ];
    let in_capitals = word.len() > 1
        && word.chars().all(|character| character.is_ascii_uppercase() || character == '_');
    let before = before.to_lowercase();
    let before = before.trim_end();
    in_capitals
        && BEFORE.iter().any(|words| {
            before.strip_suffix(words).is_some_and(|rest| {
                !words.is_ascii() || !rest.ends_with(|c: char| c.is_ascii_alphanumeric())
            })
        })
}

/// Whether words that are to make a name speak of something that is to be made: "into a
/// new folder Screenshots".
pub(super) fn is_made(before: &str, words: &str) -> bool {
    let before = before.trim_end().to_lowercase();
    let article = before == "a" || before.ends_with(" a");
    article && words.to_lowercase().starts_with("new ")
}

/// Whether a name behind these words is one that is used in files, and none of a file.
pub(super) fn is_used(before: &str) -> bool {
    let before = before.trim_end();
    ["用到了", "用到", "用了", "引用了", "调用了", "提到了", "提到", "提及", "出现了"]
        .iter()
        .any(|words| before.ends_with(words))
}

/// Whether a word between these is no name but the message of a commit, or a comment:
/// "提交，说明用 X".
pub(super) fn is_message(word: &str, after: &str) -> bool {
    word.ends_with("说明")
        && ["用", "写", "为", "是", "叫"].iter().any(|verb| after.starts_with(verb))
}

/// Whether a text in quotation marks behind these words is one that is looked for in
/// files or in their names, alone or as one of several.
pub(super) fn is_content(before: &str) -> bool {
    const WORDS: [&str; 24] = [
        "contain",
        "contains",
        "containing",
        "include",
        "includes",
        "including",
        "match",
        "matches",
        "matching",
        "word",
        "text",
        "string",
        "phrase",
        "pattern",
        "patterns",
        "with",
        "characters",
        "names",
        "files named",
        "files called",
        "directories named",
        "folders named",
        "包含",
        "含有",
    ];
    let lower = before.to_lowercase();
    let mut before = lower.as_str();
    loop {
        before = before.trim_end_matches(|c: char| c.is_whitespace() || "\"'“‘「:".contains(c));
        let ends = |word: &&str| {
            before.strip_suffix(*word).is_some_and(|rest| {
                !word.is_ascii() || !rest.ends_with(|c: char| c.is_ascii_alphanumeric())
            })
        };
        if WORDS.iter().any(ends) {
            return true;
        }
        // Behind "'a', 'b' or" it is what these are.
        let joint = [",", "or", "and", "、", "和", "或"].iter().find(|joint| ends(joint));
        let Some(rest) = joint.and_then(|joint| before.strip_suffix(joint)) else { return false };
        let Some((opening, _)) = rest
            .trim_end()
            .strip_suffix(['\'', '"'])
            .and_then(|inner| inner.rsplit_once(['\'', '"']))
        else {
            return false;
        };
        before = opening;
    }
}

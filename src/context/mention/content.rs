//! Texts that are looked for, which are no names.

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

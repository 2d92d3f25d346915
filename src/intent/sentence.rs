//! How much a line reads like a sentence. Shell syntax counts against it;
//! function words of English, and Chinese characters, count for it.

/// From here a line whose first word is no command is a request.
pub(super) const SURE: i32 = 2;
/// From here a line whose first word is a command could be a request.
pub(super) const SURE_WITH_COMMAND: i32 = 4;

/// Words that stand in sentences and hardly ever as arguments.
const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "after",
    "all",
    "also",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "because",
    "before",
    "between",
    "by",
    "called",
    "can",
    "could",
    "did",
    "do",
    "does",
    "each",
    "every",
    "everything",
    "for",
    "from",
    "has",
    "have",
    "how",
    "i",
    "into",
    "is",
    "it",
    "its",
    "just",
    "larger",
    "least",
    "less",
    "me",
    "more",
    "most",
    "my",
    "named",
    "not",
    "of",
    "on",
    "one",
    "only",
    "or",
    "our",
    "please",
    "recently",
    "should",
    "smaller",
    "so",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "today",
    "under",
    "until",
    "use",
    "using",
    "was",
    "we",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whose",
    "why",
    "will",
    "with",
    "within",
    "without",
    "would",
    "yesterday",
    "you",
    "your",
    "here",
    "in",
    "out",
];

/// Things that people ask about; weaker than function words.
const TOPICS: &[&str] = &[
    "biggest",
    "contain",
    "containing",
    "contents",
    "current",
    "directories",
    "directory",
    "disk",
    "empty",
    "executable",
    "extension",
    "file",
    "files",
    "folder",
    "folders",
    "hidden",
    "images",
    "largest",
    "latest",
    "line",
    "lines",
    "logged",
    "memory",
    "modified",
    "name",
    "names",
    "newest",
    "oldest",
    "pdfs",
    "permission",
    "permissions",
    "photos",
    "port",
    "process",
    "processes",
    "python",
    "running",
    "size",
    "sizes",
    "smallest",
    "space",
    "subdirectories",
    "text",
    "used",
    "user",
    "users",
    "uses",
    "using",
    "week",
    "words",
];

/// The score of a line: above zero it reads like a sentence.
pub(super) fn score(text: &str) -> i32 {
    let mut score = 0;
    if text.chars().any(is_chinese) {
        score += 4;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    for (index, word) in words.iter().enumerate() {
        score += word_score(word, index);
    }
    if words.len() >= 4 && words.iter().all(|word| is_plain(word)) {
        score += 1;
    }
    if text.ends_with(['?', '？', '。']) && words.len() > 1 {
        score += 2;
    }
    // Operators and expansions are shell.
    for mark in ["&&", "||", " | ", "$(", "${", " > ", " >> ", "2>", "`", "; "] {
        if text.contains(mark) {
            score -= 4;
        }
    }
    score
}

fn word_score(word: &str, index: usize) -> i32 {
    let bare = word.trim_end_matches([',', '.', '?', '!', ':', '，', '。']).to_lowercase();
    if word.starts_with('-') && word.len() > 1 {
        return -4;
    }
    if word.starts_with('$') || word.contains(['*', '=', '>', '<', '|', ';', '{', '\\']) {
        return -2;
    }
    if index == 0 {
        return 0;
    }
    if FUNCTION_WORDS.contains(&bare.as_str()) {
        return 2;
    }
    if TOPICS.contains(&bare.as_str()) {
        return 1;
    }
    i32::from(bare.ends_with("'s") || bare.contains("n't"))
}

fn is_plain(word: &str) -> bool {
    word.trim_end_matches([',', '.', '?', '!'])
        .chars()
        .all(|character| character.is_alphabetic() || character == '\'')
}

fn is_chinese(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

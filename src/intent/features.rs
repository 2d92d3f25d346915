//! What is seen of a line: signs that can be named and counted. What each is worth
//! is learned ([`super::model`]), and how a line is read follows from their sum.

use super::chinese::{self, Phrase};
use super::lexicon::{
    ASKING, DETERMINERS, FUNCTION_WORDS, NAMING, OPENERS, SUBCOMMANDS, TOPICS, UNENDING, VERBAL,
    VERBS,
};
use super::words::{Word, Words};

/// What a line's first word is. The same words tell different things after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A command whose name is a verb of English: `find`, `sort`, `make`.
    Verb,
    /// A command whose name asks: `who`, `which`.
    Asking,
    /// A command whose operands are names that somebody makes up: `mkdir`.
    Naming,
    /// A command of many commands: `git`, `docker`.
    Subcommands,
    /// Another command.
    Other,
    /// A path or an expansion.
    Path,
    /// No command, and requests begin with it.
    Opens,
    /// Nothing that is known.
    Unknown,
}

impl Kind {
    /// How many there are.
    pub(super) const COUNT: usize = 8;

    /// What a first word is that is a command.
    pub(super) fn of_command(word: &str) -> Self {
        if is_in(ASKING, word) {
            Self::Asking
        } else if is_in(NAMING, word) {
            Self::Naming
        } else if is_in(SUBCOMMANDS, word) {
            Self::Subcommands
        } else if is_in(VERBS, word) || is_in(VERBAL, word) {
            Self::Verb
        } else {
            Self::Other
        }
    }

    /// What a first word is that is no command.
    pub(super) fn of_other(word: &str) -> Self {
        let word = bare(word);
        let word = word.strip_suffix("'s").unwrap_or(&word);
        if is_in(VERBS, word) || is_in(OPENERS, word) { Self::Opens } else { Self::Unknown }
    }
}

/// A list that features belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Group {
    /// The first word itself.
    First,
    /// A Chinese phrase.
    Phrase,
    /// A function word that follows the first word.
    Second,
    /// Something about words or the whole line.
    Sign,
    /// A function word anywhere after the first.
    Word,
}

/// What a feature is worth: in every line, and beside that after each [`Kind`] of
/// first word. In hundredths of the natural logarithm of the odds.
pub(super) type Weights = [i16; 1 + Kind::COUNT];

/// Takes a feature and how often it is there.
pub(super) type Take<'a> = &'a mut dyn FnMut(Group, &str, i32);

/// Names the features of a line whose first word is of this kind. Words for which
/// `is_name` holds are the names of files.
pub(super) fn see(line: &Words<'_>, kind: Kind, is_name: &dyn Fn(&str) -> bool, take: Take<'_>) {
    let Some((first, operands)) = line.words.split_first() else { return };
    take(Group::Sign, "always", 1);
    if !matches!(kind, Kind::Path | Kind::Opens | Kind::Unknown) {
        take(Group::First, first.text, 1);
    }
    take(Group::Sign, operands_sign(operands.len()), 1);
    if first.text.starts_with(char::is_uppercase) {
        take(Group::Sign, "capital", 1);
    }
    if kind == Kind::Unknown && nearly_opens(first.text) {
        take(Group::Sign, "slip", 1);
    }
    if line.operators > 0 {
        take(Group::Sign, "operator", i32::from(line.operators.min(2)));
    }
    if line.redirects {
        take(Group::Sign, "redirection", 1);
    }
    if !operands.is_empty() && operands.iter().all(Word::is_plain) {
        take(Group::Sign, "all plain", 1);
    }
    // `all` is the name of a target as well: `make all docs`, `find all pdfs`.
    if let [all, one] = operands
        && matches!(all.text, "all" | "any" | "everything")
        && one.is_plain()
    {
        take(Group::Sign, "all and one word", 1);
    }
    if is_misused(first.text, operands, is_name) {
        take(Group::Sign, "misused", 1);
    }
    english(first, operands, is_name, take);
    chinese_words(operands, is_name, take);
}

fn operands_sign(count: usize) -> &'static str {
    match count {
        0 => "no operand",
        1 => "one operand",
        2 => "two operands",
        3 => "three operands",
        4 => "four operands",
        5 | 6 => "five operands",
        _ => "seven operands",
    }
}

fn english(
    first: &Word<'_>,
    operands: &[Word<'_>],
    is_name: &dyn Fn(&str) -> bool,
    take: Take<'_>,
) {
    let (mut functions, mut contents) = (0, 0);
    for (index, word) in operands.iter().enumerate() {
        let text = word.text;
        let shape = shape(word, is_name);
        if let Some(shape) = shape {
            take(Group::Sign, shape, 1);
            if index == 0 {
                take(Group::Sign, "a shape first", 1);
            }
            contents += 1;
            continue;
        }
        if chinese::has_any(text) {
            contents += 1;
            continue;
        }
        let bare = bare(text);
        let ends = index + 1 == operands.len();
        if !ends && bare.len() < text.len() {
            take(Group::Sign, "punctuation", 1);
        }
        if is_in(FUNCTION_WORDS, &bare) {
            if ends && is_in(UNENDING, text) {
                take(Group::Sign, "ends unending", 1);
                continue;
            }
            functions += i32::from(bare.len() > 1);
            take(Group::Word, &bare, 1);
            if index == 0 {
                take(Group::Second, &bare, 1);
            }
            let next = operands.get(index + 1).filter(|next| {
                next.is_plain() && next.text.len() >= 3 && !is_in(FUNCTION_WORDS, next.text)
            });
            if next.is_some_and(|next| !is_name(next.text)) {
                take(Group::Sign, determination(&bare), 1);
            }
            continue;
        }
        contents += 1;
        if index == 0 && word.is_plain() && text.chars().nth(1).is_some() {
            take(Group::Sign, "plain first", 1);
        }
        take(Group::Sign, content(&bare, word), 1);
    }
    if functions > 0 {
        take(Group::Sign, ["one function word", "function words"][usize::from(functions > 1)], 1);
        take(Group::Sign, "function words, counted", functions.min(5));
        if contents == 0 {
            take(Group::Sign, "function words alone", 1);
        }
        let last = operands.last().map_or(first.text, |word| word.text);
        if last.ends_with(['?', '？']) {
            take(Group::Sign, "question mark", 1);
        }
    }
}

/// What a word is that nobody says.
fn shape(word: &Word<'_>, is_name: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let text = word.text;
    let has_extension = || {
        text.rsplit_once('.').is_some_and(|(name, extension)| {
            !name.is_empty()
                && (1..=5).contains(&extension.len())
                && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
    };
    if word.is_option() {
        Some("option")
    } else if word.is_shell() {
        Some("expansion")
    } else if word.quoted {
        Some("quoted")
    } else if is_name(text) {
        Some("file that is there")
    } else if chinese::has_any(text) {
        None
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        Some("number")
    } else if text.contains(['*', '[']) {
        Some("pattern")
    } else if text.contains('/') || text.starts_with(['~', '.']) {
        Some("path")
    } else if has_extension() {
        Some("extension")
    } else {
        None
    }
}

/// What kind of word a function word determines. "a", "all" and "my" stand in names
/// as well (`cp a b`, `make all`, `git switch my branch`).
fn determination(bare: &str) -> &'static str {
    match bare {
        "a" | "an" => "a thing",
        "my" => "my thing",
        "all" | "any" | "everything" => "all things",
        _ if is_in(DETERMINERS, bare) => "the thing",
        _ => "joined",
    }
}

fn content(bare: &str, word: &Word<'_>) -> &'static str {
    if is_in(TOPICS, bare) {
        "topic"
    } else if bare.ends_with("'s") || bare.contains("n't") {
        "apostrophe"
    } else if is_in(VERBS, bare) {
        "verb"
    } else if word.is_plain() && bare.len() == 1 {
        "letter"
    } else if word.is_plain() {
        "plain"
    } else {
        "odd"
    }
}

/// The features of Chinese words.
fn chinese_words(operands: &[Word<'_>], is_name: &dyn Fn(&str) -> bool, take: Take<'_>) {
    let (mut grammar, mut subjects, mut longest, mut words) = (0, 0, 0, 0);
    for word in operands {
        if word.quoted || word.is_shell() || !chinese::has_any(word.text) || is_name(word.text) {
            continue;
        }
        words += 1;
        if chinese::is_name(word) {
            take(Group::Sign, "zh: extension", 1);
            continue;
        }
        let length = word.text.chars().filter(|one| chinese::is_chinese(*one)).count();
        longest = longest.max(length);
        for (at, phrase) in chinese::phrases(word.text) {
            let (text, count) = match phrase {
                Phrase::Grammar(text) => (text, &mut grammar),
                Phrase::Subject(text) => (text, &mut subjects),
            };
            *count += 1;
            take(Group::Phrase, text, 1);
            if text.len() == word.text.len() {
                take(Group::Sign, "zh: phrase alone", 1);
            } else if at == 0 && matches!(phrase, Phrase::Grammar(_)) {
                take(Group::Sign, "zh: grammar begins", 1);
            } else if at == 0 {
                take(Group::Sign, "zh: subject begins", 1);
            }
        }
        if chinese::has_punctuation(word.text) {
            take(Group::Sign, "zh: punctuation", 1);
        }
        if word.text.contains('/') {
            take(Group::Sign, "zh: slash", 1);
        }
        if word.text.starts_with(chinese::is_chinese)
            && word.text.contains(|one: char| one.is_ascii_alphabetic())
        {
            take(Group::Sign, "zh: Latin letters", 1);
        }
    }
    if words == 0 {
        return;
    }
    take(Group::Sign, ["zh: one word", "zh: words"][usize::from(words > 1)], 1);
    take(
        Group::Sign,
        ["zh: grammar 0", "zh: grammar 1", "zh: grammar 2", "zh: grammar 3"][grammar.min(3)],
        1,
    );
    take(Group::Sign, ["zh: subjects 0", "zh: subjects 1", "zh: subjects 2"][subjects.min(2)], 1);
    if grammar > 0 && subjects > 0 {
        take(Group::Sign, "zh: grammar and subjects", 1);
    }
    let length = match longest {
        0..=2 => "zh: to 2 long",
        3 | 4 => "zh: to 4 long",
        5 | 6 => "zh: to 6 long",
        7..=9 => "zh: to 9 long",
        _ => "zh: longer",
    };
    take(Group::Sign, length, 1);
}

/// Whether the operands are words where the command could only fail: `kill
/// chrome`, `install docker`, `free some space`, `find big files`.
fn is_misused(first: &str, operands: &[Word<'_>], is_name: &dyn Fn(&str) -> bool) -> bool {
    if !operands.iter().all(|word| word.is_plain() && word.text.is_ascii() && !is_name(word.text)) {
        return false;
    }
    match (first, operands) {
        ("kill" | "free", [_, ..]) | ("install", [_]) => true,
        ("find", [_, _, ..]) => operands.iter().any(|word| is_in(TOPICS, word.text)),
        _ => false,
    }
}

/// Whether the word is one with which requests begin, but for one slip: a
/// letter too many, too few or wrong, or two in the wrong order.
pub(super) fn nearly_opens(word: &str) -> bool {
    let word = bare(word);
    Kind::of_other(&word) == Kind::Opens
        || word.len() >= 4
            && word.is_ascii()
            && VERBS
                .iter()
                .chain(OPENERS)
                .any(|known| known.len() >= 4 && is_one_slip(word.as_bytes(), known.as_bytes()))
}

fn is_one_slip(typed: &[u8], meant: &[u8]) -> bool {
    let same = typed.iter().zip(meant).take_while(|(one, other)| one == other).count();
    let (typed, meant) = (&typed[same..], &meant[same..]);
    match (typed, meant) {
        ([], []) => true,
        ([a, b, typed @ ..], [c, d, meant @ ..]) if (a, b, typed) == (d, c, meant) => true,
        ([_, typed @ ..], meant) if typed == meant => true,
        (typed, [_, meant @ ..]) if typed == meant => true,
        ([_, typed @ ..], [_, meant @ ..]) => typed == meant,
        _ => false,
    }
}

/// Whether the word, as [`bare`] gives it, stands in sentences and hardly ever as an
/// operand.
pub(super) fn is_function_word(bare: &str) -> bool {
    is_in(FUNCTION_WORDS, bare)
}

fn is_in(sorted: &[&str], word: &str) -> bool {
    sorted.binary_search(&word).is_ok()
}

/// A word without case and the punctuation after it.
pub(super) fn bare(word: &str) -> String {
    word.trim_end_matches([',', '.', '?', '!', ':', '，', '。', '？']).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_a_letter_or_two_swapped() {
        for typed in ["lits", "lst", "liist", "lisr", "list", "ilst", "lis", "lists"] {
            assert!(is_one_slip(typed.as_bytes(), b"list"), "{typed}");
        }
        for typed in ["ls", "gits", "last1", "tsil", "l"] {
            assert!(!is_one_slip(typed.as_bytes(), b"list"), "{typed}");
        }
    }
}

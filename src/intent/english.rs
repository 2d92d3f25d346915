//! How much English words of a line read like a sentence. Function words count
//! for it, shell syntax against it.

use super::SENTENCE;
use super::lexicon::{DETERMINERS, FUNCTION_WORDS, OPENERS, TOPICS, UNENDING, VERBS};
use super::words::{Word, Words};

/// How a line's first word bears on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// It is a command.
    Command,
    /// It begins requests.
    Opens,
    /// It is nothing that is known.
    Unknown,
}

/// What a first word that is no command is.
pub(super) fn first(word: &str) -> First {
    let word = bare(word);
    let word = word.strip_suffix("'s").unwrap_or(&word);
    if [VERBS, OPENERS].iter().any(|words| is_in(words, word)) {
        First::Opens
    } else {
        First::Unknown
    }
}

/// Whether the word is one with which requests begin, but for one slip: a
/// letter too many, too few or wrong, or two in the wrong order.
pub(super) fn nearly_opens(word: &str) -> bool {
    let word = bare(word);
    first(&word) == First::Opens
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

/// How much the words after the first read like a sentence. Words for which
/// `is_name` holds count neither way.
pub(super) fn score(line: &Words<'_>, kind: First, is_name: &dyn Fn(&str) -> bool) -> i32 {
    let Some((first, operands)) = line.words.split_first() else { return 0 };
    let (mut score, mut functions, mut said) = (0, 0, false);
    for (index, word) in operands.iter().enumerate() {
        if word.is_option() {
            score -= 4;
        } else if word.is_shell() {
            score -= 2;
        }
        if word.quoted || word.is_option() || word.is_shell() || is_name(word.text) {
            continue;
        }
        let bare = bare(word.text);
        if index + 1 == operands.len() && is_in(UNENDING, word.text) {
            continue;
        }
        if is_in(FUNCTION_WORDS, &bare) {
            functions += 1;
            // `a?` is a pattern.
            said |= bare.len() > 1;
            score += 2 + i32::from(is_determined(&bare, operands, index, first.text, kind));
        } else if is_in(TOPICS, &bare) || bare.ends_with("'s") || bare.contains("n't") {
            score += 1;
        }
    }
    let last = line.words.last().map_or("", |word| word.text);
    if said && last.ends_with(['?', '？']) {
        score += 2;
    }
    let enough = functions > 1 || kind != First::Command;
    if enough && line.words.len() >= 4 && line.words.iter().all(Word::is_plain) {
        score += 1;
    }
    match kind {
        // Files, branches and targets have the names of things: without grammar
        // these are operands.
        First::Command if is_misused(first.text, operands, is_name) => score += SENTENCE,
        First::Command if functions == 0 => score = score.min(0),
        First::Command => score += 2 * i32::from(is_question(&bare(first.text), operands)),
        First::Opens => {
            score += i32::from(!operands.is_empty());
            score += i32::from(
                operands
                    .first()
                    .is_some_and(|word| word.is_plain() && word.text.chars().nth(1).is_some()),
            );
        }
        First::Unknown => {}
    }
    score - 4 * (i32::from(line.operators.min(4)) + i32::from(line.redirects))
}

/// Whether a thing follows its determiner. "a", "all" and "my" stand in names as
/// well (`cp a b`, `make all`, `git switch my branch`), so that they need a verb
/// before them.
fn is_determined(
    determiner: &str,
    operands: &[Word<'_>],
    index: usize,
    first: &str,
    kind: First,
) -> bool {
    let asks = kind == First::Opens || is_in(VERBS, first);
    let determines = match determiner {
        "a" | "an" | "everything" => kind == First::Unknown || asks || first == "make",
        "my" => kind == First::Unknown || asks || index == 0,
        "all" | "any" => asks,
        _ => is_in(DETERMINERS, determiner),
    };
    determines
        && operands.get(index + 1).is_some_and(|next| {
            next.is_plain() && next.text.len() >= 3 && !is_in(FUNCTION_WORDS, next.text)
        })
}

/// Whether the operands are words where the command could only fail: `kill
/// chrome`, `install docker`, `free some space`, `find big files`.
fn is_misused(first: &str, operands: &[Word<'_>], is_name: &dyn Fn(&str) -> bool) -> bool {
    if !operands.iter().all(|word| word.is_plain() && !is_name(word.text)) {
        return false;
    }
    match (first, operands) {
        ("kill" | "free", [_, ..]) | ("install", [_]) => true,
        ("find", [_, _, ..]) => operands.iter().any(|word| is_in(TOPICS, word.text)),
        _ => false,
    }
}

/// `who is …`, `which ports are …`: a program's name that is a question's word.
fn is_question(first: &str, operands: &[Word<'_>]) -> bool {
    matches!(first, "who" | "which" | "what" | "where")
        && operands.iter().any(|word| {
            matches!(word.text, "is" | "are" | "was" | "were" | "does" | "did" | "has" | "have")
        })
}

fn is_in(sorted: &[&str], word: &str) -> bool {
    sorted.binary_search(&word).is_ok()
}

/// A word without case and the punctuation after it.
fn bare(word: &str) -> String {
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

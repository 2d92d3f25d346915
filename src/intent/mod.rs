//! Command or request: how a line is read, from its words alone, in
//! microseconds and without the model.
//!
//! A leading `?` (or `？`) makes any line a request. Otherwise a line is a
//! command when its first word is one, and a request when it is not and reads
//! like a sentence. A sentence that begins with a program's name ("make a
//! directory") is [`Intent::Unsure`]: somebody at a terminal is asked, elsewhere
//! it is a command.
//!
//! A command is asked about only where its grammar says so: options,
//! redirections, the constructs of the shell and quoted operands are never
//! words of a sentence, and operands that exist are names.

mod chinese;
mod english;
mod lexicon;
mod words;

use english::First;
use words::Words;

use crate::program::{self, Entry};
use crate::shell::builtin::{self, Meaning};

/// How a line is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Nothing, or a comment.
    Empty,
    /// Shell language.
    Command,
    /// Words for the model; the text without the mark.
    Request(String),
    /// A command's name begins what reads like a sentence; the text.
    Unsure(String),
}

/// Whether a word is a command: keyword, function, alias, builtin or program.
pub type IsCommand<'a> = &'a dyn Fn(&str) -> bool;

/// Whether a path names something. It is asked only about lines that could be
/// sentences.
pub type Exists<'a> = &'a dyn Fn(&str) -> bool;

/// From here words read like a sentence.
const SENTENCE: i32 = 3;

/// From here they do where the operands are names that somebody makes up.
const SENTENCE_AMONG_NEW_NAMES: i32 = 5;

/// From here a line that begins as requests do is one.
const REQUEST: i32 = 2;

/// Keywords after which anything is shell language. `for` is not among them: its
/// third word tells.
const CONSTRUCTS: &[&str] = &["if", "while", "until", "case", "{", "!", "[", "[[", "function"];

/// Keywords that go on with a construct: no command begins with them.
const CONTINUATIONS: &[&str] = &["do", "done", "then", "else", "elif", "fi", "esac", "in", "}"];

/// Commands whose operands are what somebody says.
const PROSE: &[&str] = &[
    "echo",
    "printf",
    "say",
    "cowsay",
    "cowthink",
    "figlet",
    "toilet",
    "banner",
    "wall",
    "logger",
    "notify-send",
    "espeak",
    "espeak-ng",
    "apropos",
    "trans",
    "alias",
    "eval",
    "yes",
    "expr",
    "llmsh",
    "llm",
    "claude",
    "codex",
    "aichat",
    "ollama",
];

/// Commands that give names to what is not there yet.
const NAMING: &[&str] =
    &["mkdir", "touch", "cp", "mv", "ln", "tee", "vim", "vi", "nvim", "nano", "emacs", "code"];

/// The text of a line that begins with the mark of a request.
#[must_use]
pub fn marked(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix('?').or_else(|| line.strip_prefix('？'))?;
    Some(rest.trim())
}

/// Reads a line.
#[must_use]
pub fn classify(line: &str, is_command: IsCommand<'_>, exists: Exists<'_>) -> Intent {
    let text = line.trim();
    if text.is_empty() || text.starts_with('#') {
        return Intent::Empty;
    }
    if let Some(request) = marked(text) {
        return Intent::Request(request.to_owned());
    }
    let first = first_word(text);
    let assigns = first
        .split_once('=')
        .is_some_and(|(name, _)| crate::shell::variable::is_name(name.as_bytes()));
    let defines = text[first.len()..].trim_start().starts_with("()");
    if first.is_empty() || defines || assigns {
        return Intent::Command;
    }
    // What goes on in another line is what its first line was when it ended.
    let line = Words::split(text.lines().next().unwrap_or_default());
    let reads_as_unsure = if is_opaque(first) || is_path(first, exists) {
        could_be_chinese(&line, exists)
    } else if is_command(first) && !CONTINUATIONS.contains(&first) {
        could_be_request(line, is_command, exists)
    } else if is_request(first, &line) {
        return Intent::Request(text.to_owned());
    } else {
        false
    };
    if reads_as_unsure { Intent::Unsure(text.to_owned()) } else { Intent::Command }
}

/// Whether a line that was run, and whose command was not found, reads like a
/// sentence, slips of the finger included. Nothing has been lost by then, so
/// that less of a sentence is enough than [`classify`] wants.
#[must_use]
pub fn reads_like_a_sentence(line: &str) -> bool {
    let text = line.trim().lines().next().unwrap_or_default();
    let first = first_word(text);
    if chinese::has_any(first) {
        return !is_opaque(first) && !is_path(first, &|_| false);
    }
    let line = Words::split(text);
    let Some((_, operands)) = line.words.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return false;
    };
    if is_opaque(first)
        || is_path(first, &|_| false)
        || line.redirects
        || line.operators > 0
        || line.has_options()
        || line.words.iter().any(words::Word::is_shell)
    {
        return false;
    }
    english::nearly_opens(first)
        || chinese::score(operands.iter()) >= 2
        || english::score(&line, First::Unknown, &|_| false) >= SENTENCE
        || line.words.len() >= 5 && line.words.iter().all(words::Word::is_plain)
}

fn first_word(text: &str) -> &str {
    text.split(|character: char| character.is_whitespace() || ";|&<>()".contains(character))
        .next()
        .unwrap_or_default()
}

/// Whether a first word begins with a quotation or an expansion: what it names
/// is not known before it is run.
fn is_opaque(first: &str) -> bool {
    first.starts_with(['$', '"', '\'', '\\', '`'])
}

/// Whether a first word is a path. Chinese is written without spaces, so that a
/// word with a slash may as well be a sentence in which a path stands.
fn is_path(first: &str, exists: Exists<'_>) -> bool {
    if !(first.contains('/') || first.starts_with(['~', '.'])) {
        return false;
    }
    if !chinese::has_any(first) || exists(first) {
        return true;
    }
    let word = words::Word { text: first, quoted: false };
    !chinese::has_punctuation(first)
        && first.starts_with(['/', '~', '.'])
        && chinese::score([word].iter()) < SENTENCE
}

/// Whether a line that begins with a path or an expansion could be a request:
/// only in Chinese, where a request may begin with the path that it is about.
fn could_be_chinese(line: &Words<'_>, exists: Exists<'_>) -> bool {
    if line.redirects || line.has_options() {
        return false;
    }
    let operands = line.words.iter().skip(1).filter(|word| !exists(word.text));
    chinese::score(line.words.iter().skip(1)) >= SENTENCE && chinese::score(operands) >= SENTENCE
}

/// Whether a line whose first word is a command could be a request.
fn could_be_request(mut line: Words<'_>, is_command: IsCommand<'_>, exists: Exists<'_>) -> bool {
    if line.redirects || line.has_options() {
        return false;
    }
    while let [wrapper, inner, ..] = line.words.as_slice()
        && runs_another(wrapper.text)
        && is_command(inner.text)
    {
        line.words.remove(0);
    }
    let Some(first) = line.words.first().map(|word| word.text) else { return false };
    let loops = first == "for"
        && (line.operators > 0
            || line.words.get(2).is_none_or(|word| matches!(word.text, "in" | "do")));
    if loops || CONSTRUCTS.contains(&first) || PROSE.contains(&first) || is_who_am_i(&line) {
        return false;
    }
    // A pattern or a script is no part of a sentence.
    if line.words.len() > 2
        && program::find(first.as_bytes()).is_some_and(Entry::begins_with_a_pattern)
    {
        line.words.remove(1);
    }
    // Most lines are no sentences even if nothing exists, and need no look at
    // the files.
    reads_as_request(first, &line, &|_| false) && reads_as_request(first, &line, exists)
}

fn reads_as_request(first: &str, line: &Words<'_>, exists: Exists<'_>) -> bool {
    let operands = line.words.iter().skip(1).filter(|word| !exists(word.text));
    let score = chinese::score(operands) + english::score(line, First::Command, exists);
    score >= if NAMING.contains(&first) { SENTENCE_AMONG_NEW_NAMES } else { SENTENCE }
}

/// Whether a command runs the command in its operands.
fn runs_another(name: &str) -> bool {
    let meaning = builtin::find(name.as_bytes()).map(|builtin| builtin.meaning);
    name == "time"
        || matches!(meaning, Some(Meaning::Runs | Meaning::Replaces))
        || program::find(name.as_bytes()).is_some_and(Entry::runs_a_command)
}

fn is_who_am_i(line: &Words<'_>) -> bool {
    let [who, am, i] = line.words.as_slice() else { return false };
    who.text == "who" && am.text == "am" && i.text.eq_ignore_ascii_case("i")
}

/// Whether a line whose first word is no command is a request.
fn is_request(first: &str, line: &Words<'_>) -> bool {
    if chinese::has_any(first) {
        return true;
    }
    let kind = english::first(first);
    let enough = if kind == First::Opens { REQUEST } else { SENTENCE };
    let mut score = english::score(line, kind, &|_| false);
    if !line.has_options() {
        score += chinese::score(line.words.iter().skip(1));
    }
    score >= enough
}

#[cfg(test)]
mod tests;

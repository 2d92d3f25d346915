//! Command or request: how a line is read, from its words alone, in
//! microseconds and without the model.
//!
//! A leading `?` (or `？`) makes any line a request. Otherwise a line is a
//! command when its first word is one, and a request when it is not and reads
//! like a sentence. A sentence that begins with a program's name ("make a
//! directory") is [`Intent::Unsure`]: somebody at a terminal is asked, elsewhere
//! it is a command.
//!
//! Rules settle what is certain: options, redirections and the constructs of the
//! shell are no words of a sentence. The rest is weighed: [`features`] says what is
//! seen of a line, [`model`] what that is worth. Operands that exist are names.

mod chinese;
mod features;
mod form;
mod lexicon;
mod model;
mod weights;
mod words;

pub use form::form;

use features::Kind;
use lexicon::{BEGIN_WITH_A_PATTERN, WRAPPERS};
use words::Words;

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
    /// A command's name begins what could be a sentence.
    Unsure {
        /// The words, if it is one.
        text: String,
        /// Which of the two it rather is.
        likelier: Reading,
    },
}

/// One of the two that a line can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Shell language.
    Command,
    /// Words for the model.
    Request,
}

impl Reading {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Request => "request",
        }
    }
}

/// Whether a word is a command: keyword, function, alias, builtin or program.
pub type IsCommand<'a> = &'a dyn Fn(&str) -> bool;

/// Whether a path names something. It is asked only about lines that could be
/// sentences.
pub type Exists<'a> = &'a dyn Fn(&str) -> bool;

/// From here ([`model::odds`]) a line that begins with a command is asked about: a
/// question costs less than a command that fails, or does what nobody meant.
const ASKED: i32 = -80;

/// From here a line is rather a request.
const EVEN: i32 = 0;

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
    let (line, kind) = match settle(text, is_command, exists) {
        Rule::Settles(intent) => return intent,
        Rule::Weigh(line, kind) => (line, kind),
    };
    let odds = model::odds(&line, kind, &|_| false);
    if matches!(kind, Kind::Opens | Kind::Unknown) {
        return if odds >= EVEN { Intent::Request(text.to_owned()) } else { Intent::Command };
    }
    // Most lines are no sentences even if nothing exists, and need no look at
    // the files.
    if odds < ASKED {
        return Intent::Command;
    }
    let odds = odds.min(model::odds(&line, kind, exists));
    if odds < ASKED {
        return Intent::Command;
    }
    let likelier = if odds >= EVEN { Reading::Request } else { Reading::Command };
    Intent::Unsure { text: text.to_owned(), likelier }
}

/// What is certain of a line, and what has to be weighed.
enum Rule<'a> {
    Settles(Intent),
    Weigh(Words<'a>, Kind),
}

/// Applies the rules.
fn settle<'a>(text: &'a str, is_command: IsCommand<'_>, exists: Exists<'_>) -> Rule<'a> {
    if text.is_empty() || text.starts_with('#') {
        return Rule::Settles(Intent::Empty);
    }
    if let Some(request) = marked(text) {
        return Rule::Settles(Intent::Request(request.to_owned()));
    }
    let first = first_word(text);
    let assigns = first
        .split_once('=')
        .is_some_and(|(name, _)| crate::shell::variable::is_name(name.as_bytes()));
    let defines = text[first.len()..].trim_start().starts_with("()");
    if first.is_empty() || defines || assigns {
        return Rule::Settles(Intent::Command);
    }
    // What goes on in another line is what its first line was when it ended.
    let line = Words::split(text.lines().next().unwrap_or_default());
    let weighed = if is_opaque(first) || is_path(first, exists) {
        could_be_chinese(&line).then_some((line, Kind::Path))
    } else if is_command(first) && !CONTINUATIONS.contains(&first) && !is_help_me(&line) {
        could_be_request(line, is_command)
    } else if chinese::has_any(first) {
        return Rule::Settles(Intent::Request(text.to_owned()));
    } else {
        Some((line, Kind::of_other(first)))
    };
    weighed.map_or(Rule::Settles(Intent::Command), |(line, kind)| Rule::Weigh(line, kind))
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
    if line.words.len() < 2
        || is_opaque(first)
        || is_path(first, &|_| false)
        || line.redirects
        || line.operators > 0
        || line.has_options()
        || line.words.iter().any(words::Word::is_shell)
    {
        return false;
    }
    features::nearly_opens(first)
        || model::odds(&line, Kind::Unknown, &|_| false) >= ASKED
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
    !chinese::has_punctuation(first) && first.starts_with(['/', '~', '.']) && !says_something(first)
}

/// Whether a path is followed by words of grammar, or a phrase of several.
fn says_something(path: &str) -> bool {
    let grammar = |(_, phrase)| matches!(phrase, chinese::Phrase::Grammar(_));
    chinese::phrases(path).filter(|found| grammar(*found)).count() > 1
}

/// Whether a line that begins with a path or an expansion could be a request:
/// only in Chinese, where a request may begin with the path that it is about.
fn could_be_chinese(line: &Words<'_>) -> bool {
    !line.redirects
        && !line.has_options()
        && line.words.iter().skip(1).any(|word| !word.quoted && chinese::has_any(word.text))
}

/// Whether a line whose first word is a command could be a request; what of it is
/// weighed.
fn could_be_request<'a>(
    mut line: Words<'a>,
    is_command: IsCommand<'_>,
) -> Option<(Words<'a>, Kind)> {
    if line.redirects || line.has_options() {
        return None;
    }
    while let [wrapper, inner, ..] = line.words.as_slice()
        && runs_another(wrapper.text)
        && is_command(inner.text)
    {
        line.words.remove(0);
    }
    let first = line.words.first()?.text;
    let loops = first == "for"
        && (line.operators > 0
            || line.words.get(2).is_none_or(|word| matches!(word.text, "in" | "do")));
    if loops || CONSTRUCTS.contains(&first) || PROSE.contains(&first) || is_who_am_i(&line) {
        return None;
    }
    // A pattern or a script is no part of a sentence.
    if line.words.len() > 2 && BEGIN_WITH_A_PATTERN.contains(&first) {
        line.words.remove(1);
    }
    Some((line, Kind::of_command(first)))
}

/// Whether a command runs the command in its operands.
fn runs_another(name: &str) -> bool {
    let meaning = builtin::find(name.as_bytes()).map(|builtin| builtin.meaning);
    matches!(meaning, Some(Meaning::Runs | Meaning::Replaces)) || WRAPPERS.contains(&name)
}

fn is_who_am_i(line: &Words<'_>) -> bool {
    let [who, am, i] = line.words.as_slice() else { return false };
    who.text == "who" && am.text == "am" && i.text.eq_ignore_ascii_case("i")
}

/// Whether help is asked of somebody: no builtin is called "me".
fn is_help_me(line: &Words<'_>) -> bool {
    let [help, me, ..] = line.words.as_slice() else { return false };
    help.text == "help" && matches!(me.text, "me" | "us")
}

#[cfg(test)]
mod tests;

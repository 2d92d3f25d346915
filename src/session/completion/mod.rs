//! What Tab offers for the word that is being typed.
//!
//! In this order: a variable behind `$`; what the command's table lists (options with what
//! they mean, subcommands, and the kind of operand that comes next) or, of the shell's own
//! utilities, their operands; what `complete` says of the command; where no table has it, what
//! the installed scripts of bash-completion say of it ([`Installed`]), and what its manual page
//! tells ([`Manual`]); files. What begins as the word does comes first; where nothing does,
//! what has its letters in their order ([`fuzzy`]). In a request, what it may name
//! ([`request`]).

mod files;
mod fuzzy;
mod installed;
mod manual;
mod names;
mod request;
mod roff;

pub(super) use request::names as names_in_request;

use bstr::{BString, ByteSlice};

use crate::language::Language;
use crate::program::{self, Wanted};
use crate::shell::Shell;
use crate::shell::completion::{Action, Found, operands};
use crate::shell::partial::{Partial, command_before, word_before};
use crate::shell::quote::{Style, escaped};
use installed::Installed;
use manual::Manual;

/// What can stand in the place of a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Completions {
    /// Where the word begins, in bytes.
    pub(super) start: usize,
    /// The candidates, best first.
    pub(super) candidates: Vec<Candidate>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Candidate {
    /// What is shown.
    pub(super) shown: String,
    /// What it means; may be empty.
    pub(super) about: String,
    /// What is put in the place of the word.
    pub(super) text: String,
}

/// What knows of commands beside the tables.
#[derive(Debug, Default)]
pub(super) struct Others {
    installed: Installed,
    manual: Manual,
}

/// A name that could be meant, before it is written into the line.
struct Name {
    name: BString,
    /// Other names of the same.
    others: Vec<String>,
    about: String,
    /// What follows it: a blank, or nothing where it goes on.
    end: &'static str,
}

impl Name {
    fn plain(name: impl Into<BString>) -> Self {
        Self { name: name.into(), others: Vec::new(), about: String::new(), end: " " }
    }
}

/// What may stand in the place of the word that ends at `position`.
pub(super) fn complete(
    line: &str,
    position: usize,
    shell: &mut Shell,
    others: &mut Others,
    language: Language,
) -> Completions {
    let Some(begun) = command_before(line, position) else { return Completions::default() };
    if !begun.is_literal
        && let Some(found) = names::variable(&line[..position], shell)
    {
        return found;
    }
    let Some(word) = word_before(line, position) else {
        return match names::home(&line[..position], &begun) {
            Some(found) => found,
            None => files::behind_variable(line, position, begun.start, shell),
        };
    };
    let text = &line.as_bytes()[..position];
    let files = |shell: &Shell| files::files(line, position, &shell.command_names());
    if begun.is_redirected || word.tilde.is_some() || word.value.contains(&b'/') {
        let found = files(shell);
        let by_specification = !begun.words.is_empty() && found.candidates.is_empty();
        let found_there = by_specification.then(|| shell.completions_of(text)).flatten();
        return found_there.map_or(found, |there| specified(there, &word));
    }
    let Some((name, before)) = begun.words.split_first() else {
        return command(&word, shell, language);
    };
    let words: Vec<BString> = before.iter().map(|word| word.as_slice().into()).collect();
    let (own, end) = operands(name, &words);
    if !own.is_empty() && !word.value.starts_with(b"-") {
        let all = own.iter().flat_map(|action| shell.names_of(*action, b""));
        let named = all.map(|name| operand(name, own, end, &word)).collect();
        let named = matching(&word.value, named);
        if !named.is_empty() {
            return Completions { start: word.start, candidates: written(&word, named) };
        }
    }
    let entry = program::find(&aliased(name, shell));
    let mut wanted = Wanted::File;
    let mut found = Completions { start: word.start, candidates: Vec::new() };
    if let Some(entry) = entry {
        let possible = entry.possible(&words, &word.value);
        wanted = possible.wanted;
        let choices = possible.choices.into_iter().map(|choice| Name {
            name: choice.word.into(),
            others: choice.others,
            about: choice.about.words(language).to_owned(),
            end: if choice.is_open { "" } else { " " },
        });
        found.candidates = written(&word, matching(&word.value, choices.collect()));
    }
    if found.candidates.is_empty() {
        if let Some(own) = shell.completions_of(text) {
            // It says itself whether files are meant where it has nothing (`-o default`).
            return specified(own, &word);
        }
        let there = entry.is_none().then(|| others.installed.ask(text, shell)).flatten();
        if let Some(there) = there {
            found = specified(there, &word);
        }
    }
    if found.candidates.is_empty() && word.value.starts_with(b"-") {
        let options = others.manual.options(&aliased(name, shell), shell, language);
        found.candidates = written(&word, matching(&word.value, options));
    }
    if found.candidates.is_empty() {
        let others = of_kind(wanted, &word, &words, shell);
        found = Completions { start: word.start, candidates: written(&word, others) };
        // A branch may be called like a file; a host, too.
        if matches!(wanted, Wanted::Command | Wanted::Process) && !found.candidates.is_empty() {
            return found;
        }
        let mut files = match wanted {
            Wanted::Directory => files::directories(line, position, &shell.command_names()),
            _ => files(shell),
        };
        if found.candidates.is_empty() {
            return files;
        }
        if files.start == found.start {
            let begun = word.value.to_str_lossy().into_owned();
            files.candidates.retain(|file| file.shown.starts_with(&begun));
            found.candidates.append(&mut files.candidates);
        }
    }
    found
}

/// What stands in the place of the word until one of several candidates is chosen: what they
/// have in common, as far as that is a whole piece of a word, and never less than was typed.
pub(super) fn common(candidates: &[Candidate], typed: &str) -> String {
    let Some((first, others)) = candidates.split_first() else { return typed.to_owned() };
    let mut length = first.text.len();
    for other in others {
        let same = first.text.bytes().zip(other.text.bytes()).take_while(|(a, b)| a == b).count();
        length = length.min(same);
    }
    // Neither half a character nor half of what a backslash or a quote begins.
    let is_whole = |length: usize| {
        first.text.get(..length).is_some_and(|text| word_before(text, length).is_some())
    };
    while length > typed.len() && !is_whole(length) {
        length -= 1;
    }
    match first.text.get(..length) {
        Some(common) if length > typed.len() && common.starts_with(typed) => common.to_owned(),
        _ => typed.to_owned(),
    }
}

/// The candidates as lines of a list that is so many columns wide: with what they mean
/// behind them, where that is known of any.
pub(super) fn listed(candidates: &[Candidate], columns: usize) -> Vec<String> {
    let width = |text: &str| unicode_width::UnicodeWidthStr::width(text);
    if candidates.iter().all(|candidate| candidate.about.is_empty()) {
        return candidates.iter().map(|candidate| candidate.shown.clone()).collect();
    }
    let widest = candidates.iter().map(|candidate| width(&candidate.shown)).max().unwrap_or(0);
    let widest = widest.min(columns / 2);
    let line = |(index, candidate): (usize, &Candidate)| {
        let pad = widest.saturating_sub(width(&candidate.shown)) + 2;
        let line = format!("{}{:pad$}{}", candidate.shown, "", candidate.about);
        // A line that is as wide as the terminal would be broken.
        let mut shown = String::new();
        let mut used = 0;
        for character in line.trim_end().chars() {
            used += unicode_width::UnicodeWidthChar::width(character).unwrap_or(0);
            if used + 3 > columns {
                shown.push('…');
                break;
            }
            shown.push(character);
        }
        // One that is wider than half of them keeps each on a line of its own.
        if index == 0 {
            shown.extend(std::iter::repeat_n(' ', (columns / 2).saturating_sub(used)));
        }
        shown
    };
    candidates.iter().enumerate().map(line).collect()
}

/// The command that a name is, which may stand for another.
fn aliased(name: &[u8], shell: &Shell) -> BString {
    let text = shell.aliases.0.get(name.as_bstr());
    let first = text.and_then(|text| text.fields().next());
    first.unwrap_or(name).into()
}

/// A name that one of the shell's own utilities takes: signals with `SIG` only where that was
/// typed.
fn operand(name: BString, kinds: &[Action], end: &'static str, word: &Partial) -> Name {
    let is_signal = kinds == [Action::Signal] && !word.value.starts_with(b"S");
    match (name.strip_prefix(b"SIG").filter(|_| is_signal), end) {
        (Some(bare), _) => Name::plain(bare),
        (None, "=") => Name { end: "", ..Name::plain([name.as_slice(), b"="].concat()) },
        (None, _) => Name::plain(name),
    }
}

/// The commands that a first word may be.
fn command(word: &Partial, shell: &Shell, language: Language) -> Completions {
    let about = |name: &BString| {
        let entry = program::find(name);
        entry.map_or_else(String::new, |entry| entry.about.words(language).to_owned())
    };
    if word.value.is_empty() {
        return Completions::default();
    }
    let mut names = shell.names_of(Action::Command, &word.value);
    if names.is_empty() && word.value.len() > 1 {
        names = fuzzy::ranked(&word.value, shell.names_of(Action::Command, b""));
    }
    // To look up thousands of them would take longer than anybody waits.
    let few = names.len() <= FEW;
    let named = names.into_iter().map(|name| {
        let about = if few { about(&name) } else { String::new() };
        Name { about, ..Name::plain(name) }
    });
    Completions { start: word.start, candidates: written(word, named.collect()) }
}

/// So many commands are told with what they do.
const FEW: usize = 60;

/// The names of a kind that begin as the word does.
fn of_kind(wanted: Wanted, word: &Partial, words: &[BString], shell: &Shell) -> Vec<Name> {
    let all = match wanted {
        Wanted::Command if !word.value.is_empty() => {
            shell.names_of(Action::Command, b"").into_iter().map(Name::plain).collect()
        }
        Wanted::Process => names::processes(&word.value, shell),
        Wanted::Host => names::hosts(),
        Wanted::Revision => names::revisions(words, shell),
        _ => Vec::new(),
    };
    matching(&word.value, all)
}

/// What a specification of `complete` says.
fn specified(found: Found, word: &Partial) -> Completions {
    let has = |option: &str| found.options.iter().any(|own| own == option);
    let end = if has("nospace") { "" } else { " " };
    let names = found.words.iter().map(|name| {
        let is_directory =
            has("filenames") && std::path::Path::new(&*name.to_path_lossy()).is_dir();
        let name = if is_directory && !name.ends_with(b"/") {
            [name.as_slice(), b"/"].concat().into()
        } else {
            name.clone()
        };
        let end = if is_directory || name.ends_with(b"=") { "" } else { end };
        Name { end, ..Name::plain(name) }
    });
    let within = Partial { start: found.start, ..word.clone() };
    Completions { start: found.start, candidates: written(&within, names.collect()) }
}

/// Those that begin so; where there are none, those that have the letters.
fn matching(begun: &[u8], names: Vec<Name>) -> Vec<Name> {
    let (with, mut without): (Vec<Name>, Vec<Name>) =
        names.into_iter().partition(|name| name.name.starts_with(begun));
    // One letter would be in nearly all of them.
    if !with.is_empty() || begun.len() < 2 || begun.iter().all(|byte| *byte == b'-') {
        return with;
    }
    let order = fuzzy::ranked(begun, without.iter().map(|name| name.name.clone()).collect());
    without.retain(|name| order.contains(&name.name));
    without.sort_by_key(|name| order.iter().position(|other| *other == name.name));
    without
}

/// Names as they stand in the line: quoted as the word is, and followed by what comes next
/// where there is only one.
fn written(word: &Partial, names: Vec<Name>) -> Vec<Candidate> {
    let single = names.len() == 1;
    names
        .into_iter()
        .map(|Name { name, others, about, end }| {
            let style = word.open;
            let closed = match (single && !end.is_empty(), style) {
                (true, Style::Bare) => end.to_owned(),
                (true, style) => format!("{}{end}", style.mark()),
                (false, _) => String::new(),
            };
            let all = std::iter::once(crate::escape::visible(&name)).chain(others);
            Candidate {
                shown: all.collect::<Vec<_>>().join(", "),
                about,
                text: format!("{}{}{closed}", style.mark(), escaped(&name, style)),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;

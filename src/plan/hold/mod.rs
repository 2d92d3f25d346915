//! What an answer is held to, before anybody sees it: it is about what the request
//! mentions.
//!
//! A small model drops quotation marks, writes `old_backup` for `old backup`, forgets
//! the directory, and runs `git` where no repository is. Where there is no doubt what
//! was meant, the text is mended and that is told ([`Mend`]).

mod archive;
mod compare;
mod effect;
mod extract;
mod git;
mod name;
mod pattern;
mod same_file;
mod script;
mod search;
mod word;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

pub use self::effect::Objection;
use self::name::Names;
pub(crate) use self::word::Flat;
use crate::context::Context;
use crate::program::{self, Entry, Fact, Lowers, Verb};
use crate::shell::builtin::{self, Meaning};
use crate::shell::parser::{self, NoAliases};
use crate::shell::quote::quote;
use crate::shell::syntax::{Command, CompoundCommand, CompoundKind, SimpleCommand};
use crate::shell::visit;

/// One thing that was written differently than the model wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// What the model wrote.
    pub from: String,
    /// What stands there now.
    pub to: String,
}

/// A text after it was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Shell text.
    pub text: BString,
    /// What was changed.
    pub mends: Vec<Mend>,
}

/// A piece of the text that is to be replaced.
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// How a word of a command is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// It has to be there.
    Existing,
    /// It comes into being, or is a directory that gets something.
    New,
}

impl Use {
    fn of(verb: Verb) -> Self {
        match verb {
            Verb::Write
            | Verb::Append
            | Verb::Create
            | Verb::Into
            | Verb::NewName
            | Verb::Within => Self::New,
            _ => Self::Existing,
        }
    }
}

/// Binds the words of a text to what the request mentions. Text that is not shell
/// stays as it is: who compiles it says why.
#[must_use]
pub fn mend(text: &[u8], context: &Context, directory: &Path) -> Held {
    let same = || Held { text: text.into(), mends: Vec::new() };
    if let Some(held) = name::taken_literally(text, context) {
        let mut again = mend(&held.text, context, directory);
        again.mends.splice(..0, held.mends);
        return again;
    }
    let Ok(tree) = parser::parse(text, &NoAliases) else {
        // A name with brackets or quotation marks in it, bare.
        return match name::quoted_anew(text, context) {
            Some(held) if parser::parse(&held.text, &NoAliases).is_ok() => {
                let mut again = mend(&held.text, context, directory);
                again.mends.splice(..0, held.mends);
                again
            }
            _ => same(),
        };
    };
    let names = Names { context, directory, made: &HashSet::new() };
    if let Some(held) = script::unglued(text, &tree, &names) {
        let mut again = mend(&held.text, context, directory);
        again.mends.splice(..0, held.mends);
        return again;
    }
    let mut work =
        Work { source: text, context, directory, made: HashSet::new(), edits: Vec::new() };
    let mut moved = false;
    visit::commands(&tree, &mut |command| {
        if moved {
            return;
        }
        match command {
            Command::Simple(command) => {
                work.command(command);
                moved = changes_directory(command);
            }
            Command::Compound(compound) => work.compound(compound),
            Command::Function(_) => {}
        }
    });
    let held = work.finish().unwrap_or_else(same);
    without_loss(held, context, directory)
}

/// The same text where no command writes to the file that it reads.
fn without_loss(mut held: Held, context: &Context, directory: &Path) -> Held {
    let Ok(tree) = parser::parse(&held.text, &NoAliases) else { return held };
    let mut work =
        Work { source: &held.text, context, directory, made: HashSet::new(), edits: Vec::new() };
    work.same_file(&tree);
    if let Some(again) = work.finish() {
        held.mends.extend(again.mends);
        held.text = again.text;
    }
    held
}

/// A name in a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// It comes into being, or is a directory that gets something.
    pub is_new: bool,
    /// It is read as a file.
    pub is_read: bool,
    /// The whole text.
    pub line: String,
}

/// The names of files in a text, as far as they are written out.
#[must_use]
pub fn names(text: &[u8]) -> Vec<Named> {
    let Ok(tree) = parser::parse(text, &NoAliases) else { return Vec::new() };
    let line = text.to_str_lossy().into_owned();
    let mut names = Vec::new();
    visit::commands(&tree, &mut |command| {
        let Command::Simple(command) = command else { return };
        let flats: Vec<Option<Flat>> = command.words.iter().map(Flat::of).collect();
        let name = flats.first().and_then(Option::as_ref).map_or("", |flat| flat.text.as_str());
        let entry = program::find(name.as_bytes());
        // Which of them read directories too, the tables do not say; those that find and
        // list do nothing else.
        let is_read = entry.is_some_and(Entry::begins_with_a_pattern);
        for (flat, used) in flats.iter().zip(uses(&flats)) {
            if let (Some(flat), Some(used)) = (flat, used)
                && !flat.has_pattern
                && !flat.has_tilde
            {
                let (name, is_new) = (flat.text.clone(), used == Use::New);
                names.push(Named { name, is_new, is_read, line: line.clone() });
            }
        }
    });
    names
}

/// Whether the names after a command are meant from elsewhere.
fn changes_directory(command: &SimpleCommand) -> bool {
    command
        .words
        .first()
        .and_then(Flat::of)
        .and_then(|name| builtin::find(name.text.as_bytes()))
        .is_some_and(|builtin| builtin.meaning == Meaning::Directory)
}

/// Whether a program does nothing but make directories.
fn makes_directories(entry: &Entry) -> bool {
    entry.operation == Some(Lowers::MakeDirectory)
}

struct Work<'a> {
    source: &'a [u8],
    context: &'a Context,
    directory: &'a Path,
    /// What earlier commands make.
    made: HashSet<PathBuf>,
    edits: Vec<Edit>,
}

impl Work<'_> {
    fn command(&mut self, command: &SimpleCommand) {
        let flats: Vec<Option<Flat>> = command.words.iter().map(Flat::of).collect();
        let Some(Some(name)) = flats.first() else { return };
        let entry = program::find(name.text.as_bytes());
        if entry.is_some_and(Entry::works_in_a_repository) {
            self.message(command, &flats);
            if self.git(command, &flats) {
                return;
            }
        }
        if entry.is_some_and(Entry::looks_below) {
            self.search(command, &flats);
        }
        if let Some(entry) = entry {
            self.extraction(command, &flats, entry);
            self.script(command, &flats, entry);
            self.archive(command, &flats, entry);
        }
        if entry.is_some_and(Entry::compares) && self.comparison(command, &flats) {
            return;
        }
        let makes = entry.is_some_and(makes_directories);
        let typed = entry.is_some_and(|entry| entry.operation.is_some());
        let uses = uses(&flats);
        if entry.is_some_and(Entry::begins_with_a_pattern) {
            self.pattern(command, &flats, &uses);
        }
        let names = Names { context: self.context, directory: self.directory, made: &self.made };
        let mut index = 1;
        let mut edits = Vec::new();
        while index < flats.len() {
            let run = names.joined(&flats[index..], &uses[index..], makes);
            let single = || {
                let (flat, used) = (flats[index].as_ref()?, uses[index]?);
                (!makes).then(|| names.bound(flat, used)).flatten().map(|text| (1, text))
            };
            let spread = || {
                let flat = flats[index].as_ref()?;
                let target =
                    flats.last().and_then(Option::as_ref).filter(|_| index + 1 < flats.len());
                let text = names.spread(flat, target.map(|flat| flat.text.as_str()));
                let text =
                    text.or_else(|| names.widened(flat)).or_else(|| names.in_their_case(flat));
                let is_operand = typed && uses[index] == Some(Use::Existing);
                let unquoted = || is_operand.then(|| names.unquoted(flat)).flatten();
                Some((1, text.or_else(unquoted)?))
            };
            match run.or_else(single).or_else(spread) {
                Some((count, text)) => {
                    let (first, last) = (&command.words[index], &command.words[index + count - 1]);
                    edits.push(Edit { start: first.span.start, end: last.span.end, text });
                    index += count;
                }
                None => index += 1,
            }
        }
        let gets =
            entry.is_some_and(|entry| matches!(entry.operation, Some(Lowers::Move | Lowers::Copy)));
        // A directory that is to get something and is not there is made.
        if gets
            && let (Some(Some(target)), Some(word)) = (flats.last(), command.words.last())
            && target.text.ends_with('/')
            && !target.has_pattern
            && !target.has_tilde
            && !edits.iter().any(|edit: &Edit| edit.end == word.span.end)
            && !names.is_there(&target.text)
        {
            let (at, made) =
                (command.span.start, quote(target.text.trim_end_matches('/').as_bytes()));
            self.edits.push(Edit { start: at, end: at, text: format!("mkdir -p {made} && ") });
        }
        self.edits.extend(edits);
        self.note_made(&flats, &uses);
        for redirect in &command.redirects {
            self.redirect(redirect);
        }
    }

    /// The names that a loop goes through, and what a compound command reads.
    fn compound(&mut self, compound: &CompoundCommand) {
        let names = Names { context: self.context, directory: self.directory, made: &self.made };
        let words = match &compound.kind {
            CompoundKind::For { words: Some(words), .. } => words.as_slice(),
            _ => &[],
        };
        for word in words {
            // A word without a sign of a path may be anything.
            let Some(flat) = Flat::of(word).filter(|flat| flat.text.contains(['/', '.'])) else {
                continue;
            };
            let text = names.bound(&flat, Use::Existing).or_else(|| names.spread(&flat, None));
            let text = text.or_else(|| names.widened(&flat)).or_else(|| names.in_their_case(&flat));
            let span = word.span;
            self.edits.extend(text.map(|text| Edit { start: span.start, end: span.end, text }));
        }
        for redirect in &compound.redirects {
            self.redirect(redirect);
        }
    }

    /// What the command makes is there for those after it.
    fn note_made(&mut self, flats: &[Option<Flat>], uses: &[Option<Use>]) {
        for (flat, used) in flats.iter().zip(uses) {
            if let (Some(flat), Some(Use::New)) = (flat, used) {
                self.made.insert(self.directory.join(flat.text.trim_end_matches('/')));
            }
        }
    }

    fn redirect(&mut self, redirect: &crate::shell::syntax::Redirect) {
        use crate::shell::syntax::RedirectKind;
        let (word, reads) = match &redirect.kind {
            RedirectKind::Read(word) => (word, true),
            RedirectKind::Write(word) | RedirectKind::Append(word) => (word, false),
            _ => return,
        };
        let Some(flat) = Flat::of(word) else { return };
        let names = Names { context: self.context, directory: self.directory, made: &self.made };
        if reads {
            if let Some(text) = names.bound(&flat, Use::Existing) {
                self.edits.push(Edit { start: word.span.start, end: word.span.end, text });
            }
        } else {
            self.made.insert(self.directory.join(&flat.text));
        }
    }

    /// The text with all edits made; nothing where there are none.
    fn finish(mut self) -> Option<Held> {
        self.edits.sort_by_key(|edit| (edit.start, edit.end));
        let mut text = Vec::new();
        let mut mends = Vec::new();
        let mut from = 0;
        for edit in &self.edits {
            // A substitution within a word that was replaced went with it.
            if edit.start < from {
                continue;
            }
            text.extend_from_slice(&self.source[from..edit.start]);
            text.extend_from_slice(edit.text.as_bytes());
            let old = self.source[edit.start..edit.end].to_str_lossy().into_owned();
            if old.is_empty() && edit.text == "-r " {
                mends.push(Mend { from: String::new(), to: "-r".to_owned() });
            } else if old.is_empty() && edit.text.trim().len() < 3 {
                // Brackets say nothing by themselves.
                mends.push(Mend { from: "-o".to_owned(), to: "\\( … -o … \\)".to_owned() });
            } else {
                mends.push(Mend { from: old, to: edit.text.trim().to_owned() });
            }
            from = edit.end;
        }
        text.extend_from_slice(&self.source[from..]);
        (!mends.is_empty()).then(|| Held { text: text.into(), mends })
    }
}

/// How the words of a command are used, as far as its table says; where it is not
/// understood, every word may be a name that has to be there.
fn uses(flats: &[Option<Flat>]) -> Vec<Option<Use>> {
    let words: Vec<BString> = flats
        .iter()
        .map(|flat| flat.as_ref().map_or_else(BString::default, |flat| flat.text.as_str().into()))
        .collect();
    let Some(entry) = words.first().and_then(|name| program::find(name)) else {
        return guessed(flats, false);
    };
    let Ok(understood) = entry.understand(&words[1..]) else {
        let mut guessed = guessed(flats, entry.begins_with_a_pattern());
        if entry.looks_below() {
            // Behind the first test, words are patterns more often than names.
            let tests = flats.iter().skip(1).position(|flat| {
                flat.as_ref().is_none_or(|flat| flat.text.starts_with(['-', '(', '!']))
            });
            let first = tests.map_or(guessed.len(), |place| place + 1);
            guessed[first..].fill(None);
        }
        return guessed;
    };
    let mut known: Vec<(BString, Use)> = Vec::new();
    note(&understood.facts, &mut known);
    let of = |word: &BString| known.iter().find(|(path, _)| path == word).map(|(_, used)| *used);
    flats.iter().zip(&words).map(|(flat, word)| flat.as_ref().and_then(|_| of(word))).collect()
}

fn note(facts: &[Fact], known: &mut Vec<(BString, Use)>) {
    for fact in facts {
        match fact {
            Fact::File(verb, path) => {
                known.push((path.clone(), Use::of(*verb)));
            }
            Fact::Runs(words) => {
                if let Some(entry) = words.first().and_then(|name| program::find(name))
                    && let Ok(understood) = entry.understand(&words[1..])
                {
                    note(&understood.facts, known);
                }
            }
            _ => {}
        }
    }
}

/// The names that a command does something with, by its table.
fn names_of(command: &SimpleCommand, does: impl Fn(Verb) -> bool) -> Vec<String> {
    let words: Vec<BString> = command
        .words
        .iter()
        .map(|word| Flat::of(word).map_or_else(BString::default, |flat| flat.text.into()))
        .collect();
    let understood = words
        .first()
        .and_then(|name| program::find(name))
        .and_then(|entry| entry.understand(&words[1..]).ok())
        .unwrap_or_default();
    understood
        .facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::File(verb, path) if does(*verb) => Some(path.to_str_lossy().into_owned()),
            _ => None,
        })
        .collect()
}

fn guessed(flats: &[Option<Flat>], pattern_first: bool) -> Vec<Option<Use>> {
    let mut skip = 1 + usize::from(pattern_first);
    flats
        .iter()
        .map(|flat| {
            let flat = flat.as_ref()?;
            if flat.text.starts_with('-') && !flat.text.contains('.') {
                return None;
            }
            if skip > 0 {
                skip -= 1;
                return None;
            }
            Some(Use::Existing)
        })
        .collect()
}

#[cfg(test)]
mod tests;

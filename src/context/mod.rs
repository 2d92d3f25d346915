//! What a request is about on this machine, found before the model is asked.
//!
//! A request mentions files by half a name, by kind, by place. Each mention is
//! resolved against what is there ([`mention`], [`index`]), and the model gets the
//! request with the real names in it, and below it what has to be known of these.
//!
//! Context in the prompt is paid for with every request and, as measured, makes
//! answers worse when it is beside the point. So nothing is told unless the
//! request refers to it. What comes from the disk is data of unknown origin:
//! it is quoted, capped in length and number, and cleared of secrets, all of it
//! by one function, [`quote::told`]. Environment variables are told only from a list
//! of names, which is empty unless the caller fills it.

mod asked;
mod branch;
mod changed;
mod fact;
mod follow;
mod index;
mod machine;
pub mod mention;
pub mod nameable;
pub mod names;
mod nouns;
mod place;
mod plain;
mod quote;
mod spelled;
mod spoken;
mod words;

use std::path::{Path, PathBuf};

pub use asked::{Asked, Lack};
pub use index::Index;
use mention::{Found, MAX_LENGTH, Mention, Target, Thing};
use quote::told;
use spoken::Spoken;

use crate::redaction::redact;
use crate::shell::quote::quote;

/// The longest directory, branch or value that is told, in characters.
const MAX_VALUE: usize = 80;

/// The most directories that are named for files of a kind.
const MAX_PLACES: usize = 2;

/// The branch that is checked out where a directory is, or the beginning of the commit.
#[must_use]
pub fn branch_of(directory: &Path) -> Option<String> {
    branch::of(directory)
}

/// What is under way in the repository that a directory is in: a merge, say.
#[must_use]
pub fn under_way(directory: &Path) -> Option<&'static str> {
    branch::under_way(directory)
}

/// How many files of the repository that a directory is in are not as its index has them;
/// `None`: there is none, or it cannot be told.
#[must_use]
pub fn changed_below(directory: &Path) -> Option<usize> {
    changed::count(directory)
}

/// The branches, tags and branches of others of the repository that a directory is in.
#[must_use]
pub fn revisions(directory: &Path) -> Vec<String> {
    branch::references(directory, &["heads", "tags", "remotes"])
}

/// Where a request is made.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The shell's working directory.
    pub directory: PathBuf,
    /// The home directory, which is told as `~`.
    pub home: Option<PathBuf>,
    /// Below it are the files that tell of processes, users and services: `/`. `None`:
    /// they are not looked at.
    pub root: Option<PathBuf>,
    /// Environment variables that may be told, with their values.
    pub variables: Vec<(String, String)>,
}

/// A git repository below the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its path from the working directory.
    pub path: String,
    /// The branch that is checked out.
    pub branch: String,
    /// How many of its files were changed.
    pub changed: Option<usize>,
    /// The request is about git, so that the model is told.
    pub is_told: bool,
}

/// What the model is told beside one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The working directory, from `~` where it is below the home directory.
    pub directory: Option<String>,
    /// What the request mentions.
    pub mentions: Vec<Mention>,
    /// What is told of the mentions, a line each.
    pub facts: Vec<String>,
    /// The git branch.
    pub branch: Option<String>,
    /// How many files of the working directory's repository were changed.
    pub changed: Option<usize>,
    /// The git repository that is meant, where it is not the working directory's.
    pub repository: Option<Repository>,
    /// Environment variables the request names.
    pub variables: Vec<(String, String)>,
    /// What the person wants to be kept in mind.
    pub notes: Vec<String>,
    /// What an earlier request spoke of, with which this one goes on.
    pub earlier: Vec<Found>,
    /// The request needs the one before it.
    pub goes_on: bool,
    /// What the request asks for.
    pub asked: Asked,
    /// The request with the kinds of what it mentions in the place of the names.
    pub wording: String,
    /// The request, as the person wrote it.
    pub original: String,
    /// The request with the names of what it mentions.
    pub request: String,
}

impl Context {
    /// What `request`, made at `place`, refers to. What cannot be read is left
    /// out: context is never a reason to fail.
    #[must_use]
    pub fn gather(request: &str, place: &Place, index: &mut Index) -> Self {
        index.refresh(&place.directory, index::PATIENCE);
        let spoken = Spoken::of(request);
        let mut mentions = mention::find(&spoken, index, &place.directory);
        mentions.extend(place::find(&spoken, &mentions, place));
        let git = branch::concerns(&spoken);
        let own = branch::of(&place.directory);
        let repository =
            own.is_none().then(|| repository(&mentions, index, &place.directory, git)).flatten();
        if let Some(root) = &place.root {
            let branches = match &repository {
                Some(repository) => Some(place.directory.join(&repository.path)),
                None => own.is_some().then(|| place.directory.clone()),
            };
            machine::find(&spoken, root, branches, &mut mentions);
        }
        mentions.sort_by_key(|mention| mention.span.start);
        let variables = place
            .variables
            .iter()
            .filter(|(name, value)| {
                // A value with a hole in it is of no use.
                request.contains(name.as_str()) && !redact(&format!("{name}={value}")).is_redacted()
            })
            .cloned()
            .collect();
        let branch = own.filter(|_| git);
        let changed = branch.is_some().then(|| changed::count(&place.directory)).flatten();
        let facts = mentions
            .iter()
            .filter_map(|mention| line(&spoken, mention, index, &place.directory))
            .collect();
        Self {
            directory: names_directory(&spoken, &place.directory)
                .then(|| shown_directory(&place.directory, place.home.as_deref()))
                .flatten(),
            facts,
            notes: Vec::new(),
            earlier: Vec::new(),
            goes_on: follow::goes_on(&spoken, &mentions),
            asked: Asked::of(&spoken, &mentions),
            wording: wording(request, &mentions),
            original: request.to_owned(),
            request: in_place(request, &mentions),
            mentions,
            branch,
            changed,
            repository,
            variables,
        }
    }

    /// What it speaks of that is there, and what the request before it spoke of.
    pub fn found(&self) -> impl Iterator<Item = &Found> {
        let own = self.mentions.iter().filter_map(|mention| match &mention.target {
            Target::Path(found) => Some(found),
            _ => None,
        });
        own.chain(&self.earlier)
    }

    /// Whether it speaks of files that are there.
    #[must_use]
    pub fn is_about_files(&self) -> bool {
        self.found().next().is_some()
            || self.mentions.iter().any(|mention| matches!(mention.target, Target::Kind { .. }))
    }

    /// Whether it says in full where things are, with an absolute path, and speaks of
    /// nothing that had to be found.
    #[must_use]
    pub fn is_spelled_out(&self) -> bool {
        let is_path = |word: &str| {
            word.strip_prefix('/').is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
        };
        let opens = |character: char| matches!(character, '"' | '\'' | '`' | '(');
        let mut words = self.request.split_whitespace();
        !self.goes_on
            && self.request == self.original
            && words.any(|word| is_path(word.trim_start_matches(opens)))
    }

    /// The lines that stand below the request.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.facts.clone();
        if let Some(directory) = &self.directory {
            lines.push(format!("Current directory: {}", told("", directory, MAX_VALUE)));
        }
        if let Some(branch) = &self.branch {
            let branch = told("", branch, MAX_VALUE);
            lines.push(format!("Git branch: {branch}{}", changed_files(self.changed)));
        }
        if let Some(Repository { path, branch, changed, is_told: true }) = &self.repository {
            let (path, branch) = (told("", path, MAX_LENGTH), told("", branch, MAX_VALUE));
            let changed = changed_files(*changed);
            lines.push(format!("{path}: git repository, branch {branch}{changed}"));
        }
        for note in &self.notes {
            lines.push(format!("The person wants: {}", told("", note, 2 * MAX_VALUE)));
        }
        for (name, value) in &self.variables {
            let name = format!("{name}=");
            lines.push(format!("{name}{}", told(&name, value, MAX_VALUE)));
        }
        lines
    }
}

/// What is said of a repository in which files were changed.
fn changed_files(count: Option<usize>) -> String {
    match count {
        None | Some(0) => String::new(),
        Some(1) => ", 1 file changed".to_owned(),
        Some(count) => format!(", {count} files changed"),
    }
}

/// The request with the paths of what it mentions in the place of the words for it, and in
/// plain words.
fn in_place(request: &str, mentions: &[Mention]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for mention in mentions {
        let said = &request[mention.span.clone()];
        let word = match &mention.target {
            Target::Path(found) => as_word(found),
            Target::Thing(Thing { name: Some(name), .. }) => word(name),
            _ => continue,
        };
        if mention.span.start < from || said == word || !mention.stands_for_it(said) {
            continue;
        }
        text.push_str(&plain::plain(&request[from..mention.span.start]));
        // Chinese joins a name to the words around it.
        if text.ends_with(words::is_chinese) {
            text.push(' ');
        }
        text.push_str(&word);
        from = mention.span.end;
        if request[from..].starts_with(words::is_chinese) {
            text.push(' ');
        }
    }
    text.push_str(&plain::plain(&request[from..]));
    text
}

/// The request with what kinds of things it names.
fn wording(request: &str, mentions: &[Mention]) -> String {
    let mut text = String::new();
    let mut from = 0;
    for mention in mentions {
        if mention.span.start < from {
            continue;
        }
        let kind = match &mention.target {
            Target::Path(found) if found.is_directory => " §directory ",
            Target::Path(found) if fact::is_table(&found.path) => " §table ",
            Target::Path(_) | Target::Several(_) | Target::Missing { .. } => " §file ",
            Target::Kind { .. } | Target::Thing(_) => continue,
        };
        text.push_str(&request[from..mention.span.start]);
        text.push_str(kind);
        from = mention.span.end;
    }
    text.push_str(&request[from..]);
    text
}

/// A path as it stands in a command.
#[must_use]
pub fn as_word(found: &Found) -> String {
    word(&found.path)
}

/// A path as it stands in a command: a tilde stays one.
fn word(path: &str) -> String {
    let (tilde, rest) = match path.strip_prefix("~/") {
        Some(rest) => ("~/", rest),
        None => ("", path),
    };
    let dashed = if path.starts_with('-') { "./" } else { "" };
    format!("{tilde}{dashed}{}", quote(rest.as_bytes()))
}

/// What is told of a mention.
fn line(spoken: &Spoken<'_>, mention: &Mention, index: &Index, root: &Path) -> Option<String> {
    let said = || told("", &spoken.text[mention.span.clone()], MAX_LENGTH);
    let list = |paths: &mut dyn Iterator<Item = &String>, between: &str| {
        paths.map(|path| told("", path, MAX_LENGTH)).collect::<Vec<_>>().join(between)
    };
    match &mention.target {
        Target::Path(found) => {
            let path = told("", &found.path, MAX_LENGTH);
            Some(format!("{path}: {}", fact::of(found, spoken, index, root)))
        }
        Target::Several(choices) if choices.is_empty() => None,
        Target::Several(choices) => {
            let paths = list(&mut choices.iter().map(|found| &found.path), ", ");
            let several = said();
            // "The scans" are all of them.
            let word = several.trim_matches('"');
            let all = word.ends_with('s') || nouns::ends_in_kind(word);
            Some(format!("{several}: {}{paths}", if all { "" } else { "one of " }))
        }
        Target::Kind { extensions, count, places } => {
            let extensions: Vec<String> =
                extensions.iter().map(|extension| format!("*{extension}")).collect();
            let kind = list(&mut extensions.iter(), " ");
            let files = if *count == 1 { "1 file" } else { &format!("{count} files") };
            let here = places.iter().all(String::is_empty);
            let place = if places.len() > MAX_PLACES {
                // A few of many would be taken for all.
                "here and below".to_owned()
            } else if here {
                "here".to_owned()
            } else {
                let places: Vec<String> = places
                    .iter()
                    .map(|place| if place.is_empty() { ".".to_owned() } else { place.clone() })
                    .collect();
                format!("in {}", list(&mut places.iter(), ", "))
            };
            Some(format!("{}: {files} {kind} {place}", said()))
        }
        Target::Thing(thing) => Some(thing.fact.clone()),
        Target::Missing { near, .. } if near.is_empty() => Some(format!("{}: not there", said())),
        Target::Missing { near, .. } => {
            Some(format!("{}: not there, but {}", said(), list(&mut near.iter(), ", ")))
        }
    }
}

/// The repository that a request about git means: one that it mentions, or the only one.
fn repository(
    mentions: &[Mention],
    index: &Index,
    root: &Path,
    is_told: bool,
) -> Option<Repository> {
    let all = index.repositories();
    let mentioned = mentions.iter().find_map(|mention| match &mention.target {
        Target::Path(found) => {
            let place = Path::new(&found.path);
            let around = all.iter().find(|path| place.starts_with(path) && !path.is_empty());
            let below = || {
                let mut below = all.iter().filter(|path| Path::new(path).starts_with(place));
                below.next().filter(|_| below.next().is_none())
            };
            around.or_else(below)
        }
        _ => None,
    });
    let one = match (mentioned, all.as_slice()) {
        (Some(one), _) => one,
        (None, [one]) => one,
        _ => return None,
    };
    let branch = branch::of(&root.join(one))?;
    let changed = is_told.then(|| changed::count(&root.join(one))).flatten();
    Some(Repository { path: (*one).to_owned(), branch, changed, is_told })
}

/// Whether the request speaks of the working directory by its name.
fn names_directory(spoken: &Spoken<'_>, directory: &Path) -> bool {
    let name = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.to_lowercase();
    name.chars().count() >= 2 && spoken.words.iter().any(|word| word.text == name)
}

fn shown_directory(directory: &Path, home: Option<&Path>) -> Option<String> {
    match home.and_then(|home| directory.strip_prefix(home).ok()) {
        Some(rest) => Path::new("~").join(rest).to_str().map(str::to_owned),
        None => directory.to_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;

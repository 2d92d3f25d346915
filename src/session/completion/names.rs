//! Names that are no files: variables, users, jobs and processes, hosts, revisions.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::{Candidate, Completions, Name};
use crate::context;
use crate::shell::Shell;
use crate::shell::completion::Action;
use crate::shell::partial::Begun;

/// The widest that a variable's value is shown, in characters.
const VALUE: usize = 40;

/// The variables whose names begin as what stands behind a `$` at the end of the text.
pub(super) fn variable(text: &str, shell: &Shell) -> Option<Completions> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let begun = &text[text.trim_end_matches(is_part).len()..];
    let before = &text[..text.len() - begun.len()];
    let (braced, outer) = match before.strip_suffix("${") {
        Some(outer) => (true, outer),
        None => (false, before.strip_suffix('$')?),
    };
    // An escaped dollar sign is one.
    let backslashes = outer.len() - outer.trim_end_matches('\\').len();
    if backslashes % 2 == 1 || begun.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let names = shell.names_of(Action::Variable, begun.as_bytes());
    let single = names.len() == 1;
    let candidates = names.iter().filter_map(|name| name.to_str().ok()).map(|name| {
        let value = shell.variables.get(name.as_bytes()).unwrap_or_default();
        let is_directory = Path::new(&*value.to_path_lossy()).is_dir() && value.starts_with(b"/");
        let mut about: String = crate::escape::visible(value).chars().take(VALUE).collect();
        if crate::redaction::redact(&format!("{name}={about}")).is_redacted() {
            about.clear();
        }
        let end = match (single, braced, is_directory) {
            (false, ..) => "",
            (true, true, false) => "}",
            (true, true, true) => "}/",
            (true, false, true) => "/",
            (true, false, false) => "",
        };
        Candidate { shown: format!("${name}"), about, text: format!("{name}{end}") }
    });
    let candidates: Vec<Candidate> = candidates.collect();
    (!candidates.is_empty()).then(|| Completions { start: text.len() - begun.len(), candidates })
}

/// The users whose names begin as what stands behind a tilde at the end of the text.
pub(super) fn home(text: &str, begun: &Begun) -> Option<Completions> {
    let user = text.get(begun.start..)?.strip_prefix('~')?;
    if user.contains(['/', '\'', '"', '\\']) {
        return None;
    }
    let mut names = crate::system::identity::user_names();
    names.retain(|name| name.starts_with(user));
    names.sort();
    names.dedup();
    let candidate = |name: String| Candidate {
        shown: format!("~{name}"),
        about: String::new(),
        text: format!("~{name}/"),
    };
    if user.is_empty() {
        // The own home directory is meant more often than anybody's.
        let own = Candidate { shown: "~".into(), about: String::new(), text: "~/".into() };
        return Some(Completions { start: begun.start, candidates: vec![own] });
    }
    let candidates = names.into_iter().map(candidate).collect();
    Some(Completions { start: begun.start, candidates })
}

/// Jobs, or the processes of this user, with what they run.
pub(super) fn processes(begun: &[u8], shell: &Shell) -> Vec<Name> {
    if begun.starts_with(b"%") || begun.is_empty() && shell.jobs.iter().next().is_some() {
        let name = |job: &crate::job::Job| Name {
            about: job.text.to_string(),
            ..Name::plain(format!("%{}", job.number))
        };
        return shell.jobs.iter().map(name).collect();
    }
    let user = crate::system::identity::effective_user();
    let mut found: Vec<(u32, String)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            use std::os::unix::fs::MetadataExt;
            let number: u32 = entry.file_name().to_str()?.parse().ok()?;
            let is_own = entry.metadata().ok()?.uid() == user;
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            let line = line.replace(b"\0", b" ").to_str_lossy().trim_end().to_owned();
            (is_own && !line.is_empty()).then_some((number, line))
        })
        .collect();
    found.sort();
    let name = |(number, line): (u32, String)| {
        let about = crate::redaction::redact(&line).into_text();
        Name { about, ..Name::plain(number.to_string()) }
    };
    found.into_iter().map(name).collect()
}

/// Hosts that the person has used or named: ssh's configuration and known hosts, and the
/// system's table.
pub(super) fn hosts() -> Vec<Name> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    let mut hosts: Vec<String> = Vec::new();
    for line in read(home.join(".ssh/config")).lines() {
        let mut words = line.split_whitespace();
        if words.next().is_some_and(|word| word.eq_ignore_ascii_case("host")) {
            hosts.extend(words.filter(|host| !host.contains(['*', '?', '!'])).map(str::to_owned));
        }
    }
    for line in read(home.join(".ssh/known_hosts")).lines() {
        // Hashed names begin with a bar, marked lines with an at sign.
        let names = line.split_whitespace().next().unwrap_or_default();
        if !names.starts_with(['|', '@', '#']) {
            hosts.extend(names.split(',').map(|name| {
                name.trim_start_matches('[').split(']').next().unwrap_or(name).to_owned()
            }));
        }
    }
    for line in read("/etc/hosts".into()).lines() {
        let line = line.split('#').next().unwrap_or_default();
        hosts.extend(line.split_whitespace().skip(1).map(str::to_owned));
    }
    hosts.sort();
    hosts.dedup();
    hosts.into_iter().map(Name::plain).collect()
}

/// The branches and tags of the repository in which the command works.
pub(super) fn revisions(words: &[BString], shell: &Shell) -> Vec<Name> {
    let directory = shell.directory().unwrap_or_default().to_path_lossy().into_owned();
    // A directory that the command is told to work in.
    let told = words.iter().position(|word| word == "-C").and_then(|place| words.get(place + 1));
    let place = told.map_or(directory.clone(), |told| directory.join(&*told.to_path_lossy()));
    context::revisions(&place).into_iter().map(Name::plain).collect()
}

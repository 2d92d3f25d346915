//! Places that have names of their own: the parent directory, and the directories of
//! the home directory for downloads, documents and the like.

use std::fs;
use std::path::Path;

use super::Place;
use super::mention::{Found, How, Mention, Target};
use super::nouns::{self, PLACES};
use super::spoken::Spoken;

/// Words for the directory above.
const PARENT: [&str; 9] = [
    "parent folder",
    "parent directory",
    "folder above",
    "directory above",
    "one level up",
    "上级目录",
    "上一级目录",
    "上层目录",
    "父目录",
];

/// What the request mentions of these, where nothing here has been found for the same
/// words.
pub(super) fn find(spoken: &Spoken<'_>, found: &[Mention], place: &Place) -> Vec<Mention> {
    let lower = spoken.text.to_ascii_lowercase();
    let free = |start: usize, end: usize| {
        !found.iter().any(|mention| mention.span.start < end && start < mention.span.end)
    };
    let mut mentions = Vec::new();
    for words in PARENT {
        if let Some(start) = lower.find(words)
            && free(start, start + words.len())
        {
            let found = Found { path: "..".to_owned(), is_directory: true };
            let (span, how) = (start..start + words.len(), How::Written);
            mentions.push(Mention {
                span,
                target: Target::Path(found),
                how,
                is_one_of_several: false,
            });
        }
    }
    let Some(home) = place.home.as_deref() else { return mentions };
    for named in PLACES {
        for words in named.words {
            let Some(start) = lower.find(words) else { continue };
            let end = start + words.len();
            let alone = !words.is_ascii()
                || !lower[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
                    && !lower[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
            // "图片" and "文档" are kinds as well as places: only where something goes
            // to, or is looked for in, is it a place.
            let place_of = |name: &str| {
                let before = lower[..start].trim_end();
                let after = lower[end..].trim_start();
                let place_before =
                    ["to", "in", "from", "into", "my", "到", "在", "进", "从"].iter().any(|word| {
                        before.ends_with(word)
                            || before.ends_with(&format!("{word} the"))
                            || before.ends_with(&format!("{word} my"))
                    });
                let place_after = ["folder", "directory", "里", "中", "目录", "文件夹", "上"]
                    .iter()
                    .any(|word| after.starts_with(word));
                name == "downloads" || place_before || place_after
            };
            if alone
                && free(start, end)
                && place_of(words)
                && let Some(path) = directory(named, home, &place.directory)
            {
                let found = Found { path, is_directory: true };
                let (span, how) = (start..end, How::Translated);
                mentions.push(Mention {
                    span,
                    target: Target::Path(found),
                    how,
                    is_one_of_several: false,
                });
                break;
            }
        }
    }
    mentions
}

/// The directory of the home directory, as it is there.
fn directory(named: &nouns::Place, home: &Path, here: &Path) -> Option<String> {
    let own = configured(named.variable, home);
    let names = named.names.iter().map(|name| (*name).to_owned());
    let name = own.into_iter().chain(names).find(|name| home.join(name).is_dir())?;
    if home == here { Some(name) } else { Some(format!("~/{name}")) }
}

/// What `user-dirs.dirs` says, from the home directory.
fn configured(variable: &str, home: &Path) -> Option<String> {
    let text = fs::read_to_string(home.join(".config/user-dirs.dirs")).ok()?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix(variable))?;
    let value = line.strip_prefix('=')?.trim().trim_matches('"');
    Some(value.strip_prefix("$HOME/")?.trim_end_matches('/').to_owned())
}

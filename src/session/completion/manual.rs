//! What manual pages tell of the options of commands that nothing else knows: read from their
//! files, which takes a few milliseconds where `man` would take a hundred.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use flate2::read::MultiGzDecoder;

use super::roff;
use super::{Candidate, Name};
use crate::language::Language;
use crate::shell::Shell;

/// The sections that have commands: man(1).
const SECTIONS: [&str; 3] = ["1", "8", "6"];

/// The most of a page that is read, in bytes.
const LONGEST: u64 = 2 << 20;

/// The pages that were read, by their paths.
#[derive(Debug, Default)]
pub(in crate::session) struct Manual {
    read: HashMap<PathBuf, Vec<Candidate>>,
}

impl Manual {
    /// The options of a command, of which its page tells.
    pub(super) fn options(&mut self, name: &[u8], shell: &Shell, language: Language) -> Vec<Name> {
        let Some(page) = page(name, shell, language) else { return Vec::new() };
        let read = self.read.entry(page).or_insert_with_key(|page| {
            let text = text_of(page).unwrap_or_default();
            roff::options(&text)
        });
        let name = |option: &Candidate| Name {
            about: option.about.clone(),
            end: if option.text.ends_with('=') { "" } else { " " },
            ..Name::plain(option.text.as_str())
        };
        read.iter().map(name).collect()
    }
}

/// The page of a command, in the person's language where there is one.
fn page(name: &[u8], shell: &Shell, language: Language) -> Option<PathBuf> {
    let name = name.to_str().ok()?;
    let name = name.rsplit('/').next().filter(|name| !name.is_empty() && !name.contains('*'))?;
    let places = shell.variables.get(b"MANPATH").unwrap_or_default().to_str_lossy().into_owned();
    let usual = "/usr/local/share/man:/usr/share/man:/usr/local/man";
    // An empty place in the list stands for the usual ones (manpath(1)).
    let places = match places.as_str() {
        "" => usual.to_owned(),
        places => places
            .split(':')
            .map(|one| if one.is_empty() { usual } else { one })
            .collect::<Vec<_>>()
            .join(":"),
    };
    let languages = language.choose(&[""][..], &["zh_CN", "zh_CN.UTF-8", ""][..]);
    let places: Vec<&Path> = places.split(':').map(Path::new).collect();
    languages.iter().flat_map(|one| places.iter().map(move |place| place.join(one))).find_map(
        |place| {
            SECTIONS.iter().find_map(|section| {
                let directory = place.join(format!("man{section}"));
                [".gz", ""]
                    .iter()
                    .map(|end| directory.join(format!("{name}.{section}{end}")))
                    .find(|page| page.is_file())
            })
        },
    )
}

/// The source of a page; a page may be another's: `.so man1/other.1`.
fn text_of(page: &Path) -> std::io::Result<String> {
    let text = source(page)?;
    let other = text.lines().find_map(|line| line.strip_prefix(".so ")).map(str::trim);
    let is_short = text.lines().count() < 5;
    let Some(other) = other.filter(|other| is_short && !other.contains("..")) else {
        return Ok(text);
    };
    let above = page.parent().and_then(Path::parent).unwrap_or(page);
    let other = above.join(other.trim_start_matches('/'));
    source(&other).or_else(|_| source(Path::new(&format!("{}.gz", other.display()))))
}

/// What a file of a page holds, within bounds.
fn source(page: &Path) -> std::io::Result<String> {
    if !page.is_file() {
        return Err(std::io::ErrorKind::NotFound.into());
    }
    let mut bytes = Vec::new();
    let file = File::open(page)?;
    if page.extension().is_some_and(|end| end == "gz") {
        MultiGzDecoder::new(file).take(LONGEST).read_to_end(&mut bytes)?;
    } else {
        file.take(LONGEST).read_to_end(&mut bytes)?;
    }
    Ok(bytes.to_str_lossy().into_owned())
}

//! What manual pages tell of the options of commands that nothing else knows: read from their
//! files, which takes a few milliseconds where `man` would take a hundred.

use std::collections::HashMap;
use std::fs::{self, File};
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
    let own = language.choose("", "zh_CN");
    let languages: &[&str] = if own.is_empty() { &[""] } else { &["zh_CN", "zh_CN.UTF-8", ""] };
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

/// The source of a page.
fn text_of(page: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let file = File::open(page)?;
    if page.extension().is_some_and(|end| end == "gz") {
        MultiGzDecoder::new(file).take(LONGEST).read_to_end(&mut bytes)?;
    } else {
        file.take(LONGEST).read_to_end(&mut bytes)?;
    }
    let text = bytes.to_str_lossy().into_owned();
    // A page may be another's: `.so man1/other.1`.
    let other = text.lines().find_map(|line| line.strip_prefix(".so "));
    let Some(other) = other.filter(|_| text.lines().count() < 5) else { return Ok(text) };
    let above = page.parent().and_then(Path::parent).unwrap_or(Path::new("/"));
    let other = above.join(other.trim());
    let packed = PathBuf::from(format!("{}.gz", other.display()));
    if packed.is_file() {
        let mut text = String::new();
        MultiGzDecoder::new(File::open(packed)?).take(LONGEST).read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(other)
}

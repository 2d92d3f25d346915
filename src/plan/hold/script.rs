//! Scripts in a command: one that lacks its end, one with a file's name glued to it, one
//! that asks for a field that the file does not have.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bstr::{BString, ByteSlice};

use super::name::Names;
use super::word::Flat;
use super::{Edit, Held, Mend, Use, Work};
use crate::program::{self, Entry};
use crate::shell::quote::quote;
use crate::shell::syntax::{Command, List, SimpleCommand, Word, WordPart};
use crate::shell::visit;

/// The most of a file in which fields are counted, in bytes.
const MOST: u64 = 64 * 1024;

/// The text where a name stands glued behind quoted text (`'s/a/b/'notes.txt`), with a blank
/// between the two.
pub(super) fn unglued(text: &[u8], tree: &List, names: &Names<'_>) -> Option<Held> {
    let mut found = None;
    visit::commands(tree, &mut |command| {
        let Command::Simple(command) = command else { return };
        for word in command.words.iter().skip(1) {
            found = found.take().or_else(|| boundary(text, word, names));
        }
    });
    let at = found?;
    let new = [&text[..at], b" ", &text[at..]].concat();
    let (from, to) = (text.to_str_lossy().into_owned(), new.to_str_lossy().into_owned());
    Some(Held { text: new.into(), mends: vec![Mend { from, to }] })
}

/// Where a word of quoted text and a bare name is to be cut.
fn boundary(text: &[u8], word: &Word, names: &Names<'_>) -> Option<usize> {
    let [WordPart::SingleQuoted(_) | WordPart::DoubleQuoted(_), WordPart::Literal(name)] =
        word.parts.as_slice()
    else {
        return None;
    };
    let name = name.to_str().ok()?;
    let whole = Flat::of(word)?.text;
    // `'a.txt'b.txt`: both end as files do, and the first one is there.
    let quoted = whole.strip_suffix(name)?;
    let is_pair = quoted.contains('.')
        && name.contains('.')
        && name.starts_with(char::is_alphanumeric)
        && names.is_there(quoted);
    let is_name = names.is_there(name) || names.is_mentioned(name) || is_pair;
    let at = word.span.end.checked_sub(name.len())?;
    let quoted_before = matches!(text.get(at.checked_sub(1)?), Some(b'\'' | b'"'));
    (name.len() > 1 && is_name && !names.is_there(&whole) && quoted_before).then_some(at)
}

impl Work<'_> {
    /// Closes a script that lacks its last delimiter.
    pub(super) fn script(
        &mut self,
        command: &SimpleCommand,
        flats: &[Option<Flat>],
        entry: &'static Entry,
    ) {
        for (word, flat) in command.words.iter().zip(flats).skip(1) {
            let Some(flat) = flat.as_ref().filter(|flat| flat.is_quoted) else { continue };
            if let Some(closed) = entry.closed_script(&flat.text) {
                let text = quote(closed.as_bytes()).to_string();
                self.edits.push(Edit { start: word.span.start, end: word.span.end, text });
            }
        }
    }
}

/// A field that a script asks for and a file does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoField {
    /// The file, as the command names it.
    pub file: String,
    /// The number of the field.
    pub field: usize,
    /// How many fields its longest line has, of those that were looked at.
    pub fields: usize,
}

/// The first field in a text that no line of the file has from which it is taken.
pub(super) fn missing_field(tree: &List, directory: &Path) -> Option<NoField> {
    let mut missing = None;
    visit::commands(tree, &mut |command| {
        if let Command::Simple(command) = command {
            missing = missing.take().or_else(|| missing_in(command, directory));
        }
    });
    missing
}

fn missing_in(command: &SimpleCommand, directory: &Path) -> Option<NoField> {
    let flats: Option<Vec<Flat>> = command.words.iter().map(Flat::of).collect();
    let words: Vec<BString> = flats?.into_iter().map(|flat| flat.text.into()).collect();
    let (name, arguments) = words.split_first()?;
    let fields = program::find(name)?.fields(arguments)?;
    fields.files.iter().find_map(|file| {
        let count = fields_of(&directory.join(file.to_path().ok()?), fields.separator.as_deref())?;
        (fields.last > count).then(|| NoField {
            file: file.to_string(),
            field: fields.last,
            fields: count,
        })
    })
}

/// How many fields the longest line has of the beginning of a file.
fn fields_of(path: &Path, separator: Option<&str>) -> Option<usize> {
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = Vec::new();
    File::open(path).ok()?.take(MOST).read_to_end(&mut text).ok()?;
    let text = String::from_utf8_lossy(&text);
    let count = |line: &str| match separator {
        Some(separator) => line.split(separator).count(),
        None => line.split_whitespace().count(),
    };
    text.lines().map(count).max().filter(|count| *count > 0)
}

/// Whether a name has to be there and is not: the first of a text.
pub(super) fn missing_file(tree: &List, directory: &Path) -> Option<String> {
    use crate::program::Verb;
    use crate::shell::syntax::RedirectKind;
    let mut made: Vec<String> = Vec::new();
    let mut missing = None;
    let mut moved = false;
    visit::commands(tree, &mut |command| {
        let Command::Simple(command) = command else {
            // What a loop goes through, and a function does, is known when it runs.
            moved = true;
            return;
        };
        moved |= super::changes_directory(command);
        if moved || missing.is_some() {
            return;
        }
        let comes = |verb: Verb| Use::of(verb) == Use::New;
        // To delete what is gone does no harm.
        let is_needed = |verb: Verb| {
            !comes(verb) && !matches!(verb, Verb::Delete | Verb::DeleteTree | Verb::DeleteWithin)
        };
        let is_plain = |name: &String| {
            !name.is_empty()
                && !name.contains(['*', '?', '[', ':', '$', '{'])
                && !name.starts_with(['-', '~'])
        };
        let is_made = |name: &str| {
            let path = Path::new(name.trim_start_matches("./"));
            made.iter().any(|made| {
                let made = Path::new(made.trim_start_matches("./"));
                path.starts_with(made) || made.starts_with(path)
            })
        };
        let read = command.redirects.iter().filter_map(|redirect| match &redirect.kind {
            RedirectKind::Read(word) => Flat::of(word).map(|flat| flat.text),
            _ => None,
        });
        missing = super::names_of(command, is_needed)
            .into_iter()
            .chain(read)
            .filter(is_plain)
            .find(|name| directory.join(name).symlink_metadata().is_err() && !is_made(name));
        made.extend(super::names_of(command, comes));
        made.extend(command.redirects.iter().filter_map(|redirect| match &redirect.kind {
            RedirectKind::Write(word) | RedirectKind::Append(word) => {
                Flat::of(word).map(|flat| flat.text)
            }
            _ => None,
        }));
    });
    missing
}

//! What a request that is being typed may name next: files at any depth, and things of the
//! machine that its words ask for.

use std::ops::Range;

use super::index::{self, Entry, Index};
use super::spoken::Spoken;
use super::{Place, branch, machine};
use crate::escape::is_hidden;

/// The most names that are offered.
const MOST: usize = 200;

/// What a name is that of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A directory.
    Directory,
    /// Anything else that has a path.
    File,
    /// A thing of the machine: in English and Chinese, what kind of one.
    Thing([&'static str; 2]),
}

/// A name that the request may go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nameable {
    /// The name; for files the path from the working directory.
    pub name: String,
    /// What it is that of.
    pub sort: Sort,
}

/// What the text, which ends where the cursor is, may name there, and which part of it the
/// name takes the place of. Chinese has no blanks, so that a name begins behind the last
/// character before which something is called so.
#[must_use]
pub fn nameable(text: &str, place: &Place, index: &mut Index) -> (Range<usize>, Vec<Nameable>) {
    index.refresh(&place.directory, index::PATIENCE);
    let piece = text
        .rfind([' ', '"', '“', '「', '《'])
        .map_or(0, |at| at + text[at..].chars().next().map_or(0, char::len_utf8));
    let root = place.root.as_deref();
    let repository = branch::of(&place.directory).map(|_| place.directory.clone());
    let things = root.map(|root| machine::named(&Spoken::of(text), root, repository));
    let things = things.unwrap_or_default();
    let behind_chinese = text[piece..]
        .char_indices()
        .filter(|(_, character)| !character.is_ascii())
        .map(|(at, character)| piece + at + character.len_utf8());
    for start in std::iter::once(piece).chain(behind_chinese).filter(|start| *start < text.len()) {
        let names = beginning(&text[start..], &things, index);
        if !names.is_empty() {
            return (start..text.len(), names);
        }
    }
    (text.len()..text.len(), Vec::new())
}

/// The names that begin so.
fn beginning(begun: &str, things: &[(String, [&'static str; 2])], index: &Index) -> Vec<Nameable> {
    let is_path = begun.contains('/');
    let mut files: Vec<(Entry<'_>, String)> = index
        .entries()
        .filter(|entry| !entry.is_aside && (is_path || begins(entry.name, begun)))
        .map(|entry| (entry, entry.path()))
        // What cannot be seen has no place on a line.
        .filter(|(_, path)| (!is_path || begins(path, begun)) && !path.chars().any(is_hidden))
        .collect();
    files.sort_by(|(one, path), (other, other_path)| {
        (one.depth, path).cmp(&(other.depth, other_path))
    });
    let files = files.into_iter().map(|(entry, name)| {
        let sort = if entry.is_directory { Sort::Directory } else { Sort::File };
        Nameable { name, sort }
    });
    let things = things
        .iter()
        .filter(|(name, _)| begins(name, begun) && !name.chars().any(is_hidden))
        .map(|(name, kind)| Nameable { name: name.clone(), sort: Sort::Thing(*kind) });
    // Where the words ask for such a thing it is meant rather than a file.
    things.chain(files).take(MOST).collect()
}

/// Whether a name begins so, but for case.
fn begins(name: &str, begun: &str) -> bool {
    let mut own = name.chars().flat_map(char::to_lowercase);
    begun.chars().flat_map(char::to_lowercase).all(|wanted| own.next() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(text: &str, root: &std::path::Path) -> (String, Vec<String>) {
        let place =
            Place { directory: root.join("work"), root: Some(root.into()), ..Place::default() };
        let (span, found) = nameable(text, &place, &mut Index::default());
        (text[span].to_owned(), found.into_iter().map(|found| found.name).collect())
    }

    #[test]
    fn files_at_any_depth_and_things_that_are_asked_for() {
        let root = tempfile::tempdir().unwrap();
        for path in [
            "work/a/Report.pdf",
            "work/reports/x",
            "work/.repo",
            "work/报告 一.txt",
            "work/sly\u{1b}[2J",
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::create_dir(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/passwd"), "reporter:x:1001:1001::/:/bin/sh\n").unwrap();
        for (text, begun, expected) in [
            ("delete the rep", "rep", &["reports", "a/Report.pdf"][..]),
            ("delete a/r", "a/r", &["a/Report.pdf"]),
            ("把rep", "rep", &["reports", "a/Report.pdf"]),
            ("删除报", "报", &["报告 一.txt"]),
            ("open “报", "报", &["报告 一.txt"]),
            ("files that are owned by rep", "rep", &["reporter", "reports", "a/Report.pdf"]),
            ("delete nothing", "", &[]),
            ("delete sl", "", &[]),
            ("delete ", "", &[]),
        ] {
            let (replaced, found) = names(text, root.path());
            assert_eq!(
                (replaced.as_str(), found.as_slice()),
                (begun, &*expected.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()),
                "{text}"
            );
        }
    }
}

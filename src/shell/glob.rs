//! Pathname expansion (POSIX.1-2024 XCU 2.6.6 and 2.14.3).
//!
//! A pattern is cut at its slashes and each component is matched against one
//! directory. Components without a pattern are never looked for by listing, so
//! that `/a/b/*.c` works where `/a` may be searched but not read.
//!
//! What always holds:
//!
//! - A slash is matched by a slash alone, and a leading period by a period
//!   alone. `.` and `..` are never results of a pattern.
//! - Results are sorted by their bytes, as in the POSIX locale, whatever the
//!   locale is: scripts and plans give the same order everywhere.
//! - Names that are no text come through unchanged.
//! - A directory that cannot be read has no matches; that is no error.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Instant;

use bstr::BString;

use super::pattern::{Pattern, PatternText, Reading, has_group, has_special};
use crate::system::signal;

/// After so many entries of one directory it is looked at whether to go on.
const LOOK_EVERY: usize = 256;

/// One part of a pattern between slashes.
enum Component {
    /// Text that is taken as it is, with the slashes around it.
    Literal(Vec<u8>),
    Pattern(Pattern),
    /// `**`: any number of directories.
    Deep,
}

/// How names are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// How a pattern is read.
    pub reading: Reading,
    /// A leading period needs no period (`shopt -s dotglob`).
    pub hidden: bool,
    /// `**` means directories below directories (`shopt -s globstar`).
    pub deep: bool,
}

impl How {
    /// Whether a text is a pattern.
    pub(crate) fn is_special(self, text: &[u8]) -> bool {
        has_special(text) || self.reading.groups && has_group(text)
    }
}

impl<T: Into<Reading>> From<T> for How {
    fn from(reading: T) -> Self {
        Self { reading: reading.into(), ..Self::default() }
    }
}

/// The existing pathnames that `pattern` matches, sorted. `None` where there are
/// none, or where nothing in the pattern is special: then the word stays as it
/// is.
///
/// Relative patterns are looked up in `directory`, or in the working directory
/// of the process. The results are relative as the pattern is.
///
/// # Errors
/// [`GivenUp`]: `limit` was reached, or a signal came that gives up the command.
pub fn expand(
    pattern: &PatternText,
    directory: Option<&Path>,
    how: impl Into<How>,
    limit: Limit,
) -> Result<Option<Vec<BString>>, GivenUp> {
    let how = how.into();
    if !how.is_special(pattern.as_bstr()) {
        return Ok(None);
    }
    let components = components(pattern.as_bstr(), how);
    if components.iter().all(|component| matches!(component, Component::Literal(_))) {
        return Ok(None);
    }
    let mut search = Search { directory, found: Vec::new(), seen: 0, limit, hidden: how.hidden };
    search.descend(&mut Vec::new(), &components)?;
    let mut found = search.found;
    found.sort_unstable();
    found.dedup();
    Ok((!found.is_empty()).then_some(found))
}

/// How far a search goes. A pattern such as `*/*/*/*/` beside a link to `/` has more
/// matches than anybody wants to wait for.
#[derive(Clone, Copy, Debug)]
pub enum Limit {
    /// Until it is done or SIGINT comes: a person can give the command up.
    Interrupt,
    /// So many entries of directories, and not beyond the moment: for what is said
    /// about a plan, which must come soon or not at all.
    Bounded {
        /// Entries of directories that are looked at.
        entries: usize,
        /// When it ends.
        until: Instant,
    },
}

/// A search that was not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenUp;

/// Cuts a pattern at its slashes. Neighbouring literal components and all the
/// slashes, however many, become one literal.
fn components(escaped: &[u8], how: How) -> Vec<Component> {
    let mut components = Vec::new();
    for (index, part) in split_at_slashes(escaped).into_iter().enumerate() {
        if index > 0 {
            push_literal(&mut components, b"/");
        }
        if how.deep && part == b"**" {
            components.push(Component::Deep);
            continue;
        }
        let pattern = how.is_special(part).then(|| Pattern::from_escaped(part, how.reading));
        match pattern {
            Some(pattern) if !pattern.is_literal() => components.push(Component::Pattern(pattern)),
            _ => push_literal(&mut components, &unescape(part)),
        }
    }
    components
}

/// A quoted slash is a slash like any other, so its backslash goes.
fn split_at_slashes(escaped: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let (mut start, mut position) = (0, 0);
    while let Some(&byte) = escaped.get(position) {
        let quoted_slash = byte == b'\\' && escaped.get(position + 1) == Some(&b'/');
        if byte == b'/' || quoted_slash {
            parts.push(&escaped[start..position]);
            start = position + 1 + usize::from(quoted_slash);
            position = start;
        } else {
            position += if byte == b'\\' { 2 } else { 1 };
        }
    }
    parts.push(&escaped[start..]);
    parts
}

fn unescape(escaped: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(escaped.len());
    let mut bytes = escaped.iter().copied();
    while let Some(byte) = bytes.next() {
        plain.push(if byte == b'\\' { bytes.next().unwrap_or(byte) } else { byte });
    }
    plain
}

fn push_literal(components: &mut Vec<Component>, text: &[u8]) {
    match components.last_mut() {
        Some(Component::Literal(literal)) => literal.extend_from_slice(text),
        _ if text.is_empty() => {}
        _ => components.push(Component::Literal(text.to_vec())),
    }
}

struct Search<'a> {
    directory: Option<&'a Path>,
    found: Vec<BString>,
    /// Entries looked at so far.
    seen: usize,
    limit: Limit,
    hidden: bool,
}

impl Search<'_> {
    /// Looks for the rest of the components below `prefix`, which is left as it
    /// was.
    fn descend(&mut self, prefix: &mut Vec<u8>, components: &[Component]) -> Result<(), GivenUp> {
        let Some((component, rest)) = components.split_first() else {
            self.found.push(BString::from(prefix.as_slice()));
            return Ok(());
        };
        let length = prefix.len();
        match component {
            Component::Literal(text) => {
                prefix.extend_from_slice(text);
                // Listing the directory will tell whether it is there; only at
                // the end of a pattern nothing else does.
                if !rest.is_empty() || fs::symlink_metadata(self.locate(prefix)).is_ok() {
                    self.descend(prefix, rest)?;
                }
            }
            Component::Pattern(pattern) => {
                for name in self.matching_names(prefix, pattern, !rest.is_empty())? {
                    prefix.extend_from_slice(&name);
                    self.descend(prefix, rest)?;
                    prefix.truncate(length);
                }
            }
            Component::Deep => self.deep(prefix, rest)?,
        }
        prefix.truncate(length);
        Ok(())
    }

    /// Looks for the rest in `prefix` and in all directories below it; links are not
    /// followed.
    fn deep(&mut self, prefix: &mut Vec<u8>, rest: &[Component]) -> Result<(), GivenUp> {
        let everything = rest.is_empty();
        match rest.split_first() {
            None if prefix.is_empty() => {}
            None => self.found.push(BString::from(prefix.as_slice())),
            Some((Component::Literal(text), after)) if text == b"/" => {
                if !after.is_empty() {
                    self.descend(prefix, after)?;
                } else if !prefix.is_empty() {
                    self.found.push(BString::from(prefix.as_slice()));
                }
            }
            Some((Component::Literal(text), _)) => {
                let length = prefix.len();
                prefix.extend_from_slice(text.strip_prefix(b"/").unwrap_or(text));
                let tail = &rest[1..];
                if !tail.is_empty() || fs::symlink_metadata(self.locate(prefix)).is_ok() {
                    self.descend(prefix, tail)?;
                }
                prefix.truncate(length);
            }
            Some(_) => self.descend(prefix, rest)?,
        }
        let length = prefix.len();
        for (name, is_directory) in self.entries(prefix)? {
            prefix.extend_from_slice(&name);
            if is_directory {
                if everything {
                    self.found.push(BString::from(prefix.as_slice()));
                }
                prefix.push(b'/');
                let found = self.found.len();
                self.deep(prefix, rest)?;
                // The directory itself is there already, without its slash.
                if everything && self.found.get(found).is_some_and(|path| *path == *prefix) {
                    self.found.remove(found);
                }
            } else if everything {
                self.found.push(BString::from(prefix.as_slice()));
            }
            prefix.truncate(length);
        }
        Ok(())
    }

    /// The entries of the directory `prefix` that are not hidden, and which of them are
    /// directories.
    fn entries(&mut self, prefix: &[u8]) -> Result<Vec<(Vec<u8>, bool)>, GivenUp> {
        let hidden = self.hidden;
        self.read(prefix, |name, entry| {
            (hidden || name.first() != Some(&b'.'))
                .then(|| (name, entry.file_type().is_ok_and(|kind| kind.is_dir())))
        })
    }

    /// The names in the directory `prefix` that match. With `must_descend`
    /// those are left out that cannot be directories.
    fn matching_names(
        &mut self,
        prefix: &[u8],
        pattern: &Pattern,
        must_descend: bool,
    ) -> Result<Vec<Vec<u8>>, GivenUp> {
        let hidden = self.hidden || pattern.begins_with(b'.');
        self.read(prefix, |name, entry| {
            let matches = (hidden || name.first() != Some(&b'.')) && pattern.matches(&name);
            let leads_on =
                || entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink());
            (matches && (!must_descend || leads_on())).then_some(name)
        })
    }

    /// What is wanted of the entries of the directory `prefix`.
    fn read<T>(
        &mut self,
        prefix: &[u8],
        wanted: impl Fn(Vec<u8>, &fs::DirEntry) -> Option<T>,
    ) -> Result<Vec<T>, GivenUp> {
        self.go_on()?;
        let directory = if prefix.is_empty() && self.directory.is_none() {
            PathBuf::from(".")
        } else {
            self.locate(prefix)
        };
        let Ok(entries) = fs::read_dir(directory) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for entry in entries.filter_map(Result::ok) {
            self.seen += 1;
            if self.seen.is_multiple_of(LOOK_EVERY) {
                self.go_on()?;
            }
            found.extend(wanted(entry.file_name().into_vec(), &entry));
        }
        Ok(found)
    }

    /// Whether the search may go on.
    fn go_on(&self) -> Result<(), GivenUp> {
        let over = match self.limit {
            Limit::Interrupt => signal::is_pending(signal::SIGINT),
            Limit::Bounded { entries, until } => self.seen > entries || Instant::now() > until,
        };
        if over { Err(GivenUp) } else { Ok(()) }
    }

    fn locate(&self, path: &[u8]) -> PathBuf {
        let path = Path::new(OsStr::from_bytes(path));
        match self.directory {
            Some(directory) => directory.join(path),
            None => path.to_path_buf(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::pattern::Encoding;
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    /// A directory with a small tree in it.
    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for directory in ["a", "b", "b/sub", ".hidden", "a-b"] {
            fs::create_dir(root.path().join(directory)).unwrap();
        }
        for file in ["a/one.c", "a/two.c", "b/one.c", "b/sub/deep.c", "x.txt", ".dot", "a*b", "[x"]
        {
            fs::write(root.path().join(file), "").unwrap();
        }
        symlink("b", root.path().join("link")).unwrap();
        symlink("nowhere", root.path().join("broken")).unwrap();
        root
    }

    fn found(pattern: &PatternText, directory: &Path) -> Option<Vec<BString>> {
        expand(pattern, Some(directory), Encoding::Utf8, Limit::Interrupt).unwrap()
    }

    #[test]
    fn a_bounded_search_ends_where_directories_go_round_in_circles() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c", "d", "e", "f"] {
            symlink(".", root.path().join(name)).unwrap();
        }
        let pattern = PatternText::unquoted(b"*/*/*/*/*/*/*/*/*/*/*/*/");
        let search = |entries, seconds| {
            let until = Instant::now() + Duration::from_secs(seconds);
            expand(&pattern, Some(root.path()), Encoding::Utf8, Limit::Bounded { entries, until })
        };
        assert_eq!(search(10_000, 3600), Err(GivenUp));
        assert_eq!(search(usize::MAX, 0), Err(GivenUp));
    }

    #[track_caller]
    fn check(pattern: &str, expected: &[&str]) {
        let root = tree();
        let found = found(&PatternText::unquoted(pattern.as_bytes()), root.path());
        let expected: Vec<BString> = expected.iter().map(|&path| path.into()).collect();
        assert_eq!(found, (!expected.is_empty()).then_some(expected), "{pattern}");
    }

    #[test]
    fn names_are_sorted_by_bytes_and_hidden_ones_left_out() {
        check("*", &["[x", "a", "a*b", "a-b", "b", "broken", "link", "x.txt"]);
        check("*.c", &[]);
        check("?", &["a", "b"]);
        check("[ab]", &["a", "b"]);
    }

    #[test]
    fn a_leading_period_needs_a_period() {
        check(".*", &[".dot", ".hidden"]);
        check("[.]*", &[]);
        check("?dot", &[]);
        check("\\.d*", &[".dot"]);
    }

    #[test]
    fn two_stars_are_any_number_of_directories() {
        let root = tree();
        let how = How { deep: true, ..How::from(Encoding::Utf8) };
        let found = |pattern: &str| {
            let text = PatternText::unquoted(pattern.as_bytes());
            let found = expand(&text, Some(root.path()), how, Limit::Interrupt).unwrap();
            found.unwrap_or_default().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(found("**/*.c"), ["a/one.c", "a/two.c", "b/one.c", "b/sub/deep.c"]);
        assert_eq!(found("**/deep.c"), ["b/sub/deep.c"]);
        assert_eq!(found("b/**"), ["b/", "b/one.c", "b/sub", "b/sub/deep.c"]);
        assert_eq!(found("**/"), ["a-b/", "a/", "b/", "b/sub/"]);
    }

    #[test]
    fn patterns_do_not_cross_slashes() {
        check("*/*.c", &["a/one.c", "a/two.c", "b/one.c", "link/one.c"]);
        check("*/one.c", &["a/one.c", "b/one.c", "link/one.c"]);
        check("a*c", &[]);
        check("a[/]one.c", &[]);
        check("*/*/deep.c", &["b/sub/deep.c", "link/sub/deep.c"]);
        check("x.txt/*", &[]);
    }

    #[test]
    fn literal_components_and_slashes_stay_as_they_are() {
        check("./a/*", &["./a/one.c", "./a/two.c"]);
        check("a//*.c", &["a//one.c", "a//two.c"]);
        check("b/../a/o*", &["b/../a/one.c"]);
        check("nowhere/*", &[]);
    }

    #[test]
    fn a_trailing_slash_selects_directories() {
        check("*/", &["a-b/", "a/", "b/", "link/"]);
        check("x*/", &[]);
        check("b/*/", &["b/sub/"]);
    }

    #[test]
    fn broken_links_exist() {
        check("bro*", &["broken"]);
        check("[b]roken", &["broken"]);
        check("bro*/", &[]);
    }

    #[test]
    fn quoted_characters_are_literal() {
        check("a\\**", &["a*b"]);
        check("\\[*", &["[x"]);
        check("[x", &[]);
        check("*\\/one.c", &["a/one.c", "b/one.c", "link/one.c"]);
    }

    #[test]
    fn words_without_a_pattern_are_not_expanded() {
        check("a", &[]);
        check("a\\*b", &[]);
        check("", &[]);
    }

    #[test]
    fn absolute_patterns_ignore_the_directory() {
        let root = tree();
        let mut pattern = PatternText::new();
        pattern.push_quoted(root.path().as_os_str().as_bytes());
        pattern.push_unquoted(b"/?.txt");
        let mut expected = root.path().as_os_str().as_bytes().to_vec();
        expected.extend_from_slice(b"/x.txt");
        let found = found(&pattern, Path::new("/"));
        assert_eq!(found, Some(vec![BString::from(expected)]));
    }

    #[test]
    fn names_that_are_no_text_come_through() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"n\xff.c")), "").unwrap();
        let found = found(&PatternText::unquoted(b"n?.c"), root.path());
        assert_eq!(found, Some(vec![BString::from(b"n\xff.c".as_slice())]));
    }
}

//! Patterns over absolute paths: `*`, `?` and `[…]` within a name as in the
//! shell, `**` for any number of names, `~` for the home directory.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::shell::pattern::{Encoding, Pattern, PatternText};
use crate::system::dots::without_dots;

/// A pattern for whole paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    /// A path matches when it matches one of these.
    forms: Vec<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// One name.
    Name(Pattern),
    /// Any number of names, also none.
    Any,
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// It begins neither with `/` nor with `~`.
    #[error("it must begin with / or ~/")]
    Relative,
    /// It begins with `~` and there is no home directory.
    #[error("there is no home directory for ~")]
    NoHome,
    /// `.` and `..` never occur in the paths that are compared.
    #[error("it must not contain . or .. as a name")]
    Dots,
}

impl Glob {
    /// Reads a pattern; `home` is what `~` stands for.
    ///
    /// Links in the part without special characters are followed, as paths are
    /// compared with their links followed: on a machine where `/lib` is a link,
    /// `/lib/**` speaks of that link and of what is in `/usr/lib`.
    ///
    /// # Errors
    /// [`GlobError`]
    pub fn new(text: &str, home: Option<&Path>) -> Result<Self, GlobError> {
        let absolute = match text.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                let home = home.ok_or(GlobError::NoHome)?;
                return Self::below(home, rest);
            }
            Some(_) => return Err(GlobError::Relative),
            None => text,
        };
        if !absolute.starts_with('/') {
            return Err(GlobError::Relative);
        }
        Self::below(Path::new("/"), absolute)
    }

    /// Exactly this path.
    #[must_use]
    pub fn exactly(path: &Path) -> Self {
        Self { forms: vec![literal(path)] }
    }

    /// This path and everything below it.
    #[must_use]
    pub fn tree(path: &Path) -> Self {
        let mut parts = literal(path);
        parts.push(Part::Any);
        Self { forms: vec![parts] }
    }

    fn below(root: &Path, text: &str) -> Result<Self, GlobError> {
        let mut fixed = root.to_owned();
        let mut rest = Vec::new();
        for name in text.split('/').filter(|name| !name.is_empty()) {
            if matches!(name, "." | "..") {
                return Err(GlobError::Dots);
            }
            let plain = !name.contains(['*', '?', '[', '\\']);
            if plain && rest.is_empty() {
                fixed.push(name);
            } else if name == "**" {
                rest.push(Part::Any);
            } else {
                let text = PatternText::unquoted(name.as_bytes());
                rest.push(Part::Name(Pattern::new(&text, Encoding::Utf8)));
            }
        }
        let mut starts = vec![resolve_name(&fixed), resolve_target(&fixed)];
        starts.dedup();
        let form = |start: &PathBuf| [literal(start), rest.clone()].concat();
        Ok(Self { forms: starts.iter().map(form).collect() })
    }

    /// Whether the pattern matches the path.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        self.forms.iter().any(|parts| matches(parts, &names(path), false))
    }

    /// Whether the pattern matches the path and everything below it.
    #[must_use]
    pub fn matches_tree(&self, path: &Path) -> bool {
        let names = names(path);
        let is_tree = |parts: &&Vec<Part>| parts.last() == Some(&Part::Any);
        self.forms.iter().filter(is_tree).any(|parts| matches(parts, &names, false))
    }

    /// Whether the pattern could match something below the path: what happens to
    /// a directory with all that is in it happens to that, too.
    #[must_use]
    pub fn may_match_below(&self, path: &Path) -> bool {
        self.forms.iter().any(|parts| matches(parts, &names(path), true))
    }
}

fn literal(path: &Path) -> Vec<Part> {
    let part = |name: &OsStr| {
        let mut text = PatternText::new();
        text.push_quoted(name.as_bytes());
        Part::Name(Pattern::new(&text, Encoding::Bytes))
    };
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(part(name)),
            _ => None,
        })
        .collect()
}

fn names(path: &Path) -> Vec<&OsStr> {
    path.components()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect()
}

/// Matches names with parts. `below`: it is enough that further names could
/// complete the match.
fn matches(parts: &[Part], names: &[&OsStr], below: bool) -> bool {
    match (parts, names) {
        // Below `/a`, `/a` itself does not match; something with one name more may.
        (parts, []) if below => !parts.is_empty(),
        ([], names) => names.is_empty(),
        ([Part::Any, rest @ ..], names) => {
            (0..=names.len()).any(|skipped| matches(rest, &names[skipped..], below))
                || below && rest.is_empty()
        }
        ([Part::Name(pattern), rest @ ..], [name, others @ ..]) => {
            pattern.matches(name.as_bytes()) && matches(rest, others, below)
        }
        ([Part::Name(_), ..], []) => false,
    }
}

/// The path without `.`, `..` and links in its parents, as far as these exist:
/// what an operation on the name itself touches.
#[must_use]
pub(super) fn resolve_name(path: &Path) -> PathBuf {
    let plain = without_dots(path);
    match (plain.parent(), plain.file_name()) {
        (Some(parent), Some(name)) => followed(parent).join(name),
        _ => plain,
    }
}

/// The path with every link followed, as far as it exists: what an operation on
/// the content touches.
#[must_use]
pub(super) fn resolve_target(path: &Path) -> PathBuf {
    followed(&resolve_name(path))
}

/// Follows links in what exists of a path; the rest is appended.
fn followed(path: &Path) -> PathBuf {
    let mut there = path;
    let mut missing = Vec::new();
    loop {
        if let Ok(found) = there.canonicalize() {
            return missing.iter().rev().fold(found, |path: PathBuf, name| path.join(name));
        }
        // A link to what is not there yet: it will be made where the link says.
        if let Ok(target) = there.read_link()
            && let Some(parent) = there.parent()
        {
            let place = without_dots(&parent.join(target));
            if place != there && place.read_link().is_err() {
                let found = followed(&place);
                return missing.iter().rev().fold(found, |path: PathBuf, name| path.join(name));
            }
        }
        let (Some(parent), Some(name)) = (there.parent(), there.file_name()) else {
            return path.to_owned();
        };
        missing.push(name.to_owned());
        there = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glob(text: &str) -> Glob {
        Glob::new(text, Some(Path::new("/nowhere/u"))).unwrap()
    }

    #[test]
    fn a_pattern_matches_whole_paths() {
        for (text, path, expected) in [
            ("/", "/", true),
            ("/", "/a", false),
            ("/a/b", "/a/b", true),
            ("/a/b", "/a", false),
            ("/a/b", "/a/b/c", false),
            ("//a//b/", "/a/b", true),
            ("/a/*", "/a/b", true),
            ("/a/*", "/a/.b", true),
            ("/a/*", "/a", false),
            ("/a/*", "/a/b/c", false),
            ("/a/x*.t?[xy]", "/a/xyz.tax", true),
            ("/a/x*.t?[xy]", "/a/xyz.taz", false),
            ("/a/\\*", "/a/*", true),
            ("/a/\\*", "/a/b", false),
            ("/a/**", "/a", true),
            ("/a/**", "/a/b/c", true),
            ("/a/**", "/ab", false),
            ("/**/x", "/x", true),
            ("/**/x", "/a/b/x", true),
            ("/**/x", "/a/b/xy", false),
            ("/a/**/b/*", "/a/c/d/b/e", true),
            ("/a/**/b/*", "/a/c/d/b", false),
            ("~", "/nowhere/u", true),
            ("~", "/nowhere/u/x", false),
            ("~/x", "/nowhere/u/x", true),
            ("~/**", "/nowhere/u/x/y", true),
        ] {
            assert_eq!(glob(text).matches(Path::new(path)), expected, "{text} {path}");
        }
    }

    #[test]
    fn a_directory_holds_what_the_pattern_could_match() {
        for (text, path, expected) in [
            ("/", "/", false),
            ("/a/b", "/", true),
            ("/a/b", "/a", true),
            ("/a/b", "/a/b", false),
            ("/a/b", "/c", false),
            ("/a/*", "/a", true),
            ("/a/*/c", "/a/b", true),
            ("/a/*/c", "/b", false),
            ("/a/**", "/a", true),
            ("/a/**", "/a/b", true),
            ("/a/**", "/", true),
            ("/a/**", "/b", false),
            ("/**/x", "/b", true),
            ("/**/x", "/x", true),
        ] {
            assert_eq!(glob(text).may_match_below(Path::new(path)), expected, "{text} {path}");
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        let home = Some(Path::new("/h"));
        for (text, home, expected) in [
            ("a/b", home, GlobError::Relative),
            ("", home, GlobError::Relative),
            ("~other/x", home, GlobError::Relative),
            ("~/x", None, GlobError::NoHome),
            ("/a/../b", home, GlobError::Dots),
            ("/a/./b", home, GlobError::Dots),
        ] {
            assert_eq!(Glob::new(text, home), Err(expected), "{text}");
        }
        assert_eq!(GlobError::Relative.to_string(), "it must begin with / or ~/");
    }

    #[test]
    fn names_are_compared_byte_by_byte_and_never_as_patterns() {
        let odd = Path::new(OsStr::from_bytes(b"/a/[x]*\xff"));
        assert!(Glob::exactly(odd).matches(odd));
        assert!(!Glob::exactly(odd).matches(Path::new(OsStr::from_bytes(b"/a/x\xff"))));
        assert!(!Glob::exactly(odd).matches(&odd.join("b")));
        assert!(Glob::tree(odd).matches(&odd.join("b")) && Glob::tree(odd).matches(odd));
    }

    #[test]
    fn links_and_dots_are_resolved() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        let link = |target: &str, name: &str| {
            std::os::unix::fs::symlink(target, root.join(name)).unwrap();
        };
        link("a/b", "l");
        link("a/new", "n");
        link("loop", "loop");
        link("pong", "ping");
        link("ping", "pong");
        for (written, name, target) in [
            ("a//b/.", "a/b", "a/b"),
            ("a/b/../c", "a/c", "a/c"),
            ("l", "l", "a/b"),
            ("l/x/y", "a/b/x/y", "a/b/x/y"),
            ("l/..", "a", "a"),
            ("n", "n", "a/new"),
            ("n/x", "a/new/x", "a/new/x"),
            ("loop", "loop", "loop"),
            ("ping", "ping", "ping"),
        ] {
            assert_eq!(resolve_name(&root.join(written)), root.join(name), "{written}");
            assert_eq!(resolve_target(&root.join(written)), root.join(target), "{written}");
        }
        assert_eq!(resolve_name(Path::new("/../..")), Path::new("/"));
        assert_eq!(resolve_target(Path::new("//./")), Path::new("/"));
        let pattern = Glob::new(root.join("l/*").to_str().unwrap(), None).unwrap();
        assert!(pattern.matches(&root.join("a/b/c")));
        let both = Glob::new(root.join("l").to_str().unwrap(), None).unwrap();
        assert!(both.matches(&root.join("a/b")) && both.matches(&root.join("l")));
    }

    #[test]
    fn a_tree_is_matched_with_all_that_is_in_it() {
        for (text, path, expected) in [
            ("/a/**", "/a", true),
            ("/a/**", "/a/b", true),
            ("/a/**", "/b", false),
            ("/a/*", "/a/b", false),
            ("/a", "/a", false),
        ] {
            assert_eq!(glob(text).matches_tree(Path::new(path)), expected, "{text} {path}");
        }
    }
}

//! File names for the word that is being typed, quoted as it is.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use crate::shell::names::CommandNames;
use crate::shell::partial::{Partial, word_before};
use crate::shell::quote::escaped;

/// More names than anybody reads are not looked at.
const MOST: usize = 20_000;

/// What can stand in the place of a word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Completions {
    /// Where the word begins, in bytes.
    pub(super) start: usize,
    /// What is shown, and what is put in the place of the word.
    pub(super) candidates: Vec<(String, String)>,
}

/// The files whose names begin with the word before `position`. Where several do, what
/// they have in common is completed first, and they are listed when that is nothing.
pub(super) fn files(line: &str, position: usize, names: &CommandNames) -> Completions {
    let Some(word) = word_before(line, position) else { return Completions::default() };
    let found = of_word(&word, line, position, names);
    if !found.candidates.is_empty() {
        return found;
    }
    // `--output=fi` and `of=fi` end in a file's name.
    let text = &line[word.start..position];
    match text.find('=') {
        Some(place) if !text[..place].contains(['\'', '"', '\\']) => {
            let start = word.start + place + 1;
            match word_before(&line[start..], position - start) {
                Some(rest) => {
                    let rest = Partial { start: start + rest.start, ..rest };
                    of_word(&rest, line, position, names)
                }
                None => found,
            }
        }
        _ => found,
    }
}

fn of_word(word: &Partial, line: &str, position: usize, names: &CommandNames) -> Completions {
    let (directory, prefix) = match word.value.rfind_byte(b'/') {
        Some(slash) => word.value.split_at(slash + 1),
        None => (&b""[..], word.value.as_slice()),
    };
    let Some(place) = place(word, directory, names) else { return Completions::default() };
    let found = matching(&place, prefix);
    let candidates = match found.as_slice() {
        [] => Vec::new(),
        [(name, is_directory)] => {
            vec![(shown(name, *is_directory), written(word, directory, name, Some(*is_directory)))]
        }
        several => {
            let common = common_beginning(several.iter().map(|(name, _)| name));
            if common.len() > prefix.len() {
                vec![(String::new(), written(word, directory, common, None))]
            } else {
                let typed = &line[word.start..position];
                let row = |(name, is_directory): &(BString, bool)| {
                    (shown(name, *is_directory), typed.to_owned())
                };
                several.iter().map(row).collect()
            }
        }
    };
    Completions { start: word.start, candidates }
}

/// The directory to look in.
fn place(word: &Partial, directory: &[u8], names: &CommandNames) -> Option<PathBuf> {
    let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
    match &word.tilde {
        Some(user) => {
            let home = names.home_of(user)?;
            Some(path(&[home.as_slice(), directory].concat()))
        }
        None if directory.is_empty() => Some(PathBuf::from(".")),
        None => Some(path(directory)),
    }
}

/// The names there that begin so, sorted, and whether each is a directory. Hidden ones
/// only if the beginning says so.
fn matching(place: &Path, prefix: &[u8]) -> Vec<(BString, bool)> {
    let Ok(entries) = fs::read_dir(place) else { return Vec::new() };
    let mut found: Vec<(BString, bool)> = entries
        .take(MOST)
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = BString::from(entry.file_name().into_vec());
            let hidden = name.starts_with(b".") && !prefix.starts_with(b".");
            // A link to a directory leads on like one.
            let is_directory = || fs::metadata(entry.path()).is_ok_and(|target| target.is_dir());
            (name.starts_with(prefix) && !hidden).then(|| (name, is_directory()))
        })
        .collect();
    found.sort_unstable();
    found
}

/// What all of the names begin with, in whole characters.
fn common_beginning<'a>(mut names: impl Iterator<Item = &'a BString>) -> &'a [u8] {
    let Some(first) = names.next() else { return b"" };
    let length = names.fold(first.len(), |length, name| {
        first.iter().zip(name.iter()).take(length).take_while(|(a, b)| a == b).count()
    });
    // Half a character would be spelled out as bytes.
    let end = first.char_indices().map(|(_, end, _)| end).take_while(|end| *end <= length).last();
    &first[..end.unwrap_or(0)]
}

fn shown(name: &BString, is_directory: bool) -> String {
    let slash = if is_directory { "/" } else { "" };
    format!("{}{slash}", crate::escape::visible(name))
}

/// The word with this name in it. One that is complete (`Some`: whether it is a
/// directory) is closed and followed by a blank; a directory goes on.
fn written(word: &Partial, directory: &[u8], name: &[u8], complete: Option<bool>) -> String {
    let style = word.open;
    let value = [directory, name].concat();
    // The slash behind a tilde stands before the quote, or it would be none.
    let (tilde, value) = match &word.tilde {
        Some(user) => (format!("~{user}/"), &value[1..]),
        None => (String::new(), value.as_slice()),
    };
    let end = match complete {
        None => String::new(),
        Some(true) => escaped(b"/", style),
        Some(false) => format!("{} ", style.mark()),
    };
    format!("{tilde}{}{}{end}", style.mark(), escaped(value, style))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after Tab at its end, in a directory with these files; a name that ends
    /// in a slash is a directory.
    fn tab(line: &str, there: &[&str]) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for name in there {
            match name.strip_suffix('/') {
                Some(directory) => fs::create_dir(root.path().join(directory)).unwrap(),
                None => fs::write(root.path().join(name), "").unwrap(),
            }
        }
        // The working directory is the whole process's: relative names stand below a
        // path that is known.
        let path = format!("{}/", root.path().display());
        let line = line.replace("@/", &path);
        let found = files(&line, line.len(), &CommandNames::default());
        let new = |(_, text): (String, String)| {
            format!("{}{text}", &line[..found.start]).replace(&path, "@/")
        };
        found.candidates.into_iter().map(new).collect()
    }

    #[test]
    fn a_name_is_completed_to_one_word() {
        assert_eq!(tab("show @/\\[", &["[x]y", "xy"]), ["show @/\\[x\\]y "]);
        assert_eq!(tab("show @/p", &["par(1)"]), ["show @/par\\(1\\) "]);
        assert_eq!(tab("show @/m", &["my notes.txt"]), ["show @/my\\ notes.txt "]);
        assert_eq!(tab("show @/会", &["会议 记录"]), ["show @/会议\\ 记录 "]);
        assert_eq!(tab("show @/a", &["a\nb"]), ["show @/a$'\\n'b "]);
        assert_eq!(tab("show @/it", &["it's"]), ["show @/it\\'s "]);
    }

    #[test]
    fn an_open_quote_is_closed_behind_a_file_and_stays_open_in_a_directory() {
        assert_eq!(tab("show \"@/m", &["my $x"]), ["show \"@/my \\$x\" "]);
        assert_eq!(tab("show '@/m", &["my it's"]), ["show '@/my it'\\''s' "]);
        assert_eq!(tab("show '@/m", &["my dir/"]), ["show '@/my dir/"]);
        assert_eq!(tab("show @/m", &["my dir/"]), ["show @/my\\ dir/"]);
    }

    #[test]
    fn several_names_are_completed_as_far_as_they_agree_and_then_listed() {
        assert_eq!(tab("show @/a", &["a(1)", "a(2)"]), ["show @/a\\("]);
        assert_eq!(tab("show @/a\\(", &["a(1)", "a(2)"]), ["show @/a\\(", "show @/a\\("]);
        assert_eq!(tab("show @/a", &["a[", "a("]), ["show @/a", "show @/a"]);
        assert_eq!(tab("show @/", &["é1", "è1"]), ["show @/", "show @/"]);
    }

    #[test]
    fn hidden_names_are_completed_where_the_dot_is_typed() {
        assert_eq!(tab("show @/", &[".hidden", "seen"]), ["show @/seen "]);
        assert_eq!(tab("show @/.", &[".hidden", "seen"]), ["show @/.hidden "]);
    }

    #[test]
    fn a_name_behind_an_equals_sign_is_completed() {
        assert_eq!(tab("dd of=@/d", &["data"]), ["dd of=@/data "]);
        assert_eq!(tab("show @/a=", &["a=b"]), ["show @/a=b "]);
    }

    #[test]
    fn home_directories_are_completed() {
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let Some(home) = CommandNames::default().home_of(&user) else { return };
        let Some(name) = matching(Path::new(OsStr::from_bytes(&home)), b"").into_iter().next()
        else {
            return;
        };
        let line = format!("cd ~{user}/");
        let found = files(&line, line.len(), &CommandNames::default());
        assert!(!found.candidates.is_empty(), "{name:?}");
        assert!(found.candidates.iter().all(|(_, text)| text.starts_with(&format!("~{user}/"))));
    }
}

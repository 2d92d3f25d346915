//! File names for the word that is being typed, quoted as it is.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::{Candidate, Completions};
use crate::shell::Shell;
use crate::shell::names::CommandNames;
use crate::shell::partial::{Partial, word_before};
use crate::shell::quote::{Style, escaped};

/// More names than anybody reads are not looked at.
const MOST: usize = 20_000;

/// The files whose names begin with the word before `position`. Where several do, what
/// they have in common is completed first, and they are listed when that is nothing.
pub(super) fn files(line: &str, position: usize, names: &CommandNames) -> Completions {
    let Some(word) = word_before(line, position) else { return Completions::default() };
    let found = of_word(&word, names, false);
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
                    of_word(&rest, names, false)
                }
                None => found,
            }
        }
        _ => found,
    }
}

/// The directories whose names begin with the word before `position`.
pub(super) fn directories(line: &str, position: usize, names: &CommandNames) -> Completions {
    word_before(line, position)
        .map_or_else(Completions::default, |word| of_word(&word, names, true))
}

/// The files that a word means which begins with a directory in a variable: `$HOME/no`.
/// What was typed of the directory stays as it is.
pub(super) fn behind_variable(
    line: &str,
    position: usize,
    start: usize,
    shell: &Shell,
) -> Completions {
    let typed = &line[start..position];
    let Some(slash) = typed.rfind('/') else { return Completions::default() };
    let (kept, prefix) = typed.split_at(slash + 1);
    let Some(directory) = expanded(kept.trim_start_matches('"'), shell) else {
        return Completions::default();
    };
    let open = if kept.matches('"').count() % 2 == 1 { Style::Double } else { Style::Bare };
    if prefix.contains(['$', '`', '\\', '\'', '"']) {
        return Completions::default();
    }
    let found = matching(Path::new(&directory), prefix.as_bytes());
    let single = found.len() == 1;
    let candidate = |(name, is_directory): (BString, bool)| {
        let end = match (single, is_directory, open) {
            (false, ..) => String::new(),
            (true, true, _) => "/".to_owned(),
            (true, false, style) => format!("{} ", style.mark()),
        };
        Candidate {
            shown: shown(&name, is_directory),
            about: String::new(),
            text: format!("{kept}{}{end}", escaped(&name, open)),
        }
    };
    Completions { start, candidates: found.into_iter().map(candidate).collect() }
}

/// A text with the values of its variables, where it has nothing else that is expanded.
fn expanded(text: &str, shell: &Shell) -> Option<String> {
    let mut value = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        value.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, left) = match after.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                after.split_at(end.unwrap_or(after.len()))
            }
        };
        value.push_str(shell.variables.get(name.as_bytes())?.to_str().ok()?);
        rest = left;
    }
    value.push_str(rest);
    (!value.contains(['`', '\\', '\'', '"', '*', '?', '['])).then_some(value)
}

fn of_word(word: &Partial, names: &CommandNames, only_directories: bool) -> Completions {
    let (directory, prefix) = match word.value.rfind_byte(b'/') {
        Some(slash) => word.value.split_at(slash + 1),
        None => (&b""[..], word.value.as_slice()),
    };
    let Some(place) = place(word, directory, names) else { return Completions::default() };
    let mut found = matching(&place, prefix);
    if found.is_empty() && prefix.len() > 1 {
        found = nearly_matching(&place, prefix);
    }
    found.retain(|(_, is_directory)| *is_directory || !only_directories);
    let single = found.len() == 1;
    let candidate = |(name, is_directory): &(BString, bool)| Candidate {
        shown: shown(name, *is_directory),
        about: String::new(),
        text: written(word, directory, name, single.then_some(*is_directory)),
    };
    Completions { start: word.start, candidates: found.iter().map(candidate).collect() }
}

/// The names that have the letters of the beginning in their order, best first.
fn nearly_matching(place: &Path, prefix: &[u8]) -> Vec<(BString, bool)> {
    let all = matching(place, b"");
    let names = all.iter().map(|(name, _)| name.clone()).collect();
    let ranked = super::fuzzy::ranked(prefix, names);
    let of = |name: &BString| all.iter().find(|(own, _)| own == name).cloned();
    ranked.iter().filter_map(of).collect()
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
        let new = |candidate: Candidate| {
            format!("{}{}", &line[..found.start], candidate.text).replace(&path, "@/")
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
    fn several_names_are_offered_each_as_it_would_stand() {
        assert_eq!(tab("show @/a", &["a(1)", "a(2)"]), ["show @/a\\(1\\)", "show @/a\\(2\\)"]);
        assert_eq!(tab("show @/a", &["a[", "a("]), ["show @/a\\(", "show @/a\\["]);
        assert_eq!(tab("show '@/m", &["my a", "my b"]), ["show '@/my a", "show '@/my b"]);
    }

    #[test]
    fn where_nothing_begins_so_letters_in_their_order_will_do() {
        assert_eq!(tab("show @/rpt", &["report.txt", "notes"]), ["show @/report.txt "]);
        assert_eq!(tab("show @/Rep", &["report.txt"]), Vec::<String>::new());
        assert_eq!(tab("show @/z", &["a(z)"]), Vec::<String>::new());
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
        let below = format!("~{user}/");
        assert!(found.candidates.iter().all(|candidate| candidate.text.starts_with(&below)));
    }
}

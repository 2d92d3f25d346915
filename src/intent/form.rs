//! The form of a line: what is left of it when the things that it names are taken
//! out. Lines of one form are read the same way once a person has said how.

use super::chinese::{self, Phrase};
use super::features::{bare, is_function_word};
use super::words::{Word, Words};

/// The form of a line: its first word, words of grammar, and `*` for any other.
/// What it says of files, hosts and people is not in it.
#[must_use]
pub fn form(line: &str) -> String {
    let line = Words::split(line.trim().lines().next().unwrap_or_default());
    let Some((first, rest)) = line.words.split_first() else { return String::new() };
    let mut form = vec![first.text.to_owned()];
    form.extend(rest.iter().map(|word| if word.quoted { "*".to_owned() } else { of_word(word) }));
    form.join(" ")
}

fn of_word(word: &Word<'_>) -> String {
    let bare = bare(word.text);
    if is_function_word(&bare) {
        return bare;
    }
    let mut form = String::new();
    let mut end = 0;
    for (at, phrase) in chinese::phrases(word.text) {
        let Phrase::Grammar(phrase) = phrase else { continue };
        if at > end {
            form.push('*');
        }
        form.push_str(phrase);
        end = at + phrase.len();
    }
    if end < word.text.len() {
        form.push('*');
    }
    form
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn lines_that_differ_in_what_they_name_have_one_form() {
        assert_eq!(form("make it executable"), "make it *");
        assert_eq!(form("  make It readable, please"), "make it * please");
        assert_eq!(form("tail the log"), form("tail the syslog"));
        assert_eq!(form("find 比10MB大的文件"), "find 比*的*");
        assert_eq!(form("git 怎么回退"), form("git 怎么合并分支"));
        assert_eq!(form("cat 'the log'"), "cat *");
        assert_eq!(form(""), "");
    }

    #[test]
    fn lines_that_differ_in_grammar_have_different_forms() {
        for (one, other) in [
            ("make it executable", "make a directory"),
            ("cat the file", "cat file"),
            ("tail the log", "cat the log"),
            ("cat 我的文件", "cat 文件"),
        ] {
            assert_ne!(form(one), form(other), "{one}");
        }
    }
}

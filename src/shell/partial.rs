//! The word that is being typed: what it means so far, and in which quotes it
//! stands. The inverse of [`super::quote::escaped`], for completion.

use super::quote::Style;
use super::scan::{Scan, begins_no_command};

/// A word up to the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Where it begins in the line, in bytes.
    pub start: usize,
    /// The user's name behind a tilde that stands for a home directory.
    pub tilde: Option<String>,
    /// What it means, without the tilde and the user's name.
    pub value: Vec<u8>,
    /// The quote that is open at the cursor.
    pub open: Style,
}

/// The command in which a word is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// Its words before the one that is being typed, assignments and words of the grammar
    /// before the first one aside; one that is not known is empty.
    pub words: Vec<Vec<u8>>,
    /// The word is the file of a redirection.
    pub is_redirected: bool,
    /// It is within single quotes, where nothing is expanded.
    pub is_literal: bool,
    /// Where the word begins in the line, in bytes.
    pub start: usize,
}

/// The command in which the word stands that ends at `position`; `None` in a comment and
/// after a backslash.
#[must_use]
pub fn command_before(line: &str, position: usize) -> Option<Begun> {
    let scan = Scan::read(line.get(..position)?.as_bytes())?;
    let Scan { mut words, redirected, mode, start, .. } = scan;
    let leading = words.iter().take_while(|word| begins_no_command(word)).count();
    words.drain(..leading);
    let is_literal = mode == Style::Single;
    Some(Begun { words, is_redirected: redirected, is_literal, start })
}

/// The word that ends at `position`; `None` where its value is not known (it has an
/// expansion), in a comment, and after a backslash.
#[must_use]
pub fn word_before(line: &str, position: usize) -> Option<Partial> {
    let scan = Scan::read(line.get(..position)?.as_bytes())?;
    if scan.unknown {
        return None;
    }
    let Scan { start, tilde, value, mode, .. } = scan;
    let (tilde, value) = match tilde {
        true => {
            // The name ends at the first slash; before that it is being typed.
            let slash = value.iter().position(|byte| *byte == b'/')?;
            let user = std::str::from_utf8(&value[..slash]).ok()?.to_owned();
            (Some(user), value[slash..].to_vec())
        }
        false => (None, value),
    };
    Some(Partial { start, tilde, value, open: mode })
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice;
    use proptest::prelude::*;

    use super::*;
    use crate::shell::Shell;
    use crate::shell::quote::escaped;

    fn before(line: &str) -> Option<(usize, String, Style)> {
        let word = word_before(line, line.len())?;
        Some((word.start, String::from_utf8(word.value).unwrap(), word.open))
    }

    #[test]
    fn a_word_is_read_with_its_quotes() {
        let bare = |start, value: &str| Some((start, value.to_owned(), Style::Bare));
        assert_eq!(before("cat fi"), bare(4, "fi"));
        assert_eq!(before("cat a\\ b"), bare(4, "a b"));
        assert_eq!(before("cat 'a b'c"), bare(4, "a bc"));
        assert_eq!(before("cat 'a b"), Some((4, "a b".to_owned(), Style::Single)));
        assert_eq!(before("cat \"a\\\"b"), Some((4, "a\"b".to_owned(), Style::Double)));
        assert_eq!(before("cat <in>ou"), bare(8, "ou"));
        assert_eq!(before("x=1;cd do"), bare(7, "do"));
        assert_eq!(before("echo \"$(cat fi"), bare(12, "fi"));
        assert_eq!(before("echo `cat fi"), bare(10, "fi"));
        assert_eq!(before("cat "), bare(4, ""));
    }

    #[test]
    fn the_command_is_known_in_which_a_word_stands() {
        let words = |line: &str| {
            let begun = command_before(line, line.len()).unwrap();
            let words: Vec<String> =
                begun.words.iter().map(|word| word.to_str_lossy().into_owned()).collect();
            (words.join("|"), begun.is_redirected)
        };
        for (line, expected) in [
            ("git ch", "git"),
            ("git -C 'a b' ch", "git|-C|a b"),
            ("", ""),
            ("wh", ""),
            ("ls; wh", ""),
            ("a && b c d", "b|c"),
            ("X=1 Y=2 make a", "make"),
            ("if grep -q x f", "grep|-q|x"),
            ("while ! wh", ""),
            ("cat a 2>&1 b", "cat|a"),
            ("cat >out b", "cat"),
            ("echo $(git ch", "git"),
            ("echo $(ls x) y", "echo|"),
            ("echo \"$x\" y", "echo|"),
            ("(cd a", "cd"),
        ] {
            assert_eq!(words(line), (expected.to_owned(), false), "{line}");
        }
        assert!(words("cat <").1 && words("cat 2> fi").1 && words("cat &>fi").1);
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for line in
            ["echo $HO", "cat $HOME/f", "echo # fi", "cat a\\", "cat $(ls)f", "cat $'a", "~"]
        {
            assert_eq!(before(line), None, "{line}");
        }
    }

    #[test]
    fn a_tilde_names_a_home_directory() {
        let word = word_before("cd ~ana/do", 10).unwrap();
        assert_eq!(
            (word.tilde.as_deref(), word.value.as_slice()),
            (Some("ana"), b"/do".as_slice())
        );
        let word = word_before("cd ~/\"My do", 11).unwrap();
        assert_eq!(
            (word.tilde.as_deref(), word.value.as_slice()),
            (Some(""), b"/My do".as_slice())
        );
        assert_eq!(word_before("cd \\~/do", 8).unwrap().tilde, None);
    }

    proptest! {
        /// What is quoted in any style is read back here, and by the parser as one
        /// word of just these bytes.
        #[test]
        fn quoting_and_reading_are_inverse(
            name in prop_oneof!["[^\0/]{1,12}", "[ \\[\\]()'\"$`\\\\~#*?!{}=&;|<>a\n\t-]{1,10}"],
        ) {
            let mut shell = Shell::new("test", std::iter::empty());
            for style in [Style::Bare, Style::Single, Style::Double] {
                let open = format!("show {}{}", style.mark(), escaped(name.as_bytes(), style));
                // A name that cannot be seen is spelled out, which is not read here.
                if let Some(word) = word_before(&open, open.len()) {
                    prop_assert_eq!(word.value.as_slice(), name.as_bytes());
                    prop_assert_eq!((word.start, word.tilde), (5, None));
                }
                let whole = format!("{open}{}", style.mark());
                let list = shell.parse(whole.as_bytes()).unwrap();
                let words = words(&list);
                let place = std::path::Path::new("/nonexistent");
                let expanded = shell.expand_statically(&words, place, &[]).unwrap();
                prop_assert_eq!(expanded.len(), 2);
                prop_assert_eq!(expanded[1].as_slice(), name.as_bytes());
            }
        }
    }

    fn words(list: &crate::shell::syntax::List) -> Vec<crate::shell::syntax::Word> {
        use crate::shell::syntax::Command;
        match &list.items[0].first.commands[0] {
            Command::Simple(simple) => simple.words.clone(),
            other => panic!("{other:?} is no simple command"),
        }
    }
}

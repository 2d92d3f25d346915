//! The word that is being typed: what it means so far, and in which quotes it
//! stands. The inverse of [`super::quote::escaped`], for completion.

use super::quote::Style;

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

/// The word that ends at `position`; `None` where its value is not known (it has an
/// expansion), in a comment, and after a backslash.
#[must_use]
pub fn word_before(line: &str, position: usize) -> Option<Partial> {
    let mut scan = Scan { text: line.get(..position)?.as_bytes(), at: 0, ..Scan::default() };
    while scan.at < scan.text.len() {
        scan.step()?;
    }
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

#[derive(Default)]
struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    start: usize,
    tilde: bool,
    value: Vec<u8>,
    mode: Style,
    /// The word has a part whose value is not known.
    unknown: bool,
    /// The quotes around the command substitutions that are open.
    outer: Vec<Style>,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn begin_word(&mut self) {
        self.start = self.at;
        self.tilde = false;
        self.unknown = false;
        self.value.clear();
    }

    fn at_start(&self) -> bool {
        self.start + 1 == self.at
    }

    fn step(&mut self) -> Option<()> {
        let byte = self.next()?;
        match (self.mode, byte) {
            (Style::Single, b'\'') => self.mode = Style::Bare,
            (Style::Single, _) => self.value.push(byte),
            (Style::Double, b'"') => self.mode = Style::Bare,
            (Style::Double, b'\\') => match self.next()? {
                escaped @ (b'$' | b'`' | b'"' | b'\\') => self.value.push(escaped),
                b'\n' => {}
                other => self.value.extend_from_slice(&[b'\\', other]),
            },
            (_, b'$') => self.dollar(),
            (_, b'`') => self.begin_word(),
            (Style::Double, _) => self.value.push(byte),
            (Style::Bare, b'\\') => match self.next()? {
                b'\n' => {}
                escaped => self.value.push(escaped),
            },
            (Style::Bare, b'\'') => self.mode = Style::Single,
            (Style::Bare, b'"') => self.mode = Style::Double,
            (Style::Bare, b')') if !self.outer.is_empty() => {
                self.mode = self.outer.pop().unwrap_or_default();
                self.unknown = true;
            }
            (Style::Bare, b'#') if self.at_start() => return None,
            (Style::Bare, b'~') if self.at_start() => self.tilde = true,
            (
                Style::Bare,
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')',
            ) => {
                self.begin_word();
            }
            (Style::Bare, _) => self.value.push(byte),
        }
        Some(())
    }

    fn dollar(&mut self) {
        if self.text.get(self.at) == Some(&b'(') {
            self.at += 1;
            self.outer.push(self.mode);
            self.mode = Style::Bare;
            self.begin_word();
        } else {
            // A name, braces or $'…': the value is not known here.
            self.unknown = true;
        }
    }
}

#[cfg(test)]
mod tests {
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

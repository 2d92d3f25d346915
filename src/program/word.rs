//! What follows from the role of a word.

use bstr::{BString, ByteSlice};

use super::below::below;
use super::fact::{Fact, LATER, Verb};
use super::not_understood::NotUnderstood;
use super::script;
use super::signature::{Role, Suffix};
use super::thing::Thing;
use super::understand::Reader;
use super::variable::changes_only_output;

impl Reader {
    /// A file here, or `host:file` on another machine.
    fn remote(&mut self, verb: Verb, word: &BString) -> Result<(), NotUnderstood> {
        // It may name another machine.
        if word.contains(&LATER) {
            return Err(NotUnderstood::Operand(word.clone()));
        }
        let first = word.split(|byte| *byte == b'/').next().unwrap_or_default();
        let Some(colon) = first.find_byte(b':') else {
            return self.word(Role::File(verb), std::slice::from_ref(word));
        };
        // Other bytes are options for the connection, which may name programs.
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@[".contains(byte);
        if colon == 0 || word.starts_with(b"-") || !word[..colon].iter().all(plain) {
            return Err(NotUnderstood::Operand(word.clone()));
        }
        let facts = &mut self.understanding.facts;
        facts.push(Fact::Network);
        match verb {
            Verb::Read => {}
            Verb::Delete | Verb::DeleteTree | Verb::DeleteWithin => {
                facts.push(Fact::Deletes(Thing::Remote));
            }
            _ => facts.push(Fact::Changes(Thing::Remote)),
        }
        Ok(())
    }

    /// Text for which `@file` stands for what is in the file; other forms that name
    /// files are not understood.
    fn data(&mut self, word: &BString) -> Result<(), NotUnderstood> {
        if let Some(file) = word.strip_prefix(b"@") {
            return self.word(Role::File(Verb::Read), &[file.into()]);
        }
        let names_files =
            [&b"=@"[..], b"=<", b"%output{"].iter().any(|form| word.contains_str(form));
        if names_files { Err(NotUnderstood::Operand(word.clone())) } else { Ok(()) }
    }

    /// A file, and the one whose name follows from its name.
    fn pair(
        &mut self,
        verb: Verb,
        how: Suffix,
        suffix: &str,
        word: &BString,
    ) -> Result<(), NotUnderstood> {
        let facts = &mut self.understanding.facts;
        let name = word.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let added = || BString::from([word, suffix.as_bytes()].concat());
        match how {
            // Standard input to standard output.
            _ if word == "-" => {}
            Suffix::Completed if name.contains(&b'.') => {
                facts.push(Fact::File(verb, word.clone()));
            }
            Suffix::Completed => facts.push(Fact::File(verb, added())),
            Suffix::Added => {
                facts.push(Fact::File(verb, word.clone()));
                facts.push(Fact::File(Verb::Write, added()));
            }
            Suffix::Removed => {
                let other = word.strip_suffix(suffix.as_bytes());
                let other = other.filter(|_| name.len() > suffix.len());
                let other = other.ok_or_else(|| NotUnderstood::Operand(word.clone()))?;
                facts.push(Fact::File(verb, word.clone()));
                facts.push(Fact::File(Verb::Write, other.into()));
            }
        }
        Ok(())
    }

    /// What follows from a word's role.
    pub(super) fn word(&mut self, role: Role, words: &[BString]) -> Result<(), NotUnderstood> {
        let Some(word) = words.first() else { return Ok(()) };
        let facts = &mut self.understanding.facts;
        match role {
            Role::Text | Role::Pattern | Role::Exec => {}
            Role::Package => {
                // A path is a package of anybody's, a sign at the end removes.
                let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.+:=~-*".contains(byte);
                let named = word.iter().all(plain) && !word.ends_with(b"-");
                if !named || word.starts_with(b".") {
                    return Err(NotUnderstood::Operand(word.clone()));
                }
            }
            Role::Name => {
                let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./~@".contains(byte);
                if !word.first().is_some_and(plain) || word.contains(&b':') {
                    return Err(NotUnderstood::Operand(word.clone()));
                }
            }
            Role::Assignment => {
                let name = word.split_str("=").next().unwrap_or_default();
                if !changes_only_output(name) {
                    facts.push(Fact::Unknown("variables are set for the command".into()));
                }
            }
            Role::File(verb) => {
                let standard =
                    word == "-" && matches!(verb, Verb::Read | Verb::Write | Verb::Append);
                if !standard {
                    facts.push(Fact::File(verb, word.clone()));
                }
            }
            Role::Remote(verb) => return self.remote(verb, word),
            Role::Plain(verb, endings) if is_plain(word) && has_ending(word, endings) => {
                return self.word(Role::File(verb), std::slice::from_ref(word));
            }
            Role::Series if is_plain(word) => {
                facts.push(Fact::File(Verb::Write, word.clone()));
                return self.word(Role::Beside, std::slice::from_ref(word));
            }
            Role::Plain(..) | Role::Series => return Err(NotUnderstood::Operand(word.clone())),
            Role::Filter if script::filter_is_harmless(word) => {}
            Role::Filter => return Err(NotUnderstood::Script(word.clone())),
            Role::Keyword => {
                let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
                if !word.iter().all(plain) {
                    return Err(NotUnderstood::Operand(word.clone()));
                }
            }
            Role::Data => return self.data(word),
            // It may name any directory.
            Role::Beside if word.contains(&LATER) => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::Beside => {
                let directory: &[u8] = match word.rfind_byte(b'/') {
                    None => b".",
                    Some(0) => b"/",
                    Some(slash) => &word[..slash],
                };
                facts.push(Fact::File(Verb::Within, directory.into()));
            }
            Role::Pair(verb, how, suffix) => return self.pair(verb, how, suffix, word),
            Role::Archive if self.archive.is_some() => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::Archive => self.archive = Some(word.clone()),
            Role::Directory => self.directory = Some(below(self.directory.as_ref(), word)),
            // Each further one may be meant for what follows it only.
            Role::From if self.from.is_some() => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::From => self.from = Some(word.clone()),
            Role::Command => facts.push(Fact::Runs(words.to_vec())),
            Role::InputCommand => {
                let mut command = words.to_vec();
                match &self.replace {
                    None => command.push(vec![LATER].into()),
                    Some(text) => {
                        for word in &mut command {
                            *word = word.replace(text, [LATER]).into();
                        }
                    }
                }
                facts.push(Fact::Runs(command));
            }
            Role::Replace if word.is_empty() => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::Replace => self.replace = Some(word.clone()),
            Role::ShellWords => facts.push(Fact::Shell(bstr::join(" ", words).into())),
            Role::Thing(thing) => facts.push(Fact::Changes(thing)),
            Role::Shell => facts.push(Fact::Shell(word.clone())),
            Role::Sed if script::sed_is_harmless(word) => {}
            Role::Awk if script::awk_is_harmless(word) => {}
            Role::Sed | Role::Awk => return Err(NotUnderstood::Script(word.clone())),
            // This is a file here.
            // A transport of git that is a program.
            Role::Url if word.contains_str("::") => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::Url if word.to_ascii_lowercase().starts_with(b"file:") => {
                return Err(NotUnderstood::Operand(word.clone()));
            }
            Role::Url => facts.push(Fact::Network),
            Role::Process => facts.push(Fact::Signals(word.clone())),
            Role::Unknown => return Err(NotUnderstood::Operand(word.clone())),
        }
        Ok(())
    }
}

/// Whether a word is the name of one file to whoever reads it: no protocol (`msl:x`), no
/// list of arguments (`@x`), no command (`|x`, `+!x`, `log$+!x`), no pattern of names
/// (`%03d`), no option by another dash (`−x`), not known only later, and not of a kind that
/// is a script, or a list of other files, to programs for pictures, sound and films.
fn is_plain(word: &BString) -> bool {
    const SCRIPTS: [&str; 13] = [
        "avs", "ffconcat", "ism", "m3u", "m3u8", "mpd", "msl", "msvg", "mvg", "sdp", "svg", "svgz",
        "vpy",
    ];
    const MINUS: &str = "\u{2212}";
    let begins = word.first().is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_./".contains(byte)
    });
    begins
        && !word.starts_with_str(MINUS)
        && !word.iter().any(|byte| b":|%$".contains(byte) || *byte == LATER)
        && !has_ending(word, &SCRIPTS)
}

/// Whether a name ends in a dot and one of these; any name does where there are none.
fn has_ending(word: &BString, endings: &[&str]) -> bool {
    let ending = word.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    endings.is_empty() || endings.iter().any(|one| ending.eq_ignore_ascii_case(one.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The facts of one word in a role, as examples say them.
    fn facts(role: &str, word: &str) -> String {
        let mut reader = Reader::default();
        match reader.word(Role::parse(role).unwrap(), &[word.into()]) {
            Err(_) => "unknown".to_owned(),
            Ok(()) => {
                let facts: Vec<_> =
                    reader.understanding.facts.iter().map(ToString::to_string).collect();
                facts.join("; ")
            }
        }
    }

    #[test]
    fn names_follow_from_names() {
        assert_eq!(facts("move:+.gz", "d/a"), "moves d/a; writes d/a.gz");
        assert_eq!(facts("read:-.gz", "a.gz"), "reads a.gz; writes a");
        assert_eq!(facts("read:-.gz", "a"), "unknown");
        assert_eq!(facts("read:-.gz", "d/.gz"), "unknown");
        assert_eq!(facts("append:=.zip", "d.x/a"), "appends d.x/a.zip");
        assert_eq!(facts("append:=.zip", "a.jar"), "appends a.jar");
        assert_eq!(facts("move:+.gz", "-"), "");
        assert!(Role::parse("text:+.gz").is_err() && Role::parse("read:.gz").is_err());
    }

    #[test]
    fn places_on_other_machines_are_no_files_here() {
        assert_eq!(facts("read@", "a/b:c"), "reads a/b:c");
        assert_eq!(facts("read@", "me@host:a"), "network");
        assert_eq!(facts("within@", "host:"), "network; changes remote");
        assert_eq!(facts("delete-within@", "rsync://host/m"), "network; deletes remote");
        for word in [":sftp,ssh=x:", "r,ssh=x:a", "-oProxyCommand=x:a", "-x"] {
            assert_eq!(facts("read@", word), if word == "-x" { "reads -x" } else { "unknown" });
        }
        assert!(Role::parse("text@").is_err());
    }

    #[test]
    fn a_plain_name_is_a_file_and_nothing_else() {
        assert_eq!(facts("read!", "d/a b.png"), "reads d/a b.png");
        assert_eq!(facts("write!", "/tmp/x"), "writes /tmp/x");
        assert_eq!(facts("read!", "图.png"), "reads 图.png");
        for word in ["msl:a", "@list", "|cat", "+!rm", "a%03d.png", "a.MSL", "-x", "http://h/a", ""]
        {
            assert_eq!(facts("read!", word), "unknown", "{word}");
        }
        assert_eq!(
            (facts("keyword", "gfm-raw_html"), facts("keyword", "a.lua")),
            (String::new(), "unknown".into())
        );
        assert_eq!(facts("read!c,o", "d/a.C"), "reads d/a.C");
        assert_eq!(facts("read!c,o", "a.h"), "unknown");
        assert!(Role::parse("text!").is_err());
    }

    #[test]
    fn what_is_known_only_later_may_be_anywhere() {
        assert_eq!(
            (facts("beside", "\0"), facts("read@", "\0")),
            ("unknown".into(), "unknown".into())
        );
    }

    #[test]
    fn data_and_addresses_may_name_files() {
        assert_eq!(facts("data", "@a"), "reads a");
        assert_eq!(facts("data", "@-"), "");
        assert_eq!(facts("data", "x"), "");
        assert_eq!(facts("data", "f=@a"), "unknown");
        assert_eq!(facts("url", "FILE:///etc/shadow"), "unknown");
        assert_eq!(facts("beside", "d/x"), "within d");
        assert_eq!(facts("beside", "/x"), "within /");
        assert_eq!(facts("mounts", "/mnt"), "changes mounts");
    }
}

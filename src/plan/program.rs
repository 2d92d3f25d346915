//! What is known of programs: a table in `programs.toml` of options that are
//! understood. A program or an option that is not in it has unknown effects.

use std::collections::HashMap;
use std::sync::OnceLock;

use bstr::{BString, ByteSlice};
use serde::Deserialize;

/// One program of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// Its names.
    pub names: Vec<String>,
    /// What it does, for people: "list files".
    pub about: String,
    /// Options of one letter, as for getopts: `k:` takes an argument.
    #[serde(default)]
    pub short: String,
    /// Long options without the dashes; `key=` takes an argument, `color?` may.
    #[serde(default)]
    pub long: Vec<String>,
    /// Words with one dash (`find -name`); `name=` takes an argument.
    #[serde(default)]
    pub words: Vec<String>,
    /// A minus with digits is an option (`head -5`).
    #[serde(default)]
    pub number: bool,
    /// How many operands come first that are no files (grep's pattern).
    #[serde(default)]
    pub texts: usize,
    /// Operands are no files at all.
    #[serde(default)]
    pub no_files: bool,
    /// Operands would be files to write, or set something: there must be none.
    #[serde(default)]
    pub no_operands: bool,
    /// What every operand must begin with (`date +format`).
    #[serde(default)]
    pub operands_begin: String,
    /// First operands that are understood, for programs with subcommands.
    #[serde(default)]
    pub subcommands: Vec<String>,
    /// The script operand is checked by this rule.
    #[serde(default)]
    pub script: Option<Script>,
    /// Command lines that are understood.
    pub examples: Vec<String>,
    /// Command lines that are not.
    #[serde(default)]
    pub refused: Vec<String>,
}

/// Programs whose operand is a program itself.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Script {
    /// sed: only addresses with `p`, `d`, `q`, `=`, and `s`.
    Sed,
    /// awk: no pipes, no output files, no `system`.
    Awk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    program: Vec<Program>,
}

static TABLE: OnceLock<HashMap<String, Program>> = OnceLock::new();

/// The entry for a program's base name.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Program> {
    let table = TABLE.get_or_init(|| {
        let table: Table = toml::from_str(include_str!("programs.toml"))
            .expect("the embedded table is checked by a test");
        table
            .program
            .into_iter()
            .flat_map(|program| {
                program.names.clone().into_iter().map(move |name| (name, program.clone()))
            })
            .collect()
    });
    table.get(name.to_str().ok()?)
}

/// What the table says of one command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Understanding<'a> {
    /// It only reads: these operands.
    Reads(Vec<&'a BString>),
    /// It cannot be told, for this reason.
    Unknown(String),
}

impl Program {
    /// Judges the words after the program's name.
    #[must_use]
    pub fn understand<'a>(&self, words: &'a [BString]) -> Understanding<'a> {
        match self.operands(words) {
            Err(reason) => Understanding::Unknown(reason),
            Ok(operands) => {
                let fits = |word: &&&BString| word.starts_with(self.operands_begin.as_bytes());
                if self.no_operands && !operands.is_empty()
                    || !operands.iter().all(|word| fits(&word))
                {
                    return Understanding::Unknown(
                        "with these operands it may change something".into(),
                    );
                }
                if !self.subcommands.is_empty() {
                    let known = operands
                        .first()
                        .is_some_and(|word| self.subcommands.iter().any(|name| *word == name));
                    if !known {
                        return Understanding::Unknown(
                            "this subcommand may change something".into(),
                        );
                    }
                }
                if let (Some(script), Some(text)) = (self.script, operands.first())
                    && !script.is_harmless(text)
                {
                    return Understanding::Unknown("its script may write or run something".into());
                }
                let files = if self.no_files {
                    Vec::new()
                } else {
                    operands.into_iter().skip(self.texts).collect()
                };
                Understanding::Reads(files.into_iter().filter(|word| *word != "-").collect())
            }
        }
    }

    fn operands<'a>(&self, words: &'a [BString]) -> Result<Vec<&'a BString>, String> {
        let mut operands = Vec::new();
        let mut index = 0;
        while let Some(word) = words.get(index) {
            index += 1;
            if word == "--" {
                operands.extend(&words[index..]);
                break;
            }
            if let Some(name) = word.strip_prefix(b"--") {
                index += self.long_option(name)?;
            } else if word.starts_with(b"-") && word.len() > 1 {
                index += self.short_options(&word[1..])?;
            } else {
                operands.push(word);
            }
        }
        Ok(operands)
    }

    /// How many further words the option takes.
    fn long_option(&self, text: &[u8]) -> Result<usize, String> {
        let (name, has_value) = match text.split_once_str("=") {
            Some((name, _)) => (name, true),
            None => (text, false),
        };
        for known in &self.long {
            let (known, takes) = match known.as_bytes() {
                [name @ .., b'='] => (name, Some(true)),
                [name @ .., b'?'] => (name, None),
                name => (name, Some(false)),
            };
            if known == name {
                return match (takes, has_value) {
                    (Some(false), true) => Err(not_understood(&[b"--", text].concat())),
                    (Some(true), false) => Ok(1),
                    _ => Ok(0),
                };
            }
        }
        Err(not_understood(&[b"--", text].concat()))
    }

    fn short_options(&self, letters: &[u8]) -> Result<usize, String> {
        for known in &self.words {
            match known.as_bytes() {
                [name @ .., b'='] if name == letters => return Ok(1),
                name if name == letters => return Ok(0),
                _ => {}
            }
        }
        if self.number && letters.iter().all(u8::is_ascii_digit) {
            return Ok(0);
        }
        let known = self.short.as_bytes();
        for (index, letter) in letters.iter().enumerate() {
            let place = known.iter().position(|byte| byte == letter && *letter != b':');
            let place = place.ok_or_else(|| not_understood(&[b"-", letters].concat()))?;
            if known.get(place + 1) == Some(&b':') {
                return Ok(usize::from(index + 1 == letters.len()));
            }
        }
        Ok(0)
    }
}

fn not_understood(option: &[u8]) -> String {
    format!("the option {} is not known to be harmless", crate::escape::visible(option))
}

impl Script {
    /// Whether the script cannot write files or run programs.
    fn is_harmless(self, text: &[u8]) -> bool {
        match self {
            Self::Sed => text
                .split(|byte| matches!(byte, b';' | b'\n'))
                .all(|command| sed_command_is_harmless(command.trim())),
            Self::Awk => {
                let plain = without_strings(text);
                !plain.iter().any(|byte| matches!(byte, b'|' | b'@' | b'`'))
                    && !plain.contains_str("system")
                    && !plain.contains_str("getline")
                    && !plain.contains_str("close")
                    && !has_output_redirection(&plain)
            }
        }
    }
}

/// A sed command of the simplest kinds: an optional address or two, then `p`,
/// `d`, `q`, `=` or a substitution with the flags g, p, i, I and digits.
fn sed_command_is_harmless(command: &[u8]) -> bool {
    let mut rest = command;
    loop {
        match rest.first() {
            None => return true,
            Some(b'0'..=b'9' | b'$' | b',' | b'!' | b' ' | b'+' | b'~') => rest = &rest[1..],
            Some(b'/') => match closing(&rest[1..], b'/') {
                Some(end) => rest = &rest[end + 2..],
                None => return false,
            },
            Some(b'p' | b'd' | b'q' | b'=') => return rest.len() == 1,
            Some(b's') => {
                let Some((&delimiter, body)) = rest[1..].split_first() else { return false };
                if delimiter.is_ascii_alphanumeric() || delimiter == b'\\' {
                    return false;
                }
                let Some(first) = closing(body, delimiter) else { return false };
                let Some(second) = closing(&body[first + 1..], delimiter) else { return false };
                let flags = &body[first + second + 2..];
                return flags.iter().all(|byte| b"gpiI0123456789".contains(byte));
            }
            Some(_) => return false,
        }
    }
}

fn closing(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut index = 0;
    while let Some(byte) = text.get(index) {
        match byte {
            b'\\' => index += 1,
            byte if *byte == delimiter => return Some(index),
            _ => {}
        }
        index += 1;
    }
    None
}

/// The awk program without its string and comment contents.
fn without_strings(text: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    let mut in_string = false;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if in_string => {
                bytes.next();
            }
            b'"' => in_string = !in_string,
            byte if !in_string => output.push(*byte),
            _ => {}
        }
    }
    output
}

/// Whether `>` follows a print: in a condition it is a comparison.
fn has_output_redirection(text: &[u8]) -> bool {
    text.split(|byte| matches!(byte, b';' | b'}' | b'{' | b'\n'))
        .any(|statement| statement.contains_str("print") && statement.contains(&b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(line: &str) -> Option<bool> {
        let list =
            crate::shell::parser::parse(line.as_bytes(), &crate::shell::parser::NoAliases).unwrap();
        let mut shell = crate::shell::Shell::new("test", std::iter::empty());
        let crate::shell::syntax::Command::Simple(simple) = &list.items[0].first.commands[0] else {
            return None;
        };
        let words = shell
            .expand_statically(&simple.words, std::path::Path::new("/nonexistent"), &[])
            .unwrap();
        let program = find(&words[0])?;
        Some(matches!(program.understand(&words[1..]), Understanding::Reads(_)))
    }

    #[test]
    fn every_example_of_the_table_is_judged_as_it_says() {
        let table: Table = toml::from_str(include_str!("programs.toml")).unwrap();
        assert!(table.program.len() >= 40, "the table has lost entries");
        for program in &table.program {
            assert!(!program.examples.is_empty(), "{:?} has no example", program.names);
            for example in &program.examples {
                assert_eq!(judge(example), Some(true), "{example}");
            }
            for refused in &program.refused {
                assert_ne!(judge(refused), Some(true), "{refused}");
            }
        }
    }
}

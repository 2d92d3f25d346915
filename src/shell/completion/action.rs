//! Kinds of names that `compgen -A` knows.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BString, ByteSlice};

use crate::shell::shopt::Shopts;
use crate::shell::variable::Value;
use crate::shell::{Shell, builtin, lexer, option};
use crate::system::{identity, signal};

/// A kind of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `alias`, `-a`
    Alias,
    /// `arrayvar`
    Array,
    /// `builtin`, `-b`, and `enabled`
    Builtin,
    /// `command`, `-c`
    Command,
    /// `directory`, `-d`
    Directory,
    /// `export`, `-e`
    Export,
    /// `file`, `-f`
    File,
    /// `function`
    Function,
    /// `group`, `-g`
    Group,
    /// `hostname`
    Host,
    /// `job`, `-j`, `running`, `stopped`
    Job,
    /// `keyword`, `-k`
    Keyword,
    /// `service`, `-s`
    Service,
    /// `setopt`
    SetOption,
    /// `shopt`
    Shopt,
    /// `signal`
    Signal,
    /// `user`, `-u`
    User,
    /// `variable`, `-v`
    Variable,
    /// What is known by name and has nothing here: `binding`, `disabled`, `helptopic`.
    Nothing,
}

impl Action {
    /// The action of a name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alias" => Self::Alias,
            b"arrayvar" => Self::Array,
            b"builtin" | b"enabled" => Self::Builtin,
            b"command" => Self::Command,
            b"directory" => Self::Directory,
            b"export" => Self::Export,
            b"file" => Self::File,
            b"function" => Self::Function,
            b"group" => Self::Group,
            b"hostname" => Self::Host,
            b"job" | b"running" | b"stopped" => Self::Job,
            b"keyword" => Self::Keyword,
            b"service" => Self::Service,
            b"setopt" => Self::SetOption,
            b"shopt" => Self::Shopt,
            b"signal" => Self::Signal,
            b"user" => Self::User,
            b"variable" => Self::Variable,
            b"binding" | b"disabled" | b"helptopic" => Self::Nothing,
            _ => return None,
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Alias => "alias",
            Self::Array => "arrayvar",
            Self::Builtin => "builtin",
            Self::Command => "command",
            Self::Directory => "directory",
            Self::Export => "export",
            Self::File => "file",
            Self::Function => "function",
            Self::Group => "group",
            Self::Host => "hostname",
            Self::Job => "job",
            Self::Keyword => "keyword",
            Self::Service => "service",
            Self::SetOption => "setopt",
            Self::Shopt => "shopt",
            Self::Signal => "signal",
            Self::User => "user",
            Self::Variable => "variable",
            Self::Nothing => "binding",
        }
    }

    /// The action of a letter.
    #[must_use]
    pub fn lettered(letter: u8) -> Option<Self> {
        Some(match letter {
            b'a' => Self::Alias,
            b'b' => Self::Builtin,
            b'c' => Self::Command,
            b'd' => Self::Directory,
            b'e' => Self::Export,
            b'f' => Self::File,
            b'g' => Self::Group,
            b'j' => Self::Job,
            b'k' => Self::Keyword,
            b's' => Self::Service,
            b'u' => Self::User,
            b'v' => Self::Variable,
            _ => return None,
        })
    }
}

impl Shell {
    /// The names of a kind that begin so, sorted.
    pub(crate) fn names_of(&self, action: Action, word: &[u8]) -> Vec<BString> {
        let mut names: Vec<BString> = match action {
            Action::Alias => self.aliases.0.keys().cloned().collect(),
            Action::Array => self.variables_that(|one| {
                matches!(one, Some(Value::Indexed(_) | Value::Associative(_)))
            }),
            Action::Builtin => self.builtin_names(),
            Action::Command => {
                let mut all = self.builtin_names();
                all.extend(self.aliases.0.keys().cloned());
                all.extend(self.functions.keys().cloned());
                all.extend(keywords());
                all.extend(self.programs_that_begin(word));
                all
            }
            Action::Directory => return files(self, word, true),
            Action::File => return files(self, word, false),
            Action::Export => {
                let variables = self.variables.sorted().into_iter();
                variables.filter(|(_, one)| one.exported).map(|(name, _)| name.to_owned()).collect()
            }
            Action::Function => self.functions.keys().cloned().collect(),
            Action::Group => identity::group_names().into_iter().map(Into::into).collect(),
            Action::Host => hosts(),
            Action::Job => self.jobs.iter().map(|job| first_word(&job.text)).collect(),
            Action::Keyword => keywords().collect(),
            Action::Service | Action::Nothing => Vec::new(),
            Action::SetOption => option::ALL.iter().map(|(_, _, name)| (*name).into()).collect(),
            Action::Shopt => {
                Shopts::default().all().iter().map(|(name, _)| (*name).into()).collect()
            }
            Action::Signal => {
                (1..65).filter_map(signal::name).map(|name| format!("SIG{name}").into()).collect()
            }
            Action::User => identity::user_names().into_iter().map(Into::into).collect(),
            Action::Variable => {
                let mut all = self.variables_that(|_| true);
                all.extend(crate::shell::special::NAMES.iter().map(|name| BString::from(*name)));
                all
            }
        };
        names.retain(|name| name.starts_with(word));
        names.sort();
        names.dedup();
        names
    }

    fn variables_that(&self, is: impl Fn(Option<&Value>) -> bool) -> Vec<BString> {
        let variables = self.variables.sorted().into_iter();
        variables
            .filter(|(_, one)| is(one.value.as_ref()))
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    fn builtin_names(&self) -> Vec<BString> {
        let names = builtin::names().filter(|name| *name != crate::shell::request::COMMAND);
        names.filter(|name| self.builtin_of(name.as_bytes()).is_some()).map(BString::from).collect()
    }

    fn programs_that_begin(&self, word: &[u8]) -> Vec<BString> {
        let path = self.variables.get(b"PATH").unwrap_or_default();
        let mut names = Vec::new();
        for directory in path.split_str(":") {
            let directory = Path::new(std::ffi::OsStr::from_bytes(directory));
            let Ok(entries) = std::fs::read_dir(directory) else { continue };
            for entry in entries.flatten() {
                let name = entry.file_name();
                let name = name.as_bytes();
                if name.starts_with(word)
                    && identity::may_execute(entry.path().as_os_str().as_bytes())
                    && !entry.path().is_dir()
                {
                    names.push(name.into());
                }
            }
        }
        names
    }
}

fn keywords() -> impl Iterator<Item = BString> {
    let own = lexer::RESERVED.iter().map(|word| BString::from(*word));
    let bash = ["[[", "]]", "coproc", "function", "select", "time"];
    own.chain(bash.into_iter().map(BString::from))
}

fn first_word(text: &[u8]) -> BString {
    text.split_str(" ").next().unwrap_or_default().into()
}

/// Files whose names begin so; a tilde stands for the home directory.
fn files(shell: &Shell, word: &[u8], directories: bool) -> Vec<BString> {
    let (before, name) = match word.rfind_byte(b'/') {
        Some(slash) => (&word[..=slash], &word[slash + 1..]),
        None => (&b""[..], word),
    };
    let place: Vec<u8> = match before.strip_prefix(b"~/") {
        Some(rest) => {
            let home = shell.variables.get(b"HOME").unwrap_or_default();
            [home.as_bytes(), b"/", rest].concat()
        }
        None if before.is_empty() => b".".to_vec(),
        None => before.to_vec(),
    };
    let Ok(entries) = std::fs::read_dir(Path::new(std::ffi::OsStr::from_bytes(&place))) else {
        return Vec::new();
    };
    let mut names: Vec<BString> = entries
        .flatten()
        .filter(|entry| entry.file_name().as_bytes().starts_with(name))
        .filter(|entry| name.starts_with(b".") || !entry.file_name().as_bytes().starts_with(b"."))
        .filter(|entry| !directories || entry.path().is_dir())
        .map(|entry| [before, entry.file_name().as_bytes()].concat().into())
        .collect();
    names.sort();
    names
}

/// The names of machines that the hosts file knows.
fn hosts() -> Vec<BString> {
    let Ok(text) = std::fs::read("/etc/hosts") else { return Vec::new() };
    text.lines()
        .map(|line| line.split_str("#").next().unwrap_or_default())
        .flat_map(|line| line.fields().skip(1).map(BString::from).collect::<Vec<_>>())
        .collect()
}

//! What may stand where a word of a command line is being typed, by its table.

use bstr::BString;

use super::entry::{Argument, Entry, Opt, Spelling, Style, Text};
use super::fact::Verb;
use super::signature::Role;

/// A word that may be typed, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The word.
    pub word: String,
    /// Other ways to write it, where these are not choices of their own.
    pub others: Vec<String>,
    /// What it does or asks for.
    pub about: &'static Text,
    /// Its argument follows without a blank (`--colour=`, `if=`).
    pub is_open: bool,
}

/// What kind of word is wanted, beside those that the table lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A command.
    Command,
    /// A process or a job.
    Process,
    /// A host, or a file here or there.
    Host,
    /// A revision or a branch of the repository, or a file.
    Revision,
    /// Words that nothing is known of.
    Text,
}

/// What may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Possible {
    /// Options or subcommands.
    pub choices: Vec<Choice>,
    /// What else.
    pub wanted: Wanted,
}

impl Entry {
    /// What the word may be that follows `words`, those after the program's name, and begins
    /// with `begun`. Where a word before it is not understood, what is known all the same.
    #[must_use]
    pub fn possible(&'static self, words: &[BString], begun: &[u8]) -> Possible {
        let revisions = self.repository;
        let mut place = Place { entry: self, revisions, operands: 0, argument: None, ended: false };
        for (index, word) in words.iter().enumerate() {
            if place.is_command(word) {
                return match super::find(word) {
                    Some(entry) => entry.possible(&words[index + 1..], begun),
                    None => Possible { choices: Vec::new(), wanted: Wanted::File },
                };
            }
            place.pass(word);
        }
        place.possible(begun)
    }

    /// The choices for its options.
    fn choices(&'static self) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self.options.iter().flat_map(choices_of).collect();
        choices.sort_by(|one, other| {
            // `-a` before `--all` before `-b`.
            let bare = |choice: &Choice| choice.word.trim_start_matches('-').to_lowercase();
            bare(one).cmp(&bare(other)).then_with(|| one.word.cmp(&other.word))
        });
        choices
    }
}

fn choices_of(option: &'static Opt) -> impl Iterator<Item = Choice> {
    option.spellings.iter().map(|spelling| {
        let (word, is_open) = match spelling {
            Spelling::Letter(letter) => (format!("-{}", char::from(*letter)), false),
            Spelling::Long(name) => (format!("--{name}"), option.argument != Argument::No),
            Spelling::Word(name) => (format!("-{name}"), false),
            Spelling::Key(name) => (format!("{name}="), true),
        };
        let word = if is_open && !word.ends_with('=') { format!("{word}=") } else { word };
        Choice { word, others: Vec::new(), about: &option.about, is_open }
    })
}

/// Choices that are the same option as one choice.
fn together(choices: Vec<Choice>) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    for choice in choices {
        match all.iter_mut().find(|own| std::ptr::eq(own.about, choice.about)) {
            Some(own) => own.others.push(choice.word),
            None => all.push(choice),
        }
    }
    all
}

/// How far the words of a line have been read.
struct Place {
    entry: &'static Entry,
    /// Operands may be revisions of a repository.
    revisions: bool,
    /// How many operands have been read of this entry.
    operands: usize,
    /// The next word is an option's argument of this role.
    argument: Option<Role>,
    /// No options follow.
    ended: bool,
}

impl Place {
    fn pass(&mut self, word: &BString) {
        if self.argument.take().is_some() {
            return;
        }
        if !self.ended && word == "--" {
            self.ended = true;
        } else if !self.ended && word.len() > 1 && word.starts_with(b"-") {
            self.argument = self.entry.argument_after(word);
        } else if self.operands == 0
            && let Some(below) = self.subcommand(word)
        {
            *self = Self { entry: below, operands: 0, argument: None, ended: false, ..*self };
        } else {
            self.operands += 1;
        }
    }

    fn subcommand(&self, word: &BString) -> Option<&'static Entry> {
        self.entry.subcommand.iter().find(|entry| entry.names.iter().any(|name| name == word))
    }

    /// Whether an operand is the name of a command that this one runs.
    fn is_command(&self, word: &BString) -> bool {
        let is_option = !self.ended && word.len() > 1 && word.starts_with(b"-");
        let is_name = self.argument.is_none() && !is_option && !word.contains(&b'=');
        is_name && self.role() == Some(Role::Command)
    }

    /// The role of the operand that would come next.
    fn role(&self) -> Option<Role> {
        let roles: Vec<Role> =
            self.entry.operands.roles().filter(|role| *role != Role::Assignment).collect();
        roles.get(self.operands).or(roles.last()).copied()
    }

    fn wanted(&self, role: Role) -> Wanted {
        match role {
            Role::File(Verb::Within | Verb::DeleteWithin) | Role::Directory | Role::From => {
                Wanted::Directory
            }
            Role::Command | Role::InputCommand | Role::Exec => Wanted::Command,
            Role::Process => Wanted::Process,
            Role::Remote(_) | Role::Url => Wanted::Host,
            _ if self.revisions => Wanted::Revision,
            _ => Wanted::File,
        }
    }

    fn possible(&self, begun: &[u8]) -> Possible {
        if let Some(role) = self.argument {
            return Possible { choices: Vec::new(), wanted: self.wanted(role) };
        }
        let mut choices = Vec::new();
        let dashed = begun.starts_with(b"-") && !self.ended;
        let keys = self.entry.style == Style::Keys;
        if dashed || keys {
            choices = self.entry.choices();
            choices.retain(|choice| keys || choice.word.starts_with('-'));
            // Behind a dash alone each option is one line, however it can be written.
            if begun == b"-" {
                choices = together(choices);
            }
        }
        if self.operands == 0 && !dashed {
            choices.extend(self.entry.subcommand.iter().flat_map(|below| {
                let names = below.names.iter().map(|name| Choice {
                    word: name.clone(),
                    others: Vec::new(),
                    about: &below.about,
                    is_open: false,
                });
                names.collect::<Vec<_>>()
            }));
            choices.sort_by(|one, other| one.word.cmp(&other.word));
        }
        let wanted = match self.role() {
            _ if dashed => Wanted::Text,
            Some(role) => self.wanted(role),
            // It takes no operands, or those of its subcommands.
            None if !choices.is_empty() => Wanted::Text,
            None => Wanted::File,
        };
        Possible { choices, wanted }
    }
}

impl Entry {
    /// The role of the word that follows an option, if the option takes it as its argument.
    fn argument_after(&'static self, word: &BString) -> Option<Role> {
        if !self.takes_next(word) {
            return None;
        }
        let spelled = |option: &&Opt| {
            option.spellings.iter().any(|spelling| match spelling {
                Spelling::Letter(letter) => word.last() == Some(letter) && !word.starts_with(b"--"),
                Spelling::Long(name) => word.strip_prefix(b"--") == Some(name.as_bytes()),
                Spelling::Word(name) => word.strip_prefix(b"-") == Some(name.as_bytes()),
                Spelling::Key(_) => false,
            })
        };
        let option = self.options.iter().find(spelled);
        Some(option.and_then(|option| option.argument.role()).unwrap_or(Role::Text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    fn possible(line: &str) -> Possible {
        let (before, begun) = line.rsplit_once(' ').unwrap();
        let words: Vec<BString> = before.split_whitespace().map(BString::from).collect();
        super::super::find(&words[0]).unwrap().possible(&words[1..], begun.as_bytes())
    }

    fn about(line: &str, word: &str) -> Option<&'static str> {
        let choice = possible(line).choices.into_iter().find(|choice| choice.word == word)?;
        Some(choice.about.words(Language::English))
    }

    #[test]
    fn options_are_offered_behind_a_dash_and_subcommands_without() {
        assert!(about("ls --si", "--size").is_some());
        assert!(about("ls -", "-l").is_some());
        assert!(about("git ch", "checkout").is_some());
        assert!(about("git -C x com", "commit").is_some());
        assert!(about("git commit --am", "--amend").is_some());
        assert!(about("kill -T", "-TERM").is_some());
        let all = possible("ls -").choices;
        let all_files = all.iter().find(|choice| choice.word == "-a").unwrap();
        assert_eq!(all_files.others, ["--all"]);
        assert!(about("sudo ls --si", "--size").is_some());
        assert_eq!(about("git commit -", "checkout"), None);
        assert_eq!(about("ls a", "-l"), None);
        assert_eq!(about("ls -- -", "-l"), None);
    }

    #[test]
    fn an_operand_is_of_the_kind_that_the_table_says() {
        for (line, wanted) in [
            ("cat ", Wanted::File),
            ("kill ", Wanted::Process),
            ("sudo ", Wanted::Command),
            ("sudo -u root ", Wanted::Command),
            ("scp ", Wanted::Host),
            ("git checkout ", Wanted::Revision),
            ("tar -C ", Wanted::Directory),
            ("nice -n 5 ", Wanted::Command),
        ] {
            assert_eq!(possible(line).wanted, wanted, "{line}");
        }
    }

    #[test]
    fn an_option_with_an_argument_waits_for_it() {
        let choices = possible("ls --col").choices;
        let colour = choices.iter().find(|choice| choice.word.starts_with("--color"));
        assert!(colour.is_some_and(|choice| choice.is_open), "{choices:?}");
    }
}

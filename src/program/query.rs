//! What is asked of an entry beside the meaning of one command line.

use bstr::{BString, ByteSlice};

use super::entry::{Entry, Spelling, Style};
use super::fact::{Fact, LATER, Verb};
use super::script;
use super::signature::Role;

/// The fields that a script takes from files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// The largest number of one.
    pub last: usize,
    /// What stands between fields; none: blanks.
    pub separator: Option<String>,
    /// The files.
    pub files: Vec<BString>,
}

impl Entry {
    /// A script of its first operand's language that lacks its last delimiter, with it.
    #[must_use]
    pub fn closed_script(&self, text: &str) -> Option<String> {
        let is_sed = self.operands.roles().next() == Some(Role::Sed);
        is_sed.then(|| script::closed(text)).flatten()
    }

    /// The fields that a command line takes by their numbers from files, where it is known
    /// what stands between them.
    #[must_use]
    pub fn fields(&'static self, arguments: &[BString]) -> Option<Fields> {
        if self.operands.roles().next() != Some(Role::Awk) {
            return None;
        }
        let understood = self.understand(arguments).ok()?;
        let mut separator = None;
        for (name, value) in &understood.options {
            // Any other option may say what fields are.
            if name != "-F" && name != "--field-separator" {
                return None;
            }
            let value = value.as_ref()?.to_str().ok()?;
            let plain = value.chars().count() == 1 && value != " ";
            separator = Some(plain.then(|| value.to_owned())?);
        }
        let (script, files) = understood.operands.split_first()?;
        let last = script::last_field(script.to_str().ok()?);
        (last > 0 && !files.is_empty()).then(|| Fields { last, separator, files: files.to_vec() })
    }

    /// What it does, and may do to operands that are not known.
    #[must_use]
    pub fn worst(&self) -> Vec<Fact> {
        let keys = self.options.iter().filter(|option| {
            option.spellings.iter().any(|spelling| matches!(spelling, Spelling::Key(_)))
        });
        // What is written by key is written over where it lies, disks among it.
        let keys = keys.filter_map(|option| match option.argument.role()? {
            Role::File(Verb::Write) => Some(Role::File(Verb::Change)),
            role => Some(role),
        });
        let later = |verb| Fact::File(verb, vec![LATER].into());
        let verbs = self.operands.roles().chain(keys).filter_map(Role::verb);
        self.effects.iter().cloned().chain(verbs.map(later)).collect()
    }

    /// What it would do if its options meant nothing and every other word were an
    /// operand: for a command line that is not understood.
    #[must_use]
    pub fn suspicions(&self, words: &[BString]) -> Vec<Fact> {
        let verbs: Vec<Verb> = self.operands.roles().filter_map(Role::verb).collect();
        let operands = words.iter().filter(|word| !word.starts_with(b"-") && !word.is_empty());
        operands
            .flat_map(|word| verbs.iter().map(|verb| Fact::File(*verb, word.clone())))
            .filter(|fact| !matches!(fact, Fact::File(Verb::Read, _)))
            .collect()
    }

    /// Whether no option of it does more than read: also a name that turns out to be
    /// an option does no harm.
    #[must_use]
    pub fn has_harmless_options(&self) -> bool {
        self.harmless_options
    }

    /// Whether each line that a command prints is one of the things it is about.
    #[must_use]
    pub fn prints_a_line_for_each(&self, words: &[BString]) -> bool {
        let Some(others) = &self.a_line_each_without else { return false };
        let is_one = |word: &BString, option: &String| {
            let letter = option.strip_prefix('-').filter(|rest| rest.len() == 1);
            match letter {
                Some(letter) if self.style != Style::Find && !word.starts_with(b"--") => {
                    word.starts_with(b"-") && word.contains_str(letter)
                }
                _ => word == option || word.starts_with(format!("{option}=").as_bytes()),
            }
        };
        !words.iter().any(|word| others.iter().any(|option| is_one(word, option)))
    }

    /// Whether options end at the first operand.
    #[must_use]
    pub fn ends_at_operands(&self) -> bool {
        self.style == Style::Posix
    }

    /// Whether it does what the repository's own configuration says.
    #[must_use]
    pub fn works_in_a_repository(&self) -> bool {
        self.repository
    }

    /// Whether it reads two files and no others: it compares them.
    #[must_use]
    pub fn compares(&self) -> bool {
        self.operands.roles().filter_map(Role::verb).eq([Verb::Read; 2])
            && !self.operands.roles().any(|role| role == Role::Unknown)
    }

    /// Whether what it gives to other commands lies below where it looks.
    #[must_use]
    pub fn looks_below(&self) -> bool {
        self.style == Style::Find
    }

    /// Whether it asks for the rights of another user, whatever it runs.
    #[must_use]
    pub fn asks_for_rights(&self) -> bool {
        self.effects.contains(&Fact::Privilege)
    }

    /// Whether a command stands among its operands.
    #[must_use]
    pub fn runs_a_command(&self) -> bool {
        self.operands.ends_in_command()
    }

    /// Whether its first operand is a pattern or a script, and files may follow.
    #[must_use]
    pub fn begins_with_a_pattern(&self) -> bool {
        let mut roles = self.operands.roles();
        matches!(roles.next(), Some(Role::Pattern | Role::Sed | Role::Awk))
            && roles.any(|role| role == Role::File(Verb::Read))
    }
}

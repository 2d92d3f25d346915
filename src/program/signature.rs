//! Signatures: which role each operand has.

use bstr::{BString, ByteSlice};

use super::fact::Verb;
use super::thing::Thing;

/// What an operand or an option's argument is, as `docs/programs.md` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A pattern, a number, a name.
    Text,
    /// A pattern that is looked for.
    Pattern,
    /// The name of a package of the system, and no file.
    Package,
    /// A name and nothing else: no sign before it, no colon in it.
    Name,
    /// A file that something is done with.
    File(Verb),
    /// A file, and another one whose name follows from its name, which is created
    /// or replaced (`gzip`).
    Pair(Verb, Suffix, &'static str),
    /// A file here, or one on another machine.
    Remote(Verb),
    /// A file, if its name is plain and has one of these endings, or any where there are
    /// none: for programs that read more than a file's name in some words.
    Plain(Verb, &'static [&'static str]),
    /// The same, and others beside it whose names follow from its name.
    Series,
    /// Filters of ffmpeg that do not reach for files.
    Filter,
    /// A word of letters, digits, `-` and `_`.
    Keyword,
    /// The beginning of names of files that are created or changed.
    Beside,
    /// Text, or `@` and the file that holds it.
    Data,
    /// A file with which something is done that another option says.
    Archive,
    /// Relative names are meant from there.
    Directory,
    /// Relative operands are meant from there, arguments of options are not.
    From,
    /// `name=value` before a command.
    Assignment,
    /// A command that is run.
    Command,
    /// A command that gets more operands from its input.
    InputCommand,
    /// What stands in such a command for what comes from its input.
    Replace,
    /// Words that are joined to shell text.
    ShellWords,
    /// Something that is no file changes.
    Thing(Thing),
    /// A command up to `;` or `{} +`.
    Exec,
    /// Shell text.
    Shell,
    /// A sed script.
    Sed,
    /// An awk program.
    Awk,
    /// A place on the network.
    Url,
    /// A process that gets a signal.
    Process,
    /// Nobody knows what it does.
    Unknown,
}

/// How the second name of a [`Role::Pair`] follows from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suffix {
    /// The suffix is added.
    Added,
    /// The suffix is taken away; a name without it has no place.
    Removed,
    /// There is no second file, but the name gets the suffix where it has no dot.
    Completed,
}

impl Role {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(role) = text.strip_suffix('@') {
            return match Self::parse(role)? {
                Self::File(verb) => Ok(Self::Remote(verb)),
                _ => Err(format!("'{role}' is not a role of files")),
            };
        }
        if let Some((role, endings)) = text.split_once('!') {
            let Self::File(verb) = Self::parse(role)? else {
                return Err(format!("'{role}' is not a role of files"));
            };
            // Tables live as long as the process: there are only so many.
            let leak = |ending: &str| &*Box::leak(ending.to_owned().into_boxed_str());
            let endings = endings.split(',').filter(|ending| !ending.is_empty()).map(leak);
            return Ok(Self::Plain(verb, Box::leak(endings.collect())));
        }
        if let Some((role, suffix)) = text.split_once(':') {
            let Self::File(verb) = Self::parse(role)? else {
                return Err(format!("'{role}' has no file to name another after"));
            };
            let (how, suffix) = match (suffix.get(..1), suffix.get(1..)) {
                (Some("+"), Some(suffix)) => (Suffix::Added, suffix),
                (Some("-"), Some(suffix)) => (Suffix::Removed, suffix),
                (Some("="), Some(suffix)) => (Suffix::Completed, suffix),
                _ => return Err(format!("'{text}' says neither +, - nor = with a suffix")),
            };
            // Tables live as long as the process: there are only so many.
            return Ok(Self::Pair(verb, how, Box::leak(suffix.to_owned().into_boxed_str())));
        }
        Ok(match text {
            "text" => Self::Text,
            "pattern" => Self::Pattern,
            "name" => Self::Name,
            "keyword" => Self::Keyword,
            "series" => Self::Series,
            "filter" => Self::Filter,
            "package" => Self::Package,
            "read" => Self::File(Verb::Read),
            "write" => Self::File(Verb::Write),
            "append" => Self::File(Verb::Append),
            "create" => Self::File(Verb::Create),
            "change" => Self::File(Verb::Change),
            "rewrite" => Self::File(Verb::Rewrite),
            "change-tree" => Self::File(Verb::ChangeTree),
            "move" => Self::File(Verb::Move),
            "into" => Self::File(Verb::Into),
            "new-name" => Self::File(Verb::NewName),
            "delete" => Self::File(Verb::Delete),
            "delete-tree" => Self::File(Verb::DeleteTree),
            "within" => Self::File(Verb::Within),
            "delete-within" => Self::File(Verb::DeleteWithin),
            "archive" => Self::Archive,
            "directory" => Self::Directory,
            "from" => Self::From,
            "replace" => Self::Replace,
            "shell-words" => Self::ShellWords,
            "data" => Self::Data,
            "beside" => Self::Beside,
            "assignment" => Self::Assignment,
            "command" => Self::Command,
            "input-command" => Self::InputCommand,
            "exec" => Self::Exec,
            "shell" => Self::Shell,
            "sed" => Self::Sed,
            "awk" => Self::Awk,
            "url" => Self::Url,
            "process" => Self::Process,
            "unknown" => Self::Unknown,
            _ => match Thing::of_name(text) {
                Some(thing) => Self::Thing(thing),
                None => return Err(format!("'{text}' is not a role")),
            },
        })
    }

    /// What is done with the file that it is, if it is one.
    pub(super) fn verb(self) -> Option<Verb> {
        match self {
            Self::File(verb) | Self::Pair(verb, ..) | Self::Remote(verb) | Self::Plain(verb, _) => {
                Some(verb)
            }
            Self::Series => Some(Verb::Write),
            _ => None,
        }
    }

    /// Whether it takes all the words that are left.
    pub(super) fn takes_the_rest(self) -> bool {
        matches!(self, Self::Command | Self::InputCommand | Self::ShellWords)
    }
}

/// How often a role occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Once,
    AtMostOnce,
    Any,
    AtLeastOnce,
}

/// The roles of a command's operands, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signature(Vec<(Role, Count)>);

impl Signature {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        text.split_whitespace()
            .map(|token| {
                let (name, count) = if let Some(name) = token.strip_suffix("...") {
                    (name, Count::AtLeastOnce)
                } else if let Some(name) = token.strip_suffix('*') {
                    (name, Count::Any)
                } else if let Some(name) = token.strip_suffix('?') {
                    (name, Count::AtMostOnce)
                } else {
                    (token, Count::Once)
                };
                Ok((Role::parse(name)?, count))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The signature without the first occurrence of a role.
    pub(super) fn without(&self, role: Role) -> Self {
        let mut roles = self.0.clone();
        if let Some(place) = roles.iter().position(|(own, _)| *own == role) {
            roles.remove(place);
        }
        Self(roles)
    }

    /// The roles in order, each once.
    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.0.iter().map(|(role, _)| *role)
    }

    /// Whether options end where the operands begin, because a command follows.
    pub(super) fn ends_in_command(&self) -> bool {
        self.0.last().is_some_and(|(role, _)| role.takes_the_rest())
    }

    /// Gives each word its role; `Err`: the word that has none, or `None` when
    /// words are missing.
    pub(super) fn assign<'a>(
        &self,
        words: &'a [BString],
    ) -> Result<Vec<(Role, &'a [BString])>, Option<&'a BString>> {
        let least = |roles: &[(Role, Count)]| {
            roles
                .iter()
                .filter(|(_, count)| matches!(count, Count::Once | Count::AtLeastOnce))
                .count()
        };
        let mut assigned = Vec::new();
        let mut rest = words;
        for (index, (role, count)) in self.0.iter().enumerate() {
            if role.takes_the_rest() {
                if rest.is_empty() && matches!(count, Count::Once | Count::AtLeastOnce) {
                    return Err(None);
                }
                if !rest.is_empty() {
                    assigned.push((*role, rest));
                }
                return Ok(assigned);
            }
            let spare = rest.len().saturating_sub(least(&self.0[index + 1..]));
            let mut take = match count {
                Count::Once if spare == 0 => return Err(None),
                Count::Once => 1,
                Count::AtMostOnce => spare.min(1),
                Count::AtLeastOnce if spare == 0 => return Err(None),
                Count::Any | Count::AtLeastOnce => spare,
            };
            if *role == Role::Assignment {
                take = rest.iter().take(take).take_while(|word| is_assignment(word)).count();
            }
            let (taken, left) = rest.split_at(take);
            assigned.extend(taken.iter().map(|word| (*role, std::slice::from_ref(word))));
            rest = left;
        }
        match rest.first() {
            Some(word) => Err(Some(word)),
            None => Ok(assigned),
        }
    }
}

fn is_assignment(word: &BString) -> bool {
    word.find_byte(b'=').is_some_and(|place| crate::shell::variable::is_name(&word[..place]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(signature: &str, words: &str) -> String {
        let words: Vec<BString> = words.split_whitespace().map(BString::from).collect();
        match Signature::parse(signature).unwrap().assign(&words) {
            Ok(assigned) => assigned
                .iter()
                .map(|(role, words)| format!("{role:?}={}", bstr::join(" ", *words).to_str_lossy()))
                .collect::<Vec<_>>()
                .join(" "),
            Err(Some(word)) => format!("not {word}"),
            Err(None) => "missing".to_owned(),
        }
    }

    #[test]
    fn roles_go_to_words_in_order() {
        assert_eq!(roles("read... into", "a b c"), "File(Read)=a File(Read)=b File(Into)=c");
        assert_eq!(roles("read... into", "a"), "missing");
        assert_eq!(roles("read? write?", "a"), "File(Read)=a");
        assert_eq!(roles("text read*", "a b"), "Text=a File(Read)=b");
        assert_eq!(roles("text", "a b"), "not b");
        assert_eq!(roles("", "a"), "not a");
    }

    #[test]
    fn a_command_takes_the_rest() {
        assert_eq!(roles("assignment* command?", "A=1 ls -l"), "Assignment=A=1 Command=ls -l");
        assert_eq!(roles("assignment* command?", "A=1"), "Assignment=A=1");
        assert_eq!(roles("text command", "5 ls B=2"), "Text=5 Command=ls B=2");
        assert_eq!(roles("command", ""), "missing");
    }
}

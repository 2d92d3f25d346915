//! Programmable completion (bash, Programmable Completion): what `complete` says of a
//! command, and what comes of it for a word.
//!
//! The line editor asks [`Shell::completions_of`]; `compgen` asks [`Shell::generate`].

mod action;
mod line;
mod operand;

use bstr::{BString, ByteSlice};

pub use self::action::Action;
use self::line::Line;
pub use self::operand::operands;
use super::expand::Expander;
use super::parser::{self, NoAliases};
use super::pattern::{Pattern, PatternText, Reading};
use super::syntax::Command;
use super::variable::{Indexed, Value};
use super::{Divert, Shell};
use crate::exit_status::ExitStatus;

/// What `complete` says of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Specification {
    /// `-A`: kinds of names.
    pub actions: Vec<Action>,
    /// `-G`: a pattern for files.
    pub glob: Option<BString>,
    /// `-W`: words.
    pub words: Option<BString>,
    /// `-F`: a function that sets `COMPREPLY`.
    pub function: Option<BString>,
    /// `-C`: a command that writes lines.
    pub command: Option<BString>,
    /// `-X`: a pattern of what is taken out.
    pub filter: Option<BString>,
    /// `-P`
    pub prefix: BString,
    /// `-S`
    pub suffix: BString,
    /// `-o`: `nospace`, `default` …
    pub options: Vec<BString>,
}

/// All specifications of a shell.
#[derive(Clone, Debug, Default)]
pub struct Completions {
    /// By command.
    pub commands: std::collections::BTreeMap<BString, Specification>,
    /// `-D`: for a command without one.
    pub default: Option<Specification>,
    /// `-E`: for an empty line.
    pub empty: Option<Specification>,
    /// `-I`: for the first word.
    pub first: Option<Specification>,
    /// Options of the specification that is being worked out, which `compopt` changes.
    pub(super) current: Option<Vec<BString>>,
}

/// What a word may be continued to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Whole words that begin as the word does, or that take its place.
    pub words: Vec<BString>,
    /// The options that hold for them (`nospace`, `filenames`).
    pub options: Vec<BString>,
    /// Where the word begins that they take the place of, in bytes of the line.
    pub start: usize,
}

/// The status of a completion function that has loaded another one.
const AGAIN: ExitStatus = ExitStatus(124);

/// How often a function may have loaded another one.
const MAX_LOADS: usize = 4;

/// The variables of a completion function.
const VARIABLES: [&[u8]; 6] =
    [b"COMP_LINE", b"COMP_POINT", b"COMP_WORDS", b"COMP_CWORD", b"COMP_TYPE", b"COMP_KEY"];

impl Shell {
    /// What the word at the end of a line may be continued to, as the command's
    /// specification says; nothing where there is none.
    pub fn completions_of(&mut self, text: &[u8]) -> Option<Found> {
        let line = Line::of(text)?;
        let (name, word) = (line.words.first()?.clone(), line.words.last()?.clone());
        if line.words.len() == 1 {
            return None;
        }
        // What a completion function runs must not take the editor's modes for the shell's own,
        // nor give these back to the terminal while it is edited on.
        let (terminal, modes) = (self.terminal.take(), self.modes.clone());
        let found = self.completions_apart(&line, &name, &word);
        (self.terminal, self.modes) = (terminal, modes);
        found
    }

    fn completions_apart(&mut self, line: &Line, name: &BString, word: &BString) -> Option<Found> {
        for _ in 0..MAX_LOADS {
            let specification = self.specification_of(name)?;
            self.completion.current = Some(specification.options.clone());
            let result = self.generated(&specification, line, word);
            let mut options = self.completion.current.take().unwrap_or_default();
            // What the actions for files find are files.
            let of_files = |action: &Action| matches!(action, Action::File | Action::Directory);
            if specification.actions.iter().any(of_files) {
                options.push("filenames".into());
            }
            match result {
                Generated::Again => {}
                Generated::Words(words) => {
                    return Some(Found { words, options, start: line.start });
                }
            }
        }
        None
    }

    /// The specification of a command: by its name, by its last component, or for any.
    fn specification_of(&self, name: &BString) -> Option<Specification> {
        let commands = &self.completion.commands;
        let last = name.rfind_byte(b'/').map(|slash| BString::from(&name[slash + 1..]));
        commands
            .get(name)
            .or_else(|| last.and_then(|last| commands.get(&last)))
            .or(self.completion.default.as_ref())
            .cloned()
    }

    fn generated(
        &mut self,
        specification: &Specification,
        line: &Line,
        word: &BString,
    ) -> Generated {
        let set = [
            (VARIABLES[0], Value::Text(line.text.clone())),
            (VARIABLES[1], Value::Text(line.text.len().to_string().into())),
            (VARIABLES[2], list(line.words.clone())),
            (VARIABLES[3], Value::Text((line.words.len() - 1).to_string().into())),
            (VARIABLES[4], Value::Text("9".into())),
            (VARIABLES[5], Value::Text("9".into())),
        ];
        for (name, value) in set {
            // Read-only ones keep their value, and the function sees that.
            let _ = self.variables.set_value(name, value);
        }
        let before = line.words.len().checked_sub(2).map(|at| line.words[at].clone());
        let words =
            self.generate(specification, word, Some((&line.words[0], &before.unwrap_or_default())));
        let again = specification.function.is_some() && self.status == AGAIN;
        for name in VARIABLES {
            let _ = self.variables.unset(name);
        }
        if again { Generated::Again } else { Generated::Words(words) }
    }

    /// The words that a specification allows for the start of one. `called` are the
    /// command and the word before, which a function gets.
    pub(crate) fn generate(
        &mut self,
        specification: &Specification,
        word: &BString,
        called: Option<(&BString, &BString)>,
    ) -> Vec<BString> {
        let mut found: Vec<BString> = Vec::new();
        for action in &specification.actions {
            found.extend(self.names_of(*action, word));
        }
        if let Some(glob) = &specification.glob {
            found.extend(self.glob_fields(glob));
        }
        if let Some(words) = &specification.words {
            let words = self.word_list(words);
            found.extend(words.into_iter().filter(|one| one.starts_with(word)));
        }
        if let Some(function) = &specification.function {
            let (command, before) =
                called.map_or_else(Default::default, |(one, other)| (one.clone(), other.clone()));
            found.extend(self.replies_of(function, [command, word.clone(), before]));
        }
        if let Some(command) = &specification.command {
            let (name, before) =
                called.map_or_else(Default::default, |(one, other)| (one.clone(), other.clone()));
            found.extend(self.lines_of(command, [name, word.clone(), before]));
        }
        if let Some(filter) = &specification.filter {
            let (keeps, text) = match filter.strip_prefix(b"!") {
                Some(text) => (true, text.as_bstr()),
                None => (false, filter.as_bstr()),
            };
            let text = text.replace("&", word.as_slice());
            let reading = Reading { encoding: self.encoding(), groups: true, fold: false };
            let pattern = Pattern::new(&PatternText::unquoted(&text), reading);
            found.retain(|one| pattern.matches(one) == keeps);
        }
        let (prefix, suffix) = (&specification.prefix, &specification.suffix);
        if !prefix.is_empty() || !suffix.is_empty() {
            for one in &mut found {
                *one = [prefix.as_slice(), one, suffix].concat().into();
            }
        }
        if found.is_empty() {
            let has = |name: &str| specification.options.iter().any(|option| option == name);
            if has("default") || has("bashdefault") {
                found = self.names_of(Action::File, word);
            } else if has("dirnames") {
                found = self.names_of(Action::Directory, word);
            }
        }
        found
    }

    /// What a function leaves in `COMPREPLY`.
    fn replies_of(&mut self, name: &BString, arguments: [BString; 3]) -> Vec<BString> {
        let Some(body) = self.functions.get(name).cloned() else { return Vec::new() };
        let _ = self.variables.unset(b"COMPREPLY");
        let status = self.status;
        let errexit = self.condition_depth;
        self.condition_depth += 1;
        let flow = self.call(name, &body, arguments.to_vec());
        self.condition_depth = errexit;
        // What leaves a completion leaves nothing else.
        if matches!(flow, Err(Divert::Exit)) {
            self.status = status;
        }
        let replies = self.variables.variable(b"COMPREPLY").and_then(|one| one.value.clone());
        replies.map(|value| value.values()).unwrap_or_default()
    }

    /// The lines that a command writes.
    fn lines_of(&mut self, command: &BString, arguments: [BString; 3]) -> Vec<BString> {
        let words: Vec<BString> =
            arguments.iter().map(|word| crate::shell::quote::quote(word)).collect();
        let text = [b"$(", command.as_slice(), b" ", &bstr::join(" ", words), b")"].concat();
        let Ok(word) = parser::parse_document(&text) else { return Vec::new() };
        let output = Expander::new(self).document(&word).unwrap_or_default();
        output.lines().map(BString::from).collect()
    }

    /// The fields that a pattern or a list of words expands to.
    fn glob_fields(&mut self, text: &[u8]) -> Vec<BString> {
        let Ok(tree) = parser::parse(&[b"x ", text].concat(), &NoAliases) else {
            return Vec::new();
        };
        let Some(and_or) = tree.items.first() else { return Vec::new() };
        let Some(Command::Simple(simple)) = and_or.first.commands.first() else {
            return Vec::new();
        };
        let mut fields = Vec::new();
        for word in simple.words.iter().skip(1) {
            // A word that cannot be expanded has no completions.
            let _ = Expander::new(self).fields(word, &mut fields);
        }
        fields
    }

    /// The words of `-W`: split at IFS, quotes respected, and expanded.
    fn word_list(&mut self, text: &[u8]) -> Vec<BString> {
        let separators =
            self.variables.get(b"IFS").map_or_else(|| BString::from(" \t\n"), |ifs| ifs.to_owned());
        let blank = separators.iter().all(u8::is_ascii_whitespace);
        let plain = !text.iter().any(|byte| b"$`'\"\\{*?[".contains(byte));
        if plain || !blank {
            let word = parser::parse_document(text).ok();
            let value = word.and_then(|word| Expander::new(self).document(&word).ok());
            let value = value.unwrap_or_else(|| text.into());
            return value
                .split(|byte| separators.contains(byte))
                .filter(|word| !word.is_empty())
                .map(BString::from)
                .collect();
        }
        // Newlines separate words here, and no commands.
        let joined: Vec<u8> =
            text.iter().map(|byte| if *byte == b'\n' { b' ' } else { *byte }).collect();
        let no_glob = self.options.is_on(super::option::Opt::NoGlob);
        self.options.set(super::option::Opt::NoGlob, true);
        let words = self.glob_fields(&joined);
        self.options.set(super::option::Opt::NoGlob, no_glob);
        words
    }
}

enum Generated {
    Words(Vec<BString>),
    /// The function has loaded another specification.
    Again,
}

fn list(words: Vec<BString>) -> Value {
    let elements: Indexed = (0..).zip(words).collect();
    Value::Indexed(std::rc::Rc::new(elements))
}

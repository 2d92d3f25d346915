//! What is known of commands that the shell engine runs: every command in the
//! tree is judged, those in substitutions and conditions, and those that other
//! commands run, too; what is in no table has unknown effects.

mod builtin;
mod program;
mod sets;

use std::path::PathBuf;

use bstr::BString;

use self::sets::set_within;
use super::redirect;
use super::scope::{Scope, Volatile};
use super::word::{base_name, literal_word, unmatched};
use crate::escape::visible;
use crate::language::Language;
use crate::plan::Note;
use crate::plan::effect::{Act, Effects};
use crate::plan::operation::Operation;
use crate::program::variable::{changes_meaning, changes_only_output};
use crate::program::{self as programs, fact};
use crate::shell::Shell;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{Command, FunctionDefinition, List, Pipeline, SimpleCommand};
use crate::shell::{print, visit};

/// How deep commands may run commands that run commands.
const MAX_DEPTH: usize = 8;

/// What was found out about commands.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) effects: Effects,
    pub(super) warnings: Vec<String>,
    /// The directory that the commands may leave the shell in.
    pub(super) supposed: PathBuf,
    /// The programs that are started.
    pub(super) programs: Vec<BString>,
    /// What each command does, in a verb phrase.
    pub(super) phrases: Vec<String>,
    /// What the options mean.
    pub(super) notes: Vec<Note>,
    /// The variables that the commands leave with another value.
    pub(super) sets: Volatile,
}

/// The operation of a pipeline that is not lowered.
pub(super) fn operation(pipeline: &Pipeline) -> Operation {
    let plain = !pipeline.negated
        && pipeline.commands.iter().all(|command| matches!(command, Command::Simple(_)));
    if plain { Operation::Run } else { Operation::Compound }
}

/// Judges every command of a tree.
pub(super) fn judge(tree: &List, shell: &mut Shell, scope: &Scope, language: Language) -> Judged {
    let scope = scope.clone();
    let mut judge = Judge { shell, scope, language, found: Judged::default(), depth: 0 };
    judge.tree(tree, Volatile::Names(Vec::new()));
    judge.found
}

/// Judges the command of an expanded command line, as for `policy explain`.
struct Judge<'a> {
    shell: &'a mut Shell,
    scope: Scope,
    language: Language,
    found: Judged,
    depth: usize,
}

impl Judge<'_> {
    /// Every command of a tree, in which also other variables are not known.
    fn tree(&mut self, tree: &List, volatile: Volatile) {
        let mut commands = Vec::new();
        visit::commands(tree, &mut |command| commands.push(command.clone()));
        let sets = set_within(&commands).and(match visit::assigned_by_expansions(tree) {
            Some(names) => Volatile::Names(names),
            None => Volatile::All,
        });
        self.special_variables(&sets, &commands);
        let inner = self.scope.with_volatile(volatile).with_volatile(sets.clone());
        self.found.sets = std::mem::take(&mut self.found.sets).and(sets);
        let outer = std::mem::replace(&mut self.scope, inner);
        // In a compound command a `cd` or an assignment changes what comes after it.
        let alone = commands.len() == 1;
        let mut supposed = self.scope.clone();
        for command in &commands {
            match command {
                Command::Simple(simple) => {
                    let known = self.simple(simple, alone);
                    let words = supposed.guess(&simple.words, self.shell);
                    if !known {
                        self.guess(&words, &supposed);
                    }
                    supposed.suppose(&words);
                }
                Command::Function(definition) => {
                    let name = visible(&definition.name);
                    let reason = self.language.choose(
                        format!("it defines the function {name}"),
                        format!("它定义了函数 {name}"),
                    );
                    self.merge(vec![Act::Environment, Act::Unknown(reason)].into());
                    if is_fork_bomb(definition) {
                        self.merge(vec![Act::Exhausts].into());
                    }
                    let phrase = self.language.choose("define the function", "定义函数");
                    self.found.phrases.push(format!("{phrase} {name}"));
                }
                Command::Compound(compound) => {
                    let effects = redirect::effects(&compound.redirects, self.shell, &self.scope);
                    self.merge(effects);
                }
            }
        }
        self.found.supposed = supposed.supposed().to_owned();
        self.scope = outer;
    }

    /// A loop or an expansion that sets a variable on which the meaning of commands
    /// depends. (Assignments are judged where they stand.)
    fn special_variables(&mut self, sets: &Volatile, commands: &[Command]) {
        let Volatile::Names(names) = sets else { return };
        let alone = matches!(commands, [Command::Simple(simple)] if !simple.assignments.is_empty());
        if !alone && names.iter().any(|name| changes_meaning(name)) {
            self.unknown(
                "it sets a variable that changes what commands mean",
                "它设置了会改变命令含义的变量",
            );
        }
    }

    /// What a command whose words are not all known would do if they were what they
    /// seem to be.
    fn guess(&mut self, words: &[BString], supposed: &Scope) {
        if words.is_empty() || self.depth >= MAX_DEPTH {
            return;
        }
        let mut guess = Judge {
            shell: &mut *self.shell,
            scope: supposed.in_supposed_directory(),
            language: self.language,
            found: Judged::default(),
            depth: self.depth + 1,
        };
        guess.words(words, false);
        let effects = guess.found.effects;
        self.found.effects.suspect(effects);
    }

    fn merge(&mut self, effects: Effects) {
        self.found.effects.merge(effects);
    }

    fn environment(&mut self) {
        self.found.effects.push(Act::Environment);
    }

    fn unknown(&mut self, english: impl Into<String>, chinese: impl Into<String>) {
        let reason = self.language.choose(english.into(), chinese.into());
        self.merge(Effects::unknown(reason));
    }

    fn phrase(&mut self, english: impl Into<String>, chinese: impl Into<String>) {
        self.found.phrases.push(self.language.choose(english.into(), chinese.into()));
    }

    /// A simple command; false: not all of its words are known.
    fn simple(&mut self, simple: &SimpleCommand, alone: bool) -> bool {
        let effects = redirect::effects(&simple.redirects, self.shell, &self.scope);
        self.merge(effects);
        if !simple.assignments.is_empty() {
            if simple.words.is_empty() {
                self.environment();
            }
            let names = simple.assignments.iter().map(|assignment| assignment.name.as_slice());
            let harmless = if simple.words.is_empty() {
                names.into_iter().all(|name| !changes_meaning(name))
            } else {
                names.into_iter().all(changes_only_output)
            };
            if !harmless {
                self.unknown("variables are set for the command", "命令设置了变量");
            }
        }
        if simple.words.is_empty() {
            return true;
        }
        match self.scope.expand(&simple.words, self.shell) {
            Ok(words) if words.is_empty() => true,
            Ok(words) => {
                let warnings = unmatched(simple, self.shell, &self.scope, self.language);
                self.found.warnings.extend(warnings);
                self.words(&words, alone);
                true
            }
            Err(reason) => {
                self.dynamic(simple, reason);
                false
            }
        }
    }

    /// A command whose words are not known before it runs: its name alone may
    /// still tell what it is.
    fn dynamic(&mut self, simple: &SimpleCommand, reason: String) {
        let name = literal_word(&simple.words[0]);
        match name.as_ref().and_then(|name| programs::find(base_name(name))) {
            Some(entry) => {
                self.worst(entry);
                self.found.phrases.push(entry.about.words(self.language).to_owned());
            }
            None => self.phrase("run a command", "运行一个命令"),
        }
        if let Some(name) = name {
            self.found.programs.push(base_name(&name).into());
        }
        self.merge(Effects::unknown(reason));
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            return self.unknown("commands are nested too deeply", "命令嵌套过深");
        }
        self.depth += 1;
        inner(self);
        self.depth -= 1;
    }

    fn shell_text(&mut self, text: &[u8]) {
        if text.contains(&fact::LATER) {
            return self.unknown("what it runs is not known yet", "还不知道它会运行什么");
        }
        match parser::parse(text, &NoAliases) {
            Ok(tree) => {
                let supposed = std::mem::take(&mut self.found.supposed);
                self.tree(&tree, Volatile::All);
                self.found.supposed = supposed;
            }
            Err(_) => {
                self.unknown("the text it runs is not shell", "它要运行的文本不是 shell 命令")
            }
        }
    }
}

/// A function that calls itself in a pipeline in the background.
fn is_fork_bomb(definition: &FunctionDefinition) -> bool {
    let text = print::compound_text(&definition.body);
    let name = definition.name.as_slice();
    let calls = text.split(|byte| b" |&;{}()".contains(byte)).filter(|word| *word == name).count();
    calls >= 2 && text.contains(&b'&')
}

//! What is known of commands that the shell engine runs: every command in the
//! tree is judged, those in substitutions and conditions, and those that other
//! commands run, too; what is in no table has unknown effects.

mod builtin;
mod program;
mod sets;

use bstr::{BString, ByteSlice};

use self::sets::{name_in, set_within};
use super::facts::Later;
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
use crate::shell::builtin::{self as builtins, Meaning};
use crate::shell::exec::Located;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{
    ArithmeticExpansion, Command, CompoundKind, FunctionDefinition, List, Pipeline, SimpleCommand,
    Word, WordPart,
};
use crate::shell::{print, visit};

/// How deep commands may run commands that run commands.
const MAX_DEPTH: usize = 8;

/// What was found out about commands.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    pub(super) effects: Effects,
    pub(super) warnings: Vec<String>,
    /// The world after the commands, where it is one of suppositions.
    pub(super) after: Option<Scope>,
    /// The programs that are started.
    pub(super) programs: Vec<BString>,
    /// What each command does, in a verb phrase.
    pub(super) phrases: Vec<String>,
    /// What the options mean.
    pub(super) notes: Vec<Note>,
    /// The variables that the commands leave with another value.
    pub(super) sets: Volatile,
    /// What later words mean may depend on more than these variables: the directory,
    /// options, functions, or what nobody knows.
    pub(super) drifts: bool,
}

/// The operation of a pipeline that is not lowered.
pub(super) fn operation(pipeline: &Pipeline, tree: &List) -> Operation {
    let plain = !pipeline.negated
        && pipeline.timed.is_none()
        && pipeline.commands.iter().all(|command| matches!(command, Command::Simple(_)));
    match pipeline.commands.as_slice() {
        [Command::Function(_)] if !pipeline.negated && pipeline.timed.is_none() => {
            Operation::ChangeSession
        }
        [Command::Simple(simple)] if plain && is_on_session(simple) && is_alone(tree) => {
            Operation::ChangeSession
        }
        _ if plain => Operation::Run,
        _ => Operation::Compound,
    }
}

/// Whether a command is plainly an assignment, or a builtin that changes the shell
/// itself and nothing else.
fn is_on_session(simple: &SimpleCommand) -> bool {
    if simple.words.is_empty() {
        return simple.redirects.is_empty();
    }
    let name = simple.words.first().and_then(literal_word);
    let builtin = name.and_then(|name| builtins::find(&name));
    builtin.is_some_and(|builtin| {
        matches!(
            builtin.meaning,
            Meaning::Names
                | Meaning::Limits
                | Meaning::Options
                | Meaning::Later
                | Meaning::Variables
                | Meaning::Places
        )
    }) && simple.words.len() > 1
        && simple.redirects.is_empty()
        && simple.assignments.is_empty()
}

/// Whether a tree has one command, and none in its words.
fn is_alone(tree: &List) -> bool {
    let mut count = 0;
    visit::commands(tree, &mut |_| count += 1);
    count == 1
}

/// Judges every command of a tree.
pub(super) fn judge(tree: &List, shell: &mut Shell, scope: &Scope, language: Language) -> Judged {
    let scope = scope.clone();
    let mut judge = Judge {
        shell,
        scope,
        language,
        found: Judged::default(),
        depth: 0,
        evaluates_values: false,
    };
    judge.tree(tree, Volatile::Names(Vec::new()));
    judge.found.after = Some(judge.scope).filter(Scope::is_supposing);
    judge.found
}

/// Judges the command of an expanded command line, as for `policy explain`.
struct Judge<'a> {
    shell: &'a mut Shell,
    scope: Scope,
    language: Language,
    found: Judged,
    depth: usize,
    /// Something evaluates what variables hold.
    evaluates_values: bool,
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
        self.evaluates_values |= takes_values_for_code(tree);
        let inner = self.scope.with_volatile(volatile).with_volatile(sets.clone());
        self.found.sets = std::mem::take(&mut self.found.sets).and(sets);
        let outer = std::mem::replace(&mut self.scope, inner);
        // In a compound command a `cd` or an assignment changes what comes after it.
        let alone = commands.len() == 1;
        for command in &commands {
            match command {
                Command::Simple(simple) => {
                    self.simple(simple, alone);
                    if self.scope.is_supposing() {
                        self.scope.suppose(simple, self.shell);
                    }
                }
                Command::Function(definition) => {
                    let name = visible(&definition.name);
                    let reason = self.language.choose(
                        format!("it defines the function {name}"),
                        format!("它定义了函数 {name}"),
                    );
                    self.environment(true);
                    self.merge(Effects::unknown(reason));
                    if is_fork_bomb(definition) {
                        self.merge(vec![Act::Exhausts].into());
                    }
                    let phrase = self.language.choose("define the function", "定义函数");
                    self.found.phrases.push(format!("{phrase} {name}"));
                }
                Command::Compound(compound) => {
                    let effects = redirect::effects(&compound.redirects, self.shell, &self.scope);
                    if visit::is_assigned_in_redirects(&compound.redirects) {
                        self.environment(false);
                    }
                    self.merge(effects);
                    self.compound(&compound.kind);
                }
            }
        }
        if !self.scope.is_supposing() {
            self.scope = outer;
        }
    }

    /// What a compound command does beside the commands in it, which are judged as they
    /// come.
    fn compound(&mut self, kind: &CompoundKind) {
        match kind {
            CompoundKind::Group(_)
            | CompoundKind::Subshell(_)
            | CompoundKind::For { .. }
            | CompoundKind::Case { .. }
            | CompoundKind::If { .. }
            | CompoundKind::While { .. }
            | CompoundKind::Select { .. }
            | CompoundKind::Unsupported(_) => {}
            // It looks at files, and sets what it found.
            CompoundKind::Test(_) => self.phrase("test a condition", "判断一个条件"),
            CompoundKind::Arithmetic(expression) => self.expression(expression),
            CompoundKind::Count { clauses, .. } => {
                clauses.iter().for_each(|clause| self.expression(clause));
            }
            CompoundKind::Coprocess { .. } => {
                self.environment(true);
                self.phrase("run a command beside the shell", "在 shell 旁边运行一个命令");
            }
        }
    }

    fn expression(&mut self, expression: &ArithmeticExpansion) {
        self.environment(false);
        self.phrase("compute an expression", "计算一个表达式");
        match expression.parts.as_slice() {
            [] => {}
            [WordPart::Literal(text)] => self.computes(text),
            _ => self.unknown("it computes what is known only then", "它计算的内容届时才知道"),
        }
    }

    /// A loop or an expansion that sets a variable on which the meaning of commands
    /// depends. (Assignments are judged where they stand.)
    fn special_variables(&mut self, sets: &Volatile, commands: &[Command]) {
        let Volatile::Names(names) = sets else { return };
        let alone = matches!(commands, [Command::Simple(simple)] if !simple.assignments.is_empty());
        if !alone && names.iter().any(|name| self.changes_meaning(name)) {
            self.unknown(
                "it sets a variable that changes what commands mean",
                "它设置了会改变命令含义的变量",
            );
        }
    }

    fn merge(&mut self, effects: Effects) {
        self.found.effects.merge(effects);
    }

    /// The session changes: its variables, or more (`drifts`).
    fn environment(&mut self, drifts: bool) {
        self.found.effects.push(Act::Environment);
        self.found.drifts |= drifts;
    }

    fn unknown(&mut self, english: impl Into<String>, chinese: impl Into<String>) {
        let reason = self.language.choose(english.into(), chinese.into());
        self.merge(Effects::unknown(reason));
    }

    fn phrase(&mut self, english: impl Into<String>, chinese: impl Into<String>) {
        self.found.phrases.push(self.language.choose(english.into(), chinese.into()));
    }

    fn simple(&mut self, simple: &SimpleCommand, alone: bool) {
        let effects = redirect::effects(&simple.redirects, self.shell, &self.scope);
        self.merge(effects);
        if visit::is_assigned_in_redirects(&simple.redirects) {
            self.environment(false);
        }
        if !simple.assignments.is_empty() {
            if simple.words.is_empty() {
                self.environment(false);
            }
            let names = simple.assignments.iter().map(|assignment| assignment.name.as_slice());
            let harmless = if simple.words.is_empty() {
                names.into_iter().all(|name| !self.changes_meaning(name))
            } else {
                names.into_iter().all(changes_only_output)
            };
            if !harmless {
                self.unknown("variables are set for the command", "命令设置了变量");
            }
        }
        if simple.words.is_empty() {
            return;
        }
        match self.scope.expand(&simple.words, self.shell) {
            Ok(words) if words.is_empty() => {}
            Ok(words) => {
                let warnings = unmatched(simple, self.shell, &self.scope, self.language);
                self.found.warnings.extend(warnings);
                self.words(&words, alone);
            }
            Err(reason) => self.dynamic(simple, reason),
        }
    }

    /// A command whose words are not known before it runs: its name alone may
    /// still tell what it is.
    fn dynamic(&mut self, simple: &SimpleCommand, reason: String) {
        if let Some(words) = self.later_words(simple) {
            return self.program(&words, &Later::Anywhere);
        }
        self.merge(Effects::unknown(reason));
        let name = literal_word(&simple.words[0]);
        match name.as_ref().and_then(|name| programs::find(base_name(name))) {
            Some(entry) => {
                self.worst(entry);
                self.found.phrases.push(entry.about.words(self.language).to_owned());
            }
            None => self.phrase("run a command", "运行一个命令"),
        }
        let Some(name) = name else {
            self.found.drifts = true;
            return;
        };
        self.found.drifts |= match self.shell.locate(&name) {
            Located::Builtin(builtin) => builtin::drifts(builtin.meaning, None),
            Located::Function(_) => true,
            _ => false,
        };
        self.found.programs.push(base_name(&name).into());
    }

    /// The words of a program, some of them known only when it runs, as those are that
    /// `xargs` reads: each is one word, whatever it will be.
    fn later_words(&mut self, simple: &SimpleCommand) -> Option<Vec<BString>> {
        let mut words = Vec::new();
        for word in &simple.words {
            match self.scope.expand(std::slice::from_ref(word), self.shell) {
                Ok(known) => words.extend(known),
                Err(_) if !words.is_empty() && is_one_word(word) => {
                    words.push(vec![fact::LATER].into());
                }
                Err(_) => return None,
            }
        }
        match self.shell.locate(words.first()?) {
            Located::Builtin(builtin) if builtin.meaning == Meaning::Program => Some(words),
            Located::Builtin(_) | Located::Function(_) => None,
            _ => Some(words),
        }
    }

    /// Whether commands do something else where the variable is set, also by way of a
    /// reference.
    fn changes_meaning(&self, name: &[u8]) -> bool {
        let variables = &self.shell.variables;
        let meant = name_in(variables.referred(name).unwrap_or(name));
        // What is read-only keeps its value, and what follows runs with that one.
        changes_meaning(meant) || variables.variable(meant).is_some_and(|one| one.read_only)
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
            Ok(tree) => self.tree(&tree, Volatile::All),
            Err(_) => {
                self.unknown("the text it runs is not shell", "它要运行的文本不是 shell 命令")
            }
        }
    }
}

/// Whether a word is one word whatever its variables hold: quoted, and no list. What it
/// expands is judged with the whole text ([`takes_values_for_code`]).
fn is_one_word(word: &Word) -> bool {
    let quoted = |part: &WordPart| match part {
        WordPart::Literal(text) => !text.iter().any(|byte| b"*?[{~(".contains(byte)),
        WordPart::Escaped(_) | WordPart::SingleQuoted(_) | WordPart::DoubleQuoted(_) => true,
        _ => false,
    };
    word.parts.iter().all(quoted) && !print::word_text(word).contains(&b'@')
}

/// Whether something in the text evaluates a variable's value: expressions, subscripts,
/// references, indirect expansions, transformations. By its letters, and rather too often.
fn takes_values_for_code(tree: &List) -> bool {
    const MARKS: [&str; 12] = [
        "((", "$[", "[[", "${!", "]=", "]+=", "let ", "declare", "typeset", "local", "export",
        "readonly",
    ];
    let text = print::list_text(tree);
    let is_braced_code = |rest: &[u8]| {
        let inside = &rest[..rest.find_byte(b'}').unwrap_or(rest.len())];
        let slice = |at: usize| inside.get(at + 1).is_none_or(|next| !b"-=?+".contains(next));
        inside.contains(&b'[')
            || inside.contains(&b'@')
            || inside.find_byte(b':').is_some_and(slice)
    };
    MARKS.iter().any(|mark| text.contains_str(mark))
        || text.find_iter("${").any(|at| is_braced_code(&text[at + 2..]))
}

/// A function that calls itself in a pipeline in the background.
fn is_fork_bomb(definition: &FunctionDefinition) -> bool {
    let text = print::compound_text(&definition.body);
    let name = definition.name.as_slice();
    let calls = text.split(|byte| b" |&;{}()".contains(byte)).filter(|word| *word == name).count();
    calls >= 2 && text.contains(&b'&')
}

//! What is known of commands that the shell engine runs: every command in the
//! tree is judged, those in substitutions and conditions, and those that other
//! commands run, too; what is in no table has unknown effects.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use super::facts::{self, Later};
use super::redirect;
use super::repository;
use super::scope::{Scope, Volatile};
use super::word::{base_name, literal_word, unmatched};
use crate::escape::visible;
use crate::language::Language;
use crate::plan::Note;
use crate::plan::effect::Effects;
use crate::plan::grammar::{self, Entry, Fact, Understanding, Verb, fact};
use crate::plan::operation::Operation;
use crate::plan::prohibition;
use crate::plan::variable::{changes_meaning, changes_only_output};
use crate::shell::Shell;
use crate::shell::exec::Located;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{Command, CompoundKind, List, Pipeline, SimpleCommand};
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
                    self.simple(simple, alone);
                    let words = supposed.guess(&simple.words, self.shell);
                    self.forbid_guess(&words, &supposed);
                    supposed.suppose(&words);
                }
                Command::Function(definition) => {
                    let name = visible(&definition.name);
                    let reason = self.language.choose(
                        format!("it defines the function {name}"),
                        format!("它定义了函数 {name}"),
                    );
                    self.merge(Effects { environment: true, ..Effects::unknown(reason) });
                    self.forbid(prohibition::fork_bomb(definition));
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

    /// Refuses a command that would be forbidden if it ran as it can be guessed, also
    /// where not all of it is known.
    fn forbid_guess(&mut self, words: &[BString], supposed: &Scope) {
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
        let reason = guess.found.effects.forbidden.take();
        self.forbid(reason);
    }

    fn merge(&mut self, effects: Effects) {
        self.found.effects.merge(effects);
    }

    fn forbid(&mut self, reason: Option<String>) {
        let forbidden = &mut self.found.effects.forbidden;
        *forbidden = forbidden.take().or(reason);
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
        if !simple.assignments.is_empty() {
            self.found.effects.environment |= simple.words.is_empty();
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
        let name = literal_word(&simple.words[0]);
        match name.as_ref().and_then(|name| grammar::find(base_name(name))) {
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

    /// One expanded command line, as the shell would run it.
    fn words(&mut self, words: &[BString], alone: bool) {
        let name = &words[0];
        let builtin = match self.shell.locate(name) {
            Located::Function(_) => {
                self.found.effects.environment = true;
                self.phrase(
                    format!("run your function {}", visible(name)),
                    format!("运行你的函数 {}", visible(name)),
                );
                return self.unknown("it is a function of yours", "它是你定义的函数");
            }
            Located::Builtin(builtin) => builtin.name,
            _ => return self.program(words, &Later::Anywhere),
        };
        match builtin {
            "eval" => {
                self.found.effects.environment = true;
                let text = bstr::join(" ", &words[1..]);
                self.unknown("it may change the shell itself", "它可能改变 shell 本身");
                self.shell_text(&text);
            }
            "command" if words.len() > 1 && !words[1].starts_with(b"-") => {
                self.words(&words[1..], alone);
            }
            "." | "exec" => {
                self.found.effects.environment = true;
                self.phrase(format!("run {}", visible(name)), format!("运行 {}", visible(name)));
                self.unknown(format!("{name} may do anything"), format!("{name} 可以做任何事"));
                if builtin == "exec" && words.len() > 1 {
                    self.program(&words[1..], &Later::Anywhere);
                }
            }
            "cd" | "export" | "readonly" | "unset" | "set" | "shift" | "alias" | "unalias"
            | "umask" | "read" | "local" | "getopts" | "trap" | "ulimit" => {
                self.found.effects.environment = true;
                self.phrase(
                    format!("change the shell's state ({name})"),
                    format!("改变 shell 的状态（{name}）"),
                );
                self.later(builtin, &words[1..]);
                if !alone {
                    self.unknown(
                        format!("{name} changes what later commands mean"),
                        format!("{name} 会改变后面命令的含义"),
                    );
                }
            }
            "hash" if words.len() > 1 && words[1] != "-r" => {
                self.found.effects.environment = true;
                self.unknown("it decides where a program is found", "它决定在哪里找到程序");
            }
            "break" | "continue" | "return" | "exit" | ":" | "wait" | "jobs" | "bg" | "fg"
            | "hash" | "type" | "times" => {
                self.phrase(format!("run {name}"), format!("运行 {name}"));
            }
            _ => self.program(words, &Later::Anywhere),
        }
    }

    /// What a builtin that changes the shell's state leaves behind for later.
    fn later(&mut self, builtin: &str, operands: &[BString]) {
        match builtin {
            "trap" if operands.len() > 1 && operands[0] != "-" && !operands[0].is_empty() => {
                self.unknown("it runs commands later", "它会在之后运行命令");
                self.nested(|judge| judge.shell_text(&operands[0]));
            }
            "alias" if operands.iter().any(|operand| operand.contains(&b'=')) => {
                self.unknown("it changes what a command's name means", "它会改变命令名的含义");
            }
            "set" if !operands.is_empty() => {
                self.unknown("it changes how commands run", "它会改变命令的运行方式");
            }
            "export" | "readonly" | "local" | "unset" | "read" | "getopts" => {
                let names = operands.iter().map(|operand| {
                    operand.split_once_str("=").map_or(operand.as_slice(), |(name, _)| name)
                });
                if names.into_iter().any(changes_meaning) {
                    self.unknown("it changes which programs run", "它会改变运行哪些程序");
                }
            }
            _ => {}
        }
    }

    /// A program, or a builtin that does what the program of its name does.
    fn program(&mut self, words: &[BString], later: &Later) {
        let written = &words[0];
        if written.contains(&fact::LATER) {
            return self.unknown("which program it runs is not known", "不知道它会运行哪个程序");
        }
        let name = base_name(written);
        self.found.programs.push(name.into());
        self.forbid(prohibition::command(name, &words[1..], self.scope.directory()));
        if has_rights_of_its_own(written) {
            self.found.effects.privilege = true;
        }
        let Some(entry) = grammar::find(name) else {
            let name = visible(name);
            self.phrase(format!("run {name}"), format!("运行 {name}"));
            return self.unknown(
                format!("what {name} does is not known"),
                format!("不清楚 {name} 会做什么"),
            );
        };
        let at = self.found.phrases.len();
        self.found.phrases.push(entry.about.words(self.language).to_owned());
        if *later == Later::Anywhere && may_be_options(name, &words[1..]) {
            self.unknown(
                "what it reads may be options as well as names",
                "读入的内容可能是选项，而不只是名称",
            );
        }
        match entry.understand(&words[1..]) {
            Ok(understanding) => {
                if let Some(about) = understanding.subcommand {
                    self.found.phrases[at] = about.words(self.language).to_owned();
                }
                self.understood(name, &understanding, later);
            }
            Err(reason) => {
                self.worst(entry);
                self.merge(Effects::unknown(reason.words(self.language)));
            }
        }
    }

    fn understood(&mut self, name: &[u8], understanding: &Understanding, later: &Later) {
        let language = self.language;
        let effects = facts::effects(understanding, &self.scope, later, language);
        for (link, target) in facts::links(&effects, &self.scope, understanding) {
            self.found.warnings.push(facts::link_warning(&link, &target, language));
        }
        self.merge(effects);
        self.found.notes.extend(understanding.notes.iter().map(|(text, about)| Note {
            text: text.clone(),
            meaning: about.words(language).to_owned(),
        }));
        if name == b"git" {
            let directory = repository::directory(understanding, &self.scope);
            if let Some(reason) = repository::runs_programs(&directory, understanding, language) {
                self.merge(Effects::unknown(reason));
            }
        }
        // What `find` hands over lies below where it looks.
        let below = understanding.facts.iter().filter_map(|fact| match fact {
            Fact::File(Verb::Read, path) => Some(self.scope.absolute(path)),
            _ => None,
        });
        let inner = if name == b"find" { Later::Below(below.collect()) } else { later.clone() };
        for fact in &understanding.facts {
            match fact {
                Fact::Runs(words) => self.nested(|judge| judge.program(words, &inner)),
                Fact::Shell(text) => self.nested(|judge| {
                    // What another shell changes in itself ends with it.
                    let environment = judge.found.effects.environment;
                    judge.shell_text(text);
                    judge.found.effects.environment = environment;
                }),
                _ => {}
            }
        }
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

    /// What holds of a program whatever its options are.
    fn worst(&mut self, entry: &'static Entry) {
        let whatever =
            Understanding { facts: entry.effects().to_vec(), ..Understanding::default() };
        let effects = facts::effects(&whatever, &self.scope, &Later::Anywhere, self.language);
        self.merge(effects);
    }
}

/// Whether words that are known only later may be options of the program that do
/// more than read: a file can be called `--output=x`.
fn may_be_options(name: &[u8], words: &[BString]) -> bool {
    const HARMLESS: [&[u8]; 20] = [
        b"basename",
        b"cat",
        b"cksum",
        b"cut",
        b"dirname",
        b"du",
        b"echo",
        b"egrep",
        b"fgrep",
        b"grep",
        b"head",
        b"ls",
        b"md5sum",
        b"printf",
        b"readlink",
        b"realpath",
        b"sha256sum",
        b"stat",
        b"tail",
        b"wc",
    ];
    let fixed = words.iter().take_while(|word| *word != "--");
    !HARMLESS.contains(&name) && fixed.into_iter().any(|word| word.first() == Some(&fact::LATER))
}

/// The variables that commands set: those of assignments and loops, and of
/// builtins that set what they name.
fn set_within(commands: &[Command]) -> Volatile {
    let mut names = Vec::new();
    for command in commands {
        match command {
            Command::Function(_) => return Volatile::All,
            Command::Compound(compound) => {
                if let CompoundKind::For { variable, .. } = &compound.kind {
                    names.push(variable.clone());
                }
            }
            Command::Simple(simple) => {
                let assigned = simple.assignments.iter().map(|assignment| assignment.name.clone());
                names.extend(assigned);
                let name = simple.words.first().and_then(literal_word);
                match name.as_ref().map(|name| name.as_slice()) {
                    Some(b"eval" | b"." | b"set" | b"shift") => return Volatile::All,
                    Some(b"read" | b"export" | b"readonly" | b"local" | b"unset" | b"getopts") => {
                        for word in &simple.words[1..] {
                            let text = print::word_text(word);
                            let end = text.find_byte(b'=').unwrap_or(text.len());
                            names.push(text[..end].into());
                        }
                    }
                    // Where it goes decides what these are.
                    Some(b"cd") if commands.len() > 1 => {
                        names.extend([BString::from("PWD"), BString::from("OLDPWD")]);
                    }
                    _ => {}
                }
            }
        }
    }
    Volatile::Names(names)
}

/// Programs that run with other rights than those of who starts them: those that
/// ask for them, by any path, and set-user-id programs by path.
fn has_rights_of_its_own(name: &[u8]) -> bool {
    use std::os::unix::fs::PermissionsExt;
    const ASKING: [&[u8]; 5] = [b"sudo", b"su", b"doas", b"pkexec", b"run0"];
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let path = Path::new(std::ffi::OsStr::from_bytes(name));
    ASKING.contains(&base)
        || name.contains(&b'/')
            && path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o6000 != 0)
}

//! Programs: what the tables say of a command line, and of what it runs in turn.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::BString;

use super::Judge;
use crate::escape::visible;
use crate::plan::Note;
use crate::plan::compile::facts::{self, Later};
use crate::plan::compile::repository;
use crate::plan::compile::word::base_name;
use crate::plan::effect::{Act, Effects};
use crate::program::{self, Entry, Fact, Understanding, Verb, fact};

impl Judge<'_> {
    /// A program, or a builtin that does what the program of its name does.
    pub(super) fn program(&mut self, words: &[BString], later: &Later) {
        let written = &words[0];
        if written.contains(&fact::LATER) {
            return self.unknown("which program it runs is not known", "不知道它会运行哪个程序");
        }
        let name = base_name(written);
        self.found.programs.push(name.into());
        if has_rights_of_its_own(written) {
            self.found.effects.push(Act::Privilege);
        }
        let Some(entry) = program::find(name) else {
            let name = visible(name);
            self.phrase(format!("run {name}"), format!("运行 {name}"));
            return self.unknown(
                format!("what {name} does is not known"),
                format!("不清楚 {name} 会做什么"),
            );
        };
        let at = self.found.phrases.len();
        self.found.phrases.push(entry.about.words(self.language).to_owned());
        if *later == Later::Anywhere && may_be_options(entry, &words[1..]) {
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
                self.understood(entry, &understanding, &words[1..], later);
            }
            Err(reason) => {
                self.merge(Effects::unknown(reason.words(self.language)));
                self.worst(entry);
                let suspicion = self.effects(entry.suspicions(&words[1..]));
                self.found.effects.suspect(suspicion);
            }
        }
    }

    fn understood(
        &mut self,
        entry: &Entry,
        understanding: &Understanding,
        words: &[BString],
        later: &Later,
    ) {
        let language = self.language;
        let effects = facts::effects(understanding, &self.scope, later, language);
        for (link, target) in facts::links(&effects, &self.scope, understanding) {
            self.found.warnings.push(facts::link_warning(&link, &target, language));
        }
        self.merge(effects);
        self.found.notes.extend(
            understanding
                .notes
                .iter()
                .map(|note| Note { text: note.written.clone(), meaning: note.words(language) }),
        );
        if entry.works_in_a_repository() {
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
        // Of what stands in its own words it is not known where it lies.
        let is_elsewhere = words.iter().any(|word| word.contains(&fact::LATER));
        let inner = if entry.looks_below() && !is_elsewhere {
            Later::Below(below.collect())
        } else {
            later.clone()
        };
        for fact in &understanding.facts {
            match fact {
                Fact::Runs(words) => self.nested(|judge| judge.program(words, &inner)),
                Fact::Shell(text) => self.nested(|judge| {
                    // What another shell changes in itself ends with it.
                    let changed = judge.found.effects.change_environment();
                    let drifts = judge.found.drifts;
                    let scope = judge.scope.clone();
                    judge.shell_text(text);
                    judge.scope = scope;
                    judge.found.drifts = drifts;
                    if !changed {
                        judge.found.effects.take(|act| *act == Act::Environment);
                    }
                }),
                _ => {}
            }
        }
    }

    /// What holds of a program whatever its options are.
    pub(super) fn worst(&mut self, entry: &'static Entry) {
        let effects = self.effects(entry.worst());
        self.merge(effects);
    }

    fn effects(&self, facts: Vec<Fact>) -> Effects {
        let understanding = Understanding { facts, ..Understanding::default() };
        facts::effects(&understanding, &self.scope, &Later::Anywhere, self.language)
    }
}

/// Whether words that are known only later may be options of the program that do
/// more than read: a file can be called `--output=x`.
fn may_be_options(entry: &'static Entry, words: &[BString]) -> bool {
    if entry.has_harmless_options() {
        return false;
    }
    let mut is_argument = false;
    for word in words {
        if word.first() == Some(&fact::LATER) {
            return true;
        }
        let is_option = word.starts_with(b"-") && word.len() > 1;
        let ends = word == "--" || !is_option && entry.ends_at_operands();
        if ends && !is_argument {
            return false;
        }
        is_argument = !is_argument && entry.takes_next(word);
    }
    false
}

/// Programs that run with other rights than those of who starts them: those that
/// ask for them, by any path, and set-user-id programs by path.
fn has_rights_of_its_own(name: &[u8]) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let path = Path::new(std::ffi::OsStr::from_bytes(name));
    program::find(base).is_some_and(Entry::asks_for_rights)
        || name.contains(&b'/')
            && path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o6000 != 0)
}

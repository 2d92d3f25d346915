//! What a plan does, held to what the request asks for.

use std::path::Path;

use super::Flat;
use super::archive::ENDINGS;
use super::script::{NoField, missing_field, missing_file};
use crate::context::mention::{Found, How, Target};
use crate::context::{Asked, Context, Index};
use crate::language::Language;
use crate::plan::effect::{Act, Deed, Effects};
use crate::plan::operation::{Clobber, Content, Operation};
use crate::plan::{Plan, Step};
use crate::program::{self, Verb};
use crate::shell::parser::{self, NoAliases};
use crate::shell::pattern::{Pattern, PatternText, Reading};
use crate::shell::syntax::{Command, CompoundKind, List, RedirectKind, SimpleCommand};
use crate::shell::visit;

/// The most files that are told where one is not there.
const MOST_NEAR: usize = 4;

/// Why a plan is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It deletes or overwrites, and nobody asked for that.
    Deletes,
    /// It changes something, and something was to be shown.
    Changes,
    /// It only prints, and something was to be changed.
    OnlyPrints,
    /// It has nothing to do with this file, which the request names.
    LeavesOut(String),
    /// It shows this archive from outside, and what is in it was asked for.
    StaysOutside(String),
    /// It reads this file, which is not there; there are these.
    NotThere(String, Vec<String>),
    /// It takes a field that the file does not have.
    NoField(NoField),
}

impl Objection {
    /// What speaks against the plan, if anything does.
    #[must_use]
    pub fn to(plan: &Plan, context: &Context, index: &Index, directory: &Path) -> Option<Self> {
        let tree = parser::parse(&plan.text, &NoAliases).ok();
        let not_there = || {
            let name = missing_file(tree.as_ref()?, directory)?;
            let near = index.nearest(&name, MOST_NEAR);
            Some(Self::NotThere(name, near))
        };
        Self::to_effects(plan, context.asked)
            .or_else(|| left_out(plan, context).map(Self::LeavesOut))
            .or_else(|| from_outside(plan, context).map(Self::StaysOutside))
            .or_else(not_there)
            .or_else(|| missing_field(tree.as_ref()?, directory).map(Self::NoField))
    }

    /// What speaks against the plan's effects.
    fn to_effects(plan: &Plan, asked: Asked) -> Option<Self> {
        let any = |is: &dyn Fn(&Effects) -> bool| plan.steps.iter().any(|step| is(&step.effects));
        if !asked.deletes && (any(&deletes) || plan.steps.iter().any(overwrites)) {
            return Some(Self::Deletes);
        }
        if asked.only_shows && any(&changes) {
            return Some(Self::Changes);
        }
        let knows_all = !any(&|effects| effects.why_unknown().is_some());
        let does_nothing = knows_all && !any(&changes) && !any(&deletes) && !any(&beyond_files);
        let wants_change = asked.changes && !asked.only_shows && asked.is_plain_change;
        (wants_change && does_nothing).then_some(Self::OnlyPrints)
    }

    /// Whether such a plan is not shown at all, whatever the model says: it deletes what
    /// nobody asked it to.
    #[must_use]
    pub fn refuses(&self, plan: &Plan) -> bool {
        match self {
            Self::Deletes => true,
            Self::LeavesOut(_) => plan.steps.iter().any(|step| deletes(&step.effects)),
            Self::Changes
            | Self::OnlyPrints
            | Self::StaysOutside(_)
            | Self::NotThere(..)
            | Self::NoField(_) => false,
        }
    }

    /// What the person can do where the plan is refused.
    #[must_use]
    pub fn remedy(&self, language: Language) -> &'static str {
        match self {
            Self::LeavesOut(_) => language
                .choose("say it differently, or type the command", "请换个说法，或者直接输入命令"),
            _ => language.choose(
                "say that something is to be deleted or replaced",
                "如果确实要删除或替换，请说明",
            ),
        }
    }

    /// What the model is told.
    #[must_use]
    pub fn feedback(&self) -> String {
        match self {
            Self::Deletes => "The request does not ask to delete or overwrite anything".into(),
            Self::Changes => "The request asks to show something only, so change nothing".into(),
            Self::OnlyPrints => {
                "The request asks for a change, and these commands only print".into()
            }
            Self::LeavesOut(path) => {
                let word =
                    crate::context::as_word(&Found { path: path.clone(), is_directory: false });
                format!("The request names {word}, and these commands do not")
            }
            Self::StaysOutside(path) => {
                let word =
                    crate::context::as_word(&Found { path: path.clone(), is_directory: false });
                format!("{word} is an archive: list what is in it, without unpacking it")
            }
            Self::NotThere(name, near) if near.is_empty() => format!("There is no {name}"),
            Self::NotThere(name, near) => {
                let word = |path: &String| {
                    crate::context::as_word(&Found { path: path.clone(), is_directory: false })
                };
                let near: Vec<String> = near.iter().map(word).collect();
                format!("There is no {name}, but {}", near.join(", "))
            }
            Self::NoField(NoField { file, field, fields }) => {
                format!("{file} has {fields} columns: there is no ${field}")
            }
        }
    }

    /// What the person is told.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let (english, chinese) = match self {
            Self::LeavesOut(path) => {
                let path = crate::escape::visible(path.as_bytes());
                return language.choose(
                    format!("the request names {path}, and this plan does not"),
                    format!("请求里提到了 {path}，而这个计划没有用到它"),
                );
            }
            Self::StaysOutside(path) => {
                let path = crate::escape::visible(path.as_bytes());
                return language.choose(
                    format!("this shows {path}, and not what is in it"),
                    format!("这只显示 {path} 本身，而不是其中的内容"),
                );
            }
            Self::NotThere(name, _) => {
                let name = crate::escape::visible(name.as_bytes());
                return language.choose(format!("{name} is not there"), format!("{name} 不存在"));
            }
            Self::NoField(NoField { file, field, fields }) => {
                let file = crate::escape::visible(file.as_bytes());
                return language.choose(
                    format!("no line of {file} has a field {field}: they have {fields}"),
                    format!("{file} 每行只有 {fields} 列，没有第 {field} 列"),
                );
            }
            Self::Deletes => (
                "the model's plan deletes or overwrites something, which was not asked for",
                "模型给出的计划会删除或覆盖文件，而请求里没有这个意思",
            ),
            Self::Changes => (
                "this changes something, although the request reads as if something was to be shown",
                "请求像是只要查看，而这个计划会做改动",
            ),
            Self::OnlyPrints => (
                "this only prints, although the request reads as if something was to be changed",
                "请求像是要做改动，而这个计划只会输出",
            ),
        };
        language.choose(english, chinese).to_owned()
    }
}

/// A file that the request names as it is, and the plan not at all: neither by its name
/// nor by a pattern.
fn left_out(plan: &Plan, context: &Context) -> Option<String> {
    // However the name is quoted.
    let bare = |text: &str| text.replace(['\'', '"', '\\'], "");
    let text = bare(&plan.text.to_string());
    if context.goes_on {
        return None;
    }
    let patterns = patterns(plan)?;
    context.mentions.iter().find_map(|mention| {
        let Target::Path(found) = &mention.target else { return None };
        let name = found.path.rsplit('/').next().unwrap_or(&found.path);
        let is_file = mention.how == How::Written && !found.is_directory;
        // From another directory it has another name.
        let elsewhere = text.starts_with("cd ") || text.contains("\ncd ");
        let matched = || patterns.iter().any(|pattern| pattern.matches(name.as_bytes()));
        (is_file && !elsewhere && !text.contains(&bare(name)) && !matched())
            .then(|| found.path.clone())
    })
}

/// An archive whose content is asked for, where the plan only looks at the file.
fn from_outside(plan: &Plan, context: &Context) -> Option<String> {
    const INSIDE: [&str; 9] = [
        "inside",
        "what's in",
        "what is in",
        "whats in",
        "contents of",
        "list what",
        "里面",
        "里有",
        "包里",
    ];
    let request = context.original.to_lowercase().replace('’', "'");
    if !INSIDE.iter().any(|words| request.contains(words)) {
        return None;
    }
    let archive = context.mentions.iter().find_map(|mention| match &mention.target {
        Target::Path(found) if ENDINGS.iter().any(|end| found.path.ends_with(end)) => Some(found),
        _ => None,
    })?;
    let tree = parser::parse(&plan.text, &NoAliases).ok()?;
    let mut outside = true;
    visit::commands(&tree, &mut |command| {
        // What looks into archives has options that do more than read.
        outside &= matches!(command, Command::Simple(simple) if is_harmless(simple));
    });
    outside.then(|| archive.path.clone())
}

/// Whether a command is one of a program that only reads, whatever its options are.
fn is_harmless(command: &SimpleCommand) -> bool {
    let name = command.words.first().and_then(Flat::of);
    let entry = name.and_then(|name| program::find(name.text.as_bytes()));
    entry.is_some_and(program::Entry::has_harmless_options)
}

/// The patterns for names that stand in a plan, each the last part of its path; `None`
/// where a word may be a regular expression, which says something else by the same
/// characters.
fn patterns(plan: &Plan) -> Option<Vec<Pattern>> {
    const OF_EXPRESSIONS: [&str; 9] = ["^", "$", "+", "|", "(", "{", "\\", ".*", ".?"];
    let tree = parser::parse(&plan.text, &NoAliases).ok()?;
    let mut texts = Vec::new();
    visit::commands(&tree, &mut |command| {
        let words = match command {
            Command::Simple(simple) => &simple.words,
            Command::Compound(compound) => match &compound.kind {
                CompoundKind::For { words: Some(words), .. } => words,
                _ => return,
            },
            Command::Function(_) => return,
        };
        texts.extend(words.iter().filter_map(Flat::of).map(|flat| flat.text));
    });
    texts.retain(|text| text.contains(['*', '?', '[']));
    if texts.iter().any(|text| OF_EXPRESSIONS.iter().any(|mark| text.contains(mark))) {
        return None;
    }
    // A directory's own pattern says nothing of which files in it are meant.
    let last = |text: &String| {
        let last = text.rsplit('/').next().unwrap_or_default();
        let reading = Reading { fold: true, ..Reading::default() };
        Pattern::new(&PatternText::unquoted(last.as_bytes()), reading)
    };
    Some(texts.iter().map(last).collect())
}

/// Whether a step puts something else in the place of a content that is there.
fn overwrites(step: &Step) -> bool {
    let has_content =
        |path: &Path| path.metadata().is_ok_and(|file| file.is_file() && file.len() > 0);
    match &step.operation {
        Operation::Move { pairs, clobber } | Operation::Copy { pairs, clobber, .. } => {
            *clobber == Clobber::Replace && pairs.iter().any(|(_, target)| has_content(target))
        }
        Operation::WriteFile { paths, content: Content::Replace(_) } => {
            paths.iter().any(|path| has_content(path))
        }
        Operation::Run | Operation::Compound => {
            // What is written to by `>`, among what changes.
            let changed: Vec<&Path> = step.effects.paths(Deed::Changes).collect();
            let targets = written_anew(&step.tree);
            changed.iter().any(|path| {
                has_content(path)
                    && targets.iter().any(|target| path.ends_with(target.trim_start_matches("./")))
            })
        }
        _ => false,
    }
}

/// The files that a command puts a new content in: by redirections, and by what its
/// table says.
fn written_anew(tree: &List) -> Vec<String> {
    let mut targets = Vec::new();
    visit::commands(tree, &mut |command| {
        let redirects = match command {
            Command::Simple(simple) => {
                targets.extend(super::names_of(simple, |verb| verb == Verb::Write));
                &simple.redirects
            }
            Command::Compound(compound) => &compound.redirects,
            Command::Function(_) => return,
        };
        for redirect in redirects {
            if let RedirectKind::Write(word)
            | RedirectKind::Clobber(word)
            | RedirectKind::DuplicateOutput(word) = &redirect.kind
                && let Some(flat) = Flat::of(word)
            {
                targets.push(flat.text);
            }
        }
    });
    targets
}

fn deletes(effects: &Effects) -> bool {
    effects.any(|act| match act {
        Act::To(Deed::Deletes, _) | Act::DeletesUnlisted | Act::Loses(_) => true,
        // A new content for what is there; a directory that gets something is no loss.
        Act::To(Deed::Creates, path) => path.is_file(),
        _ => false,
    })
}

fn changes(effects: &Effects) -> bool {
    effects.any(|act| match act {
        Act::To(deed, path) => *deed != Deed::Reads && !path.starts_with("/dev"),
        Act::ChangesUnlisted | Act::DeletesUnlisted | Act::Loses(_) | Act::Signals(_) => true,
        Act::Alters(_) => true,
        _ => false,
    })
}

fn beyond_files(effects: &Effects) -> bool {
    effects
        .any(|act| matches!(act, Act::Network | Act::Environment | Act::Privilege | Act::Exhausts))
}

//! Reading rules: those of llmsh, of the system and of the person.
//!
//! **Architecture invariant:** a file that cannot be used never makes a decision
//! less strict. Nothing of it counts, the person is told, and whatever does more
//! than read asks for a typed word until the file is mended.

use std::path::{Path, PathBuf};

use super::judge::Policy;
use super::place::Places;
use super::raw::{RawFile, RawRule};
use super::rule::{Rule, Source};
use super::touch::{Names, touches};
use crate::config::{ConfigError, Directories, read_trusted, text_error};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::plan::Plan;
use crate::plan::compile::CompileError;

/// The administrator's rules.
pub const SYSTEM_FILE: &str = "/etc/llmsh/policy.toml";
/// The name of the person's rules in the configuration directory.
pub const USER_FILE_NAME: &str = "policy.toml";

const DEFAULT: &str = include_str!("default.toml");

/// Turns the command lines of examples into plans.
pub type Compile<'a> = dyn FnMut(&str) -> Result<Plan, CompileError> + 'a;

/// Where the files are, and who may own them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The administrator's rules.
    pub system: PathBuf,
    /// Who may own them, beside root.
    pub system_owner: u32,
    /// The person's rules.
    pub user: PathBuf,
    /// Who may own them, beside root.
    pub user_owner: u32,
}

impl Files {
    /// The files of this machine and this user.
    #[must_use]
    pub fn of(directories: &Directories, user: u32) -> Self {
        Self {
            system: PathBuf::from(SYSTEM_FILE),
            system_owner: 0,
            user: directories.config.join(USER_FILE_NAME),
            user_owner: user,
        }
    }
}

/// Why a file of rules is not used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read, is not TOML, or somebody else may have written it.
    #[error(transparent)]
    File(#[from] ConfigError),
    /// It is a link: what it names today is not what it names tomorrow.
    #[error("{} is not used: it is a symbolic link", .0.display())]
    Link(PathBuf),
    /// A rule in it is wrong.
    #[error("{} is not used: rule \"{}\": {what}", path.display(), visible(rule.as_bytes()))]
    Rule {
        /// The file.
        path: PathBuf,
        /// The rule's name.
        rule: String,
        /// What is wrong.
        what: String,
    },
}

impl From<PolicyError> for Diagnostic {
    fn from(error: PolicyError) -> Self {
        let message = error.to_string();
        match error {
            PolicyError::File(error) => error.into(),
            PolicyError::Link(path) => {
                Self::new(message).hint(format!("replace '{}' by a file", path.display()))
            }
            PolicyError::Rule { path, .. } => Self::new(message).hint(format!(
                "mend it, then: llmsh policy check '{}'; until then, changes ask for a typed word",
                path.display()
            )),
        }
    }
}

impl Policy {
    /// The rules of llmsh alone.
    #[must_use]
    pub fn embedded(places: Places) -> Self {
        let rules = embedded_rules(&places);
        Self::new(rules, places, false)
    }
}

/// The rules in force, with what a person should be told about files that are
/// not used.
pub fn load(files: &Files, places: Places, compile: &mut Compile<'_>) -> (Policy, Vec<Diagnostic>) {
    let mut rules = embedded_rules(&places);
    let mut notices = Vec::new();
    for (path, owner, source) in [
        (&files.system, files.system_owner, Source::System),
        (&files.user, files.user_owner, Source::User),
    ] {
        match read(path, owner, source, &rules, &places, compile) {
            Ok(more) => rules.extend(more),
            Err(error) => notices.push(error.into()),
        }
    }
    let damaged = !notices.is_empty();
    (Policy::new(rules, places, damaged), notices)
}

/// Checks one file of rules as if it were the person's.
///
/// # Errors
/// [`PolicyError`] says what is wrong; how many rules there are otherwise, or
/// nothing where there is no such file.
pub(super) fn check(
    path: &Path,
    owner: u32,
    places: &Places,
    compile: &mut Compile<'_>,
) -> Result<Option<usize>, PolicyError> {
    let known = embedded_rules(places);
    let Some(text) = read_text(path, owner)? else { return Ok(None) };
    let source = if path == Path::new(SYSTEM_FILE) { Source::System } else { Source::User };
    parse(path, &text, source, &known, places, compile).map(|rules| Some(rules.len()))
}

fn embedded_rules(places: &Places) -> Vec<Rule> {
    let file: RawFile = toml::from_str(DEFAULT).expect("a test reads the embedded rules");
    let resolve = |rule: &RawRule| {
        rule.resolve(Source::Embedded, places).expect("a test resolves the embedded rules")
    };
    file.rule.iter().map(resolve).collect()
}

fn read(
    path: &Path,
    owner: u32,
    source: Source,
    known: &[Rule],
    places: &Places,
    compile: &mut Compile<'_>,
) -> Result<Vec<Rule>, PolicyError> {
    match read_text(path, owner)? {
        Some(text) => parse(path, &text, source, known, places, compile),
        None => Ok(Vec::new()),
    }
}

fn read_text(path: &Path, owner: u32) -> Result<Option<String>, PolicyError> {
    if path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(PolicyError::Link(path.to_owned()));
    }
    Ok(read_trusted(path, owner)?)
}

fn parse(
    path: &Path,
    text: &str,
    source: Source,
    known: &[Rule],
    places: &Places,
    compile: &mut Compile<'_>,
) -> Result<Vec<Rule>, PolicyError> {
    let file: RawFile = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        text_error(path, text, offset, error.message().replace('\n', ", "))
    })?;
    let mut rules: Vec<Rule> = Vec::new();
    for raw in &file.rule {
        let wrong = |what: String| PolicyError::Rule {
            path: path.to_owned(),
            rule: raw.name.clone(),
            what,
        };
        if known.iter().chain(&rules).any(|rule| rule.name == raw.name) {
            return Err(wrong("there is another rule of this name".to_owned()));
        }
        let rule = raw.resolve(source, places).map_err(wrong)?;
        check_overrides(&rule, known).map_err(wrong)?;
        check_examples(&rule, raw, places, compile).map_err(wrong)?;
        rules.push(rule);
    }
    Ok(rules)
}

fn check_overrides(rule: &Rule, known: &[Rule]) -> Result<(), String> {
    if rule.loosens() && rule.source != Source::User {
        return Err("only a rule of the person's own file may override another".to_owned());
    }
    for name in &rule.overrides {
        match known.iter().find(|other| other.name == *name) {
            Some(other) if other.source == Source::Embedded => {}
            Some(_) => return Err(format!("\"{name}\" is a rule of the system: it stays")),
            None => return Err(format!("there is no rule \"{name}\" to override")),
        }
    }
    Ok(())
}

/// A rule that does not do what its examples say is not what its author meant.
fn check_examples(
    rule: &Rule,
    raw: &RawRule,
    places: &Places,
    compile: &mut Compile<'_>,
) -> Result<(), String> {
    let matching = raw.matching.0.iter().map(|line| (line, true));
    for (line, expected) in matching.chain(raw.not_match.0.iter().map(|line| (line, false))) {
        let plan = match compile(line) {
            Ok(plan) => plan,
            // On this machine nobody can plan it, so there is nothing to decide.
            Err(CompileError::Missing(_)) => continue,
            Err(error) => return Err(format!("its example '{line}' is not a plan: {error}")),
        };
        let mut names = Names::default();
        let applies = plan.steps.iter().any(|step| {
            let touches = touches(step, places, &names);
            names.advance(step);
            touches.is_ok_and(|touches| rule.applies(step, &touches, places))
        });
        if applies != expected {
            return Err(if expected {
                format!("it does not speak of '{line}', which it has under match")
            } else {
                format!("it speaks of '{line}', which it has under not_match")
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

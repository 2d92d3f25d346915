//! The file of a suite: fixtures, and requests with the outcomes that are right.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;

/// Requests with what is right.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suite {
    pub(super) fixture: BTreeMap<String, Fixture>,
    pub(super) case: Vec<Case>,
}

/// A directory tree to ask in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fixture {
    /// POSIX shell that makes it in an empty directory, which becomes the home directory.
    pub(super) script: String,
}

/// One request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) request: String,
    pub(super) fixture: String,
    /// Where it is asked, from the fixture's root.
    #[serde(default = "here")]
    pub(super) directory: String,
    /// Shell texts; the outcome of any is right.
    #[serde(default)]
    pub(super) right: Vec<String>,
    /// It is right whatever it does, as long as the content of every file stays.
    #[serde(default)]
    pub(super) keeps: bool,
    /// The order of what is printed counts.
    #[serde(default)]
    pub(super) ordered: bool,
    /// Shell text whose output afterwards is a part of the outcome.
    #[serde(default)]
    pub(super) check: Option<String>,
    /// What kind of answer is right.
    #[serde(default)]
    pub(super) kind: Reaction,
    /// One of these is in the text of an answer that is not commands.
    #[serde(default)]
    pub(super) words: Vec<String>,
    /// What was asked and run just before.
    #[serde(default)]
    pub(super) before: Option<Before>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
}

/// An earlier request of the same conversation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    pub(super) request: String,
    pub(super) command: String,
}

/// How a request can be answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reaction {
    #[default]
    Command,
    Ask,
    Cannot,
    Answer,
}

fn here() -> String {
    ".".to_owned()
}

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    /// The file cannot be read, or has a mistake, which is named.
    pub(super) fn load(path: &Path) -> Result<Self, Diagnostic> {
        let told = |what: String| {
            Diagnostic::new(format!("{}: {what}", path.display())).status(ExitStatus::USAGE)
        };
        let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
        let suite: Self = toml::from_str(&text).map_err(|error| told(error.to_string()))?;
        for case in &suite.case {
            if !suite.fixture.contains_key(&case.fixture) {
                let (request, name) = (&case.request, &case.fixture);
                return Err(told(format!(
                    "\"{request}\" names the fixture {name}, which is not there"
                )));
            }
            if case.kind == Reaction::Command && case.right.is_empty() && !case.keeps {
                return Err(told(format!("\"{}\" says nothing that is right", case.request)));
            }
        }
        Ok(suite)
    }
}

impl Case {
    /// `zh` where there is Chinese in it, else `en`.
    pub(super) fn language(&self) -> &'static str {
        let chinese = |character: char| ('\u{3400}'..='\u{9fff}').contains(&character);
        if self.request.contains(chinese) { "zh" } else { "en" }
    }
}

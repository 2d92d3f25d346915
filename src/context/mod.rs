//! What the model is told beside the request: only what this request needs.
//!
//! Context in the prompt is paid for with every request and, as measured, makes
//! answers worse when it is beside the point. So nothing is told unless the
//! request refers to it: a file by a part of its name, the directory by its
//! name, git by its words. What comes from the disk is data of unknown origin:
//! it is quoted, capped in length and number, and cleared of secrets, all of it
//! by the one function that [`Context::lines`] writes values with. Environment variables are told only from a list of names, which is empty
//! unless the caller fills it.

mod branch;
mod names;
mod quote;

use std::path::{Path, PathBuf};

use crate::redaction::redact;
use quote::told;

/// The longest directory, branch or value that is told, in characters.
const MAX_VALUE: usize = 80;

/// Where a request is made.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The shell's working directory.
    pub directory: PathBuf,
    /// The home directory, which is told as `~`.
    pub home: Option<PathBuf>,
    /// Environment variables that may be told, with their values.
    pub variables: Vec<(String, String)>,
}

/// What the model is told beside one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The working directory, from `~` where it is below the home directory.
    pub directory: Option<String>,
    /// Names in the working directory that the request seems to mean.
    pub names: Vec<String>,
    /// The git branch.
    pub branch: Option<String>,
    /// Environment variables the request names.
    pub variables: Vec<(String, String)>,
}

impl Context {
    /// What `request`, made at `place`, refers to. What cannot be read is left
    /// out: context is never a reason to fail.
    #[must_use]
    pub fn gather(request: &str, place: &Place) -> Self {
        let words = names::words(&names::without_names(request));
        let variables = place
            .variables
            .iter()
            .filter(|(name, value)| {
                // A value with a hole in it is of no use.
                request.contains(name.as_str()) && !redact(&format!("{name}={value}")).is_redacted()
            })
            .cloned()
            .collect();
        Self {
            directory: names_directory(&words, &place.directory)
                .then(|| shown_directory(&place.directory, place.home.as_deref()))
                .flatten(),
            names: names::matching(request, &words, &place.directory),
            branch: branch::concerns(request, &words)
                .then(|| branch::of(&place.directory))
                .flatten(),
            variables,
        }
    }

    /// The lines that stand below the request.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(directory) = &self.directory {
            lines.push(format!("Current directory: {}", told("", directory, MAX_VALUE)));
        }
        if !self.names.is_empty() {
            let names: Vec<String> =
                self.names.iter().map(|name| told("", name, names::MAX_LENGTH)).collect();
            lines.push(format!("Names here: {}", names.join(", ")));
        }
        if let Some(branch) = &self.branch {
            lines.push(format!("Git branch: {}", told("", branch, MAX_VALUE)));
        }
        for (name, value) in &self.variables {
            let name = format!("{name}=");
            lines.push(format!("{name}{}", told(&name, value, MAX_VALUE)));
        }
        lines
    }
}

/// Whether the request speaks of the working directory by its name.
fn names_directory(words: &[String], directory: &Path) -> bool {
    let name = directory.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = name.to_lowercase();
    name.chars().count() >= 2 && words.contains(&name)
}

fn shown_directory(directory: &Path, home: Option<&Path>) -> Option<String> {
    match home.and_then(|home| directory.strip_prefix(home).ok()) {
        Some(rest) => Path::new("~").join(rest).to_str().map(str::to_owned),
        None => directory.to_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn place(root: &Path) -> Place {
        Place {
            directory: root.join("home/thesis"),
            home: Some(root.join("home")),
            variables: vec![
                ("EDITOR".to_owned(), "vi".to_owned()),
                ("API".to_owned(), "token=abcdef0123456789".to_owned()),
            ],
        }
    }

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("home/thesis");
        fs::create_dir_all(directory.join(".git")).unwrap();
        fs::write(directory.join(".git/HEAD"), "ref: refs/heads/chapter-2\n").unwrap();
        fs::write(directory.join("Final Report.docx"), "").unwrap();
        root
    }

    #[test]
    fn a_request_that_refers_to_nothing_is_told_nothing() {
        let root = root();
        for request in ["how full is the disk", "内存还剩多少", "list all files", ""] {
            let context = Context::gather(request, &place(root.path()));
            assert_eq!(context, Context::default(), "{request}");
            assert!(context.lines().is_empty());
        }
    }

    #[test]
    fn a_request_is_told_what_it_refers_to() {
        let root = root();
        let lines = |request: &str| Context::gather(request, &place(root.path())).lines();
        assert_eq!(lines("rename the report to final"), ["Names here: \"Final Report.docx\""]);
        assert_eq!(lines("pack the thesis folder"), ["Current directory: \"~/thesis\""]);
        assert_eq!(lines("push this branch"), ["Git branch: \"chapter-2\""]);
        assert_eq!(lines("提交所有修改"), ["Git branch: \"chapter-2\""]);
        assert_eq!(lines("open it with EDITOR"), ["EDITOR=\"vi\""]);
    }

    #[test]
    fn a_variable_that_holds_a_secret_is_not_told() {
        let root = root();
        let context = Context::gather("call the API", &place(root.path()));
        assert_eq!(context, Context::default());
    }

    #[test]
    fn every_field_is_told_without_its_secrets() {
        let key = format!("ghp_{}", "0123456789abcdef".repeat(2));
        let none = Context::default;
        for (context, expected) in [
            (
                Context { directory: Some(format!("~/a/{key}/b")), ..none() },
                "Current directory: \"~/a/[redacted]/b\"",
            ),
            (
                Context { names: vec!["a".to_owned(), format!("{key}.txt")], ..none() },
                "Names here: \"a\", \"[redacted].txt\"",
            ),
            (
                Context { branch: Some(format!("fix/{key}")), ..none() },
                "Git branch: \"fix/[redacted]\"",
            ),
            (
                Context { variables: vec![("A".to_owned(), format!("x {key}"))], ..none() },
                "A=\"x [redacted]\"",
            ),
            (
                Context { variables: vec![("DB_PASSWORD".into(), "hunter2".into())], ..none() },
                "DB_PASSWORD=\"[redacted]\"",
            ),
        ] {
            assert_eq!(context.lines(), [expected]);
        }
    }

    #[test]
    fn a_secret_is_found_before_the_value_is_cut() {
        let branch = format!("{}/ghp_{}", "x".repeat(70), "0123456789abcdef".repeat(2));
        let context = Context { branch: Some(branch), ..Context::default() };
        assert_eq!(context.lines(), [format!("Git branch: \"{}/[redacted…\"", "x".repeat(70))]);
    }
}

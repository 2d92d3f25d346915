//! The texts in `prompts/`, or those that the person put in their place.

use std::path::Path;

use serde::Deserialize;

use crate::config::{ConfigError, read_trusted, text_error};

/// Where the person's own texts stand, below the configuration directory.
const DIRECTORY: &str = "prompts";
const SYSTEM_FILE: &str = "system.md";
const DEMONSTRATIONS_FILE: &str = "demonstrations.toml";
const LIBRARY_FILE: &str = "library.toml";

const SYSTEM: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/system.md"));
const LIBRARY: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/library.toml"));
const DEMONSTRATIONS: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/demonstrations.toml"));

/// What every prompt begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    /// The instructions.
    pub system: String,
    /// Requests and their answers.
    pub demonstrations: Vec<Example>,
    /// More of them, of which those are shown that are like the request.
    pub library: Vec<Example>,
}

/// One request with its answer, as it stands in `demonstrations.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The request.
    pub request: String,
    /// The commands.
    pub answer: String,
    /// The lines that its context gives.
    #[serde(default)]
    pub context: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemonstrationFile {
    #[serde(default)]
    demonstration: Vec<Example>,
}

impl Templates {
    /// The texts that come with llmsh.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            system: SYSTEM.to_owned(),
            demonstrations: parse(Path::new(DEMONSTRATIONS_FILE), DEMONSTRATIONS)
                .expect("a test parses the text that is compiled in"),
            library: parse(Path::new(LIBRARY_FILE), LIBRARY)
                .expect("a test parses the text that is compiled in"),
        }
    }

    /// The texts that come with llmsh, each replaced by the file of its name
    /// in `prompts/` of the configuration directory, when there is one.
    ///
    /// # Errors
    /// A file that somebody else could have written, or that is not right,
    /// names itself; the caller goes on with [`Templates::embedded`].
    pub fn load(configuration: &Path, user: u32) -> Result<Self, ConfigError> {
        let directory = configuration.join(DIRECTORY);
        let mut templates = Self::embedded();
        if let Some(system) = read_trusted(&directory.join(SYSTEM_FILE), user)? {
            templates.system = system;
        }
        let path = directory.join(DEMONSTRATIONS_FILE);
        if let Some(text) = read_trusted(&path, user)? {
            templates.demonstrations = parse(&path, &text)?;
        }
        let path = directory.join(LIBRARY_FILE);
        if let Some(text) = read_trusted(&path, user)? {
            templates.library = parse(&path, &text)?;
        }
        Ok(templates)
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Example>, ConfigError> {
    let file: DemonstrationFile = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        text_error(path, text, offset, error.message().replace('\n', ", "))
    })?;
    Ok(file.demonstration)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;

    use super::*;
    use crate::system::identity::effective_user;

    fn is_chinese(text: &str) -> bool {
        text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
    }

    #[test]
    fn the_embedded_demonstrations_are_many_different_and_in_both_languages() {
        let demonstrations = Templates::embedded().demonstrations;
        let requests: HashSet<&str> =
            demonstrations.iter().map(|example| example.request.as_str()).collect();
        assert_eq!(requests.len(), demonstrations.len(), "a request stands there twice");
        let chinese = requests.iter().filter(|request| is_chinese(request)).count();
        assert!(chinese >= 12, "{chinese} Chinese demonstrations");
        assert!(requests.len() - chinese >= 30, "{} English ones", requests.len() - chinese);
        for example in &demonstrations {
            let answer = example.answer.trim();
            assert!(!answer.is_empty() && !answer.contains("```"), "{}", example.request);
        }
    }

    #[test]
    fn every_embedded_answer_is_shell_that_dash_parses() {
        for example in Templates::embedded().demonstrations {
            let output =
                std::process::Command::new("sh").args(["-n", "-c", &example.answer]).output();
            let output = output.expect("every POSIX system has sh");
            assert!(output.status.success(), "{}: {output:?}", example.answer);
        }
    }

    #[test]
    fn the_fixed_prefix_stays_within_its_budget() {
        let templates = Templates::embedded();
        let bytes = templates.system.len()
            + templates
                .demonstrations
                .iter()
                .map(|example| example.request.len() + example.answer.trim().len())
                .sum::<usize>();
        // Within a percent of what the default model's tokenizer counts: 3.4
        // bytes a token, and the markup of two turns.
        let tokens = bytes * 10 / 34 + templates.demonstrations.len() * 14;
        assert!((1500..=3000).contains(&tokens), "about {tokens} tokens");
    }

    #[test]
    fn a_file_of_the_person_takes_the_place_of_ours() {
        let root = tempfile::tempdir().unwrap();
        let user = effective_user();
        assert_eq!(Templates::load(root.path(), user).unwrap(), Templates::embedded());
        let directory = root.path().join("prompts");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("system.md"), "Be brief.").unwrap();
        let mixed = Templates::load(root.path(), user).unwrap();
        assert_eq!(mixed.system, "Be brief.");
        assert_eq!(mixed.demonstrations, Templates::embedded().demonstrations);
        fs::write(
            directory.join("demonstrations.toml"),
            "[[demonstration]]\nrequest = \"a\"\nanswer = \"b\"\n",
        )
        .unwrap();
        let own = Templates::load(root.path(), user).unwrap().demonstrations;
        assert_eq!(
            own,
            [Example { request: "a".to_owned(), answer: "b".to_owned(), context: Vec::new() }]
        );
    }

    #[test]
    fn a_mistake_in_the_persons_file_is_named() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("prompts");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("demonstrations.toml"), "[[demonstration]]\nask = \"a\"\n")
            .unwrap();
        let error = Templates::load(root.path(), effective_user()).unwrap_err().to_string();
        assert!(error.contains("demonstrations.toml:2:1: unknown field `ask`"), "{error}");
    }
}

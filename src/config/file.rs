//! `config.toml`: read, judged, parsed, resolved.

use std::path::Path;

use super::error::ConfigError;
use super::raw::RawConfig;
use super::resolved::Config;
use super::trusted_file::{read_trusted, text_error};
use crate::diagnostic::Diagnostic;

/// The name of the file in the configuration directory.
pub const FILE_NAME: &str = "config.toml";

/// The configuration in `directory` (see [`super::Directories::config`]);
/// without a file, the defaults. `user` is the one who may own the file.
///
/// # Errors
/// [`ConfigError`] names the file and, for a mistake in its text, the line and
/// column.
pub fn load(directory: &Path, user: u32) -> Result<Config, ConfigError> {
    let path = directory.join(FILE_NAME);
    match read_trusted(&path, user)? {
        Some(text) => parse(&path, &text),
        None => Ok(Config::default()),
    }
}

/// The configuration in `directory`, or the defaults and what to tell the
/// person: a session goes on with a broken file.
#[must_use]
pub fn load_or_default(directory: &Path, user: u32) -> (Config, Option<Diagnostic>) {
    match load(directory, user) {
        Ok(config) => (config, None),
        Err(error) => (Config::default(), Some(error.into())),
    }
}

fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let raw: RawConfig = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        // The message may span lines; a diagnostic is one sentence.
        let message = in_plain_words(&error.message().replace('\n', ", "));
        text_error(path, text, offset, message)
    })?;
    Ok(Config::from_raw(raw))
}

/// A message of serde without the names of Rust's types.
fn in_plain_words(message: &str) -> String {
    let Some((found, expected)) = message.split_once(", expected ") else {
        return message.to_owned();
    };
    let number = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f64"];
    let expected = match expected {
        "a boolean" => "true or false",
        kind if number.contains(&kind) => "a number",
        "a string" => "a text in quotes",
        other => other,
    };
    let found = match found.strip_prefix("invalid type: ") {
        Some(found) => found
            .replacen("string ", "the text ", 1)
            .replacen("integer ", "the number ", 1)
            .replacen("boolean ", "", 1),
        None => found.to_owned(),
    };
    format!("{found} stands where {expected} is wanted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Colour;
    use crate::system::identity::effective_user;

    const EXAMPLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml"));

    fn parse_text(text: &str) -> Result<Config, String> {
        parse(Path::new("c.toml"), text).map_err(|error| error.to_string())
    }

    /// The example with every `#key = value` line turned into a setting.
    /// Explanations have a space after their `#`.
    fn uncommented() -> String {
        EXAMPLE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(setting) if !setting.starts_with(' ') => setting,
                _ => line,
            })
            .fold(String::new(), |text, line| text + line + "\n")
    }

    #[test]
    fn the_example_is_the_defaults_both_commented_and_uncommented() {
        assert_eq!(parse_text(EXAMPLE), Ok(Config::default()));
        assert_eq!(parse_text(&uncommented()), Ok(Config::default()));
    }

    #[test]
    fn the_example_names_every_key() {
        let raw: RawConfig = toml::from_str(&uncommented()).unwrap();
        let shown = format!("{raw:?}");
        assert!(!shown.contains("None"), "a key is missing in the example: {shown}");
    }

    #[test]
    fn what_is_set_wins_over_the_default() {
        let config = parse_text(
            "[model]\nname = \"mine\"\nthreads = 3\n[review]\nplain = true\ncolour = \"never\"\n\
             [hub]\nurl = \"https://mirror.example\"\n[preference]\nenabled = false\n\
             [shell]\nprompt = \"> \"\n",
        )
        .unwrap();
        assert_eq!(config.model.name.as_deref(), Some("mine"));
        assert_eq!(config.model.threads, Some(3));
        assert_eq!(config.model.context_tokens, 4096);
        assert!(config.review.plain);
        assert_eq!(config.review.colour, Colour::Never);
        assert_eq!(config.hub.url.as_deref(), Some("https://mirror.example"));
        assert!(!config.preference.enabled);
        assert_eq!(config.shell.prompt.as_deref(), Some("> "));
    }

    #[test]
    fn mistakes_are_named_with_line_and_column() {
        for (text, expected) in [
            ("[model]\nthread = 2\n", "c.toml:2:1: unknown field `thread`"),
            ("[modle]\n", "c.toml:1:2: unknown field `modle`"),
            ("[model]\nthreads = \"two\"\n", "c.toml:2:11: the text \"two\" stands where a number"),
            ("[model]\nthreads = 2000\n", "c.toml:2:11: 2000 is not between 0 and 1024"),
            ("[model]\n\n  idle_exit_seconds = -1\n", "c.toml:3:23: -1 is not between 1 and"),
            ("[review]\ncolour = \"blue\"\n", "c.toml:2:10: unknown variant `blue`"),
            ("[hub]\nurl = \"ftp://x\"\n", "c.toml:2:7: \"ftp://x\" does not begin with"),
            ("[model\n", "c.toml:1:7: "),
            ("[model]\nname = \"a\"\nname = \"b\"\n", "c.toml:3:1: duplicate key"),
        ] {
            let error = parse_text(text).unwrap_err();
            assert!(error.starts_with(expected), "{text:?}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_broken_file_gives_the_defaults_and_says_so() {
        let root = tempfile::tempdir().unwrap();
        let user = effective_user();
        assert_eq!(load_or_default(root.path(), user), (Config::default(), None));
        std::fs::write(root.path().join(FILE_NAME), "[model]\nthreads = -2\n").unwrap();
        let (config, message) = load_or_default(root.path(), user);
        assert_eq!(config, Config::default());
        let message = message.expect("the file is broken");
        assert!(message.message.ends_with("config.toml:2:11: -2 is not between 0 and 1024"));
        assert!(message.hint.unwrap().contains("config.example.toml"));
    }
}

//! Command or request: how a line is read, from its words alone, in
//! microseconds and without the model.
//!
//! A leading `?` (or `？`) makes any line a request. Otherwise a line is a
//! command when its first word is one, and a request when it is not and reads
//! like a sentence. A sentence that begins with a program's name ("make a
//! directory") is [`Intent::Unsure`]: somebody at a terminal is asked, elsewhere
//! it is a command.

mod sentence;

/// How a line is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Nothing, or a comment.
    Empty,
    /// Shell language.
    Command,
    /// Words for the model; the text without the mark.
    Request(String),
    /// A command's name begins what reads like a sentence; the text.
    Unsure(String),
}

/// Whether a word is a command: keyword, function, alias, builtin or program.
pub type IsCommand<'a> = &'a dyn Fn(&str) -> bool;

/// The text of a line that begins with the mark of a request.
#[must_use]
pub fn marked(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let rest = line.strip_prefix('?').or_else(|| line.strip_prefix('？'))?;
    Some(rest.trim())
}

/// Reads a line.
#[must_use]
pub fn classify(line: &str, is_command: IsCommand<'_>) -> Intent {
    let text = line.trim();
    if text.is_empty() || text.starts_with('#') {
        return Intent::Empty;
    }
    if let Some(request) = marked(text) {
        return Intent::Request(request.to_owned());
    }
    let first = text
        .split(|character: char| character.is_whitespace() || ";|&<>()".contains(character))
        .next();
    let first = first.unwrap_or_default();
    let is_path = first.contains('/') || first.starts_with('~') || first.starts_with('.');
    let assigns = first
        .split_once('=')
        .is_some_and(|(name, _)| crate::shell::variable::is_name(name.as_bytes()));
    let defines = text[first.len()..].trim_start().starts_with("()");
    if first.is_empty()
        || defines
        || is_path
        || assigns
        || first.starts_with(['$', '"', '\'', '\\', '`'])
    {
        return Intent::Command;
    }
    // What goes on in another line is what its first line was when it ended.
    let score = sentence::score(text.lines().next().unwrap_or_default());
    if is_command(first) {
        if score >= sentence::SURE_WITH_COMMAND {
            Intent::Unsure(text.to_owned())
        } else {
            Intent::Command
        }
    } else if score >= sentence::SURE {
        Intent::Request(text.to_owned())
    } else {
        Intent::Command
    }
}

#[cfg(test)]
mod tests;

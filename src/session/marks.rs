//! What a terminal is told beside the text: where a prompt, a command and its output begin,
//! how a command ended (OSC 133, of FinalTerm), the directory (OSC 7), and a title (OSC 0).
//! Terminals that do not know them pass over them.

use std::fmt::Write as _;

use crate::config::PromptConfig;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::system::descriptor::{STDERR, write_all};
use crate::system::identity;

/// The longest title, in characters.
const LONGEST: usize = 60;

/// What this terminal is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    marks: bool,
    title: bool,
    links: bool,
}

impl Marks {
    /// As it is configured; nothing for a terminal that would show it.
    pub(super) fn new(config: PromptConfig) -> Self {
        let term = std::env::var("TERM").unwrap_or_default();
        // The console of Linux shows part of what it does not know (console_codes(4)).
        let knows = term != "linux" && term != "dumb";
        Self {
            marks: config.marks && knows,
            title: config.title && knows,
            links: config.links && knows,
        }
    }

    /// What makes a text between them a link to a directory (OSC 8).
    pub(super) fn link_to(self, directory: &[u8]) -> [String; 2] {
        if !self.links || directory.is_empty() {
            return [String::new(), String::new()];
        }
        let place = format!("file://{}{}", identity::host_name(), encoded(directory));
        [format!("\x1b]8;;{place}\x1b\\"), "\x1b]8;;\x1b\\".to_owned()]
    }

    /// Before a prompt in a directory.
    pub(super) fn before_prompt(self, directory: &[u8], home: Option<&[u8]>) {
        let mut text = String::new();
        if self.marks {
            let host = identity::host_name();
            let _ = write!(text, "\x1b]7;file://{host}{}\x07", encoded(directory));
        }
        if self.title {
            text += &title(&shortened(directory, home));
        }
        tell(&text);
    }

    /// Where the prompt begins, and where the command behind it does.
    pub(super) fn around_prompt(self) -> [&'static str; 2] {
        if self.marks { ["\x1b]133;A\x07", "\x1b]133;B\x07"] } else { ["", ""] }
    }

    /// Before what a line prints.
    pub(super) fn before_line(self, line: &str) {
        let mut text = String::new();
        if self.title && !line.trim().is_empty() {
            text += &title(line);
        }
        if self.marks {
            text += "\x1b]133;C\x07";
        }
        tell(&text);
    }

    /// Behind it.
    pub(super) fn behind_line(self, status: ExitStatus) {
        if self.marks {
            tell(&format!("\x1b]133;D;{}\x07", status.0));
        }
    }
}

fn tell(text: &str) {
    if !text.is_empty() {
        // A terminal that is gone is found out by who reads from it.
        let _ = write_all(STDERR, text.as_bytes());
    }
}

/// The sequence that sets a title; nothing that could end it early gets into it.
fn title(text: &str) -> String {
    let shown: String = visible(text.trim().as_bytes()).chars().take(LONGEST).collect();
    format!("\x1b]0;{shown}\x07")
}

/// A path as it stands in an address (RFC 3986, 2.1).
fn encoded(path: &[u8]) -> String {
    let mut text = String::new();
    for byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

/// A directory with `~` for the home directory.
fn shortened(directory: &[u8], home: Option<&[u8]>) -> String {
    let below = home.filter(|home| home.len() > 1).and_then(|home| directory.strip_prefix(home));
    match below {
        Some(below) if below.is_empty() || below.starts_with(b"/") => {
            format!("~{}", String::from_utf8_lossy(below))
        }
        _ => String::from_utf8_lossy(directory).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_holds_nothing_that_ends_it() {
        let hostile = title("ls\x07\x1b]0;evil\n\u{9b}\u{202e}");
        assert_eq!(hostile, "\x1b]0;ls\\x07\\x1b]0;evil\\x0a\\u{9b}\\u{202e}\x07");
        assert_eq!(title(&"x".repeat(500)).len(), LONGEST + 5);
    }

    #[test]
    fn directories_are_told_as_they_are_and_shown_short() {
        assert_eq!(encoded("/a b/二%".as_bytes()), "/a%20b/%E4%BA%8C%25");
        assert_eq!(shortened(b"/home/ann/x", Some(b"/home/ann")), "~/x");
        assert_eq!(shortened(b"/home/anna", Some(b"/home/ann")), "/home/anna");
        assert_eq!(shortened(b"/home/ann", Some(b"/home/ann")), "~");
        assert_eq!(shortened(b"/x", Some(b"/")), "/x");
    }
}

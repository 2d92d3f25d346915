//! The prompt where nobody has chosen one: where one is, what one should know, and the sign.
//!
//! Nothing in it starts a process: what is said of a repository is read from its files, and
//! its changed files are counted beside ([`super::changes`]).

use std::time::Duration;

use bstr::ByteSlice;

use super::changes::Changes;
use super::marks::Marks;
use crate::config::PromptConfig;
use crate::context;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::system::identity;

/// A command that took longer tells how long.
const LONG: Duration = Duration::from_secs(2);

/// The longest name of a directory or a branch, in characters.
const LONGEST: usize = 30;

/// What a prompt is made of.
struct Facts {
    host: Option<String>,
    environment: Option<String>,
    directory: String,
    /// What stands around the directory's name, and is not seen.
    link: [String; 2],
    branch: Option<String>,
    /// What is under way in the repository.
    under_way: Option<&'static str>,
    /// How many of its files are changed.
    changed: usize,
    jobs: usize,
    took: Option<Duration>,
    status: ExitStatus,
    root: bool,
}

/// The prompt; `took` is how long the last command ran.
pub(super) fn text(
    shell: &Shell,
    config: PromptConfig,
    changes: &mut Changes,
    took: Option<Duration>,
    colour: bool,
    marks: Marks,
) -> String {
    let value = |name: &str| {
        let value = shell.variables.get(name.as_bytes()).filter(|value| !value.is_empty())?;
        Some(value.to_str_lossy().into_owned())
    };
    let path = shell.directory().unwrap_or_default();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let home = value("HOME").is_some_and(|home| home.as_bytes() == path);
    let directory = match path {
        _ if home => "~".to_owned(),
        b"/" => "/".to_owned(),
        path => last(&path.to_str_lossy()),
    };
    let place = path.to_path_lossy();
    let branch = config.git.then(|| context::branch_of(&place)).flatten();
    let in_repository = branch.is_some();
    let facts = Facts {
        host: (config.host && value("SSH_CONNECTION").is_some()).then(identity::host_name),
        environment: value("VIRTUAL_ENV").filter(|_| config.environment).map(|path| last(&path)),
        directory,
        link: marks.link_to(path),
        under_way: in_repository.then(|| context::under_way(&place)).flatten(),
        changed: if in_repository { changes.count(&place).unwrap_or(0) } else { 0 },
        branch,
        jobs: if config.jobs { shell.jobs.iter().count() } else { 0 },
        took: took.filter(|took| config.duration && *took >= LONG),
        status: if config.status { shell.status } else { ExitStatus::SUCCESS },
        root: identity::effective_user() == 0,
    };
    facts.text(colour)
}

impl Facts {
    fn text(&self, colour: bool) -> String {
        let painted = |code: &str, text: &str| {
            if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
        };
        let short = |text: &str| {
            let text = visible(text.as_bytes());
            match text.char_indices().nth(LONGEST) {
                Some((at, _)) => format!("{}…", &text[..at]),
                None => text,
            }
        };
        let mut parts = Vec::new();
        if let Some(environment) = &self.environment {
            parts.push(painted("2", &format!("({})", short(environment))));
        }
        let host = self.host.as_ref().map_or_else(String::new, |host| format!("{}:", short(host)));
        let [begin, end] = &self.link;
        parts.push(painted("1", &format!("{host}{begin}{}{end}", short(&self.directory))));
        if let Some(branch) = &self.branch {
            parts.push(painted("36", &short(branch)));
            if let Some(what) = self.under_way {
                parts.push(painted("33", what));
            }
            if self.changed > 0 {
                parts.push(painted("33", &format!("*{}", self.changed)));
            }
        }
        if self.jobs > 0 {
            parts.push(painted("2", &format!("{}&", self.jobs)));
        }
        if let Some(took) = self.took {
            parts.push(painted("2", &shown(took)));
        }
        if !self.status.is_success() {
            parts.push(painted("31", &format!("[{}]", self.status.0)));
        }
        parts.push(sign(self.root).to_owned());
        parts.join(" ") + " "
    }
}

/// What ends the prompt.
fn sign(root: bool) -> &'static str {
    if root { "#" } else { "$" }
}

/// The prompt of a line that was entered, where nothing else of it is to stay.
pub(super) fn short() -> String {
    format!("{} ", sign(identity::effective_user() == 0))
}

/// A time as short as it can be read: 3.2s, 4m05s, 2h10m.
fn shown(took: Duration) -> String {
    let seconds = took.as_secs();
    match seconds {
        0..60 => format!("{:.1}s", took.as_secs_f64()),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_one_should_know_is_said() {
        let plain = Facts {
            host: None,
            environment: None,
            directory: "work".to_owned(),
            link: [String::new(), String::new()],
            branch: None,
            under_way: None,
            changed: 0,
            jobs: 0,
            took: None,
            status: ExitStatus::SUCCESS,
            root: false,
        };
        assert_eq!(plain.text(false), "work $ ");
        let all = Facts {
            host: Some("far".to_owned()),
            environment: Some("venv".to_owned()),
            branch: Some("feature/x\x1b[2J".to_owned()),
            under_way: Some("merge"),
            changed: 3,
            jobs: 2,
            took: Some(Duration::from_millis(3210)),
            status: ExitStatus(130),
            root: true,
            ..plain
        };
        assert_eq!(all.text(false), "(venv) far:work feature/x\\x1b[2J merge *3 2& 3.2s [130] # ");
        assert!(all.text(true).contains("\x1b[31m[130]\x1b[0m"));
    }

    #[test]
    fn times_are_short() {
        for (seconds, text) in [(2, "2.0s"), (65, "1m05s"), (7_800, "2h10m")] {
            assert_eq!(shown(Duration::from_secs(seconds)), text);
        }
    }
}

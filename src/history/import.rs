//! What other shells remember, as entries: the files of bash, zsh and fish, and atuin's
//! database.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bstr::ByteSlice;
use rusqlite::{Connection, OpenFlags};

use super::entry::{Imported, Kind, NewEntry};
use crate::exit_status::ExitStatus;

/// Whose history it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Foreign {
    /// `~/.bash_history`
    Bash,
    /// `~/.zsh_history`
    Zsh,
    /// `fish/fish_history` in the data directory
    Fish,
    /// `atuin/history.db` in the data directory
    Atuin,
}

/// Why there is nothing to import.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// It is no database of atuin.
    #[error("{} is no database of atuin: {error}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        error: rusqlite::Error,
    },
}

impl Foreign {
    /// The name in the entries' session.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Atuin => "atuin",
        }
    }

    /// Where it is kept for a user with this home and data directory.
    #[must_use]
    pub fn usual_file(self, home: &Path, data: &Path) -> PathBuf {
        match self {
            Self::Bash => home.join(".bash_history"),
            Self::Zsh => home.join(".zsh_history"),
            Self::Fish => data.join("fish/fish_history"),
            Self::Atuin => data.join("atuin/history.db"),
        }
    }

    /// Reads the entries of a file, oldest first.
    ///
    /// # Errors
    /// [`ImportError`]
    pub fn read(self, path: &Path) -> Result<Vec<Imported>, ImportError> {
        if self == Self::Atuin {
            let failed = |error| ImportError::Database { path: path.to_owned(), error };
            return atuin(path).map_err(failed);
        }
        let failed = |error| ImportError::File { path: path.to_owned(), error };
        let bytes = fs::read(path).map_err(failed)?;
        let written = fs::metadata(path).and_then(|metadata| metadata.modified());
        let written = written.unwrap_or_else(|_| SystemTime::now());
        let mut entries = match self {
            Self::Bash => bash(&bytes),
            Self::Zsh => zsh(&bytes),
            Self::Fish | Self::Atuin => fish(&bytes),
        };
        entries.retain(|(text, _)| !text.trim().is_empty());
        Ok(dated(entries, written, self))
    }
}

/// A line with the second in which it began, where that is known.
type Line = (String, Option<u64>);

/// Lines without a time get one: a second before that of the next.
fn dated(lines: Vec<Line>, written: SystemTime, from: Foreign) -> Vec<Imported> {
    let mut next = written;
    let mut entries: Vec<Imported> = lines
        .into_iter()
        .rev()
        .map(|(text, seconds)| {
            let second = Duration::from_secs(1);
            let started = match seconds {
                Some(seconds) => UNIX_EPOCH + Duration::from_secs(seconds),
                None => next.checked_sub(second).unwrap_or(UNIX_EPOCH),
            };
            next = started;
            Imported { entered: entered(text, started, "", from), duration: None, status: None }
        })
        .collect();
    entries.reverse();
    entries
}

fn entered(text: String, started: SystemTime, directory: &str, from: Foreign) -> NewEntry {
    NewEntry {
        text,
        kind: Kind::Command,
        directory: directory.into(),
        started,
        session: from.name().to_owned(),
        parent: None,
    }
}

/// Lines; where `HISTTIMEFORMAT` is set, each entry after a line `#SECONDS`, and of several
/// lines (bash(1), HISTORY).
fn bash(bytes: &[u8]) -> Vec<Line> {
    let time_of = |line: &[u8]| -> Option<u64> {
        line.strip_prefix(b"#")?.to_str().ok()?.trim_end().parse().ok()
    };
    let mut entries: Vec<Line> = Vec::new();
    let mut timed = false;
    for line in bytes.lines() {
        if let Some(seconds) = time_of(line) {
            entries.push((String::new(), Some(seconds)));
            timed = true;
            continue;
        }
        let text = line.to_str_lossy();
        match entries.last_mut().filter(|_| timed) {
            Some((all, _)) if all.is_empty() => *all = text.into_owned(),
            Some((all, _)) => {
                all.push('\n');
                all.push_str(&text);
            }
            None => entries.push((text.into_owned(), None)),
        }
    }
    entries
}

/// Lines, or `: SECONDS:DURATION;LINE` with `EXTENDED_HISTORY`; a backslash before a newline
/// goes on, and bytes of 0x83 hide the next (zsh's Meta).
fn zsh(bytes: &[u8]) -> Vec<Line> {
    const META: u8 = 0x83;
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match (*byte, byte) {
            (META, _) => plain.extend(rest.next().map(|hidden| hidden ^ 0x20)),
            (_, byte) => plain.push(*byte),
        }
    }
    let mut entries: Vec<Line> = Vec::new();
    let mut goes_on = false;
    for line in plain.lines() {
        let (body, continues) = match line.strip_suffix(b"\\") {
            Some(body) => (body, true),
            None => (line, false),
        };
        let text = body.to_str_lossy();
        if goes_on && let Some((all, _)) = entries.last_mut() {
            all.push('\n');
            all.push_str(&text);
        } else {
            entries.push(extended(&text).unwrap_or_else(|| (text.clone().into_owned(), None)));
        }
        goes_on = continues;
    }
    entries
}

/// An entry with its time.
fn extended(line: &str) -> Option<Line> {
    let (times, text) = line.strip_prefix(": ")?.split_once(';')?;
    let (seconds, _) = times.split_once(':')?;
    Some((text.to_owned(), Some(seconds.trim().parse().ok()?)))
}

/// `- cmd: LINE` and `  when: SECONDS`; `\n` and `\\` are escapes.
fn fish(bytes: &[u8]) -> Vec<Line> {
    let mut entries: Vec<Line> = Vec::new();
    for line in bytes.lines() {
        let line = line.to_str_lossy();
        if let Some(text) = line.strip_prefix("- cmd: ") {
            entries.push((unescaped(text), None));
        } else if let Some(when) = line.strip_prefix("  when: ")
            && let Some((_, time)) = entries.last_mut()
        {
            *time = when.trim().parse().ok();
        }
    }
    entries
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}

/// Times and durations are nanoseconds; an entry that was deleted there stays so.
fn atuin(path: &Path) -> rusqlite::Result<Vec<Imported>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let deleted = connection
        .prepare("SELECT deleted_at FROM history LIMIT 0")
        .map_or("", |_| "WHERE deleted_at IS NULL");
    let mut statement = connection.prepare(&format!(
        "SELECT command, timestamp, duration, exit, cwd FROM history {deleted} ORDER BY timestamp"
    ))?;
    let nanoseconds = |number: i64| u64::try_from(number).ok().map(Duration::from_nanos);
    let rows = statement.query_map([], |row| {
        let started = UNIX_EPOCH + nanoseconds(row.get(1)?).unwrap_or_default();
        let directory: String = row.get(4)?;
        // -1: it had not ended.
        let status: i64 = row.get(3)?;
        Ok(Imported {
            entered: entered(row.get(0)?, started, &directory, Foreign::Atuin),
            duration: nanoseconds(row.get(2)?),
            status: i32::try_from(status).ok().filter(|status| *status >= 0).map(ExitStatus),
        })
    })?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_has_lines_and_entries_with_times() {
        assert_eq!(bash(b"ls\ncd x\n"), [("ls".to_owned(), None), ("cd x".to_owned(), None)]);
        assert_eq!(
            bash(b"#100\nfor x in a\ndo echo\ndone\n#200\n#not a time\n"),
            [
                ("for x in a\ndo echo\ndone".to_owned(), Some(100)),
                ("#not a time".to_owned(), Some(200))
            ]
        );
    }

    #[test]
    fn zsh_has_plain_and_extended_lines_that_go_on() {
        let text = [b"ls\n: 1700000000:3;echo a\\\nb\necho ".as_slice(), &[0x83, 0xa3], b"\n"];
        let entries = zsh(&text.concat());
        assert_eq!(entries[0], ("ls".to_owned(), None));
        assert_eq!(entries[1], ("echo a\nb".to_owned(), Some(1_700_000_000)));
        assert_eq!(entries[2].0.as_bytes(), "echo \u{fffd}".as_bytes());
        let chinese: Vec<u8> = "目录"
            .bytes()
            .flat_map(|byte| if byte >= 0x83 { vec![0x83, byte ^ 0x20] } else { vec![byte] })
            .collect();
        assert_eq!(zsh(&chinese)[0].0, "目录");
    }

    #[test]
    fn fish_has_escapes_and_times() {
        let text = b"- cmd: echo a\\\\b\\nls\n  when: 5\n  paths:\n    - x\n- cmd: top\n";
        assert_eq!(fish(text), [("echo a\\b\nls".to_owned(), Some(5)), ("top".to_owned(), None)]);
    }

    #[test]
    fn lines_without_a_time_keep_their_order() {
        let lines = ["a", "b", "c"].map(|text| (text.to_owned(), None)).to_vec();
        let written = UNIX_EPOCH + Duration::from_secs(100);
        let times: Vec<u64> = dated(lines, written, Foreign::Bash)
            .iter()
            .map(|one| one.entered.started.duration_since(UNIX_EPOCH).unwrap().as_secs())
            .collect();
        assert_eq!(times, [97, 98, 99]);
    }
}

//! Processes by name, and what listens on a port, from `/proc` (proc(5)).

use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::super::mention::{How, MAX_LENGTH, Mention, Target, Thing};
use super::super::quote::told;
use super::super::spoken::Spoken;
use super::MOST;
use crate::system::identity;

/// The most processes that are looked at.
const MOST_PROCESSES: usize = 5_000;

/// The most of a command line that is told, in characters.
const MAX_COMMAND: usize = 60;

/// A socket that waits for connections, in `/proc/net/tcp`.
const LISTENS: &str = "0A";

/// The processes of the machine, read once a request at most.
#[derive(Default)]
pub(super) struct Processes(OnceCell<Vec<Process>>);

/// A process.
struct Process {
    number: u32,
    name: String,
    command: Vec<String>,
}

impl Processes {
    fn all(&self, root: &Path) -> &[Process] {
        self.0.get_or_init(|| {
            let Ok(entries) = fs::read_dir(root.join("proc")) else { return Vec::new() };
            let numbers = entries.flatten().filter_map(|entry| {
                entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok())
            });
            // The request's own processes are not what it speaks of.
            let own = [std::process::id(), std::os::unix::process::parent_id()];
            let mut all: Vec<Process> = numbers
                .filter(|number| !own.contains(number))
                .take(MOST_PROCESSES)
                .filter_map(|number| Process::read(root, number))
                .collect();
            all.sort_by_key(|process| process.number);
            all
        })
    }

    /// The names of the processes, each once.
    pub(super) fn names(&self, root: &Path) -> Vec<String> {
        let names: HashSet<String> =
            self.all(root).iter().map(|process| process.name.clone()).collect();
        names.into_iter().collect()
    }

    /// The processes that are called so, by their own name, their program's, or that of
    /// the script which it runs.
    pub(super) fn named(&self, root: &Path, name: &str) -> Option<Thing> {
        let name = name.to_lowercase();
        let found: Vec<&Process> =
            self.all(root).iter().filter(|process| process.is_called(&name)).collect();
        let first = found.first()?;
        let numbers: Vec<String> =
            found.iter().take(MOST).map(|process| process.number.to_string()).collect();
        let what = match found.as_slice() {
            [_] => format!(
                "process {} {}",
                first.number,
                told("", &first.command.join(" "), MAX_COMMAND)
            ),
            all if all.len() > MOST => format!("{} processes", all.len()),
            _ => format!("processes {}", numbers.join(" ")),
        };
        Some(Thing { name: None, fact: format!("{}: {what}", told("", &name, MAX_LENGTH)) })
    }
}

impl Process {
    /// Reads what `/proc` says; a thread of the kernel has no command line.
    fn read(root: &Path, number: u32) -> Option<Self> {
        let place = root.join("proc").join(number.to_string());
        let user = identity::effective_user();
        if user != 0 && fs::metadata(&place).ok()?.uid() != user {
            return None;
        }
        let command = fs::read(place.join("cmdline")).ok()?;
        let command: Vec<String> = command
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty())
            .map(|word| String::from_utf8_lossy(word).into_owned())
            .collect();
        let name = fs::read_to_string(place.join("comm")).ok()?.trim_end().to_owned();
        (!command.is_empty()).then_some(Self { number, name, command })
    }

    fn is_called(&self, name: &str) -> bool {
        let last = |word: &String| word.rsplit('/').next().unwrap_or_default().to_lowercase();
        let script = self.command.get(1).filter(|word| !word.starts_with('-'));
        self.name.to_lowercase() == name
            || self.command.first().is_some_and(|word| last(word) == name)
            || script.is_some_and(|word| {
                let script = last(word);
                script == name || script.split('.').next() == Some(name) && script != "."
            })
    }
}

/// What listens on the ports that a request names by number.
pub(super) fn ports(spoken: &Spoken<'_>, root: &Path, processes: &Processes) -> Vec<Mention> {
    const CUES: [&str; 5] = ["port", "ports", "listening", "listens", "端口"];
    if !CUES.iter().any(|cue| spoken.says(cue)) {
        return Vec::new();
    }
    let numbers = spoken.words.iter().filter_map(|word| {
        let port = word.text.parse::<u16>().ok().filter(|port| *port > 0)?;
        Some((word.span.clone(), port))
    });
    numbers
        .map(|(span, port)| {
            let fact = format!("port {port}: {}", listeners(root, port, processes));
            let target = Target::Thing(Thing { name: None, fact });
            Mention { span, target, how: How::Written, is_one_of_several: false }
        })
        .collect()
}

/// Which processes listen on a port.
fn listeners(root: &Path, port: u16, processes: &Processes) -> String {
    let mut sockets = HashSet::new();
    for table in ["proc/net/tcp", "proc/net/tcp6"] {
        let text = fs::read_to_string(root.join(table)).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (Some(local), Some(&state), Some(inode)) =
                (fields.get(1), fields.get(3), fields.get(9))
            else {
                continue;
            };
            let own = local.rsplit(':').next().and_then(|hex| u16::from_str_radix(hex, 16).ok());
            if own == Some(port) && state == LISTENS {
                sockets.insert(format!("socket:[{inode}]"));
            }
        }
    }
    if sockets.is_empty() {
        return "nothing listens".to_owned();
    }
    let holds = |process: &&Process| {
        let place = root.join("proc").join(process.number.to_string()).join("fd");
        fs::read_dir(place).is_ok_and(|entries| {
            entries.flatten().any(|entry| {
                fs::read_link(entry.path())
                    .is_ok_and(|link| link.to_str().is_some_and(|link| sockets.contains(link)))
            })
        })
    };
    let found: Vec<String> = processes
        .all(root)
        .iter()
        .filter(holds)
        .take(MOST)
        .map(|process| {
            format!("process {} {}", process.number, told("", &process.name, MAX_LENGTH))
        })
        .collect();
    if found.is_empty() {
        return "another user's process listens".to_owned();
    }
    format!("listened on by {}", found.join(", "))
}

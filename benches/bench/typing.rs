//! Typing: from the start of a shell to its first prompt, from a key to what it shows, and from
//! Enter to the next prompt, with a long history and in a directory of many files.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use llmsh::history::{DATABASE_NAME, Store};
use llmsh::system::pseudo_terminal::PseudoTerminal;

use super::shells::{self, Shell};
use super::startup::headings;
use super::table::Table;

const LINES: u32 = 100_000;
const FILES: u32 = 20_000;
const STARTS: usize = 20;
const ENTERS: usize = 100;
/// What is typed, again and again; each key alone.
const TYPED: &str = "git commit -m 'what changed' && ls -l /usr/share file-1";
const TIMES: usize = 8;
const PROMPT: &str = "prompt> ";
/// Longer than any answer takes: what comes later is the next key's.
const PAUSE: Duration = Duration::from_millis(15);

/// Times of what a person waits for.
pub(crate) fn measure(shells: &[Shell]) -> super::Measured {
    let others = ["zsh", "fish"].into_iter().filter_map(shells::found);
    let shells: Vec<Shell> =
        shells.iter().filter(|shell| shell.name != "dash").cloned().chain(others).collect();
    let place = Place::new()?;
    let headings = headings(&shells);
    let title = format!("Typing, {LINES} lines of history, {FILES} files");
    let mut table = Table::new(title, headings.iter().map(String::as_str));
    let mut rows: [Vec<f64>; 4] = Default::default();
    for shell in &shells {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let begin = Instant::now();
            let mut terminal = Terminal::start(shell, &place)?;
            terminal.wait_for(PROMPT)?;
            starts.push(begin.elapsed());
        }
        let mut terminal = Terminal::start(shell, &place)?;
        terminal.wait_for(PROMPT)?;
        let mut keys = Vec::new();
        for _ in 0..TIMES {
            for character in TYPED.chars() {
                terminal.drain()?;
                let begin = Instant::now();
                terminal.write(character.encode_utf8(&mut [0; 4]))?;
                terminal.wait()?;
                keys.push(begin.elapsed());
                std::thread::sleep(PAUSE);
            }
            // Ctrl-U
            terminal.write("\x15")?;
            std::thread::sleep(PAUSE * 4);
        }
        let mut enters = Vec::new();
        for _ in 0..ENTERS {
            terminal.write("true")?;
            std::thread::sleep(PAUSE * 2);
            terminal.drain()?;
            let begin = Instant::now();
            terminal.write("\r")?;
            terminal.wait_for(PROMPT)?;
            enters.push(begin.elapsed());
        }
        rows[0].push(share(&mut starts, 0.5));
        rows[1].push(share(&mut keys, 0.5));
        rows[2].push(share(&mut keys, 0.99));
        rows[3].push(share(&mut enters, 0.5));
    }
    let labels = [
        "first prompt, ms",
        "key to its first change, ms",
        "the same, 99th percentile",
        "Enter to the next prompt for true, ms",
    ];
    for (label, values) in labels.iter().zip(&rows) {
        table.ratios(label, values, 2);
    }
    Ok(table)
}

/// The time that so large a share of them does not exceed, in milliseconds.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place in a short list"
)]
fn share(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() as f64 - 1.0) * share).round() as usize;
    times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

/// A home with a long history of every shell, and a directory of many files.
struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let root = tempfile::tempdir()?;
        let place = Self { root };
        let (home, files) = (place.home(), place.files());
        let state = home.join(".local/state/llmsh");
        fs::create_dir_all(&state)?;
        fs::create_dir_all(&files)?;
        for number in 0..FILES {
            File::create(files.join(format!("file-{number}")))?;
        }
        let line = |number: u32| match number % 4 {
            0 => format!("git commit -m 'change {number}'"),
            1 => format!("ls -l /usr/share/doc/package-{number}"),
            2 => format!("cd ~/work/project-{}", number % 500),
            _ => format!("make target-{number} && ./run --with {number}"),
        };
        let database = state.join(DATABASE_NAME);
        drop(Store::open(&database, u32::MAX, Duration::from_secs(5))?);
        let mut connection = rusqlite::Connection::open(&database)?;
        let transaction = connection.transaction()?;
        for number in 0..LINES {
            transaction
                .prepare_cached(
                    "INSERT INTO entry (text, kind, directory, started, duration, status, session)
                     VALUES (?1, 0, ?2, ?3, 1000, 0, 'before')",
                )?
                .execute(rusqlite::params![line(number), b"/home/work".as_slice(), number])?;
        }
        transaction.commit()?;
        let lines: Vec<String> = (0..LINES).map(line).collect();
        fs::write(home.join(".bash_history"), lines.join("\n") + "\n")?;
        fs::write(home.join(".zsh_history"), lines.join("\n") + "\n")?;
        fs::write(
            home.join(".zshrc"),
            format!("HISTFILE=~/.zsh_history HISTSIZE=200000 SAVEHIST=200000 PS1='{PROMPT}'\n"),
        )?;
        let fish = (home.join(".config/fish"), home.join(".local/share/fish"));
        fs::create_dir_all(&fish.0)?;
        fs::create_dir_all(&fish.1)?;
        fs::write(
            fish.0.join("config.fish"),
            format!("set -g fish_greeting\nfunction fish_prompt; echo -n '{PROMPT}'; end\n"),
        )?;
        let entry = |(number, line): (usize, &String)| format!("- cmd: {line}\n  when: {number}\n");
        let entries: String = lines.iter().enumerate().map(entry).collect();
        fs::write(fish.1.join("fish_history"), entries)?;
        Ok(place)
    }

    fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    fn files(&self) -> PathBuf {
        self.root.path().join("files")
    }
}

/// A shell on a terminal of its own.
struct Terminal(PseudoTerminal);

impl Terminal {
    fn start(shell: &Shell, place: &Place) -> io::Result<Self> {
        let mut command = Command::new(&shell.path);
        match shell.name {
            "bash" => drop(command.args(["--norc", "--noprofile"])),
            // Without what the system has for all.
            "zsh" => drop(command.arg("-d")),
            _ => {}
        }
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", place.home())
            .env("TERM", "xterm-256color")
            .env("LC_ALL", "C.UTF-8")
            .env("PS1", PROMPT)
            .env("HISTSIZE", "200000")
            .current_dir(place.files());
        PseudoTerminal::start(command).map(Self)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.0.write(text)
    }

    /// Waits for output, and reads what there is.
    fn wait(&mut self) -> io::Result<Vec<u8>> {
        match self.0.read(Duration::from_secs(10))? {
            bytes if bytes.is_empty() => Err(io::Error::other("the shell says nothing")),
            bytes => Ok(bytes),
        }
    }

    fn wait_for(&mut self, text: &str) -> io::Result<()> {
        let mut seen = Vec::new();
        loop {
            seen.extend(self.wait()?);
            if seen.windows(text.len()).any(|window| window == text.as_bytes()) {
                return Ok(());
            }
        }
    }

    /// Reads what has come already.
    fn drain(&mut self) -> io::Result<()> {
        while !self.0.read(Duration::ZERO)?.is_empty() {}
        Ok(())
    }
}

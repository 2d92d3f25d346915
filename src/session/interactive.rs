//! The interactive shell: prompt, line, command or request, and again.

use std::path::Path;

use super::ask::{Answerer, show_error};
use super::editor::{Line, LineEditor};
use super::journal::Journal;
use crate::cli::RequestOptions;
use crate::config::{self, Config, Directories};
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::history::{DATABASE_NAME, History, Kind};
use crate::intent::{self, Intent};
use crate::review::terminal::{Key, Keys};
use crate::session::Session;
use crate::shell::option::Opt;
use crate::shell::{Divert, Flow, Shell};
use crate::system::{identity, signal};
use crate::tui::keys::TerminalKeys;

/// The prompt where nothing else is set: the last part of the directory, and
/// the mark that tells root from others.
const PROMPTS: [&str; 2] = ["${PWD##/*/} $ ", "${PWD##/*/} # "];

/// Reads lines from the terminal and runs them until the person leaves.
/// `posix`: there are no requests.
pub fn run(shell: &mut Shell, options: RequestOptions, posix: bool) -> Flow {
    shell.read_environment_file()?;
    // A terminal that cannot move its cursor gets lines as it echoes them.
    if std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb") {
        if !posix {
            shell.take_requests(Box::new(Answerer::new(options)));
        }
        return shell.converse();
    }
    let config = configuration();
    set_default_prompt(shell, &config);
    let journal = Journal::new(history(&config));
    if !posix {
        shell.take_requests(Box::new(Answerer::new(options).with_journal(journal.clone())));
    }
    let mut editor = match LineEditor::new(journal.window(), Box::new(start_model_ahead)) {
        Ok(editor) => editor,
        Err(error) => {
            show_error(&Diagnostic::new(format!("no line editing: {error}")));
            return shell.converse();
        }
    };
    let mut ends = 0;
    loop {
        if let Some(notice) = journal.take_notice() {
            show_error(&notice);
        }
        shell.notify();
        let prompt = String::from_utf8_lossy(&shell.prompt()).into_owned();
        match editor.read(&prompt, shell.command_names()) {
            Line::Text(line) => {
                ends = 0;
                if run_line(shell, &journal, &line, posix) == Err(Divert::Exit) {
                    return Err(Divert::Exit);
                }
            }
            Line::Interrupted => shell.status = ExitStatus::from_signal(signal::SIGINT),
            Line::End => {
                ends += 1;
                if end_of_input(shell, ends) {
                    return Err(Divert::Exit);
                }
            }
        }
    }
}

/// Runs one line: as a command or as a request, as it was shown.
fn run_line(shell: &mut Shell, journal: &Journal, line: &str, posix: bool) -> Flow {
    let names = shell.command_names();
    let intent = if posix {
        Intent::Command
    } else {
        intent::classify(line, &|word| names.contains(word), &|path| Path::new(path).exists())
    };
    let request = match intent {
        Intent::Empty => return Ok(()),
        Intent::Command => None,
        Intent::Request(text) => Some(text),
        Intent::Unsure(text) => match ask_which(&mut TerminalKeys::default()) {
            Some(true) => Some(text),
            Some(false) => None,
            None => return Ok(()),
        },
    };
    let warned = shell.warned_of_jobs;
    let kind = if request.is_some() { Kind::Request } else { Kind::Command };
    journal.begin(shell, line, kind);
    let flow = match request {
        Some(text) => {
            shell.status = shell.answer(&text);
            Ok(())
        }
        None => shell.evaluate(line.as_bytes(), 1),
    };
    // Ctrl-C has done its work; it does not count for the next line.
    signal::take(signal::SIGINT);
    // A warning of stopped jobs holds for the line after it; later it is forgotten.
    shell.warned_of_jobs &= !warned;
    journal.end(shell.status);
    flow
}

/// Asks whether a line is a request; `None`: neither.
pub fn ask_which(keys: &mut dyn Keys) -> Option<bool> {
    keys.ask("A command or a request? [c] command  [r] request  [n] neither (default) ");
    loop {
        let (choice, word) = match keys.key() {
            Some(Key::Character('c' | 'C')) => (Some(false), "command"),
            Some(Key::Character('r' | 'R' | '?')) => (Some(true), "request"),
            Some(Key::Character('n' | 'N') | Key::Enter | Key::Cancel) | None => (None, "neither"),
            Some(Key::Character(_) | Key::Other) => continue,
        };
        keys.answered(word);
        return choice;
    }
}

/// Whether Ctrl-D ends the shell: not while jobs are stopped, the first time,
/// and not under `set -o ignoreeof`, unless it comes again and again.
fn end_of_input(shell: &mut Shell, ends: usize) -> bool {
    if shell.options.is_on(Opt::IgnoreEof) && ends < 10 {
        show_error(&Diagnostic::new("use \"exit\" to leave the shell"));
        return false;
    }
    shell.evaluate(b"exit", 1) == Err(Divert::Exit)
}

fn configuration() -> Config {
    let Ok(directories) = Directories::of_user() else { return Config::default() };
    let (config, notice) = config::load_or_default(&directories.config, identity::effective_user());
    if let Some(notice) = notice {
        show_error(&notice);
    }
    config
}

fn history(config: &Config) -> History {
    let max_entries = config.history.max_entries;
    match Directories::of_user() {
        Ok(directories) if config.history.enabled => {
            History::on_disk(directories.state.join(DATABASE_NAME), max_entries)
        }
        _ => History::in_memory(max_entries),
    }
}

/// `PS1` as POSIX has it says nothing of the place; a value that the user or a
/// startup file chose stays.
fn set_default_prompt(shell: &mut Shell, config: &Config) {
    if shell.variables.get(b"PS1").is_none_or(|value| value != b"$ ".as_slice()) {
        return;
    }
    let default = PROMPTS[usize::from(identity::effective_user() == 0)];
    let prompt = config.shell.prompt.as_deref().unwrap_or(default);
    // Only a startup file could have made PS1 read-only, and then it stays.
    let _ = shell.variables.set(b"PS1", prompt);
}

/// Starts the model's process while the person is still typing.
fn start_model_ahead() {
    if let Ok(session) = Session::open() {
        session.start_model_ahead();
    }
}

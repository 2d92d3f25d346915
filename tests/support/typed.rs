//! Tables of lines as a person types them, key by key: what the line is then, where the
//! cursor stands, and what it does.
//!
//! Keys that are no character stand in `«»`: `«C-a»`, `«M-b»`, `«Left»`, `«Tab»`. The
//! cursor is `¦`. `«Enter»` waits for the next prompt, `«Line»` is the same key and does not.
//! A table is run in three settings at once, each on one terminal of its
//! own; a case begins on an empty line at the top of the screen.

use std::fmt::Write;
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::{LLMSH, PROMPT, Place, Terminal, Worker};

/// Between two keys. It is no measure of speed: it lets the program see one at a time.
const PAUSE: Duration = Duration::from_millis(10);

/// An Escape that begins nothing is one after this time only.
const ESCAPE: Duration = Duration::from_millis(600);

/// How long a case may take to look as it should, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(20);

/// With what the shell has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// A model answers.
    Model,
    /// None is installed.
    NoModel,
    /// The configuration cannot be parsed.
    BrokenConfiguration,
}

/// A shell at its first prompt.
pub(crate) struct Session {
    pub(crate) terminal: Terminal,
    pub(crate) place: Place,
    /// Lines fill several rows, which the editor breaks itself where a character reaches
    /// the last column: blanks and the ends of rows are not compared.
    is_narrow: bool,
    /// What empties the screen at an empty line.
    clear: &'static str,
    _worker: Option<Worker>,
}

/// What is typed, the line then, and what Enter shows below it.
pub(crate) type Case = (&'static str, &'static str, &'static str);

/// In the place of what Enter shows: the line is left.
pub(crate) const NOT_RUN: &str = "…";

impl Session {
    /// Starts a shell on a terminal of so many rows and columns, in a place made ready.
    #[track_caller]
    pub(crate) fn start(setting: Setting, size: (u16, u16), ready: impl Fn(&Place)) -> Self {
        let place = Place::new();
        ready(&place);
        let none: [&str; 0] = [];
        let worker = (setting == Setting::Model)
            .then(|| Worker::start(&place, json!([{ "reply": "echo planned\n```" }])));
        if setting == Setting::BrokenConfiguration {
            place.configure("nonsense = [");
        }
        let environment = [("PS1", PROMPT), ("NO_COLOR", "1"), ("SHELLVAR", "mine")];
        let mut terminal = Terminal::start_with(&place, LLMSH, none, size, &environment);
        terminal.wait_for_prompt();
        let told = String::from_utf8_lossy(terminal.raw()).matches("config.toml").count();
        let wanted = usize::from(setting == Setting::BrokenConfiguration);
        assert_eq!(told, wanted, "{}", terminal.screen());
        Self { terminal, place, is_narrow: size.1 < 80, clear: "«C-l»", _worker: worker }
    }

    /// Types keys with a pause behind each; behind `«Enter»`, until there is a prompt.
    pub(crate) fn keys(&mut self, keys: &str) {
        for key in split(keys) {
            let bytes = bytes_of(key);
            if key == "«Enter»" {
                // What came before must be there, or the old prompt would be taken for it.
                self.terminal.settle(PAUSE);
                let before = self.prompts();
                self.terminal.send(&bytes);
                self.terminal.comes(PATIENCE, |terminal| {
                    prompts(terminal) > before && terminal.before_cursor() == PROMPT
                });
                continue;
            }
            self.terminal.send(&bytes);
            thread::sleep(if bytes == b"\x1b" { ESCAPE } else { PAUSE });
        }
    }

    fn prompts(&self) -> usize {
        prompts(&self.terminal)
    }

    /// From here on the keys are vi's, which has none that empties the screen.
    pub(crate) fn vi(&mut self) {
        self.terminal.run_line("set -o vi");
        self.clear = " clear«Line»";
    }

    /// An empty line at the top of an empty screen, whatever was there.
    pub(crate) fn begin(&mut self) -> bool {
        let clean = |terminal: &Terminal| {
            terminal.screen() == PROMPT.trim_end() && terminal.before_cursor() == PROMPT
        };
        let clear = self.clear;
        self.keys("«C-u»");
        self.keys(clear);
        if self.terminal.comes(PATIENCE, clean) {
            return true;
        }
        self.keys("«C-c»«C-u»");
        self.keys(clear);
        self.terminal.comes(PATIENCE, clean)
    }

    /// Types a case; what is not as it should be.
    pub(crate) fn wrong(&mut self, (typed, line, runs): Case) -> Option<String> {
        if !self.begin() {
            return Some(format!("no empty line before {typed}:\n{}", self.terminal.screen()));
        }
        self.keys(typed);
        let (before, after) = line.split_once('¦').unwrap_or((line, ""));
        // A line whose cursor is at its end may have a suggestion behind it.
        let is_narrow = self.is_narrow;
        let there = |terminal: &Terminal| {
            if is_narrow {
                let (shown, behind) = around_cursor(terminal);
                return squeezed(&shown) == squeezed(&format!("{PROMPT}{before}"))
                    && (after.is_empty() || squeezed(&behind) == squeezed(after));
            }
            terminal.before_cursor() == format!("{PROMPT}{before}")
                && (after.is_empty() || terminal.after_cursor() == after)
        };
        if !self.terminal.comes(PATIENCE, there) {
            let (before, after) = (self.terminal.before_cursor(), self.terminal.after_cursor());
            return Some(format!("{typed}\n  is not {line}\n  but    {before}¦{after}"));
        }
        if runs == NOT_RUN {
            return None;
        }
        self.keys("«Line»");
        let runs = if runs.is_empty() { String::new() } else { format!("{runs}\n") };
        let whole = format!("{PROMPT}{before}{after}");
        let wanted = format!("{}\n{runs}{}", whole.trim_end(), PROMPT.trim_end());
        let ended = |terminal: &Terminal| {
            let screen = terminal.screen();
            let as_wanted = if is_narrow {
                squeezed(&screen) == squeezed(&wanted)
            } else if typed.contains("«Enter»") {
                screen.ends_with(&wanted)
            } else {
                screen == wanted
            };
            as_wanted && terminal.before_cursor() == PROMPT
        };
        (!self.terminal.comes(PATIENCE, ended)).then(|| {
            format!("{typed}\n  does not end in\n{wanted}\n  but in\n{}", self.terminal.screen())
        })
    }

    /// Types all cases of a table; what is not as it should be.
    pub(crate) fn all_wrong(&mut self, cases: &[Case]) -> String {
        let mut wrong = String::new();
        for text in cases.iter().filter_map(|case| self.wrong(*case)) {
            writeln!(wrong, "{text}").expect("a string takes all text");
        }
        wrong
    }
}

/// Runs a table in every setting, each time with these lines before it.
#[track_caller]
pub(crate) fn table(ready: impl Fn(&Place) + Sync, before: &[&str], cases: &[Case]) {
    table_on((24, 80), ready, before, cases);
}

/// Likewise on a terminal of so many rows and columns.
#[track_caller]
pub(crate) fn table_on(
    size: (u16, u16),
    ready: impl Fn(&Place) + Sync,
    before: &[&str],
    cases: &[Case],
) {
    assert!(!cases.is_empty());
    everywhere(size, ready, |session| {
        for line in before {
            session.terminal.run_line(line);
        }
        let wrong = session.all_wrong(cases);
        assert!(wrong.is_empty(), "{wrong}");
    });
}

/// Does something in every setting, at the same time.
#[track_caller]
pub(crate) fn everywhere(
    size: (u16, u16),
    ready: impl Fn(&Place) + Sync,
    work: impl Fn(&mut Session) + Sync,
) {
    let (ready, work) = (&ready, &work);
    thread::scope(|scope| {
        for setting in [Setting::Model, Setting::NoModel, Setting::BrokenConfiguration] {
            let name = format!("{setting:?}");
            let run = move || work(&mut Session::start(setting, size, ready));
            // A thread that panics says its name, and the scope panics for it.
            thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, run)
                .expect("a thread can be started");
        }
    });
}

/// All of the screen before the cursor, and all behind it.
fn around_cursor(terminal: &Terminal) -> (String, String) {
    let screen = terminal.parsed();
    let (row, column) = screen.cursor_position();
    let (rows, columns) = screen.size();
    let before = screen.contents_between(0, 0, row, column);
    (before, screen.contents_between(row, column, rows.into(), columns.into()))
}

/// A text without blanks and ends of rows.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// How many prompts the terminal was given.
fn prompts(terminal: &Terminal) -> usize {
    let mark = b"\x1b]133;A";
    terminal.raw().windows(mark.len()).filter(|window| window == mark).count()
}

/// Nothing is in the directory.
pub(crate) fn empty(_: &Place) {}

/// The keys of a text.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = if first == '«' {
            rest.find('»').expect("a key's name ends") + '»'.len_utf8()
        } else {
            first.len_utf8()
        };
        let (key, after) = rest.split_at(length);
        rest = after;
        Some(key)
    })
}

/// What a terminal sends for a key.
fn bytes_of(key: &str) -> Vec<u8> {
    let Some(name) = key.strip_prefix('«').and_then(|key| key.strip_suffix('»')) else {
        return key.into();
    };
    if let Some(letter) = name.strip_prefix("C-").filter(|letter| letter.len() == 1) {
        return vec![letter.as_bytes()[0] & 0x1f];
    }
    if let Some(other) = name.strip_prefix("M-") {
        let inner = if other.len() > 1 { bytes_of(&format!("«{other}»")) } else { other.into() };
        return [b"\x1b", inner.as_slice()].concat();
    }
    match name {
        "Left" => "\x1b[D",
        "Right" => "\x1b[C",
        "Up" => "\x1b[A",
        "Down" => "\x1b[B",
        "Home" => "\x1b[H",
        "End" => "\x1b[F",
        "Del" => "\x1b[3~",
        "C-Left" => "\x1b[1;5D",
        "C-Right" => "\x1b[1;5C",
        "Alt-Right" => "\x1b[1;3C",
        "BS" => "\x7f",
        "Tab" => "\t",
        "Esc" => "\x1b",
        "Enter" | "Line" => "\r",
        "Paste" => "\x1b[200~",
        "Pasted" => "\x1b[201~",
        _ => panic!("{name} is no key"),
    }
    .into()
}

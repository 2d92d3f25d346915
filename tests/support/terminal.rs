//! A terminal with a program in it, and a person at it who reads before typing.
//!
//! Nothing here waits for time to pass: every step waits for something to be
//! seen on the screen.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::pty;

use super::{LLMSH, Place};

/// Rows and columns where nothing else is asked for: no test's line wraps.
const SIZE: (u16, u16) = (50, 200);

/// What the shells under test show when they are ready for a line.
pub(crate) const PROMPT: &str = "prompt> ";

/// What is asked under a plan.
pub(crate) const QUESTION: &str = "Run this?";

/// After this time without what is waited for, a test fails. It is no measure
/// of speed: a machine under load must not fail a test.
const PATIENCE: Duration = Duration::from_secs(40);

/// A program on a terminal of its own.
pub(crate) struct Terminal {
    master: File,
    /// The other end's name.
    path: String,
    child: Child,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    /// Starts a program as the leader of a session on a new terminal.
    pub(crate) fn start<A: AsRef<OsStr>>(
        place: &Place,
        program: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::start_with(place, program, arguments, SIZE, &[])
    }

    /// Starts a program on a terminal of so many rows and columns, with more
    /// variables in its environment.
    pub(crate) fn start_with<A: AsRef<OsStr>>(
        place: &Place,
        program: &str,
        arguments: impl IntoIterator<Item = A>,
        size: (u16, u16),
        environment: &[(&str, &str)],
    ) -> Self {
        // Both ends are closed on exec, so that programs which other tests start
        // at the same time do not keep the terminal open.
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let master = pty::posix_openpt(flags).expect("a terminal can be had");
        pty::grantpt(&master).expect("the terminal is new");
        pty::unlockpt(&master).expect("the terminal is new");
        let path = pty::ptsname_r(&master).expect("the terminal has a name");
        let (rows, columns) = size;
        set_size(&path, (rows, columns));
        let slave = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).custom_flags(OFlag::O_NOCTTY.bits());
            options.open(&path).expect("the terminal is open")
        };
        // What runs the tests may ignore signals (nohup does); a terminal does not.
        let child = Command::new("env")
            .args(["--default-signal=HUP,INT,QUIT,TSTP,TTIN,TTOU", "setsid", "--ctty"])
            .arg(program)
            .args(arguments)
            .env_clear()
            .envs(place.environment())
            .env("TERM", "xterm")
            .env("PS1", PROMPT)
            .envs(environment.iter().copied())
            .current_dir(place.work())
            .stdin(slave())
            .stdout(slave())
            .stderr(slave())
            .spawn()
            .expect("the program can be started");
        let master = File::from(std::os::fd::OwnedFd::from(master));
        let output = reader(master.try_clone().expect("a descriptor can be duplicated"));
        let cells = |count: u16| count.try_into().expect("a terminal has a size");
        let parser = vt100::Parser::new(cells(size.0), cells(size.1), 0);
        Self { master, path, child, output, parser, raw: Vec::new() }
    }

    /// llmsh without colours on a terminal of so many rows and columns.
    pub(crate) fn shell(place: &Place, size: (u16, u16)) -> Self {
        let none: [&str; 0] = [];
        Self::start_with(place, LLMSH, none, size, &[("NO_COLOR", "1")])
    }

    /// Types as a person does: a key, a pause, a key.
    pub(crate) fn keys(&mut self, text: &str) {
        for character in text.chars() {
            self.send(character.to_string().as_bytes());
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until this is the line up to the cursor.
    #[track_caller]
    pub(crate) fn line_is(&mut self, line: &str) {
        self.wait_until(line, |terminal| {
            terminal.before_cursor().trim_end() == format!("{PROMPT}{line}").trim_end()
        });
    }

    /// Waits until the cursor stands behind a question.
    #[track_caller]
    pub(crate) fn wait_for_question(&mut self, question: &str) {
        self.wait_until(question, |terminal| terminal.before_cursor().contains(question));
    }

    /// Enters a request, and waits for the question under its plan.
    #[track_caller]
    pub(crate) fn request(&mut self, line: &str) {
        self.start_line(line);
        self.wait_for_question(QUESTION);
    }

    /// Waits until the screen is as wanted; says what it shows if it never is.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, wanted: &str, seen: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !seen(self) {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(why) => {
                    let why = match why {
                        RecvTimeoutError::Timeout => "never came",
                        RecvTimeoutError::Disconnected => "had not come when the program ended",
                    };
                    panic!("{wanted} {why}; the screen shows:\n{}", self.screen());
                }
            }
        }
    }

    /// Waits until the screen is as wanted, for some time; whether it came to be.
    pub(crate) fn comes(&mut self, time: Duration, seen: impl Fn(&Self) -> bool) -> bool {
        let end = Instant::now() + time;
        loop {
            if seen(self) {
                return true;
            }
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(_) => return false,
            }
        }
    }

    /// Takes what comes within some time.
    pub(crate) fn settle(&mut self, time: Duration) {
        let end = Instant::now() + time;
        while let Ok(bytes) =
            self.output.recv_timeout(end.saturating_duration_since(Instant::now()))
        {
            self.take(&bytes);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.raw.extend_from_slice(bytes);
    }

    /// Waits until a text is somewhere on the screen.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(&format!("{text:?}"), |terminal| terminal.screen().contains(text));
    }

    /// Waits for an empty prompt with the cursor behind it.
    #[track_caller]
    pub(crate) fn wait_for_prompt(&mut self) {
        self.wait_until("a prompt", |terminal| terminal.before_cursor().ends_with(PROMPT));
    }

    /// Types text and waits until it is seen before the cursor.
    #[track_caller]
    pub(crate) fn enter(&mut self, text: &str) {
        self.send(text.as_bytes());
        self.wait_until(&format!("{text:?} as typed"), |terminal| {
            terminal.before_cursor().ends_with(text)
        });
    }

    /// Types a line at an empty prompt, and Enter; does not wait for the result.
    #[track_caller]
    pub(crate) fn start_line(&mut self, line: &str) {
        self.wait_for_prompt();
        self.enter(line);
        self.send(b"\r");
    }

    /// Types a line at an empty prompt, waits for the next prompt, and gives
    /// the rows between the two.
    #[track_caller]
    pub(crate) fn run_line(&mut self, line: &str) -> String {
        self.start_line(line);
        self.wait_for_prompt();
        let text = self.screen();
        let rows: Vec<&str> = text.lines().collect();
        let typed = format!("{PROMPT}{line}");
        let start = rows
            .iter()
            .rposition(|row| row.contains(&typed))
            .expect("the line has not left the screen");
        rows[start + 1..rows.len() - 1].join("\n")
    }

    /// Sends the character that Ctrl and a letter make.
    pub(crate) fn control(&mut self, letter: char) {
        let letter = u8::try_from(letter).expect("control characters are made from ASCII letters");
        self.send(&[letter & 0x1f]);
    }

    /// Sends bytes as they are.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.master.write_all(bytes).expect("the terminal takes input");
    }

    /// What the screen shows, without blanks at the ends of rows and of the whole.
    pub(crate) fn screen(&self) -> String {
        let text = self.parser.screen().contents();
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// What stands on the screen, with how it looks.
    pub(crate) fn parsed(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// The rows of the screen down to the cursor's, whether or not a line goes on in
    /// the next one, without blanks at their ends.
    pub(crate) fn rows(&self) -> Vec<String> {
        let screen = self.parser.screen();
        let (row, _) = screen.cursor_position();
        let (_, columns) = screen.size();
        let rows = screen.rows(0, columns.into()).take(usize::from(row) + 1);
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    /// Every byte that was written to the terminal.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// What stands before the cursor in its line, which may fill several rows.
    pub(crate) fn before_cursor(&self) -> String {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        let mut first = row;
        while first > 0 && screen.row_wrapped(first - 1) {
            first -= 1;
        }
        screen.contents_between(first, 0, row, column)
    }

    /// What stands behind the cursor in its line, which may fill several rows, without
    /// blanks at its end.
    pub(crate) fn after_cursor(&self) -> String {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        let (_, columns) = screen.size();
        let mut last = row;
        while screen.row_wrapped(last) {
            last += 1;
        }
        screen.contents_between(row, column, last, columns.into()).trim_end().to_owned()
    }

    /// Gives the terminal another size, which the program is told of. What is on
    /// the screen is cut off, as terminals do that do not break lines anew.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        let cells = |count: u16| count.try_into().expect("a terminal has a size");
        self.parser.screen_mut().set_size(cells(size.0), cells(size.1));
        set_size(&self.path, size);
    }

    /// The program's process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the program to end.
    #[track_caller]
    pub(crate) fn finish(mut self) -> ExitStatus {
        self.ends()
    }

    /// Likewise, where the terminal is somebody else's.
    #[track_caller]
    pub(crate) fn ends(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.output.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the program did not end; the screen shows:\n{}", self.screen())
                }
            }
        }
        self.child.wait().expect("a child can be waited for")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A failed test leaves nothing running that could hold others up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sets rows and columns of the terminal with this name.
fn set_size(path: &str, (rows, columns): (u16, u16)) {
    let (columns, rows) = (columns.to_string(), rows.to_string());
    let sized = Command::new("stty")
        .args(["-F", path, "cols", &columns, "rows", &rows])
        .status()
        .expect("stty is part of every POSIX system");
    assert!(sized.success(), "the terminal takes its size");
}

/// Reads the terminal's output until every program has closed it.
fn reader(mut master: File) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        // The end is an error (EIO) on Linux.
        while let Ok(length) = master.read(&mut buffer)
            && length > 0
            && sender.send(buffer[..length].to_vec()).is_ok()
        {}
    });
    receiver
}

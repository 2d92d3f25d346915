//! One run of a program from its start to its end.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{LLMSH, Place};

/// After this time a run is taken to hang. It is no measure of speed: a machine
/// under load must not fail a test.
const HANGS: Duration = Duration::from_secs(120);

/// A run that writes more than this does not end: what collects its output must
/// not take all of the machine's memory.
const LONGEST_OUTPUT: u64 = 64 << 20;

/// A run to be: the program, what it is given, and where it runs.
pub(crate) struct Run<'place> {
    place: &'place Place,
    program: OsString,
    arguments: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    environment: Vec<(OsString, OsString)>,
    directory: PathBuf,
}

impl<'place> Run<'place> {
    /// A run of llmsh without arguments, with nothing on standard input.
    pub(crate) fn new(place: &'place Place) -> Self {
        Self {
            place,
            program: LLMSH.into(),
            arguments: Vec::new(),
            stdin: None,
            environment: place.environment(),
            directory: place.work(),
        }
    }

    /// A run of another program.
    pub(crate) fn program(mut self, program: impl AsRef<OsStr>) -> Self {
        self.program = program.as_ref().into();
        self
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().into()));
        self
    }

    /// Gives text on standard input, through a pipe.
    pub(crate) fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(text.as_ref().to_vec());
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().into()));
        self
    }

    /// Uses the models that are on this machine, which `make test` has fetched and
    /// verified, and the saved states of their prefixes; what llmsh keeps beside
    /// them stays the place's own.
    pub(crate) fn with_real_models(self, place: &Place) -> Self {
        let own = place.directory("data").join("llmsh");
        let models = user_directory("XDG_DATA_HOME", ".local/share").join("llmsh/models");
        std::fs::create_dir_all(&own).expect("the place can be written");
        // Another test may have made it.
        let _ = std::os::unix::fs::symlink(models, own.join("models"));
        self.env("XDG_CACHE_HOME", user_directory("XDG_CACHE_HOME", ".cache"))
    }

    /// Runs in another directory than the place's own.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.directory = directory.to_owned();
        self
    }

    /// Runs it and waits for its end.
    pub(crate) fn finish(self) -> Finished {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment)
            .current_dir(self.directory)
            .stdin(if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What a run leaves behind can then be ended with it.
            .process_group(0);
        let mut child = command.spawn().expect("the program can be started");
        let group = format!("-{}", child.id());
        if let Some(text) = self.stdin {
            let mut pipe = child.stdin.take().expect("standard input is a pipe");
            // A program may end without reading all that it is given.
            thread::spawn(move || drop(pipe.write_all(&text)));
        }
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || drop(sender.send(collect(child))));
        let Ok(output) = receiver.recv_timeout(HANGS) else {
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let (program, arguments) = (self.program, self.arguments);
            panic!("{} {arguments:?} did not end", program.display());
        };
        Finished::from(output.expect("the output of a child can be read"))
    }
}

/// What a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// The exit status, 128 and the number for a signal.
    pub(crate) status: i32,
    /// Standard output, with bytes that are no UTF-8 shown as escapes.
    pub(crate) stdout: String,
    /// Standard error, likewise.
    pub(crate) stderr: String,
}

impl Finished {
    /// Asserts that it went well.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// Asserts on all three at once, so that a failure shows them all.
    #[track_caller]
    pub(crate) fn expect(&self, status: i32, stdout: &str, stderr: &str) {
        let expected = Self { status, stdout: stdout.to_owned(), stderr: stderr.to_owned() };
        assert_eq!(*self, expected);
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let longest = output.stdout.len().max(output.stderr.len()) as u64;
        assert!(longest < LONGEST_OUTPUT, "the program did not stop writing");
        let ended_by = output.status.signal().map_or(0, |signal| 128 + signal);
        Self {
            status: output.status.code().unwrap_or(ended_by),
            stdout: readable(&output.stdout),
            stderr: readable(&output.stderr),
        }
    }
}

/// Waits for a child's end and reads what it writes, up to a limit; a writer that
/// goes on after that is ended by SIGPIPE.
fn collect(mut child: Child) -> std::io::Result<Output> {
    fn read(pipe: Option<impl Read>) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut pipe = pipe.expect("the output is a pipe").take(LONGEST_OUTPUT);
        pipe.read_to_end(&mut bytes).map(|_| bytes)
    }
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let errors = thread::spawn(move || read(stderr));
    let stdout = read(stdout)?;
    let stderr = errors.join().expect("reading does not panic")?;
    Ok(Output { status: child.wait()?, stdout, stderr })
}

/// Text as it is; any other bytes escaped, so that different bytes stay
/// different.
fn readable(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.escape_ascii().to_string(),
    }
}

/// The directory that a variable names, or its default in the home directory.
fn user_directory(variable: &str, default: &str) -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").expect("tests have a home directory"));
    std::env::var_os(variable).map_or_else(|| home().join(default), PathBuf::from)
}

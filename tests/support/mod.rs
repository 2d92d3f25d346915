//! End-to-end runs of a shell: what it writes and how it ends.
//!
//! Every run has a home directory of its own, which is also where it starts,
//! and an environment that holds nothing of the person who runs the tests.
#![allow(dead_code, reason = "each test program uses its own part of this module")]

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use bstr::{BString, ByteSlice};
use tempfile::TempDir;

/// The program under test.
pub(crate) const LLMSH: &str = env!("CARGO_BIN_EXE_llmsh");

/// A run that is being prepared.
#[derive(Debug)]
pub(crate) struct Run {
    program: PathBuf,
    arguments: Vec<BString>,
    input: BString,
    variables: Vec<(String, String)>,
    home: TempDir,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// What was written to standard output.
    pub(crate) stdout: BString,
    /// What was written to standard error.
    pub(crate) stderr: BString,
    /// The exit status; 128 and the signal's number if a signal ended it.
    pub(crate) status: i32,
}

/// A run of llmsh.
#[must_use]
pub(crate) fn llmsh() -> Run {
    Run::new(LLMSH)
}

impl Run {
    /// A run of any program, found through `PATH` if it has no slash.
    #[must_use]
    pub(crate) fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            input: BString::default(),
            variables: Vec::new(),
            home: tempfile::tempdir().expect("the system lends a temporary directory"),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub(crate) fn args<A: AsRef<[u8]>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|word| BString::from(word.as_ref())));
        self
    }

    /// Runs `text` with `-c`.
    #[must_use]
    pub(crate) fn command(self, text: impl AsRef<[u8]>) -> Self {
        self.args([b"-c", text.as_ref()])
    }

    /// Gives standard input, through a pipe.
    #[must_use]
    pub(crate) fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        self.input = text.as_ref().into();
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Makes a file, and the directories it is in, below the working directory.
    #[must_use]
    pub(crate) fn file(self, path: &str, content: &str) -> Self {
        let path = self.home.path().join(path);
        let parent = path.parent().expect("the home directory is above");
        fs::create_dir_all(parent).expect("the temporary directory is writable");
        fs::write(path, content).expect("the temporary directory is writable");
        self
    }

    /// The working directory of the run.
    #[must_use]
    pub(crate) fn directory(&self) -> &Path {
        self.home.path()
    }

    /// The command as the standard library knows it.
    #[must_use]
    pub(crate) fn prepared(&self) -> Command {
        let mut command = Command::new(&self.program);
        let home = self.home.path();
        command
            .args(self.arguments.iter().map(|word| word.to_os_str_lossy().into_owned()))
            .current_dir(home)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
            .env("LANG", "C.UTF-8")
            .env("HOME", home)
            .env("PWD", home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_RUNTIME_DIR", home.join(".run"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs to the end.
    #[must_use]
    pub(crate) fn run(&self) -> Outcome {
        let mut child = self
            .prepared()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {}: {error}", self.program.display()));
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let output = thread::scope(|scope| {
            // A shell may end before it has read everything: that is its right.
            scope.spawn(move || stdin.write_all(&self.input));
            child.wait_with_output().expect("the child is ours to wait for")
        });
        let status = output.status;
        Outcome {
            stdout: output.stdout.into(),
            stderr: output.stderr.into(),
            status: status
                .code()
                .or_else(|| status.signal().map(|signal| 128 + signal))
                .expect("a process that was waited for has exited or was killed"),
        }
    }
}

impl Outcome {
    /// Asserts what standard output holds.
    pub(crate) fn stdout(&self, expected: &str) -> &Self {
        assert_eq!(self.stdout, expected, "standard output of {self:?}");
        self
    }

    /// Asserts what standard error holds.
    pub(crate) fn stderr(&self, expected: &str) -> &Self {
        assert_eq!(self.stderr, expected, "standard error of {self:?}");
        self
    }

    /// Asserts that standard error says this somewhere.
    pub(crate) fn stderr_has(&self, part: &str) -> &Self {
        assert!(self.stderr.contains_str(part), "{part:?} is not in {:?}", self.stderr);
        self
    }

    /// Asserts the exit status.
    pub(crate) fn status(&self, expected: i32) -> &Self {
        assert_eq!(self.status, expected, "status of {self:?}");
        self
    }
}

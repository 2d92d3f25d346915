//! Variables whose value is made when it is asked for (bash, Shell Variables). They are in
//! no table: a script that never names them pays nothing.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bstr::BString;

use super::Shell;
use super::arithmetic;
use super::option;
use super::variable::{Indexed, Kind, Value};
use crate::system::{identity, process, random};

/// The names of the variables that are made, for completion.
pub(crate) const NAMES: [&str; 26] = [
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "BASH_ARGV0",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_SUBSHELL",
    "BASH_VERSINFO",
    "BASH_VERSION",
    "DIRSTACK",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HOSTNAME",
    "HOSTTYPE",
    "LINENO",
    "MACHTYPE",
    "OSTYPE",
    "PIPESTATUS",
    "RANDOM",
    "SECONDS",
    "SHELLOPTS",
    "SRANDOM",
    "UID",
];

/// Those whose values stay what they are while the shell runs.
const LASTING: [&str; 10] = [
    "BASH",
    "BASH_VERSINFO",
    "BASH_VERSION",
    "EUID",
    "GROUPS",
    "HOSTNAME",
    "HOSTTYPE",
    "MACHTYPE",
    "OSTYPE",
    "UID",
];

/// The version of bash whose language is spoken, for scripts that ask.
const VERSION: [&str; 6] = ["5", "2", "37", "1", "release", MACHINE];

#[cfg(target_arch = "x86_64")]
const HOST: &str = "x86_64";
#[cfg(target_arch = "aarch64")]
const HOST: &str = "aarch64";
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const HOST: &str = "unknown";

#[cfg(target_arch = "x86_64")]
const MACHINE: &str = "x86_64-pc-linux-gnu";
#[cfg(target_arch = "aarch64")]
const MACHINE: &str = "aarch64-unknown-linux-gnu";
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: &str = "unknown-unknown-linux-gnu";

/// A call of a function or a file that is being read.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// The function's name; `source` and `main` for files.
    pub(crate) name: BString,
    /// Where its commands stand.
    pub(crate) file: Rc<BString>,
    /// The line from which it was called.
    pub(crate) line: u32,
}

/// What the values are made of.
#[derive(Debug)]
pub(crate) struct Sources {
    random: Cell<u32>,
    started: Instant,
    /// What was assigned to `SECONDS`, less the seconds before that.
    offset: i64,
    /// The statuses of the last pipeline, where it had more than one command.
    pub(crate) pipeline: Option<Vec<u8>>,
    /// The last word of the last command.
    pub(crate) last_word: BString,
    /// Functions and files that are being executed, the innermost last.
    pub(crate) frames: Vec<Frame>,
    /// Directories that `pushd` has left, the last first.
    pub(crate) directories: Vec<BString>,
    /// A value was made that will be another one when a plan runs.
    pub(crate) fleeting: Cell<bool>,
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            random: Cell::new(0),
            started: Instant::now(),
            offset: 0,
            pipeline: None,
            last_word: BString::default(),
            frames: Vec::new(),
            directories: Vec::new(),
            fleeting: Cell::new(false),
        }
    }
}

impl Sources {
    /// The next number of a sequence that its seed determines (Park and Miller, "Random
    /// number generators: good ones are hard to find", 1988), as bash has it.
    fn random(&self) -> u32 {
        let mut seed = self.random.get();
        if seed == 0 {
            seed = fresh_random() | 1;
        }
        let next = (u64::from(seed % 0x7fff_ffff) * 16807) % 0x7fff_ffff;
        // The modulus is below 2^31.
        let next = u32::try_from(next).unwrap_or(1).max(1);
        self.random.set(next);
        (next >> 16 ^ next & 0xffff) & 0x7fff
    }
}

/// A number that nothing determines.
fn fresh_random() -> u32 {
    random::number().unwrap_or_else(|_| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.subsec_nanos() ^ std::process::id()
    })
}

fn text(value: impl ToString) -> Option<Value> {
    Some(Value::Text(value.to_string().into()))
}

fn list(values: impl IntoIterator<Item = BString>) -> Option<Value> {
    let elements: Indexed = (0_u64..).zip(values).collect();
    Some(Value::Indexed(Rc::new(elements)))
}

impl Shell {
    /// Whether a variable is no more than a name and the text that was assigned to it.
    pub(crate) fn is_plain(&self, name: &[u8]) -> bool {
        match self.variables.variable(name) {
            Some(variable) => variable.kind == Kind::default(),
            None => self.posix || name != b"_" && !NAMES.iter().any(|made| made.as_bytes() == name),
        }
    }

    /// The value of a variable that is made when it is asked for.
    pub(crate) fn dynamic(&self, name: &[u8]) -> Option<Value> {
        let value = self.made(name);
        if value.is_some() && !LASTING.iter().any(|lasting| lasting.as_bytes() == name) {
            self.sources.fleeting.set(true);
        }
        value
    }

    fn made(&self, name: &[u8]) -> Option<Value> {
        if name == b"LINENO" {
            return text(self.line);
        }
        if self.posix
            || !name.first().is_some_and(|first| first.is_ascii_uppercase() || *first == b'_')
        {
            return None;
        }
        let sources = &self.sources;
        let frames = || sources.frames.iter().rev();
        let since_epoch = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        match name {
            b"_" => Some(Value::Text(sources.last_word.clone())),
            b"RANDOM" => text(sources.random()),
            b"SRANDOM" => text(fresh_random()),
            b"SECONDS" => {
                let passed = i64::try_from(sources.started.elapsed().as_secs()).unwrap_or(i64::MAX);
                text(passed.saturating_add(sources.offset))
            }
            b"EPOCHSECONDS" => text(since_epoch().as_secs()),
            b"EPOCHREALTIME" => {
                let now = since_epoch();
                text(format!("{}.{:06}", now.as_secs(), now.subsec_micros()))
            }
            b"BASHPID" => text(process::id()),
            b"BASH" => Some(Value::Text(own_path())),
            b"BASH_SUBSHELL" => text(self.subshell_depth),
            b"BASH_VERSION" => {
                let [major, minor, patch, build, status, _] = VERSION;
                text(format!("{major}.{minor}.{patch}({build})-{status}"))
            }
            b"BASH_VERSINFO" => list(VERSION.iter().map(|part| BString::from(*part))),
            b"BASH_ARGV0" => Some(Value::Text(self.name.clone())),
            b"BASHOPTS" => Some(Value::Text(self.shopts.names().into())),
            b"SHELLOPTS" => Some(Value::Text(option::names_on(&self.options).into())),
            b"HOSTTYPE" => text(HOST),
            b"MACHTYPE" => text(MACHINE),
            b"OSTYPE" => text("linux-gnu"),
            b"HOSTNAME" => Some(Value::Text(identity::host_name().into())),
            b"UID" => text(identity::real_user()),
            b"EUID" => text(identity::effective_user()),
            b"GROUPS" => list(identity::groups().iter().map(|id| id.to_string().into())),
            b"PIPESTATUS" => list(match &sources.pipeline {
                Some(statuses) => statuses.iter().map(|one| one.to_string().into()).collect(),
                None => vec![BString::from(self.status.to_string())],
            }),
            b"DIRSTACK" => list(self.directory_stack()),
            b"FUNCNAME" => {
                let within = frames().any(|frame| frame.name != "main" && frame.name != "source");
                within.then(|| list(frames().map(|frame| frame.name.clone())))?
            }
            b"BASH_SOURCE" => list(frames().map(|frame| BString::clone(&frame.file))),
            b"BASH_LINENO" => list(frames().map(|frame| frame.line.to_string().into())),
            _ => None,
        }
    }

    /// The directory and those that `pushd` has left.
    pub(crate) fn directory_stack(&self) -> Vec<BString> {
        let here = self.directory.clone().unwrap_or_default();
        std::iter::once(here).chain(self.sources.directories.iter().cloned()).collect()
    }

    /// Assigns a variable whose value is made; false where it is an ordinary one.
    pub(crate) fn assign_special(&mut self, name: &[u8], value: &[u8]) -> bool {
        // No such name begins with a small letter, as most names do.
        if !name.first().is_some_and(u8::is_ascii_uppercase) {
            return false;
        }
        match name {
            b"OPTIND" => self.getopts_offset = 0,
            _ if self.posix || self.variables.variable(name).is_some() => {}
            b"RANDOM" => {
                let seed = arithmetic::constant(value).unwrap_or(0);
                // The lower half is what a seed of 32 bits keeps.
                let seed = u32::try_from(seed & i64::from(u32::MAX)).unwrap_or(1);
                self.sources.random.set(seed);
                return true;
            }
            b"SECONDS" => {
                let passed = i64::try_from(self.sources.started.elapsed().as_secs()).unwrap_or(0);
                let wanted = arithmetic::constant(value).unwrap_or(0);
                self.sources.offset = wanted.saturating_sub(passed);
                return true;
            }
            b"BASH_ARGV0" => {
                self.name = value.into();
                return true;
            }
            // What is read only in bash, or cannot be set: kept from becoming ordinary.
            b"BASHPID" | b"EPOCHSECONDS" | b"EPOCHREALTIME" | b"SRANDOM" | b"FUNCNAME"
            | b"GROUPS" | b"PIPESTATUS" | b"BASH_SOURCE" | b"BASH_LINENO" => return true,
            _ => {}
        }
        false
    }

    /// Keeps the last word of a command for `$_`.
    pub(crate) fn note_last_word(&mut self, words: &[BString]) {
        if !self.posix
            && let Some(last) = words.last()
        {
            self.sources.last_word.clone_from(last);
        }
    }
}

fn own_path() -> BString {
    use std::os::unix::ffi::OsStringExt;
    std::env::current_exe().map(|path| path.into_os_string().into_vec().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_determines_what_follows() {
        let mut shell = Shell::new("test", std::iter::empty());
        let mut sequence = |seed: &str| {
            shell.assign(b"RANDOM", seed.into()).unwrap();
            (0..5).map(|_| shell.dynamic(b"RANDOM")).collect::<Vec<_>>()
        };
        let (one, other) = (sequence("42"), sequence("42"));
        assert_eq!(one, other);
        assert_ne!(one, sequence("43"));
    }
}

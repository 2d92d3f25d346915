//! What happens when llmsh itself fails: nobody is locked out.
//!
//! A panic is caught where something sensible can go on: at the loop over lines,
//! which says so and shows the next prompt; in a child, which ends; and at the
//! very top, where a shell that has not begun yet becomes `/bin/sh` with the same
//! arguments. `LLMSH_RESCUE=1` or a first argument `--rescue` asks for `/bin/sh`
//! before anything else is looked at.

use std::ffi::{CStr, CString, OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::diagnostic::{Diagnostic, show_error};
use crate::exit_status::ExitStatus;
use crate::system::process;

/// The variable that asks for `/bin/sh`.
const VARIABLE: &str = "LLMSH_RESCUE";
/// The argument that asks for it.
const ARGUMENT: &str = "--rescue";
/// The variable by which tests make a part of llmsh fail ([`point`]).
const FAULT: &str = "LLMSH_FAULT";
/// The shell that takes over.
const SHELL: &CStr = c"/bin/sh";

/// What the last panic said, until it is told.
static SAID: Mutex<Option<String>> = Mutex::new(None);
/// A prompt was shown or a command was run.
static BEGUN: AtomicBool = AtomicBool::new(false);

/// A part of llmsh that failed.
#[derive(Debug)]
#[must_use]
pub struct Failure {
    message: String,
}

impl Failure {
    /// Tells the person, and what becomes of it.
    pub fn tell(&self, consequence: &str) {
        show_error(
            &Diagnostic::new(format!("internal error: {}", self.message))
                .hint(format!("{consequence}; please report this")),
        );
    }
}

/// From now on a panic says nothing by itself; who catches it tells.
pub fn watch() {
    panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("it does not say what happened");
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(format!("{message}{}", place.unwrap_or_default()));
    }));
}

/// Runs `body`. What it had changed when it failed stays changed: the caller puts
/// its own state in order.
///
/// # Errors
/// It panicked.
pub fn attempt<T>(body: impl FnOnce() -> T) -> Result<T, Failure> {
    panic::catch_unwind(AssertUnwindSafe(body)).map_err(|_| {
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).take();
        Failure { message: said.unwrap_or_else(|| "unknown".to_owned()) }
    })
}

/// From now on a failure is no reason to begin again as another shell: a prompt was
/// shown, or a command may have had effects.
pub fn begin() {
    BEGUN.store(true, Ordering::Relaxed);
}

/// Whether [`begin`] was called.
#[must_use]
pub fn has_begun() -> bool {
    BEGUN.load(Ordering::Relaxed)
}

/// The arguments for `/bin/sh`, if the person asks for it.
#[must_use]
pub fn asked_for(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let by_argument = arguments.get(1).is_some_and(|word| word == ARGUMENT);
    let by_variable = std::env::var_os(VARIABLE).is_some_and(|value| value == "1");
    if !by_argument && !by_variable {
        return None;
    }
    let mut rest = arguments.to_vec();
    if by_argument {
        rest.remove(1);
    }
    Some(rest)
}

/// Becomes `/bin/sh` with these arguments; a login shell stays one. Returns only when
/// that fails, too.
pub fn become_sh(arguments: &[OsString]) -> ExitStatus {
    let login = arguments.first().is_some_and(|name| name.as_bytes().starts_with(b"-"));
    let name = OsString::from(if login { "-sh" } else { "sh" });
    let words: Vec<CString> = std::iter::once(&name)
        .chain(arguments.iter().skip(1))
        .map(|word| CString::new(word.as_bytes()).unwrap_or_default())
        .collect();
    let environment: Vec<CString> = std::env::vars_os().map(variable).collect();
    let error = process::execute(SHELL, &words, &environment);
    show_error(&Diagnostic::new(format!("/bin/sh cannot be executed: {}", error.desc())));
    ExitStatus::NOT_EXECUTABLE
}

fn variable((name, value): (OsString, OsString)) -> CString {
    let mut text = name.into_vec();
    text.push(b'=');
    text.extend_from_slice(value.as_bytes());
    CString::new(text).unwrap_or_default()
}

/// A place where tests let llmsh fail, by its name in the environment variable
/// `LLMSH_FAULT`. What it can do is what any other panic there would do.
///
/// # Panics
/// When the variable names this place.
pub fn point(name: &str) {
    static WANTED: OnceLock<Option<OsString>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| std::env::var_os(FAULT));
    assert!(wanted.as_deref() != Some(OsStr::new(name)), "the fault \"{name}\" was asked for");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_first_argument_asks_for_sh() {
        assert_eq!(asked_for(&words(&["-llmsh"])), None);
        assert_eq!(asked_for(&words(&["llmsh", "x", "--rescue"])), None);
        let rest = asked_for(&words(&["llmsh", "--rescue", "-c", "true"]));
        assert_eq!(rest, Some(words(&["llmsh", "-c", "true"])));
    }

    #[test]
    fn what_fails_is_an_error_and_what_does_not_gives_its_value() {
        assert_eq!(attempt(|| 7).unwrap(), 7);
        assert!(attempt(|| panic!("on purpose")).is_err());
    }
}

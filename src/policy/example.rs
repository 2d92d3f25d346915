//! The compiler for the examples of rules: a shell with nothing but a `PATH` and
//! the home directory, in the root directory, so that an example means the same
//! wherever and by whomever it is checked.

use bstr::BString;

use super::place::Places;
use crate::plan::Plan;
use crate::plan::compile::{self, CompileError};
use crate::shell::Shell;

/// Compiles the command lines of examples.
pub fn example_compiler(places: &Places) -> impl FnMut(&str) -> Result<Plan, CompileError> + use<> {
    let home = places.home().map(|home| home.as_os_str().as_encoded_bytes().into());
    let path = std::env::var_os("PATH").map(|path| path.into_encoded_bytes().into());
    let environment: Vec<(BString, BString)> = [("HOME", home), ("PATH", path)]
        .into_iter()
        .filter_map(|(name, value)| Some((name.into(), value?)))
        .collect();
    move |line| {
        let mut shell = Shell::new("llmsh", environment.iter().cloned());
        shell.stand_in("/");
        compile::compile("", line.as_bytes(), &mut shell)
    }
}

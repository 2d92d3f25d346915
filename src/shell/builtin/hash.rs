//! `hash`, `type`, and the descriptions of `command -v` and `-V`.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::exec::Located;
use crate::shell::{Shell, lexer, quote};

pub(super) fn hash(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "r") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("hash", text)),
    };
    if parsed.has(b'r') {
        shell.locations.clear();
    } else if parsed.operands.is_empty() {
        let mut paths: Vec<_> = shell.locations.values().cloned().collect();
        paths.sort();
        let mut output = Vec::new();
        for path in paths {
            output.extend_from_slice(path.as_os_str().as_bytes());
            output.push(b'\n');
        }
        return Ok(shell.write_output("hash", &output));
    }
    let mut status = ExitStatus::SUCCESS;
    for name in parsed.operands {
        shell.locations.remove(name);
        if super::find(name).is_some() || shell.has_function(name) {
            continue;
        }
        if !matches!(shell.locate_program(name), Located::Program(_)) {
            status = shell.fail("hash", [name.as_slice(), b": not found"].concat());
        }
    }
    Ok(status)
}

pub(super) fn type_(shell: &mut Shell, words: &[BString]) -> Outcome {
    match words::parse(words, "") {
        Ok(parsed) => Ok(describe_all(shell, "type", parsed.operands, true)),
        Err(text) => Ok(shell.misuse("type", text)),
    }
}

/// Describes names as commands: in words, or as `command -v` does. The status
/// is 127 when one is unknown, as dash's is.
pub(super) fn describe_all(
    shell: &mut Shell,
    builtin: &str,
    names: &[BString],
    verbose: bool,
) -> ExitStatus {
    let mut output = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    for name in names {
        match describe(shell, name, verbose) {
            Some(line) => {
                output.extend_from_slice(&line);
                output.push(b'\n');
            }
            None => {
                status = ExitStatus::NOT_FOUND;
                if verbose {
                    output.extend_from_slice(&[name.as_slice(), b": not found\n"].concat());
                }
            }
        }
    }
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output(builtin, &output) };
    if written.is_success() { status } else { written }
}

fn describe(shell: &mut Shell, name: &BString, verbose: bool) -> Option<Vec<u8>> {
    let text = |what: &str| [name.as_slice(), what.as_bytes()].concat();
    if let Some(value) = shell.aliases.0.get(name) {
        return Some(if verbose {
            [name.as_slice(), b" is an alias for ", value.as_slice()].concat()
        } else {
            [b"alias ", name.as_slice(), b"=", quote::quote(value).as_slice()].concat()
        });
    }
    if lexer::is_reserved(name) {
        return Some(if verbose { text(" is a shell keyword") } else { name.to_vec() });
    }
    match shell.locate(name) {
        Located::Builtin(builtin) => Some(match (verbose, builtin.special) {
            (true, true) => text(" is a special shell builtin"),
            (true, false) => text(" is a shell builtin"),
            (false, _) => name.to_vec(),
        }),
        Located::Function(_) => {
            Some(if verbose { text(" is a shell function") } else { name.to_vec() })
        }
        Located::Program(path) => {
            let path = absolute(shell, path.as_os_str().as_bytes());
            Some(if verbose {
                [name.as_slice(), b" is ", path.as_slice()].concat()
            } else {
                path.into()
            })
        }
        Located::NotExecutable(_) | Located::Missing => None,
    }
}

/// `command -v` writes an absolute path (XCU command, STDOUT).
fn absolute(shell: &Shell, path: &[u8]) -> BString {
    match shell.directory() {
        Some(directory) if !path.starts_with(b"/") => {
            let path = path.strip_prefix(b"./").unwrap_or(path);
            let slash: &[u8] = if directory.ends_with(b"/") { b"" } else { b"/" };
            [directory, slash, path].concat().into()
        }
        _ => path.as_bstr().to_owned(),
    }
}

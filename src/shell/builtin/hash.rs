//! `hash`, `type`, and the descriptions of `command -v` and `-V`.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::exec::Located;
use crate::shell::{Shell, lexer, quote};

pub(super) fn hash(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, if shell.posix { "r" } else { "dlp:rt" }) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("hash", text)),
    };
    if parsed.has(b'r') {
        shell.locations.clear();
    }
    if let Some(path) = parsed.argument(b'p') {
        let path = std::path::PathBuf::from(std::ffi::OsStr::from_bytes(path));
        // What is remembered belongs to the PATH of now.
        shell.locations_generation = shell.variables.path_generation();
        for name in parsed.operands {
            shell.locations.insert(name.clone(), path.clone());
        }
        return Ok(ExitStatus::SUCCESS);
    }
    let mut status = ExitStatus::SUCCESS;
    if parsed.has(b'd') || parsed.has(b't') {
        let mut output = Vec::new();
        for name in parsed.operands {
            let known = match shell.locations.get(name) {
                Some(path) => Some(path.clone()),
                None => {
                    status = shell.fail("hash", [name.as_slice(), b": not found"].concat());
                    None
                }
            };
            if parsed.has(b'd') {
                shell.locations.remove(name);
            } else if let Some(path) = known {
                if parsed.operands.len() > 1 {
                    output.extend_from_slice(&[name.as_slice(), b"\t"].concat());
                }
                output.extend_from_slice(path.as_os_str().as_bytes());
                output.push(b'\n');
            }
        }
        if !output.is_empty() {
            let written = shell.write_output("hash", &output);
            status = if written.is_success() { status } else { written };
        }
        return Ok(status);
    }
    if parsed.operands.is_empty() && !parsed.has(b'r') {
        let mut known: Vec<(BString, Vec<u8>)> = shell
            .locations
            .iter()
            .map(|(name, path)| (name.clone(), path.as_os_str().as_bytes().to_vec()))
            .collect();
        known.sort_by(|one, other| one.1.cmp(&other.1));
        let mut output = Vec::new();
        for (name, path) in known {
            if parsed.has(b'l') {
                let line: [&[u8]; 5] = [b"builtin hash -p ", &path, b" ", &name, b"\n"];
                output.extend_from_slice(&line.concat());
            } else {
                output.extend_from_slice(&[path.as_slice(), b"\n"].concat());
            }
        }
        return Ok(shell.write_output("hash", &output));
    }
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
    if shell.posix {
        return match words::parse(words, "") {
            Ok(parsed) => Ok(describe_all(shell, "type", parsed.operands, true)),
            Err(text) => Ok(shell.misuse("type", text)),
        };
    }
    let parsed = match words::parse(words, "afptP") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("type", text)),
    };
    let mut output = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    for name in parsed.operands {
        let mut all = kinds(shell, name, parsed.has(b'f'), parsed.has(b'P'), parsed.has(b'a'));
        if parsed.has(b'p') && !parsed.has(b'a') {
            // What is no file has no path, and is known all the same.
            let known = !all.is_empty();
            all.truncate(1);
            all.retain(|kind| matches!(kind, Kind::File(_)));
            if known && all.is_empty() {
                continue;
            }
        }
        if all.is_empty() {
            status = ExitStatus::FAILURE;
            if !(parsed.has(b't') || parsed.has(b'p') || parsed.has(b'P')) {
                shell.fail("type", [name.as_slice(), b": not found"].concat());
            }
        }
        for kind in all {
            let line: Vec<u8> = if parsed.has(b't') {
                kind.word().into()
            } else if parsed.has(b'p') || parsed.has(b'P') {
                match &kind {
                    Kind::File(path) => path.to_vec(),
                    _ => continue,
                }
            } else {
                kind.sentence(name)
            };
            output.extend_from_slice(&[line.as_slice(), b"\n"].concat());
        }
    }
    let written =
        if output.is_empty() { ExitStatus::SUCCESS } else { shell.write_output("type", &output) };
    Ok(if written.is_success() { status } else { written })
}

/// What a name is as a command.
enum Kind {
    Alias(BString),
    Keyword,
    Function(BString),
    Builtin,
    File(BString),
    Hashed(BString),
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::Alias(_) => "alias",
            Self::Keyword => "keyword",
            Self::Function(_) => "function",
            Self::Builtin => "builtin",
            Self::File(_) | Self::Hashed(_) => "file",
        }
    }

    fn sentence(&self, name: &[u8]) -> Vec<u8> {
        let said = |text: &str| [name, text.as_bytes()].concat();
        match self {
            Self::Alias(value) => [name, b" is aliased to `", value, b"'"].concat(),
            Self::Keyword => said(" is a shell keyword"),
            Self::Function(body) => [name, b" is a function\n", body].concat(),
            Self::Builtin => said(" is a shell builtin"),
            Self::File(path) => [name, b" is ", path].concat(),
            Self::Hashed(path) => [name, b" is hashed (", path, b")"].concat(),
        }
    }
}

/// All that a name is, in the order in which it is looked up.
fn kinds(
    shell: &mut Shell,
    name: &BString,
    no_functions: bool,
    only_files: bool,
    all: bool,
) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if !only_files {
        if let Some(value) = shell.aliases.0.get(name)
            && shell.shopts.is_on(crate::shell::shopt::Shopt::ExpandAliases)
        {
            kinds.push(Kind::Alias(value.clone()));
        }
        if lexer::is_reserved(name) || crate::shell::parser::begins_form(name) && name != "coproc" {
            kinds.push(Kind::Keyword);
        }
        if let Some(body) = shell.functions.get(name).filter(|_| !no_functions) {
            kinds.push(Kind::Function(crate::shell::print::function_text(name, body)));
        }
        if shell.builtin_of(name).is_some() {
            kinds.push(Kind::Builtin);
        }
    }
    if name.contains(&b'/') {
        if let Located::Program(path) = shell.locate_program(name) {
            kinds.push(Kind::File(path.as_os_str().as_bytes().into()));
        }
        return kinds;
    }
    let remembered = shell.locations_generation == shell.variables.path_generation();
    if let Some(path) = shell.locations.get(name)
        && remembered
        && kinds.is_empty()
        && !all
    {
        let path = BString::from(path.as_os_str().as_bytes());
        kinds.push(if only_files { Kind::File(path) } else { Kind::Hashed(path) });
        return kinds;
    }
    let path = shell.variables.get(b"PATH").unwrap_or_default().to_owned();
    for prefix in path.split_str(":") {
        if let Located::Program(path) = crate::shell::exec::search(name, prefix) {
            kinds.push(Kind::File(path.as_os_str().as_bytes().into()));
            if !all {
                break;
            }
        }
    }
    if !all {
        kinds.truncate(1);
    }
    kinds
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
                // 127 is dash's, 1 is bash's.
                status = if shell.posix { ExitStatus::NOT_FOUND } else { ExitStatus::FAILURE };
                if verbose && !shell.posix {
                    shell.fail(builtin, [name.as_slice(), b": not found"].concat());
                } else if verbose {
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

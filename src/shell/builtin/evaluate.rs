//! `eval`, `.`, `exec`, `command`.

use std::os::unix::ffi::OsStrExt;

use bstr::{BString, ByteSlice};

use super::{Outcome, hash, words};
use crate::exit_status::ExitStatus;
use crate::shell::exec::{Located, Then};
use crate::shell::input::DescriptorSource;
use crate::shell::parser::Parser;
use crate::shell::special::Frame;
use crate::shell::{Divert, Shell};
use crate::system::{descriptor, message};

pub(super) fn eval(shell: &mut Shell, words: &[BString]) -> Outcome {
    let words = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let text = bstr::join(" ", words);
    let line = shell.line;
    shell.evaluate(&text, line)?;
    Ok(shell.status)
}

/// `.`: a file without a slash is searched for along `PATH`; it need not be
/// executable.
pub(super) fn dot(shell: &mut Shell, words: &[BString]) -> Outcome {
    let operands = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    // It has two names.
    let name = words.first().map_or_else(|| ".".into(), ToString::to_string);
    let Some((file, arguments)) = operands.split_first() else {
        return Err(shell.special_error(&name, "a file name is needed"));
    };
    let Some(path) = find_readable(shell, file) else {
        let error = shell.special_error(&name, [file.as_slice(), b": not found"].concat());
        // bash goes on, and its status is 1.
        return if shell.posix { Err(error) } else { Ok(ExitStatus::FAILURE) };
    };
    let opened = match descriptor::open_private(&path) {
        Ok(opened) => opened,
        Err(error) => {
            let text = [file.as_slice(), b": ", message(error).as_bytes()].concat();
            let error = shell.special_error(&name, text);
            return if shell.posix { Err(error) } else { Ok(ExitStatus::FAILURE) };
        }
    };
    // Arguments replace the positional parameters while the file is read
    // (bash; POSIX leaves them unspecified).
    let outer = (!arguments.is_empty())
        .then(|| std::mem::replace(&mut shell.arguments, arguments.to_vec()));
    let loops = std::mem::take(&mut shell.loop_depth);
    shell.return_depth += 1;
    if !shell.posix {
        let frame =
            Frame { name: "source".into(), file: std::rc::Rc::new(path.clone()), line: shell.line };
        shell.sources.frames.push(frame);
    }
    let mut parser = Parser::new(Box::new(DescriptorSource::owned(opened)));
    let flow = shell.run_parser(&mut parser, Then::Continue);
    if !shell.posix {
        shell.sources.frames.pop();
    }
    shell.return_depth -= 1;
    shell.loop_depth = loops;
    if let Some(outer) = outer {
        shell.arguments = outer;
    }
    match flow {
        Ok(()) | Err(Divert::Return) => Ok(shell.status),
        Err(divert) => Err(divert),
    }
}

fn find_readable(shell: &Shell, file: &BString) -> Option<BString> {
    if file.contains(&b'/') {
        return Some(file.clone());
    }
    let path = shell.variables.get(b"PATH").unwrap_or_default();
    path.split(|byte| *byte == b':')
        .map(|prefix| {
            let prefix = if prefix.is_empty() { b"." } else { prefix };
            BString::from([prefix, b"/", file.as_slice()].concat())
        })
        .find(|candidate| std::path::Path::new(std::ffi::OsStr::from_bytes(candidate)).is_file())
        // bash looks in the working directory at last.
        .or_else(|| {
            let here = std::path::Path::new(std::ffi::OsStr::from_bytes(file)).is_file();
            (here && !shell.posix).then(|| file.clone())
        })
}

pub(super) fn exec(shell: &mut Shell, words: &[BString]) -> Outcome {
    // POSIX's has no options; bash's are `-a NAME`, `-c` and `-l`.
    let parsed = match words::parse(words, if shell.posix { "" } else { "a:cl" }) {
        Ok(parsed) => parsed,
        Err(text) => return Err(shell.special_error("exec", text)),
    };
    let command = parsed.operands;
    let Some(name) = command.first() else {
        shell.keep_redirects = true;
        return Ok(ExitStatus::SUCCESS);
    };
    let mut words = command.to_vec();
    if let Some(called) = parsed.argument(b'a') {
        words[0] = called.into();
    }
    if parsed.has(b'l') {
        words[0].insert(0, b'-');
    }
    let (status, reason) = match shell.locate_program(name) {
        Located::Program(path) => {
            let environment =
                if parsed.has(b'c') { Vec::new() } else { shell.variables.environment() };
            let status = shell.execute(&path, &words, &environment);
            (status, None)
        }
        Located::NotExecutable(_) => (ExitStatus::NOT_EXECUTABLE, Some("permission denied")),
        _ => (ExitStatus::NOT_FOUND, Some("not found")),
    };
    if let Some(reason) = reason {
        shell.fail("exec", [name.as_slice(), b": ", reason.as_bytes()].concat());
    }
    shell.status = status;
    Err(if shell.options.interactive { Divert::Abort } else { Divert::Exit })
}

/// The path that `command -p` searches: what `getconf PATH` says (XCU command).
const STANDARD_PATH: &[u8] = b"/bin:/usr/bin:/sbin:/usr/sbin";

pub(super) fn command(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "pvV") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("command", text)),
    };
    let standard = parsed.has(b'p');
    let Some(name) = parsed.operands.first() else { return Ok(ExitStatus::SUCCESS) };
    if parsed.has(b'v') || parsed.has(b'V') {
        let verbose = parsed.has(b'V');
        return with_path(shell, standard, |shell| {
            Ok({
                let all = if shell.posix { &parsed.operands[..1] } else { parsed.operands };
                hash::describe_all(shell, "command", all, verbose)
            })
        });
    }
    let operands = parsed.operands.to_vec();
    let located = match shell.builtin_of(name) {
        Some(builtin) => Located::Builtin(builtin),
        None => with_path(shell, standard, |shell| Ok(shell.locate_program(name)))?,
    };
    match located {
        Located::Builtin(builtin) => {
            // Through `command` a special builtin's error does not end a script.
            match shell.run_builtin(builtin, &operands) {
                Ok(()) => Ok(shell.status),
                Err(Divert::Abort) if builtin.special && shell.errexit_is_off() => Ok(shell.status),
                Err(divert) => Err(divert),
            }
        }
        Located::Program(path) => {
            shell.run_program(&path, &operands)?;
            Ok(shell.status)
        }
        Located::NotExecutable(_) => {
            shell.report([name.as_slice(), b": permission denied"].concat());
            Ok(ExitStatus::NOT_EXECUTABLE)
        }
        Located::Function(_) | Located::Missing => {
            shell.report([name.as_slice(), b": command not found"].concat());
            Ok(ExitStatus::NOT_FOUND)
        }
    }
}

fn with_path<T>(
    shell: &mut Shell,
    standard: bool,
    body: impl FnOnce(&mut Shell) -> Result<T, Divert>,
) -> Result<T, Divert> {
    if !standard {
        return body(shell);
    }
    shell.variables.push_scope(false);
    // A read-only PATH stays what it is.
    let _ = shell.variables.set_temporary(b"PATH", STANDARD_PATH.as_bstr().to_owned());
    let result = body(shell);
    shell.variables.pop_scope();
    result
}

//! `shopt`, `builtin`, `enable`, `caller` (bash, Bash Builtins).

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::{Shell, option};

pub(super) fn shopt(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "opqsu") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("shopt", text)),
    };
    let of_set = parsed.has(b'o');
    let (on, off, quiet) = (parsed.has(b's'), parsed.has(b'u'), parsed.has(b'q'));
    if on && off {
        return Ok(shell.fail("shopt", "cannot set and unset options at once"));
    }
    if (on || off) && !parsed.operands.is_empty() {
        let mut status = ExitStatus::SUCCESS;
        for name in parsed.operands {
            let known = if of_set {
                option::from_name(name).map(|option| shell.set_option(option, on)).is_some()
            } else {
                shell.shopts.set_named(name, on)
            };
            if !known {
                let text = [name.as_slice(), b": invalid shell option name"].concat();
                status = shell.fail("shopt", text);
            }
        }
        return Ok(status);
    }
    let all: Vec<(&str, bool)> = if of_set {
        let options = option::ALL.iter();
        options.map(|(option, _, name)| (*name, shell.options.is_on(*option))).collect()
    } else {
        shell.shopts.all()
    };
    let mut output = String::new();
    let mut status = ExitStatus::SUCCESS;
    let mut show = |name: &str, is_on: bool| {
        if parsed.has(b'p') {
            let sign = if is_on { 's' } else { 'u' };
            if of_set {
                let sign = if is_on { '-' } else { '+' };
                output.push_str(&format!("set {sign}o {name}\n"));
            } else {
                output.push_str(&format!("shopt -{sign} {name}\n"));
            }
        } else {
            output.push_str(&format!("{name:<15}\t{}\n", if is_on { "on" } else { "off" }));
        }
    };
    if parsed.operands.is_empty() {
        for (name, is_on) in all {
            if !(on && !is_on || off && is_on) {
                show(name, is_on);
            }
        }
    } else {
        for name in parsed.operands {
            match all.iter().find(|(known, _)| known.as_bytes() == name.as_slice()) {
                Some((known, is_on)) => {
                    show(known, *is_on);
                    if !is_on {
                        status = ExitStatus::FAILURE;
                    }
                }
                None => {
                    let text = [name.as_slice(), b": invalid shell option name"].concat();
                    status = shell.fail("shopt", text);
                }
            }
        }
    }
    if quiet || output.is_empty() {
        return Ok(status);
    }
    let written = shell.write_output("shopt", output.as_bytes());
    Ok(if written.is_success() { status } else { written })
}

/// `builtin`: the builtin of that name, whatever functions there are.
pub(super) fn builtin(shell: &mut Shell, words: &[BString]) -> Outcome {
    let operands = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let Some(name) = operands.first() else { return Ok(ExitStatus::SUCCESS) };
    let Some(builtin) = super::find(name) else {
        return Ok(shell.fail("builtin", [name.as_slice(), b": not a shell builtin"].concat()));
    };
    // The words that are assignments of arrays have moved.
    let moved = words.len() - operands.len();
    for (index, _) in &mut shell.declared {
        *index -= moved;
    }
    shell.run_builtin(builtin, operands)?;
    Ok(shell.status)
}

/// `enable`: turns builtins off and on.
pub(super) fn enable(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "adf:nps") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("enable", text)),
    };
    if parsed.has(b'f') {
        return Ok(shell.fail("enable", "builtins cannot be loaded from files"));
    }
    let off = parsed.has(b'n');
    if parsed.operands.is_empty() {
        let mut output = Vec::new();
        for builtin in super::ALL {
            let disabled = shell.disabled.contains(builtin.name.as_bytes().as_bstr());
            let wanted = parsed.has(b'a') || disabled == off;
            if wanted && (!parsed.has(b's') || builtin.special) && super::is_shown(builtin) {
                let sign = if disabled { "-n " } else { "" };
                output.extend_from_slice(format!("enable {sign}{}\n", builtin.name).as_bytes());
            }
        }
        return Ok(shell.write_output("enable", &output));
    }
    let mut status = ExitStatus::SUCCESS;
    for name in parsed.operands {
        if super::find(name).is_none() {
            status = shell.fail("enable", [name.as_slice(), b": not a shell builtin"].concat());
        } else if off {
            shell.disabled.insert(name.clone());
        } else {
            shell.disabled.remove(name);
        }
    }
    Ok(status)
}

/// `caller`: from where the function or the file was called.
pub(super) fn caller(shell: &mut Shell, words: &[BString]) -> Outcome {
    let frames = &shell.sources.frames;
    let Some(operand) = words.get(1) else {
        let Some(frame) = frames.last() else { return Ok(ExitStatus::FAILURE) };
        let outer = frames.len().checked_sub(2).map(|index| BString::clone(&frames[index].file));
        let file = outer.unwrap_or_else(|| shell.name.clone());
        let line = [format!("{} ", frame.line).as_bytes(), &file, b"\n"].concat();
        return Ok(shell.write_output("caller", &line));
    };
    let Some(number) = operand.to_str().ok().and_then(|text| text.parse::<usize>().ok()) else {
        return Ok(shell.misuse("caller", [operand.as_slice(), b": not a number"].concat()));
    };
    let Some(index) = frames.len().checked_sub(number + 1) else {
        return Ok(ExitStatus::FAILURE);
    };
    let frame = &frames[index];
    let outer = index.checked_sub(1).map(|index| &frames[index]);
    let Some((name, file)) =
        outer.map(|outer| (outer.name.clone(), BString::clone(&outer.file))).or_else(
            // A script has a frame of its own around all functions.
            || (index == 0 && frame.name != "main").then(|| ("main".into(), shell.name.clone())),
        )
    else {
        return Ok(ExitStatus::FAILURE);
    };
    let line = [format!("{} ", frame.line).as_bytes(), &name, b" ", &file, b"\n"].concat();
    Ok(shell.write_output("caller", &line))
}

//! `pushd`, `popd`, `dirs` (bash, Directory Stack Builtins).

use bstr::{BString, ByteSlice};

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::shell::Shell;

/// Options and the place in the stack that is named.
#[derive(Default)]
struct Words<'a> {
    options: Vec<u8>,
    /// `+N` or `-N`, as a place from the left.
    place: Option<usize>,
    operand: Option<&'a BString>,
}

fn read<'a>(
    shell: &mut Shell,
    name: &str,
    words: &'a [BString],
    known: &[u8],
) -> Result<Words<'a>, ExitStatus> {
    let mut read = Words::default();
    let count = shell.sources.directories.len() + 1;
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            read.operand = rest.next();
            break;
        }
        let number = |digits: &[u8]| -> Option<usize> {
            let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
            plain.then(|| digits.to_str().ok()?.parse().ok()).flatten()
        };
        match word.split_first() {
            Some((sign @ (b'+' | b'-'), digits)) if number(digits).is_some() => {
                let number = number(digits).unwrap_or(0);
                let place =
                    if *sign == b'+' { Some(number) } else { count.checked_sub(number + 1) };
                match place.filter(|place| *place < count) {
                    Some(place) => read.place = Some(place),
                    None => {
                        let text = [word.as_slice(), b": directory stack index out of range"];
                        return Err(shell.fail(name, text.concat()));
                    }
                }
            }
            Some((b'-', letters)) if !letters.is_empty() => {
                if let Some(letter) = letters.iter().find(|letter| !known.contains(letter)) {
                    let text = format!("-{}: unknown option", char::from(*letter));
                    return Err(shell.misuse(name, text));
                }
                read.options.extend_from_slice(letters);
            }
            _ if read.operand.is_some() => return Err(shell.fail(name, "too many arguments")),
            _ => read.operand = Some(word),
        }
    }
    Ok(read)
}

pub(super) fn pushd(shell: &mut Shell, words: &[BString]) -> Outcome {
    let read = match read(shell, "pushd", words, b"n") {
        Ok(read) => read,
        Err(status) => return Ok(status),
    };
    let stays = read.options.contains(&b'n');
    let here = shell.directory().unwrap_or_default().to_vec();
    if let Some(place) = read.place {
        // The stack is turned until that directory is on top.
        let mut stack = shell.directory_stack();
        stack.rotate_left(place);
        let top = stack.remove(0);
        if !stays && !enter(shell, "pushd", &top) {
            return Ok(ExitStatus::FAILURE);
        }
        shell.sources.directories = stack;
    } else if let Some(operand) = read.operand {
        if stays {
            shell.sources.directories.insert(0, operand.clone());
        } else {
            if !enter(shell, "pushd", operand) {
                return Ok(ExitStatus::FAILURE);
            }
            shell.sources.directories.insert(0, here.into());
        }
    } else {
        if shell.sources.directories.is_empty() {
            return Ok(shell.fail("pushd", "no other directory"));
        }
        let top = shell.sources.directories[0].clone();
        if !stays && !enter(shell, "pushd", &top) {
            return Ok(ExitStatus::FAILURE);
        }
        shell.sources.directories[0] = here.into();
    }
    show(shell, "pushd", &[])
}

pub(super) fn popd(shell: &mut Shell, words: &[BString]) -> Outcome {
    let read = match read(shell, "popd", words, b"n") {
        Ok(read) => read,
        Err(status) => return Ok(status),
    };
    if shell.sources.directories.is_empty() {
        return Ok(shell.fail("popd", "directory stack empty"));
    }
    let stays = read.options.contains(&b'n');
    match read.place {
        Some(place) if place > 0 => drop(shell.sources.directories.remove(place - 1)),
        _ if stays => drop(shell.sources.directories.remove(0)),
        _ => {
            let top = shell.sources.directories[0].clone();
            if !enter(shell, "popd", &top) {
                return Ok(ExitStatus::FAILURE);
            }
            shell.sources.directories.remove(0);
        }
    }
    show(shell, "popd", &[])
}

pub(super) fn dirs(shell: &mut Shell, words: &[BString]) -> Outcome {
    let read = match read(shell, "dirs", words, b"clpv") {
        Ok(read) => read,
        Err(status) => return Ok(status),
    };
    if read.options.contains(&b'c') {
        shell.sources.directories.clear();
        return Ok(ExitStatus::SUCCESS);
    }
    if let Some(operand) = read.operand {
        return Ok(shell.fail("dirs", [operand.as_slice(), b": not a place in the stack"].concat()));
    }
    match read.place {
        Some(place) => {
            let stack = shown(shell, &read.options);
            let line = [stack[place].as_slice(), b"\n"].concat();
            Ok(shell.write_output("dirs", &line))
        }
        None => show(shell, "dirs", &read.options),
    }
}

fn enter(shell: &mut Shell, name: &str, directory: &BString) -> bool {
    match shell.change_directory(directory, false) {
        Ok(()) => true,
        Err(error) => {
            let text = super::directory::describe(&error);
            shell.fail(name, [directory.as_slice(), b": ", text.as_bytes()].concat());
            false
        }
    }
}

/// The directories as they are shown, from `~` where they are below the home directory.
fn shown(shell: &Shell, options: &[u8]) -> Vec<BString> {
    let home = shell.variables.get(b"HOME").filter(|home| home.len() > 1).map(|home| home.to_vec());
    let stack = shell.directory_stack().into_iter();
    stack
        .map(|directory| {
            let below = home
                .as_deref()
                .filter(|_| !options.contains(&b'l'))
                .and_then(|home| directory.strip_prefix(home));
            match below {
                Some(below) if below.is_empty() || below.starts_with(b"/") => {
                    [b"~", below].concat().into()
                }
                _ => directory,
            }
        })
        .collect()
}

fn show(shell: &mut Shell, name: &str, options: &[u8]) -> Outcome {
    let stack = shown(shell, options);
    let mut output = Vec::new();
    if options.contains(&b'v') {
        for (index, directory) in stack.iter().enumerate() {
            output.extend_from_slice(format!("{index:2}  ").as_bytes());
            output.extend_from_slice(&[directory.as_slice(), b"\n"].concat());
        }
    } else {
        let joint = if options.contains(&b'p') { "\n" } else { " " };
        output = bstr::join(joint, &stack);
        output.push(b'\n');
    }
    Ok(shell.write_output(name, &output))
}

//! `getopts` (XCU getopts).

use bstr::{BString, ByteSlice};

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::shell::variable::is_name;
use crate::system::descriptor;

pub(super) fn getopts(shell: &mut Shell, words: &[BString]) -> Outcome {
    let operands = match words {
        [_, dashes, rest @ ..] if dashes == "--" => rest,
        [_, rest @ ..] => rest,
        [] => &[],
    };
    let [options, variable, arguments @ ..] = operands else {
        return Ok(shell.misuse("getopts", "usage: getopts optstring name [argument ...]"));
    };
    if !is_name(variable) {
        return Ok(shell.misuse("getopts", [variable.as_slice(), b": not a valid name"].concat()));
    }
    let arguments = if arguments.is_empty() { shell.arguments.clone() } else { arguments.to_vec() };
    let index = shell
        .variables
        .get(b"OPTIND")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(1);
    let index = std::cmp::max(index, 1);
    let step = step(options, &arguments, index, shell.getopts_offset);
    report(shell, options, &step);
    let set = [
        (variable.as_slice(), Some(BString::from([step.letter].as_slice()))),
        (b"OPTIND".as_slice(), Some(step.index.to_string().into())),
        (b"OPTARG".as_slice(), step.argument.clone()),
    ];
    for (name, value) in set {
        let result = match value {
            Some(value) => shell.assign(name, value),
            None => shell.variables.unset(name).map_err(Into::into),
        };
        if let Err(error) = result {
            return Ok(shell.misuse("getopts", error.to_string()));
        }
    }
    shell.getopts_offset = step.offset;
    Ok(if step.end { ExitStatus::FAILURE } else { ExitStatus::SUCCESS })
}

/// What one call of `getopts` found.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    letter: u8,
    argument: Option<BString>,
    index: usize,
    /// Bytes of the current group that are done; 0 at a new argument.
    offset: usize,
    end: bool,
    error: Option<(&'static str, u8)>,
}

fn step(options: &[u8], arguments: &[BString], mut index: usize, mut offset: usize) -> Step {
    let quiet = options.first() == Some(&b':');
    let end =
        |index| Step { letter: b'?', argument: None, index, offset: 0, end: true, error: None };
    let current = arguments.get(index - 1);
    let group = match current {
        Some(word) if offset > 0 && offset < word.len() => word,
        Some(word) => {
            offset = 0;
            if word == "--" {
                return end(index + 1);
            }
            if word.len() < 2 || word[0] != b'-' {
                return end(index);
            }
            word
        }
        None => return end(index),
    };
    let at = std::cmp::max(offset, 1);
    let letter = group[at];
    let last = at + 1 == group.len();
    let place = options.iter().position(|byte| *byte == letter && letter != b':');
    let (mut next_offset, mut argument, mut error, mut found) = (at + 1, None, None, letter);
    if last {
        index += 1;
        next_offset = 0;
    }
    match place {
        None => {
            found = b'?';
            if quiet {
                argument = Some([letter].as_slice().into())
            } else {
                error = Some(("unknown option", letter))
            }
        }
        Some(place) if options.get(place + 1) == Some(&b':') => {
            if !last {
                argument = Some(group[at + 1..].into());
                index += 1;
            } else if let Some(word) = arguments.get(index - 1) {
                argument = Some(word.clone());
                index += 1;
            } else if quiet {
                found = b':';
                argument = Some([letter].as_slice().into());
            } else {
                found = b'?';
                error = Some(("option needs an argument", letter));
            }
            next_offset = 0;
        }
        Some(_) => {}
    }
    Step { letter: found, argument, index, offset: next_offset, end: false, error }
}

fn report(shell: &Shell, options: &[u8], step: &Step) {
    if let Some((what, letter)) = step.error
        && options.first() != Some(&b':')
    {
        let text = format!("{}: -{}: {what}\n", shell.name, char::from(letter));
        let _ = descriptor::write_all(descriptor::STDERR, text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_arguments_and_the_end_are_found() {
        let arguments: Vec<BString> =
            ["-ab", "-cx", "-c", "y", "--", "z"].map(BString::from).into();
        let mut found = Vec::new();
        let (mut index, mut offset) = (1, 0);
        loop {
            let step = step(b"abc:", &arguments, index, offset);
            (index, offset) = (step.index, step.offset);
            if step.end {
                break;
            }
            found.push((
                char::from(step.letter),
                step.argument.map(|argument| argument.to_string()),
            ));
        }
        assert_eq!(
            found,
            [('a', None), ('b', None), ('c', Some("x".into())), ('c', Some("y".into()))]
        );
        assert_eq!(index, 6);
    }

    #[test]
    fn errors_are_told_apart_only_when_quiet() {
        let arguments = vec![BString::from("-x")];
        assert_eq!(step(b":a", &arguments, 1, 0).argument, Some("x".into()));
        assert_eq!(step(b":x:", &arguments, 1, 0).letter, b':');
        assert_eq!(step(b"x:", &arguments, 1, 0).error, Some(("option needs an argument", b'x')));
    }
}

//! `complete`, `compgen`, `compopt` (bash, Programmable Completion Builtins).

use bstr::BString;

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::completion::{Action, Specification};
use crate::shell::{Shell, quote};

/// The options that a specification consists of.
const OF_SPECIFICATION: &str = "abcdefgjko:suvA:C:F:G:P:S:W:X:";

/// The options that `-o` takes.
const OPTIONS: [&str; 9] = [
    "bashdefault",
    "default",
    "dirnames",
    "filenames",
    "noquote",
    "nosort",
    "nospace",
    "plusdirs",
    "fullquote",
];

/// Reads a specification out of options.
fn specification(parsed: &words::Words<'_>) -> Result<Specification, Vec<u8>> {
    let mut specification = Specification::default();
    for (letter, argument) in &parsed.options {
        let text = || argument.map(BString::from);
        match letter {
            b'A' => match argument.and_then(Action::named) {
                Some(action) => specification.actions.push(action),
                None => {
                    return Err([argument.unwrap_or_default(), b": invalid action name"].concat());
                }
            },
            b'C' => specification.command = text(),
            b'F' => specification.function = text(),
            b'G' => specification.glob = text(),
            b'P' => specification.prefix = text().unwrap_or_default(),
            b'S' => specification.suffix = text().unwrap_or_default(),
            b'W' => specification.words = text(),
            b'X' => specification.filter = text(),
            b'o' => {
                let name = text().unwrap_or_default();
                if !OPTIONS.iter().any(|known| name == *known) {
                    return Err([name.as_slice(), b": invalid option name"].concat());
                }
                specification.options.push(name);
            }
            letter => specification.actions.extend(Action::lettered(*letter)),
        }
    }
    Ok(specification)
}

pub(super) fn compgen(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, OF_SPECIFICATION) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("compgen", text)),
    };
    let specification = match specification(&parsed) {
        Ok(specification) => specification,
        Err(text) => return Ok(shell.misuse("compgen", text)),
    };
    let word = parsed.operands.first().cloned().unwrap_or_default();
    let found = shell.generate(&specification, &word, None);
    if found.is_empty() {
        return Ok(ExitStatus::FAILURE);
    }
    let mut output = bstr::join("\n", &found);
    output.push(b'\n');
    Ok(shell.write_output("compgen", &output))
}

pub(super) fn complete(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, &format!("prDEI{OF_SPECIFICATION}")) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("complete", text)),
    };
    let special = [b'D', b'E', b'I'].into_iter().find(|letter| parsed.has(*letter));
    if parsed.has(b'p') || parsed.operands.is_empty() && special.is_none() && !parsed.has(b'r') {
        return print(shell, parsed.operands);
    }
    if parsed.has(b'r') {
        match special {
            Some(letter) => *place(shell, letter) = None,
            None if parsed.operands.is_empty() => shell.completion.commands.clear(),
            None => {
                let mut status = ExitStatus::SUCCESS;
                for name in parsed.operands {
                    if shell.completion.commands.remove(name).is_none() {
                        let text = [name.as_slice(), b": no completion specification"].concat();
                        status = shell.fail("complete", text);
                    }
                }
                return Ok(status);
            }
        }
        return Ok(ExitStatus::SUCCESS);
    }
    let specification = match specification(&parsed) {
        Ok(specification) => specification,
        Err(text) => return Ok(shell.misuse("complete", text)),
    };
    match special {
        Some(letter) => *place(shell, letter) = Some(specification),
        None => {
            for name in parsed.operands {
                shell.completion.commands.insert(name.clone(), specification.clone());
            }
        }
    }
    Ok(ExitStatus::SUCCESS)
}

fn place(shell: &mut Shell, letter: u8) -> &mut Option<Specification> {
    match letter {
        b'D' => &mut shell.completion.default,
        b'E' => &mut shell.completion.empty,
        _ => &mut shell.completion.first,
    }
}

fn print(shell: &mut Shell, names: &[BString]) -> Outcome {
    let mut output = Vec::new();
    let mut status = ExitStatus::SUCCESS;
    if names.is_empty() {
        for (name, specification) in &shell.completion.commands {
            output.extend_from_slice(&line(specification, name));
        }
        for (letter, specification) in [
            ("-D", &shell.completion.default),
            ("-E", &shell.completion.empty),
            ("-I", &shell.completion.first),
        ] {
            if let Some(specification) = specification {
                output.extend_from_slice(&line(specification, letter.as_bytes()));
            }
        }
    }
    for name in names {
        match shell.completion.commands.get(name) {
            Some(specification) => output.extend_from_slice(&line(specification, name)),
            None => {
                let text = [name.as_slice(), b": no completion specification"].concat();
                status = shell.fail("complete", text);
            }
        }
    }
    let written = if output.is_empty() {
        ExitStatus::SUCCESS
    } else {
        shell.write_output("complete", &output)
    };
    Ok(if written.is_success() { status } else { written })
}

/// A specification as a command that makes it.
fn line(specification: &Specification, name: &[u8]) -> Vec<u8> {
    let mut out = b"complete".to_vec();
    for option in &specification.options {
        out.extend_from_slice(&[b" -o ", option.as_slice()].concat());
    }
    for action in &specification.actions {
        out.extend_from_slice(format!(" -A {}", action.name()).as_bytes());
    }
    for (letter, text) in [
        ("-G", &specification.glob),
        ("-W", &specification.words),
        ("-C", &specification.command),
        ("-F", &specification.function),
        ("-X", &specification.filter),
    ] {
        if let Some(text) = text {
            let text = if letter == "-F" { text.clone() } else { quote::single_quoted(text) };
            out.extend_from_slice(&[b" ", letter.as_bytes(), b" ", text.as_slice()].concat());
        }
    }
    for (letter, text) in [("-P", &specification.prefix), ("-S", &specification.suffix)] {
        if !text.is_empty() {
            let text = quote::single_quoted(text);
            out.extend_from_slice(&[b" ", letter.as_bytes(), b" ", text.as_slice()].concat());
        }
    }
    [out.as_slice(), b" ", name, b"\n"].concat()
}

pub(super) fn compopt(shell: &mut Shell, words: &[BString]) -> Outcome {
    let (mut on, mut off, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let mut special = None;
    let mut rest = words[1..].iter();
    while let Some(word) = rest.next() {
        match word.as_slice() {
            b"-o" => on.extend(rest.next().cloned()),
            b"+o" => off.extend(rest.next().cloned()),
            b"-D" | b"-E" | b"-I" => special = Some(word[1]),
            b"--" => {}
            word if word.starts_with(b"-") => {
                return Ok(shell.misuse("compopt", [word, b": unknown option"].concat()));
            }
            _ => names.push(word.clone()),
        }
    }
    if let Some(bad) = on.iter().chain(&off).find(|name| !OPTIONS.iter().any(|one| *name == one)) {
        return Ok(shell.misuse("compopt", [bad.as_slice(), b": invalid option name"].concat()));
    }
    let change = |options: &mut Vec<BString>| {
        options.retain(|option| !off.contains(option) && !on.contains(option));
        options.extend(on.iter().cloned());
    };
    if let Some(letter) = special {
        if let Some(specification) = place(shell, letter) {
            change(&mut specification.options);
        }
        return Ok(ExitStatus::SUCCESS);
    }
    if names.is_empty() {
        return Ok(match &mut shell.completion.current {
            Some(options) => {
                change(options);
                ExitStatus::SUCCESS
            }
            None => shell.fail("compopt", "not currently executing completion function"),
        });
    }
    let mut status = ExitStatus::SUCCESS;
    for name in names {
        match shell.completion.commands.get_mut(&name) {
            Some(specification) => change(&mut specification.options),
            None => {
                let text = [name.as_slice(), b": no completion specification"].concat();
                status = shell.fail("compopt", text);
            }
        }
    }
    Ok(status)
}

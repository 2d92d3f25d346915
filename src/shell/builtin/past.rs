//! `history` and `fc` (XCU fc; bash, History Builtins): the lines that were entered before.
//! A script has none.

use std::fmt::Write as _;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;

/// How many lines `fc -l` lists (XCU fc, OPERANDS).
const LISTED: usize = 16;

/// `history [N]`, `-c`, `-d N`; what reads and writes files has nothing to do here.
pub(super) fn history(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "acd:nprsw") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("history", text)),
    };
    let Some(past) = shell.past.clone() else { return Ok(ExitStatus::SUCCESS) };
    if parsed.has(b'c') {
        past.forget_all();
        return Ok(ExitStatus::SUCCESS);
    }
    let count = past.lines().len();
    if let Some(said) = parsed.argument(b'd') {
        let number = said.to_str().ok().and_then(|text| text.parse::<i64>().ok());
        let place = number.and_then(|number| match number {
            // From the end, the line that is being run not counted.
            ..0 => count.checked_sub(usize::try_from(-number).ok()?),
            _ => usize::try_from(number).ok(),
        });
        return Ok(match place.filter(|place| past.forget(*place)) {
            Some(_) => ExitStatus::SUCCESS,
            None => {
                let text = [said, b": history position out of range"].concat();
                shell.fail("history", text)
            }
        });
    }
    if parsed.has(b's') {
        past.forget_last();
        past.add(&bstr::join(" ", parsed.operands).to_str_lossy());
        return Ok(ExitStatus::SUCCESS);
    }
    if !parsed.options.is_empty() {
        return Ok(ExitStatus::SUCCESS);
    }
    let most = match parsed.operands {
        [] => count,
        [number] => match number.to_str().ok().and_then(|text| text.parse().ok()) {
            Some(number) => number,
            None => {
                let text = [number.as_slice(), b": numeric argument required"].concat();
                return Ok(shell.misuse("history", text));
            }
        },
        _ => return Ok(shell.misuse("history", "too many arguments")),
    };
    let mut text = String::new();
    for (index, line) in past.lines().iter().enumerate().skip(count.saturating_sub(most)) {
        let _ = writeln!(text, "{:5}  {}", index + 1, line);
    }
    Ok(shell.write_output("history", text.as_bytes()))
}

/// `fc [-r] [-e EDITOR] [FIRST [LAST]]`, `fc -l [-nr] [FIRST [LAST]]`,
/// `fc -s [OLD=NEW] [FIRST]`
pub(super) fn fc(shell: &mut Shell, words: &[BString]) -> Outcome {
    // `-5` is an operand.
    let options = words.iter().skip(1).take_while(|word| !is_number(word)).count();
    let (before, after) = words.split_at(options + 1);
    let parsed = match words::parse(before, "e:lnrs") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("fc", text)),
    };
    let operands: Vec<BString> = parsed.operands.iter().chain(after).cloned().collect();
    let mut lines = shell.past.as_ref().map(|past| past.lines()).unwrap_or_default();
    // The line that is being run is none of them.
    lines.pop();
    if lines.is_empty() {
        if parsed.has(b'l') && operands.is_empty() {
            return Ok(ExitStatus::SUCCESS);
        }
        return Ok(shell.fail("fc", "no such line in the history of this shell"));
    }
    if parsed.has(b's') {
        return again(shell, &lines, &operands);
    }
    let default =
        if parsed.has(b'l') { lines.len().saturating_sub(LISTED) } else { lines.len() - 1 };
    let place = |at: usize| operands.get(at).map(|operand| find(&lines, operand));
    let (first, last) = match (place(0), place(1)) {
        (None, _) => (Some(default), Some(lines.len() - 1)),
        (Some(first), None) => {
            (first, if parsed.has(b'l') { Some(lines.len() - 1) } else { first })
        }
        (Some(first), Some(last)) => (first, last),
    };
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(shell.fail("fc", "history specification out of range"));
    };
    let mut chosen: Vec<usize> =
        if first <= last { (first..=last).collect() } else { (last..=first).rev().collect() };
    if parsed.has(b'r') {
        chosen.reverse();
    }
    if parsed.has(b'l') {
        let mut text = String::new();
        for index in chosen {
            let number = if parsed.has(b'n') { String::new() } else { (index + 1).to_string() };
            let _ = writeln!(text, "{number}\t{}", lines[index].replace('\n', "\n\t"));
        }
        return Ok(shell.write_output("fc", text.as_bytes()));
    }
    let text = chosen.iter().map(|index| format!("{}\n", lines[*index])).collect::<String>();
    let editor = parsed.argument(b'e').map(BString::from);
    if editor.as_ref().is_some_and(|editor| editor == "-") {
        return again(shell, &lines, &operands);
    }
    match shell.edited(&text, editor) {
        Ok(text) => run(shell, &text),
        Err(message) => Ok(shell.fail("fc", message)),
    }
}

fn is_number(word: &[u8]) -> bool {
    word.strip_prefix(b"-")
        .is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

/// The place of a line that an operand names: by its number, from the end, or by how it
/// begins. A number beyond the ends is the end (XCU fc, `first`).
fn find(lines: &[String], operand: &BString) -> Option<usize> {
    let text = operand.to_str().ok()?;
    let last = lines.len() - 1;
    match text.parse::<i64>() {
        Ok(number @ ..0) => {
            Some(lines.len().saturating_sub(usize::try_from(-number).ok()?).min(last))
        }
        Ok(0) => Some(last),
        Ok(number) => Some(usize::try_from(number - 1).ok()?.min(last)),
        Err(_) => lines.iter().rposition(|line| line.starts_with(text)),
    }
}

/// `fc -s`: a line once more, with one text changed.
fn again(shell: &mut Shell, lines: &[String], operands: &[BString]) -> Outcome {
    let (change, which) = match operands {
        [change, rest @ ..] if change.contains(&b'=') => (Some(change), rest),
        rest => (None, rest),
    };
    let place = which.first().map_or(Some(lines.len() - 1), |operand| find(lines, operand));
    let Some(place) = place else {
        return Ok(shell.fail("fc", "no command found"));
    };
    let mut line = lines[place].clone();
    if let Some((old, new)) = change.and_then(|change| change.to_str().ok()?.split_once('=')) {
        line = line.replacen(old, new, 1);
    }
    run(shell, &line)
}

/// Runs lines, which are shown and remembered in the place of `fc`.
fn run(shell: &mut Shell, text: &str) -> Outcome {
    let text = text.trim_end_matches('\n');
    if let Some(past) = shell.past.clone() {
        past.forget_last();
        past.add(text);
    }
    let _ = crate::system::descriptor::write_all(
        crate::system::descriptor::STDERR,
        format!("{text}\n").as_bytes(),
    );
    shell.evaluate(text.as_bytes(), 1)?;
    Ok(shell.status)
}

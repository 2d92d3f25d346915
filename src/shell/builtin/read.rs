//! `read` (XCU read): `-r`, `-d` (POSIX.1-2024) and, where others have it, `-p`.

use bstr::BString;

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::shell::input::LineReader;
use crate::shell::variable::is_name;
use crate::system::{descriptor, signal, terminal};

pub(super) fn read(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "rd:p:") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("read", text)),
    };
    let default = [BString::from("REPLY")];
    let names = if parsed.operands.is_empty() { &default[..] } else { parsed.operands };
    if let Some(bad) = names.iter().find(|name| !is_name(name)) {
        return Ok(shell.misuse("read", [bad.as_slice(), b": not a valid name"].concat()));
    }
    if let Some(prompt) = parsed.argument(b'p')
        && terminal::is_terminal(descriptor::STDIN)
    {
        let _ = descriptor::write_all(descriptor::STDERR, prompt);
    }
    let delimiter = parsed.argument(b'd').map_or(b'\n', |text| text.first().copied().unwrap_or(0));
    let raw = parsed.has(b'r');
    let (line, status) = read_logical_line(shell, delimiter, raw);
    let separators =
        shell.variables.get(b"IFS").map_or_else(|| BString::from(" \t\n"), |ifs| ifs.to_owned());
    let values = split(&line, &separators, names.len());
    for (name, value) in names.iter().zip(values) {
        if let Err(error) = shell.assign(name, value) {
            return Ok(shell.misuse("read", error.to_string()));
        }
    }
    Ok(status)
}

/// A byte of the line and whether a backslash protected it.
type Marked = (u8, bool);

fn read_logical_line(shell: &mut Shell, delimiter: u8, raw: bool) -> (Vec<Marked>, ExitStatus) {
    let mut line = Vec::new();
    let mut reader = LineReader::new(descriptor::STDIN);
    loop {
        let piece = match reader.read_until(delimiter, &mut || interruption(shell)) {
            Ok(piece) => piece,
            Err(crate::system::Errno::EINTR) => {
                return (
                    line,
                    ExitStatus::from_signal(interruption(shell).unwrap_or(signal::SIGINT)),
                );
            }
            Err(error) => {
                return (line, shell.fail("read", crate::system::message(error)));
            }
        };
        let complete = piece.last() == Some(&delimiter);
        let text = if complete { &piece[..piece.len() - 1] } else { &piece[..] };
        let mut continued = false;
        let mut index = 0;
        while index < text.len() {
            let byte = text[index];
            index += 1;
            if byte == 0 {
                continue;
            }
            if raw || byte != b'\\' {
                line.push((byte, false));
                continue;
            }
            match text.get(index) {
                // A backslash before a newline joins lines, also where another
                // byte delimits them.
                Some(b'\n') => index += 1,
                Some(next) => {
                    line.push((*next, true));
                    index += 1;
                }
                // The delimiter itself was escaped.
                None if complete && delimiter == b'\n' => continued = true,
                None if complete => {
                    line.push((delimiter, true));
                    continued = true;
                }
                None => {}
            }
        }
        if !complete {
            return (line, ExitStatus::FAILURE);
        }
        if !continued {
            return (line, ExitStatus::SUCCESS);
        }
    }
}

/// The signal that ends reading: one with a trap, or SIGINT of an interactive
/// shell.
fn interruption(shell: &Shell) -> Option<i32> {
    let trapped = shell.traps.list().map(|(signal, _)| signal).filter(|signal| *signal > 0);
    let own = shell.options.interactive.then_some(signal::SIGINT);
    trapped.chain(own).find(|signal| signal::is_pending(*signal))
}

/// Splits the line into `count` values; the last one takes the rest (XCU read).
fn split(line: &[Marked], separators: &[u8], count: usize) -> Vec<BString> {
    let is_separator = |(byte, protected): Marked| !protected && separators.contains(&byte);
    let is_blank = |marked: Marked| is_separator(marked) && marked.0.is_ascii_whitespace();
    let plain =
        |part: &[Marked]| BString::from(part.iter().map(|(byte, _)| *byte).collect::<Vec<u8>>());
    let skip_blanks =
        |from: usize| from + line[from..].iter().take_while(|marked| is_blank(**marked)).count();
    let mut values = Vec::with_capacity(count);
    let mut at = skip_blanks(0);
    while values.len() + 1 < count {
        let end = at + line[at..].iter().take_while(|marked| !is_separator(**marked)).count();
        values.push(plain(&line[at..end]));
        at = skip_blanks(end);
        // One other separator, with the blanks around it, ends one field.
        if at < line.len()
            && is_separator(line[at])
            && !is_blank(line[at])
            && (end == at || is_blank(line[end]) || end < at)
        {
            at = skip_blanks(at + 1);
        }
    }
    let rest = &line[at..];
    let end = rest.iter().rposition(|marked| !is_blank(*marked)).map_or(0, |last| last + 1);
    let mut rest = &rest[..end];
    // If the rest is one field ended by one separator, the separator goes.
    if let Some((&last, before)) = rest.split_last()
        && is_separator(last)
        && !is_blank(last)
    {
        let trimmed =
            before.iter().rposition(|marked| !is_blank(*marked)).map_or(0, |place| place + 1);
        if before[..trimmed].iter().all(|marked| !is_separator(*marked)) {
            rest = &before[..trimmed];
        }
    }
    values.push(plain(rest));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_text(text: &str, separators: &str, count: usize) -> Vec<String> {
        let marked: Vec<Marked> = text.bytes().map(|byte| (byte, false)).collect();
        split(&marked, separators.as_bytes(), count).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_last_variable_takes_the_rest() {
        assert_eq!(split_text("  a b  c ", " \t\n", 2), ["a", "b  c"]);
        assert_eq!(split_text("a", " \t\n", 3), ["a", "", ""]);
        assert_eq!(split_text("", " \t\n", 1), [""]);
    }

    #[test]
    fn other_separators_keep_empty_fields() {
        assert_eq!(split_text("a:b:c", ":", 2), ["a", "b:c"]);
        assert_eq!(split_text("a::b", ":", 3), ["a", "", "b"]);
        assert_eq!(split_text("a:", ":", 1), ["a"]);
        assert_eq!(split_text("a:b:", ":", 2), ["a", "b"]);
        assert_eq!(split_text(" x : y ", ": ", 2), ["x", "y"]);
    }
}

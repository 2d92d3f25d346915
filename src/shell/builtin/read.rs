//! `read` (XCU read; bash, Bash Builtins): a line, or a piece of one, into variables.

use std::rc::Rc;
use std::time::{Duration, Instant};

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::shell::assign::is_target;
use crate::shell::input::LineReader;
use crate::shell::variable::{Array, Indexed, Value, is_name};
use crate::system::descriptor::{self, Descriptor};
use crate::system::{signal, terminal};

/// What is read, and how.
struct Wanted {
    from: Descriptor,
    delimiter: u8,
    raw: bool,
    /// `-n`: at most so many characters.
    most: Option<usize>,
    /// `-N`: exactly so many, whatever they are.
    exactly: bool,
    /// `-t`: not after this.
    until: Option<Instant>,
}

/// The status of a `read` whose time is over: above 128, as bash has it.
const TIMED_OUT: ExitStatus = ExitStatus(142);

pub(crate) fn read(shell: &mut Shell, words: &[BString]) -> Outcome {
    let known = if shell.posix { "rd:p:" } else { "a:d:ei:n:N:p:rst:u:" };
    let parsed = match words::parse(words, known) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("read", text)),
    };
    let array = parsed.argument(b'a').map(BString::from);
    let default = [BString::from("REPLY")];
    let plain = parsed.operands.is_empty() && array.is_none();
    let names = if plain { &default[..] } else { parsed.operands };
    let valid = |name: &&BString| if shell.posix { is_name(name) } else { is_target(name) };
    if let Some(bad) = names.iter().chain(&array).find(|name| !valid(name)) {
        let text = [bad.as_slice(), b": not a valid name"].concat();
        return Ok(if shell.posix { shell.misuse("read", text) } else { shell.fail("read", text) });
    }
    let wanted = match wanted(&parsed) {
        Ok(wanted) => wanted,
        Err(text) => return Ok(shell.fail("read", text)),
    };
    if parsed.argument(b't').is_some_and(|text| text.iter().all(|byte| b"0.".contains(byte))) {
        // Nothing is read: whether there is something.
        let ready = descriptor::is_ready(wanted.from, Duration::ZERO);
        return Ok(if ready { ExitStatus::SUCCESS } else { ExitStatus::FAILURE });
    }
    let is_terminal = terminal::is_terminal(wanted.from);
    if let Some(prompt) = parsed.argument(b'p')
        && is_terminal
    {
        let _ = descriptor::write_all(descriptor::STDERR, prompt);
    }
    let by_keys = wanted.most.is_some() || wanted.delimiter != b'\n';
    let modes = (is_terminal && (by_keys || parsed.has(b's')))
        .then(|| terminal::read_keys(wanted.from, by_keys, !parsed.has(b's')).ok())
        .flatten();
    let (mut line, status) = if wanted.most.is_none() && wanted.until.is_none() {
        read_logical_line(shell, &wanted)
    } else {
        read_characters(shell, &wanted)
    };
    if let Some(modes) = modes {
        let _ = terminal::set_modes(wanted.from, &modes);
    }
    if let Some(text) = parsed.argument(b'i').filter(|_| parsed.has(b'e') && is_terminal)
        && line.is_empty()
    {
        line = text.iter().map(|byte| (*byte, true)).collect();
    }
    let separators =
        shell.variables.get(b"IFS").map_or_else(|| BString::from(" \t\n"), |ifs| ifs.to_owned());
    if let Some(array) = array {
        let fields = all_fields(&line, &separators);
        return Ok(match fill(shell, &array, fields) {
            Ok(()) => status,
            Err(text) => shell.fail("read", text),
        });
    }
    let values = if wanted.exactly || plain && !shell.posix {
        // As it was read: of `-N`, and of `REPLY`, nothing is cut off.
        let text: BString = line.iter().map(|(byte, _)| *byte).collect::<Vec<u8>>().into();
        let rest = names.len().saturating_sub(1);
        std::iter::once(text).chain(std::iter::repeat_n(BString::default(), rest)).collect()
    } else {
        split(&line, &separators, names.len())
    };
    for (name, value) in names.iter().zip(values) {
        if let Err(error) = shell.assign(name, value) {
            return if shell.posix {
                Ok(shell.misuse("read", error.to_string()))
            } else {
                shell.not_assigned("read", &error)
            };
        }
    }
    Ok(status)
}

fn wanted(parsed: &words::Words<'_>) -> Result<Wanted, Vec<u8>> {
    let said = |text: &[u8], what: &str| [text, b": ", what.as_bytes()].concat();
    let from = match parsed.argument(b'u') {
        None => descriptor::STDIN,
        Some(text) => text
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|number| descriptor::is_open(*number))
            .ok_or_else(|| said(text, "invalid file descriptor"))?,
    };
    let count = parsed.argument(b'N').or_else(|| parsed.argument(b'n'));
    let most = match count {
        None => None,
        Some(text) => Some(
            text.to_str()
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| said(text, "invalid number"))?,
        ),
    };
    let until = match parsed.argument(b't') {
        None => None,
        Some(text) => {
            let seconds = text.to_str().ok().and_then(|text| text.parse::<f64>().ok());
            let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
            let seconds = seconds.ok_or_else(|| said(text, "invalid timeout specification"))?;
            Some(Instant::now() + Duration::from_secs_f64(seconds.min(1e9)))
        }
    };
    Ok(Wanted {
        from,
        delimiter: parsed.argument(b'd').map_or(b'\n', |text| text.first().copied().unwrap_or(0)),
        raw: parsed.has(b'r'),
        most,
        exactly: parsed.argument(b'N').is_some(),
        until,
    })
}

fn fill(shell: &mut Shell, name: &[u8], fields: Vec<BString>) -> Result<(), String> {
    let name = shell.follow(name).map_err(|error| error.to_string())?;
    let variable = shell.variables.variable(&name);
    if variable.and_then(|variable| variable.array()) == Some(Array::Associative) {
        return Err(format!("{name}: cannot convert an associative array to an indexed one"));
    }
    let elements: Indexed = (0..).zip(fields).collect();
    shell
        .variables
        .set_value(&name, Value::Indexed(Rc::new(elements)))
        .map_err(|error| error.to_string())
}

/// Every field of a line.
fn all_fields(line: &[Marked], separators: &[u8]) -> Vec<BString> {
    // As many as there could be, less those that there are not.
    let mut fields = split(line, separators, line.len() + 1);
    let is_blank = |byte: &u8| separators.contains(byte) && byte.is_ascii_whitespace();
    let seen = line.iter().any(|(byte, protected)| *protected || !is_blank(byte));
    if !seen {
        return Vec::new();
    }
    while fields.last().is_some_and(|field| field.is_empty()) {
        fields.pop();
    }
    // An empty field before the last separator counts.
    fields
}

/// Reads character by character: to a number of them, or to a moment.
fn read_characters(shell: &mut Shell, wanted: &Wanted) -> (Vec<Marked>, ExitStatus) {
    let mut line: Vec<Marked> = Vec::new();
    let (mut count, mut escaped) = (0_usize, false);
    let mut pending = 0_usize;
    if wanted.most == Some(0) {
        return (line, ExitStatus::SUCCESS);
    }
    loop {
        if let Some(until) = wanted.until {
            let left = until.saturating_duration_since(Instant::now());
            if !descriptor::is_ready(wanted.from, left) {
                return (line, TIMED_OUT);
            }
        }
        let mut byte = [0];
        match descriptor::read(wanted.from, &mut byte) {
            Ok(0) => return (line, ExitStatus::FAILURE),
            Ok(_) => {}
            Err(crate::system::Errno::EINTR) => match interruption(shell) {
                Some(signal) => return (line, ExitStatus::from_signal(signal)),
                None => continue,
            },
            Err(error) => return (line, shell.fail("read", crate::system::message(error))),
        }
        let [byte] = byte;
        if pending > 0 {
            pending -= 1;
            line.push((byte, false));
        } else if escaped {
            escaped = false;
            if byte == b'\n' {
                continue;
            }
            line.push((byte, true));
        } else if byte == b'\\' && !wanted.raw {
            escaped = true;
            continue;
        } else if byte == wanted.delimiter && !wanted.exactly {
            return (line, ExitStatus::SUCCESS);
        } else if byte == 0 {
            continue;
        } else {
            line.push((byte, false));
            if shell.utf8 {
                pending = match byte {
                    0xc2..=0xdf => 1,
                    0xe0..=0xef => 2,
                    0xf0..=0xf4 => 3,
                    _ => 0,
                };
            }
        }
        if pending == 0 {
            count += 1;
            if wanted.most.is_some_and(|most| count >= most) {
                return (line, ExitStatus::SUCCESS);
            }
        }
    }
}

/// A byte of the line and whether a backslash protected it.
type Marked = (u8, bool);

fn read_logical_line(shell: &mut Shell, wanted: &Wanted) -> (Vec<Marked>, ExitStatus) {
    let (delimiter, raw) = (wanted.delimiter, wanted.raw);
    let mut line = Vec::new();
    let mut reader = LineReader::new(wanted.from);
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

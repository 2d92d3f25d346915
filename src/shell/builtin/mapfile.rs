//! `mapfile`, `readarray` (bash, Bash Builtins): lines into an array.

use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::input::LineReader;
use crate::shell::variable::{Array, Indexed, Value, is_name};
use crate::shell::{Shell, quote};
use crate::system::{Errno, descriptor, message};

pub(super) fn mapfile(shell: &mut Shell, words: &[BString]) -> Outcome {
    let name = words[0].to_string();
    let parsed = match words::parse(words, "C:c:d:n:O:s:tu:") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse(&name, text)),
    };
    let number = |letter: u8, default: u64| -> Result<u64, String> {
        match parsed.argument(letter) {
            None => Ok(default),
            Some(text) => text
                .to_str()
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| format!("{}: not a valid count", text.as_bstr())),
        }
    };
    let numbers = (|| {
        Ok::<_, String>((number(b'n', 0)?, number(b'O', 0)?, number(b's', 0)?, number(b'c', 5000)?))
    })();
    let (count, origin, skipped, quantum) = match numbers {
        Ok(numbers) => numbers,
        Err(text) => return Ok(shell.fail(&name, text)),
    };
    let from = match parsed.argument(b'u') {
        None => descriptor::STDIN,
        Some(text) => match text.to_str().ok().and_then(|text| text.parse().ok()) {
            Some(number) if descriptor::is_open(number) => number,
            _ => {
                let text = [text, b": not a file descriptor"].concat();
                return Ok(shell.fail(&name, text));
            }
        },
    };
    let default = BString::from("MAPFILE");
    let array = parsed.operands.first().unwrap_or(&default).clone();
    if !is_name(&array) {
        return Ok(shell.fail(&name, [array.as_slice(), b": not a valid name"].concat()));
    }
    let existing = shell.variables.variable(&array);
    if existing.and_then(|variable| variable.array()) == Some(Array::Associative) {
        return Ok(shell.fail(&name, [array.as_slice(), b": not an indexed array"].concat()));
    }
    let old = existing.and_then(|variable| variable.value.clone());
    let mut elements = match old {
        Some(old) if parsed.has(b'O') => old.into_indexed(),
        _ => Rc::new(Indexed::new()),
    };
    let delimiter = parsed.argument(b'd').map_or(b'\n', |text| text.first().copied().unwrap_or(0));
    let callback = parsed.argument(b'C').map(<[u8]>::to_vec);
    let mut reader = LineReader::new(from);
    let (mut seen, mut taken) = (0_u64, 0_u64);
    while count == 0 || taken < count {
        let mut line = match reader.read_until(delimiter, &mut || None) {
            Ok(line) if line.is_empty() => break,
            Ok(line) => line,
            Err(Errno::EINTR) => continue,
            Err(error) => return Ok(shell.fail(&name, message(error))),
        };
        seen += 1;
        if seen <= skipped {
            continue;
        }
        let ends = line.last() == Some(&delimiter);
        // NUL is no character of a value.
        if ends && (parsed.has(b't') || delimiter == 0) {
            line.pop();
        }
        line.retain(|byte| *byte != 0);
        let index = origin + taken;
        taken += 1;
        if let Some(callback) = &callback
            && taken.is_multiple_of(quantum.max(1))
        {
            let (index, line) = (format!(" {index} "), quote::quote(&line));
            let call = [callback.as_slice(), index.as_bytes(), line.as_slice()].concat();
            shell.evaluate(&call, shell.line)?;
        }
        Rc::make_mut(&mut elements).insert(index, line);
    }
    match shell.variables.set_value(&array, Value::Indexed(elements)) {
        Ok(()) => Ok(ExitStatus::SUCCESS),
        Err(error) => Ok(shell.fail(&name, error.to_string())),
    }
}

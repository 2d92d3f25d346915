//! `umask`, `ulimit`, `times`.

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::shell::Shell;
use crate::system::message;
use crate::system::resource::{self, Limit};

pub(super) fn umask(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, if shell.posix { "S" } else { "Sp" }) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("umask", text)),
    };
    let mask = resource::umask();
    let Some(operand) = parsed.operands.first() else {
        let mut line = if parsed.has(b'S') { symbolic(mask) } else { format!("{mask:04o}") };
        if parsed.has(b'p') {
            line.insert_str(0, if parsed.has(b'S') { "umask -S " } else { "umask " });
        }
        return Ok(shell.write_output("umask", format!("{line}\n").as_bytes()));
    };
    let new = if operand.first().is_some_and(u8::is_ascii_digit) {
        operand
            .to_str()
            .ok()
            .and_then(|text| u32::from_str_radix(text, 8).ok())
            .filter(|mask| *mask <= 0o777)
    } else {
        apply_symbolic(!mask & 0o777, operand).map(|allowed| !allowed & 0o777)
    };
    match new {
        Some(new) => {
            resource::set_umask(new);
            Ok(ExitStatus::SUCCESS)
        }
        None => Ok(shell.fail("umask", [operand.as_slice(), b": not a valid mode"].concat())),
    }
}

fn symbolic(mask: u32) -> String {
    let class = |shift: u32| {
        let allowed = !(mask >> shift) & 7;
        [(4, 'r'), (2, 'w'), (1, 'x')]
            .iter()
            .filter(|(bit, _)| allowed & bit != 0)
            .map(|(_, letter)| *letter)
            .collect::<String>()
    };
    format!("u={},g={},o={}", class(6), class(3), class(0))
}

/// Applies a symbolic mode as `chmod` does, to the permissions that are allowed.
fn apply_symbolic(allowed: u32, text: &[u8]) -> Option<u32> {
    let mut result = allowed;
    for clause in text.split(|byte| *byte == b',') {
        let who_end = clause.iter().position(|byte| !b"ugoa".contains(byte))?;
        let mut who = 0;
        for letter in &clause[..who_end] {
            who |= match letter {
                b'u' => 0o700,
                b'g' => 0o070,
                b'o' => 0o007,
                _ => 0o777,
            };
        }
        if who == 0 {
            who = 0o777;
        }
        let mut rest = &clause[who_end..];
        while let Some((operator, after)) = rest.split_first() {
            if !b"+-=".contains(operator) {
                return None;
            }
            let end = after.iter().position(|byte| b"+-=".contains(byte)).unwrap_or(after.len());
            let mut bits = 0;
            for letter in &after[..end] {
                bits |= match letter {
                    b'r' => 0o444,
                    b'w' => 0o222,
                    b'x' => 0o111,
                    b'X' if result & 0o111 != 0 => 0o111,
                    b'X' | b's' | b't' => 0,
                    b'u' => (result >> 6 & 7) * 0o111,
                    b'g' => (result >> 3 & 7) * 0o111,
                    b'o' => (result & 7) * 0o111,
                    _ => return None,
                };
            }
            match operator {
                b'+' => result |= bits & who,
                b'-' => result &= !(bits & who),
                _ => result = result & !who | bits & who,
            }
            rest = &after[end..];
        }
    }
    Some(result)
}

pub(super) fn times(shell: &mut Shell, _: &[BString]) -> Outcome {
    let times = resource::times();
    let show = |seconds: f64| format!("{}m{:.6}s", (seconds / 60.0).floor(), seconds % 60.0);
    let text = format!(
        "{} {}\n{} {}\n",
        show(times.user),
        show(times.system),
        show(times.children_user),
        show(times.children_system)
    );
    Ok(shell.write_output("times", text.as_bytes()))
}

pub(super) fn ulimit(shell: &mut Shell, words: &[BString]) -> Outcome {
    let letters: String = resource::LIMITS.iter().map(|limit| char::from(limit.letter)).collect();
    let parsed = match words::parse(words, &format!("HSa{letters}")) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("ulimit", text)),
    };
    let (hard, soft) = (parsed.has(b'H'), parsed.has(b'S'));
    if parsed.has(b'a') {
        let mut output = String::new();
        for limit in resource::LIMITS {
            output.push_str(&format!(
                "{:<36} -{} {}\n",
                limit.description,
                char::from(limit.letter),
                value(limit, hard)
            ));
        }
        return Ok(shell.write_output("ulimit", output.as_bytes()));
    }
    let letter = parsed
        .options
        .iter()
        .map(|(letter, _)| *letter)
        .rfind(|letter| !b"HS".contains(letter))
        .unwrap_or(b'f');
    let Some(limit) = resource::LIMITS.iter().find(|limit| limit.letter == letter) else {
        return Ok(shell.misuse("ulimit", "unknown resource"));
    };
    match parsed.operands.first() {
        None => {
            let line = format!("{}\n", value(limit, hard));
            Ok(shell.write_output("ulimit", line.as_bytes()))
        }
        Some(operand) => Ok(match set_limit(limit, operand, hard, soft) {
            Ok(()) => ExitStatus::SUCCESS,
            Err(text) => shell.fail("ulimit", text),
        }),
    }
}

fn value(limit: &Limit, hard: bool) -> String {
    match resource::limit(limit) {
        Ok((soft_value, hard_value)) => match if hard { hard_value } else { soft_value } {
            Some(number) => (number / limit.unit).to_string(),
            None => "unlimited".to_owned(),
        },
        Err(error) => message(error).to_owned(),
    }
}

fn set_limit(limit: &Limit, operand: &BString, hard: bool, soft: bool) -> Result<(), String> {
    let new = match operand.as_slice() {
        b"unlimited" => None,
        _ => {
            let number = operand.to_str().ok().and_then(|text| text.parse::<u64>().ok());
            let number = number.and_then(|number| number.checked_mul(limit.unit));
            Some(number.ok_or_else(|| {
                format!("{operand}: not a valid limit (a number or \"unlimited\")")
            })?)
        }
    };
    let (old_soft, old_hard) = resource::limit(limit).map_err(|error| message(error).to_owned())?;
    let both = hard == soft;
    let (soft_value, hard_value) =
        (if both || soft { new } else { old_soft }, if both || hard { new } else { old_hard });
    resource::set_limit(limit, soft_value, hard_value)
        .map_err(|error| format!("{operand}: {}", message(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_written_and_read_symbolically() {
        assert_eq!(symbolic(0o022), "u=rwx,g=rx,o=rx");
        assert_eq!(apply_symbolic(0o755, b"g=u,o-rx"), Some(0o770));
        assert_eq!(apply_symbolic(0o755, b"a-w,u+w"), Some(0o755));
        assert_eq!(apply_symbolic(0o755, b"z+w"), None);
    }
}

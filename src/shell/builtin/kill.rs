//! `kill` (XCU kill): processes, groups and jobs.

use std::fmt::Write;

use bstr::{BString, ByteSlice};

use super::Outcome;
use crate::exit_status::ExitStatus;
use crate::job::Job;
use crate::shell::Shell;
use crate::system::message;
use crate::system::signal::{self, Signal};

pub(super) fn kill(shell: &mut Shell, words: &[BString]) -> Outcome {
    let mut operands = &words[1..];
    let mut wanted = signal::SIGTERM;
    if let Some(first) = operands.first() {
        match first.as_slice() {
            b"-l" | b"-L" => return Ok(list(shell, &operands[1..])),
            b"-s" | b"-n" => {
                let Some(name) = operands.get(1) else {
                    return Ok(shell.misuse("kill", "-s: a signal is needed"));
                };
                let Some(signal) = parse_signal(name) else {
                    return Ok(
                        shell.misuse("kill", [name.as_slice(), b": invalid signal"].concat())
                    );
                };
                wanted = signal;
                operands = &operands[2..];
            }
            b"--" => {}
            [b'-', name @ ..] if !name.is_empty() => {
                let Some(signal) = parse_signal(name) else {
                    return Ok(shell.misuse("kill", [name, b": invalid signal"].concat()));
                };
                wanted = signal;
                operands = &operands[1..];
            }
            _ => {}
        }
    }
    if operands.first().is_some_and(|word| word == "--") {
        operands = &operands[1..];
    }
    if operands.is_empty() {
        return Ok(shell
            .misuse("kill", "usage: kill [-s signal | -signal] process ... | kill -l [status]"));
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in operands {
        let failed = send(shell, operand, wanted);
        if let Err(text) = failed {
            status = shell.fail("kill", text);
        }
    }
    Ok(status)
}

fn parse_signal(name: &[u8]) -> Option<Signal> {
    if let Some(number) = name.to_str().ok().and_then(|text| text.parse::<Signal>().ok()) {
        return (number == 0 || signal::name(number).is_some()).then_some(number);
    }
    if name == b"EXIT" { Some(0) } else { signal::from_name(name) }
}

fn send(shell: &mut Shell, operand: &BString, wanted: Signal) -> Result<(), String> {
    let targets: Vec<i32> = if operand.starts_with(b"%") {
        let jobs = shell.seen_jobs();
        let number = jobs.find(operand).map_err(|error| format!("{operand}: {error}"))?;
        let job = jobs.get(number).ok_or_else(|| format!("{operand}: no such job"))?;
        match job.group {
            Some(group) => vec![-group],
            None => job.processes.iter().map(|process| process.id).collect(),
        }
    } else {
        let id = operand.to_str().ok().and_then(|text| text.parse().ok());
        vec![id.ok_or_else(|| format!("{operand}: not a process ID or job"))?]
    };
    for target in targets {
        signal::send(target, wanted).map_err(|error| format!("{operand}: {}", message(error)))?;
        // A stopped process gets the signal only once it goes on.
        let wakes = target < 0
            && matches!(wanted, signal::SIGTERM | signal::SIGHUP)
            && operand.starts_with(b"%");
        if wakes {
            let _ = signal::send(target, signal::SIGCONT);
        }
        if wakes || wanted == signal::SIGCONT {
            goes_on(shell, target);
        }
    }
    Ok(())
}

/// Tells the table that the job of a process or group goes on, so that `wait`
/// does not take it for stopped until the kernel has reported it.
fn goes_on(shell: &mut Shell, target: i32) {
    let is_target = |job: &&mut Job| {
        job.group.map(|group| -group) == Some(target)
            || job.processes.iter().any(|process| process.id == target)
    };
    if let Some(job) = shell.jobs.iter_mut().find(is_target) {
        job.go_on();
    }
}

/// `kill -l`: all names, or the name for a number or an exit status.
pub(super) fn list(shell: &mut Shell, operands: &[BString]) -> ExitStatus {
    let mut output = String::new();
    if operands.is_empty() && !shell.posix {
        // As bash has it: five in a line, with their numbers.
        for (place, signal) in signal::all().enumerate() {
            let name = signal::name(signal).unwrap_or_default();
            let end = if place % 5 == 4 { '\n' } else { '\t' };
            let _ = write!(output, "{signal:2}) SIG{name}{end}");
        }
        output.push('\n');
    } else if operands.is_empty() {
        for signal in signal::all() {
            output.push_str(&signal::name(signal).unwrap_or_default());
            output.push('\n');
        }
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in operands {
        let number = operand.to_str().ok().and_then(|text| text.parse::<i32>().ok());
        let line = match number {
            Some(number) => signal::name(if number > 128 { number - 128 } else { number }),
            None => signal::from_name(operand).map(|number| number.to_string()),
        };
        match line {
            Some(line) => {
                output.push_str(&line);
                output.push('\n');
            }
            None => status = shell.fail("kill", format!("{operand}: invalid signal")),
        }
    }
    let written = shell.write_output("kill", output.as_bytes());
    if written.is_success() { status } else { written }
}

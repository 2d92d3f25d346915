//! `jobs`, `fg`, `bg`, `wait`.

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::job::{Job, ProcessState};
use crate::shell::Shell;
use crate::system::process::ProcessId;
use crate::system::{descriptor, signal, terminal};

pub(super) fn jobs(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "lp") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("jobs", text)),
    };
    shell.collect_all();
    let mut status = ExitStatus::SUCCESS;
    let mut numbers = Vec::new();
    if parsed.operands.is_empty() {
        numbers.extend(shell.jobs.iter().filter(|job| job.background).map(|job| job.number));
    }
    for operand in parsed.operands {
        match shell.jobs.find(operand) {
            Ok(number) => numbers.push(number),
            Err(error) => {
                status = shell.fail("jobs", format!("{operand}: {error}"));
            }
        }
    }
    let mut output = Vec::new();
    for &number in &numbers {
        let Some(job) = shell.jobs.get(number) else { continue };
        if parsed.has(b'p') {
            let leader = job.group.or_else(|| job.processes.first().map(|process| process.id));
            output.extend_from_slice(leader.unwrap_or_default().to_string().as_bytes());
        } else {
            let line = shell.describe(job);
            if parsed.has(b'l') {
                output.extend_from_slice(&with_process(job, &line));
            } else {
                output.extend_from_slice(&line);
            }
        }
        output.push(b'\n');
    }
    for number in numbers {
        let done = shell.jobs.get(number).is_some_and(Job::is_done);
        if done {
            shell.jobs.remove(number);
        } else if let Some(job) = shell.jobs.get_mut(number) {
            job.changed = false;
        }
    }
    if !output.is_empty() {
        let written = shell.write_output("jobs", &output);
        status = if written.is_success() { status } else { written };
    }
    Ok(status)
}

/// The line of `jobs -l`: the process id stands before the state.
fn with_process(job: &Job, line: &[u8]) -> Vec<u8> {
    let id = job.processes.first().map_or(0, |process| process.id).to_string();
    let state = line.find_byteset(b"+- ").map_or(0, |mark| (mark + 2).min(line.len()));
    let state = line[..].find(b"] ").map_or(state, |bracket| (bracket + 4).min(line.len()));
    [&line[..state], id.as_bytes(), b" ", &line[state..]].concat()
}

fn chosen(shell: &mut Shell, name: &str, operand: Option<&BString>) -> Result<usize, ExitStatus> {
    shell.collect_all();
    let notation = operand.map_or(&b"%+"[..], |word| word.as_slice());
    shell.jobs.find(notation).map_err(|error| {
        let what = operand.map_or_else(|| "current".to_owned(), ToString::to_string);
        shell.fail(name, format!("{what}: {error}"))
    })
}

pub(super) fn fg(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("fg", text)),
    };
    if !shell.has_job_control() {
        return Ok(shell.fail("fg", "there is no job control"));
    }
    let number = match chosen(shell, "fg", parsed.operands.first()) {
        Ok(number) => number,
        Err(status) => return Ok(status),
    };
    let text = shell.jobs.get(number).map(|job| job.text.clone()).unwrap_or_default();
    let _ = descriptor::write_all(descriptor::STDOUT, &[text.as_slice(), b"\n"].concat());
    if let (Some(job), Some(tty)) = (shell.jobs.get(number), shell.terminal)
        && let Some(group) = job.group
    {
        if let Some(modes) = &job.modes {
            let _ = terminal::set_modes(tty, modes);
        }
        let _ = terminal::set_foreground(tty, group);
    }
    go_on(shell, number);
    if let Some(job) = shell.jobs.get_mut(number) {
        job.background = false;
    }
    shell.wait_for_foreground(number)?;
    Ok(shell.status)
}

pub(super) fn bg(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("bg", text)),
    };
    if !shell.has_job_control() {
        return Ok(shell.fail("bg", "there is no job control"));
    }
    let operands: Vec<Option<&BString>> = if parsed.operands.is_empty() {
        vec![None]
    } else {
        parsed.operands.iter().map(Some).collect()
    };
    for operand in operands {
        let number = match chosen(shell, "bg", operand) {
            Ok(number) => number,
            Err(status) => return Ok(status),
        };
        go_on(shell, number);
        let text = shell.jobs.get(number).map(|job| job.text.clone()).unwrap_or_default();
        let line = [format!("[{number}] ").as_bytes(), &text, b" &\n"].concat();
        let _ = descriptor::write_all(descriptor::STDOUT, &line);
        shell.last_background =
            shell.jobs.get(number).and_then(|job| job.processes.last()).map(|process| process.id);
    }
    Ok(ExitStatus::SUCCESS)
}

/// Continues a stopped job. The table is told at once, so that nobody waits for
/// the report of a change that is already known.
fn go_on(shell: &mut Shell, number: usize) {
    let Some(job) = shell.jobs.get_mut(number) else { return };
    let ids = job.go_on();
    match job.group {
        Some(group) => {
            let _ = signal::send(-group, signal::SIGCONT);
        }
        None => {
            for id in ids {
                let _ = signal::send(id, signal::SIGCONT);
            }
        }
    }
}

pub(super) fn wait(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("wait", text)),
    };
    if parsed.operands.is_empty() {
        let done =
            |shell: &Shell| shell.jobs.iter().all(|job| job.state() != ProcessState::Running);
        return Ok(match shell.wait_for_background(done) {
            Ok(()) => {
                let ended: Vec<usize> =
                    shell.jobs.iter().filter(|job| job.is_done()).map(|job| job.number).collect();
                for number in ended {
                    shell.jobs.remove(number);
                }
                ExitStatus::SUCCESS
            }
            Err(status) => status,
        });
    }
    let mut status = ExitStatus::SUCCESS;
    for operand in parsed.operands {
        status = wait_for(shell, operand);
    }
    Ok(status)
}

fn wait_for(shell: &mut Shell, operand: &BString) -> ExitStatus {
    let number = if operand.starts_with(b"%") {
        shell.jobs.find(operand).ok()
    } else {
        let Some(id) = operand.to_str().ok().and_then(|text| text.parse::<ProcessId>().ok()) else {
            return shell.misuse("wait", format!("{operand}: not a process ID or job"));
        };
        shell.jobs.with_process(id).map(|job| job.number)
    };
    let process = operand.to_str().ok().and_then(|text| text.parse::<ProcessId>().ok());
    let Some(number) = number else {
        // What is not a child of this shell is as if it had ended with 127.
        return process
            .and_then(|id| shell.jobs.take_reported(id))
            .unwrap_or(ExitStatus::NOT_FOUND);
    };
    let done = move |shell: &Shell| {
        shell.jobs.get(number).is_none_or(|job| job.state() != ProcessState::Running)
    };
    if let Err(status) = shell.wait_for_background(done) {
        return status;
    }
    let Some(job) = shell.jobs.get(number) else { return ExitStatus::NOT_FOUND };
    let status = process
        .and_then(|id| job.processes.iter().find(|process| process.id == id))
        .and_then(|process| match process.state {
            ProcessState::Halted(halt) => Some(halt.status()),
            ProcessState::Running => None,
        })
        .unwrap_or_else(|| shell.job_status(job));
    if job.is_done() {
        shell.jobs.remove(number);
    }
    status
}

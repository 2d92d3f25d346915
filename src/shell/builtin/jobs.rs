//! `jobs`, `fg`, `bg`, `wait`.

use bstr::{BString, ByteSlice};

use super::{Outcome, words};
use crate::exit_status::ExitStatus;
use crate::job::{Job, ProcessState};
use crate::shell::Shell;
use crate::shell::assign::is_target;
use crate::system::process::ProcessId;
use crate::system::{descriptor, signal, terminal};

pub(super) fn jobs(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "lprs") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("jobs", text)),
    };
    shell.collect_all();
    let mut status = ExitStatus::SUCCESS;
    let mut numbers = Vec::new();
    let table = shell.seen_jobs();
    if parsed.operands.is_empty() {
        numbers.extend(table.iter().filter(|job| job.background).map(|job| job.number));
    }
    let found: Vec<_> =
        parsed.operands.iter().map(|operand| (operand, table.find(operand))).collect();
    for (operand, found) in found {
        match found {
            Ok(number) => numbers.push(number),
            Err(error) => {
                status = shell.fail("jobs", format!("{operand}: {error}"));
            }
        }
    }
    let mut output = Vec::new();
    let (running, stopped) = (parsed.has(b'r'), parsed.has(b's'));
    numbers.retain(|number| {
        let is = |state: fn(&Job) -> bool| shell.seen_jobs().get(*number).is_some_and(state);
        (!running || is(|job| job.state() == ProcessState::Running))
            && (!stopped || is(Job::is_stopped))
    });
    for &number in &numbers {
        let Some(job) = shell.seen_jobs().get(number) else { continue };
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
    let parsed = match words::parse(words, if shell.posix { "" } else { "fnp:" }) {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("wait", text)),
    };
    let variable = parsed.argument(b'p').map(<[u8]>::to_vec);
    if let Some(name) = &variable {
        if !is_target(name) {
            return Ok(shell.fail("wait", [name.as_slice(), b": not a valid name"].concat()));
        }
        let target = shell.target(name).and_then(|target| shell.unset_target(&target));
        if let Err(error) = target {
            return Ok(shell.fail("wait", error.to_string()));
        }
    }
    if parsed.has(b'n') {
        return wait_for_one(shell, parsed.operands, variable.as_deref());
    }
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
        if let (Some(name), Some(id)) = (&variable, process_of(shell, operand))
            && let Err(error) = shell.assign(name, id.to_string().into())
        {
            return Ok(shell.fail("wait", error.to_string()));
        }
    }
    Ok(status)
}

/// The process that an operand of `wait` names.
fn process_of(shell: &Shell, operand: &BString) -> Option<ProcessId> {
    if operand.starts_with(b"%") {
        let number = shell.jobs.find(operand).ok()?;
        return shell.jobs.get(number)?.processes.last().map(|process| process.id);
    }
    operand.to_str().ok()?.parse().ok()
}

/// `wait -n`: until one of the jobs, or any of them, has ended.
fn wait_for_one(shell: &mut Shell, operands: &[BString], variable: Option<&[u8]>) -> Outcome {
    shell.collect_all();
    let mut numbers = Vec::new();
    for operand in operands {
        let number = if operand.starts_with(b"%") {
            shell.jobs.find(operand).ok()
        } else {
            let id = operand.to_str().ok().and_then(|text| text.parse::<ProcessId>().ok());
            id.and_then(|id| shell.jobs.with_process(id).map(|job| job.number))
        };
        match number {
            Some(number) => numbers.push(number),
            None => {
                shell.fail("wait", [operand.as_slice(), b": no such job"].concat());
            }
        }
    }
    if operands.is_empty() {
        numbers.extend(shell.jobs.iter().filter(|job| job.background).map(|job| job.number));
    }
    if numbers.is_empty() {
        return Ok(ExitStatus::NOT_FOUND);
    }
    let wanted = numbers.clone();
    let done = move |shell: &Shell| {
        wanted.iter().any(|number| shell.jobs.get(*number).is_none_or(Job::is_done))
    };
    if let Err(status) = shell.wait_for_background(done) {
        return Ok(status);
    }
    let ended =
        numbers.into_iter().find(|number| shell.jobs.get(*number).is_some_and(Job::is_done));
    let Some(job) = ended.and_then(|number| shell.jobs.remove(number)) else {
        return Ok(ExitStatus::NOT_FOUND);
    };
    if let (Some(name), Some(process)) = (variable, job.processes.last())
        && let Err(error) = shell.assign(name, process.id.to_string().into())
    {
        return Ok(shell.fail("wait", error.to_string()));
    }
    Ok(shell.job_status(&job))
}

/// `disown`: jobs that the shell forgets.
pub(super) fn disown(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "ahr") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("disown", text)),
    };
    shell.collect_all();
    let mut status = ExitStatus::SUCCESS;
    let mut numbers: Vec<usize> = Vec::new();
    if parsed.operands.is_empty() && !parsed.has(b'a') && !parsed.has(b'r') {
        match shell.jobs.find(b"%+") {
            Ok(number) => numbers.push(number),
            Err(error) => return Ok(shell.fail("disown", format!("current: {error}"))),
        }
    }
    if parsed.has(b'a') || parsed.has(b'r') {
        let running = |job: &&Job| !parsed.has(b'r') || job.state() == ProcessState::Running;
        numbers.extend(shell.jobs.iter().filter(running).map(|job| job.number));
    }
    for operand in parsed.operands {
        let id = operand.to_str().ok().and_then(|text| text.parse::<ProcessId>().ok());
        let by_id = id.and_then(|id| shell.jobs.with_process(id).map(|job| job.number));
        match by_id.map_or_else(|| shell.jobs.find(operand), Ok) {
            Ok(number) => numbers.push(number),
            Err(error) => status = shell.fail("disown", format!("{operand}: {error}")),
        }
    }
    for number in numbers {
        // With `-h` it stays in the table, and is only kept from SIGHUP.
        if parsed.has(b'h') {
            if let Some(job) = shell.jobs.get_mut(number) {
                job.changed = false;
            }
        } else {
            shell.jobs.remove(number);
        }
    }
    Ok(status)
}

/// `suspend`: stops the shell until SIGCONT.
pub(super) fn suspend(shell: &mut Shell, words: &[BString]) -> Outcome {
    let parsed = match words::parse(words, "f") {
        Ok(parsed) => parsed,
        Err(text) => return Ok(shell.misuse("suspend", text)),
    };
    if !shell.has_job_control() && !parsed.has(b'f') {
        return Ok(shell.fail("suspend", "there is no job control"));
    }
    match signal::send(0, signal::SIGSTOP) {
        Ok(()) => Ok(ExitStatus::SUCCESS),
        Err(error) => Ok(shell.fail("suspend", crate::system::message(error))),
    }
}

fn wait_for(shell: &mut Shell, operand: &BString) -> ExitStatus {
    // One that was stopped may have been killed.
    shell.collect_all();
    let number = if operand.starts_with(b"%") {
        match shell.jobs.find(operand) {
            Ok(number) => Some(number),
            Err(error) => {
                shell.fail("wait", format!("{operand}: {error}"));
                return ExitStatus::NOT_FOUND;
            }
        }
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

//! `time` (bash, Pipelines; POSIX XCU time).

use std::time::Instant;

use crate::shell::syntax::Timing;
use crate::shell::{Flow, Shell};
use crate::system::descriptor;
use crate::system::resource;

/// What is told where `TIMEFORMAT` is not set.
const FORMAT: &[u8] = b"\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";

/// What `time -p` tells.
const POSIX: &[u8] = b"real %2R\nuser %2U\nsys %2S";

/// Seconds of one pipeline.
struct Spent {
    real: f64,
    user: f64,
    system: f64,
}

impl Shell {
    /// Runs `body` and tells how long it took.
    pub(super) fn timed(&mut self, timing: Timing, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        let (started, before) = (Instant::now(), resource::times());
        let flow = body(self);
        let after = resource::times();
        let spent = Spent {
            real: started.elapsed().as_secs_f64(),
            user: after.user + after.children_user - before.user - before.children_user,
            system: after.system + after.children_system - before.system - before.children_system,
        };
        let format = match timing {
            Timing::Posix => POSIX.to_vec(),
            Timing::Format => match self.variables.get(b"TIMEFORMAT") {
                Some(format) => format.to_vec(),
                None => FORMAT.to_vec(),
            },
        };
        if !format.is_empty() {
            let mut text = told(&format, &spent);
            text.push(b'\n');
            let _ = descriptor::write_all(descriptor::STDERR, &text);
        }
        flow
    }
}

/// The format with the times in it: `%[digits][l]R`, `U`, `S`, `P`, `%%`.
fn told(format: &[u8], spent: &Spent) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digits = 3_usize;
        if let Some((digit, after)) = rest.split_first().filter(|(byte, _)| byte.is_ascii_digit()) {
            digits = usize::from(digit - b'0').min(6);
            rest = after;
        }
        let long = rest.first() == Some(&b'l');
        if long {
            rest = &rest[1..];
        }
        let Some((&letter, after)) = rest.split_first() else { break };
        rest = after;
        let seconds = match letter {
            b'R' => spent.real,
            b'U' => spent.user,
            b'S' => spent.system,
            b'P' => {
                let share = (spent.user + spent.system) / spent.real.max(1e-6) * 100.0;
                out.extend_from_slice(format!("{share:.2}").as_bytes());
                continue;
            }
            b'%' => {
                out.push(b'%');
                continue;
            }
            other => {
                out.extend_from_slice(&[b'%', other]);
                continue;
            }
        };
        let text = if long {
            let minutes = (seconds / 60.0).floor();
            format!("{minutes:.0}m{:.digits$}s", seconds - minutes * 60.0)
        } else {
            format!("{seconds:.digits$}")
        };
        out.extend_from_slice(text.as_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_bash() {
        let spent = Spent { real: 61.5, user: 0.25, system: 0.5 };
        let show = |format: &[u8]| String::from_utf8(told(format, &spent)).unwrap();
        assert_eq!(show(FORMAT), "\nreal\t1m1.500s\nuser\t0m0.250s\nsys\t0m0.500s");
        assert_eq!(show(POSIX), "real 61.50\nuser 0.25\nsys 0.50");
        assert_eq!(show(b"%0lR %P %% %R"), "1m2s 1.22 % 61.500");
    }
}

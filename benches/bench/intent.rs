//! What it costs at every key to say whether a line is a command or a request.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use bstr::BString;
use llmsh::intent::classify;
use llmsh::shell::Shell;

use super::table::Table;

/// Lines of every sort, as the tests have them.
const CASES: &str = include_str!("../../src/intent/cases.toml");

const ROUNDS: usize = 20;

/// Times of reading a line: the first time, when a program of it may be looked up in
/// the tables, and from then on.
pub(crate) fn measure() -> super::Measured {
    let cases: BTreeMap<String, Vec<String>> = toml::from_str(CASES)?;
    let lines: Vec<&String> = cases.values().flatten().collect();
    let path = (BString::from("PATH"), BString::from("/usr/bin:/bin"));
    let names = Shell::new("llmsh", std::iter::once(path)).command_names();
    let time = |line: &str| {
        let start = Instant::now();
        let exists = |path: &str| Path::new(path).exists();
        black_box(classify(line, &|word| names.contains(word), &exists));
        start.elapsed()
    };
    // The names of the commands are gathered once.
    time("ls");
    let mut first: Vec<Duration> = lines.iter().map(|line| time(line)).collect();
    let mut later: Vec<Duration> = lines
        .iter()
        .map(|line| {
            let mut times: Vec<Duration> = (0..ROUNDS).map(|_| time(line)).collect();
            times.sort_unstable();
            times[ROUNDS / 2]
        })
        .collect();
    let title = format!("Command or request, {} lines", lines.len());
    let mut table = Table::new(title, ["", "median", "95th percentile", "longest"]);
    for (label, times) in [("first time, µs", &mut first), ("later, µs", &mut later)] {
        times.sort_unstable();
        let at = |part: f64| {
            // The index is within the list, and there are lines.
            let index = ((times.len() - 1) as f64 * part) as usize;
            format!("{:.1}", times[index].as_secs_f64() * 1e6)
        };
        table.row(label, [at(0.5), at(0.95), at(1.0)]);
    }
    Ok(table)
}

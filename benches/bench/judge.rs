//! From shell text to a judged plan: what stands between the model's answer and what a
//! person sees.

use std::time::{Duration, Instant};

use bstr::BString;
use llmsh::plan::compile;
use llmsh::policy::{Places, Policy};
use llmsh::shell::Shell;

use super::table::Table;

/// Everyday commands and dangerous ones, as the tests have them.
const CORPORA: [&str; 2] = [
    include_str!("../../tests/corpus/benign.txt"),
    include_str!("../../tests/corpus/dangerous.txt"),
];

/// Times of compiling and judging a step, the first look-up of each program included.
pub(crate) fn measure() -> super::Measured {
    let directory = tempfile::tempdir()?;
    let variables = [
        ("PATH", BString::from("/usr/bin:/bin")),
        ("HOME", directory.path().as_os_str().as_encoded_bytes().into()),
    ];
    let policy = Policy::embedded(Places::new(Some(directory.path()), &[]));
    let mut shell =
        Shell::new("llmsh", variables.into_iter().map(|(name, value)| (name.into(), value)));
    shell.stand_in(directory.path().as_os_str().as_encoded_bytes());
    let mut times: Vec<Duration> = Vec::new();
    let lines = CORPORA.iter().flat_map(|corpus| corpus.lines());
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        let start = Instant::now();
        // One that names missing programs is not judged.
        let Ok(plan) = compile::compile("", line.as_bytes(), &mut shell) else { continue };
        let verdict = policy.judge(&plan);
        let steps = u32::try_from(verdict.steps.len().max(1))?;
        times.push(start.elapsed() / steps);
    }
    times.sort_unstable();
    let title = format!("Compile and judge a step, {} texts", times.len());
    let mut table = Table::new(title, ["", "median", "95th percentile", "longest"]);
    let at = |part: f64| {
        // The index is within the list, and a text is there.
        let index = ((times.len() - 1) as f64 * part) as usize;
        format!("{:.3}", times[index].as_secs_f64() * 1e3)
    };
    if times.is_empty() {
        return Err("no text of the corpora is a plan here".into());
    }
    table.row("ms", [at(0.5), at(0.95), at(1.0)]);
    Ok(table)
}

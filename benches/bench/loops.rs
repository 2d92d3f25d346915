//! What the engine itself costs: loops, forks, programs.

use super::shells::{self, Shell};
use super::startup::headings;
use super::table::Table;

const ROUNDS: usize = 5;

/// What is run, and what the table calls it.
const CASES: &[(&str, &str)] = &[
    (
        "100,000 rounds of while, [ and $((…)), s",
        "i=0; while [ \"$i\" -lt 100000 ]; do i=$((i + 1)); done",
    ),
    ("1,000 programs, s", "i=0; while [ \"$i\" -lt 1000 ]; do /bin/true; i=$((i + 1)); done"),
    (
        "1,000 command substitutions, s",
        "i=0; while [ \"$i\" -lt 1000 ]; do x=$(echo \"$i\"); i=$((i + 1)); done",
    ),
    (
        "300 pipelines of three, s",
        "i=0; while [ \"$i\" -lt 300 ]; do echo a | cat | cat; i=$((i + 1)); done",
    ),
    (
        "50,000 function calls and expansions, s",
        "f() { x=${1%.*}; }; i=0; while [ \"$i\" -lt 50000 ]; do f a.b.c; i=$((i + 1)); done",
    ),
];

/// Times of whole scripts.
pub(crate) fn measure(shells: &[Shell]) -> super::Measured {
    let headings = headings(shells);
    let title = format!("Scripts, median of {ROUNDS}");
    let mut table = Table::new(title, headings.iter().map(String::as_str));
    for (label, text) in CASES {
        let medians = shells::medians(shells, text, ROUNDS)?;
        let values: Vec<f64> = medians.iter().map(std::time::Duration::as_secs_f64).collect();
        table.ratios(label, &values, 3);
    }
    Ok(table)
}

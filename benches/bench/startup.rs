//! Start-up: from the start of the process to its end, doing nothing.

use super::shells::{self, Shell};
use super::table::Table;

const ROUNDS: usize = 300;

/// What is run, and what the table calls it.
const CASES: &[(&str, &str)] =
    &[("-c true, ms", "true"), ("-c with one program, ms", "/bin/true; :")];

/// The headings of a comparison: each shell, then the ratios.
pub(crate) fn headings(shells: &[Shell]) -> Vec<String> {
    let names = shells.iter().map(|shell| shell.name.to_owned());
    let ratios = shells.iter().skip(1).map(|shell| format!("llmsh/{}", shell.name));
    std::iter::once(String::new()).chain(names).chain(ratios).collect()
}

/// Times of a start.
pub(crate) fn measure(shells: &[Shell]) -> super::Measured {
    let headings = headings(shells);
    let title = format!("Start-up, median of {ROUNDS}");
    let mut table = Table::new(title, headings.iter().map(String::as_str));
    for (label, text) in CASES {
        let medians = shells::medians(shells, text, ROUNDS)?;
        let values: Vec<f64> = medians.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        table.ratios(label, &values, 2);
    }
    Ok(table)
}

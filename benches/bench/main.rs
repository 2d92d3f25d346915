//! `make bench`: what llmsh costs, beside `dash` and `bash` in the same run.
//!
//! These are measurements and no tests: nothing here fails because something
//! was slow. `docs/performance.md` says what each figure means and what was
//! found. Words after `--` choose sections:
//! `cargo bench --bench bench -- startup loops`.

mod intent;
mod judge;
mod loops;
mod memory;
#[cfg(feature = "llama")]
mod model;
mod shells;
mod startup;
mod table;
mod typing;
mod undo;
#[cfg(feature = "llama")]
mod worker;

use std::error::Error;
use std::io::{self, Write};

use shells::Shell;
use table::Table;

/// A measurement says why it could not be made, and the others still are.
type Measured = Result<Table, Box<dyn Error>>;

/// A heading's key and the function that fills the table under it.
type Section = (&'static str, fn(&[Shell]) -> Measured);

const SECTIONS: &[Section] = &[
    ("startup", startup::measure),
    ("memory", memory::measure),
    ("loops", loops::measure),
    ("typing", typing::measure),
    ("judge", |_| judge::measure()),
    ("intent", |_| intent::measure()),
    ("undo", |_| undo::measure()),
    #[cfg(feature = "llama")]
    ("model", |_| model::requests(&mut worker::Worker::new()?)),
    #[cfg(feature = "llama")]
    ("model", |shells| model::commands(&mut worker::Worker::new()?, &shells[0])),
    #[cfg(feature = "llama")]
    ("model", |_| model::decode(&mut worker::Worker::new()?)),
];

fn main() -> io::Result<()> {
    #[cfg(feature = "llama")]
    worker::run_if_asked();
    // Cargo itself adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let directory = tempfile::tempdir()?;
    let shells = shells::installed(directory.path())?;
    let mut out = io::stdout().lock();
    for (name, measure) in SECTIONS {
        if !wanted.is_empty() && !wanted.iter().any(|word| word == name) {
            continue;
        }
        match measure(&shells) {
            Ok(table) => writeln!(out, "{table}")?,
            Err(error) => writeln!(out, "{name}: not measured: {error}\n")?,
        }
        out.flush()?;
    }
    Ok(())
}

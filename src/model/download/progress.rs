//! How far long work is: a bar on a terminal, now and then a line elsewhere.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

use crate::model::store::StoreContext;
use crate::model::store::error::size;

/// Lines are written in steps of this many percent.
const STEP: u64 = 5;

/// Shows how far one piece of work is.
pub(in crate::model) struct Progress<'a> {
    display: Display<'a>,
    label: String,
    total: u64,
    position: u64,
}

enum Display<'a> {
    Bar(ProgressBar),
    Lines { err: &'a mut dyn Write, next_percent: u64 },
}

impl<'a> Progress<'a> {
    /// Begins at `position` of `total` bytes; `action` is what happens to the
    /// model `name`.
    pub(in crate::model) fn start(
        context: &StoreContext,
        err: &'a mut dyn Write,
        action: &str,
        name: &str,
        total: u64,
        position: u64,
    ) -> Self {
        let label = format!("{action} {name}");
        let display = if context.terminal {
            let template = "{msg} {wide_bar} {decimal_bytes}/{decimal_total_bytes} \
                            {decimal_bytes_per_sec} {eta}";
            let style = ProgressStyle::with_template(template)
                .expect("the template is fixed and was tried");
            // From here, so that rate and remaining time are those of this run.
            let bar = ProgressBar::new(total).with_position(position);
            Display::Bar(bar.with_style(style).with_message(label.clone()))
        } else {
            let next_percent = percent(position, total) / STEP * STEP + STEP;
            Display::Lines { err, next_percent }
        };
        Self { display, label, total, position }
    }

    /// The work is at `position`, or further by an earlier call.
    pub(in crate::model) fn reach(&mut self, position: u64) {
        if position <= self.position {
            return;
        }
        self.position = position;
        match &mut self.display {
            Display::Bar(bar) => bar.set_position(position),
            Display::Lines { err, next_percent } => {
                let reached = percent(position, self.total);
                if reached >= *next_percent {
                    *next_percent = reached / STEP * STEP + STEP;
                    // Progress that nobody can read is no reason to stop.
                    let _ = writeln!(err, "{}: {reached} % of {}", self.label, size(self.total));
                }
            }
        }
    }

    /// The work is done; the bar goes away.
    pub(in crate::model) fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }
}

fn percent(position: u64, total: u64) -> u64 {
    position.min(total).saturating_mul(100).checked_div(total).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(steps: &[u64], start: u64) -> String {
        let context = StoreContext::new("/nonexistent");
        let mut err = Vec::new();
        let mut progress = Progress::start(&context, &mut err, "checking", "m", 1000, start);
        for step in steps {
            progress.reach(*step);
        }
        progress.finish();
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn a_line_is_written_every_five_percent() {
        let expected =
            "checking m: 5 % of 1 kB\nchecking m: 12 % of 1 kB\nchecking m: 100 % of 1 kB\n";
        assert_eq!(lines(&[10, 50, 60, 90, 99, 120, 130, 1000], 0), expected);
    }

    #[test]
    fn a_resumed_download_does_not_repeat_lines() {
        assert_eq!(lines(&[501, 540, 550], 500), "checking m: 55 % of 1 kB\n");
    }

    #[test]
    fn progress_never_goes_back() {
        assert_eq!(lines(&[300, 200, 310], 0), "checking m: 30 % of 1 kB\n");
    }

    #[test]
    fn the_bar_can_be_drawn() {
        let mut context = StoreContext::new("/nonexistent");
        context.terminal = true;
        let mut err = Vec::new();
        let mut progress = Progress::start(&context, &mut err, "checking", "m", 1000, 0);
        progress.reach(500);
        progress.finish();
        assert!(err.is_empty());
    }
}

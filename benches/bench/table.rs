//! Results as a table that is readable as it is and is Markdown too.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// A table with a title.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column headings.
    pub(crate) fn new<'a>(
        title: impl Into<String>,
        headings: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let headings = headings.into_iter().map(str::to_owned).collect();
        Self { title: title.into(), rows: vec![headings] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, label: &str, cells: impl IntoIterator<Item = String>) {
        self.rows.push(std::iter::once(label.to_owned()).chain(cells).collect());
    }

    /// Adds a row of figures, the first of them llmsh's, and after them what
    /// llmsh needs in relation to each of the others.
    pub(crate) fn ratios(&mut self, label: &str, values: &[f64], decimals: usize) {
        let own = values.first().copied().unwrap_or_default();
        let figures = values.iter().map(|value| format!("{value:.decimals$}"));
        let ratios = values.iter().skip(1).map(|value| format!("{:.2}", own / value));
        self.row(label, figures.chain(ratios));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
        let width = |column: usize| {
            self.rows.iter().map(|row| cell(row, column).width()).max().unwrap_or_default()
        };
        writeln!(formatter, "### {}\n", self.title)?;
        for (number, row) in self.rows.iter().enumerate() {
            for column in 0..columns {
                let text = cell(row, column);
                let space = " ".repeat(width(column) - text.width());
                // Words to the left, figures to the right.
                match column {
                    0 => write!(formatter, "| {text}{space} ")?,
                    _ => write!(formatter, "| {space}{text} ")?,
                }
            }
            writeln!(formatter, "|")?;
            if number == 0 {
                for column in 0..columns {
                    let end = if column == 0 { '-' } else { ':' };
                    write!(formatter, "| {}{end} ", "-".repeat(width(column).max(2) - 1))?;
                }
                writeln!(formatter, "|")?;
            }
        }
        Ok(())
    }
}

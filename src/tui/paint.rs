//! Lines painted where the cursor is, and painted over in place.
//!
//! ratatui's own inline viewport asks the terminal where the cursor is: a terminal
//! that does not answer holds it up for seconds, and what is typed meanwhile gets
//! into the answer. Here the cursor only ever moves from where it is known to be,
//! so nothing above the first line is touched.

use std::fmt::Write as _;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

/// Whether the person has nothing against colours (<https://no-color.org>).
#[must_use]
pub fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// What stands on the terminal.
#[derive(Debug, Default)]
pub struct Painter {
    /// The rows as they were written; the cursor is behind the last one.
    rows: Vec<String>,
}

impl Painter {
    /// What is to be written so that these lines stand there, the cursor behind the
    /// last one. No line may be wider than the terminal, and all of them must fit.
    #[must_use]
    pub fn paint(&mut self, lines: &[Line<'_>]) -> String {
        let rows: Vec<String> = lines.iter().map(row).collect();
        if rows == self.rows {
            return String::new();
        }
        let mut text = String::from("\x1b[?25l");
        if rows.len() < self.rows.len() {
            text.push_str(&self.clear());
        } else {
            text.push_str(&self.to_top());
        }
        let last = rows.len().saturating_sub(1);
        for (index, row) in rows.iter().enumerate() {
            // The cursor must come to stand behind the last one.
            if index == last || self.rows.get(index) != Some(row) {
                // Not after the row: at the margin that would erase its last column.
                text.push_str("\x1b[2K");
                text.push_str(row);
            }
            if index < last {
                text.push_str("\r\n");
            }
        }
        text.push_str("\x1b[?25h");
        self.rows = rows;
        text
    }

    /// What is to be written so that nothing of it is left and the cursor is where
    /// it was before.
    #[must_use]
    pub fn clear(&mut self) -> String {
        let mut text = self.to_top();
        text.push_str("\x1b[J");
        self.rows.clear();
        text
    }

    fn to_top(&self) -> String {
        match self.rows.len() {
            0 | 1 => "\r".to_owned(),
            rows => format!("\r\x1b[{}A", rows - 1),
        }
    }
}

/// A line with the sequences for its styles.
fn row(line: &Line<'_>) -> String {
    let mut text = String::new();
    for span in &line.spans {
        let codes = codes(line.style.patch(span.style));
        if codes.is_empty() {
            text.push_str(&span.content);
        } else {
            let _ = write!(text, "\x1b[{codes}m{}\x1b[0m", span.content);
        }
    }
    text
}

/// The numbers of SGR: the terminal's own colours, and what needs none.
fn codes(style: Style) -> String {
    let mut codes = Vec::new();
    for (modifier, code) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
    ] {
        if style.add_modifier.contains(modifier) {
            codes.push(code);
        }
    }
    codes.extend(match style.fg {
        Some(Color::Red) => Some(31),
        Some(Color::Green) => Some(32),
        Some(Color::Yellow) => Some(33),
        Some(Color::Cyan) => Some(36),
        _ => None,
    });
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use ratatui::style::Stylize;
    use ratatui::text::Span;

    use super::*;

    fn lines(texts: &[&str]) -> Vec<Line<'static>> {
        texts.iter().map(|text| Line::from((*text).to_owned())).collect()
    }

    fn parser() -> vt100::Parser {
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        vt100::Parser::new(size(6), size(10), 100)
    }

    fn screen(parser: &vt100::Parser) -> String {
        parser.screen().contents()
    }

    #[test]
    fn it_grows_and_shrinks_and_leaves_what_is_above() {
        let mut parser = parser();
        let mut painter = Painter::default();
        parser.process(b"one\r\ntwo\r\nthree\r\n");
        for texts in
            [&["a", "b"][..], &["a", "c", "0123456789"], &["d"], &["e", "目录目录目", "f", "g"]]
        {
            parser.process(painter.paint(&lines(texts)).as_bytes());
            assert!(screen(&parser).ends_with(&texts.join("\n")), "{}", screen(&parser));
        }
        assert_eq!(screen(&parser), "two\nthree\ne\n目录目录目\nf\ng");
        parser.process(painter.clear().as_bytes());
        assert_eq!(screen(&parser), "two\nthree");
        parser.screen_mut().set_scrollback(10);
        assert_eq!(screen(&parser), "one\ntwo\nthree");
    }

    #[test]
    fn the_cursor_is_behind_the_last_line_and_nothing_is_written_twice() {
        let mut parser = parser();
        let mut painter = Painter::default();
        parser.process(painter.paint(&lines(&["same", "one"])).as_bytes());
        let second = painter.paint(&lines(&["same", "three"]));
        assert!(!second.contains("same"), "{second:?}");
        parser.process(second.as_bytes());
        assert_eq!(parser.screen().cursor_position(), (1, 5));
        assert_eq!(screen(&parser), "same\nthree");
        assert_eq!(painter.paint(&lines(&["same", "three"])), "");
    }

    #[test]
    fn styles_become_the_terminals_own_colours() {
        let line = Line::from(vec![Span::raw("a"), "b".red().bold(), "c".dim()]);
        assert_eq!(row(&line), "a\x1b[1;31mb\x1b[0m\x1b[2mc\x1b[0m");
    }
}

//! The view as lines of text.

use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::graph::{self, Row};
use super::{Mode, Purpose, View, named, words};
use crate::escape::{safe_lines, visible, visible_lines};
use crate::plan::Step;
use crate::plan::effect::{Reversal, Risk};
use crate::policy::Decision;
use crate::review::fact::{self, Kind, Measure};
use crate::wrap::{columns, wrap};

/// Narrower than this nothing is laid out.
pub(super) const NARROWEST: usize = 10;

/// From here on there is room for more blanks.
const ROOMY: usize = 40;

/// How much is said about a step that is not opened.
const MEASURE: Measure = Measure { names: 3, warnings: 3 };

/// How many rows of a text that is typed are seen.
const INPUT_ROWS: usize = 3;

/// The steps as lines, and which of these belong to which place in the order.
pub(super) struct Body {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) steps: Vec<Range<usize>>,
}

impl View {
    /// The lines as they are to stand on the terminal: at most as many as fit. The
    /// cursor belongs behind the last one.
    #[must_use]
    pub fn lines(&self) -> Vec<Line<'static>> {
        let (mut header, footer) = (self.header(), self.footer());
        let room = self.room(header.len(), footer.len());
        let (lines, top) = match &self.mode {
            Mode::Text { text, top, .. } => (self.text_lines(text), *top),
            Mode::Steps | Mode::Input { .. } => (self.body().lines, self.top),
        };
        let top = top.min(lines.len().saturating_sub(room));
        let shown = lines.len().min(top + room);
        if shown - top < lines.len() {
            let place = Span::raw(format!("  {}-{shown}/{}", top + 1, lines.len()));
            let fits = |line: &&mut Line<'_>| line.width() + place.width() <= self.width;
            if let Some(line) = header.iter_mut().rev().find(fits) {
                line.push_span(place);
            }
        }
        let body = lines.into_iter().skip(top).take(room);
        let mut all: Vec<Line<'static>> = header.into_iter().chain(body).chain(footer).collect();
        // On a terminal of a few rows the question is what must stand there.
        all.drain(..all.len().saturating_sub(self.height));
        all
    }

    /// How many rows there are for the steps.
    fn room(&self, header: usize, footer: usize) -> usize {
        self.height.saturating_sub(header + footer).max(1)
    }

    /// How many rows there are for the steps just now.
    pub(super) fn page(&self) -> usize {
        self.room(self.header().len(), self.footer().len())
    }

    /// The plan in one line: it is seen however long the plan is.
    fn header(&self) -> Vec<Line<'static>> {
        if matches!(self.mode, Mode::Text { .. }) {
            return Vec::new();
        }
        let language = self.language();
        let steps: Vec<&Step> =
            self.arrangement.kept().map(|step| &self.plan.steps[step]).collect();
        let unit = if steps.len() == 1 { words::STEP } else { words::STEPS };
        // How many of several steps a word is about.
        let of = |count: usize| match steps.len() {
            1 => String::new(),
            all => language.choose(format!(" ({count} of {all})"), format!(" {count}/{all}")),
        };
        let mut parts = vec![format!("{} {}", steps.len(), unit.of(language))];
        for risk in [Risk::Privilege, Risk::Delete, Risk::Unknown] {
            let count = steps.iter().filter(|step| step.effects.risk() == risk).count();
            if count > 0 {
                parts.push(format!("{}{}", fact::risk_word(risk, language), of(count)));
            }
        }
        let lost = |step: &&&Step| matches!(step.reversal, Reversal::No(_) | Reversal::Partly(_));
        let lost = steps.iter().filter(lost).count();
        if lost > 0 {
            parts.push(format!("{}{}", words::NO_UNDO.of(language), of(lost)));
        } else if steps.iter().any(|step| step.reversal == Reversal::Full) {
            parts.push(words::ALL_UNDO.of(language).to_owned());
        }
        let loud = steps.iter().any(|step| fact::stands_out(step.effects.risk()));
        let style = if loud { self.loud() } else { self.bold() };
        let mut lines: Vec<Line<'static>> = wrap(&parts.join(" | "), self.width)
            .into_iter()
            .map(|text| styled(text, style))
            .collect();
        for (text, warns) in fact::of_plan(&self.plan) {
            let style = if warns { self.notice() } else { Style::new() };
            lines.extend(wrap(&text, self.width).into_iter().map(|text| styled(text, style)));
        }
        lines
    }

    /// All steps.
    pub(super) fn body(&self) -> Body {
        let order = self.arrangement.order();
        let mut places = vec![0; order.len()];
        for (place, step) in order.iter().enumerate() {
            places[*step] = place;
        }
        let needs: Vec<Vec<usize>> = order
            .iter()
            .map(|step| {
                let needs = &self.plan.steps[*step].needs;
                needs.iter().filter_map(|need| places.get(need.step - 1).copied()).collect()
            })
            .collect();
        let loud: Vec<bool> = order
            .iter()
            .map(|step| fact::stands_out(self.plan.steps[*step].effects.risk()))
            .collect();
        let rows = graph::gutter(&needs, &loud, self.look.ascii);
        let mut body = Body { lines: Vec::new(), steps: Vec::with_capacity(order.len()) };
        for (place, row) in rows.iter().enumerate() {
            let from = body.lines.len();
            body.lines.extend(self.step_lines(place, row));
            body.steps.push(from..body.lines.len());
        }
        body
    }

    fn step_lines(&self, place: usize, row: &Row) -> Vec<Line<'static>> {
        let index = self.step_at(place);
        let step = &self.plan.steps[index];
        let language = self.language();
        let on = self.arrangement.is_on(index);
        let selected = place == self.selected;
        let digits = self.plan.steps.len().to_string().len();
        let drawn = row.head.chars().count();
        // On a narrow terminal the words say what is needed.
        let (head, below) = if drawn * 5 <= self.width {
            (format!("{} ", row.head), format!("{} ", row.below))
        } else {
            (String::new(), String::new())
        };
        let mark = if selected { '>' } else { ' ' };
        let gap = if self.width < ROOMY { " " } else { "  " };
        let first = format!("{mark}{head}{:>digits$}{gap}", step.id);
        let other = format!(" {below}{:digits$}{gap}", "");
        let room = self.width.saturating_sub(columns(&first)).max(2);
        let mut lines = Vec::new();
        let mut command = visible_lines(&step.command);
        if !on {
            command = format!("{} {command}", words::OFF.of(language));
        }
        let style = match (on, selected) {
            (false, _) => self.dim(),
            (true, true) => self.chosen(),
            (true, false) => self.bold(),
        };
        let names = if on { named::names(&self.plan) } else { Vec::new() };
        for (index, text) in wrap(&command, room).into_iter().enumerate() {
            let prefix = if index == 0 { &first } else { &other };
            let mut spans = vec![Span::raw(prefix.clone())];
            spans.extend(named::spans(text, &names, style, self.underlined()));
            lines.push(Line::from(spans));
        }
        if !on {
            return lines;
        }
        let mut tell = |indent: &str, text: &str, style: Style| {
            let room = room.saturating_sub(columns(indent)).max(2);
            for text in wrap(text, room) {
                let text = text.trim().to_owned();
                if text.is_empty() {
                    continue;
                }
                let prefix = Span::raw(format!("{other}{indent}"));
                lines.push(Line::from(vec![prefix, Span::styled(text, style)]));
            }
        };
        for fact in fact::facts(step, language, MEASURE) {
            tell("", &fact.text, self.style(fact.kind));
        }
        if self.explained.contains(&index) {
            if step.notes.is_empty() {
                tell("  ", words::NO_NOTES.of(language), self.dim());
            }
            for note in &step.notes {
                let meaning = safe_lines(note.meaning.as_bytes());
                tell("  ", &format!("{}  {meaning}", visible(&note.text)), Style::new());
            }
        }
        if self.expanded.contains(&index) {
            let all = fact::DEEDS.map(|deed| (deed, step.effects.paths(deed).collect::<Vec<_>>()));
            if all.iter().all(|(_, paths)| paths.is_empty()) {
                tell("  ", words::NO_PATHS.of(language), self.dim());
            }
            for (deed, paths) in all.into_iter().filter(|(_, paths)| !paths.is_empty()) {
                let verb = fact::deed_words(deed, language);
                tell("  ", &format!("{verb} ({}):", paths.len()), Style::new());
                for path in paths {
                    tell("    ", &fact::path_text(path), Style::new());
                }
            }
        }
        lines
    }

    /// The message, and the question or what is typed.
    fn footer(&self) -> Vec<Line<'static>> {
        let language = self.language();
        let mut lines = Vec::new();
        if let Some(message) = &self.message {
            let message = wrap(&safe_lines(message.as_bytes()), self.width);
            lines.extend(message.into_iter().map(|text| styled(text, self.notice())));
        }
        match &self.mode {
            Mode::Text { changes: true, .. } if self.armed => {
                let [long, short] = words::MAKE.map(|form| form.of(language));
                lines.push(Line::from(if columns(long) < self.width { long } else { short }));
            }
            Mode::Text { changes: true, .. } => {}
            Mode::Text { .. } => lines.push(Line::from(words::CLOSE.of(language))),
            Mode::Steps if !self.armed => {}
            Mode::Steps => {
                let forms = if self.ruling.decision == Decision::Forbid {
                    words::REFUSED
                } else {
                    words::QUESTION
                };
                let texts = forms.map(|form| form.of(language));
                let fits = texts.iter().find(|text| columns(text) < self.width);
                lines.push(Line::from(*fits.unwrap_or(&texts[2])));
            }
            Mode::Input { purpose, text } => {
                let prompt = match purpose {
                    Purpose::Confirm(_) => words::TYPE_YES,
                    Purpose::Change => words::CHANGE,
                };
                let text = visible(text.as_bytes());
                let rows = wrap(&format!("{}{text}", prompt.of(language)), self.width);
                let hidden = rows.len().saturating_sub(INPUT_ROWS);
                lines.extend(rows.into_iter().skip(hidden).map(Line::from));
            }
        }
        lines
    }

    /// A text that is read.
    pub(super) fn text_lines(&self, text: &str) -> Vec<Line<'static>> {
        let text = safe_lines(text.replace('\t', "    ").trim_end().as_bytes());
        wrap(&text, self.width).into_iter().map(Line::from).collect()
    }

    fn style(&self, kind: Kind) -> Style {
        match kind {
            Kind::Explanation => Style::new(),
            Kind::Effects(risk) => match risk {
                Risk::Read => self.coloured(Color::Green),
                Risk::Write => self.coloured(Color::Cyan),
                Risk::Outside | Risk::Unknown => self.coloured(Color::Yellow),
                Risk::Delete | Risk::Privilege => self.loud(),
            },
            Kind::NoUndo | Kind::Warning => self.notice(),
        }
    }

    fn coloured(&self, colour: Color) -> Style {
        if self.look.colour { Style::new().fg(colour) } else { Style::new() }
    }

    fn modified(&self, modifier: Modifier) -> Style {
        if self.look.colour { Style::new().add_modifier(modifier) } else { Style::new() }
    }

    fn loud(&self) -> Style {
        self.coloured(Color::Red).patch(self.bold())
    }

    fn notice(&self) -> Style {
        self.coloured(Color::Yellow)
    }

    fn bold(&self) -> Style {
        self.modified(Modifier::BOLD)
    }

    fn underlined(&self) -> Style {
        self.modified(Modifier::UNDERLINED)
    }

    fn dim(&self) -> Style {
        self.modified(Modifier::DIM)
    }

    fn chosen(&self) -> Style {
        self.modified(Modifier::BOLD | Modifier::REVERSED)
    }
}

fn styled(text: String, style: Style) -> Line<'static> {
    Line::from(Span::styled(text.trim_end().to_owned(), style))
}

//! A plan as text: for a terminal's scrollback, a pipe or a log.

use unicode_width::UnicodeWidthChar;

use crate::escape::{visible, visible_lines};
use crate::language::Language;
use crate::plan::effect::{Effects, Risk};
use crate::plan::{Plan, Step, Why};

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// The terminal's own colours may be used.
    pub colour: bool,
}

/// How many paths of a kind are named.
const NAMES: usize = 3;

/// The plan, ending in a newline.
#[must_use]
pub fn render(plan: &Plan, style: Style) -> String {
    let mut output = String::new();
    let digits = plan.steps.len().to_string().len();
    for step in &plan.steps {
        render_step(step, plan.language, digits, style, &mut output);
    }
    output
}

fn render_step(step: &Step, language: Language, digits: usize, style: Style, output: &mut String) {
    let indent = digits + 3;
    let margin = " ".repeat(indent);
    let risk = step.effects.risk();
    let number = format!(" {:>digits$}  ", step.id);
    let command = visible_lines(&step.command);
    for (index, line) in wrap(&command, style.width.saturating_sub(indent)).iter().enumerate() {
        output.push_str(if index == 0 { &number } else { &margin });
        output.push_str(&paint(line, "1", style));
        output.push('\n');
    }
    let mut facts = vec![(step.explanation.clone(), None)];
    facts.push((summary(step, language), Some(colour(risk))));
    facts.extend(
        step.warnings.iter().take(NAMES).map(|warning| (format!("! {warning}"), Some("33"))),
    );
    if step.warnings.len() > NAMES {
        facts.push((format!("! and {} more warnings", step.warnings.len() - NAMES), Some("33")));
    }
    if let Some(reason) = &step.effects.forbidden {
        facts.push((format!("! refused: {reason}"), Some("31")));
    }
    for (text, colour) in facts {
        for line in wrap(&text, style.width.saturating_sub(indent)) {
            output.push_str(&margin);
            output.push_str(&match colour {
                Some(colour) => paint(&line, colour, style),
                None => line,
            });
            output.push('\n');
        }
    }
}

/// The risk word with what is touched and what the step needs.
fn summary(step: &Step, language: Language) -> String {
    let mut parts = vec![step.effects.risk().word(language).to_owned()];
    let effects: &Effects = &step.effects;
    for (verb, paths) in [
        ("reads", &effects.reads),
        ("creates", &effects.creates),
        ("changes", &effects.changes),
        ("moves", &effects.moves),
        ("deletes", &effects.deletes),
    ] {
        if paths.is_empty() {
            continue;
        }
        let names: Vec<String> = paths
            .iter()
            .take(NAMES)
            .map(|path| visible(path.as_os_str().as_encoded_bytes()))
            .collect();
        let more = if paths.len() > NAMES {
            format!(" and {} more", paths.len() - NAMES)
        } else {
            String::new()
        };
        parts.push(format!("{verb} {}{more}", names.join(", ")));
    }
    if !effects.signals.is_empty() {
        let list: Vec<String> = effects.signals.iter().map(ToString::to_string).collect();
        parts.push(format!("signals process {}", list.join(", ")));
    }
    if effects.environment {
        parts.push("changes directory or variables".to_owned());
    }
    if effects.network {
        parts.push("uses the network".to_owned());
    }
    let needs: Vec<String> = step
        .needs
        .iter()
        .map(|need| match need.why {
            Why::Success => format!("{} to succeed", need.step),
            Why::Effect | Why::Environment => need.step.to_string(),
        })
        .collect();
    if !needs.is_empty() {
        parts.push(format!("needs step {}", needs.join(", ")));
    }
    parts.join(" | ")
}

fn colour(risk: Risk) -> &'static str {
    match risk {
        Risk::Read => "32",
        Risk::Write => "36",
        Risk::Outside | Risk::Unknown => "33",
        Risk::Delete | Risk::Privilege | Risk::Forbidden => "1;31",
    }
}

fn paint(text: &str, code: &str, style: Style) -> String {
    if style.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

/// Breaks text into lines of at most `width` columns, at blanks where there are
/// any. Nothing is dropped but the blank at which a line breaks.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut columns = 0;
        for word in paragraph.split_inclusive(' ') {
            let size = columns_of(word.trim_end_matches(' '));
            if columns > 0 && columns + size > width {
                lines.push(line.trim_end_matches(' ').to_owned());
                line.clear();
                columns = 0;
            }
            for character in word.chars() {
                let size = character.width().unwrap_or(0);
                if columns + size > width && character != ' ' {
                    lines.push(std::mem::take(&mut line));
                    columns = 0;
                }
                line.push(character);
                columns += size;
            }
        }
        lines.push(line.trim_end_matches(' ').to_owned());
    }
    lines
}

fn columns_of(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(effects: Effects) -> Step {
        Step {
            id: 1,
            operation: crate::plan::operation::Operation::Run,
            command: "x\u{1b}[2J \u{202e}y".into(),
            tree: crate::shell::syntax::List::default(),
            programs: Vec::new(),
            bindings: Vec::new(),
            needs: vec![crate::plan::Need { step: 1, why: Why::Success }],
            effects,
            extent: None,
            reversal: crate::plan::effect::Reversal::Nothing,
            explanation: "Does it".to_owned(),
            notes: Vec::new(),
            warnings: (1..=5).map(|number| format!("warning {number}")).collect(),
        }
    }

    #[test]
    fn every_effect_is_shown_and_nothing_raw() {
        let paths = |names: &str| names.split(' ').map(Into::into).collect::<Vec<_>>();
        let effects = Effects {
            reads: paths("/r"),
            creates: paths("/c"),
            changes: paths("/h"),
            moves: paths("/m"),
            deletes: paths("/d1 /d2 /d3 /d4"),
            within: paths("/w"),
            deletes_unlisted: true,
            things: Vec::new(),
            lost_things: Vec::new(),
            signals: vec![42],
            network: true,
            privilege: true,
            environment: true,
            unknown: Some("why".to_owned()),
            forbidden: Some("it would end the world".to_owned()),
        };
        let plan = Plan {
            request: String::new(),
            text: "".into(),
            language: Language::English,
            steps: vec![step(effects)],
        };
        let expected = r" 1  x\x1b[2J \u{202e}y
    Does it
    FORBIDDEN | reads /r | creates /c | changes /h | moves /m | deletes /d1,
    /d2, /d3 and 1 more | signals process 42 | changes directory or variables |
    uses the network | needs step 1 to succeed
    ! warning 1
    ! warning 2
    ! warning 3
    ! and 2 more warnings
    ! refused: it would end the world
";
        let expected = expected.replace(r"\\", r"\");
        assert_eq!(render(&plan, Style { width: 80, colour: false }), expected);
    }

    #[test]
    fn without_colour_there_is_no_escape_and_with_it_the_text_is_the_same() {
        let plan = Plan {
            request: String::new(),
            text: "".into(),
            language: Language::English,
            steps: vec![step(Effects::default())],
        };
        let plain = render(&plan, Style { width: 40, colour: false });
        let coloured = render(&plan, Style { width: 40, colour: true });
        assert!(!plain.contains('\x1b') && coloured.contains('\x1b'));
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once("\x1b[") {
            stripped.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        stripped.push_str(rest);
        assert_eq!(stripped, plain);
    }

    #[test]
    fn lines_break_at_blanks_and_count_columns() {
        assert_eq!(wrap("one two three four", 10), ["one two", "three four"]);
        assert_eq!(wrap("目录目录目录目录", 10), ["目录目录目", "录目录"]);
        assert_eq!(wrap("abcdefghijklm", 10), ["abcdefghij", "klm"]);
    }
}

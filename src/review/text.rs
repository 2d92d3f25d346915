//! A plan as text: for a terminal's scrollback, a pipe or a log.

use super::fact::{self, Kind, Measure};
use crate::escape::visible_lines;
use crate::language::Language;
use crate::plan::effect::Risk;
use crate::plan::{Plan, Step};
use crate::wrap::wrap;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// The terminal's own colours may be used.
    pub colour: bool,
}

/// A plan is read at a glance.
const MEASURE: Measure = Measure { names: 3, warnings: 3 };

/// Narrower than this nothing can be laid out.
const NARROWEST: usize = 10;

/// The plan, ending in a newline.
#[must_use]
pub fn render(plan: &Plan, style: Style) -> String {
    let mut output = String::new();
    for (text, warns) in fact::of_plan(plan) {
        for line in wrap(&text, style.width.saturating_sub(1).max(NARROWEST)) {
            output.push_str(&paint(line.trim_end(), if warns { "33" } else { "2" }, style));
            output.push('\n');
        }
    }
    let digits = plan.steps.len().to_string().len();
    for step in &plan.steps {
        render_step(step, plan.language, digits, style, &mut output);
    }
    output
}

fn render_step(step: &Step, language: Language, digits: usize, style: Style, output: &mut String) {
    let indent = digits + 3;
    let margin = " ".repeat(indent);
    let number = format!(" {:>digits$}  ", step.id);
    let command = visible_lines(&step.command);
    let width = style.width.saturating_sub(indent).max(NARROWEST);
    for (index, line) in wrap(&command, width).iter().enumerate() {
        output.push_str(if index == 0 { &number } else { &margin });
        output.push_str(&paint(line.trim_end(), "1", style));
        output.push('\n');
    }
    for fact in fact::facts(step, language, MEASURE) {
        let colour = match fact.kind {
            Kind::Explanation => None,
            Kind::Effects(risk) => Some(colour(risk)),
            Kind::NoUndo | Kind::Warning => Some("33"),
        };
        for line in wrap(&fact.text, width) {
            if line.trim().is_empty() {
                continue;
            }
            output.push_str(&margin);
            output.push_str(&match colour {
                Some(colour) => paint(line.trim(), colour, style),
                None => line.trim().to_owned(),
            });
            output.push('\n');
        }
    }
}

fn colour(risk: Risk) -> &'static str {
    match risk {
        Risk::Read => "32",
        Risk::Write => "36",
        Risk::Outside | Risk::Unknown => "33",
        Risk::Delete | Risk::Privilege => "1;31",
    }
}

fn paint(text: &str, code: &str, style: Style) -> String {
    if style.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::effect::{Act, Deed, Effects, Extent, Reversal};
    use crate::plan::{Need, Why};
    use crate::program::Thing;

    fn step(effects: Effects) -> Step {
        Step {
            id: 1,
            operation: crate::plan::operation::Operation::Run,
            command: "x\u{1b}[2J \u{202e}y".into(),
            tree: crate::shell::syntax::List::default(),
            programs: Vec::new(),
            located: Vec::new(),
            suspected: Vec::new(),
            bindings: Vec::new(),
            needs: vec![Need { step: 1, why: Why::Success }],
            effects,
            pins: Vec::new(),
            extent: Some(Extent { files: 3, directories: 1, bytes: 2048, more: true }),
            reversal: Reversal::No("it is gone".to_owned()),
            explanation: "Does it".to_owned(),
            notes: Vec::new(),
            warnings: (1..=5).map(|number| format!("warning {number}")).collect(),
        }
    }

    fn worst() -> Effects {
        let to = |deed, path: &str| Act::To(deed, path.into());
        let mut effects: Effects = vec![
            to(Deed::Reads, "/r"),
            to(Deed::Creates, "/c"),
            to(Deed::Changes, "/h"),
            to(Deed::Moves, "/m"),
            to(Deed::Deletes, "/d1"),
            to(Deed::Deletes, "/d2"),
            to(Deed::Deletes, "/d3"),
            to(Deed::Deletes, "/d4"),
            to(Deed::Within, "/w"),
            Act::ChangesUnlisted,
            Act::DeletesUnlisted,
            Act::Alters(Thing::Containers),
            Act::Alters(Thing::Repository),
            Act::Loses(Thing::Images),
            Act::Signals(42),
            Act::Network,
            Act::Privilege,
            Act::Environment,
            Act::Exhausts,
            Act::Unknown("why".to_owned()),
        ]
        .into();
        effects.suspect(vec![to(Deed::Deletes, "/p")].into());
        effects
    }

    fn plan(language: Language, step: Step) -> Plan {
        Plan {
            request: String::new(),
            text: "".into(),
            language,
            mends: Vec::new(),
            refines: None,
            mentions: Vec::new(),
            doubts: Vec::new(),
            steps: vec![step],
        }
    }

    #[test]
    fn every_effect_is_shown_and_nothing_raw() {
        let plan = plan(Language::English, step(worst()));
        let expected = r" 1  x\x1b[2J \u{202e}y
    Does it
    !! PRIVILEGED | deletes more than 3 files, 1 directory, 2.0 kB: /d1, /d2,
    /d3 and 1 more | moves /m | changes /h | creates /c | changes files within
    /w | reads /r | removes container images | changes containers, the git
    repository | signals process 42 | changes what is not listed | deletes what
    is not listed | uses the network | asks for privileges | changes directory
    or variables | starts processes without end | may do more: why | possibly
    deletes /p | needs step 1 to succeed
    can NOT be undone: it is gone
    ! warning 1
    ! warning 2
    ! warning 3
    ! and 2 more warnings
";
        assert_eq!(render(&plan, Style { width: 80, colour: false }), expected);
    }

    #[test]
    fn it_is_said_in_chinese() {
        let mut step = step(worst());
        step.warnings.clear();
        step.reversal = Reversal::Partly("时间".to_owned());
        let expected = r" 1  x\x1b[2J \u{202e}y
    Does it
    !!【特权】 | 删除 超过 3 个文件、1 个目录、2.0 kB：/d1、/d2、/d3 等 4 个 |
    移走 /m | 改动 /h | 新建 /c | 改动目录内的文件 /w | 读取 /r | 移除容器镜像 |
    改动容器、git 仓库 | 向进程 42 发信号 | 会改动未列出的内容 |
    会删除未列出的内容 | 使用网络 | 需要特权 | 改变目录或变量 | 无休止地启动进程
    | 可能还有其他影响：why | 可能删除 /p | 依赖步骤 1 成功
    只能【部分】撤销：时间
";
        let plan = plan(Language::Chinese, step);
        assert_eq!(render(&plan, Style { width: 80, colour: false }), expected);
    }

    #[test]
    fn no_text_reaches_the_terminal_unescaped() {
        let mut step = step(Effects::unknown("a\u{1b}[31m"));
        step.explanation = "b\u{202e}".to_owned();
        step.reversal = Reversal::No("c\u{9b}".to_owned());
        step.warnings = vec!["d\u{7}".to_owned()];
        let text = render(&plan(Language::English, step), Style { width: 80, colour: false });
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn without_colour_there_is_no_escape_and_with_it_the_text_is_the_same() {
        let plan = plan(Language::English, step(Effects::default()));
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
}

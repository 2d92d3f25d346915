//! What a person is told about a step, in their language: the same for every
//! front end that shows text.

use std::path::Path;

use crate::escape::{safe_lines, visible};
use crate::language::Language;
use crate::plan::effect::{Act, Deed, Extent, Reversal, Risk};
use crate::plan::hold::Mend;
use crate::plan::{Plan, Step, Why};

/// What a sentence is about, which decides how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the step does.
    Explanation,
    /// The risk, and what is touched.
    Effects(Risk),
    /// That it cannot be undone, or not all of it.
    NoUndo,
    /// What to know before saying yes.
    Warning,
}

/// A sentence about a step, safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub kind: Kind,
    /// The sentence.
    pub text: String,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// How many paths of a kind are named.
    pub names: usize,
    /// How many warnings are given.
    pub warnings: usize,
}

/// The mark of a step that deletes, asks for privileges or is refused: it is seen
/// without colour, too.
pub const MARK: &str = "!!";

/// Whether a risk stands out.
#[must_use]
pub fn stands_out(risk: Risk) -> bool {
    risk >= Risk::Delete
}

/// The word for a risk, with [`MARK`] where it stands out.
#[must_use]
pub fn risk_word(risk: Risk, language: Language) -> String {
    let word = risk.word(language);
    let space = language.choose(" ", "");
    if stands_out(risk) { format!("{MARK}{space}{word}") } else { word.to_owned() }
}

/// The most changed names that are told.
const MAX_MENDS: usize = 3;

/// What a person is told about the plan as a whole, and whether it is a warning: where
/// it may not be what was asked for, and what llmsh has put right in it.
#[must_use]
pub fn of_plan(plan: &Plan) -> Vec<(String, bool)> {
    let doubts = plan.doubts.iter().map(|doubt| (safe_lines(doubt.as_bytes()), true));
    let mut told: Vec<(String, bool)> = Vec::new();
    if let Some(before) = &plan.refines {
        let before = visible(before.as_bytes());
        let text = plan
            .language
            .choose(format!("goes on with: {before}"), format!("接着上一个请求：{before}"));
        told.push((text, false));
    }
    told.extend(doubts);
    let mut mends: Vec<&Mend> = Vec::new();
    for mend in &plan.mends {
        if !mends.contains(&mend) {
            mends.push(mend);
        }
    }
    for mend in mends.into_iter().take(MAX_MENDS) {
        let (from, to) = (visible(mend.from.as_bytes()), visible(mend.to.as_bytes()));
        if mend.from.is_empty() {
            let added = plan.language.choose("added: ", "已补上：");
            told.push((format!("{added}{to}"), false));
            continue;
        }
        let text = match (mend.to.is_empty(), plan.language) {
            (true, Language::English) => format!("left out: {from}"),
            (true, Language::Chinese) => format!("已去掉：{from}"),
            (false, Language::English) => format!("{to} stands for {from}"),
            (false, Language::Chinese) => format!("{from} 已换成 {to}"),
        };
        told.push((text, false));
    }
    told
}

/// What a person is told about a step.
#[must_use]
pub fn facts(step: &Step, language: Language, measure: Measure) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut tell = |kind, text: String| facts.push(Fact { kind, text });
    let safe = |text: &str| safe_lines(text.as_bytes());
    let effects = &step.effects;
    if !step.explanation.is_empty() {
        tell(Kind::Explanation, safe(&step.explanation));
    }
    tell(Kind::Effects(effects.risk()), summary(step, language, measure.names));
    match &step.reversal {
        // The effects say so in passing.
        Reversal::Nothing | Reversal::Full => {}
        Reversal::Partly(rest) => {
            let words = language.choose("can be undone in PART: ", "只能【部分】撤销：");
            tell(Kind::NoUndo, format!("{words}{}", safe(rest)));
        }
        Reversal::No(reason) => {
            let words = language.choose("can NOT be undone: ", "【无法】撤销：");
            tell(Kind::NoUndo, format!("{words}{}", safe(reason)));
        }
    }
    for warning in step.warnings.iter().take(measure.warnings) {
        tell(Kind::Warning, format!("! {}", safe(warning)));
    }
    let more = step.warnings.len().saturating_sub(measure.warnings);
    if more > 0 {
        let text =
            language.choose(format!("! and {more} more warnings"), format!("! 另有 {more} 条警告"));
        tell(Kind::Warning, text);
    }
    facts
}

/// The risk with what is touched and what the step needs.
fn summary(step: &Step, language: Language, names: usize) -> String {
    let effects = &step.effects;
    let mut parts = vec![risk_word(effects.risk(), language)];
    parts.extend(DEEDS.iter().filter_map(|deed| {
        let paths: Vec<&Path> = effects.paths(*deed).collect();
        let counted = counted(*deed, step, language);
        named(deed_words(*deed, language), &paths, counted, language, names)
    }));
    parts.extend(without_path(step, language));
    parts.extend(DEEDS.iter().filter_map(|deed| {
        let possible = effects.possible().filter_map(|act| match act {
            Act::To(own, path) if own == deed => Some(path.as_path()),
            _ => None,
        });
        let verb = match language {
            Language::English => format!("possibly {}", deed_words(*deed, language)),
            Language::Chinese => format!("可能{}", deed_words(*deed, language)),
        };
        named(&verb, &possible.collect::<Vec<_>>(), None, language, names)
    }));
    if step.reversal == Reversal::Full {
        parts.push(language.choose("can be undone", "可以撤销").to_owned());
    }
    let needs: Vec<String> =
        step.needs
            .iter()
            .map(|need| match need.why {
                Why::Success => language
                    .choose(format!("{} to succeed", need.step), format!("{} 成功", need.step)),
                Why::Effect | Why::Environment => need.step.to_string(),
            })
            .collect();
    if !needs.is_empty() {
        let list = needs.join(language.choose(", ", "、"));
        parts.push(language.choose(format!("needs step {list}"), format!("依赖步骤 {list}")));
    }
    parts.join(" | ")
}

/// What is done to paths, those that are named; how much that is, where it was
/// counted.
fn named(
    verb: &str,
    paths: &[&Path],
    counted: Option<String>,
    language: Language,
    names: usize,
) -> Option<String> {
    if paths.is_empty() {
        return None;
    }
    let named: Vec<String> = paths.iter().take(names).map(|path| path_text(path)).collect();
    let named = named.join(language.choose(", ", "、"));
    let counted = match counted {
        Some(counted) => format!("{counted}{}", language.choose(": ", "：")),
        None => String::new(),
    };
    let rest = match paths.len().saturating_sub(names) {
        0 => String::new(),
        more => language.choose(format!(" and {more} more"), format!(" 等 {} 个", paths.len())),
    };
    Some(format!("{verb} {counted}{named}{rest}"))
}

/// What has no path, each kind in one phrase. Whoever adds an effect has to say here
/// how a person is told.
fn without_path(step: &Step, language: Language) -> Vec<String> {
    let mut parts = Vec::new();
    let (mut lost, mut altered, mut signals) = (Vec::new(), Vec::new(), Vec::new());
    let mut flags = Vec::new();
    let mut unknown = None;
    for act in step.effects.acts() {
        match act {
            Act::To(..) => {}
            Act::Loses(thing) => lost.push(thing.words(language)),
            Act::Alters(thing) => altered.push(thing.words(language)),
            Act::Signals(process) => signals.push(process.to_string()),
            Act::ChangesUnlisted => {
                flags.push(("changes what is not listed", "会改动未列出的内容"))
            }
            Act::DeletesUnlisted => {
                flags.push(("deletes what is not listed", "会删除未列出的内容"))
            }
            Act::Network => flags.push(("uses the network", "使用网络")),
            Act::Privilege => flags.push(("asks for privileges", "需要特权")),
            Act::Environment => flags.push(("changes directory or variables", "改变目录或变量")),
            Act::Exhausts => flags.push(("starts processes without end", "无休止地启动进程")),
            Act::Unknown(reason) => unknown = Some(reason),
        }
    }
    let list = |things: &[&str]| things.join(language.choose(", ", "、"));
    if !lost.is_empty() {
        let list = list(&lost);
        parts.push(language.choose(format!("removes {list}"), format!("移除{list}")));
    }
    if !altered.is_empty() {
        let list = list(&altered);
        parts.push(language.choose(format!("changes {list}"), format!("改动{list}")));
    }
    if !signals.is_empty() {
        let list = signals.join(", ");
        let text = (format!("signals process {list}"), format!("向进程 {list} 发信号"));
        parts.push(language.choose(text.0, text.1));
    }
    let flags = flags.into_iter().map(|(english, chinese)| language.choose(english, chinese));
    parts.extend(flags.map(str::to_owned));
    if let Some(reason) = unknown.filter(|reason| !step.explanation.contains(reason.as_str())) {
        let reason = safe_lines(reason.as_bytes());
        parts.push(
            language
                .choose(format!("may do more: {reason}"), format!("可能还有其他影响：{reason}")),
        );
    }
    parts
}

/// What can be done to paths, the worst first.
pub const DEEDS: [Deed; 6] =
    [Deed::Deletes, Deed::Moves, Deed::Changes, Deed::Creates, Deed::Within, Deed::Reads];

/// The verb for what is done to a path.
#[must_use]
pub fn deed_words(deed: Deed, language: Language) -> &'static str {
    let (english, chinese) = match deed {
        Deed::Deletes => ("deletes", "删除"),
        Deed::Moves => ("moves", "移走"),
        Deed::Changes => ("changes", "改动"),
        Deed::Creates => ("creates", "新建"),
        Deed::Within => ("changes files within", "改动目录内的文件"),
        Deed::Reads => ("reads", "读取"),
    };
    language.choose(english, chinese)
}

/// A path as it is shown.
#[must_use]
pub fn path_text(path: &Path) -> String {
    visible(path.as_os_str().as_encoded_bytes())
}

/// How much that is, where it was counted for this kind: what is deleted, else
/// what is copied, else what changes.
fn counted(deed: Deed, step: &Step, language: Language) -> Option<String> {
    let any = |deed| step.effects.paths(deed).next().is_some();
    let of = if any(Deed::Deletes) {
        Deed::Deletes
    } else if any(Deed::Changes) && !any(Deed::Reads) {
        Deed::Changes
    } else {
        Deed::Reads
    };
    step.extent.filter(|_| deed == of).map(|extent| amount(&extent, language))
}

/// A count in words: `3 files, 1 directory, 12 kB`.
#[must_use]
pub fn amount(extent: &Extent, language: Language) -> String {
    let mut parts = Vec::new();
    let plural = |count: u64, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    if extent.files > 0 || extent.directories == 0 {
        parts.push(
            language
                .choose(plural(extent.files, "file", "files"), format!("{} 个文件", extent.files)),
        );
    }
    if extent.directories > 0 {
        let count = extent.directories;
        parts.push(
            language.choose(plural(count, "directory", "directories"), format!("{count} 个目录")),
        );
    }
    if extent.files > 0 {
        parts.push(size(extent.bytes, language));
    }
    let text = parts.join(language.choose(", ", "、"));
    if extent.more {
        language.choose(format!("more than {text}"), format!("超过 {text}"))
    } else {
        text
    }
}

/// A size in decimal units.
#[must_use]
pub fn size(bytes: u64, language: Language) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return match (bytes, language) {
            (1, Language::English) => "1 byte".to_owned(),
            (bytes, Language::English) => format!("{bytes} bytes"),
            (bytes, Language::Chinese) => format!("{bytes} 字节"),
        };
    }
    let mut unit = 0;
    let mut scale = 1000u64;
    while unit + 1 < UNITS.len() && bytes / scale >= 1000 {
        scale *= 1000;
        unit += 1;
    }
    let tenths = bytes / (scale / 10);
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_are_words() {
        let english = Language::English;
        assert_eq!(size(1, english), "1 byte");
        assert_eq!(size(999, Language::Chinese), "999 字节");
        assert_eq!(size(1000, english), "1.0 kB");
        assert_eq!(size(12_345_678, english), "12 MB");
        assert_eq!(size(u64::MAX, english), "18 EB");
        let extent = Extent { files: 3, directories: 1, bytes: 2048, more: true };
        assert_eq!(amount(&extent, english), "more than 3 files, 1 directory, 2.0 kB");
        assert_eq!(amount(&extent, Language::Chinese), "超过 3 个文件、1 个目录、2.0 kB");
        let empty = Extent { directories: 1, ..Extent::default() };
        assert_eq!(amount(&empty, english), "1 directory");
    }
}

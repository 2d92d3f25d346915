//! `llmsh explain 'COMMAND'`, and questions for the meaning of a command: answered from
//! the tables, without the model.

use bstr::{BString, ByteSlice};

use crate::escape::visible;
use crate::language::Language;
use crate::plan::Flat;
use crate::program::fact::LATER;
use crate::program::{self, Fact, Understanding};
use crate::shell::builtin::about::about;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{Command, CompoundKind, Redirect, RedirectKind, SimpleCommand, Word};
use crate::shell::{print, visit};

/// What the commands of a text do, and what their options mean; nothing where a program
/// is not known, or where it is not shell.
#[must_use]
pub fn commands(text: &str, language: Language) -> Option<String> {
    let tree = parser::parse(text.trim().as_bytes(), &NoAliases).ok()?;
    let mut teller = Teller { language, lines: Vec::new(), knows_all: true };
    let pipelines = tree.items.iter().flat_map(|item| {
        std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline))
    });
    if pipelines.into_iter().any(|pipeline| pipeline.timed.is_some()) {
        teller.line("time", language.choose("tell how long it takes", "显示运行所用的时间"));
    }
    visit::commands(&tree, &mut |command| teller.command(command));
    (teller.knows_all && !teller.lines.is_empty()).then(|| teller.lines.join("\n"))
}

struct Teller {
    language: Language,
    lines: Vec<String>,
    /// Every program is in a table.
    knows_all: bool,
}

impl Teller {
    /// A command and what it does.
    fn line(&mut self, name: &str, meaning: &str) {
        self.lines.push(format!("{name}: {meaning}"));
    }

    /// A part of it.
    fn part(&mut self, text: &str, meaning: &str) {
        let blank = if text.is_empty() { "" } else { "  " };
        self.lines.push(format!("  {text}{blank}{meaning}"));
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(command) => {
                let words: Vec<BString> = command.words.iter().map(value).collect();
                for assignment in &command.assignments {
                    let text = visible(&print::simple_text(&SimpleCommand {
                        assignments: vec![assignment.clone()],
                        ..SimpleCommand::default()
                    }));
                    let (english, chinese) = if words.is_empty() {
                        ("set the variable", "设置变量")
                    } else {
                        ("a variable for this command only", "只用于这条命令的变量")
                    };
                    self.line(&text, self.language.choose(english, chinese));
                }
                if !words.is_empty() {
                    self.program(&words);
                }
                self.redirects(&command.redirects);
            }
            Command::Compound(compound) => {
                if let Some((form, english, chinese)) = form_of(&compound.kind) {
                    self.line(&form, self.language.choose(english, chinese));
                }
                self.redirects(&compound.redirects);
            }
            Command::Function(function) => {
                let name = format!("{}()", visible(&function.name));
                self.line(&name, self.language.choose("define a command", "定义一个命令"));
            }
        }
    }

    /// A program or builtin with its words, and the command that it runs in its turn.
    fn program(&mut self, words: &[BString]) {
        let Some(name) = words.first() else { return };
        let Some(entry) = program::find(name) else {
            match about(name, self.language) {
                Some(meaning) => self.line(&visible(name), meaning),
                None => self.knows_all = false,
            }
            return;
        };
        self.line(&visible(name), entry.about.words(self.language));
        let understood = understood(entry, &words[1..]);
        let subcommand = understood.as_ref().and_then(|understood| understood.subcommand);
        let named = || entry.subcommand(&words[1..]).map(|sub| &sub.about);
        if let Some(meaning) = subcommand.or_else(named) {
            self.part("", meaning.words(self.language));
        }
        for note in understood.iter().flat_map(|understood| &understood.notes) {
            let meaning = note.words(self.language);
            self.part(&visible(&note.written), &meaning);
        }
        for fact in understood.iter().flat_map(|understood| &understood.facts) {
            match fact {
                Fact::Runs(words) => {
                    let words: Vec<BString> =
                        words.iter().map(|word| word.replace([LATER], "{}").into()).collect();
                    self.program(&words);
                }
                Fact::Shell(text) => {
                    let told = text.to_str().ok().and_then(|text| commands(text, self.language));
                    self.knows_all &= told.is_some();
                    self.lines.extend(told);
                }
                _ => {}
            }
        }
    }

    fn redirects(&mut self, redirects: &[Redirect]) {
        for redirect in redirects {
            let errors = redirect.descriptor == Some(2);
            let (english, chinese) = match (&redirect.kind, errors) {
                (RedirectKind::Read(_), _) => ("the input comes from there", "从这里读取输入"),
                (RedirectKind::Write(_) | RedirectKind::Clobber(_), false) => (
                    "the output goes there, in place of what is in it",
                    "输出写入这里，取代原有内容",
                ),
                (RedirectKind::Write(_) | RedirectKind::Clobber(_), true) => (
                    "messages of errors go there, in place of what is in it",
                    "错误信息写入这里，取代原有内容",
                ),
                (RedirectKind::Append(_), false) => ("the output is added there", "输出追加到这里"),
                (RedirectKind::Append(_), true) => {
                    ("messages of errors are added there", "错误信息追加到这里")
                }
                (RedirectKind::ReadWrite(_), _) => ("it is read and written", "既读又写"),
                (RedirectKind::DuplicateInput(_), _) => ("another input", "换用另一个输入"),
                (RedirectKind::DuplicateOutput(_), true) => {
                    ("messages of errors go to this output", "错误信息送到该输出")
                }
                (RedirectKind::DuplicateOutput(_), false) => {
                    ("the output goes to this one", "输出送到这里")
                }
                (RedirectKind::HereDocument(_) | RedirectKind::HereString(_), _) => {
                    ("the input is this text", "以这段文本为输入")
                }
            };
            let text = visible(&print::simple_text(&SimpleCommand {
                redirects: vec![redirect.clone()],
                ..SimpleCommand::default()
            }));
            self.part(&text, self.language.choose(english, chinese));
        }
    }
}

/// A word's value where it is text, and else how it is written.
fn value(word: &Word) -> BString {
    Flat::of(word).map_or_else(|| print::word_text(word), |flat| flat.text.into())
}

/// What a compound command is, where that is not told by what is in it.
fn form_of(kind: &CompoundKind) -> Option<(String, &'static str, &'static str)> {
    let form = |text: &str, english, chinese| Some((text.to_owned(), english, chinese));
    match kind {
        CompoundKind::For { variable, words, .. } => {
            let words = words.as_deref().unwrap_or_default().iter().map(print::word_text);
            let words: Vec<String> = words.map(|word| visible(&word)).collect();
            let form = format!("for {} in {}", visible(variable), words.join(" "));
            Some((form, "do what follows for each of these", "对其中每一个依次执行后面的命令"))
        }
        CompoundKind::Count { .. } => form("for ((…))", "repeat with a count", "按计数循环执行"),
        CompoundKind::Select { .. } => {
            form("select", "ask for a choice again and again", "反复让人选择并执行")
        }
        CompoundKind::While { until: false, .. } => {
            form("while", "repeat as long as the condition holds", "条件成立时反复执行")
        }
        CompoundKind::While { until: true, .. } => {
            form("until", "repeat until the condition holds", "反复执行直到条件成立")
        }
        CompoundKind::If { .. } => form("if", "do one or the other", "按条件选择执行"),
        CompoundKind::Case { subject, .. } => {
            let form = format!("case {}", visible(&print::word_text(subject)));
            Some((form, "do what belongs to the first pattern that fits", "执行首个匹配的分支"))
        }
        CompoundKind::Test(_) => form("[[ … ]]", "test a condition", "测试条件"),
        CompoundKind::Arithmetic(_) => form("((…))", "compute an expression", "计算表达式"),
        CompoundKind::Coprocess { .. } => {
            form("coproc", "run beside the shell, over pipes", "在后台运行并通过管道通信")
        }
        CompoundKind::Group(_) | CompoundKind::Subshell(_) | CompoundKind::Unsupported(_) => None,
    }
}

/// What the table says of the words. A command that is asked about is often without its
/// operands (`tar -xzf`): one is put in where one is missing.
fn understood(entry: &'static program::Entry, words: &[BString]) -> Option<Understanding> {
    let mut words = words.to_vec();
    for _ in 0..3 {
        if let Ok(understood) = entry.understand(&words) {
            return Some(understood);
        }
        words.push("x".into());
    }
    None
}

/// The answer to a question for the meaning of a command: "what does tar -xzf do",
/// "tail -f 是什么意思".
#[must_use]
pub fn question(request: &str) -> Option<String> {
    let (command, language) = asked_about(request)?;
    // One word is a question about the thing that it names, unless it is a program.
    let text = commands(command, language)?;
    let alone = command.split_whitespace().nth(1).is_none();
    let known = program::find(command.trim().as_bytes()).is_some();
    (!alone || known).then_some(text)
}

/// The command that a question is about.
fn asked_about(request: &str) -> Option<(&str, Language)> {
    const ENGLISH: [(&str, &[&str]); 5] = [
        ("what does ", &[" do", " mean"]),
        ("what do ", &[" do", " mean"]),
        ("what is ", &[" for", " good for"]),
        ("explain ", &[""]),
        ("what happens with ", &[""]),
    ];
    const CHINESE: [&str; 9] = [
        "是什么意思",
        "是干嘛的",
        "是干什么的",
        "是做什么的",
        "有什么用",
        "什么意思",
        "是干啥的",
        "做什么用",
        "干什么用",
    ];
    let text = request.trim().trim_end_matches(['?', '？', '.', '。']).trim();
    let lower = text.to_ascii_lowercase();
    for (before, afters) in ENGLISH {
        let Some(rest) = lower.strip_prefix(before) else { continue };
        let start = text.len() - rest.len();
        for after in afters {
            if let Some(command) = rest.strip_suffix(after) {
                return Some((bare(&text[start..start + command.len()]), Language::English));
            }
        }
    }
    for after in CHINESE {
        if let Some(command) = text.strip_suffix(after) {
            let command = command.trim_start_matches("解释一下").trim_end_matches("命令");
            return Some((bare(command), Language::Chinese));
        }
    }
    let rest = text.strip_prefix("解释一下").or_else(|| text.strip_prefix("解释"))?;
    Some((bare(rest), Language::Chinese))
}

/// A command without quotation marks around it.
fn bare(command: &str) -> &str {
    let command = command.trim();
    for mark in ['"', '\'', '`'] {
        if let Some(inner) = command.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return inner;
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_explained_from_the_tables() {
        let told = question("what does tar -xzf do?").unwrap();
        assert!(told.starts_with("tar: ") && told.contains("-x"), "{told}");
        let told = question("tail -f 是干嘛的").unwrap();
        assert!(told.starts_with("tail: ") && told.contains("-f"), "{told}");
        let told = question("explain 'sort -u a | wc -l'").unwrap();
        assert!(told.contains("sort: ") && told.contains("\nwc: "), "{told}");
        assert!(question("chmod 755 是什么意思").is_some());
    }

    #[test]
    fn nothing_that_is_done_is_left_out() {
        let told = |text: &str| commands(text, Language::English).unwrap();
        for (text, expected) in [
            ("head -n 20 a", "-n 20  the first 20 lines"),
            ("tar -xzf a.tar.gz", "-f a.tar.gz  the archive is a.tar.gz"),
            ("echo x > f", ">f  the output goes there, in place of what is in it"),
            ("make 2>> log", "2>>log  messages of errors are added there"),
            ("find . -name '*.x' -exec grep -l a {} \\;", "grep: "),
            ("sed -i 's/a/b/' f", "-i"),
            ("find . -exec rm {} +", "rm: "),
            ("sh -c 'rm x'", "rm: "),
            ("nice -n 5 sort -r a", "-r  in reverse"),
            ("LC_ALL=C sort a", "LC_ALL=C: a variable for this command only"),
            ("X=1", "X=1: set the variable"),
            ("time ls", "time: tell how long it takes"),
            ("for f in *.txt; do rm $f; done", "for f in *.txt: do what follows"),
            ("cd sub", "cd: go to another directory"),
            ("pip install x", "install packages"),
        ] {
            assert!(told(text).contains(expected), "{text}: {}", told(text));
        }
    }

    #[test]
    fn what_is_no_question_about_a_command_is_left_to_the_model() {
        for request in [
            "what does this folder do",
            "what is the largest file for",
            "list files",
            "explain",
            "what is love for",
            "解释一下这个项目",
        ] {
            assert_eq!(question(request), None, "{request}");
        }
    }
}

//! `llmsh explain 'COMMAND'`, and questions for the meaning of a command: answered from
//! the tables, without the model.

use bstr::BString;

use crate::escape::visible;
use crate::language::Language;
use crate::program::{self, Understanding};
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::{Command, SimpleCommand};
use crate::shell::{builtin, print, visit};

/// What the commands of a text do, and what their options mean; nothing where a program
/// is not known, or where it is not shell.
#[must_use]
pub fn commands(text: &str, language: Language) -> Option<String> {
    let tree = parser::parse(text.trim().as_bytes(), &NoAliases).ok()?;
    let mut simple: Vec<SimpleCommand> = Vec::new();
    visit::commands(&tree, &mut |command| {
        if let Command::Simple(command) = command {
            simple.push(command.clone());
        }
    });
    let explained: Option<Vec<String>> =
        simple.iter().map(|command| one(command, language)).collect();
    explained.filter(|all| !all.is_empty()).map(|all| all.join("\n"))
}

fn one(command: &SimpleCommand, language: Language) -> Option<String> {
    let words: Vec<BString> = command.words.iter().map(print::word_text).collect();
    let name = words.first()?;
    let Some(entry) = program::find(name) else {
        // A builtin without a table is at least told from a program.
        builtin::find(name)?;
        return Some(format!(
            "{}: {}",
            visible(name),
            language.choose("a command of the shell itself", "shell 自身的命令")
        ));
    };
    let mut text = format!("{}: {}", visible(name), entry.about.words(language));
    let understood = understood(entry, &words[1..]);
    if let Some(subcommand) = understood.subcommand {
        text.push_str(&format!("\n  {}", subcommand.words(language)));
    }
    for (part, meaning) in &understood.notes {
        text.push_str(&format!("\n  {}  {}", visible(part), meaning.words(language)));
    }
    Some(text)
}

/// What the table says of the words. A command that is asked about is often without its
/// operands (`tar -xzf`): one is put in where one is missing.
fn understood(entry: &'static program::Entry, words: &[BString]) -> Understanding {
    let mut words = words.to_vec();
    for _ in 0..3 {
        if let Ok(understood) = entry.understand(&words) {
            return understood;
        }
        words.push("x".into());
    }
    Understanding::default()
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

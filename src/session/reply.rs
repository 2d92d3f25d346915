//! What a request is answered with: a plan, or something that is said.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::explain;
use crate::context::mention::{How, Target};
use crate::context::{Context, Index, Lack};
use crate::language::Language;
use crate::plan::Plan;
use crate::plan::speech::Speech;
use crate::shell::quote::quote;

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Commands, to be confirmed.
    Plan(Box<Plan>),
    /// Words: the question was one about commands or the machine.
    Answer(String),
    /// A question back.
    Question(Question),
    /// Why it is not done.
    Cannot(String),
}

/// A question back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// What can be answered, and the request that it makes; none: anything, which is
    /// added to the request.
    pub choices: Vec<(String, String)>,
}

impl Reply {
    /// What the model says in place of commands.
    pub(super) fn of_speech(speech: Speech, request: &str) -> Self {
        match speech {
            Speech::Answer(text) => Self::Answer(text),
            // A small model answers in whatever language it was shown last.
            Speech::Cannot(reason) if language(&reason) != language(request) => {
                let (english, chinese) = ("commands cannot do this", "命令做不到这件事");
                Self::Cannot(language(request).choose(english, chinese).to_owned())
            }
            Speech::Cannot(reason) => Self::Cannot(reason),
            Speech::Ask { question, choices } => {
                let with = |choice: String| {
                    let request = format!("{request} ({choice})");
                    (choice, request)
                };
                let choices = choices.into_iter().map(with).collect();
                Self::Question(Question { text: question, choices })
            }
        }
    }
}

/// The sentence that a request wants to be remembered.
pub(super) fn to_remember(request: &str) -> Option<&str> {
    const BEFORE: [&str; 8] = [
        "remember that ",
        "remember: ",
        "please remember that ",
        "记住：",
        "记住:",
        "请记住",
        "记住，",
        "记住",
    ];
    let request = request.trim();
    let lower = request.to_ascii_lowercase();
    BEFORE
        .iter()
        .find_map(|words| lower.strip_prefix(words))
        .map(|rest| request[request.len() - rest.len()..].trim())
        .filter(|rest| !rest.is_empty())
}

/// The language that a request is in.
pub(super) fn language(request: &str) -> Language {
    let chinese = |character: char| ('\u{3400}'..='\u{9fff}').contains(&character);
    if request.contains(chinese) { Language::Chinese } else { Language::English }
}

/// The reply to a request for which no model is needed: the meaning of a command, a
/// deletion without an object, a name that several things have or nothing has.
pub(super) fn without_model(context: &Context, index: &Index, directory: &[u8]) -> Option<Reply> {
    let request = &context.original;
    if let Some(text) = explain::question(request) {
        return Some(Reply::Answer(text));
    }
    let language = language(request);
    if let Some(question) = missing(context, language) {
        return Some(Reply::Question(question));
    }
    if !context.goes_on && is_bare_undo(request) {
        let text = language.choose("What exactly is to be undone?", "具体要撤销什么？");
        return Some(Reply::Question(Question { text: text.to_owned(), choices: Vec::new() }));
    }
    if context.asked.is_vague {
        let directory = OsStr::from_bytes(directory);
        return Some(Reply::Question(what_exactly(index, Path::new(directory), language)));
    }
    for mention in &context.mentions {
        match &mention.target {
            Target::Several(found)
                if found.len() > 1
                    && mention.how >= How::Spoken
                    && (context.asked.deletes || context.asked.changes) =>
            {
                let said = &request[mention.span.clone()];
                if !is_one(said) {
                    continue;
                }
                let with = |path: &String| {
                    let mut new = request.clone();
                    new.replace_range(
                        mention.span.clone(),
                        &format!(" {} ", quote(path.as_bytes())),
                    );
                    (path.clone(), new)
                };
                let text = language.choose(
                    format!("Which \"{said}\" do you mean?"),
                    format!("您指的是哪一个“{said}”？"),
                );
                let choices = found.iter().map(|found| with(&found.path)).collect();
                return Some(Reply::Question(Question { text, choices }));
            }
            Target::Missing { name, near } if near.is_empty() && context.asked.only_shows => {
                return Some(Reply::Cannot(language.choose(
                    format!("there is no \"{name}\" here or below"),
                    format!("这里及其子目录中没有“{name}”"),
                )));
            }
            _ => {}
        }
    }
    None
}

/// The question for what a request would have to say.
pub(super) fn missing(context: &Context, language: Language) -> Option<Question> {
    let (english, chinese) = match context.asked.lacks? {
        Lack::Name => ("What should the new name be?", "新名字叫什么？"),
        Lack::Place => ("Where to?", "移到哪里？"),
    };
    Some(Question { text: language.choose(english, chinese).to_owned(), choices: Vec::new() })
}

/// Whether nothing is said but that something is to be undone.
fn is_bare_undo(request: &str) -> bool {
    let words = request.trim().trim_end_matches(['.', '!', '。', '！', '吧', '一', '下']);
    ["undo", "please undo", "revert", "撤销", "请撤销", "撤回", "还原", "恢复"]
        .iter()
        .any(|undo| words.eq_ignore_ascii_case(undo))
}

/// Whether words speak of one thing.
fn is_one(said: &str) -> bool {
    !said.is_ascii() || !said.ends_with('s') || said.ends_with("ss") || said.contains('.')
}

/// The question what of all this is to go.
fn what_exactly(index: &Index, directory: &Path, language: Language) -> Question {
    let kinds = index.disposable(directory);
    let (files, directories) = index.count();
    let counted = |count: usize, one: &str, many: &str| {
        if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
    };
    let (some, more) =
        (counted(files, "file", "files"), counted(directories, "directory", "directories"));
    let text = language.choose(
        format!("What exactly is to be deleted? Here and below: {some} and {more}."),
        format!("具体要删除什么？这里及其子目录中有 {files} 个文件、{directories} 个目录。"),
    );
    let choices = kinds
        .into_iter()
        .map(|(pattern, count)| {
            let label = format!("{pattern} ({count})");
            let request = language.choose(
                format!("delete all files named '{pattern}' here and in all subfolders"),
                format!("删除这里及所有子目录中名字匹配 '{pattern}' 的文件"),
            );
            (label, request)
        })
        .collect();
    Question { text, choices }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_but_undo_is_asked_what() {
        for request in ["undo", "Undo!", "撤销", "撤销一下。", "恢复"] {
            assert!(is_bare_undo(request), "{request}");
        }
        assert!(!is_bare_undo("undo the last commit") && !is_bare_undo("撤销刚才的提交"));
    }

    #[test]
    fn what_is_to_be_remembered_is_said_so() {
        assert_eq!(to_remember("Remember that I like short answers"), Some("I like short answers"));
        assert_eq!(to_remember("记住，图片都放在 相册"), Some("图片都放在 相册"));
        assert_eq!(to_remember("remember the milk"), None);
        assert_eq!(to_remember("remember that "), None);
    }
}

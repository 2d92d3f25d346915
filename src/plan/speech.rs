//! Answers that are not commands: the three words of the plan language by which a model
//! says something instead of doing it.
//!
//! `answer TEXT`, `ask QUESTION CHOICE…` and `cannot REASON` are written like commands,
//! so that they are quoted and parsed like these; they are never run.

use super::hold::Flat;
use crate::shell::parser::{self, NoAliases};
use crate::shell::syntax::Command;

/// What is said in place of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speech {
    /// The answer to a question.
    Answer(String),
    /// A question back.
    Ask {
        /// The question.
        question: String,
        /// What can be answered; none: anything.
        choices: Vec<String>,
    },
    /// Why it is not done.
    Cannot(String),
}

impl Speech {
    /// What a text says, where its first command is one of the three words.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        let tree = parser::parse(text, &NoAliases).ok()?;
        let pipeline = &tree.items.first()?.first;
        let [Command::Simple(command)] = pipeline.commands.as_slice() else { return None };
        let words: Option<Vec<String>> =
            command.words.iter().map(|word| Flat::of(word).map(|flat| flat.text)).collect();
        let words = words.filter(|_| command.redirects.is_empty())?;
        let (first, rest) = words.split_first()?;
        if rest.is_empty() {
            return None;
        }
        match first.as_str() {
            "answer" => Some(Self::Answer(rest.join(" "))),
            "cannot" => Some(Self::Cannot(rest.join(" "))),
            "ask" => {
                let (question, choices) = rest.split_first()?;
                Some(Self::Ask { question: question.clone(), choices: choices.to_vec() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_words_say_something() {
        for (text, expected) in [
            ("answer 'it copies'", Some(Speech::Answer("it copies".to_owned()))),
            ("answer it copies", Some(Speech::Answer("it copies".to_owned()))),
            ("cannot 'fly'", Some(Speech::Cannot("fly".to_owned()))),
            (
                "ask 'Which one?' a.txt 'b c.txt'",
                Some(Speech::Ask {
                    question: "Which one?".to_owned(),
                    choices: vec!["a.txt".to_owned(), "b c.txt".to_owned()],
                }),
            ),
            ("ls", None),
            ("answer", None),
            ("answer x > y", None),
            ("answer x | sh", None),
            ("ls; answer x", None),
            ("answer 'unclosed", None),
        ] {
            assert_eq!(Speech::of(text.as_bytes()), expected, "{text}");
        }
    }
}

//! The question at a terminal: one key, and No unless it says otherwise.

use crate::escape::safe_lines;
use crate::language::Language;

/// A person who is asked.
pub trait Keys {
    /// Shows what the question will be about.
    fn show(&mut self, text: &str);
    /// Shows a question. What was typed before is no answer to it.
    fn ask(&mut self, question: &str);
    /// What is typed; `None` when there is no more input.
    fn typed(&mut self) -> Option<Typed>;
    /// Ends the question: shows what was understood.
    fn answered(&mut self, word: &str);
    /// A line that the person types, for a confirmation by typing.
    fn line(&mut self, prompt: &str) -> Option<String>;
}

/// What is typed at a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A letter, or a whole word up to Enter; in lower case.
    Word(String),
    /// Enter alone.
    Enter,
    /// Escape or Ctrl-C.
    Cancel,
}

/// What a person has just been shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The plan.
    Plan,
    /// What its preview has changed.
    Preview,
}

impl Question {
    fn words(self, language: Language) -> &'static str {
        match self {
            Self::Plan => language.choose(
                "Run this? [y] run  [p] preview  [e] edit  [n] decline (default) ",
                "运行吗？[y] 运行  [p] 预览  [e] 编辑  [n] 拒绝（默认） ",
            ),
            Self::Preview => language.choose(
                "Make exactly these changes? [y] make them  [n] drop them (default) ",
                "要做出上述更改吗？[y] 更改  [n] 放弃这些更改（默认） ",
            ),
        }
    }
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Run the plan.
    Run,
    /// Edit the text.
    Edit,
    /// See first what it would change.
    Preview,
    /// None of these.
    Decline,
}

/// Asks. With a reason for it a `y` is not enough: the word `yes` must be typed.
pub(super) fn ask(
    question: Question,
    reason: Option<&str>,
    language: Language,
    keys: &mut dyn Keys,
) -> Choice {
    keys.ask(question.words(language));
    loop {
        let choice = match keys.typed() {
            None | Some(Typed::Enter | Typed::Cancel) => Choice::Decline,
            Some(Typed::Word(word)) => match word.as_str() {
                "n" | "no" | "q" | "quit" | "不" | "否" => Choice::Decline,
                "y" | "yes" | "是" | "好" => Choice::Run,
                "e" | "edit" if question == Question::Plan => Choice::Edit,
                "p" | "preview" if question == Question::Plan => Choice::Preview,
                // Anything else is no answer, least of all a part of it.
                _ => continue,
            },
        };
        keys.answered(match choice {
            Choice::Run => language.choose("run", "运行"),
            Choice::Edit => language.choose("edit", "编辑"),
            Choice::Preview => language.choose("preview", "预览"),
            Choice::Decline => language.choose("declined", "已放弃"),
        });
        if choice == Choice::Run
            && let Some(reason) = reason
        {
            let word = language.choose("Type \"yes\" to run it: ", "输入 yes 或“是”来运行：");
            let typed = keys.line(&format!("{}\r\n{word}", safe_lines(reason.as_bytes())));
            return if typed.is_some_and(|text| matches!(text.trim(), "yes" | "是")) {
                Choice::Run
            } else {
                Choice::Decline
            };
        }
        return choice;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Script {
        keys: Vec<Typed>,
        line: Option<String>,
        shown: Vec<String>,
    }

    impl Script {
        fn new(keys: &[Typed], line: Option<&str>) -> Self {
            Self { keys: keys.to_vec(), line: line.map(str::to_owned), shown: Vec::new() }
        }
    }

    impl Keys for Script {
        fn typed(&mut self) -> Option<Typed> {
            (!self.keys.is_empty()).then(|| self.keys.remove(0))
        }
        fn line(&mut self, prompt: &str) -> Option<String> {
            self.shown.push(prompt.to_owned());
            self.line.take()
        }
        fn show(&mut self, text: &str) {
            self.shown.push(text.to_owned());
        }
        fn ask(&mut self, question: &str) {
            self.shown.push(question.to_owned());
        }
        fn answered(&mut self, word: &str) {
            self.shown.push(word.to_owned());
        }
    }

    fn word(text: &str) -> Typed {
        Typed::Word(text.to_owned())
    }

    fn choose(keys: &[Typed], by_typing: bool, line: Option<&str>) -> Choice {
        let mut script = Script::new(keys, line);
        ask(Question::Plan, by_typing.then_some("why"), Language::English, &mut script)
    }

    #[test]
    fn only_y_runs() {
        assert_eq!(choose(&[word("y")], false, None), Choice::Run);
        assert_eq!(choose(&[Typed::Enter], false, None), Choice::Decline);
        assert_eq!(choose(&[Typed::Cancel], false, None), Choice::Decline);
        assert_eq!(choose(&[], false, None), Choice::Decline);
        assert_eq!(choose(&[word("x"), word("e")], false, None), Choice::Edit);
    }

    #[test]
    fn a_word_is_an_answer_as_a_whole() {
        assert_eq!(choose(&[word("yes")], false, None), Choice::Run);
        assert_eq!(choose(&[word("no")], false, None), Choice::Decline);
        assert_eq!(choose(&[word("yep"), word("not"), word("n")], false, None), Choice::Decline);
    }

    #[test]
    fn what_a_preview_changed_is_made_or_dropped() {
        let ask = |keys: &[Typed], line| {
            let mut script = Script::new(keys, line);
            ask(Question::Preview, line.map(|_| "why"), Language::English, &mut script)
        };
        assert_eq!(ask(&[word("y")], None), Choice::Run);
        assert_eq!(ask(&[word("y")], Some("no")), Choice::Decline);
        assert_eq!(ask(&[word("e"), word("p"), Typed::Enter], None), Choice::Decline);
    }

    #[test]
    fn privileges_need_the_word() {
        assert_eq!(choose(&[word("y")], true, Some("yes")), Choice::Run);
        assert_eq!(choose(&[word("y")], true, Some("y")), Choice::Decline);
        assert_eq!(choose(&[word("y")], true, None), Choice::Decline);
        assert_eq!(choose(&[word("y")], true, Some("是")), Choice::Run);
    }

    #[test]
    fn it_is_asked_in_chinese() {
        let mut script = Script::new(&[word("y")], Some("是"));
        let choice = ask(Question::Plan, Some("需要特权"), Language::Chinese, &mut script);
        assert_eq!(choice, Choice::Run);
        let shown = [
            "运行吗？[y] 运行  [p] 预览  [e] 编辑  [n] 拒绝（默认） ",
            "运行",
            "需要特权\r\n输入 yes 或“是”来运行：",
        ];
        assert_eq!(script.shown, shown);
    }
}

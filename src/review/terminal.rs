//! The question at a terminal: one key, and No unless it says otherwise.

/// A person who is asked.
pub trait Keys {
    /// Shows a question. What was typed before is no answer to it.
    fn ask(&mut self, question: &str);
    /// The next key; `None` when there is no more input.
    fn key(&mut self) -> Option<Key>;
    /// Ends the question: shows what was understood.
    fn answered(&mut self, word: &str);
    /// A line that the person types, for a confirmation by typing.
    fn line(&mut self, prompt: &str) -> Option<String>;
}

/// A key, as far as the question needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Character(char),
    /// Enter.
    Enter,
    /// Escape or Ctrl-C.
    Cancel,
    /// Anything else.
    Other,
}

/// What was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Run the plan.
    Run,
    /// Edit the text.
    Edit,
    /// Neither.
    Decline,
}

const QUESTION: &str = "Run this? [y] run  [e] edit  [n] decline (default) ";

/// Asks. `by_typing`: a `y` is not enough, the word `yes` must be typed.
pub(super) fn ask(by_typing: bool, keys: &mut dyn Keys) -> Choice {
    keys.ask(QUESTION);
    loop {
        let choice = match keys.key() {
            None | Some(Key::Enter | Key::Cancel) => Choice::Decline,
            Some(Key::Character('n' | 'N' | 'q')) => Choice::Decline,
            Some(Key::Character('y' | 'Y')) => Choice::Run,
            Some(Key::Character('e' | 'E')) => Choice::Edit,
            Some(Key::Character(_) | Key::Other) => continue,
        };
        keys.answered(match choice {
            Choice::Run => "run",
            Choice::Edit => "edit",
            Choice::Decline => "declined",
        });
        if choice == Choice::Run && by_typing {
            let typed = keys.line("This asks for privileges. Type \"yes\" to run it: ");
            return if typed.is_some_and(|text| text.trim() == "yes") {
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
        keys: Vec<Key>,
        line: Option<String>,
    }

    impl Keys for Script {
        fn key(&mut self) -> Option<Key> {
            (!self.keys.is_empty()).then(|| self.keys.remove(0))
        }
        fn line(&mut self, _: &str) -> Option<String> {
            self.line.take()
        }
        fn ask(&mut self, _: &str) {}
        fn answered(&mut self, _: &str) {}
    }

    fn choose(keys: &[Key], by_typing: bool, line: Option<&str>) -> Choice {
        ask(by_typing, &mut Script { keys: keys.to_vec(), line: line.map(str::to_owned) })
    }

    #[test]
    fn only_y_runs() {
        assert_eq!(choose(&[Key::Character('y')], false, None), Choice::Run);
        assert_eq!(choose(&[Key::Enter], false, None), Choice::Decline);
        assert_eq!(choose(&[Key::Cancel], false, None), Choice::Decline);
        assert_eq!(choose(&[], false, None), Choice::Decline);
        assert_eq!(
            choose(&[Key::Other, Key::Character('x'), Key::Character('e')], false, None),
            Choice::Edit
        );
    }

    #[test]
    fn privileges_need_the_word() {
        assert_eq!(choose(&[Key::Character('y')], true, Some("yes")), Choice::Run);
        assert_eq!(choose(&[Key::Character('y')], true, Some("y")), Choice::Decline);
        assert_eq!(choose(&[Key::Character('y')], true, None), Choice::Decline);
    }
}

//! A question back, answered at the terminal.

use super::editor;
use super::reply::{Question, language};
use crate::escape::visible;
use crate::review::terminal::{Keys, Typed};

/// The most choices that have a key.
const MOST: usize = 9;

/// Asks, and gives the request that the answer makes of this one; nothing where the
/// person lets it be.
pub(super) fn ask(request: &str, question: &Question, keys: &mut dyn Keys) -> Option<String> {
    let language = language(request);
    let text = visible(question.text.as_bytes());
    if question.choices.is_empty() {
        keys.show(&format!("{text}\n"));
        // An empty answer, or Ctrl-C, lets it be.
        let prompt = language.choose("answer> ", "回答> ");
        let answer = editor::ask_for_text(prompt, "")?;
        let answer = answer.trim();
        return (!answer.is_empty()).then(|| format!("{request} ({answer})"));
    }
    let choices = &question.choices[..question.choices.len().min(MOST)];
    let mut shown = format!("{text}\n");
    for (number, (label, _)) in choices.iter().enumerate() {
        shown.push_str(&format!("  [{}] {}\n", number + 1, visible(label.as_bytes())));
    }
    keys.show(&shown);
    keys.ask(language.choose("Which? [n] none (default) ", "哪一个？[n] 都不是（默认） "));
    loop {
        let word = match keys.typed() {
            None | Some(Typed::Enter | Typed::Cancel) => String::new(),
            Some(Typed::Word(word)) => word,
        };
        let chosen =
            word.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
        match chosen {
            Some((label, request)) => {
                keys.answered(&visible(label.as_bytes()));
                return Some(request.clone());
            }
            None if matches!(word.as_str(), "" | "n" | "no" | "q" | "不" | "否") => {
                keys.answered(language.choose("none", "都不是"));
                return None;
            }
            None => {}
        }
    }
}

//! The steps of a plan while it runs, as the person who is there sees them: which one it
//! is, how it ended where that is worth a line, and a question before each where they
//! want one.

use std::time::Duration;

use super::talk::show_on_terminal;
use crate::escape;
use crate::exec::Watch;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::plan::Step;
use crate::review::terminal::{Keys, Typed};
use crate::review::{ApprovedPlan, Manner};
use crate::tui::keys::TerminalKeys;

/// A step that takes longer is told of when it has ended.
const LONG: Duration = Duration::from_secs(1);

/// What is told of the steps, and asked.
pub(super) struct Steps {
    total: usize,
    language: Language,
    asks: bool,
    /// The person ended it before a step.
    pub(super) stopped: bool,
}

impl Steps {
    /// For a plan that is about to run.
    pub(super) fn of(approved: &ApprovedPlan) -> Self {
        let plan = approved.plan();
        Self {
            total: plan.steps.len(),
            language: plan.language,
            asks: approved.manner() == Manner::Stepwise,
            stopped: false,
        }
    }

    /// One step alone needs no number.
    fn are_several(&self) -> bool {
        self.total > 1
    }

    fn line(&self, step: &Step, text: &str) -> String {
        format!("[{}/{}] {text}\n", step.id, self.total)
    }
}

impl Watch for Steps {
    fn before(&mut self, step: &Step) -> bool {
        // What llmsh does itself prints nothing, and the plan stands above.
        if self.asks || self.are_several() && !step.operation.is_typed() {
            let command = escape::visible_lines(&step.command);
            show_on_terminal(&self.line(step, command.trim_end()));
        }
        self.stopped = self.asks && !ask(self.language);
        !self.stopped
    }

    fn after(&mut self, step: &Step, status: ExitStatus, took: Duration) {
        if self.are_several()
            && let Some(words) = ended(status, took, self.language)
        {
            show_on_terminal(&self.line(step, &words));
        }
    }
}

/// How a step ended; nothing where it went well and fast.
fn ended(status: ExitStatus, took: Duration, language: Language) -> Option<String> {
    let seconds = took.as_secs_f64();
    let time = language.choose(format!("{seconds:.1} s"), format!("{seconds:.1} 秒"));
    match status.is_success() {
        true if took < LONG => None,
        true => Some(language.choose(format!("done, {time}"), format!("完成，{time}"))),
        false => Some(language.choose(
            format!("failed with status {status}, {time}"),
            format!("失败，状态 {status}，{time}"),
        )),
    }
}

/// Asks before a step of a plan that is run step by step.
fn ask(language: Language) -> bool {
    let mut keys = TerminalKeys::default();
    let question =
        language.choose("[y] run  [n] stop here (default) ", "[y] 运行  [n] 到此为止（默认） ");
    keys.ask(question);
    loop {
        let run = match keys.typed() {
            None | Some(Typed::Enter | Typed::Cancel) => false,
            Some(Typed::Word(word)) => match word.as_str() {
                "y" | "yes" | "是" | "好" => true,
                "n" | "no" | "q" | "quit" | "不" | "否" => false,
                _ => continue,
            },
        };
        keys.answered(if run {
            language.choose("run", "运行")
        } else {
            language.choose("stopped", "已停止")
        });
        return run;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_or_takes_long_is_told() {
        let ended = |status, milliseconds, language| {
            ended(ExitStatus(status), Duration::from_millis(milliseconds), language)
        };
        assert_eq!(ended(0, 900, Language::English), None);
        assert_eq!(ended(0, 3210, Language::English).as_deref(), Some("done, 3.2 s"));
        let failed = ended(2, 40, Language::English);
        assert_eq!(failed.as_deref(), Some("failed with status 2, 0.0 s"));
        assert_eq!(ended(2, 40, Language::Chinese).as_deref(), Some("失败，状态 2，0.0 秒"));
    }
}

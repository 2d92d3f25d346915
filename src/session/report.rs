//! What a person is told after a plan has run: which steps failed, and which were
//! not run.

use crate::exec::{Outcome, Report};
use crate::language::Language;
use crate::undo::Run;

/// What was not done, as a sentence; nothing where everything went well, and where
/// the one step there was has said itself what went wrong.
pub(super) fn explain(report: &Report, language: Language) -> Option<String> {
    let numbers = |wanted: &dyn Fn(&Outcome) -> bool| {
        let steps = report.outcomes.iter().enumerate().filter(|(_, outcome)| wanted(outcome));
        let list: Vec<String> = steps.map(|(index, _)| (index + 1).to_string()).collect();
        list.join(language.choose(", ", "、"))
    };
    let failed =
        numbers(&|outcome| matches!(outcome, Outcome::Ran(status) if !status.is_success()));
    let left = numbers(&|outcome| !matches!(outcome, Outcome::Ran(_)));
    let failure = match language {
        _ if failed.is_empty() => None,
        Language::English => Some(format!("step {failed} failed")),
        Language::Chinese => Some(format!("第 {failed} 步失败")),
    };
    if left.is_empty() {
        let status = report.status;
        return failure.filter(|_| report.outcomes.len() > 1).map(|failure| match language {
            Language::English => format!("{failure} (status {status})"),
            Language::Chinese => format!("{failure}（状态 {status}）"),
        });
    }
    let why = if report.interrupted {
        language.choose("the plan was stopped", "计划已停止")
    } else {
        language.choose("what they need has failed", "所依赖的步骤失败")
    };
    let left = match language {
        Language::English => format!("not run, because {why}: step {left}"),
        Language::Chinese => format!("未运行第 {left} 步：{why}"),
    };
    Some(match failure {
        Some(failure) => format!("{failure}{}{left}", language.choose("; ", "；")),
        None => left,
    })
}

/// That what was done to files can be taken back; nothing where nothing was.
pub(super) fn undo(run: &Run, language: Language) -> Option<String> {
    let count = match (run.changes, language) {
        (0, _) => return None,
        (1, Language::English) => "1 change".to_owned(),
        (count, Language::English) => format!("{count} changes"),
        (count, Language::Chinese) => format!("{count} 处更改"),
    };
    let rest = if run.about.reversible {
        ""
    } else {
        language.choose("; what programs did stays", "；程序所做的更改除外")
    };
    Some(language.choose(
        format!("\"undo\" takes back {count} to files{rest}"),
        format!("输入 undo 可撤销对文件的 {count}{rest}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit_status::ExitStatus;
    use crate::undo::{NewRun, RunId, State};

    const FINE: Outcome = Outcome::Ran(ExitStatus::SUCCESS);
    const FAILED: Outcome = Outcome::Ran(ExitStatus(3));

    fn told(outcomes: &[Outcome], interrupted: bool, language: Language) -> Option<String> {
        let status = ExitStatus(3);
        explain(&Report { outcomes: outcomes.to_vec(), status, interrupted, run: None }, language)
    }

    #[test]
    fn what_failed_and_what_was_left_is_said() {
        let told = |outcomes: &[Outcome], stopped| told(outcomes, stopped, Language::English);
        assert_eq!(told(&[FINE, FINE], false), None);
        assert_eq!(told(&[FAILED], false), None);
        assert_eq!(told(&[FINE, FAILED], false).as_deref(), Some("step 2 failed (status 3)"));
        assert_eq!(
            told(&[FAILED, Outcome::Skipped, Outcome::Skipped], false).as_deref(),
            Some("step 1 failed; not run, because what they need has failed: step 2, 3")
        );
        assert_eq!(
            told(&[FINE, Outcome::NotReached], true).as_deref(),
            Some("not run, because the plan was stopped: step 2")
        );
    }

    #[test]
    fn what_can_be_taken_back_is_counted() {
        let run = |changes, reversible| Run {
            id: RunId(3),
            time: std::time::SystemTime::UNIX_EPOCH,
            about: NewRun {
                request: "x".to_owned(),
                text: "rm a".into(),
                directory: "/".into(),
                reversible,
            },
            state: State::Ended,
            changes,
            kept_bytes: 0,
        };
        let said = |changes, reversible| undo(&run(changes, reversible), Language::English);
        assert_eq!(said(0, true), None);
        assert_eq!(said(1, true).as_deref(), Some("\"undo\" takes back 1 change to files"));
        assert_eq!(
            said(2, false).as_deref(),
            Some("\"undo\" takes back 2 changes to files; what programs did stays")
        );
    }

    #[test]
    fn it_is_said_in_chinese() {
        let told = |outcomes: &[Outcome], stopped| told(outcomes, stopped, Language::Chinese);
        assert_eq!(told(&[FINE, FAILED], false).as_deref(), Some("第 2 步失败（状态 3）"));
        assert_eq!(
            told(&[FAILED, Outcome::Skipped, Outcome::Skipped], false).as_deref(),
            Some("第 1 步失败；未运行第 2、3 步：所依赖的步骤失败")
        );
        assert_eq!(
            told(&[FINE, Outcome::NotReached], true).as_deref(),
            Some("未运行第 2 步：计划已停止")
        );
    }
}

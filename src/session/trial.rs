//! Plans that are tried aside, for a person who wants to see first.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

use super::Session;
use super::talk::Talk;
use crate::config::{Directories, PreviewConfig, PreviewWhen};
use crate::escape::safe_lines;
use crate::exec;
use crate::language::Language;
use crate::plan::Plan;
use crate::plan::effect::Risk;
use crate::preview::{self, Ending, Preview, Stream, Unavailable};
use crate::review::view::Tried;
use crate::shell::Shell;
use crate::system::{identity, signal};

/// The widest that a difference is written.
const WIDEST: usize = 120;

/// Whether the plan is to be tried before the person is asked about it.
pub(super) fn goes_first(session: &Session, plan: &Plan, talk: Talk) -> bool {
    let is_covered = |risk| match session.config.preview.when {
        PreviewWhen::Ask => false,
        PreviewWhen::Unknown => risk == Risk::Unknown,
        PreviewWhen::Always => matches!(risk, Risk::Unknown | Risk::Delete),
    };
    talk.preview || plan.steps.iter().any(|step| is_covered(step.effects.risk()))
}

/// Tries the plan, or one of its steps (counted from 0) with what it needs.
///
/// # Errors
/// Why that is not possible, and what remains.
pub(super) fn run(
    session: &Session,
    shell: &mut Shell,
    plan: &Plan,
    step: Option<usize>,
) -> Result<Preview, String> {
    let PreviewConfig { seconds, disk, memory, .. } = session.config.preview;
    let scratch = places(&session.directories);
    let touched: Vec<PathBuf> = plan
        .steps
        .iter()
        .flat_map(|step| step.effects.writes())
        .map(std::path::Path::to_owned)
        .collect();
    let directory = shell.directory().unwrap_or_default().to_vec();
    let request = preview::Request {
        directory: OsStr::from_bytes(&directory).as_ref(),
        touched: &touched,
        scratch: &scratch,
        time: Duration::from_secs(u64::from(seconds)),
        bytes: disk,
        memory,
        interrupted: &|| signal::is_pending(signal::SIGINT),
    };
    let tried = preview::preview(&request, || exec::aside::try_out(plan, step, shell).0);
    // The person's Ctrl-C was for the preview.
    signal::take(signal::SIGINT);
    tried.map_err(|reason| unavailable(&reason, plan.language))
}

/// Where what a preview writes may be kept, best first.
pub(super) fn places(directories: &Directories) -> [PathBuf; 2] {
    let own = format!("llmsh-preview-{}", identity::effective_user());
    [directories.cache.join("preview"), std::env::temp_dir().join(own)]
}

fn unavailable(reason: &Unavailable, language: Language) -> String {
    format!("{}\n{}", reason.reason(language), Unavailable::remains(language))
}

/// What a preview found, in words, for lines of this width.
pub(super) fn words(preview: &Preview, language: Language, width: usize) -> Tried {
    let mut text = preview.difference.render(language, width.min(WIDEST));
    if preview.ending != Ending::Exited(0) {
        let ending = preview.ending.words(language);
        text.push_str(
            &language
                .choose(format!("\nWhen tried, {ending}.\n"), format!("\n试运行时{ending}。\n")),
        );
    }
    if !preview.output.is_empty() {
        text.push_str(language.choose("\nIt said:\n", "\n其输出：\n"));
        for (stream, line) in preview.output.lines() {
            // What is said on standard error stands out without colour, too.
            text.push_str(if stream == Stream::Error { "  ! " } else { "    " });
            text.push_str(&safe_lines(&line));
            text.push('\n');
        }
    }
    if preview.output.left_out > 0 {
        let more = preview.output.left_out;
        text.push_str(
            &language.choose(
                format!("    ({more} more bytes)\n"),
                format!("    （另有 {more} 字节）\n"),
            ),
        );
    }
    let made = match preview.difference.changes() {
        Ok(changes) => !changes.is_empty(),
        Err(stale) => {
            let reason = stale.reason(language);
            text.push_str(&language.choose(
                format!("\nThis cannot be made as it is: {reason}\n"),
                format!("\n无法直接做出这些更改：{reason}\n"),
            ));
            false
        }
    };
    Tried { text, can_be_made: made && preview.ending.is_whole() }
}

//! Whether a step can be undone, said before it runs.

use std::os::unix::fs::MetadataExt;

use indicatif::HumanBytes;

use crate::language::Language;
use crate::plan::effect::{Act, Deed, Effects, Extent, Reversal};
use crate::plan::operation::{Content, Operation, RemoveDepth};
use crate::undo;

/// Whether and how far a step can be undone.
pub(super) fn of(
    operation: &Operation,
    effects: &Effects,
    extent: Option<&Extent>,
    language: Language,
) -> Reversal {
    let no =
        |english: &str, chinese: &str| Reversal::No(language.choose(english, chinese).to_owned());
    match operation {
        Operation::ChangeDirectory { .. }
        | Operation::SetVariable { .. }
        | Operation::ChangeSession => Reversal::Nothing,
        Operation::SendSignal { .. } => no("a signal cannot be called back", "信号发出后无法收回"),
        Operation::Run | Operation::Compound => {
            let nothing =
                effects.acts().all(|act| matches!(act, Act::To(Deed::Reads, _) | Act::Environment));
            let only_files = effects.acts().all(is_on_files);
            if nothing {
                Reversal::Nothing
            } else if only_files {
                no(
                    "the program does it itself; it can be undone if it is run through preview",
                    "由程序自身完成；若通过预览运行，则可以撤销",
                )
            } else {
                no("the program does it itself", "由程序自身完成")
            }
        }
        Operation::Remove { depth: RemoveDepth::EmptyDirectories, .. } => Reversal::Full,
        Operation::Remove { .. } => match extent {
            Some(extent) if extent.more => {
                no("it is too much for the trash", "内容太多，无法放入回收站")
            }
            _ => Reversal::Full,
        },
        Operation::Move { .. }
        | Operation::Copy { .. }
        | Operation::WriteFile { content: Content::Replace(_), .. } => {
            loss(effects, language).map_or(Reversal::Full, Reversal::Partly)
        }
        Operation::MakeDirectory { .. }
        | Operation::Link { .. }
        | Operation::ChangeMode { .. }
        | Operation::ChangeOwner { .. }
        | Operation::WriteFile { .. } => Reversal::Full,
    }
}

/// Whether a preview holds it, in which there are files and no network: what of it is not
/// known it does to files as well.
fn is_on_files(act: &Act) -> bool {
    matches!(
        act,
        Act::To(..)
            | Act::ChangesUnlisted
            | Act::DeletesUnlisted
            | Act::Environment
            | Act::Unknown(_)
    )
}

/// What is overwritten of which nothing can be kept, since its file system has no place
/// for it.
fn loss(effects: &Effects, language: Language) -> Option<String> {
    let overwritten = effects.paths(Deed::Changes).chain(effects.paths(Deed::Deletes));
    let lost: Vec<u64> = overwritten
        .filter_map(|path| {
            let metadata = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
            (!undo::can_keep(path, metadata.dev())).then_some(metadata.len())
        })
        .collect();
    let bytes = HumanBytes(lost.iter().sum());
    match (lost.len(), language) {
        (0, _) => None,
        (1, Language::English) => Some(format!("what is overwritten is lost, {bytes}")),
        (files, Language::English) => {
            Some(format!("what is overwritten is lost: {files} files, {bytes}"))
        }
        (files, Language::Chinese) => Some(format!("被覆盖的内容将丢失：{files} 个文件，{bytes}")),
    }
}

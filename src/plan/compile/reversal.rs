//! Whether a step can be undone, said before it runs.

use crate::language::Language;
use crate::plan::effect::{Act, Deed, Effects, Extent, Reversal};
use crate::plan::operation::{Operation, RemoveDepth};

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
            if nothing {
                Reversal::Nothing
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
        Operation::MakeDirectory { .. }
        | Operation::Move { .. }
        | Operation::Copy { .. }
        | Operation::Link { .. }
        | Operation::ChangeMode { .. }
        | Operation::ChangeOwner { .. }
        | Operation::WriteFile { .. } => Reversal::Full,
    }
}

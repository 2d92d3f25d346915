//! Names that are meant from a directory.

use bstr::BString;

use super::fact::Fact;

/// A path below a directory.
pub(super) fn below(directory: Option<&BString>, path: &BString) -> BString {
    match directory {
        Some(directory) if path == "." => directory.clone(),
        Some(directory) if !path.starts_with(b"/") => [&directory[..], b"/", path].concat().into(),
        _ => path.clone(),
    }
}

/// Takes relative names as meant from a directory.
pub(super) fn move_to(directory: &BString, facts: &mut [Fact]) {
    for fact in facts {
        if let Fact::File(_, path) = fact {
            *path = below(Some(directory), path);
        }
    }
}

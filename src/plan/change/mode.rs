//! Changes of permissions.

use std::path::Path;

use super::{List, Unsuitable};
use crate::plan::operation::{Mode, ModeClause};
use crate::system::node::FileKind;
use crate::system::resource;
use crate::undo::Change;

impl List<'_> {
    pub(super) fn change_mode(
        &mut self,
        path: &Path,
        mode: &Mode,
        recursive: bool,
    ) -> Result<(), Unsuitable> {
        self.each(path, recursive, &mut |list, at, status| {
            let new = apply_mode(mode, status.mode, status.identity.kind == FileKind::Directory);
            if new == status.mode { Ok(()) } else { list.push(Change::Mode { at, mode: new }) }
        })
    }
}

/// The new permissions (XCU chmod). An octal mode keeps a directory's
/// set-user-id and set-group-id bits, as GNU chmod does.
fn apply_mode(mode: &Mode, old: u32, directory: bool) -> u32 {
    match mode {
        Mode::Absolute(bits) if directory => bits | old & 0o6000,
        Mode::Absolute(bits) => *bits,
        Mode::Symbolic(clauses) => {
            clauses.iter().fold(old, |mode, clause| apply_clause(clause, mode, directory))
        }
    }
}

fn apply_clause(clause: &ModeClause, mode: u32, directory: bool) -> u32 {
    let mut bits = clause.bits;
    if clause.conditional_execute && (directory || mode & 0o111 != 0) {
        bits |= 0o111;
    }
    let mut bits = bits & clause.classes;
    if clause.masked {
        bits &= !resource::umask();
    }
    match clause.operator {
        b'+' => mode | bits,
        b'-' => mode & !bits,
        _ => {
            let keep = if directory { 0o7000 } else { 0 };
            mode & (!clause.classes | keep) | bits
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(classes: u32, masked: bool, operator: u8, bits: u32) -> Mode {
        Mode::Symbolic(vec![ModeClause {
            classes,
            masked,
            operator,
            bits,
            conditional_execute: false,
        }])
    }

    #[test]
    fn modes_change_as_chmod_changes_them() {
        assert_eq!(apply_mode(&clause(0o4700, false, b'+', 0o111), 0o644, false), 0o744);
        assert_eq!(apply_mode(&clause(0o7777, false, b'-', 0o222), 0o666, false), 0o444);
        assert_eq!(apply_mode(&clause(0o1007, false, b'=', 0o444), 0o777, false), 0o774);
        assert_eq!(apply_mode(&Mode::Absolute(0o750), 0o2755, true), 0o2750);
        assert_eq!(apply_mode(&Mode::Absolute(0o750), 0o4755, false), 0o750);
    }
}

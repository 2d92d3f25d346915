//! Scripts in other languages that stand in a command line: whether they can write
//! files or run programs. Each is read by a small parser for the forms that cannot; a
//! script that is not read to its end, or that another implementation may read
//! otherwise, can.

mod awk;
mod filter;
mod sed;

pub(super) use self::awk::{is_harmless as awk_is_harmless, last_field};
pub(super) use self::filter::filter_is_harmless;
pub(super) use self::sed::{closed, is_harmless as sed_is_harmless};

//! What was entered, where, when, and how it ended: kept in SQLite, shared by
//! all of the user's sessions.
//!
//! [`Store`] is the database. [`History`] is what a session holds: it opens the
//! store at the first use, and when that or anything later fails (full disk,
//! read-only file system, damaged file) it goes on in memory and says so once.
//! History is never a reason for a line not to run.
//!
//! What always holds: a line that begins with a space is kept nowhere; secrets
//! are taken out before anything is written; the file is the user's alone; a
//! deleted entry leaves no bytes behind in it; what [`Store::append`] has
//! returned for is on the disk.

pub mod command;
mod editor;
mod entry;
mod import;
mod session;
mod store;

pub use editor::EditorHistory;
pub use entry::{Entry, EntryId, Imported, Kind, NewEntry, new_session_name};
pub use import::{Foreign, ImportError};
pub use session::History;
pub use store::{DATABASE_NAME, Store};

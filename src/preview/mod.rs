//! What a plan would change: it runs in a room of its own
//! ([`crate::system::namespace`]), and the difference is shown. The person may
//! have exactly that difference made, or drop it.
//!
//! - [`preview`]: runs the work and reads the difference
//! - [`Difference`]: what was created, changed and deleted; [`Difference::render`]
//! - [`Difference::changes`]: the same as changes for the journal, unless
//!   something has changed meanwhile
//! - [`Unavailable`]: why there is none, and what remains
//!
//! The work sees the files as they are, has no network, and reaches no process,
//! daemon or terminal outside. What it writes outside of the directories that are
//! overlaid is refused to it ("Read-only file system"), and shows in its output.
//!
//! A preview shows what the plan did this once. What depends on the network, the
//! time or chance may come out differently.

mod commit;
mod difference;
mod layers;
mod render;
mod run;
mod scratch;
mod text_diff;
mod unavailable;
mod walk;

pub use crate::system::namespace::{Stream, Written};
pub use commit::Stale;
pub use difference::{Changed, Difference, Entry, What};
pub use run::{Ending, Preview, Request, preview};
pub use text_diff::{Content, Line};
pub use unavailable::{Setting, Unavailable};

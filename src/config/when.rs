//! When plans are tried aside.

use serde::Deserialize;

/// Which plans are tried aside before the person is asked about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PreviewWhen {
    /// Those for which the person asks for it.
    #[default]
    Ask,
    /// Those with a step of which it is not known what it does.
    Unknown,
    /// These, and those that delete.
    Always,
}

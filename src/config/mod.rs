//! Configuration: what the person may set, where it stands, and what holds
//! without it.
//!
//! [`Config`] is what the rest of llmsh sees: every value is there and within
//! its bounds. The file as it is written, where everything may be absent, is a
//! type of its own that does not leave this module.
//!
//! A caller loads the configuration only when a request or an interactive
//! session needs it: commands, scripts and `-c` never do, so that a broken
//! file cannot lock anybody out. Nothing is ever read from the working
//! directory.

mod colour;
mod directories;
mod error;
mod file;
mod raw;
mod resolved;
mod size;
mod trusted_file;
mod trusted_path;
mod when;

pub use colour::Colour;
pub use directories::{Directories, NoDirectories};
pub use error::{ConfigError, Distrust, Kind};
pub use file::{FILE_NAME, load, load_or_default};
pub use resolved::{
    Config, HistoryConfig, HubConfig, ModelConfig, PreferenceConfig, PreviewConfig, PromptConfig,
    ReviewConfig, ShellConfig,
};
pub use trusted_file::{read_trusted, text_error};
pub use when::PreviewWhen;

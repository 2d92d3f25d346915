//! The configuration that the rest of llmsh sees, and its defaults.

use super::colour::Colour;
use super::raw::RawConfig;
use super::when::PreviewWhen;

/// Everything that can be set, with a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The model and the process that holds it.
    pub model: ModelConfig,
    /// Where models are fetched from.
    pub hub: HubConfig,
    /// How plans are shown.
    pub review: ReviewConfig,
    /// What is learned from the person.
    pub preference: PreferenceConfig,
    /// What is remembered of past lines.
    pub history: HistoryConfig,
    /// The interactive shell.
    pub shell: ShellConfig,
    /// What the shell's own prompt says.
    pub prompt: PromptConfig,
    /// What is kept so that changes can be undone.
    pub undo: UndoConfig,
    /// How plans are tried aside.
    pub preview: PreviewConfig,
}

/// `[model]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelConfig {
    /// The name of the model that answers; `None` leaves the choice to
    /// `llmsh model use`, and to the catalogue's default after that.
    pub name: Option<String>,
    /// Threads of inference; `None` is one a physical core.
    pub threads: Option<u32>,
    /// Layers to hold on the GPU, in a build that has one. More than the model
    /// has is all of them.
    pub gpu_layers: u32,
    /// The length of prompt and answer together.
    pub context_tokens: u32,
    /// Seconds without a request after which the model's process ends.
    pub idle_exit_seconds: u32,
    /// The longest answer.
    pub max_answer_tokens: u32,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            name: None,
            threads: None,
            gpu_layers: 999,
            context_tokens: 4096,
            idle_exit_seconds: 900,
            max_answer_tokens: 256,
        }
    }
}

/// `[hub]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubConfig {
    /// Seconds to wait for a connection before the next source is tried.
    pub connect_timeout_seconds: u32,
    /// A mirror to use in place of the address in the catalogue.
    pub url: Option<String>,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self { connect_timeout_seconds: 5, url: None }
    }
}

/// `[review]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewConfig {
    /// Show plans as plain lines, for screen readers and odd terminals.
    pub plain: bool,
    /// When colours are used.
    pub colour: Colour,
}

/// `[preference]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreferenceConfig {
    /// Whether approved and edited plans are remembered and used.
    pub enabled: bool,
    /// The most remembered plans that go into one prompt.
    pub max_demonstrations: u32,
}

impl Default for PreferenceConfig {
    fn default() -> Self {
        Self { enabled: true, max_demonstrations: 3 }
    }
}

/// `[history]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryConfig {
    /// Whether lines are written to disk.
    pub enabled: bool,
    /// The number of entries that are kept; the oldest go first.
    pub max_entries: u32,
}

impl Default for HistoryConfig {
    fn default() -> Self {
        Self { enabled: true, max_entries: 100_000 }
    }
}

/// `[shell]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShellConfig {
    /// The prompt where neither the environment nor a startup file sets `PS1`.
    pub prompt: Option<String>,
    /// Whether `~/.bashrc` is read by an interactive shell, before `rc`.
    pub bashrc: bool,
}

/// `[prompt]`: what the shell's own prompt says, beside the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptConfig {
    /// The machine, under ssh.
    pub host: bool,
    /// The virtual environment of Python.
    pub environment: bool,
    /// The branch of git, what is under way in the repository, and how many files are changed.
    pub git: bool,
    /// How many jobs there are, if any.
    pub jobs: bool,
    /// How long the last command ran, from two seconds on.
    pub duration: bool,
    /// How the last command ended, unless well.
    pub status: bool,
    /// The terminal is told where prompts, commands and their output begin, and the directory.
    pub marks: bool,
    /// And what its title is to be.
    pub title: bool,
    /// The directory is a link to itself.
    pub links: bool,
    /// Of a line that was entered, only the sign of the prompt stays.
    pub transient: bool,
}

impl Default for PromptConfig {
    fn default() -> Self {
        Self {
            host: true,
            environment: true,
            git: true,
            jobs: true,
            duration: true,
            status: true,
            marks: true,
            title: true,
            links: true,
            transient: false,
        }
    }
}

/// `[undo]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoConfig {
    /// Whether what plans change is kept.
    pub enabled: bool,
    /// The most that is kept, in bytes; the oldest goes first.
    pub keep: u64,
    /// Days after which it goes.
    pub max_days: u32,
}

impl Default for UndoConfig {
    fn default() -> Self {
        Self { enabled: true, keep: 2 << 30, max_days: 30 }
    }
}

/// `[preview]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewConfig {
    /// Which plans are tried unasked.
    pub when: PreviewWhen,
    /// How long a plan may be tried.
    pub seconds: u32,
    /// The most that it may write meanwhile, in bytes.
    pub disk: u64,
    /// The most memory that each of its processes may have for itself, in bytes.
    pub memory: u64,
}

impl Default for PreviewConfig {
    fn default() -> Self {
        Self { when: PreviewWhen::Ask, seconds: 60, disk: 1 << 30, memory: 4 << 30 }
    }
}

impl Config {
    pub(super) fn from_raw(raw: RawConfig) -> Self {
        let default = Self::default();
        Self {
            model: ModelConfig {
                name: raw.model.name.filter(|name| !name.is_empty()),
                threads: raw.model.threads.filter(|&threads| threads > 0),
                gpu_layers: raw.model.gpu_layers.unwrap_or(default.model.gpu_layers),
                context_tokens: raw.model.context_tokens.unwrap_or(default.model.context_tokens),
                idle_exit_seconds: raw
                    .model
                    .idle_exit_seconds
                    .unwrap_or(default.model.idle_exit_seconds),
                max_answer_tokens: raw
                    .model
                    .max_answer_tokens
                    .unwrap_or(default.model.max_answer_tokens),
            },
            hub: HubConfig {
                connect_timeout_seconds: raw
                    .hub
                    .connect_timeout_seconds
                    .unwrap_or(default.hub.connect_timeout_seconds),
                url: raw.hub.url.filter(|url| !url.is_empty()),
            },
            review: ReviewConfig {
                plain: raw.review.plain.unwrap_or(default.review.plain),
                colour: raw.review.colour.unwrap_or(default.review.colour),
            },
            preference: PreferenceConfig {
                enabled: raw.preference.enabled.unwrap_or(default.preference.enabled),
                max_demonstrations: raw
                    .preference
                    .max_demonstrations
                    .unwrap_or(default.preference.max_demonstrations),
            },
            history: HistoryConfig {
                enabled: raw.history.enabled.unwrap_or(default.history.enabled),
                max_entries: raw.history.max_entries.unwrap_or(default.history.max_entries),
            },
            shell: ShellConfig {
                prompt: raw.shell.prompt.filter(|prompt| !prompt.is_empty()),
                bashrc: raw.shell.bashrc.unwrap_or_default(),
            },
            prompt: PromptConfig {
                host: raw.prompt.host.unwrap_or(default.prompt.host),
                environment: raw.prompt.environment.unwrap_or(default.prompt.environment),
                git: raw.prompt.git.unwrap_or(default.prompt.git),
                jobs: raw.prompt.jobs.unwrap_or(default.prompt.jobs),
                duration: raw.prompt.duration.unwrap_or(default.prompt.duration),
                status: raw.prompt.status.unwrap_or(default.prompt.status),
                marks: raw.prompt.marks.unwrap_or(default.prompt.marks),
                title: raw.prompt.title.unwrap_or(default.prompt.title),
                links: raw.prompt.links.unwrap_or(default.prompt.links),
                transient: raw.prompt.transient.unwrap_or(default.prompt.transient),
            },
            preview: PreviewConfig {
                when: raw.preview.when.unwrap_or_default(),
                seconds: raw.preview.seconds.unwrap_or(default.preview.seconds),
                disk: raw.preview.disk.unwrap_or(default.preview.disk),
                memory: raw.preview.memory.unwrap_or(default.preview.memory),
            },
            undo: UndoConfig {
                enabled: raw.undo.enabled.unwrap_or(default.undo.enabled),
                keep: raw.undo.keep.unwrap_or(default.undo.keep),
                max_days: raw.undo.max_days.unwrap_or(default.undo.max_days),
            },
        }
    }
}

//! What a worker is started with, and its form on the command line.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

/// The first argument of a process that is a worker. It is internal: nothing but
/// llmsh itself uses it.
pub const WORKER_ARGUMENT: &str = "--worker";

/// What answers requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineChoice {
    /// llama.cpp with [`WorkerOptions::model`].
    Llama,
    /// Replies from a file ([`crate::model::worker::scripted`]), for tests.
    Scripted(PathBuf),
}

/// Everything a worker needs to know; it reads no configuration of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerOptions {
    /// What answers.
    pub engine: EngineChoice,
    /// The model file, a GGUF.
    pub model: PathBuf,
    /// The model's SHA-256 in hexadecimal, verified by whoever gives it.
    pub model_sha256: String,
    /// Where the socket is ([`super::endpoint::runtime_directory`]).
    pub runtime_directory: PathBuf,
    /// Where saved sequence states are.
    pub cache_directory: PathBuf,
    /// Where the worker's log is.
    pub state_directory: PathBuf,
    /// Tokens that prefix, request and answer together may have.
    pub context_tokens: u32,
    /// Threads; 0: as many as there are physical cores.
    pub threads: u32,
    /// Layers of the model to compute on the GPU.
    pub gpu_layers: u32,
    /// How long the worker stays without work; zero: for ever.
    pub idle_exit: Duration,
}

impl WorkerOptions {
    /// The usual values for a model, with its directories.
    #[must_use]
    pub fn new(
        model: PathBuf,
        model_sha256: String,
        runtime_directory: PathBuf,
        cache_directory: PathBuf,
        state_directory: PathBuf,
    ) -> Self {
        Self {
            engine: EngineChoice::Llama,
            model,
            model_sha256,
            runtime_directory,
            cache_directory,
            state_directory,
            context_tokens: 4096,
            threads: 0,
            gpu_layers: 0,
            idle_exit: Duration::from_secs(600),
        }
    }

    /// The directory of saved sequence states.
    #[must_use]
    pub fn state_store(&self) -> PathBuf {
        self.cache_directory.join("states")
    }

    /// The arguments that make a process this worker, without the program's name.
    #[must_use]
    pub fn to_arguments(&self) -> Vec<OsString> {
        let mut arguments = vec![OsString::from(WORKER_ARGUMENT)];
        let mut add = |name: &str, value: &OsStr| {
            arguments.push(name.into());
            arguments.push(value.to_owned());
        };
        if let EngineChoice::Scripted(path) = &self.engine {
            add("script", path.as_os_str());
        }
        add("model", self.model.as_os_str());
        add("sha256", self.model_sha256.as_ref());
        add("runtime", self.runtime_directory.as_os_str());
        add("cache", self.cache_directory.as_os_str());
        add("state", self.state_directory.as_os_str());
        add("context", self.context_tokens.to_string().as_ref());
        add("threads", self.threads.to_string().as_ref());
        add("gpu-layers", self.gpu_layers.to_string().as_ref());
        add("idle-seconds", self.idle_exit.as_secs().to_string().as_ref());
        arguments
    }

    /// Reads what [`WorkerOptions::to_arguments`] wrote. `None`: the process is no
    /// worker, or the arguments were not written by this program.
    #[must_use]
    pub fn from_arguments(arguments: &[OsString]) -> Option<Self> {
        let (first, pairs) = arguments.split_first()?;
        if first != WORKER_ARGUMENT || pairs.len() % 2 != 0 {
            return None;
        }
        let value = |name: &str| {
            pairs.chunks_exact(2).find(|pair| pair[0] == name).map(|pair| pair[1].clone())
        };
        let path = |name| value(name).map(PathBuf::from);
        let number = |name| -> Option<u64> { value(name)?.to_str()?.parse().ok() };
        Some(Self {
            engine: path("script").map_or(EngineChoice::Llama, EngineChoice::Scripted),
            model: path("model")?,
            model_sha256: value("sha256")?.into_string().ok()?,
            runtime_directory: path("runtime")?,
            cache_directory: path("cache")?,
            state_directory: path("state")?,
            context_tokens: number("context")?.try_into().ok()?,
            threads: number("threads")?.try_into().ok()?,
            gpu_layers: number("gpu-layers")?.try_into().ok()?,
            idle_exit: Duration::from_secs(number("idle-seconds")?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    fn options() -> WorkerOptions {
        WorkerOptions::new(
            OsString::from_vec(b"/models/\xFF.gguf".to_vec()).into(),
            "ab".repeat(32),
            "/run/user/1/llmsh".into(),
            "/cache".into(),
            "/state".into(),
        )
    }

    #[test]
    fn options_survive_the_command_line() {
        let mut options = options();
        let back = WorkerOptions::from_arguments(&options.to_arguments());
        assert_eq!(back.as_ref(), Some(&options));
        options.engine = EngineChoice::Scripted("/replies.json".into());
        let back = WorkerOptions::from_arguments(&options.to_arguments());
        assert_eq!(back, Some(options));
    }

    #[test]
    fn other_command_lines_are_no_workers() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(WorkerOptions::from_arguments(&[]), None);
        assert_eq!(WorkerOptions::from_arguments(&words("-c true")), None);
        assert_eq!(WorkerOptions::from_arguments(&words("--worker")), None);
        assert_eq!(WorkerOptions::from_arguments(&words("--worker model")), None);
        let mut arguments = options().to_arguments();
        arguments.truncate(5);
        assert_eq!(WorkerOptions::from_arguments(&arguments), None);
    }
}

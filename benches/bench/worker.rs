//! The worker and the bare loop, as the subject of the measurements of the model.
//!
//! The worker is this very program: it has runtime and cache directories of its
//! own, so that the user's worker and saved states are not touched.

use std::any::Any;
use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;

use llmsh::config::Directories;
use llmsh::context::{Context, Index, Place};
use llmsh::model::llama::bare_decode;
use llmsh::model::store::{self, StoreContext};
use llmsh::model::worker::{WorkerClient, WorkerOptions, run_worker};
use llmsh::model::{CompletionRequest, LanguageModel};
use llmsh::prompt::{self, PromptSettings, Templates};

use super::model::Subject;

/// The longest answer to a request.
const MAX_ANSWER_TOKENS: u32 = 256;

/// Becomes the worker if this process was started as one.
pub(crate) fn run_if_asked() {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(options) = WorkerOptions::from_arguments(&arguments) {
        std::process::exit(run_worker(&options).0);
    }
}

/// The default model in a worker of this benchmark's own.
pub(crate) struct Worker {
    options: WorkerOptions,
    settings: PromptSettings,
    /// Removed at the end.
    _directory: tempfile::TempDir,
}

impl Worker {
    /// Finds the selected model.
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let directories = Directories::of_user()?;
        let model = store::selected_model(&StoreContext::new(directories.data))?;
        let directory = tempfile::tempdir()?;
        let part = |name: &str| directory.path().join(name);
        let options = WorkerOptions::new(
            model.path,
            model.sha256,
            part("runtime"),
            part("cache"),
            part("state"),
        );
        let settings = PromptSettings {
            templates: Templates::embedded(),
            max_answer_tokens: MAX_ANSWER_TOKENS,
        };
        Ok(Self { options, settings, _directory: directory })
    }

    fn client(&self) -> WorkerClient {
        WorkerClient::new(self.options.clone())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Idle exit ends it where this does not.
        let _ = self.client().shutdown();
    }
}

impl Subject for Worker {
    fn connect(&mut self) -> Result<Box<dyn LanguageModel>, Box<dyn Error>> {
        Ok(Box::new(self.client()))
    }

    fn keep_busy(&mut self, request: &CompletionRequest) -> Result<Box<dyn Any>, Box<dyn Error>> {
        let mut client = self.client();
        client.begin(request)?;
        Ok(Box::new(client))
    }

    fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        Ok(self.client().shutdown()?)
    }

    fn forget_prefix(&mut self) -> Result<(), Box<dyn Error>> {
        match std::fs::remove_dir_all(self.options.state_store()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn request(&self, text: &str) -> CompletionRequest {
        let place = Place {
            directory: std::env::current_dir().unwrap_or_default(),
            home: std::env::var_os("HOME").map(PathBuf::from),
            root: None,
            variables: Vec::new(),
        };
        let context = Context::gather(text, &place, &mut Index::default());
        prompt::build(&context, &[], &[], None, &self.settings)
    }

    fn bare(&mut self, prompt: u32, tokens: u32) -> Result<f64, Box<dyn Error>> {
        // A word of one token each.
        let text = " the".repeat(usize::try_from(prompt)?);
        let rates = bare_decode(
            &self.options.model,
            &text,
            32,
            usize::try_from(tokens)?,
            self.options.threads,
        )?;
        Ok(rates.decode_rate)
    }
}

//! Where everything comes together: a request's way from words to effects, and
//! the three ways in (interactive, `-c` and `ask`, scripts).
//!
//! **Architecture invariant:** nothing in here is made before the first request
//! or the first prompt. Commands, scripts and `-c` reach the shell engine
//! without it.

pub mod ask;
mod changes;
mod colours;
mod completion;
pub mod diary;
pub mod doctor;
pub mod editor;
mod entered;
mod expansion;
pub mod explain;
mod greeting;
pub mod interactive;
mod lever;
pub mod login_shell;
mod marks;
mod model;
mod own_prompt;
mod question;
pub mod reading;
mod recall;
pub mod reply;
mod report;
pub mod request;
mod review;
mod safety;
mod steps;
mod talk;
pub mod thread;
mod trial;
pub mod tutor;
pub mod tutorial;
mod why;

use std::path::PathBuf;
use std::time::Instant;

use crate::config::{self, Config, Directories};
use crate::context::{Context, Index, Place};
use crate::diagnostic::Diagnostic;
use crate::model::ModelError;
use crate::model::store::StoreContext;
use crate::model::worker::WorkerClient;
use crate::policy::Policy;
use crate::policy::approval::Approvals;
use crate::preference::{DATABASE_NAME, Demonstration, MAX_NOTES, Preferences};
use crate::prompt::{Library, PromptSettings, Templates};
use crate::shell::Shell;
use crate::system::identity;
use crate::undo;

use self::diary::Diary;
pub use self::lever::{Lever, Levers, Spent};
use self::thread::Thread;

/// What requests need beside the shell: configuration, model, preferences.
pub struct Session {
    /// The configuration.
    pub config: Config,
    /// Where files are.
    pub directories: Directories,
    settings: PromptSettings,
    library: Library,
    client: Option<WorkerClient>,
    preferences: Option<Preferences>,
    policy: Option<Policy>,
    approvals: Option<Approvals>,
    /// What stands below the working directory.
    index: Index,
    /// The journal of changes.
    changes: Option<undo::Journal>,
    /// Where plans that run are recorded, in an interactive shell.
    pub diary: Option<Diary>,
    /// The last requests.
    pub thread: Thread,
    /// What the request that is being answered is about.
    asked: Option<Context>,
    /// What is left out, in a measurement.
    pub levers: Levers,
    /// What requests have cost so far.
    pub spent: Spent,
    /// Messages about broken files, to be shown once.
    pub notices: Vec<Diagnostic>,
}

impl Session {
    /// Reads configuration and prompts; what is broken is replaced by defaults,
    /// with a notice.
    ///
    /// # Errors
    /// There is no directory to keep anything in.
    pub fn open() -> Result<Self, Diagnostic> {
        let (config, notice) =
            config::load_or_default(&Directories::of_user()?.config, identity::effective_user());
        let mut session = Self::with_config(config)?;
        session.notices.splice(..0, notice);
        Ok(session)
    }

    /// The same with a configuration that has been read already.
    ///
    /// # Errors
    /// There is no directory to keep anything in.
    pub fn with_config(config: Config) -> Result<Self, Diagnostic> {
        let directories = Directories::of_user()?;
        let user = identity::effective_user();
        let mut notices = Vec::new();
        let templates = Templates::load(&directories.config, user).unwrap_or_else(|error| {
            notices.push(error.into());
            Templates::embedded()
        });
        let library = Library::new(templates.library.clone());
        let settings =
            PromptSettings { templates, max_answer_tokens: config.model.max_answer_tokens };
        Ok(Self {
            config,
            directories,
            settings,
            library,
            client: None,
            preferences: None,
            policy: None,
            approvals: None,
            index: Index::default(),
            changes: None,
            diary: None,
            thread: Thread::default(),
            asked: None,
            levers: Levers::default(),
            spent: Spent::default(),
            notices,
        })
    }

    /// The database of preferences.
    #[must_use]
    pub fn preference_path(&self) -> PathBuf {
        self.directories.data.join(DATABASE_NAME)
    }

    /// The database of history, and how many lines it keeps.
    #[must_use]
    pub fn history_place(&self) -> (PathBuf, u32) {
        let path = self.directories.state.join(crate::history::DATABASE_NAME);
        (path, self.config.history.max_entries)
    }

    /// Opens the preferences; a database that cannot be used is a notice and
    /// never a reason to fail.
    fn preferences(&mut self) -> Option<&mut Preferences> {
        if !self.config.preference.enabled {
            return None;
        }
        if self.preferences.is_none() {
            match Preferences::open(&self.preference_path()) {
                Ok(preferences) => self.preferences = Some(preferences),
                Err(error) => self.notices.push(error.into()),
            }
        }
        self.preferences.as_mut()
    }

    /// What the person wants to be kept in mind, the newest first.
    fn notes(&mut self) -> Vec<String> {
        let notes = self.preferences().map(|preferences| preferences.notes());
        let notes = notes.and_then(Result::ok).unwrap_or_default();
        notes.into_iter().take(MAX_NOTES).map(|(_, text)| text).collect()
    }

    fn demonstrations(&mut self, request: &str, place: &str) -> Vec<Demonstration> {
        let most = usize::try_from(self.config.preference.max_demonstrations).unwrap_or(0);
        self.preferences()
            .map(|preferences| preferences.demonstrations(request, place, most))
            .unwrap_or_default()
    }

    /// The connection to the model's process, made when it is first needed.
    fn client(&mut self) -> Result<&mut WorkerClient, ModelError> {
        if self.client.is_none() {
            self.client = Some(model::connect(self)?);
        }
        Ok(self.client.as_mut().expect("it has just been made"))
    }

    /// The models, as the configuration has them.
    #[must_use]
    pub fn store_context(&self) -> StoreContext {
        model::store_context(self)
    }

    /// What the model's process says about itself; `None`: it does not run.
    #[must_use]
    pub fn worker_status(&self) -> Option<String> {
        model::worker_status(self)
    }

    /// Starts the model's process while the person is still typing.
    pub fn start_model_ahead(&self) {
        model::start_ahead(self);
    }

    /// What the model was told of the request that is being answered.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        self.asked.as_ref().map(crate::prompt::asked)
    }

    /// What a request is about here.
    pub(crate) fn context(&mut self, request: &str, shell: &Shell) -> Context {
        use bstr::ByteSlice;
        let path = |bytes: &[u8]| bytes.to_path_lossy().into_owned();
        let place = Place {
            directory: shell.directory().map(path).unwrap_or_default(),
            home: shell.variables.get(b"HOME").map(|home| path(home)),
            root: Some("/".into()),
            variables: Vec::new(),
        };
        if !self.levers.has(Lever::Mentions) {
            let request = request.to_owned();
            return Context { original: request.clone(), request, ..Context::default() };
        }
        let begin = Instant::now();
        let mut context = Context::gather(request, &place, &mut self.index);
        self.spent.resolve_ms += begin.elapsed().as_secs_f64() * 1000.0;
        if !self.levers.has(Lever::InPlace) {
            request.clone_into(&mut context.request);
        }
        if !self.levers.has(Lever::Facts) {
            context.facts.clear();
        }
        context
    }
}

/// The working directory as text, for records.
fn place(shell: &Shell) -> String {
    shell.directory().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

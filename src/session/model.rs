//! From the configuration to a connection with the model's process.

use std::time::Duration;

use super::Session;
use crate::model::ModelError;
use crate::model::store::{self, InstalledModel, StoreContext};
use crate::model::worker::endpoint::runtime_directory;
use crate::model::worker::protocol::WorkerStatistics;
use crate::model::worker::{self, WorkerClient, WorkerOptions};
use crate::system::signal;

/// The store of models as the configuration has it.
pub(super) fn store_context(session: &Session) -> StoreContext {
    let mut context = StoreContext::new(session.directories.data.clone());
    context.shared = store::shared_directories(std::env::var_os("XDG_DATA_DIRS").as_deref());
    context.hub.connect_timeout =
        Duration::from_secs(u64::from(session.config.hub.connect_timeout_seconds));
    if let Some(url) = &session.config.hub.url {
        context.hub.base_url.clone_from(url);
    }
    context
}

/// The model that answers: the one of the configuration, else the one that was chosen.
pub(super) fn chosen(session: &Session) -> Result<InstalledModel, ModelError> {
    let context = store_context(session);
    match &session.config.model.name {
        Some(name) => store::installed_model(&context, name),
        None => store::selected_model(&context),
    }
}

fn options(session: &Session) -> Result<WorkerOptions, ModelError> {
    let model = chosen(session)?;
    let config = &session.config.model;
    let runtime = runtime_directory(std::env::var_os("XDG_RUNTIME_DIR").as_deref());
    let directories = &session.directories;
    let mut options = WorkerOptions::new(
        model.path,
        model.sha256,
        runtime,
        directories.cache.clone(),
        directories.state.clone(),
    );
    options.context_tokens = config.context_tokens;
    options.threads = config.threads.unwrap_or(0);
    options.gpu_layers = config.gpu_layers;
    options.idle_exit = Duration::from_secs(u64::from(config.idle_exit_seconds));
    Ok(options)
}

pub(super) fn connect(session: &Session) -> Result<WorkerClient, ModelError> {
    let client = WorkerClient::new(options(session)?);
    Ok(client.with_interrupt(Box::new(|| signal::is_pending(signal::SIGINT))))
}

pub(super) fn start_ahead(session: &Session) {
    // Without a model there is nothing to start; a request will say so.
    if let Ok(options) = options(session) {
        worker::start_ahead(&options);
    }
}

/// What the model's process says about itself; `None`: it does not run.
pub(super) fn worker_status(session: &Session) -> Option<String> {
    let mut client = WorkerClient::new(options(session).ok()?);
    match client.statistics() {
        Ok(statistics) => statistics.map(|statistics| {
            let WorkerStatistics { process, loaded, queued, answered, .. } = statistics;
            let model = if loaded { "loaded" } else { "not loaded" };
            format!("process {process}, model {model}, {answered} answered, {queued} waiting")
        }),
        Err(error) => Some(error.to_string()),
    }
}

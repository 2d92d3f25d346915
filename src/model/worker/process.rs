//! The life of a worker process, from its arguments to its end.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::endpoint::{Endpoint, prepare_own_directory};
use super::engine::Engine;
use super::options::{EngineChoice, WorkerOptions};
use super::scripted::ScriptedEngine;
use super::server::Server;
use crate::exit_status::ExitStatus;
use crate::system::sandbox::{self, Confinement};
use crate::system::{process, socket, worker_process};

/// How long a worker waits for the place of one that is about to leave.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// A log above this size makes place for a new one when a worker starts.
const LOG_SIZE: u64 = 256 * 1024;

/// Is the worker that `options` describe, until it ends. To be called before the
/// process has any thread; the caller exits with the status.
///
/// The order matters: the lock, so that there is one worker; the socket, so that
/// shells need not wait for the model; the confinement, because the inference
/// thread must inherit it; and the model last, read by a process that can do
/// nothing else any more.
#[must_use]
pub fn run_worker(options: &WorkerOptions) -> ExitStatus {
    let log = open_log(&options.state_directory);
    if let Ok(log) = &log {
        // llama.cpp tells why it ends the process on standard error.
        let _ = worker_process::redirect_standard_error(log);
    }
    match serve(options) {
        Ok(()) => note("the worker ends"),
        Err(error) => {
            note(&format!("the worker cannot go on: {error}"));
            return ExitStatus::FAILURE;
        }
    }
    // The inference thread may be inside llama.cpp: no destructor may run.
    process::exit_now(0)
}

fn serve(options: &WorkerOptions) -> io::Result<()> {
    let endpoint = Endpoint::new(&options.runtime_directory, &options.model_sha256);
    let Some(lock) = take_place(&endpoint)? else {
        note("another worker is there already");
        return Ok(());
    };
    // A confined process cannot make directories any more.
    prepare_own_directory(&options.state_store())?;
    let (listener, identity) = endpoint.listen()?;
    let protections = enter_sandbox(options);
    for protection in &protections {
        note(protection);
    }
    let engine_options = options.clone();
    let mut server = Server::start(
        listener,
        move || make_engine(&engine_options),
        options.idle_exit,
        protections,
    )?;
    let mut lock = Some(lock);
    let result = server.serve(|| {
        endpoint.remove(identity);
        // The successor waits for this.
        lock.take();
    });
    endpoint.remove(identity);
    result
}

/// Waits for the lock while its holder leaves; gives up when a worker listens.
fn take_place(endpoint: &Endpoint) -> io::Result<Option<File>> {
    let begin = Instant::now();
    loop {
        if let Some(lock) = endpoint.lock()? {
            return Ok(Some(lock));
        }
        if endpoint.connect().is_ok() || begin.elapsed() > LOCK_WAIT {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Gives up everything that answering requests does not need. Returns one
/// sentence for every protection, active or not: none is silently absent.
fn enter_sandbox(options: &WorkerOptions) -> Vec<String> {
    let model_size = std::fs::metadata(&options.model).map_or(0, |data| data.len());
    let gpu = options.gpu_layers > 0;
    let mut read = vec![options.model.clone()];
    if let EngineChoice::Scripted(script) = &options.engine {
        read.push(script.clone());
    }
    sandbox::confine(&Confinement {
        read,
        write: vec![options.cache_directory.clone(), options.runtime_directory.clone()],
        // The weights once mapped and once repacked, the context's cache, and
        // what the rest of the process needs.
        memory: (!gpu)
            .then(|| model_size * 2 + u64::from(options.context_tokens) * 256 * 1024 + (2 << 30)),
        devices: gpu,
    })
}

#[cfg(feature = "llama")]
fn make_llama(options: &WorkerOptions) -> Box<dyn Engine> {
    Box::new(crate::model::llama::LlamaEngine::new(options))
}

#[cfg(not(feature = "llama"))]
fn make_llama(_options: &WorkerOptions) -> Box<dyn Engine> {
    Box::new(ScriptedEngine::new(super::scripted::Script {
        load_error: Some("this llmsh was built without llama.cpp".into()),
        ..super::scripted::Script::default()
    }))
}

fn make_engine(options: &WorkerOptions) -> Box<dyn Engine> {
    match &options.engine {
        EngineChoice::Llama => make_llama(options),
        EngineChoice::Scripted(path) => {
            Box::new(ScriptedEngine::from_file(path, &options.cache_directory))
        }
    }
}

/// The log, made smaller first. It holds no request and no answer.
fn open_log(directory: &Path) -> io::Result<File> {
    prepare_own_directory(directory)?;
    let path = directory.join("worker.log");
    if std::fs::symlink_metadata(&path).is_ok_and(|data| data.len() > LOG_SIZE) {
        std::fs::rename(&path, directory.join("worker.log.old"))?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .custom_flags(socket::OPEN_NO_FOLLOW)
        .open(path)
}

/// Writes one line to the log, which is where standard error goes here.
fn note(text: &str) {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let line = format!("{seconds} worker {}: {text}\n", std::process::id());
    let _ = io::stderr().write_all(line.as_bytes());
}

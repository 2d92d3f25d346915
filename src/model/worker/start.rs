//! Finding a worker or starting one, and the first words with it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::endpoint::Endpoint;
use super::options::{EngineChoice, WorkerOptions};
use super::protocol::{Event, Message, VERSION};
use crate::model::ModelError;
use crate::system::{socket, worker_process};

/// How long a worker may take to listen and to answer the first message. It does
/// both before it loads the model.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Variables that a worker is given: what GPU drivers, the thread pool and the
/// loader of libraries look at. Nothing else of the shell's environment, which is
/// where people keep secrets, reaches the model's process.
const ENVIRONMENT: &[&str] = &["CUDA_", "GGML_", "GOMP_", "HIP_", "HSA_", "OMP_", "ROCR_", "VK_"];

/// The running program, even when its file has been replaced since it started.
pub(super) fn own_program() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

/// Starts a worker if none listens, without waiting for it.
pub(super) fn start_ahead(options: &WorkerOptions, program: &Path) {
    if check_model(options).is_ok() && endpoint(options).connect().is_err() {
        // The request that follows says what is wrong.
        let _ = spawn(options, program);
    }
}

/// A connection on which both sides have said their version.
///
/// # Errors
/// A sentence about what is wrong.
pub(super) fn connect(
    options: &WorkerOptions,
    program: &Path,
    interrupted: &dyn Fn() -> bool,
) -> Result<Connection, ModelError> {
    check_model(options)?;
    let deadline = Instant::now() + CONNECT_LIMIT;
    let endpoint = endpoint(options);
    let mut spawned = false;
    loop {
        match endpoint.connect() {
            Ok(stream) => match greet(Connection::new(stream), deadline, interrupted) {
                Ok(Some(connection)) => return Ok(connection),
                // It has been sent away, or it was just leaving.
                Ok(None) => spawned = false,
                Err(error) => return Err(error),
            },
            Err(error) if is_absence(&error) && !spawned => {
                spawn(options, program).map_err(|error| {
                    ModelError::Worker(format!("its process cannot be started: {error}"))
                })?;
                spawned = true;
            }
            Err(error) if is_absence(&error) => {}
            Err(error) => {
                return Err(ModelError::Worker(format!("its process cannot be reached: {error}")));
            }
        }
        if Instant::now() > deadline {
            return Err(ModelError::Worker(format!(
                "its process was started and does not answer; {} may say why",
                options.state_directory.join("worker.log").display()
            )));
        }
        if interrupted() {
            return Err(ModelError::Worker("interrupted while its process was started".into()));
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// A connection to a worker that is there; none is started.
///
/// # Errors
/// There is one and it does not answer.
pub(super) fn connect_to_running(
    options: &WorkerOptions,
) -> Result<Option<Connection>, ModelError> {
    match endpoint(options).connect() {
        Ok(stream) => greet(Connection::new(stream), Instant::now() + CONNECT_LIMIT, &|| false),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(ModelError::Worker(format!("its process cannot be reached: {error}"))),
    }
}

/// The next event, waiting for it.
///
/// # Errors
/// The worker ended, broke the protocol or was silent too long.
pub(super) fn next_event(
    connection: &mut Connection,
    deadline: Instant,
    interrupted: &dyn Fn() -> bool,
) -> Result<Event, ModelError> {
    loop {
        if let Some(event) = connection.next().map_err(|error| broken_protocol(&error))? {
            return Ok(event);
        }
        if connection.has_ended() {
            return Err(ModelError::Worker("its process ended".into()));
        }
        if Instant::now() > deadline {
            return Err(ModelError::Worker("its process does not answer".into()));
        }
        if interrupted() {
            return Err(ModelError::Worker("interrupted".into()));
        }
        socket::wait_readable(&connection.descriptor(), 50)
            .and_then(|_| connection.flush())
            .and_then(|()| connection.fill())
            .map_err(|error| broken_protocol(&error))?;
    }
}

/// Says the versions. `Ok(None)`: the worker was of another version and has been
/// told to retire, or it closed the connection because it ends.
fn greet(
    mut connection: Connection,
    deadline: Instant,
    interrupted: &dyn Fn() -> bool,
) -> Result<Option<Connection>, ModelError> {
    if connection.send(&Message::Hello { version: VERSION }).is_err() {
        return Ok(None);
    }
    match next_event(&mut connection, deadline, interrupted) {
        Ok(Event::Welcome { version: VERSION }) => Ok(Some(connection)),
        Ok(Event::Welcome { .. }) => {
            let _ = connection.send(&Message::Retire);
            // It closes the socket when it has stopped listening.
            Ok(None)
        }
        Ok(_) => Err(ModelError::Worker("its process does not begin as it should".into())),
        Err(_) if connection.has_ended() => Ok(None),
        Err(error) => Err(error),
    }
}

fn spawn(options: &WorkerOptions, program: &Path) -> io::Result<()> {
    let environment: Vec<(OsString, OsString)> = std::env::vars_os()
        .filter(|(name, _)| {
            name == "LD_LIBRARY_PATH"
                || name
                    .to_str()
                    .is_some_and(|name| ENVIRONMENT.iter().any(|prefix| name.starts_with(prefix)))
        })
        .collect();
    worker_process::spawn_detached(program, &options.to_arguments(), &environment)
}

fn endpoint(options: &WorkerOptions) -> Endpoint {
    Endpoint::new(&options.runtime_directory, &options.model_sha256)
}

/// Nobody listens, and a new worker would.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}

/// A model that is not there needs no process to find that out.
fn check_model(options: &WorkerOptions) -> Result<(), ModelError> {
    if options.engine != EngineChoice::Llama {
        return Ok(());
    }
    std::fs::File::open(&options.model).map(drop).map_err(|error| ModelError::Missing {
        message: format!("the model {} cannot be read: {error}", options.model.display()),
        hint: "fetch it with \"llmsh model pull\"".into(),
    })
}

pub(super) fn broken_protocol(error: &io::Error) -> ModelError {
    ModelError::Worker(format!("its process does not speak as it should: {error}"))
}

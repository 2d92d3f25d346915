//! The shell's side: a language model whose work is done by the worker.
//!
//! Every wait has a limit and looks at `interrupted` at least every 50 ms; nothing
//! here makes a thread. A request can be run to its end ([`WorkerClient::answer`],
//! and [`LanguageModel::complete`] on top of it), or be part of a poll loop:
//! [`WorkerClient::begin`], then [`WorkerClient::poll_event`] whenever
//! [`WorkerClient::descriptor`] is readable.
//!
//! After an error the client has no connection; the next request makes a new one,
//! and a new worker if there is none.

use std::io;
use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::options::WorkerOptions;
use super::protocol::{Event, FailureKind, Message, WorkerStatistics};
use super::start::{self, broken_protocol};
use crate::model::{Completion, CompletionRequest, Finish, LanguageModel, ModelError, Statistics};
use crate::system::descriptor::opened_privately;
use crate::system::socket;

/// How often a wait looks at whether it is interrupted.
const GLANCE_MS: u16 = 50;
/// The longest answer that is taken, in bytes: far more than any plan, and little
/// beside what the shell may grow.
const MAX_ANSWER: usize = 256 * 1024;
/// How long a cancelled request may take to say its last word.
const FAREWELL: Duration = Duration::from_millis(100);

/// Whether the person wants to stop waiting.
pub type Interrupted = Box<dyn Fn() -> bool>;

/// How a request gets on.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientEvent {
    /// The model is being loaded: percent.
    Loading(u8),
    /// Other requests come first.
    Queued,
    /// So many tokens of the prompt are ready, of so many.
    Reading(u32, u32),
    /// A piece of the answer.
    Text(String),
    /// The whole answer; the request is over.
    Done(Completion),
}

/// A connection to the worker of one model, made when it is needed.
pub struct WorkerClient {
    options: WorkerOptions,
    program: std::path::PathBuf,
    silence: Duration,
    interrupted: Interrupted,
    connection: Option<Connection>,
    /// The request being answered, and what to do about a connection that turns
    /// out to be dead before anything came back.
    current: Option<Current>,
    next_id: u64,
}

struct Current {
    id: u64,
    /// The connection was made for an earlier request, so the worker may have
    /// ended since then: worth one more try.
    stale: Option<Message>,
    text: String,
}

impl WorkerClient {
    /// A client for the worker that `options` describe. Nothing is started yet.
    #[must_use]
    pub fn new(options: WorkerOptions) -> Self {
        Self {
            options,
            program: start::own_program(),
            silence: Duration::from_secs(60),
            interrupted: Box::new(|| false),
            connection: None,
            current: None,
            next_id: 1,
        }
    }

    /// What is asked every 50 ms, and whenever a signal comes, whether to stop
    /// waiting: the shell's flag for SIGINT.
    #[must_use]
    pub fn with_interrupt(mut self, interrupted: Interrupted) -> Self {
        self.interrupted = interrupted;
        self
    }

    /// Sends a request. Waits only for the connection, which is there before the
    /// model is loaded.
    ///
    /// # Errors
    /// There is no worker and none can be started.
    pub fn begin(&mut self, request: &CompletionRequest) -> Result<(), ModelError> {
        self.abandon();
        let id = self.next_id;
        self.next_id += 1;
        let message = Message::Complete { id, request: request.into() };
        if let Some(connection) = &mut self.connection {
            if connection.send(&message).is_ok() {
                self.current = Some(Current { id, stale: Some(message), text: String::new() });
                return Ok(());
            }
            self.connection = None;
        }
        self.current = Some(Current { id, stale: None, text: String::new() });
        let sent = self.connect().map(|connection| connection.send(&message));
        match sent {
            // The worker has ended; what it said before that tells why.
            Ok(Err(error)) if error.kind() != io::ErrorKind::InvalidInput => Ok(()),
            Ok(sent) => sent.map_err(|error| ModelError::Refused(error.to_string())),
            Err(error) => Err(error),
        }
        .inspect_err(|_| self.disconnect())
    }

    /// What to watch for reading while a request is open.
    #[must_use]
    pub fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.connection.as_ref().map(Connection::descriptor)
    }

    /// The next event of the open request; `None` when there is none now. Never
    /// waits, but for a new connection where the old one turns out to be dead.
    ///
    /// # Errors
    /// The request is over and has no answer.
    pub fn poll_event(&mut self) -> Result<Option<ClientEvent>, ModelError> {
        let result = self.read_event();
        if result.is_err() {
            self.disconnect();
        }
        result
    }

    fn read_event(&mut self) -> Result<Option<ClientEvent>, ModelError> {
        let (Some(connection), Some(current)) = (&mut self.connection, &mut self.current) else {
            return Ok(None);
        };
        // What a worker said before it ended is still there to be read.
        let flushed = connection.flush();
        let broken = connection.fill().is_err() || flushed.is_err();
        loop {
            let event = match connection.next::<Event>() {
                Ok(Some(event)) => event,
                Ok(None) if connection.has_ended() || broken => break,
                Ok(None) => return Ok(None),
                Err(error) => return Err(broken_protocol(&error)),
            };
            let stale = current.stale.take();
            match event {
                Event::Loading { percent } => return Ok(Some(ClientEvent::Loading(percent))),
                Event::Queued { id } if id == current.id => return Ok(Some(ClientEvent::Queued)),
                Event::Reading { id, done, total } if id == current.id => {
                    return Ok(Some(ClientEvent::Reading(done, total)));
                }
                Event::Token { id, text } if id == current.id => {
                    if current.text.len() + text.len() > MAX_ANSWER {
                        return Err(endless());
                    }
                    current.text.push_str(&text);
                    return Ok(Some(ClientEvent::Text(text)));
                }
                Event::Done { id, completion } if id == current.id => {
                    if completion.text.len() > MAX_ANSWER {
                        return Err(endless());
                    }
                    self.current = None;
                    return Ok(Some(ClientEvent::Done(completion.into())));
                }
                Event::Failed { id, kind, message } if id.is_none_or(|id| id == current.id) => {
                    return Err(failure(kind, message, &self.options));
                }
                // Of a request that was given up.
                _ => current.stale = stale,
            }
        }
        let Some(message) = current.stale.take() else {
            return Err(ModelError::Worker(format!(
                "its process ended; {} may say why",
                self.options.state_directory.join("worker.log").display()
            )));
        };
        self.connection = None;
        let connection = self.connect()?;
        send(connection, &message)?;
        Ok(None)
    }

    /// Gives up the open request. The worker stops between two tokens.
    pub fn abandon(&mut self) {
        let Some(current) = self.current.take() else { return };
        if let Some(connection) = &mut self.connection
            && connection.send(&Message::Cancel { id: current.id }).is_err()
        {
            self.connection = None;
        }
    }

    /// Answers a request, telling everything that happens. When `watch` breaks, or
    /// the person interrupts, the answer so far comes back as
    /// [`Finish::Cancelled`], within 100 ms.
    ///
    /// # Errors
    /// As [`LanguageModel::complete`].
    pub fn answer(
        &mut self,
        request: &CompletionRequest,
        watch: &mut dyn FnMut(&ClientEvent) -> ControlFlow<()>,
    ) -> Result<Completion, ModelError> {
        self.begin(request)?;
        let mut heard = Instant::now();
        loop {
            let event = self.poll_event()?;
            if let Some(event) = event {
                heard = Instant::now();
                let flow = watch(&event);
                match event {
                    ClientEvent::Done(completion) => return Ok(completion),
                    _ if flow.is_break() || (self.interrupted)() => return Ok(self.cancel()),
                    _ => continue,
                }
            }
            if (self.interrupted)() {
                return Ok(self.cancel());
            }
            if heard.elapsed() > self.silence {
                self.disconnect();
                let seconds = self.silence.as_secs();
                return Err(ModelError::Worker(format!("it said nothing for {seconds} s")));
            }
            self.wait(GLANCE_MS)?;
        }
    }

    /// Cancels the open request and waits shortly for the last word.
    fn cancel(&mut self) -> Completion {
        let Some(Current { id, text, .. }) = self.current.take() else {
            return cancelled(String::new());
        };
        let mut last = cancelled(text);
        let Some(connection) = &mut self.connection else { return last };
        let deadline = Instant::now() + FAREWELL;
        let mut ended = connection.send(&Message::Cancel { id }).is_err();
        while !ended && Instant::now() < deadline {
            ended = connection.fill().is_err() || connection.has_ended();
            loop {
                match connection.next::<Event>() {
                    Ok(Some(Event::Done { id: done, completion })) if done == id => {
                        last.statistics = Completion::from(completion).statistics;
                        return last;
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => {
                        ended = true;
                        break;
                    }
                }
            }
            ended |= socket::wait_readable(&connection.descriptor(), 10).is_err();
        }
        // A worker that is busy inside one evaluation sees the connection close.
        self.connection = None;
        last
    }

    /// What the worker says about itself; `Ok(None)`: there is none.
    ///
    /// # Errors
    /// It does not answer.
    pub fn statistics(&mut self) -> Result<Option<WorkerStatistics>, ModelError> {
        self.abandon();
        let Some(mut connection) = start::connect_to_running(&self.options)? else {
            return Ok(None);
        };
        send(&mut connection, &Message::Statistics)?;
        let deadline = Instant::now() + start::CONNECT_LIMIT;
        loop {
            match start::next_event(&mut connection, deadline, &self.interrupted)? {
                Event::Statistics(statistics) => return Ok(Some(statistics)),
                _ => continue,
            }
        }
    }

    /// Ends the worker, if there is one.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn shutdown(&mut self) -> Result<(), ModelError> {
        self.disconnect();
        if let Some(mut connection) = start::connect_to_running(&self.options)? {
            send(&mut connection, &Message::Shutdown)?;
            // Its end is the answer.
            let deadline = Instant::now() + start::CONNECT_LIMIT;
            while start::next_event(&mut connection, deadline, &self.interrupted).is_ok() {}
        }
        Ok(())
    }

    fn connect(&mut self) -> Result<&mut Connection, ModelError> {
        // It is kept for the next request, while commands run.
        let connection =
            opened_privately(|| start::connect(&self.options, &self.program, &self.interrupted))?;
        Ok(self.connection.insert(connection))
    }

    fn wait(&mut self, milliseconds: u16) -> Result<(), ModelError> {
        let Some(connection) = &self.connection else { return Ok(()) };
        let watch = socket::Watch {
            descriptor: connection.descriptor(),
            readable: true,
            writable: connection.wants_to_write(),
        };
        let result = socket::wait_ready(&[watch], Some(milliseconds));
        result.map(drop).map_err(|error| broken_protocol(&error))
    }

    fn disconnect(&mut self) {
        self.connection = None;
        self.current = None;
    }
}

impl LanguageModel for WorkerClient {
    fn complete(
        &mut self,
        request: &CompletionRequest,
        sink: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<Completion, ModelError> {
        self.answer(request, &mut |event| match event {
            ClientEvent::Text(text) => sink(text),
            _ => ControlFlow::Continue(()),
        })
    }
}

/// Starts a worker if there is none, without waiting for it: for the time in which
/// a person still types. What goes wrong is told when a request is made.
pub fn start_ahead(options: &WorkerOptions) {
    start::start_ahead(options, &start::own_program());
}

fn cancelled(text: String) -> Completion {
    Completion { text, finish: Finish::Cancelled, statistics: Statistics::default() }
}

fn send(connection: &mut Connection, message: &Message) -> Result<(), ModelError> {
    connection.send(message).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => ModelError::Refused(error.to_string()),
        _ => ModelError::Worker(format!("its process cannot be reached: {error}")),
    })
}

fn endless() -> ModelError {
    ModelError::Worker(format!("its answer is longer than {} KiB", MAX_ANSWER / 1024))
}

fn failure(kind: FailureKind, message: String, options: &WorkerOptions) -> ModelError {
    match kind {
        FailureKind::Refused => ModelError::Refused(message),
        FailureKind::Worker => ModelError::Worker(message),
        FailureKind::Load => ModelError::Missing {
            message: format!("the model {} cannot be loaded: {message}", options.model.display()),
            hint:
                "check it with \"llmsh model verify\", or fetch it again with \"llmsh model pull\""
                    .into(),
        },
    }
}

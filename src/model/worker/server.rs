//! The thread that talks to the shells: one `poll` loop over the listening
//! socket, the shells' sockets and the inference thread's bell.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::engine::{Engine, Work};
use super::inference::{self, Notice, Notifier, Shared};
use super::protocol::{Event, FailureKind, Message, VERSION, WorkerStatistics};
use super::queue::JobId;
use crate::model::{Completion, CompletionRequest, Finish, Statistics};
use crate::system::socket::{self, Watch};

/// How many shells may be connected at once.
pub const MAX_CLIENTS: usize = 64;

/// How long a worker whose model cannot be loaded stays to say so.
const FAILURE_STAY: Duration = Duration::from_secs(5);

/// How often shells that wait are told that something is happening.
const HEARTBEAT: Duration = Duration::from_secs(1);

struct Client {
    connection: Connection,
    greeted: bool,
    /// Told that the model cannot be loaded.
    told: bool,
}

enum ModelState {
    Loading(u8),
    Ready,
    Failed(String, Instant),
}

/// A worker that serves until it is told to end, is idle for long enough, or
/// cannot load its model.
pub struct Server {
    listener: Option<UnixListener>,
    clients: BTreeMap<u64, Client>,
    next_client: u64,
    shared: Arc<Shared>,
    notices: Receiver<Notice>,
    bell: UnixStream,
    model: ModelState,
    /// Requests that have not been answered. The shared state does not tell: the
    /// inference thread is done with a request before its last notice is heard.
    open: BTreeSet<JobId>,
    idle_exit: Duration,
    active: Instant,
    beat: (Instant, u64),
    statistics: WorkerStatistics,
    retiring: bool,
    ended: bool,
}

impl Server {
    /// Starts the inference thread, which begins to load the model.
    ///
    /// # Errors
    /// No thread or no socket pair can be made.
    pub fn start(
        listener: UnixListener,
        make_engine: impl FnOnce() -> Box<dyn Engine> + Send + 'static,
        idle_exit: Duration,
        protections: Vec<String>,
    ) -> io::Result<Self> {
        let (bell, ring) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        let (sender, notices) = channel();
        let shared = Arc::new(Shared::default());
        let thread_shared = Arc::clone(&shared);
        let notifier = Arc::new(Notifier { notices: sender, bell: ring });
        std::thread::Builder::new().name("inference".into()).spawn(move || {
            // The engine is made in its thread, because a llama.cpp context
            // cannot move.
            inference::run(make_engine(), &thread_shared, &notifier);
        })?;
        let statistics = WorkerStatistics {
            process: std::process::id(),
            protections,
            ..WorkerStatistics::default()
        };
        Ok(Self {
            listener: Some(listener),
            clients: BTreeMap::new(),
            next_client: 1,
            shared,
            notices,
            bell,
            model: ModelState::Loading(0),
            open: BTreeSet::new(),
            idle_exit,
            active: Instant::now(),
            beat: (Instant::now(), 0),
            statistics,
            retiring: false,
            ended: false,
        })
    }

    /// Serves until the end. `retire` is called once when the worker stops
    /// listening because a successor is about to come.
    ///
    /// # Errors
    /// `poll(2)` fails.
    pub fn serve(&mut self, mut retire: impl FnMut()) -> io::Result<()> {
        while !self.is_over() {
            self.wait()?;
            self.hear_inference();
            self.beat_heart();
            if self.retiring && self.listener.take().is_some() {
                retire();
            }
        }
        self.shared.end();
        Ok(())
    }

    fn is_busy(&self) -> bool {
        !self.open.is_empty()
    }

    fn is_over(&self) -> bool {
        if self.ended {
            return true;
        }
        let flushed = self.clients.values().all(|client| !client.connection.wants_to_write());
        if let ModelState::Failed(_, since) = &self.model {
            let told = self.clients.values().any(|client| client.told);
            return (told && flushed && !self.is_busy()) || since.elapsed() > FAILURE_STAY;
        }
        if self.retiring {
            return flushed && !self.is_busy();
        }
        !self.idle_exit.is_zero() && self.active.elapsed() >= self.idle_exit && !self.is_busy()
    }

    /// Polls, reads messages and accepts shells.
    fn wait(&mut self) -> io::Result<()> {
        let keys: Vec<u64> = self.clients.keys().copied().collect();
        let mut watches =
            vec![Watch { descriptor: self.bell.as_fd(), readable: true, writable: false }];
        watches.extend(self.clients.values().map(|client| Watch {
            descriptor: client.connection.descriptor(),
            readable: true,
            writable: client.connection.wants_to_write(),
        }));
        if let Some(listener) = &self.listener {
            watches.push(Watch { descriptor: listener.as_fd(), readable: true, writable: false });
        }
        let ready = socket::wait_ready(&watches, Some(self.timeout_ms()))?;
        if ready[0].readable {
            let mut bytes = [0; 256];
            let _ = (&self.bell).read(&mut bytes);
        }
        for (key, ready) in keys.iter().zip(&ready[1..]) {
            if ready.writable
                && let Some(client) = self.clients.get_mut(key)
                && client.connection.flush().is_err()
            {
                self.drop_client(*key);
            }
            if ready.readable {
                self.read_client(*key);
            }
        }
        if self.listener.is_some() && ready.last().is_some_and(|ready| ready.readable) {
            self.accept();
        }
        Ok(())
    }

    fn timeout_ms(&self) -> u16 {
        let mut timeout = HEARTBEAT;
        if !self.idle_exit.is_zero() {
            timeout = timeout.min(self.idle_exit.saturating_sub(self.active.elapsed()));
        }
        // One more, because the rest of a millisecond would be a busy wait.
        u16::try_from(timeout.as_millis()).unwrap_or(u16::MAX - 1) + 1
    }

    fn accept(&mut self) {
        let Some(Ok((stream, _))) = self.listener.as_ref().map(UnixListener::accept) else {
            return;
        };
        let own = socket::peer_user(stream.as_fd()).is_ok_and(|user| user == socket::own_user());
        if !own || self.clients.len() >= MAX_CLIENTS || stream.set_nonblocking(true).is_err() {
            return;
        }
        self.active = Instant::now();
        let client = Client { connection: Connection::new(stream), greeted: false, told: false };
        self.clients.insert(self.next_client, client);
        self.next_client += 1;
    }

    fn read_client(&mut self, key: u64) {
        let Some(client) = self.clients.get_mut(&key) else { return };
        if client.connection.fill().is_err() {
            return self.drop_client(key);
        }
        loop {
            let Some(client) = self.clients.get_mut(&key) else { return };
            match client.connection.next::<Message>() {
                Ok(Some(message)) => self.obey(key, message),
                Ok(None) if client.connection.has_ended() => return self.drop_client(key),
                Ok(None) => return,
                // Also a message of a version that is not ours: the sender sees
                // the connection close.
                Err(_) => return self.drop_client(key),
            }
        }
    }

    fn obey(&mut self, key: u64, message: Message) {
        self.active = Instant::now();
        match message {
            Message::Hello { version } => {
                self.send(key, &Event::Welcome { version: VERSION });
                if let Some(client) = self.clients.get_mut(&key) {
                    client.greeted = version == VERSION;
                }
                match &self.model {
                    ModelState::Loading(percent) => {
                        let event = Event::Loading { percent: *percent };
                        self.send(key, &event);
                    }
                    ModelState::Failed(..) => self.tell_failure(key),
                    ModelState::Ready => {}
                }
            }
            Message::Retire => self.retiring = true,
            _ if !self.clients.get(&key).is_some_and(|client| client.greeted) => {
                self.drop_client(key);
            }
            Message::Complete { id, request } => {
                self.add(JobId { client: key, request: id }, request.into());
            }
            Message::Cancel { id } => self.cancel(|job| job == JobId { client: key, request: id }),
            Message::Statistics => {
                let statistics = self.statistics();
                self.send(key, &Event::Statistics(statistics));
            }
            Message::Shutdown => self.ended = true,
        }
    }

    fn add(&mut self, job: JobId, request: CompletionRequest) {
        if matches!(self.model, ModelState::Failed(..)) {
            return self.tell_failure(job.client);
        }
        if self.open.contains(&job) {
            return self.drop_client(job.client);
        }
        let interactive = request.priority == crate::model::Priority::Interactive;
        let mut state = self.shared.state();
        let added = state.queue.add(job, interactive, Work::new(request));
        self.shared.wake(&state);
        drop(state);
        let event = if added.is_ok() {
            self.open.insert(job);
            Event::Queued { id: job.request }
        } else {
            Event::Failed {
                id: Some(job.request),
                kind: FailureKind::Refused,
                message: "too many requests wait for the model already".into(),
            }
        };
        self.send(job.client, &event);
    }

    /// Removes what matches from the queue and ends it if it is the current one.
    fn cancel(&mut self, matches: impl Fn(JobId) -> bool) {
        let mut state = self.shared.state();
        let removed = state.queue.remove(&matches);
        self.shared.cancel_current(&state, &matches);
        drop(state);
        for (job, work) in removed {
            let completion = Completion {
                text: work.answer.text().to_owned(),
                finish: Finish::Cancelled,
                statistics: work.statistics,
            };
            self.done(job, completion);
        }
    }

    fn done(&mut self, job: JobId, completion: Completion) {
        self.active = Instant::now();
        self.open.remove(&job);
        if completion.finish == Finish::Cancelled {
            self.statistics.cancelled += 1;
        } else {
            self.statistics.answered += 1;
        }
        let Statistics { generated_tokens, .. } = completion.statistics;
        self.statistics.generated_tokens += u64::from(generated_tokens);
        self.send(job.client, &Event::Done { id: job.request, completion: completion.into() });
    }

    fn hear_inference(&mut self) {
        while let Ok(notice) = self.notices.try_recv() {
            match notice {
                Notice::Loading(percent) => {
                    self.model = ModelState::Loading(percent);
                    self.send_all(&Event::Loading { percent });
                }
                Notice::Loaded(milliseconds) => {
                    self.model = ModelState::Ready;
                    self.statistics.loaded = true;
                    self.statistics.load_ms = milliseconds;
                    self.active = Instant::now();
                }
                Notice::LoadFailed(message) => {
                    self.model = ModelState::Failed(message, Instant::now());
                    self.shared.state().queue.remove(|_| true);
                    self.open.clear();
                    for key in self.clients.keys().copied().collect::<Vec<_>>() {
                        self.tell_failure(key);
                    }
                }
                Notice::Reading(job, done, total) => {
                    self.send(job.client, &Event::Reading { id: job.request, done, total });
                }
                Notice::Text(job, text) => {
                    self.send(job.client, &Event::Token { id: job.request, text });
                }
                Notice::Done(job, completion) => self.done(job, completion),
                Notice::Failed(job, kind, message) => {
                    self.active = Instant::now();
                    self.open.remove(&job);
                    let event = Event::Failed { id: Some(job.request), kind, message };
                    self.send(job.client, &event);
                }
            }
        }
    }

    fn tell_failure(&mut self, key: u64) {
        let ModelState::Failed(message, _) = &self.model else { return };
        let event = Event::Failed { id: None, kind: FailureKind::Load, message: message.clone() };
        if let Some(client) = self.clients.get_mut(&key)
            && client.greeted
        {
            client.told = true;
            self.send(key, &event);
        }
    }

    /// Tells shells whose requests wait that the engine is doing something: their
    /// silence limit is for an engine that hangs.
    fn beat_heart(&mut self) {
        let (last, steps) = self.beat;
        if last.elapsed() < HEARTBEAT {
            return;
        }
        let now = self.shared.steps();
        self.beat = (Instant::now(), now);
        if now == steps {
            return;
        }
        let waiting: Vec<JobId> = self.shared.state().queue.ids().collect();
        for job in waiting {
            self.send(job.client, &Event::Queued { id: job.request });
        }
    }

    fn statistics(&self) -> WorkerStatistics {
        let mut statistics = self.statistics.clone();
        statistics.clients = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        statistics.queued = u32::try_from(self.shared.state().queue.len()).unwrap_or(u32::MAX);
        statistics
    }

    fn send_all(&mut self, event: &Event) {
        for key in self.clients.keys().copied().collect::<Vec<_>>() {
            if self.clients[&key].greeted {
                self.send(key, event);
            }
        }
    }

    fn send(&mut self, key: u64, event: &Event) {
        if let Some(client) = self.clients.get_mut(&key)
            && client.connection.send(event).is_err()
        {
            self.drop_client(key);
        }
    }

    /// A shell that has gone wants no answer.
    fn drop_client(&mut self, key: u64) {
        if self.clients.remove(&key).is_some() {
            self.cancel(|job| job.client == key);
        }
    }
}

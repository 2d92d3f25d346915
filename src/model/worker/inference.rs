//! The thread that runs the engine, and what it shares with the thread that
//! talks to the shells.
//!
//! A background request that an interactive one overtakes is *paused*: its
//! tokens stay in its [`Work`], and it goes on from there, so that nothing
//! already streamed changes or comes twice.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::engine::{Control, Directive, Ended, Engine, EngineError, Work};
use super::protocol::FailureKind;
use super::queue::{JobId, Queue};
use crate::model::{Completion, Finish};
use crate::system::socket;

/// What the inference thread tells the other one.
#[derive(Debug)]
pub(super) enum Notice {
    /// So many percent of the model are loaded.
    Loading(u8),
    /// The model is loaded; milliseconds.
    Loaded(f64),
    /// The model cannot be loaded; nothing more comes.
    LoadFailed(String),
    /// The prompt is being evaluated.
    Reading(JobId, u32, u32),
    /// A piece of an answer.
    Text(JobId, String),
    /// An answer is complete.
    Done(JobId, Completion),
    /// A request failed.
    Failed(JobId, FailureKind, String),
}

/// What both threads change.
#[derive(Debug, Default)]
pub(super) struct State {
    /// What waits.
    pub(super) queue: Queue<Work>,
    /// What is being answered, and whether somebody waits for it.
    pub(super) current: Option<(JobId, bool)>,
}

/// What both threads share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    work: Condvar,
    /// The current request is to end.
    cancel: AtomicBool,
    /// The current request is to be put aside.
    pause: AtomicBool,
    /// Loading is to stop: the worker ends.
    ending: AtomicBool,
    /// Grows whenever the engine does something, so that a hang can be told from
    /// slow work.
    steps: AtomicU64,
}

impl Shared {
    /// The state; a panic of the other thread does not make it useless, because
    /// every change of it is complete in itself.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that the queue has changed.
    pub(super) fn wake(&self, state: &State) {
        let overtaken = matches!(state.current, Some((_, false))) && state.queue.has_interactive();
        self.pause.store(overtaken, Ordering::Release);
        self.work.notify_one();
    }

    /// Ends the current request if it matches.
    pub(super) fn cancel_current(&self, state: &State, matches: impl Fn(JobId) -> bool) {
        if state.current.is_some_and(|(id, _)| matches(id)) {
            self.cancel.store(true, Ordering::Release);
        }
    }

    /// Stops loading, because the worker ends.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::Release);
        self.cancel.store(true, Ordering::Release);
    }

    /// How much the engine has done.
    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits for a request and makes it the current one.
    fn take(&self) -> (JobId, Work) {
        let mut state = self.state();
        loop {
            if let Some((id, work)) = state.queue.take() {
                let interactive = work.request.priority == crate::model::Priority::Interactive;
                state.current = Some((id, interactive));
                self.cancel.store(false, Ordering::Release);
                self.pause.store(false, Ordering::Release);
                return (id, work);
            }
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Tells the other thread, and wakes it from its poll.
#[derive(Debug)]
pub(super) struct Notifier {
    /// Where notices go.
    pub(super) notices: Sender<Notice>,
    /// A byte on this socket ends the poll.
    pub(super) bell: UnixStream,
}

impl Notifier {
    fn tell(&self, notice: Notice) {
        // The receiver lives as long as the process; a full socket has woken it
        // already.
        let _ = self.notices.send(notice);
        let _ = socket::send_quietly(self.bell.as_fd(), b"!");
    }
}

/// Loads the model and answers requests for as long as the process lives.
pub(super) fn run(mut engine: Box<dyn Engine>, shared: &Arc<Shared>, notifier: &Arc<Notifier>) {
    let begin = Instant::now();
    let (told_shared, told) = (Arc::clone(shared), Arc::clone(notifier));
    let mut last = None;
    let progress = Box::new(move |part: f32| {
        told_shared.step();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the value is between 0 and 100"
        )]
        let percent = (part.clamp(0.0, 1.0) * 100.0) as u8;
        if last != Some(percent) {
            last = Some(percent);
            told.tell(Notice::Loading(percent));
        }
        !told_shared.ending.load(Ordering::Acquire)
    });
    let load_ms = match engine.load(progress) {
        Ok(()) => milliseconds(begin),
        Err(error) => return notifier.tell(Notice::LoadFailed(error.to_string())),
    };
    notifier.tell(Notice::Loaded(load_ms));
    let mut unreported_load = load_ms;
    loop {
        let (id, mut work) = shared.take();
        shared.step();
        if work.generated.is_empty() {
            work.statistics.load_ms = std::mem::take(&mut unreported_load);
        }
        let mut control = RequestControl { id, shared, notifier };
        let result = engine.complete(&mut work, &mut control);
        let mut state = shared.state();
        state.current = None;
        if result.as_ref().is_ok_and(|ended| *ended == Ended::Paused)
            && !shared.cancel.load(Ordering::Acquire)
        {
            state.queue.put_back(id, work);
            continue;
        }
        drop(state);
        notifier.tell(match result {
            Ok(ended) => Notice::Done(id, completion(work, ended)),
            Err(EngineError::Load(message) | EngineError::Broken(message)) => {
                Notice::Failed(id, FailureKind::Worker, message)
            }
            Err(EngineError::Refused(message)) => Notice::Failed(id, FailureKind::Refused, message),
        });
    }
}

fn completion(work: Work, ended: Ended) -> Completion {
    Completion {
        text: work.answer.text().to_owned(),
        finish: match ended {
            Ended::Stop => Finish::Stop,
            Ended::Length => Finish::Length,
            Ended::Cancelled | Ended::Paused => Finish::Cancelled,
        },
        statistics: work.statistics,
    }
}

/// Milliseconds since an instant.
pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

struct RequestControl<'a> {
    id: JobId,
    shared: &'a Shared,
    notifier: &'a Notifier,
}

impl Control for RequestControl<'_> {
    fn directive(&mut self) -> Directive {
        self.shared.step();
        if self.shared.cancel.load(Ordering::Acquire) {
            Directive::Cancel
        } else if self.shared.pause.load(Ordering::Acquire) {
            Directive::Pause
        } else {
            Directive::Continue
        }
    }

    fn reading(&mut self, done: u32, total: u32) {
        self.notifier.tell(Notice::Reading(self.id, done, total));
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.notifier.tell(Notice::Text(self.id, text.to_owned()));
        }
    }
}

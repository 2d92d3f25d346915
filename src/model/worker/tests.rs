//! The server over a real socket, with an engine whose every token is let through
//! by the test.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::answer::Progress;
use super::connection::Connection;
use super::endpoint::Endpoint;
use super::engine::{Control, Directive, Ended, Engine, EngineError, Work};
use super::protocol::{
    Event, FailureKind, Finish, Message, Request, Role, Turn, VERSION, WorkerStatistics,
};
use super::server::Server;
use crate::system::socket;

const SHA: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Answers with the last turn again and again; each token waits for the test,
/// and the test sees which request it belongs to.
struct GatedEngine {
    load: Result<(), String>,
    gate: Receiver<()>,
    /// A token was let through and has not been used.
    open: bool,
}

impl Engine for GatedEngine {
    fn load(&mut self, mut progress: Box<dyn FnMut(f32) -> bool>) -> Result<(), EngineError> {
        progress(0.5);
        self.load.clone().map_err(EngineError::Load)
    }

    fn complete(
        &mut self,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError> {
        let word = work.request.messages[0].content.clone();
        if word == "refuse" {
            return Err(EngineError::Refused("it is too long".into()));
        }
        while work.generated.len() < work.request.max_tokens as usize {
            // While the gate is closed the engine looks at its directive, as
            // llama.cpp does between two tokens; and once more when it opens.
            match control.directive() {
                Directive::Cancel => return Ok(Ended::Cancelled),
                Directive::Pause => return Ok(Ended::Paused),
                Directive::Continue => {}
            }
            if !std::mem::take(&mut self.open) {
                match self.gate.recv_timeout(Duration::from_millis(1)) {
                    Ok(()) => self.open = true,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Cancelled),
                }
                continue;
            }
            work.generated.push(0);
            work.statistics.generated_tokens += 1;
            let (text, progress) = work.answer.push(word.as_bytes());
            control.text(text);
            if progress == Progress::Stopped {
                return Ok(Ended::Stop);
            }
        }
        control.text(work.answer.finish());
        Ok(Ended::Length)
    }
}

struct Rig {
    directory: tempfile::TempDir,
    gate: Sender<()>,
    server: JoinHandle<()>,
}

impl Rig {
    fn new() -> Self {
        Self::with(Ok(()), Duration::ZERO)
    }

    fn with(load: Result<(), String>, idle: Duration) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let endpoint = Endpoint::new(&directory.path().join("run"), SHA);
        let (listener, identity) = endpoint.listen().unwrap();
        let (gate, gated) = channel();
        let engine =
            move || Box::new(GatedEngine { load, gate: gated, open: false }) as Box<dyn Engine>;
        let mut server =
            Server::start(listener, engine, idle, vec!["files: active".into()]).unwrap();
        let server = std::thread::spawn(move || {
            server.serve(|| endpoint.remove(identity)).unwrap();
            endpoint.remove(identity);
        });
        Self { directory, gate, server }
    }

    fn shell(&self) -> Shell {
        let mut shell = Shell::connect(self.directory.path());
        shell.send(&Message::Hello { version: VERSION });
        assert_eq!(shell.next(), Event::Welcome { version: VERSION });
        shell
    }

    fn let_through(&self, tokens: usize) {
        for _ in 0..tokens {
            self.gate.send(()).unwrap();
        }
    }

    /// Waits until the server ends by itself.
    fn ends(self) {
        self.server.join().unwrap();
        assert!(!Endpoint::new(&self.directory.path().join("run"), SHA).socket().exists());
    }
}

struct Shell(Connection);

impl Shell {
    fn connect(directory: &Path) -> Self {
        Self(Connection::new(Endpoint::new(&directory.join("run"), SHA).connect().unwrap()))
    }

    fn send(&mut self, message: &Message) {
        self.0.send(message).unwrap();
    }

    fn ask(&mut self, id: u64, word: &str, max_tokens: u32, interactive: bool) {
        self.send(&Message::Complete { id, request: request(word, max_tokens, interactive) });
    }

    /// The next event that is not about loading or waiting; `None`: the end.
    fn try_next(&mut self) -> Option<Event> {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            match self.0.next::<Event>().unwrap() {
                Some(Event::Loading { .. } | Event::Queued { .. }) => {}
                Some(event) => return Some(event),
                None if self.0.has_ended() => return None,
                None => {
                    assert!(Instant::now() < deadline, "the server says nothing");
                    socket::wait_readable(&self.0.descriptor(), 1000).unwrap();
                    self.0.fill().unwrap();
                }
            }
        }
    }

    fn next(&mut self) -> Event {
        self.try_next().expect("the server has not closed the connection")
    }

    /// Also waits until what was sent before has been heard.
    fn statistics(&mut self) -> WorkerStatistics {
        self.send(&Message::Statistics);
        match self.next() {
            Event::Statistics(statistics) => statistics,
            other => panic!("not the statistics: {other:?}"),
        }
    }

    fn text(&mut self, id: u64, text: &str) {
        assert_eq!(self.next(), Event::Token { id, text: text.into() });
    }

    fn done(&mut self, id: u64) -> (String, Finish) {
        match self.next() {
            Event::Done { id: done, completion } if done == id => {
                (completion.text, completion.finish)
            }
            other => panic!("not the end of {id}: {other:?}"),
        }
    }
}

fn request(word: &str, max_tokens: u32, interactive: bool) -> Request {
    Request {
        prefix: Vec::new(),
        messages: vec![Turn { role: Role::User, content: word.into() }],
        answer_start: String::new(),
        stop: vec![";".into()],
        max_tokens,
        interactive,
    }
}

#[test]
fn tokens_are_streamed_and_the_completion_follows() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    rig.let_through(2);
    shell.ask(7, "ab", 2, true);
    shell.text(7, "ab");
    shell.text(7, "ab");
    assert_eq!(shell.done(7), ("abab".into(), Finish::Length));
}

#[test]
fn nothing_after_a_stop_string_is_streamed() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    rig.let_through(2);
    shell.ask(1, "a;b", 9, true);
    shell.text(1, "a");
    assert_eq!(shell.done(1), ("a".into(), Finish::Stop));
}

#[test]
fn an_interactive_request_overtakes_a_background_one_which_then_goes_on() {
    let rig = Rig::new();
    let (mut slow, mut fast) = (rig.shell(), rig.shell());
    slow.ask(1, "s", 3, false);
    rig.let_through(1);
    slow.text(1, "s");
    fast.ask(1, "f", 2, true);
    fast.statistics();
    rig.let_through(2);
    fast.text(1, "f");
    fast.text(1, "f");
    assert_eq!(fast.done(1), ("ff".into(), Finish::Length));
    rig.let_through(2);
    slow.text(1, "s");
    slow.text(1, "s");
    assert_eq!(slow.done(1), ("sss".into(), Finish::Length));
}

#[test]
fn equals_are_served_in_order() {
    let rig = Rig::new();
    let (mut one, mut two) = (rig.shell(), rig.shell());
    one.ask(1, "a", 1, true);
    one.statistics();
    two.ask(1, "b", 1, true);
    two.statistics();
    rig.let_through(1);
    one.text(1, "a");
    assert_eq!(one.done(1).0, "a");
    rig.let_through(1);
    two.text(1, "b");
    assert_eq!(two.done(1).0, "b");
}

#[test]
fn a_request_is_cancelled_between_two_tokens() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.ask(1, "a", 9, true);
    rig.let_through(1);
    shell.text(1, "a");
    shell.send(&Message::Cancel { id: 1 });
    assert_eq!(shell.done(1), ("a".into(), Finish::Cancelled));
    rig.let_through(1);
    shell.ask(2, "b", 1, true);
    shell.text(2, "b");
    assert_eq!(shell.done(2).0, "b");
}

#[test]
fn a_request_that_waits_is_cancelled_without_having_begun() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.ask(1, "a", 1, true);
    shell.ask(2, "b", 1, true);
    shell.send(&Message::Cancel { id: 2 });
    assert_eq!(shell.done(2), (String::new(), Finish::Cancelled));
    rig.let_through(1);
    shell.text(1, "a");
    assert_eq!(shell.done(1).1, Finish::Length);
}

#[test]
fn a_shell_that_goes_away_frees_the_model() {
    let rig = Rig::new();
    let (mut gone, mut stays) = (rig.shell(), rig.shell());
    gone.ask(1, "g", 100, true);
    rig.let_through(1);
    gone.text(1, "g");
    stays.ask(1, "s", 1, true);
    drop(gone);
    while stays.statistics().clients != 1 {}
    rig.let_through(1);
    stays.text(1, "s");
    assert_eq!(stays.done(1).1, Finish::Length);
}

#[test]
fn statistics_tell_what_happened_and_what_protects() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    rig.let_through(2);
    shell.ask(1, "a", 2, true);
    shell.text(1, "a");
    shell.text(1, "a");
    shell.done(1);
    let statistics = shell.statistics();
    assert!(statistics.loaded);
    assert_eq!((statistics.answered, statistics.cancelled), (1, 0));
    assert_eq!((statistics.clients, statistics.queued, statistics.generated_tokens), (1, 0, 2));
    assert_eq!(statistics.protections, ["files: active"]);
}

#[test]
fn a_refused_request_leaves_the_worker_usable() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.ask(1, "refuse", 1, true);
    let refused = FailureKind::Refused;
    let message = "it is too long".into();
    assert_eq!(shell.next(), Event::Failed { id: Some(1), kind: refused, message });
    rig.let_through(1);
    shell.ask(2, "a", 1, true);
    shell.text(2, "a");
}

#[test]
fn a_ninth_waiting_request_of_one_shell_is_refused() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.ask(0, "a", 1, true);
    shell.statistics();
    rig.let_through(1);
    shell.text(0, "a");
    shell.done(0);
    // The first of these may be current already, so the tenth is one too many in
    // any case.
    for id in 1..=10 {
        shell.ask(id, "a", 1, true);
    }
    let Event::Failed { id: Some(id), kind, .. } = shell.next() else { panic!("no failure") };
    assert!(id >= 9);
    assert_eq!(kind, FailureKind::Refused);
}

#[test]
fn an_idle_worker_ends() {
    Rig::with(Ok(()), Duration::from_millis(30)).ends();
}

#[test]
fn a_busy_worker_is_not_idle() {
    let rig = Rig::with(Ok(()), Duration::from_millis(30));
    let mut shell = rig.shell();
    shell.ask(1, "a", 1, true);
    // Longer than the idle time passes before the token is let through.
    assert!(!socket::wait_readable(&shell.0.descriptor(), 1).unwrap() || shell.0.fill().is_ok());
    std::thread::park_timeout(Duration::from_millis(100));
    rig.let_through(1);
    shell.text(1, "a");
    shell.done(1);
    rig.ends();
}

#[test]
fn a_worker_ends_when_it_is_told() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.send(&Message::Shutdown);
    rig.ends();
    assert_eq!(shell.try_next(), None);
}

#[test]
fn a_retiring_worker_frees_its_place_and_finishes_its_work() {
    let rig = Rig::new();
    let mut shell = rig.shell();
    shell.ask(1, "a", 1, true);
    shell.statistics();
    // A shell of another version.
    let mut other = Shell::connect(rig.directory.path());
    other.send(&Message::Hello { version: VERSION + 1 });
    assert_eq!(other.next(), Event::Welcome { version: VERSION });
    other.send(&Message::Retire);
    while Endpoint::new(&rig.directory.path().join("run"), SHA).socket().exists() {
        std::thread::yield_now();
    }
    rig.let_through(1);
    shell.text(1, "a");
    assert_eq!(shell.done(1).1, Finish::Length);
    rig.ends();
}

#[test]
fn a_shell_of_another_version_is_not_served() {
    let rig = Rig::new();
    let mut shell = Shell::connect(rig.directory.path());
    shell.send(&Message::Hello { version: VERSION + 1 });
    assert_eq!(shell.next(), Event::Welcome { version: VERSION });
    shell.ask(1, "a", 1, true);
    assert_eq!(shell.try_next(), None);
}

#[test]
fn requests_before_hello_close_the_connection() {
    let rig = Rig::new();
    let mut shell = Shell::connect(rig.directory.path());
    shell.ask(1, "a", 1, true);
    assert_eq!(shell.try_next(), None);
}

#[test]
fn garbage_and_oversized_frames_close_only_their_own_connection() {
    let rig = Rig::new();
    for bytes in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x02\0\0\0{]", b"\xFF\xFF\xFF\xFF"] {
        let path = Endpoint::new(&rig.directory.path().join("run"), SHA).socket().to_owned();
        let mut stream = UnixStream::connect(path).unwrap();
        std::io::Write::write_all(&mut stream, bytes).unwrap();
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
        assert_eq!(rest, b"");
    }
    let mut shell = rig.shell();
    rig.let_through(1);
    shell.ask(1, "a", 1, true);
    shell.text(1, "a");
}

#[test]
fn a_model_that_cannot_be_loaded_is_told_to_everybody_and_ends_the_worker() {
    let rig = Rig::with(Err("not a GGUF file".into()), Duration::ZERO);
    let mut shell = rig.shell();
    let expected =
        Event::Failed { id: None, kind: FailureKind::Load, message: "not a GGUF file".into() };
    assert_eq!(shell.next(), expected);
    rig.ends();
}

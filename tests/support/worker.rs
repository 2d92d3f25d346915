//! A worker that answers from a script, in the place of one that has a model.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use llmsh::model::worker::endpoint::{Endpoint, runtime_directory};
use llmsh::model::worker::{EngineChoice, WorkerOptions};
use nix::sys::socket::getsockopt;
use nix::sys::socket::sockopt::PeerCredentials;
use serde_json::{Value, json};

use super::{LLMSH, Place, Run};

#[path = "../../src/model/gguf/sample.rs"]
pub(crate) mod sample;

/// How long a worker may take to listen, on a machine under load.
const PATIENCE: Duration = Duration::from_secs(60);

/// The name under which the model is installed.
const MODEL: &str = "scripted";

/// A worker's process; it ends with the value.
pub(crate) struct Worker {
    options: WorkerOptions,
    child: Child,
}

impl Worker {
    /// Installs a model in the place and starts a worker for it that gives these
    /// replies (`src/model/worker/scripted.rs`).
    pub(crate) fn start(place: &Place, replies: Value) -> Self {
        Self::with_script(place, &json!({ "record": true, "replies": replies }))
    }

    /// Likewise with a whole script.
    pub(crate) fn with_script(place: &Place, text: &Value) -> Self {
        // The model is shown what a test gives it, and no examples.
        let prompts = place.directory("config").join("llmsh/prompts");
        fs::create_dir_all(&prompts).expect("the place can be written");
        fs::write(prompts.join("library.toml"), "").expect("the place can be written");
        let script = place.directory("config").join("replies.json");
        fs::write(&script, text.to_string()).expect("the place can be written");
        let mut options = Self::install(place);
        options.engine = EngineChoice::Scripted(script);
        // A worker whose test was killed goes away by itself.
        options.idle_exit = PATIENCE;
        let child = spawn(&options);
        let mut worker = Self { options, child };
        worker.wait_until_it_listens();
        worker
    }

    /// Installs a model that no llama.cpp could load, and selects it.
    pub(crate) fn install(place: &Place) -> WorkerOptions {
        let file = place.directory("config").join("scripted.gguf");
        fs::write(&file, sample::Sample::default().bytes()).expect("the place can be written");
        let file = file.to_str().expect("the place has a plain path").to_owned();
        Run::new(place).args(["model", "add", &file, "--name", MODEL]).finish().succeeded();
        Run::new(place).args(["model", "use", MODEL]).finish().succeeded();
        let status = Run::new(place).args(["model", "status"]).finish().succeeded().stdout;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {status}")).trim().to_owned()
        };
        let runtime = runtime_directory(Some(place.directory("run").as_os_str()));
        WorkerOptions::new(
            field("file").into(),
            field("sha256"),
            runtime,
            place.directory("cache").join("llmsh"),
            place.directory("state").join("llmsh"),
        )
    }

    /// Waits until this very worker answers: one that llmsh has started itself may
    /// still have the place, and then ours ends at once and is started again.
    fn wait_until_it_listens(&mut self) {
        let endpoint = Endpoint::new(&self.options.runtime_directory, &self.options.model_sha256);
        let end = Instant::now() + PATIENCE;
        loop {
            let peer = endpoint.connect().ok();
            let peer = peer.and_then(|stream| getsockopt(&stream, PeerCredentials).ok());
            if peer.is_some_and(|peer| u32::try_from(peer.pid()) == Ok(self.child.id())) {
                return;
            }
            if self.child.try_wait().expect("the worker is ours").is_some() {
                self.child = spawn(&self.options);
            }
            assert!(Instant::now() < end, "the scripted worker does not listen");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until so many requests have reached the model.
    #[track_caller]
    pub(crate) fn wait_for_requests(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        while self.requests().len() < count {
            assert!(Instant::now() < end, "no {count} requests came to the model");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Every request so far, as it was sent to the model.
    pub(crate) fn requests(&self) -> Vec<Value> {
        let path = self.options.cache_directory.join("requests.jsonl");
        let text = fs::read_to_string(path).unwrap_or_default();
        let parse = |line: &str| serde_json::from_str(line).expect("the worker writes JSON");
        // A line that is still being written has no end yet.
        text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(parse).collect()
    }

    /// The turns of the last request after the fixed prefix: who speaks, and what.
    pub(crate) fn last_turns(&self) -> Vec<(String, String)> {
        let request = self.requests().pop().expect("a request was made");
        let turns = request["messages"].as_array().expect("a request has turns").clone();
        let text = |turn: &Value, key: &str| turn[key].as_str().unwrap_or_default().to_owned();
        turns.iter().map(|turn| (text(turn, "role"), text(turn, "content"))).collect()
    }

    /// Ends the worker as the kernel does when memory runs out.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("the worker is ours");
        self.child.wait().expect("the worker is ours");
    }

    /// Starts it again.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.child = spawn(&self.options);
        self.wait_until_it_listens();
    }
}

fn spawn(options: &WorkerOptions) -> Child {
    Command::new(LLMSH)
        .args(options.to_arguments())
        .stdin(Stdio::null())
        // It may outlive a test that is killed, and must not hold its output open.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("llmsh can be started")
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

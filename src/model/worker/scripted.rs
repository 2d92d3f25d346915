//! An engine that answers from a file, for tests of everything around the model
//! and for tests of the whole program that must be deterministic.
//!
//! The file is JSON: `{"record": true, "replies": [{"when": "TEXT", "reply": "ls"},
//! …]}`. The first reply whose `when` is part of the last turn, and whose `shown`
//! is part of a turn before it, is given; one without them always fits.
//! `"endless": true` repeats the reply until the request is cancelled, however many
//! tokens it may have, so that a test which waits for its beginning has all the time
//! it needs, and `"flood": true` beside it does so without a pause, the whole reply as
//! one token; `"refuse": "WHY"` fails; `"load_error"` at the top makes loading fail.
//! With `record`, every request is appended to `requests.jsonl` in the worker's cache
//! directory, so that a test can assert on what was sent.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::answer::Progress;
use super::engine::{Control, Directive, Ended, Engine, EngineError, Work};
use super::inference::milliseconds;
use super::protocol::Request;

/// The replies and how they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// Tried in order.
    #[serde(default)]
    pub replies: Vec<Reply>,
    /// Loading fails with this message.
    #[serde(default)]
    pub load_error: Option<String>,
    /// Requests are written to the cache directory.
    #[serde(default)]
    pub record: bool,
}

/// One reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The last turn contains this text.
    #[serde(default)]
    pub when: String,
    /// An earlier turn contains this text: an example that was given.
    #[serde(default)]
    pub shown: String,
    /// The answer.
    #[serde(default)]
    pub reply: String,
    /// The answer is repeated until the request is cancelled.
    #[serde(default)]
    pub endless: bool,
    /// Each token is the whole reply, and they come as fast as they can.
    #[serde(default)]
    pub flood: bool,
    /// The request is refused with this message.
    #[serde(default)]
    pub refuse: Option<String>,
}

/// The engine.
#[derive(Debug)]
pub struct ScriptedEngine {
    source: Source,
    script: Script,
    record: Option<PathBuf>,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Memory,
}

impl ScriptedEngine {
    /// An engine that reads its script when it is loaded.
    #[must_use]
    pub fn from_file(path: &Path, cache_directory: &Path) -> Self {
        Self {
            source: Source::File(path.to_owned()),
            script: Script::default(),
            record: Some(cache_directory.join("requests.jsonl")),
        }
    }

    /// An engine with a script.
    #[must_use]
    pub fn new(script: Script) -> Self {
        Self { source: Source::Memory, script, record: None }
    }

    fn note(&self, work: &Work) -> Result<(), EngineError> {
        let Some(path) = self.record.as_ref().filter(|_| self.script.record) else {
            return Ok(());
        };
        let broken = |error: &dyn std::fmt::Display| EngineError::Broken(error.to_string());
        let mut line =
            serde_json::to_vec(&Request::from(&work.request)).map_err(|error| broken(&error))?;
        line.push(b'\n');
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| file.write_all(&line)).map_err(|error| broken(&error))
    }
}

impl Engine for ScriptedEngine {
    fn load(&mut self, mut progress: Box<dyn FnMut(f32) -> bool>) -> Result<(), EngineError> {
        if let Source::File(path) = &self.source {
            let failed = |error: &dyn std::fmt::Display| {
                EngineError::Load(format!("the script {}: {error}", path.display()))
            };
            let text = std::fs::read(path).map_err(|error| failed(&error))?;
            self.script = serde_json::from_slice(&text).map_err(|error| failed(&error))?;
        }
        for part in [0.0, 0.5, 1.0] {
            if !progress(part) {
                return Err(EngineError::Load("loading was interrupted".into()));
            }
        }
        self.script.load_error.clone().map_or(Ok(()), |message| Err(EngineError::Load(message)))
    }

    fn complete(
        &mut self,
        work: &mut Work,
        control: &mut dyn Control,
    ) -> Result<Ended, EngineError> {
        if work.generated.is_empty() {
            self.note(work)?;
        }
        let turns = &work.request.messages;
        let (last, earlier) = turns
            .split_last()
            .map_or(("", turns.as_slice()), |(last, earlier)| (last.content.as_str(), earlier));
        let was_shown =
            |text: &str| text.is_empty() || earlier.iter().any(|turn| turn.content.contains(text));
        let fits = |reply: &&Reply| last.contains(&reply.when) && was_shown(&reply.shown);
        let reply = self.script.replies.iter().find(fits);
        let reply = reply.cloned().ok_or_else(|| {
            EngineError::Refused(format!("the script has no reply to \"{last}\""))
        })?;
        if let Some(message) = reply.refuse {
            return Err(EngineError::Refused(message));
        }
        let begin = Instant::now();
        let characters: Vec<char> = reply.reply.chars().collect();
        let mut ended = None;
        while ended.is_none() {
            let position = work.generated.len();
            ended = match control.directive() {
                Directive::Cancel => Some(Ended::Cancelled),
                Directive::Pause => Some(Ended::Paused),
                Directive::Continue if characters.is_empty() => Some(Ended::Stop),
                Directive::Continue if reply.endless => None,
                Directive::Continue if position >= work.request.max_tokens as usize => {
                    Some(Ended::Length)
                }
                Directive::Continue if position >= characters.len() => Some(Ended::Stop),
                Directive::Continue => None,
            };
            if ended.is_none() {
                // Every character is a token.
                let character = characters[position % characters.len()];
                work.generated.push(i32::try_from(u32::from(character)).unwrap_or(0));
                let piece = if reply.flood { reply.reply.clone() } else { character.to_string() };
                let (text, state) = work.answer.push(piece.as_bytes());
                control.text(text);
                if state == Progress::Stopped {
                    ended = Some(Ended::Stop);
                }
                if reply.endless && !reply.flood {
                    // An endless reply at full speed would fill the reader's memory.
                    std::thread::sleep(Duration::from_micros(200));
                }
            }
        }
        let ended = ended.unwrap_or(Ended::Stop);
        if matches!(ended, Ended::Stop | Ended::Length) {
            control.text(work.answer.finish());
        }
        work.statistics.generated_tokens = u32::try_from(work.generated.len()).unwrap_or(u32::MAX);
        work.statistics.generate_ms += milliseconds(begin);
        Ok(ended)
    }
}

//! The messages between a shell and its worker.
//!
//! A connection begins with [`Message::Hello`] and [`Event::Welcome`]; both carry
//! [`VERSION`], and these two and [`Message::Retire`] keep their form in every
//! version, so that a new shell can send an old worker away. Wire types are not
//! domain types: each domain value is converted, and either can change alone.

use serde::{Deserialize, Serialize};

use crate::model;

/// The version of everything but `Hello`, `Welcome` and `Retire`.
pub const VERSION: u32 = 1;

/// From the shell to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// The first message.
    Hello {
        /// The shell's [`VERSION`].
        version: u32,
    },
    /// Stop listening, finish what is being done, then end: a worker of another
    /// version is about to take the place.
    Retire,
    /// Answer a request.
    Complete {
        /// Chosen by the shell; every event about the request carries it.
        id: u64,
        /// What is asked.
        request: Request,
    },
    /// End a request between two tokens; `Done` with `Cancelled` follows.
    Cancel {
        /// The request.
        id: u64,
    },
    /// Ask for [`Event::Statistics`].
    Statistics,
    /// End now, whatever is being done.
    Shutdown,
}

/// From the worker to the shell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The answer to `Hello`.
    Welcome {
        /// The worker's [`VERSION`].
        version: u32,
    },
    /// The model is being loaded.
    Loading {
        /// How much of it is there, 0 to 100.
        percent: u8,
    },
    /// The request waits for others, or for the model.
    Queued {
        /// The request.
        id: u64,
    },
    /// The prompt is being evaluated.
    Reading {
        /// The request.
        id: u64,
        /// Tokens evaluated or found in a saved state.
        done: u32,
        /// Tokens of the whole prompt.
        total: u32,
    },
    /// A piece of the answer.
    Token {
        /// The request.
        id: u64,
        /// Whole characters.
        text: String,
    },
    /// The answer is complete.
    Done {
        /// The request.
        id: u64,
        /// All of it.
        completion: Completion,
    },
    /// There will be no answer.
    Failed {
        /// The request; `None`: every request of the connection.
        id: Option<u64>,
        /// Whose fault it is.
        kind: FailureKind,
        /// One sentence.
        message: String,
    },
    /// The answer to `Message::Statistics`.
    Statistics(WorkerStatistics),
}

/// Why a request was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The model cannot be loaded.
    Load,
    /// This request cannot be answered; others can.
    Refused,
    /// The worker cannot go on.
    Worker,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: String,
}

/// [`model::CompletionRequest`] on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The fixed turns.
    pub prefix: Vec<Turn>,
    /// The turns of this request.
    pub messages: Vec<Turn>,
    /// How the answer begins.
    pub answer_start: String,
    /// Where the answer ends.
    pub stop: Vec<String>,
    /// The longest answer.
    pub max_tokens: u32,
    /// Whether somebody waits.
    pub interactive: bool,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Finish {
    /// A stop string or the end of the turn.
    Stop,
    /// The longest answer was reached.
    Length,
    /// The shell cancelled.
    Cancelled,
}

/// [`model::Completion`] on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The whole answer.
    pub text: String,
    /// Why it ended.
    pub finish: Finish,
    /// Tokens of the prefix.
    pub prefix_tokens: u32,
    /// Tokens of the prefix that were evaluated.
    pub prefix_evaluated: u32,
    /// Tokens of the rest of the prompt.
    pub prompt_tokens: u32,
    /// Tokens of the rest that were evaluated.
    pub prompt_evaluated: u32,
    /// Tokens of the answer.
    pub generated_tokens: u32,
    /// Milliseconds.
    pub load_ms: f64,
    /// Milliseconds.
    pub prompt_ms: f64,
    /// Milliseconds.
    pub generate_ms: f64,
}

/// What a worker says about itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkerStatistics {
    /// Its process id.
    pub process: u32,
    /// Whether the model is loaded.
    pub loaded: bool,
    /// Milliseconds that loading took.
    pub load_ms: f64,
    /// Shells connected now.
    pub clients: u32,
    /// Requests that wait.
    pub queued: u32,
    /// Requests answered.
    pub answered: u64,
    /// Requests cancelled, by the shell or because it went away.
    pub cancelled: u64,
    /// Tokens generated for all of them.
    pub generated_tokens: u64,
    /// The protections that are active, and those that are missing with the
    /// reason, one sentence each.
    pub protections: Vec<String>,
}

impl From<&model::CompletionRequest> for Request {
    fn from(request: &model::CompletionRequest) -> Self {
        let turns = |messages: &[model::Message]| messages.iter().map(Turn::from).collect();
        Self {
            prefix: turns(&request.prefix),
            messages: turns(&request.messages),
            answer_start: request.answer_start.clone(),
            stop: request.stop.clone(),
            max_tokens: request.max_tokens,
            interactive: request.priority == model::Priority::Interactive,
        }
    }
}

impl From<Request> for model::CompletionRequest {
    fn from(request: Request) -> Self {
        let messages = |turns: Vec<Turn>| turns.into_iter().map(model::Message::from).collect();
        Self {
            prefix: messages(request.prefix),
            messages: messages(request.messages),
            answer_start: request.answer_start,
            stop: request.stop,
            max_tokens: request.max_tokens,
            priority: if request.interactive {
                model::Priority::Interactive
            } else {
                model::Priority::Background
            },
        }
    }
}

impl From<&model::Message> for Turn {
    fn from(message: &model::Message) -> Self {
        let role = match message.role {
            model::Role::System => Role::System,
            model::Role::User => Role::User,
            model::Role::Assistant => Role::Assistant,
        };
        Self { role, content: message.content.clone() }
    }
}

impl From<Turn> for model::Message {
    fn from(turn: Turn) -> Self {
        let role = match turn.role {
            Role::System => model::Role::System,
            Role::User => model::Role::User,
            Role::Assistant => model::Role::Assistant,
        };
        Self { role, content: turn.content }
    }
}

impl From<model::Completion> for Completion {
    fn from(completion: model::Completion) -> Self {
        let statistics = completion.statistics;
        Self {
            text: completion.text,
            finish: match completion.finish {
                model::Finish::Stop => Finish::Stop,
                model::Finish::Length => Finish::Length,
                model::Finish::Cancelled => Finish::Cancelled,
            },
            prefix_tokens: statistics.prefix_tokens,
            prefix_evaluated: statistics.prefix_evaluated,
            prompt_tokens: statistics.prompt_tokens,
            prompt_evaluated: statistics.prompt_evaluated,
            generated_tokens: statistics.generated_tokens,
            load_ms: statistics.load_ms,
            prompt_ms: statistics.prompt_ms,
            generate_ms: statistics.generate_ms,
        }
    }
}

impl From<Completion> for model::Completion {
    fn from(completion: Completion) -> Self {
        Self {
            text: completion.text,
            finish: match completion.finish {
                Finish::Stop => model::Finish::Stop,
                Finish::Length => model::Finish::Length,
                Finish::Cancelled => model::Finish::Cancelled,
            },
            statistics: model::Statistics {
                prefix_tokens: completion.prefix_tokens,
                prefix_evaluated: completion.prefix_evaluated,
                prompt_tokens: completion.prompt_tokens,
                prompt_evaluated: completion.prompt_evaluated,
                generated_tokens: completion.generated_tokens,
                load_ms: completion.load_ms,
                prompt_ms: completion.prompt_ms,
                generate_ms: completion.generate_ms,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_every_version_keep_their_form() {
        let text = |value: &Message| serde_json::to_string(value).unwrap();
        assert_eq!(text(&Message::Hello { version: 7 }), r#"{"Hello":{"version":7}}"#);
        assert_eq!(text(&Message::Retire), r#""Retire""#);
        let welcome = serde_json::to_string(&Event::Welcome { version: 7 }).unwrap();
        assert_eq!(welcome, r#"{"Welcome":{"version":7}}"#);
    }

    #[test]
    fn a_request_survives_the_wire() {
        let request = model::CompletionRequest {
            prefix: vec![model::Message { role: model::Role::System, content: "be brief".into() }],
            messages: vec![model::Message {
                role: model::Role::User, content: "列出文件".into()
            }],
            answer_start: "```sh\n".into(),
            stop: vec!["\n```".into()],
            max_tokens: 9,
            priority: model::Priority::Background,
        };
        let text = serde_json::to_string(&Request::from(&request)).unwrap();
        let back: Request = serde_json::from_str(&text).unwrap();
        assert_eq!(model::CompletionRequest::from(back), request);
    }
}

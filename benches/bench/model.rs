//! What a request costs: until the first token and altogether, cold and warm,
//! with and without the saved prefix; and decode speed against a bare loop.
//!
//! A [`Subject`] is everything that these measurements need of the worker.

use std::any::Any;
use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use llmsh::model::{Completion, CompletionRequest, LanguageModel, Message, Role};

use super::shells::{Shell, medians};
use super::table::Table;

/// How many requests or loops a median is taken of.
const ROUNDS: usize = 3;

/// Tokens generated when decode speed is measured.
const DECODED: u32 = 128;

/// How many commands a median is taken of: fewer than an answer has time for.
const COMMANDS: usize = 300;

/// What people ask, in turn: no request is like the one before it, so that only
/// the fixed prefix can be at hand.
const REQUESTS: &[&str] = &[
    "show the five largest files under this directory",
    "make a directory called reports and move every pdf here into it",
    "which process uses the most memory",
    "把所有 jpg 文件打包成 photos.tar.gz",
];

/// The model's process, and the loop that it is compared with.
pub(crate) trait Subject {
    /// A connection; starts a worker if there is none.
    fn connect(&mut self) -> Result<Box<dyn LanguageModel>, Box<dyn Error>>;
    /// Lets the worker answer, without waiting, until the value is dropped.
    fn keep_busy(&mut self, request: &CompletionRequest) -> Result<Box<dyn Any>, Box<dyn Error>>;
    /// Ends the worker, and returns when it is gone.
    fn stop(&mut self) -> Result<(), Box<dyn Error>>;
    /// Removes the saved states of prefixes.
    fn forget_prefix(&mut self) -> Result<(), Box<dyn Error>>;
    /// What llmsh asks the model for this request, fixed prefix and all.
    fn request(&self, text: &str) -> CompletionRequest;
    /// Tokens a second of a bare loop in this process that decodes `tokens`
    /// after `prompt` tokens, with the worker's threads and context.
    fn bare(&mut self, prompt: u32, tokens: u32) -> Result<f64, Box<dyn Error>>;
}

/// A completion, and its times as the shell sees them.
struct Timed {
    completion: Completion,
    first: Duration,
    whole: Duration,
}

/// Connects, asks and takes the times.
fn ask(subject: &mut dyn Subject, request: &CompletionRequest) -> Result<Timed, Box<dyn Error>> {
    let start = Instant::now();
    let mut model = subject.connect()?;
    let mut first = None;
    let completion = model.complete(request, &mut |_| {
        first.get_or_insert_with(|| start.elapsed());
        ControlFlow::Continue(())
    })?;
    let whole = start.elapsed();
    Ok(Timed { completion, first: first.unwrap_or(whole), whole })
}

/// Times of requests.
pub(crate) fn requests(subject: &mut dyn Subject) -> super::Measured {
    let headings = [
        "",
        "first token, ms",
        "whole, ms",
        "load, ms",
        "prefix tokens",
        "evaluated",
        "prompt tokens",
        "evaluated",
        "generated",
    ];
    let mut table = Table::new("Requests", headings);
    let request =
        |subject: &dyn Subject, number: usize| subject.request(REQUESTS[number % REQUESTS.len()]);

    subject.stop()?;
    subject.forget_prefix()?;
    let asked = request(subject, 0);
    add(&mut table, "cold, prefix evaluated", &ask(subject, &asked)?);

    subject.stop()?;
    add(&mut table, "cold, prefix saved", &ask(subject, &asked)?);

    for number in 1..=ROUNDS {
        let asked = request(subject, number);
        add(&mut table, &format!("warm, request {number}"), &ask(subject, &asked)?);
    }

    // A prefix that nobody has asked with: a worker that runs, and no state.
    let mut foreign = request(subject, 0);
    foreign.prefix.insert(0, message(Role::System, "You write POSIX shell."));
    subject.forget_prefix()?;
    add(&mut table, "warm, prefix evaluated", &ask(subject, &foreign)?);
    subject.forget_prefix()?;
    Ok(table)
}

/// Adds the row of one request.
fn add(table: &mut Table, label: &str, timed: &Timed) {
    let statistics = timed.completion.statistics;
    let milliseconds = |time: Duration| format!("{:.0}", time.as_secs_f64() * 1e3);
    table.row(
        label,
        [
            milliseconds(timed.first),
            milliseconds(timed.whole),
            format!("{:.0}", statistics.load_ms),
            statistics.prefix_tokens.to_string(),
            statistics.prefix_evaluated.to_string(),
            statistics.prompt_tokens.to_string(),
            statistics.prompt_evaluated.to_string(),
            statistics.generated_tokens.to_string(),
        ],
    );
}

/// What a command costs while the model answers, on all of the machine's cores.
pub(crate) fn commands(subject: &mut dyn Subject, shell: &Shell) -> super::Measured {
    let long = long_answer();
    ask(subject, &long)?;
    let time = |text: &str| -> Result<f64, Box<dyn Error>> {
        let median = medians(std::slice::from_ref(shell), text, COMMANDS)?;
        Ok(median.first().map_or(0.0, Duration::as_secs_f64) * 1e3)
    };
    let headings = ["", "model idle", "model answers", "answers/idle"];
    let mut table =
        Table::new(format!("A command beside a request, median of {COMMANDS}"), headings);
    for (label, text) in [("-c true, ms", "true"), ("-c with one program, ms", "/bin/true; :")] {
        let idle = time(text)?;
        let busy = subject.keep_busy(&long)?;
        let beside = time(text)?;
        drop(busy);
        table.row(
            label,
            [format!("{idle:.2}"), format!("{beside:.2}"), format!("{:.2}", beside / idle)],
        );
    }
    Ok(table)
}

/// A request whose answer is as long as it may be.
fn long_answer() -> CompletionRequest {
    let text =
        "Repeat the word file five hundred times, separated by spaces, and write nothing else.";
    CompletionRequest {
        messages: vec![message(Role::User, text)],
        max_tokens: DECODED,
        ..CompletionRequest::default()
    }
}

/// Decode speed of the worker and of the bare loop, which take turns.
pub(crate) fn decode(subject: &mut dyn Subject) -> super::Measured {
    let request = long_answer();
    // Loads the model and says how long the prompt is.
    let prompt = ask(subject, &request)?.completion.statistics.prompt_tokens;
    let (mut worker, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let statistics = ask(subject, &request)?.completion.statistics;
        if statistics.generated_tokens < DECODED {
            return Err(format!("the answer ended after {}", statistics.generated_tokens).into());
        }
        worker.push(f64::from(statistics.generated_tokens) / statistics.generate_ms * 1e3);
        bare.push(subject.bare(prompt, DECODED)?);
    }
    let (worker, bare) = (median(worker), median(bare));
    let title = format!("Decoding {DECODED} tokens, median of {ROUNDS}");
    let mut table = Table::new(title, ["", "worker", "bare loop", "worker/bare"]);
    table.ratios("tokens a second", &[worker, bare], 2);
    Ok(table)
}

/// One turn of a conversation.
fn message(role: Role, content: &str) -> Message {
    Message { role, content: content.to_owned() }
}

/// The middle of `values`.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

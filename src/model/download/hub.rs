//! The publisher's repository, over HTTP.
//!
//! The transfer runs in a thread of its own and hands pieces over a short
//! queue, so that Ctrl-C is answered while the network is silent. A thread
//! that is left alone ends at its next piece, or at the latest with its time
//! limit.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Response;
use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE, RANGE};

use super::partial::Partial;
use super::{Progress, SourceError};
use crate::model::catalogue::Entry;
use crate::model::store::StoreContext;

/// How often a transfer that broke off after some bytes is taken up again.
const RESUMPTIONS: u32 = 20;
/// How often the main thread looks whether the person wants to stop.
const PATIENCE: Duration = Duration::from_millis(50);
const PIECE: usize = 128 << 10;

/// Completes `partial` from the hub.
pub(super) fn fetch(
    context: &StoreContext,
    entry: &Entry,
    partial: &mut Partial,
    err: &mut dyn Write,
) -> Result<(), SourceError> {
    let Some(source) = &entry.hub else {
        return Err(SourceError::Unusable("it does not have this model".into()));
    };
    let url = format!(
        "{}/{}/resolve/{}/{}",
        context.hub.base_url, source.repository, source.revision, entry.file
    );
    let agent = agent(context);
    let start = partial.length();
    let mut progress =
        Progress::start(context, err, "downloading", &entry.name, entry.bytes, start);
    let mut resumptions = 0;
    loop {
        let before = partial.length();
        let reason = match transfer(context, &agent, &url, entry.bytes, partial, &mut progress) {
            Ok(()) => {
                progress.finish();
                return Ok(());
            }
            Err(SourceError::Final(error)) => return Err(error.into()),
            Err(SourceError::Unusable(reason)) => reason,
        };
        // Without progress the next attempt would fail as well.
        if partial.length() <= before || resumptions == RESUMPTIONS {
            return Err(SourceError::Unusable(reason));
        }
        resumptions += 1;
    }
}

fn agent(context: &StoreContext) -> Agent {
    let settings = &context.hub;
    Agent::config_builder()
        .timeout_resolve(Some(settings.connect_timeout))
        .timeout_connect(Some(settings.connect_timeout))
        .timeout_recv_response(Some(settings.read_timeout))
        .timeout_per_read(Some(settings.read_timeout))
        .http_status_as_error(false)
        .accept_encoding("identity")
        .user_agent(concat!("llmsh/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// What the transferring thread reports.
enum Event {
    /// The bytes from here on follow.
    Start(u64),
    /// The next bytes.
    Bytes(Vec<u8>),
    /// Nothing more will come, for this reason.
    Failed(String),
}

/// One request: adds to `partial` until it is complete.
fn transfer(
    context: &StoreContext,
    agent: &Agent,
    url: &str,
    total: u64,
    partial: &mut Partial,
    progress: &mut Progress<'_>,
) -> Result<(), SourceError> {
    let (sender, receiver) = sync_channel(4);
    let (agent, url, from) = (agent.clone(), url.to_owned(), partial.length());
    thread::Builder::new()
        .name("download".into())
        .spawn(move || {
            if let Err(reason) = request(&agent, &url, from, total, &sender) {
                // The receiver may have given up; then nobody wants to know.
                let _ = sender.send(Event::Failed(reason));
            }
        })
        .map_err(|error| SourceError::Unusable(format!("no thread can be started: {error}")))?;
    receive(context, &receiver, total, partial, progress)
}

fn receive(
    context: &StoreContext,
    receiver: &Receiver<Event>,
    total: u64,
    partial: &mut Partial,
    progress: &mut Progress<'_>,
) -> Result<(), SourceError> {
    loop {
        context.check_interrupted()?;
        match receiver.recv_timeout(PATIENCE) {
            Ok(Event::Start(offset)) => partial.truncate(offset)?,
            Ok(Event::Bytes(bytes)) => {
                partial.append(&bytes)?;
                progress.reach(partial.length());
            }
            Ok(Event::Failed(reason)) => return Err(SourceError::Unusable(reason)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) if partial.length() == total => return Ok(()),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(SourceError::Unusable("the connection was closed too early".into()));
            }
        }
    }
}

/// Runs in the thread: asks for the bytes after `from` and passes them on.
fn request(
    agent: &Agent,
    url: &str,
    from: u64,
    total: u64,
    sender: &SyncSender<Event>,
) -> Result<(), String> {
    let mut request = agent.get(url);
    if from > 0 {
        request = request.header(RANGE, format!("bytes={from}-"));
    }
    let response = request.call().map_err(|error| error.to_string())?;
    let start = start_of_body(&response, from, total)?;
    if sender.send(Event::Start(start)).is_err() {
        return Ok(());
    }
    // One byte more than expected, to notice it.
    let mut body = response.into_body().into_reader().take(total - start + 1);
    let mut position = start;
    loop {
        let mut piece = vec![0; PIECE];
        let length = body.read(&mut piece).map_err(|error| error.to_string())?;
        if length == 0 {
            return Ok(());
        }
        position += length as u64;
        if position > total {
            return Err(format!("it sends more than the {total} bytes of the model"));
        }
        piece.truncate(length);
        if sender.send(Event::Bytes(piece)).is_err() {
            return Ok(());
        }
    }
}

/// Where in the file the response's body begins. A response of another length
/// is not the model but, say, the sign-in page of a network.
fn start_of_body<B>(response: &Response<B>, from: u64, total: u64) -> Result<u64, String> {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    match response.status().as_u16() {
        200 => match header(CONTENT_LENGTH).map(str::parse::<u64>) {
            Some(Ok(length)) if length != total => {
                Err(format!("it answered with {length} bytes instead of {total}"))
            }
            _ => Ok(0),
        },
        206 => match header(CONTENT_RANGE).and_then(parse_content_range) {
            Some((start, length)) if start == from && length == total => Ok(start),
            _ => Err("it answered with another part of the file than was asked for".into()),
        },
        status => Err(format!("it answered with HTTP status {status}")),
    }
}

/// The first position and the whole length of `bytes 5-9/10`.
fn parse_content_range(value: &str) -> Option<(u64, u64)> {
    let (range, length) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _end) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, length.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read() {
        assert_eq!(parse_content_range("bytes 5-9/10"), Some((5, 10)));
        assert_eq!(parse_content_range("bytes */10"), None);
        assert_eq!(parse_content_range("bytes 5-9/*"), None);
    }
}

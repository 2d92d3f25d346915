//! A preview from its start to the difference.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::difference::Difference;
use super::layers::{self, Ground, Top};
use super::scratch::{Scratch, Watch};
use super::unavailable::{Setting, Unavailable};
use super::walk;
use crate::language::Language;
use crate::system::namespace::{self, Finished, Forbidden, Layer, Room, Stage, Written};
use crate::system::{Errno, clock, file_access, mount};

/// How much of the output is kept, in bytes.
const OUTPUT: usize = 64 * 1024;

/// What is to be previewed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Where it runs.
    pub directory: &'a Path,
    /// Absolute paths that it is known to create, change or delete, as far as
    /// they are known.
    pub touched: &'a [PathBuf],
    /// Where llmsh may keep what changes, best first; those after the first are
    /// used where the kernel cannot use it.
    pub scratch: &'a [PathBuf],
    /// How long it may run.
    pub time: Duration,
    /// How much it may write.
    pub bytes: u64,
    /// How much memory each of its processes may have for itself, in bytes.
    pub memory: u64,
    /// Whether the person wants it to end.
    pub interrupted: &'a dyn Fn() -> bool,
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("directory", &self.directory)
            .field("touched", &self.touched)
            .field("scratch", &self.scratch)
            .field("time", &self.time)
            .field("bytes", &self.bytes)
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

/// Why the previewed plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// With this status.
    Exited(i32),
    /// By this signal.
    Signaled(i32),
    /// It ran for longer than it may.
    TimedOut,
    /// It wrote more than it may.
    TooMuch,
    /// The person ended it.
    Interrupted,
}

impl Ending {
    /// Whether it came to its own end: else the difference is of a part.
    #[must_use]
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Exited(_))
    }

    /// It in words, without a period.
    #[must_use]
    pub fn words(self, language: Language) -> String {
        match self {
            Self::Exited(0) => language.choose("it succeeded", "执行成功").to_owned(),
            Self::Exited(status) => language
                .choose(format!("it ended with status {status}"), format!("以状态 {status} 结束")),
            Self::Signaled(signal) => {
                let name = crate::system::signal::name(signal).unwrap_or(signal.to_string());
                language
                    .choose(format!("the signal {name} ended it"), format!("被信号 {name} 终止"))
            }
            Self::TimedOut => {
                language.choose("it took too long and was ended", "耗时过长，已被终止").to_owned()
            }
            Self::TooMuch => {
                language.choose("it wrote too much and was ended", "写入过多，已被终止").to_owned()
            }
            Self::Interrupted => language.choose("you ended it", "已由您终止").to_owned(),
        }
    }
}

/// What a plan did in its room. What it wrote is kept as long as this value: the
/// changes of [`Difference::changes`] copy from there.
#[derive(Debug)]
pub struct Preview {
    /// How it ended.
    pub ending: Ending,
    /// What it said on standard output and error.
    pub output: Written,
    /// What it changed.
    pub difference: Difference,
    /// The directories in which it could change anything.
    pub writable: Vec<PathBuf>,
    _scratch: Scratch,
}

/// Runs `work` in a room of its own, in a copy of this process, and reads what it
/// changed. `work` returns its status.
///
/// In the room there is no terminal, standard input is at its end, and all
/// descriptors but the standard ones lead nowhere: `work` must not use what
/// is open, and a shell in it must do no job control.
///
/// # Errors
/// [`Unavailable`] when there can be no such room; nothing has run then.
pub fn preview(request: &Request<'_>, work: impl FnOnce() -> i32) -> Result<Preview, Unavailable> {
    let mounted = mount::table();
    let all_users = namespace::maps_all_users();
    let user = (!all_users).then(file_access::effective_owner);
    let ground = Ground { mounted: &mounted, user };
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let tops = layers::choose(request.directory, request.touched, home.as_deref(), ground)?;
    let mut work = Some(work);
    let mut refused = None;
    for above in request.scratch {
        match run(request, above, &tops, &mut work) {
            // Another file system may be able to keep the changes.
            Err(
                error @ (Unavailable::Scratch { .. }
                | Unavailable::Forbidden {
                    reason: Forbidden { stage: Stage::Overlay(_), .. },
                    setting: None,
                    ..
                }),
            ) => refused = refused.or(Some(error)),
            result => return result,
        }
    }
    Err(refused.unwrap_or_else(|| Unavailable::Scratch {
        path: request.directory.to_owned(),
        error: Errno::ENOENT,
    }))
}

/// Runs it with one directory to keep changes in; what cannot be overlaid and need not be
/// stays read-only.
fn run(
    request: &Request<'_>,
    above: &Path,
    tops: &[Top],
    work: &mut Option<impl FnOnce() -> i32>,
) -> Result<Preview, Unavailable> {
    let no_room = |error: std::io::Error| Unavailable::Scratch {
        path: above.to_owned(),
        error: error.raw_os_error().map_or(Errno::EIO, Errno::from_raw),
    };
    let scratch = Scratch::make(above).map_err(no_room)?;
    let all_users = namespace::maps_all_users();
    let mut layers = Vec::new();
    for (index, top) in tops.iter().enumerate() {
        match scratch.layer(index, top, all_users) {
            Ok(layer) => layers.push(layer),
            Err(error) if top.needed => return Err(no_room(error)),
            Err(_) => {}
        }
    }
    let room = Room {
        layers,
        directory: request.directory.to_owned(),
        output: OUTPUT,
        file_bytes: request.bytes,
        memory_bytes: request.memory,
    };
    let since = clock::boundary();
    let mut watch = Limits::new(request, Watch::new(&scratch, request.bytes));
    // Only the copy of this process takes the work.
    let finished =
        namespace::run(&room, &mut || watch.may_go_on(), || work.take().map_or(125, |work| work()));
    let finished = finished.map_err(|reason| forbidden(reason, &room))?;
    let ending = watch.ending(&finished);
    let Finished { output, without, .. } = finished;
    let layers = room.layers.into_iter().enumerate();
    let layers: Vec<Layer> =
        layers.filter(|(place, _)| !without.contains(place)).map(|(_, layer)| layer).collect();
    let difference = walk::difference(&layers, since, all_users);
    Ok(Preview {
        ending,
        output,
        difference,
        writable: layers.into_iter().map(|layer| layer.lower).collect(),
        _scratch: scratch,
    })
}

fn forbidden(reason: Forbidden, room: &Room) -> Unavailable {
    let layer = match reason.stage {
        Stage::Overlay(index) => room.layers.get(usize::from(index)),
        _ => None,
    };
    let setting = Setting::find(reason, |name| {
        std::fs::read_to_string(Path::new("/proc/sys").join(name)).ok()
    });
    Unavailable::Forbidden { reason, path: layer.map(|layer| layer.lower.clone()), setting }
}

/// What ends a preview before its own end.
struct Limits<'a> {
    request: &'a Request<'a>,
    watch: Watch,
    begin: Instant,
    ended: Option<Ending>,
}

impl<'a> Limits<'a> {
    fn new(request: &'a Request<'a>, watch: Watch) -> Self {
        Self { request, watch, begin: Instant::now(), ended: None }
    }

    fn may_go_on(&mut self) -> bool {
        self.ended = if (self.request.interrupted)() {
            Some(Ending::Interrupted)
        } else if self.begin.elapsed() >= self.request.time {
            Some(Ending::TimedOut)
        } else if self.watch.is_full() {
            Some(Ending::TooMuch)
        } else {
            None
        };
        self.ended.is_none()
    }

    fn ending(&mut self, finished: &Finished) -> Ending {
        match (finished.ending, self.ended) {
            (namespace::Ending::Stopped, Some(ending)) => ending,
            (namespace::Ending::Stopped, None) => Ending::Interrupted,
            _ if self.watch.is_full_at_last() => Ending::TooMuch,
            (namespace::Ending::Exited(status), _) => Ending::Exited(status),
            (namespace::Ending::Signaled(signal), _) => Ending::Signaled(signal),
        }
    }
}

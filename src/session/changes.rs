//! How many files of a repository are changed, for the prompt: counted beside, so that the
//! prompt never waits for a slow disk.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::context;
use crate::system::signal::Hold;

/// How long a prompt waits for the count; a repository of a thousand files takes less.
const PATIENCE: Duration = Duration::from_millis(8);

/// The counts of the repositories that one was in.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// The one that is being counted.
    asked: Option<Asked>,
    /// What was counted last of each directory.
    known: Vec<(PathBuf, Option<usize>)>,
}

#[derive(Debug)]
struct Asked {
    directory: PathBuf,
    answer: Receiver<Option<usize>>,
}

impl Changes {
    /// How many files are changed where this directory is: as it is now, or where that takes
    /// longer, as it was when it was counted last. `None`: it is not known, or in no repository.
    pub(super) fn count(&mut self, directory: &Path) -> Option<usize> {
        // One that did not come in time may be there by now.
        self.take(Duration::ZERO);
        if self.asked.is_none() {
            self.ask(directory);
            self.take(PATIENCE);
        }
        self.known.iter().find(|(known, _)| known == directory).and_then(|(_, count)| *count)
    }

    fn ask(&mut self, directory: &Path) {
        let (send, answer) = channel();
        let asked = directory.to_owned();
        // The thread gets no signals: what is typed is for the shell.
        let _hold = Hold::new();
        let begun = thread::Builder::new().name("changes".to_owned()).spawn(move || {
            // Nobody may be there any more to be told.
            let _ = send.send(context::changed_below(&asked));
        });
        if begun.is_ok() {
            self.asked = Some(Asked { directory: directory.to_owned(), answer });
        }
    }

    fn take(&mut self, patience: Duration) {
        let Some(asked) = &self.asked else { return };
        match asked.answer.recv_timeout(patience) {
            Ok(count) => {
                let directory = asked.directory.clone();
                self.known.retain(|(known, _)| *known != directory);
                self.known.push((directory, count));
                self.asked = None;
            }
            Err(RecvTimeoutError::Disconnected) => self.asked = None,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

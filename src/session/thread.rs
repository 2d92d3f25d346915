//! The thread of a conversation: what was asked for last, what ran, and how it ended. A
//! request that goes on with it gets it; any other begins anew.

use std::path::PathBuf;

use super::Session;
use crate::context::Context;
use crate::context::mention::Found;
use crate::exit_status::ExitStatus;

/// How many turns are kept.
const KEPT: usize = 4;

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The request, as the person wrote it.
    pub request: String,
    /// What the model was told: the request with real names, and lines below it.
    pub told: String,
    /// The commands of the plan.
    pub commands: String,
    /// How they ended; nothing where they did not run.
    pub ended: Option<ExitStatus>,
    /// What was spoken of.
    pub found: Vec<Found>,
}

/// The last turns, the newest last.
#[derive(Clone, Debug, Default)]
pub struct Thread {
    turns: Vec<Turn>,
}

impl Thread {
    /// Adds a turn.
    pub fn push(&mut self, turn: Turn) {
        if self.turns.len() == KEPT {
            self.turns.remove(0);
        }
        self.turns.push(turn);
    }

    /// The last turn.
    #[must_use]
    pub fn last(&self) -> Option<&Turn> {
        self.turns.last()
    }

    /// Forgets all turns.
    pub fn clear(&mut self) {
        self.turns.clear();
    }
}

impl Turn {
    /// A request with the commands that were made for it.
    #[must_use]
    pub fn new(context: &Context, commands: &str, ended: Option<ExitStatus>) -> Self {
        Self {
            request: context.original.clone(),
            told: crate::prompt::asked(context),
            commands: commands.to_owned(),
            ended,
            found: context.found().cloned().collect(),
        }
    }
}

impl Session {
    /// Where `llmsh thread clear` tells the shell that runs it to forget.
    fn thread_mark(&self, shell: i32) -> PathBuf {
        self.directories.cache.join(format!("thread-cleared-{shell}"))
    }

    /// Tells the shell with this process id that its thread has ended.
    ///
    /// # Errors
    /// The mark cannot be written.
    pub fn clear_thread_of(&self, shell: i32) -> std::io::Result<()> {
        // What runs there may have been replaced on the disk meanwhile.
        let name = |path: PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.trim_end_matches(" (deleted)").to_owned()
        };
        let parent = std::fs::read_link(format!("/proc/{shell}/exe")).map(name);
        let own = std::env::current_exe().map(name);
        if !parent.is_ok_and(|parent| own.is_ok_and(|own| own == parent)) {
            return Err(std::io::Error::other("no llmsh runs this, and so there is none"));
        }
        std::fs::create_dir_all(&self.directories.cache)?;
        std::fs::write(self.thread_mark(shell), "")
    }

    /// Forgets the thread where that was asked for since the last request.
    pub(super) fn heed_thread_mark(&mut self) {
        let own = i32::try_from(std::process::id()).unwrap_or_default();
        if std::fs::remove_file(self.thread_mark(own)).is_ok() {
            self.thread.clear();
        }
    }
}

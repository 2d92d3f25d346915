//! What a session writes to history: lines, and the plans that ran for them.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Instant, SystemTime};

use bstr::ByteSlice;

use super::entered::Entered;
use crate::diagnostic::{Diagnostic, show_error};
use crate::exit_status::ExitStatus;
use crate::history::{EditorHistory, Entry, EntryId, History, Kind, NewEntry, new_session_name};
use crate::rescue;
use crate::shell::Shell;
use crate::shell::past::Past;

/// How many lines of earlier sessions the line editor is given.
const WINDOW: usize = 2_000;

/// And of how many the session knows, for `history` and for suggestions.
const ENTERED: usize = 20_000;

/// The history of an interactive session, shared by the loop over lines and by
/// what answers requests.
#[derive(Clone, Debug)]
pub struct Diary(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    history: History,
    session: String,
    /// The line that is being run, with the time it began.
    current: Option<(EntryId, Instant)>,
    /// The history has panicked.
    failed: bool,
    /// The lines of before and of this session.
    entered: Entered,
    /// Lines were forgotten: the editor has them still.
    forgotten: bool,
}

impl Diary {
    /// A diary that writes to this history.
    #[must_use]
    pub fn new(history: History) -> Self {
        let state = State {
            history,
            session: new_session_name(),
            current: None,
            failed: false,
            entered: Entered::default(),
            forgotten: false,
        };
        Self(Rc::new(RefCell::new(state)))
    }

    /// Records a line that is about to run.
    pub fn begin(&self, shell: &Shell, text: &str, kind: Kind) {
        self.guarded(|state| {
            let entry = entry(shell, text, kind, &state.session, None);
            state.current = state.history.append(&entry).map(|id| (id, Instant::now()));
            let id = state.current.map(|(id, _)| id);
            state.entered.add(id, text, &entry.directory.to_string_lossy(), false);
        });
    }

    /// Records a plan that is about to run for the current line.
    pub fn plan(&self, shell: &Shell, text: &str) {
        self.guarded(|state| {
            let parent = state.current.map(|(id, _)| id);
            if parent.is_some() {
                state.history.append(&entry(shell, text, Kind::Plan, &state.session, parent));
            }
        });
    }

    /// Records how the current line ended.
    pub fn end(&self, status: ExitStatus) {
        self.guarded(|state| {
            if let Some((id, began)) = state.current.take() {
                state.history.finish(id, status, began.elapsed());
            }
            state.entered.last_ended(!status.is_success());
        });
    }

    /// Ends the session: what could not be written yet is, or a notice says that it
    /// is lost.
    pub fn close(&self) {
        self.guarded(|state| state.history.close());
        if let Some(notice) = self.take_notice() {
            show_error(&notice);
        }
    }

    /// Reads the lines of earlier sessions, once, when the session begins.
    pub fn load(&self) {
        self.guarded(|state| {
            for entry in state.history.recent(ENTERED) {
                let entered = &entry.entered;
                if entered.kind != Kind::Plan {
                    let failed = entry.status.is_some_and(|status| !status.is_success());
                    let directory = entered.directory.to_string_lossy();
                    state.entered.add(Some(entry.id), &entered.text, &directory, failed);
                }
            }
        });
    }

    /// The lines that the editor steps through.
    #[must_use]
    pub fn window(&self) -> EditorHistory {
        let state = self.0.borrow();
        let mut last: Vec<&str> = state.entered.texts().rev().take(WINDOW).collect();
        last.reverse();
        EditorHistory::new(last, WINDOW)
    }

    /// What a line that is being typed in a directory may become, behind what there is of it.
    #[must_use]
    pub fn suggestion(&self, begun: &str, directory: &str) -> Option<String> {
        self.0.borrow().entered.rest_of(begun, directory).map(str::to_owned)
    }

    /// All lines of all sessions that are kept, oldest first, with the plans that ran for them.
    #[must_use]
    pub fn everything(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.guarded(|state| entries = state.history.recent(usize::MAX));
        entries
    }

    /// The name of this session.
    #[must_use]
    pub fn session(&self) -> String {
        self.0.borrow().session.clone()
    }

    /// Forgets lines for good.
    pub fn forget_entries(&self, ids: &[EntryId]) {
        self.guarded(|state| {
            for id in ids {
                state.entered.remove_kept(*id);
                state.history.delete(*id);
            }
            state.forgotten = true;
        });
    }

    /// Whether lines were forgotten since this was asked.
    #[must_use]
    pub fn take_forgotten(&self) -> bool {
        std::mem::take(&mut self.0.borrow_mut().forgotten)
    }

    /// Uses the history; one that fails is not used again, and is no reason for a line
    /// not to run.
    fn guarded(&self, body: impl FnOnce(&mut State)) {
        let state = &mut *self.0.borrow_mut();
        if state.failed {
            return;
        }
        let used = rescue::attempt(|| {
            rescue::point("history");
            body(state);
        });
        if let Err(failure) = used {
            state.failed = true;
            failure.tell("history is not kept any more in this session");
        }
    }

    /// What the person should be told about history, once.
    #[must_use]
    pub fn take_notice(&self) -> Option<Diagnostic> {
        self.0.borrow_mut().history.take_notice()
    }
}

impl Past for Diary {
    fn lines(&self) -> Vec<String> {
        self.0.borrow().entered.texts().map(str::to_owned).collect()
    }

    fn add(&self, line: &str) {
        self.0.borrow_mut().entered.add(None, line, "", false);
    }

    fn forget_last(&self) {
        self.0.borrow_mut().entered.pop();
    }

    fn forget(&self, number: usize) -> bool {
        let mut forgotten = false;
        self.guarded(|state| {
            let Some(kept) = state.entered.remove(number) else { return };
            // One that was kept nowhere is gone with this.
            forgotten = kept.is_none_or(|id| state.history.delete(id));
            state.forgotten = true;
        });
        forgotten
    }

    fn forget_all(&self) {
        self.guarded(|state| {
            for id in state.entered.clear() {
                state.history.delete(id);
            }
            state.forgotten = true;
        });
    }
}

fn entry(
    shell: &Shell,
    text: &str,
    kind: Kind,
    session: &str,
    parent: Option<EntryId>,
) -> NewEntry {
    let directory = shell.directory().map_or_else(PathBuf::new, |path| path.to_path_lossy().into());
    NewEntry {
        text: text.to_owned(),
        kind,
        directory,
        started: SystemTime::now(),
        session: session.to_owned(),
        parent,
    }
}

//! What a session writes to history: lines, and the plans that ran for them.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Instant, SystemTime};

use bstr::ByteSlice;

use crate::diagnostic::{Diagnostic, show_error};
use crate::exit_status::ExitStatus;
use crate::history::{EditorHistory, EntryId, History, Kind, NewEntry, new_session_name};
use crate::rescue;
use crate::session::suggestion::Suggestions;
use crate::shell::Shell;
use crate::shell::past::Past;

impl Past for Diary {
    fn lines(&self) -> Vec<String> {
        self.0.borrow().lines.iter().map(|(_, line)| line.clone()).collect()
    }

    fn add(&self, line: &str) {
        self.0.borrow_mut().lines.push((None, line.to_owned()));
    }

    fn forget_last(&self) {
        self.0.borrow_mut().lines.pop();
    }

    fn forget(&self, number: usize) -> bool {
        let mut forgotten = false;
        self.guarded(|state| {
            let Some(index) = number.checked_sub(1).filter(|at| *at < state.lines.len()) else {
                return;
            };
            let (id, _) = state.lines.remove(index);
            // One that was kept nowhere is gone with this.
            forgotten = id.is_none_or(|id| state.history.delete(id));
        });
        forgotten
    }

    fn forget_all(&self) {
        self.guarded(|state| {
            for (id, _) in std::mem::take(&mut state.lines) {
                if let Some(id) = id {
                    state.history.delete(id);
                }
            }
        });
    }
}

/// How many lines of earlier sessions the line editor is given.
const WINDOW: usize = 2_000;

/// And of how many it is suggested what a line may become.
const PAST: usize = 20_000;

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
    /// The lines of before and of this session, with their entries where there are some.
    lines: Vec<(Option<EntryId>, String)>,
}

impl Diary {
    /// A diary that writes to this history.
    #[must_use]
    pub fn new(history: History) -> Self {
        let session = new_session_name();
        let state = State { history, session, current: None, failed: false, lines: Vec::new() };
        Self(Rc::new(RefCell::new(state)))
    }

    /// Records a line that is about to run.
    pub fn begin(&self, shell: &Shell, text: &str, kind: Kind) {
        self.guarded(|state| {
            let entry = entry(shell, text, kind, &state.session, None);
            state.current = state.history.append(&entry).map(|id| (id, Instant::now()));
            let id = state.current.map(|(id, _)| id);
            state.lines.push((id, text.to_owned()));
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
            // What begins with a blank is not kept once it has run.
            if state.lines.last().is_some_and(|(_, line)| line.starts_with(' ')) {
                state.lines.pop();
            }
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

    /// The lines from which suggestions are made.
    #[must_use]
    pub fn past(&self) -> Suggestions {
        let mut past = Suggestions::default();
        self.guarded(|state| {
            for entry in state.history.recent(PAST) {
                let entered = &entry.entered;
                if entered.kind == Kind::Plan {
                    continue;
                }
                state.lines.push((Some(entry.id), entered.text.clone()));
                let failed = entry.status.is_some_and(|status| !status.is_success());
                past.add(&entered.text, &entered.directory.to_string_lossy(), failed);
            }
        });
        past
    }

    /// The lines that the editor steps through.
    #[must_use]
    pub fn window(&self) -> EditorHistory {
        let mut window = EditorHistory::default();
        self.guarded(|state| {
            let entries = state.history.recent(WINDOW);
            let typed = entries.iter().filter(|entry| entry.entered.kind != Kind::Plan);
            window = EditorHistory::new(typed.map(|entry| entry.entered.text.as_str()), WINDOW);
        });
        window
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

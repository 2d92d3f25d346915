//! What a key does.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Action, Mode, Next, Purpose, View, words};
use crate::plan::arrange::Direction;
use crate::review::Manner;

/// The longest text that is typed here.
const LONGEST: usize = 1000;

impl View {
    /// Takes a key. Before [`View::arm`] no key does anything.
    pub fn key(&mut self, key: KeyEvent) -> Action {
        if !self.armed || self.end.is_some() || key.kind == KeyEventKind::Release {
            return Action::None;
        }
        if !matches!(self.mode, Mode::Input { .. }) {
            self.message = None;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let code = match key.code {
            KeyCode::Char(letter) if control => match letter.to_ascii_lowercase() {
                // What a person presses to get out gets them out; a change in words
                // is only thrown away, as a line at a prompt is.
                'c' | 'd' if self.is_confirming() => return self.decline(),
                'c' | 'd' => KeyCode::Esc,
                'h' => KeyCode::Backspace,
                'j' | 'm' => KeyCode::Enter,
                'n' => KeyCode::Down,
                'p' => KeyCode::Up,
                'u' => {
                    if let Mode::Input { text, .. } = &mut self.mode {
                        text.clear();
                    }
                    return Action::None;
                }
                _ => return Action::None,
            },
            _ if key.modifiers.contains(KeyModifiers::ALT) => return Action::None,
            code => code,
        };
        match &mut self.mode {
            Mode::Steps => self.step_key(code),
            Mode::Input { .. } => self.input_key(code),
            Mode::Text { .. } => self.text_key(code),
        }
    }

    /// Takes text that was pasted: it is never an answer, and counts only for a
    /// change in words.
    pub fn paste(&mut self, pasted: &str) {
        if let Mode::Input { purpose: Purpose::Change, text } = &mut self.mode {
            let line = pasted.split_whitespace().collect::<Vec<_>>().join(" ");
            let room = LONGEST.saturating_sub(text.chars().count());
            text.extend(line.chars().take(room));
        }
    }

    fn is_confirming(&self) -> bool {
        matches!(self.mode, Mode::Input { purpose: Purpose::Confirm(_), .. })
    }

    fn step_key(&mut self, code: KeyCode) -> Action {
        let step = self.step_at(self.selected);
        match code {
            KeyCode::Char('y' | 'Y') => {
                return self.first_recompile(Next::Run(Manner::AtOnce));
            }
            KeyCode::Char('s') => return self.first_recompile(Next::Run(Manner::Stepwise)),
            KeyCode::Char('n' | 'N' | 'q') | KeyCode::Esc | KeyCode::Enter => {
                return self.decline();
            }
            KeyCode::Char('p') => return self.first_recompile(Next::Preview(None)),
            KeyCode::Char('P') if self.arrangement.is_original() => {
                return Action::Preview(Some(step));
            }
            KeyCode::Char('P') => {
                self.message = Some(words::REARRANGED.of(self.language()).to_owned());
            }
            KeyCode::Char('a') => return self.first_recompile(Next::Remember),
            KeyCode::Char('c') => return self.input(Purpose::Change),
            KeyCode::Char('e') => return Action::EditStep(step),
            KeyCode::Char('E') => return Action::EditAll,
            KeyCode::Char('w') => match self.text() {
                Ok(text) => return Action::Copy(text),
                Err(reason) => self.message = Some(reason),
            },
            KeyCode::Char(' ') => self.toggle(),
            KeyCode::Char('J') => self.shift(Direction::Down),
            KeyCode::Char('K') => self.shift(Direction::Up),
            KeyCode::Char('x') => {
                if !self.expanded.remove(&step) {
                    self.expanded.insert(step);
                }
                self.reveal();
            }
            KeyCode::Char('i') => {
                if !self.explained.remove(&step) {
                    self.explained.insert(step);
                }
                self.reveal();
            }
            KeyCode::Char('?') => self.read(self.help()),
            KeyCode::Char('j') | KeyCode::Down => self.down(),
            KeyCode::Char('k') | KeyCode::Up => self.up(),
            KeyCode::PageDown => self.turn(true),
            KeyCode::PageUp => self.turn(false),
            KeyCode::Home => {
                self.selected = 0;
                self.top = 0;
            }
            KeyCode::End => {
                self.selected = self.plan.steps.len().saturating_sub(1);
                self.reveal();
            }
            _ => {}
        }
        Action::None
    }

    fn input_key(&mut self, code: KeyCode) -> Action {
        let Mode::Input { purpose, text } = &mut self.mode else { return Action::None };
        match code {
            KeyCode::Char(letter) if text.chars().count() < LONGEST => text.push(letter),
            KeyCode::Backspace => drop(text.pop()),
            KeyCode::Esc => {
                self.mode = Mode::Steps;
                self.message = None;
            }
            KeyCode::Enter => {
                self.message = None;
                let (purpose, text) = (purpose.clone(), std::mem::take(text));
                self.mode = Mode::Steps;
                return self.typed(purpose, text.trim());
            }
            _ => {}
        }
        Action::None
    }

    fn typed(&mut self, purpose: Purpose, text: &str) -> Action {
        match purpose {
            Purpose::Confirm(manner) if matches!(text, "yes" | "是") => {
                return self.approve(manner);
            }
            Purpose::Confirm(_) => {
                self.message = Some(words::NOT_TYPED.of(self.language()).to_owned());
            }
            Purpose::Change if text.is_empty() => {}
            Purpose::Change => return self.first_recompile(Next::Change(text.to_owned())),
        }
        Action::None
    }

    fn text_key(&mut self, code: KeyCode) -> Action {
        let page = self.page();
        let Mode::Text { text, changes, .. } = &self.mode else { return Action::None };
        let changes = *changes;
        let last = self.text_lines(text).len().saturating_sub(page);
        let Mode::Text { top, .. } = &mut self.mode else { return Action::None };
        match code {
            KeyCode::Char('j') | KeyCode::Down => *top += 1,
            KeyCode::Char('k') | KeyCode::Up => *top = top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char(' ') => *top += page,
            KeyCode::PageUp => *top = top.saturating_sub(page),
            KeyCode::Home => *top = 0,
            KeyCode::End => *top = last,
            KeyCode::Char('y' | 'Y') if changes => {
                return self.go_on(Next::Run(Manner::AsPreviewed));
            }
            KeyCode::Char('q' | '?' | 'n' | 'N') | KeyCode::Esc | KeyCode::Enter => {
                self.mode = Mode::Steps;
                return Action::None;
            }
            _ => {}
        }
        *top = (*top).min(last);
        Action::None
    }

    fn help(&self) -> String {
        let wide = words::KEYS.iter().map(|(keys, _)| keys.len()).max().unwrap_or(0);
        let line = |(keys, what): &(&str, words::Words)| {
            format!("{keys:<wide$}  {}\n", what.of(self.language()))
        };
        let keys: String = words::KEYS.iter().map(line).collect();
        let marks = if self.look.colour { words::UNDERLINED.of(self.language()) } else { "" };
        keys + marks
    }

    /// To the next step, once this one has been seen to its end.
    fn down(&mut self) {
        let (body, page) = (self.body(), self.page());
        if body.steps.get(self.selected).is_some_and(|rows| rows.end > self.top + page) {
            self.top += 1;
        } else if self.selected + 1 < body.steps.len() {
            self.selected += 1;
            self.reveal();
        }
    }

    /// To the step before, once this one has been seen from its beginning.
    fn up(&mut self) {
        let (body, page) = (self.body(), self.page());
        if body.steps.get(self.selected).is_some_and(|rows| rows.start < self.top) {
            self.top -= 1;
        } else if self.selected > 0 {
            self.selected -= 1;
            let rows = &body.steps[self.selected];
            if rows.start < self.top {
                self.top = rows.start.max(rows.end.saturating_sub(page));
            }
        }
    }

    /// A page on or back; the first step that begins there is selected.
    fn turn(&mut self, on: bool) {
        let (body, page) = (self.body(), self.page());
        let last = body.lines.len().saturating_sub(page);
        let step = page.saturating_sub(1).max(1);
        if on && self.top >= last {
            self.selected = body.steps.len().saturating_sub(1);
            return;
        }
        self.top = if on { (self.top + step).min(last) } else { self.top.saturating_sub(step) };
        let begins = body.steps.iter().position(|rows| rows.start >= self.top);
        self.selected =
            if self.top == 0 { 0 } else { begins.unwrap_or(body.steps.len().saturating_sub(1)) };
    }
}

//! The list as lines of text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::list::{Ended, List, Scope, Sort};
use crate::escape::{safe_lines, visible};
use crate::history::{Entry, Kind};
use crate::system::calendar;
use crate::wrap::{columns, wrap};

/// The most rows that the selected line takes below the list.
const MOST_PREVIEW: usize = 5;

impl List {
    /// The lines as they are to stand on the terminal; the cursor belongs behind the last.
    pub(super) fn lines(&self) -> Vec<Line<'static>> {
        let now = SystemTime::now();
        let preview = self.preview();
        let room = self.height.saturating_sub(preview.len() + 2).max(1);
        let from = self.selected.saturating_sub(room - 1);
        let mut lines = vec![self.header()];
        for (index, entry) in self.shown(from, room).enumerate() {
            lines.push(self.row(entry, from + index == self.selected, now));
        }
        lines.extend(preview);
        let prompt = self.language.choose("search> ", "搜索> ");
        let query = visible(self.query.as_bytes());
        // The end of what is typed is what must be seen.
        let rows = wrap(&format!("{prompt}{query}"), self.width.saturating_sub(1));
        lines.push(Line::from(rows.last().cloned().unwrap_or_default()));
        // On a terminal of a few rows the list goes before what is typed.
        lines.drain(..lines.len().saturating_sub(self.height));
        lines
    }

    fn header(&self) -> Line<'static> {
        let say = |english, chinese| self.language.choose(english, chinese);
        let scope = match self.scope {
            Scope::Everywhere => say("everywhere", "所有位置"),
            Scope::Directory => say("this directory", "当前目录"),
            Scope::Session => say("this session", "本会话"),
        };
        let ended = match self.ended {
            Ended::Anyhow => say("any status", "任何结果"),
            Ended::Well => say("succeeded", "成功"),
            Ended::Badly => say("failed", "失败"),
        };
        let sort = match self.sort {
            Sort::All => say("commands and requests", "命令和请求"),
            Sort::Commands => say("commands", "命令"),
            Sort::Requests => say("requests", "请求"),
        };
        let keys = say(
            "Enter take, Tab, Alt-S, Alt-K filter, Del forget, Esc back",
            "Enter 取用，Tab、Alt-S、Alt-K 过滤，Del 删除，Esc 返回",
        );
        let count = self.count();
        let long = format!("{count} | [Tab] {scope} | [Alt-S] {ended} | [Alt-K] {sort} | {keys}");
        let short = format!("{count} | [Tab] {scope} | [Alt-S] {ended} | [Alt-K] {sort}");
        let shortest = format!("{count} | {scope} | {ended} | {sort}");
        let fits = |text: &&String| columns(text) <= self.width;
        let text = [&long, &short].into_iter().find(fits).unwrap_or(&shortest);
        Line::from(Span::styled(cut(text, self.width), self.dim()))
    }

    fn row(&self, entry: &Entry, selected: bool, now: SystemTime) -> Line<'static> {
        let age = age(now, entry.entered.started);
        let failed = entry.status.filter(|status| !status.is_success());
        let status = failed.map_or_else(String::new, |status| format!("[{}] ", status.0));
        let mark = if selected { "> " } else { "  " };
        let request = entry.entered.kind == Kind::Request;
        let sign = if request { "? " } else { "" };
        let behind = format!(" {status}{age}");
        let room = self.width.saturating_sub(columns(mark) + columns(sign) + columns(&behind));
        let text = cut(&visible(entry.entered.text.as_bytes()), room);
        let blanks = " ".repeat(room.saturating_sub(columns(&text)));
        let style = if selected {
            self.modified(Modifier::BOLD | Modifier::REVERSED)
        } else {
            Style::new()
        };
        let status_style = if failed.is_some() { self.red() } else { self.dim() };
        Line::from(vec![
            Span::raw(mark),
            Span::styled(sign, self.dim()),
            Span::styled(text, style),
            Span::raw(blanks),
            Span::styled(behind, status_style),
        ])
    }

    /// All of the selected line, where it was entered and what came of it.
    fn preview(&self) -> Vec<Line<'static>> {
        let Some((entry, plans)) = self.current().filter(|_| self.height > 6) else {
            return Vec::new();
        };
        let most = MOST_PREVIEW.min(self.height / 3);
        let text = safe_lines(entry.entered.text.as_bytes());
        let is_long = text.contains('\n') || columns(&text) + 20 > self.width;
        let mut shown = if is_long { wrap(&text, self.width - 2) } else { Vec::new() };
        for plan in plans {
            shown.extend(wrap(&format!("=> {}", safe_lines(plan.as_bytes())), self.width - 2));
        }
        if shown.len() > most {
            shown.truncate(most - 1);
            shown.push("…".to_owned());
        }
        let since = entry.entered.started.duration_since(UNIX_EPOCH).unwrap_or_default();
        let when = calendar::local(i64::try_from(since.as_secs()).unwrap_or(0)).replace('T', " ");
        let directory = visible(entry.entered.directory.as_os_str().as_encoded_bytes());
        let took = entry.duration.map_or_else(String::new, |took| format!(", {}", spent(took)));
        let about = cut(&format!("{when}{took}, {directory}"), self.width - 2);
        let lines = shown.into_iter().chain([about]);
        lines
            .map(|text| Line::from(Span::styled(format!("  {}", text.trim_end()), self.dim())))
            .collect()
    }

    fn modified(&self, modifier: Modifier) -> Style {
        if self.colour { Style::new().add_modifier(modifier) } else { Style::new() }
    }

    fn dim(&self) -> Style {
        self.modified(Modifier::DIM)
    }

    fn red(&self) -> Style {
        if self.colour { Style::new().fg(Color::Red) } else { Style::new() }
    }
}

/// As much of a text as fits in so many columns.
fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    for character in text.chars() {
        if columns(&cut) + columns(character.encode_utf8(&mut [0; 4])) + 1 > width {
            break;
        }
        cut.push(character);
    }
    cut + "…"
}

/// How long ago it was, as short as it can be read.
fn age(now: SystemTime, then: SystemTime) -> String {
    let seconds = now.duration_since(then).unwrap_or_default().as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn spent(took: Duration) -> String {
    if took < Duration::from_secs(60) {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min", took.as_secs() / 60)
    }
}

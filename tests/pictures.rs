//! The pictures in `docs/pictures`: screens of real runs, as SVG. `make pictures` makes them;
//! the test looks that each that a document shows is there, and made of text.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use support::{LLMSH, Place, Terminal, Worker};

const NONE: [&str; 0] = [];
const COLUMNS: u16 = 80;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures")
}

/// What is waited for before the next keys.
const QUESTION: &str = "Run this?";
const TAKEN_BACK: &str = "takes back";

/// A scene: a terminal in a place, and what is typed.
struct Scene {
    name: &'static str,
    rows: u16,
    typed: &'static [&'static str],
    /// What must be seen before the picture is taken.
    seen: &'static str,
}

const SCENES: &[Scene] = &[
    Scene { name: "no-newline", rows: 4, typed: &["printf abc\r"], seen: "abc" },
    Scene { name: "tab", rows: 8, typed: &["git che\t"], seen: "cherry-pick" },
    Scene { name: "tab-options", rows: 5, typed: &["ls --si\t"], seen: "--size" },
    Scene {
        name: "suggestion",
        rows: 4,
        typed: &["make report\r", "mak"],
        seen: "made\nwork # make report",
    },
    Scene {
        name: "colours",
        rows: 4,
        typed: &["lsss | cat notes.txt > kept.txt && echo 'open"],
        seen: "open",
    },
    Scene {
        name: "history",
        rows: 13,
        typed: &["echo one two\r", "^two^three\r", "echo !$\r", "history 3\r"],
        seen: "  history 3",
    },
    Scene {
        name: "ctrl-r",
        rows: 10,
        typed: &["make report\r", "ls --all\r", "false\r", "\x12"],
        seen: "search>",
    },
    Scene { name: "unfinished", rows: 4, typed: &["for file in *.txt; do\r"], seen: "unfinished" },
    Scene { name: "rc", rows: 4, typed: &["greet\r"], seen: "from the rc file" },
    Scene {
        name: "prompt",
        rows: 6,
        typed: &["cd project\r", "false\r", "sleep 100 &\r", "\r"],
        seen: "1&",
    },
    Scene { name: "did-you-mean", rows: 5, typed: &["gti status\r"], seen: "Did you mean" },
    Scene { name: "tab-request", rows: 5, typed: &["please sum up dra\t"], seen: "draft-2.md" },
    Scene { name: "help", rows: 5, typed: &["help umask\r"], seen: "umask" },
    Scene { name: "tutorial", rows: 12, typed: &["llmsh tutorial\r"], seen: "    ls -l" },
    Scene { name: "request", rows: 9, typed: &["? sort notes.txt\r"], seen: "Run this?" },
    Scene {
        name: "preview",
        rows: 12,
        typed: &["? remove the drafts\r", QUESTION, "p"],
        seen: "Make exactly these changes?",
    },
    Scene {
        name: "undo",
        rows: 12,
        typed: &["? remove the drafts\r", QUESTION, "y", TAKEN_BACK, "undo\r"],
        seen: "undone: plan 1",
    },
];

fn place() -> (Place, Worker) {
    let place = Place::new();
    for (name, text) in [
        ("notes.txt", "pears\napples\n"),
        ("kept.txt", "kept\n"),
        ("draft-1.md", "one\n"),
        ("draft-2.md", "two\n"),
        ("Makefile", "report:\n\t@echo made\n"),
        ("project/a", "1\n"),
    ] {
        place.write(name, text);
    }
    for arguments in [&["init", "-qb", "main"][..], &["add", "a"]] {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(place.work().join("project"));
        assert!(command.status().expect("git is installed").success());
    }
    place.write("project/a", "1\n2\n");
    let rc = place.directory("config").join("llmsh");
    fs::create_dir_all(&rc).expect("it is ours");
    let text = format!("alias greet='echo from the rc file' llmsh='{LLMSH}'\n");
    fs::write(rc.join("rc"), text).expect("it is ours");
    let reply = |when: &str, text: &str| json!({ "when": when, "reply": format!("{text}\n```") });
    let worker = Worker::start(
        &place,
        json!([reply("sort", "sort notes.txt"), reply("drafts", "rm draft-1.md draft-2.md")]),
    );
    (place, worker)
}

fn take(scene: &Scene) -> String {
    let (place, _worker) = place();
    let size = (scene.rows, COLUMNS);
    let environment =
        [("TERM", "xterm-256color"), ("PS1", "$ "), ("HOSTNAME", "host"), ("LC_ALL", "C.UTF-8")];
    let mut terminal = Terminal::start_with(&place, LLMSH, NONE, size, &environment);
    let ready = |terminal: &mut Terminal| {
        terminal.wait_until("a prompt", |terminal| {
            let line = terminal.before_cursor();
            line.ends_with("$ ") || line.ends_with("# ")
        });
    };
    ready(&mut terminal);
    for keys in scene.typed {
        if matches!(*keys, QUESTION | TAKEN_BACK) {
            terminal.wait_for(keys);
            std::thread::sleep(Duration::from_millis(400));
            continue;
        }
        for key in keys.chars() {
            terminal.send(key.to_string().as_bytes());
            std::thread::sleep(Duration::from_millis(15));
        }
        if keys.ends_with('\r') && !scene.seen.contains('?') && scene.name != "unfinished" {
            std::thread::sleep(Duration::from_millis(150));
        }
    }
    let seen = scene.seen;
    terminal.wait_until(seen, |terminal| format!("{}\n", terminal.screen()).contains(seen));
    terminal.settle(Duration::from_millis(400));
    let work = place.work();
    svg(terminal.parsed(), scene.rows, &work.display().to_string())
}

/// The screen as SVG: a rectangle for what is inverse, text for the rest.
fn svg(screen: &vt100::Screen, rows: u16, work: &str) -> String {
    const WIDTH: f32 = 8.4;
    const HEIGHT: f32 = 18.0;
    let columns = COLUMNS;
    let (width, height) = (f32::from(columns) * WIDTH + 16.0, f32::from(rows) * HEIGHT + 16.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace,Menlo,Consolas,monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#16181d\"/>\n"
    );
    for row in 0..rows {
        let y = 8.0 + f32::from(row) * HEIGHT;
        let mut column = 0;
        while column < columns {
            let Some(cell) = screen.cell(row, column) else { break };
            let look = style(cell);
            let begin = column;
            let mut run = String::new();
            while column < columns
                && let Some(cell) = screen.cell(row, column)
                && style(cell) == look
            {
                if !cell.is_wide_continuation() {
                    run += if cell.contents().is_empty() { " " } else { cell.contents() };
                }
                column += 1;
            }
            if run.trim().is_empty() && !look.0 {
                continue;
            }
            let (x, span) = (8.0 + f32::from(begin) * WIDTH, f32::from(column - begin) * WIDTH);
            let fill = if look.0 { "#16181d" } else { look.1 };
            if look.0 {
                let _ = writeln!(
                    text,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{span:.1}\" height=\"{HEIGHT}\" fill=\"{}\"/>",
                    look.1
                );
            }
            // No path of the machine that made it is in a picture.
            let run = run.replace(work, "/home/ana/work");
            let shown =
                run.trim_end().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let _ = writeln!(
                text,
                "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{fill}\"{} xml:space=\"preserve\">{shown}</text>",
                y + 14.0,
                look.2
            );
        }
    }
    text + "</svg>\n"
}

/// Whether a cell is inverse, its colour, and what else it has.
fn style(cell: &vt100::Cell) -> (bool, &'static str, String) {
    let colour = match cell.fgcolor() {
        vt100::Color::Idx(1 | 9) => "#f2777a",
        vt100::Color::Idx(2 | 10) => "#99cc99",
        vt100::Color::Idx(3 | 11) => "#ffcc66",
        vt100::Color::Idx(4 | 12) => "#6699cc",
        vt100::Color::Idx(5 | 13) => "#cc99cc",
        vt100::Color::Idx(6 | 14) => "#66cccc",
        _ => "#d3d0c8",
    };
    let mut more = String::new();
    if cell.bold() {
        more += " font-weight=\"bold\"";
    }
    if cell.underline() {
        more += " text-decoration=\"underline\"";
    }
    if cell.dim() {
        more += " opacity=\"0.6\"";
    }
    (cell.inverse(), colour, more)
}

#[test]
#[ignore = "make pictures: writes docs/pictures"]
fn make_pictures() {
    fs::create_dir_all(folder()).unwrap();
    for scene in SCENES {
        fs::write(folder().join(format!("{}.svg", scene.name)), take(scene)).unwrap();
    }
}

#[test]
fn every_picture_that_is_shown_is_there_and_none_is_left_over() {
    let mut shown = Vec::new();
    for entry in fs::read_dir(folder().parent().unwrap()).unwrap().flatten() {
        if entry.path().extension().is_some_and(|kind| kind == "md") {
            let text = fs::read_to_string(entry.path()).unwrap();
            for part in text.split("(pictures/").skip(1) {
                shown.push(part.split(')').next().unwrap().to_owned());
            }
        }
    }
    for scene in SCENES {
        let name = format!("{}.svg", scene.name);
        assert!(shown.contains(&name), "no document shows {name}");
        let text = fs::read_to_string(folder().join(&name)).unwrap();
        assert!(text.starts_with("<svg") && text.contains("<text"), "{name}");
        assert!(!text.contains("/tmp/"), "{name}");
    }
    let files = fs::read_dir(folder()).unwrap().count();
    assert_eq!(files, SCENES.len());
}

#[test]
fn a_scene_that_is_played_again_shows_the_same() {
    // Root made the pictures, and another user's prompt ends otherwise.
    if !nix::unistd::Uid::effective().is_root() {
        return;
    }
    let scene = SCENES.iter().find(|scene| scene.name == "history").unwrap();
    let kept = fs::read_to_string(folder().join("history.svg")).unwrap();
    assert_eq!(take(scene), kept, "make pictures, and look at what has changed");
}

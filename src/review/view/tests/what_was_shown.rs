//! G3 of the threats: what is shown is what runs. The screen is read as a person
//! reads it, and compared with the plan that was approved.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::plan::compile::compile;
use crate::shell::Shell;

/// How often, out of the number that is to be reached: a tenth unless asked.
fn count(full: u32) -> Config {
    let all = std::env::var_os("LLMSH_SOAK").is_some_and(|value| value == "1");
    Config { failure_persistence: None, ..Config::with_cases(if all { full } else { full / 10 }) }
}

const TEXTS: [&str; 8] = [
    "mkdir new && cp a new/ && cp b new/; rm c",
    "rm a; rm b; rm c",
    "for f in a b c; do rm $f; done; echo done",
    "cd sub; rm -f a; touch x && touch y",
    "touch w; rm a && { rm b; rm c; }; sort a > s; touch q",
    "{ rm a || rm b; } && rm c; touch x; touch y; touch z",
    "for f in a b; do sort $f > sub/$f; done; rm c",
    "x=1; echo $x; cat <<E && rm a\ntext\nE\nmv b d",
];

struct Session {
    directory: tempfile::TempDir,
}

impl Session {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c"] {
            std::fs::write(directory.path().join(name), name).unwrap();
        }
        std::fs::create_dir(directory.path().join("sub")).unwrap();
        Self { directory }
    }

    fn compile(&self, text: &str) -> Result<(Plan, Ruling), String> {
        let environment =
            [("PATH", "/usr/bin:/bin")].map(|(name, value)| (name.into(), value.into()));
        let mut shell = Shell::new("llmsh", environment.into_iter());
        shell.directory = Some(self.directory.path().to_str().unwrap().into());
        let plan = compile("request", text.as_bytes(), &mut shell);
        let plan = plan.map_err(|error| error.to_string())?;
        let by_typing = plan.steps.len() > 4;
        let decision = if by_typing { Decision::ConfirmByTyping } else { Decision::Confirm };
        Ok((plan, decision.into()))
    }

    /// Does what a key asks for, as the driver does.
    fn perform(&self, view: &mut View, mut action: Action, other: &str) {
        loop {
            action = match action {
                Action::Recompile(text) => view.recompiled(self.compile(&text)),
                Action::EditStep(step) => {
                    if let Ok(text) = view.text_with(step, "touch edited") {
                        self.propose(view, &text);
                    }
                    return;
                }
                Action::EditAll | Action::Change(_) => return self.propose(view, other),
                _ => return,
            }
        }
    }

    fn propose(&self, view: &mut View, text: &str) {
        match self.compile(text) {
            Ok((plan, ruling)) => view.propose(plan, ruling),
            Err(reason) => view.tell(reason),
        }
    }
}

/// The commands that are on, as they stand on the screen.
fn on_screen(view: &View) -> Vec<String> {
    let command = |line: &String| {
        let line = line.trim_start_matches(|character| ">o!│├└─┼┤┘ ".contains(character));
        let rest = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let command = rest.strip_prefix("  ").filter(|_| rest.len() < line.len())?;
        (!command.starts_with("[off]")).then(|| command.to_owned())
    };
    texts(view).iter().filter_map(command).collect()
}

fn any_key() -> impl Strategy<Value = KeyCode> {
    let letters = proptest::sample::select("yysjkJKxi? eEcpaw".chars().collect::<Vec<_>>());
    prop_oneof![
        12 => letters.prop_map(KeyCode::Char),
        4 => Just(KeyCode::Char(' ')),
        3 => Just(KeyCode::Char('j')),
        1 => Just(KeyCode::Down),
        1 => Just(KeyCode::PageDown),
        1 => Just(KeyCode::Esc),
    ]
}

#[test]
fn whatever_is_pressed_what_runs_is_what_was_on_the_screen() {
    let session = Session::new();
    let strategy = (
        proptest::sample::select(TEXTS.to_vec()),
        proptest::sample::select(TEXTS.to_vec()),
        proptest::collection::vec(any_key(), 1..40),
    );
    let approvals = std::cell::Cell::new(0);
    TestRunner::new(count(10_000))
        .run(&strategy, |(text, other, mut pressed)| {
            let (plan, ruling) = session.compile(text).unwrap();
            let mut view = View::new(plan, ruling, PLAIN);
            view.resize(400, 400);
            // Out of whatever was begun, and yes; twice, where it is shown again.
            pressed.push(KeyCode::Esc);
            pressed.extend([KeyCode::Char('y'), KeyCode::Char('y')]);
            pressed.extend("yes".chars().map(KeyCode::Char));
            pressed.push(KeyCode::Enter);
            for code in pressed {
                view.arm();
                let before = on_screen(&view);
                if code == KeyCode::Esc && view.mode == Mode::Steps {
                    continue;
                }
                let action = press(&mut view, code);
                session.perform(&mut view, action, other);
                if let Some(Answer::Approved(approved)) = view.answer() {
                    let steps = &approved.plan().steps;
                    let runs: Vec<String> =
                        steps.iter().map(|step| first_line(&step.command)).collect();
                    approvals.set(approvals.get() + 1);
                    prop_assert_eq!(runs, before);
                    return Ok(());
                }
            }
            Ok(())
        })
        .unwrap();
    // Otherwise nothing was shown.
    assert!(approvals.get() > 100, "{approvals:?}");
}

fn first_line(command: &[u8]) -> String {
    let text = String::from_utf8(command.to_vec()).unwrap();
    text.lines().next().unwrap_or_default().to_owned()
}

/// Turns the direction of the text that follows.
const REVERSED: char = '\u{202e}';

/// What the text on the screen stands for.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(hex) = rest.strip_prefix("\\x") {
            bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else if let Some(hex) = rest.strip_prefix("\\u{") {
            let (number, after) = hex.split_once('}').unwrap();
            let number = u32::from_str_radix(number, 16).unwrap();
            bytes.extend(char::from_u32(number).unwrap().to_string().into_bytes());
            rest = after;
        } else {
            bytes.extend(character.to_string().into_bytes());
            rest = &rest[character.len_utf8()..];
        }
    }
    bytes
}

#[test]
fn what_is_shown_decodes_to_what_runs_and_only_printable_text_is_shown() {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        any::<char>().prop_map(|character| character.to_string().into_bytes()),
        proptest::sample::select(vec!["\x1b[2J", "\u{202e}", "\\x41", "目录", "rm ", "  "])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let bytes = proptest::collection::vec(piece, 1..12).prop_map(|pieces| {
        let mut bytes = pieces.concat();
        bytes.retain(|byte| *byte != b'\n');
        bytes
    });
    TestRunner::new(count(1_000_000))
        .run(&(bytes, 20usize..120), |(bytes, width)| {
            let shown = |command: &[u8]| {
                let mut step = step(1, "", "", Effects::unknown("\x1b]52;\u{9b}"));
                step.command = command.into();
                step.warnings = vec![String::from_utf8_lossy(&bytes).into_owned()];
                texts(&view(plan(Language::English, vec![step]), width, 1000))
            };
            let (lines, without) = (shown(&bytes), shown(b""));
            let start = lines.iter().position(|line| line.starts_with('>')).unwrap();
            let rows = start..start + 1 + lines.len() - without.len();
            let indent = if width < 40 { ">o 1 ".len() } else { ">o 1  ".len() };
            let text: String = lines[rows].iter().map(|line| &line[indent..]).collect();
            prop_assert_eq!(decoded(&text), bytes);
            for line in &lines {
                prop_assert!(line.chars().all(|character| !character.is_control()));
                prop_assert!(!line.contains(REVERSED));
                prop_assert!(columns(line) <= width);
            }
            Ok(())
        })
        .unwrap();
}

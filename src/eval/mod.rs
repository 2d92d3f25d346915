//! `llmsh eval FILE.toml`: how many requests of a suite are answered rightly.
//!
//! Each request is asked in a directory made for it; the plan's text, and every text
//! that the suite says is right, run aside in a copy of it; what they print and what
//! there is afterwards is compared. So models, prompts and parts of llmsh
//! ([`Lever`]) can be compared by anybody.

mod outcome;
mod suite;

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;

use self::outcome::Outcome;
use self::suite::{Before, Case, Reaction, Suite};
use crate::cli::Eval;
use crate::diagnostic::Diagnostic;
use crate::exit_status::ExitStatus;
use crate::session::reply::Reply;
use crate::session::thread::Turn;
use crate::session::{Lever, Session, Spent, request};
use crate::shell::Shell;
use crate::tui::progress::Silent;

/// What became of one request.
struct Answered {
    right: bool,
    told: String,
    answer: String,
    took: Duration,
    spent: Spent,
}

/// Runs a suite and prints what came of it.
///
/// # Errors
/// The suite cannot be read, a fixture cannot be made, or there is no model.
pub fn run(arguments: &Eval, shell: &mut Shell) -> Result<ExitStatus, Diagnostic> {
    let suite = Suite::load(&arguments.file)?;
    let mut session = Session::open()?;
    // What a person has taught llmsh is not what is measured.
    session.config.preference.enabled = false;
    for name in &arguments.without {
        let lever = Lever::named(name).ok_or_else(|| {
            let all: Vec<&str> = Lever::ALL.iter().map(|lever| lever.name()).collect();
            Diagnostic::new(format!("there is no part \"{name}\" to do without"))
                .hint(format!("these are: {}", all.join(", ")))
                .status(ExitStatus::USAGE)
        })?;
        session.levers.turn_off(lever);
    }
    let scratch = std::env::temp_dir().join(format!("llmsh-eval-{}", std::process::id()));
    let mut bench = Bench {
        suite: &suite,
        scratch: scratch.clone(),
        made: HashMap::new(),
        right: HashMap::new(),
    };
    let result = bench.run(arguments, &mut session, shell);
    let _ = std::fs::remove_dir_all(&scratch);
    result
}

/// The fixtures of a suite, as far as they have been made.
struct Bench<'a> {
    suite: &'a Suite,
    scratch: PathBuf,
    made: HashMap<(String, Option<Before>), PathBuf>,
    right: HashMap<(PathBuf, String, String, Option<String>), Outcome>,
}

impl Bench<'_> {
    fn run(
        &mut self,
        arguments: &Eval,
        session: &mut Session,
        shell: &mut Shell,
    ) -> Result<ExitStatus, Diagnostic> {
        let suite = self.suite;
        let wanted = |case: &&Case| {
            (arguments.tag.is_empty() || case.tags.iter().any(|tag| arguments.tag.contains(tag)))
                && arguments.language.as_deref().is_none_or(|language| language == case.language())
                && arguments.matching.as_deref().is_none_or(|text| case.request.contains(text))
        };
        let every = arguments.every.unwrap_or(1).max(1);
        let cases: Vec<&Case> = suite
            .case
            .iter()
            .filter(wanted)
            .enumerate()
            .filter(|(index, _)| index % every == arguments.from % every)
            .map(|(_, case)| case)
            .take(arguments.limit.unwrap_or(usize::MAX))
            .collect();
        let mut tally = Tally::default();
        for case in cases {
            let result = self.ask(case, session, shell)?;
            if arguments.show {
                let mark = if result.right { "right" } else { "WRONG" };
                say(&format!("{mark} {:5.2} s  {}\n", result.took.as_secs_f64(), case.request));
                for line in result.told.lines() {
                    say(&format!("       > {line}\n"));
                }
                for line in result.answer.lines() {
                    say(&format!("         {line}\n"));
                }
            }
            tally.add(case, &result);
        }
        say(&if arguments.json { tally.in_json() } else { tally.as_text() });
        Ok(ExitStatus::SUCCESS)
    }

    fn ask(
        &mut self,
        case: &Case,
        session: &mut Session,
        shell: &mut Shell,
    ) -> Result<Answered, Diagnostic> {
        let root = self.fixture(case)?;
        let told = |what: String| Diagnostic::new(format!("\"{}\": {what}", case.request));
        shell
            .variables
            .set(b"HOME", root.as_os_str().as_encoded_bytes())
            .map_err(|error| told(error.to_string()))?;
        let place = root.join(&case.directory);
        shell
            .change_directory(place.as_os_str().as_encoded_bytes(), false)
            .map_err(|error| told(format!("{}: {error}", place.display())))?;
        session.thread.clear();
        if let Some(before) = &case.before {
            let context = session.context(&before.request, shell);
            let ended = Some(ExitStatus::SUCCESS);
            session.thread.push(Turn::new(&context, &before.command, ended));
        }
        session.spent = Spent::default();
        let begin = Instant::now();
        let planned = request::plan(session, shell, &case.request, &mut Silent);
        let took = begin.elapsed();
        let spent = session.spent;
        let (right, answer) = match planned {
            Ok(reply) => self.judge(case, &root, reply).map_err(told)?,
            Err(failure) if failure.text.is_none() => return Err(failure.diagnostic),
            // No plan loses nothing.
            Err(failure) => (
                case.keeps,
                format!("{}\n{}", failure.diagnostic, failure.text.unwrap_or_default()),
            ),
        };
        let told = session.told().unwrap_or_default();
        Ok(Answered { right, told, answer, took, spent })
    }

    /// Whether a reply is right, and the reply as text.
    fn judge(&mut self, case: &Case, root: &Path, reply: Reply) -> Result<(bool, String), String> {
        let says = |reaction: Reaction, text: String| {
            let lower = text.to_lowercase();
            let told = case.words.is_empty()
                || case.words.iter().any(|word| lower.contains(&word.to_lowercase()));
            (case.keeps || case.kind == reaction && told, format!("({reaction:?}) {text}"))
        };
        Ok(match reply {
            Reply::Plan(plan) => {
                let text = plan.text.to_string();
                (case.kind == Reaction::Command && self.does_right(case, root, &text)?, text)
            }
            Reply::Answer(text) => says(Reaction::Answer, text),
            Reply::Cannot(text) => says(Reaction::Cannot, text),
            Reply::Question(question) => {
                let choices: Vec<&str> =
                    question.choices.iter().map(|(label, _)| label.as_str()).collect();
                says(Reaction::Ask, format!("{} {}", question.text, choices.join(" | ")))
            }
        })
    }

    /// Whether a text's outcome is one that is right.
    fn does_right(&mut self, case: &Case, root: &Path, text: &str) -> Result<bool, String> {
        let check = case.check.as_deref();
        let scratch = self.scratch.join("run");
        let own = outcome::of(text, check, root, &case.directory, &scratch)?;
        if case.keeps {
            let before = outcome::of(":", None, root, &case.directory, &scratch)?;
            return Ok(outcome::keeps(&own, &before));
        }
        for text in &case.right {
            let key = (root.to_owned(), case.directory.clone(), text.clone(), case.check.clone());
            let right = match self.right.get(&key) {
                Some(right) => right,
                None => {
                    let outcome = outcome::of(text, check, root, &case.directory, &scratch)?;
                    self.right.entry(key).or_insert(outcome)
                }
            };
            if outcome::is_right(&own, right, case.ordered) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The directory that a case is asked in, made when it is first needed.
    fn fixture(&mut self, case: &Case) -> Result<PathBuf, Diagnostic> {
        let key = (case.fixture.clone(), case.before.clone());
        if let Some(root) = self.made.get(&key) {
            return Ok(root.clone());
        }
        // Every home has the same length and no telling name.
        let root = self.scratch.join(format!("{:03}", self.made.len())).join("home");
        let told = |what: String| {
            Diagnostic::new(format!("the fixture {} cannot be made: {what}", case.fixture))
        };
        outcome::fixture(&self.suite.fixture[&case.fixture].script, &root).map_err(told)?;
        if let Some(before) = &case.before {
            outcome::run(&before.command, &root, &root.join(&case.directory));
        }
        self.made.insert(key, root.clone());
        Ok(root)
    }
}

/// Counts by language and by tag.
#[derive(Default)]
struct Tally {
    groups: BTreeMap<String, (usize, usize)>,
    took: Vec<Duration>,
    /// The same without the time in which the model wrote.
    beside: Vec<Duration>,
    spent: Spent,
}

impl Tally {
    fn add(&mut self, case: &Case, result: &Answered) {
        let language = case.language().to_owned();
        for group in
            case.tags.iter().map(|tag| format!("  {tag}")).chain([language, "all".to_owned()])
        {
            let count = self.groups.entry(group).or_default();
            count.0 += usize::from(result.right);
            count.1 += 1;
        }
        self.took.push(result.took);
        let writing = Duration::from_secs_f64(result.spent.generate_ms / 1000.0);
        self.beside.push(result.took.saturating_sub(writing));
        self.spent.add(&result.spent);
    }

    fn as_text(&self) -> String {
        let mut text = String::new();
        for (group, (right, all)) in &self.groups {
            #[allow(clippy::cast_precision_loss, reason = "a few hundred requests")]
            let share = *right as f64 / (*all).max(1) as f64;
            text.push_str(&format!("{share:.3}  {right:3} of {all:3}  {group}\n"));
        }
        let Spent { questions, prompt_tokens, generated_tokens, generate_ms, resolve_ms, .. } =
            self.spent;
        text.push_str(&format!(
            "median {:.2} s, 95 % {:.2} s, {:.2} s beside writing; {questions} questions, {prompt_tokens} tokens read, \
             {generated_tokens} written in {:.1} s; {resolve_ms:.1} ms resolving\n",
            seconds(&self.took, 0.5),
            seconds(&self.took, 0.95),
            seconds(&self.beside, 0.5),
            generate_ms / 1000.0,
        ));
        text
    }

    fn in_json(&self) -> String {
        let groups: BTreeMap<&str, serde_json::Value> = self
            .groups
            .iter()
            .map(|(group, (right, all))| (group.trim(), json!({"right": right, "of": all})))
            .collect();
        let spent = json!({
            "questions": self.spent.questions,
            "prompt_tokens": self.spent.prompt_tokens,
            "generated_tokens": self.spent.generated_tokens,
            "generate_ms": self.spent.generate_ms,
            "resolve_ms": self.spent.resolve_ms,
        });
        let seconds = json!({
            "median": seconds(&self.took, 0.5),
            "p95": seconds(&self.took, 0.95),
            "beside_writing": seconds(&self.beside, 0.5),
        });
        format!("{}\n", json!({"groups": groups, "seconds": seconds, "spent": spent}))
    }
}

/// The duration, in seconds, below which this share of them is.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a few hundred requests"
)]
fn seconds(durations: &[Duration], share: f64) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let index = (sorted.len().saturating_sub(1) as f64 * share) as usize;
    sorted.get(index).map_or(0.0, Duration::as_secs_f64)
}

/// Writes to standard output; a reader that is gone is nobody to tell.
fn say(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

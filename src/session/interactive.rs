//! The interactive shell: prompt, line, command or request, and again.

use std::rc::Rc;
use std::time::{Duration, Instant};

use bstr::ByteSlice;

use super::ask::Answerer;
use super::changes::Changes;
use super::diary::Diary;
use super::editor::{Line, LineEditor};
use super::expansion::{self, Expanded};
use super::marks::Marks;
use super::reading::Reader;
use super::tutor::{self, Tutor};
use super::{greeting, own_prompt, recall};
use crate::config::{self, Config, Directories, PromptConfig};
use crate::diagnostic::{Diagnostic, show_error};
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::history::{DATABASE_NAME, History, Kind};
use crate::intent::{self, Intent, Reading};
use crate::language::Language;
use crate::rescue;
use crate::review::RequestOptions;
use crate::review::terminal::{Keys, Typed};
use crate::session::Session;
use crate::shell::interactive::{Lines, PlainLines, Read};
use crate::shell::option::Opt;
use crate::shell::past::Past;
use crate::shell::{Flow, Shell};
use crate::system::descriptor::{STDERR, write_all};
use crate::system::{identity, terminal_input};
use crate::tui::keys::TerminalKeys;
use crate::tui::paint;

/// `PS1` where nothing else is set: the last part of the directory, and the mark that tells
/// root from others. While it has this value, [`own_prompt`] is shown in its place.
const PROMPTS: [&str; 2] = ["${PWD##/*/} $ ", "${PWD##/*/} # "];

/// Reads lines from the terminal and runs them until the person leaves.
/// `posix`: there are no requests. `tutor`: somebody who teaches at the prompt.
///
/// # Errors
/// `exit`.
pub fn run(shell: &mut Shell, options: RequestOptions, posix: bool, tutor: Option<Tutor>) -> Flow {
    // Before the files that may say otherwise.
    shell.options.set(Opt::HistExpand, !posix);
    shell.read_environment_file()?;
    // A terminal that cannot move its cursor gets lines as it echoes them.
    if std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb") {
        if !posix {
            shell.take_requests(Box::new(Answerer::new(options)));
        }
        return shell.converse(&mut PlainLines::default());
    }
    let config = configuration();
    if !posix {
        if let Ok(directories) = Directories::of_user()
            && tutor.is_none()
        {
            greeting::show_once(&directories, Language::of_environment());
        }
        read_own_files(shell, &config)?;
    }
    set_default_prompt(shell, &config);
    let diary = Diary::new(history(&config));
    if !posix {
        let answerer = Answerer::new(options).with_diary(diary.clone());
        shell.take_requests(Box::new(answerer.with_config(config.clone())));
    }
    diary.load();
    shell.remember_lines(Rc::new(diary.clone()));
    let reader = Reader::new(&config);
    let prompt = config.prompt;
    let ahead = Box::new(move || start_model_ahead(config));
    match LineEditor::new(diary.clone(), reader.clone(), ahead) {
        Ok(editor) => {
            let mut lines = EditedLines {
                editor: Some(editor),
                plain: PlainLines::default(),
                diary,
                reader,
                line: String::new(),
                posix,
                prompt,
                changes: Changes::default(),
                marks: Marks::new(prompt),
                took: None,
                tutor,
            };
            let flow = shell.converse(&mut lines);
            lines.diary.close();
            flow
        }
        Err(error) => {
            show_error(&Diagnostic::new(format!("no line editing: {error}")));
            shell.converse(&mut PlainLines::default())
        }
    }
}

/// Lines from the line editor, each a command or a request, with their history.
struct EditedLines {
    /// `None`: it failed, and lines are read without it.
    editor: Option<LineEditor>,
    plain: PlainLines,
    diary: Diary,
    reader: Reader,
    /// What was read last.
    line: String,
    posix: bool,
    /// What the shell's own prompt says.
    prompt: PromptConfig,
    /// What is changed in the repositories that one was in.
    changes: Changes,
    marks: Marks,
    /// How long the last line ran.
    took: Option<Duration>,
    tutor: Option<Tutor>,
}

impl EditedLines {
    /// The prompt: the person's own, or ours where they have none.
    fn prompt(&mut self, shell: &mut Shell) -> String {
        if self.is_ours(shell) {
            return own_prompt::text(
                shell,
                self.prompt,
                &mut self.changes,
                self.took,
                paint::wants_colour(),
                self.marks,
            );
        }
        String::from_utf8_lossy(&shell.prompt()).into_owned()
    }

    /// Whether the person has chosen no prompt.
    fn is_ours(&self, shell: &Shell) -> bool {
        let value = shell.variables.get(b"PS1");
        let is_ours = value.is_some_and(|value| PROMPTS.iter().any(|own| *value == **own));
        is_ours && !self.posix
    }

    /// Looks for a line of before, which then stands there to be changed and entered.
    fn recall(&mut self, shell: &Shell, begun: &str) {
        let directory = shell.directory().unwrap_or_default().to_str_lossy().into_owned();
        let (colour, language) = (paint::wants_colour(), Language::of_environment());
        // What is typed stands there until all is read.
        let all = recall::all(&self.diary, begun, &directory, colour, language);
        if let Some(editor) = &self.editor {
            editor.erase();
        }
        let chosen = recall::choose(all, &self.diary, begun);
        terminal_input::set_aside(&chosen);
    }

    /// The line with what `!!` and the like stand for, kept for later; empty where that is
    /// only to be shown, or is nothing.
    fn expanded(&mut self, shell: &Shell, line: String) -> String {
        let reads_as_request = !self.posix
            && !line.starts_with('!')
            && matches!(self.reader.read(&line, &shell.command_names()), Intent::Request(_));
        let mut run = true;
        let mut told = line;
        let may_expand = told.starts_with('^') || told.contains('!');
        if may_expand && shell.options.is_on(Opt::HistExpand) && !reads_as_request {
            let past = self.diary.lines();
            let past: Vec<&str> = past.iter().map(String::as_str).collect();
            match expansion::expand(&told, &past) {
                Ok(Expanded::Same) => {}
                Ok(Expanded::Line(line)) => {
                    show_line(&line);
                    told = line;
                }
                Ok(Expanded::Shown(line)) => {
                    show_line(&line);
                    (told, run) = (line, false);
                }
                Err(message) => {
                    show_error(&Diagnostic::new(message));
                    return String::new();
                }
            }
        }
        // One that begins with a blank is kept nowhere.
        if let Some(editor) = &mut self.editor
            && !told.starts_with(' ')
        {
            editor.remember(&told);
        }
        if run { told } else { String::new() }
    }
}

/// Shows the line that will run in the place of what was typed.
fn show_line(line: &str) {
    let _ = write_all(STDERR, format!("{}\n", visible(line.as_bytes())).as_bytes());
}

impl Lines for EditedLines {
    fn read(&mut self, shell: &mut Shell) -> Read {
        if let Some(notice) = self.diary.take_notice() {
            show_error(&notice);
        }
        if self.editor.is_none() {
            return self.plain.read(shell);
        }
        if let Some(tutor) = &mut self.tutor {
            tutor.speak();
        }
        let [begin, end] = self.marks.around_prompt();
        let prompt = self.prompt(shell) + end;
        let home = shell.variables.get(b"HOME").map(|home| home.to_vec());
        self.marks.before_prompt(shell.directory().unwrap_or_default(), home.as_deref());
        let Some(editor) = &mut self.editor else { return Read::End };
        editor.lend(shell);
        let read = rescue::attempt(|| editor.read(begin, &prompt));
        editor.give_back(shell);
        match read {
            Ok(Line::Text(line)) => {
                if self.prompt.transient && self.is_ours(shell) {
                    let around = self.marks.around_prompt();
                    if let Some(editor) = &self.editor {
                        editor.shorten(around, &own_prompt::short(), &line);
                    }
                }
                self.line = self.expanded(shell, line);
                Read::Line
            }
            Ok(Line::Elsewhere(line)) => {
                match shell.edited(&line, None) {
                    Ok(text) => self.line = self.expanded(shell, text.trim_end().to_owned()),
                    Err(message) => show_error(&Diagnostic::new(message)),
                }
                Read::Line
            }
            Ok(Line::Recall(begun)) => {
                self.recall(shell, &begun);
                Read::Line
            }
            Ok(Line::Interrupted) => Read::Interrupted,
            Ok(Line::End) => Read::End,
            Err(failure) => {
                failure.tell("lines are read without the line editor from now on");
                self.editor = None;
                self.plain.read(shell)
            }
        }
    }

    fn run(&mut self, shell: &mut Shell) -> Flow {
        if self.editor.is_none() {
            return self.plain.run(shell);
        }
        let line = std::mem::take(&mut self.line);
        if self.tutor.as_mut().is_some_and(|tutor| tutor.takes(&line)) {
            return Ok(());
        }
        let begin = Instant::now();
        self.marks.before_line(&line);
        let flow = run_line(shell, &self.diary, &self.reader, &line, self.posix);
        self.marks.behind_line(shell.status);
        // The time that a person takes to read a plan is nobody's.
        let is_command = self.posix
            || matches!(self.reader.read(&line, &shell.command_names()), Intent::Command);
        self.took = is_command.then(|| begin.elapsed());
        if let Some(tutor) = &mut self.tutor {
            tutor.look(&tutor::Entered { line: &line, is_command, status: shell.status });
        }
        flow
    }
}

/// Runs one line: as a command or as a request, as it was shown.
fn run_line(shell: &mut Shell, diary: &Diary, reader: &Reader, line: &str, posix: bool) -> Flow {
    let names = shell.command_names();
    let intent = if posix { Intent::Command } else { reader.read(line, &names) };
    let request = match intent {
        Intent::Empty => return Ok(()),
        Intent::Command => None,
        Intent::Request(text) => Some(text),
        Intent::Unsure { text, likelier } => {
            let Some(reading) = ask_which(likelier, &mut TerminalKeys::default()) else {
                // What was typed is there to be changed.
                terminal_input::set_aside(line);
                return Ok(());
            };
            reader.remember(&text, reading);
            (reading == Reading::Request).then_some(text)
        }
    };
    if let Some(text) = request {
        answer(shell, diary, line, &text);
        return Ok(());
    }
    diary.begin(shell, line, Kind::Command);
    shell.show_before_command();
    let flow = shell.evaluate(line.as_bytes(), 1);
    diary.end(shell.status);
    if !shell.status.is_success() && line.trim() != "why" {
        shell.last_failure = Some((line.trim().to_owned(), shell.status));
    }
    let unknown = shell.status == ExitStatus::NOT_FOUND
        && line.split_whitespace().next().is_some_and(|first| !names.contains(first));
    if !unknown || flow.is_err() {
        return flow;
    }
    if !posix && intent::reads_like_a_sentence(line) {
        if ask_for_it_instead(&mut TerminalKeys::default()) {
            answer(shell, diary, line, line.trim());
        }
    } else if let Some(meant) = meant_instead(shell, line.trim())
        && ask_for_that_instead(&meant, &mut TerminalKeys::default())
    {
        diary.begin(shell, &meant, Kind::Command);
        let flow = shell.evaluate(meant.as_bytes(), 1);
        diary.end(shell.status);
        return flow;
    }
    flow
}

/// The line with the command that its first word nearly is.
fn meant_instead(shell: &Shell, line: &str) -> Option<String> {
    let first = line.split_whitespace().next()?;
    let near = super::why::near_command(shell, first)?;
    Some(line.replacen(first, &near, 1))
}

/// Asks whether the line with the near name was meant.
fn ask_for_that_instead(line: &str, keys: &mut dyn Keys) -> bool {
    let (language, line) = (Language::of_environment(), visible(line.as_bytes()));
    keys.ask(&language.choose(
        format!("Did you mean: {line}? [y] run it  [n] no (default) "),
        format!("是不是要输入：{line}？[y] 运行  [n] 否（默认） "),
    ));
    let yes = matches!(
        keys.typed(),
        Some(Typed::Word(word)) if matches!(word.as_str(), "y" | "yes" | "是" | "好")
    );
    keys.answered(if yes { language.choose("yes", "是") } else { language.choose("no", "否") });
    yes
}

fn answer(shell: &mut Shell, diary: &Diary, line: &str, request: &str) {
    diary.begin(shell, line, Kind::Request);
    shell.status = shell.answer(request);
    diary.end(shell.status);
}

/// Asks whether a line that was no command was meant as a request.
fn ask_for_it_instead(keys: &mut dyn Keys) -> bool {
    let language = Language::of_environment();
    keys.ask(language.choose(
        "Is it a request? [r] request  [n] no (default) ",
        "这是请求吗？[r] 请求  [n] 否（默认） ",
    ));
    let yes = matches!(
        keys.typed(),
        Some(Typed::Word(word))
            if matches!(word.as_str(), "r" | "request" | "?" | "y" | "yes" | "请求" | "是")
    );
    let answer = if yes { ("request", "请求") } else { ("no", "否") };
    keys.answered(language.choose(answer.0, answer.1));
    yes
}

/// Asks whether a line is a command or a request; Enter says that it is what is
/// likelier. `None`: neither.
pub fn ask_which(likelier: Reading, keys: &mut dyn Keys) -> Option<Reading> {
    let language = Language::of_environment();
    keys.ask(match likelier {
        Reading::Command => language.choose(
            "A command or a request? [c] command (default)  [r] request  [n] neither ",
            "命令还是请求？[c] 命令（默认）  [r] 请求  [n] 都不是 ",
        ),
        Reading::Request => language.choose(
            "A command or a request? [c] command  [r] request (default)  [n] neither ",
            "命令还是请求？[c] 命令  [r] 请求（默认）  [n] 都不是 ",
        ),
    });
    loop {
        let choice = match keys.typed() {
            Some(Typed::Enter) => Some(likelier),
            Some(Typed::Cancel) | None => None,
            Some(Typed::Word(word)) => match word.as_str() {
                "c" | "command" | "命令" => Some(Reading::Command),
                "r" | "request" | "?" | "请求" => Some(Reading::Request),
                "n" | "no" | "neither" | "否" | "都不是" => None,
                _ => continue,
            },
        };
        keys.answered(match choice {
            Some(Reading::Command) => language.choose("command", "命令"),
            Some(Reading::Request) => language.choose("request", "请求"),
            None => language.choose("neither", "都不是"),
        });
        return choice;
    }
}

/// The name of the file of commands in the configuration directory.
const RC: &str = "rc";

/// Runs what the person wants to be run in each interactive shell: `rc` in the configuration
/// directory, and before it `~/.bashrc` where the configuration says so.
fn read_own_files(shell: &mut Shell, config: &Config) -> Flow {
    if identity::is_privileged_by_file() {
        return Ok(());
    }
    let home = shell.variables.get(b"HOME").map(|home| home.to_owned());
    if let Some(home) = home.filter(|_| config.shell.bashrc) {
        shell.read_startup_file(&[home.as_slice(), b"/.bashrc"].concat())?;
    }
    let Ok(directories) = Directories::of_user() else { return Ok(()) };
    let rc = directories.config.join(RC);
    match config::read_trusted(&rc, identity::effective_user()) {
        Ok(Some(text)) => {
            shell.read_startup_text(rc.as_os_str().as_encoded_bytes(), text.as_bytes())
        }
        Ok(None) => Ok(()),
        Err(error) => {
            show_error(&error.into());
            Ok(())
        }
    }
}

fn configuration() -> Config {
    let directories = match Directories::of_user() {
        Ok(directories) => directories,
        Err(error) => {
            show_error(&error.into());
            return Config::default();
        }
    };
    let (config, notice) = config::load_or_default(&directories.config, identity::effective_user());
    if let Some(notice) = notice {
        show_error(&notice);
    }
    config
}

fn history(config: &Config) -> History {
    let max_entries = config.history.max_entries;
    match Directories::of_user() {
        Ok(directories) if config.history.enabled => {
            History::on_disk(directories.state.join(DATABASE_NAME), max_entries)
        }
        _ => History::in_memory(max_entries),
    }
}

/// `PS1` as POSIX has it says nothing of the place; a value that the user or a
/// startup file chose stays.
fn set_default_prompt(shell: &mut Shell, config: &Config) {
    if shell.variables.get(b"PS1").is_none_or(|value| value != b"$ ".as_slice()) {
        return;
    }
    let default = PROMPTS[usize::from(identity::effective_user() == 0)];
    let prompt = config.shell.prompt.as_deref().unwrap_or(default);
    // Only a startup file could have made PS1 read-only, and then it stays.
    let _ = shell.variables.set(b"PS1", prompt);
}

/// Starts the model's process while the person is still typing.
fn start_model_ahead(config: Config) {
    if let Ok(session) = Session::with_config(config) {
        session.start_model_ahead();
    }
}

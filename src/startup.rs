//! From the process's start to the part of llmsh that it is for.
//!
//! The order is by how often and how badly it matters: a command, a script and
//! anything without a terminal reach the shell engine before anything else is
//! looked at.

use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::sync::Arc;

use bstr::{BString, ByteSlice};
use clap::{FromArgMatches, ValueEnum};

use crate::cli::{self, Cli, Command, SUBCOMMANDS};
use crate::config::Directories;
use crate::diagnostic::{Diagnostic, show_error};
use crate::eval;
use crate::exit_status::ExitStatus;
use crate::history;
use crate::intent::{self, Intent, Reading};
use crate::language::Language;
use crate::model;
use crate::model::worker::{WorkerOptions, run_worker};
use crate::policy::{self, Ceiling};
use crate::preference;
use crate::rescue;
use crate::review::RequestOptions;
use crate::review::terminal::{Keys, Typed};
use crate::session::Session;
use crate::session::ask::Answerer;
use crate::session::tutor::Tutor;
use crate::session::{doctor, explain, interactive, login_shell, tutorial};
use crate::shell::Shell;
use crate::shell::startup::{Commands, Invocation, UsageError};
use crate::system::{descriptor, identity, interrupt, process, terminal};
use crate::tui::keys::TerminalKeys;
use crate::undo;

/// Runs llmsh with the process's arguments and environment.
#[must_use]
pub fn main() -> ExitStatus {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(options) = WorkerOptions::from_arguments(arguments.get(1..).unwrap_or_default()) {
        return run_worker(&options);
    }
    if let Some(arguments) = rescue::asked_for(&arguments) {
        return rescue::become_sh(&arguments);
    }
    rescue::watch();
    match rescue::attempt(|| run(arguments.clone())) {
        Ok(status) => status,
        Err(failure) if rescue::has_begun() => {
            failure.tell("llmsh ends");
            ExitStatus::INTERNAL
        }
        Err(failure) => {
            failure.tell("this is /bin/sh");
            rescue::become_sh(&for_sh(arguments))
        }
    }
}

/// The arguments without those that only llmsh understands.
fn for_sh(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let place = first_word(&arguments);
    arguments.drain(1..place);
    arguments
}

fn run(mut arguments: Vec<OsString>) -> ExitStatus {
    // Of a person, and alone, it asks for help; it is the shell's `set -h` else.
    if arguments.len() == 2 && arguments[1] == "-h" && terminal::is_terminal(descriptor::STDIN) {
        arguments[1] = "--help".into();
    }
    if is_for_clap(&arguments) {
        // No other shell has these.
        rescue::begin();
        return subcommand(arguments);
    }
    let words: Vec<BString> = arguments.into_iter().map(bytes).collect();
    let mut options = RequestOptions::default();
    match Invocation::parse_with(&words, &mut |word| request_option(word, &mut options)) {
        Ok(invocation) => run_shell(&words, &invocation, options),
        Err(error) => {
            show_error(
                &Diagnostic::new(error.to_string()).hint("\"llmsh --help\" lists the options"),
            );
            ExitStatus::USAGE
        }
    }
}

/// Whether the arguments are not those of a shell: a subcommand, or a request
/// for help.
fn is_for_clap(arguments: &[OsString]) -> bool {
    arguments.get(first_word(arguments)).and_then(|word| word.to_str()).is_some_and(|word| {
        SUBCOMMANDS.contains(&word)
            || matches!(word, "help" | "--help" | "--version" | "--generate")
    })
}

/// The place of the first argument that is no option of requests: these may
/// come before `ask`.
fn first_word(arguments: &[OsString]) -> usize {
    let mut ignored = RequestOptions::default();
    let mut is_option =
        |word: &OsString| matches!(request_option(word.as_encoded_bytes(), &mut ignored), Ok(true));
    1 + arguments.iter().skip(1).take_while(|word| is_option(word)).count()
}

/// Reads an option that says how requests are answered; whether it is one.
fn request_option(word: &[u8], options: &mut RequestOptions) -> Result<bool, UsageError> {
    match word {
        b"--dry-run" => options.dry_run = true,
        b"--json" => options.json = true,
        b"--plain" => options.plain = true,
        word => {
            let Some(value) = word.strip_prefix(b"--yes") else { return Ok(false) };
            let ceiling = value.strip_prefix(b"=").and_then(|value| value.to_str().ok());
            options.yes = ceiling.and_then(|name| Ceiling::from_str(name, false).ok());
            if options.yes.is_none() {
                return Err(UsageError(format!(
                    "{}: --yes needs a ceiling: --yes=read, --yes=write or --yes=all",
                    word.as_bstr()
                )));
            }
        }
    }
    Ok(true)
}

fn new_shell(words: &[BString]) -> Shell {
    let environment = std::env::vars_os().map(|(name, value)| (bytes(name), bytes(value)));
    let name = words.first().cloned().unwrap_or_else(|| "llmsh".into());
    let mut shell = Shell::new(name, environment);
    shell.own_signals();
    shell
}

/// The shell: interactive, `-c`, script or standard input.
fn run_shell(words: &[BString], invocation: &Invocation, options: RequestOptions) -> ExitStatus {
    rescue::point("start");
    let mut shell = new_shell(words);
    shell.apply(invocation);
    if invocation.login {
        let flow = shell.read_profiles();
        if flow.is_err() {
            return shell.end(flow);
        }
    }
    if invocation.posix {
        if is_interactive(invocation) {
            return converse(&mut shell, options, true, None);
        }
        return shell.run_script(&invocation.commands);
    }
    if let Commands::Text(text) = &invocation.commands
        && let Some(request) = request_in(text, &shell)
    {
        return match request {
            Ok(text) => answer(&mut shell, options, &text),
            Err(status) => status,
        };
    }
    if options.dry_run && matches!(invocation.commands, Commands::Text(_)) {
        show_error(
            &Diagnostic::new("--dry-run: the text is a command, which would run")
                .hint("\"llmsh policy explain COMMAND\" says what it would do"),
        );
        return ExitStatus::USAGE;
    }
    if is_interactive(invocation) {
        return converse(&mut shell, options, false, None);
    }
    let options = RequestOptions { in_script: true, ..options };
    shell.take_requests(Box::new(Answerer::new(options)));
    shell.run_script(&invocation.commands)
}

/// Interactive when asked for, or when a person is at both ends (XCU sh,
/// OPTIONS -i); the line editor needs a terminal to edit on.
fn is_interactive(invocation: &Invocation) -> bool {
    invocation.commands == Commands::Stdin
        && terminal::is_terminal(descriptor::STDIN)
        && (invocation.interactive || terminal::is_terminal(descriptor::STDERR))
}

fn converse(
    shell: &mut Shell,
    options: RequestOptions,
    posix: bool,
    tutor: Option<Tutor>,
) -> ExitStatus {
    shell.become_interactive();
    let flow = interactive::run(shell, options, posix, tutor);
    shell.end(flow)
}

/// The request in the text of `-c`, if it is one. Somebody at a terminal is
/// asked where it could be either; the error is for who does not want either.
fn request_in(text: &BString, shell: &Shell) -> Option<Result<String, ExitStatus>> {
    let text = text.to_str().ok()?;
    let names = shell.command_names();
    match intent::classify(text, &|word| names.contains(word), &|path| Path::new(path).exists()) {
        Intent::Request(text) => Some(Ok(text)),
        Intent::Unsure { text, likelier } => {
            let asks = terminal::is_terminal(descriptor::STDIN)
                && terminal::is_terminal(descriptor::STDERR);
            match asks.then(|| interactive::ask_which(likelier, &mut TerminalKeys::default()))? {
                Some(Reading::Request) => Some(Ok(text)),
                Some(Reading::Command) => None,
                None => Some(Err(ExitStatus::NOT_CONFIRMED)),
            }
        }
        Intent::Empty | Intent::Command => None,
    }
}

/// Answers one request and ends.
fn answer(shell: &mut Shell, options: RequestOptions, text: &str) -> ExitStatus {
    rescue::begin();
    shell.survive_interrupts();
    shell.take_requests(Box::new(Answerer::new(options)));
    shell.status = shell.answer(text);
    shell.end(Ok(()))
}

/// What clap reads: the subcommands, help and version.
fn subcommand(mut arguments: Vec<OsString>) -> ExitStatus {
    // `llmsh --json ask …` means `llmsh ask --json …`.
    let place = first_word(&arguments);
    arguments[1..=place].rotate_right(1);
    let words: Vec<BString> = arguments.iter().cloned().map(bytes).collect();
    let parsed = cli::command(Language::of_environment())
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            if !error.use_stderr() {
                let _ = error.print();
                return ExitStatus::SUCCESS;
            }
            let text = error.render().to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            show_error(&Diagnostic::new(text.trim_end()));
            return ExitStatus::USAGE;
        }
    };
    let result = match cli.command {
        Some(Command::Ask(ask)) => {
            return answer(&mut new_shell(&words), ask.options, &ask.text.join(" "));
        }
        Some(Command::Explain(explain)) => explain_command(&explain.command.join(" ")),
        Some(Command::Eval(arguments)) => eval::run(&arguments, &mut new_shell(&words)),
        Some(Command::Model(command)) => manage_models(&command),
        Some(Command::Preference(command)) => Session::open().and_then(|session| {
            preference::command::run(&command, &session.preference_path(), &mut std::io::stdout())
        }),
        Some(Command::Policy(arguments)) => manage_policy(&arguments, &words),
        Some(Command::Thread(cli::Thread::Clear)) => Session::open().and_then(|session| {
            session
                .clear_thread_of(process::parent_id())
                .map(|()| ExitStatus::SUCCESS)
                .map_err(|error| Diagnostic::new(format!("the thread cannot be cleared: {error}")))
        }),
        Some(Command::Undo(arguments)) => {
            Session::open().and_then(|mut session| session.undo(&arguments))
        }
        Some(Command::Redo(arguments)) => {
            Session::open().and_then(|mut session| session.redo(&arguments))
        }
        Some(Command::Trash(command)) => {
            undo::command::trash(&command, &mut confirm, &mut std::io::stdout())
        }
        Some(Command::History(command)) => Session::open().and_then(|session| {
            let (path, most) = session.history_place();
            history::command::run(&command, &path, most, &mut std::io::stdout())
        }),
        Some(Command::LoginShell(command)) => login_shell::run(command, &mut std::io::stdout()),
        Some(Command::Tutorial(cli::Tutorial { inside: None })) => tutorial::start(),
        Some(Command::Tutorial(cli::Tutorial { inside: Some(place) })) => {
            tutorial::tutor_of(&place).map(|tutor| {
                let options = RequestOptions::default();
                converse(&mut new_shell(&words), options, false, Some(tutor))
            })
        }
        Some(Command::Doctor) => doctor::run(&mut std::io::stdout()),
        None => generate(cli.generate),
    };
    result.unwrap_or_else(|error| {
        show_error(&error);
        error.status
    })
}

fn explain_command(text: &str) -> Result<ExitStatus, Diagnostic> {
    let shell = new_shell(&[]);
    let value = |name: &str| shell.variables.get(name.as_bytes()).map(|value| &**value);
    let language = Language::of_locale(value);
    let told = explain::commands(text, language).ok_or_else(|| {
        Diagnostic::new("nothing is known of this command")
            .hint("llmsh knows the programs of its tables; the manual page may say more: man NAME")
            .status(ExitStatus::FAILURE)
    })?;
    // A reader that is gone is nobody to tell.
    let _ = writeln!(std::io::stdout(), "{told}");
    Ok(ExitStatus::SUCCESS)
}

/// Asks whoever is at the terminal; nobody there says no.
fn confirm(question: &str) -> bool {
    if !terminal::is_terminal(descriptor::STDIN) || !terminal::is_terminal(descriptor::STDERR) {
        return false;
    }
    let mut keys = TerminalKeys::default();
    keys.ask(&format!("{question} [y/N] "));
    let yes = matches!(keys.typed(), Some(Typed::Word(word)) if word == "y" || word == "yes");
    keys.answered(if yes { "yes" } else { "no" });
    yes
}

fn manage_models(command: &model::command::ModelCommand) -> Result<ExitStatus, Diagnostic> {
    // The programs that fetch models are waited for.
    new_shell(&[]).own_signals();
    let session = Session::open()?;
    for notice in &session.notices {
        show_error(notice);
    }
    interrupt::watch()
        .map_err(|error| Diagnostic::new(format!("signals cannot be caught: {error}")))?;
    let mut context = session.store_context();
    context.interrupted = Arc::new(interrupt::received);
    context.terminal = terminal::is_terminal(descriptor::STDERR);
    if *command == model::command::ModelCommand::Status {
        context.worker_status = session.worker_status();
    }
    model::command::run(command, &context, &mut std::io::stdout(), &mut std::io::stderr())
}

fn manage_policy(
    arguments: &policy::command::PolicyArguments,
    words: &[BString],
) -> Result<ExitStatus, Diagnostic> {
    let directories = Directories::of_user()?;
    let user = identity::effective_user();
    let places = policy::Places::of_process(&directories);
    let mut compile = policy::example_compiler(&places);
    let files = policy::Files::of(&directories, user);
    let (policy, notices) = policy::load(&files, places, &mut compile);
    for notice in &notices {
        show_error(notice);
    }
    let mut context = policy::command::PolicyContext {
        policy: &policy,
        approvals: &directories.data.join(policy::approval::FILE_NAME),
        shell: &mut new_shell(words),
        user,
        language: Language::of_environment(),
    };
    policy::command::run(arguments, &mut context, &mut std::io::stdout())
}

fn generate(what: Option<cli::Generated>) -> Result<ExitStatus, Diagnostic> {
    let failed = |error: std::io::Error| Diagnostic::new(format!("cannot write: {error}"));
    if let Some(what) = what {
        let output = cli::generate(what).map_err(failed)?;
        std::io::stdout().write_all(&output).map_err(failed)?;
    }
    Ok(ExitStatus::SUCCESS)
}

fn bytes(text: OsString) -> BString {
    text.into_vec().into()
}

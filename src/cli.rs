//! The command line of llmsh's own subcommands and options, for `clap`: also
//! what the man page and the completions are made from.
//!
//! The options of a shell are read first and elsewhere
//! ([`crate::shell::startup::Invocation`]); they are listed here so that help
//! and man page are complete.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::history::command::HistoryCommand;
use crate::language::Language;
use crate::model::command::ModelCommand;
use crate::policy::command::PolicyArguments;
use crate::preference::command::PreferenceCommand;
use crate::review::RequestOptions;
use crate::undo::command::{RedoArguments, TrashCommand, UndoArguments};

/// A POSIX shell that also understands requests in your own words.
#[derive(Debug, Parser)]
#[command(
    name = "llmsh",
    version,
    about = "A POSIX shell that also understands requests in your own words",
    after_help = "A line that begins with ? is always a request. Exit statuses: docs/exit-status.md.",
    args_conflicts_with_subcommands = true,
    // -h is an option of the shell, as in set -h.
    disable_help_flag = true,
    disable_version_flag = true
)]
pub struct Cli {
    /// What to do; without one, llmsh is a shell.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Run this command, or answer this request.
    #[arg(short = 'c', value_name = "TEXT")]
    pub text: Option<String>,
    /// Read commands from standard input.
    #[arg(short = 's')]
    pub stdin: bool,
    /// Be interactive.
    #[arg(short = 'i')]
    pub interactive: bool,
    /// Be a login shell: read /etc/profile and ~/.profile.
    #[arg(short = 'l', long)]
    pub login: bool,
    /// Take no requests: an ordinary POSIX shell.
    #[arg(long)]
    pub posix: bool,
    /// Turn a shell option on, as set -o does.
    #[arg(short = 'o', value_name = "OPTION")]
    pub option: Vec<String>,
    /// How a request is answered.
    #[command(flatten)]
    pub request: RequestOptions,
    /// Print help.
    #[arg(long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// Print the version.
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    /// Write the man page or the completions of a shell.
    #[arg(long, value_name = "WHAT", hide = true)]
    pub generate: Option<Generated>,
    /// A script and its arguments.
    #[arg(value_name = "SCRIPT", trailing_var_arg = true)]
    pub script: Vec<String>,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Turn a request into a plan, show it, and run it once it is confirmed.
    Ask(Ask),
    /// Say what a command does, and what its options mean.
    Explain(Explain),
    /// Measure how many requests of a suite are answered rightly.
    Eval(Eval),
    /// List, fetch and choose language models.
    #[command(subcommand)]
    Model(ModelCommand),
    /// See and forget what was learned from you.
    #[command(subcommand)]
    Preference(PreferenceCommand),
    /// See the rules and what you approved for good, and why a command is asked about.
    Policy(PolicyArguments),
    /// Begin a new conversation in the shell that runs this.
    #[command(subcommand)]
    Thread(Thread),
    /// Undo what a plan did to files.
    Undo(UndoArguments),
    /// Do again what was undone.
    Redo(RedoArguments),
    /// List, restore or delete what is in the trash.
    #[command(subcommand)]
    Trash(TrashCommand),
    /// Take over what another shell remembers.
    #[command(subcommand)]
    History(HistoryCommand),
    /// Learn llmsh in ten minutes, in a directory for trying things out.
    Tutorial(Tutorial),
    /// Look at everything that llmsh needs here, and say what is missing.
    Doctor,
    /// See what your login shell is, make llmsh it, or go back.
    #[command(subcommand)]
    LoginShell(LoginShell),
}

/// `llmsh tutorial`
#[derive(Debug, Args)]
pub struct Tutorial {
    /// Be the shell of a tutorial that has its place here.
    #[arg(long, hide = true, value_name = "DIRECTORY")]
    pub inside: Option<PathBuf>,
}

/// `llmsh login-shell`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum LoginShell {
    /// Say what it is, and whether llmsh could be it.
    Status,
    /// Make llmsh the login shell, once it has passed a trial.
    Set {
        /// Only say what would be done.
        #[arg(long)]
        dry_run: bool,
    },
    /// Make the shell of before the login shell.
    Restore,
}

/// `llmsh ask`
#[derive(Debug, Args)]
pub struct Ask {
    /// How the request is answered.
    #[command(flatten)]
    pub options: RequestOptions,
    /// The request.
    #[arg(required = true, value_name = "TEXT", trailing_var_arg = true)]
    pub text: Vec<String>,
}

/// `llmsh thread`
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum Thread {
    /// Forget the requests so far: the next one begins anew.
    Clear,
}

/// `llmsh explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The command.
    #[arg(
        required = true,
        value_name = "COMMAND",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub command: Vec<String>,
}

/// `llmsh eval`
#[derive(Debug, Args)]
pub struct Eval {
    /// The suite: requests, the directories they are asked in, and what is right.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Show every request with its answer.
    #[arg(long)]
    pub show: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Only requests with one of these tags.
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// Only requests in this language: en or zh.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Only requests with this text in them.
    #[arg(long = "match", value_name = "TEXT")]
    pub matching: Option<String>,
    /// Only every so many of the requests.
    #[arg(long, value_name = "NUMBER")]
    pub every: Option<usize>,
    /// The first of them, from 0.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub from: usize,
    /// At most so many requests.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<usize>,
    /// Leave a part of llmsh out, to see what it is worth.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub without: Vec<String>,
}

/// What `--generate` writes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Generated {
    /// The man page.
    Man,
    /// Completions for bash.
    Bash,
    /// Completions for zsh.
    Zsh,
    /// Completions for fish.
    Fish,
}

/// First words that are subcommands.
pub const SUBCOMMANDS: &[&str] = &[
    "ask",
    "explain",
    "eval",
    "model",
    "preference",
    "policy",
    "thread",
    "undo",
    "redo",
    "trash",
    "history",
    "tutorial",
    "doctor",
    "login-shell",
];

/// The man page or completions.
///
/// # Errors
/// What writing to memory says, which is nothing.
pub fn generate(what: Generated) -> std::io::Result<Vec<u8>> {
    let mut command = Cli::command();
    let mut output = Vec::new();
    let shell = match what {
        Generated::Man => {
            clap_mangen::Man::new(command).render(&mut output)?;
            return Ok(output);
        }
        Generated::Bash => clap_complete::Shell::Bash,
        Generated::Zsh => clap_complete::Shell::Zsh,
        Generated::Fish => clap_complete::Shell::Fish,
    };
    clap_complete::generate(shell, &mut command, "llmsh", &mut output);
    Ok(output)
}

/// The command line with its help in a language.
#[must_use]
pub fn command(language: Language) -> clap::Command {
    match language {
        Language::English => Cli::command(),
        Language::Chinese => {
            // Only then it has what clap adds.
            let mut command = Cli::command();
            command.build();
            in_chinese(command)
        }
    }
}

fn in_chinese(command: clap::Command) -> clap::Command {
    const TEMPLATE: &str =
        "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";
    let say = |text: &clap::builder::StyledStr| {
        Language::Chinese.translated(&text.to_string()).into_owned()
    };
    let (about, after) = (command.get_about().map(say), command.get_after_help().map(say));
    let command = command
        .mut_args(|argument| {
            let (help, long) = (argument.get_help().map(say), argument.get_long_help().map(say));
            let heading = if argument.is_positional() { "参数" } else { "选项" };
            let argument = argument.help_heading(heading);
            let argument = match help {
                Some(help) => argument.help(help),
                None => argument,
            };
            match long {
                Some(long) => argument.long_help(long),
                None => argument,
            }
        })
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令");
    let command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    let command = match after {
        Some(after) => command.after_help(after),
        None => command,
    };
    command.mut_subcommands(in_chinese)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_subcommand_is_in_the_list_that_startup_looks_at() {
        let names: Vec<String> =
            Cli::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        assert_eq!(names, SUBCOMMANDS);
    }

    #[test]
    fn what_is_generated_names_the_options() {
        for what in [Generated::Man, Generated::Bash, Generated::Zsh, Generated::Fish] {
            let text = String::from_utf8(generate(what).unwrap()).unwrap();
            assert!(text.contains("dry") && text.contains("ask"), "{what:?}");
        }
    }

    /// The texts of the help, of all that is no measurement.
    fn texts(command: &clap::Command, found: &mut Vec<String>) {
        let arguments = command.get_arguments();
        let helps = arguments.flat_map(|argument| [argument.get_help(), argument.get_long_help()]);
        let all = [command.get_about(), command.get_after_help()].into_iter().chain(helps);
        found.extend(all.flatten().map(ToString::to_string));
        for below in command.get_subcommands().filter(|below| below.get_name() != "eval") {
            texts(below, found);
        }
    }

    #[test]
    fn all_help_has_its_chinese() {
        let mut found = Vec::new();
        texts(&Cli::command(), &mut found);
        assert!(found.len() > 60);
        found.retain(|text| Language::Chinese.translated(text) == *text);
        found.sort();
        found.dedup();
        assert!(found.is_empty(), "{found:#?}");
        let mut chinese = command(Language::Chinese);
        chinese.clone().debug_assert();
        let help = chinese.render_long_help().to_string();
        assert!(help.contains("用法：") && help.contains("选项") && !help.contains("Options"));
    }
}

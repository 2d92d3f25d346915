//! `llmsh policy`: the rules and approvals in force, what would be decided about
//! a command and why, taking approvals back, checking a file of rules.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::approval::{Approval, Approvals};
use super::judge::Policy;
use super::{Decision, example_compiler, explain, load};
use crate::diagnostic::Diagnostic;
use crate::escape::visible;
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::plan::compile;
use crate::shell::Shell;

/// What to do; without one, the rules and approvals are listed.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct PolicyArguments {
    /// What to do
    #[command(subcommand)]
    pub command: Option<PolicyCommand>,
}

/// What to do with rules and approvals.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum PolicyCommand {
    /// List the rules in force and the approvals that are remembered
    List,
    /// Say what would be decided about a command, and why; it is not run
    Explain {
        /// Write JSON (docs/policy.md)
        #[arg(long)]
        json: bool,
        /// The command, as one word
        #[arg(value_name = "COMMAND")]
        text: String,
    },
    /// Take back an approval, or all of them
    #[command(visible_alias = "forget")]
    Revoke {
        /// The number of the approval, or "all"
        #[arg(value_name = "ID|all")]
        which: Which,
    },
    /// Check a file of rules and their examples
    Check {
        /// The file
        file: PathBuf,
    },
}

/// Which approvals are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of this number.
    One(i64),
    /// All of them.
    All,
}

impl std::str::FromStr for Which {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Self::All);
        }
        let number = text.parse().map_err(|_| "a number or \"all\" is needed".to_owned())?;
        Ok(Self::One(number))
    }
}

/// What the subcommand works with.
#[derive(Debug)]
pub struct PolicyContext<'a> {
    /// The rules in force.
    pub policy: &'a Policy,
    /// The database of approvals.
    pub approvals: &'a Path,
    /// The shell in whose directory and variables a command is explained.
    pub shell: &'a mut Shell,
    /// Who may own files of rules.
    pub user: u32,
    /// The language of what is said.
    pub language: Language,
}

/// Runs the subcommand.
///
/// # Errors
/// A command that is no plan, an approval that is not there, a file of rules that
/// cannot be used.
pub fn run(
    arguments: &PolicyArguments,
    context: &mut PolicyContext<'_>,
    output: &mut dyn Write,
) -> Result<ExitStatus, Diagnostic> {
    let text = match arguments.command.as_ref().unwrap_or(&PolicyCommand::List) {
        PolicyCommand::List => list(context)?,
        PolicyCommand::Explain { json, text } => explain(context, text, *json)?,
        PolicyCommand::Revoke { which } => revoke(context, *which)?,
        PolicyCommand::Check { file } => check(context, file)?,
    };
    output
        .write_all(text.as_bytes())
        .map_err(|error| Diagnostic::new(format!("cannot write: {error}")))?;
    Ok(ExitStatus::SUCCESS)
}

fn list(context: &PolicyContext<'_>) -> Result<String, Diagnostic> {
    let language = context.language;
    let mut text = String::new();
    let headings = [
        (Decision::Forbid, "refused:", "拒绝："),
        (Decision::ConfirmByTyping, "asked with a word to type:", "询问并要求输入确认词："),
        (Decision::Confirm, "asked:", "询问："),
        (Decision::Allow, "not asked:", "不询问："),
    ];
    for (decision, english, chinese) in headings {
        let rules = context.policy.rules().iter().filter(|rule| rule.decision == decision);
        let lines: Vec<String> = rules
            .map(|rule| {
                let source = rule.source.words(language);
                let reason = visible(rule.reason.words(language).as_bytes());
                format!("  {} ({source}): {reason}\n", rule.name)
            })
            .collect();
        if !lines.is_empty() {
            text += &format!("{}\n{}", language.choose(english, chinese), lines.concat());
        }
    }
    // Looking at what is there does not make a database.
    let approvals = if context.approvals.exists() {
        Approvals::open(context.approvals)?.list()?
    } else {
        Vec::new()
    };
    text += match (language, approvals.is_empty()) {
        (Language::English, true) => "approvals: none\n",
        (Language::English, false) => "approvals:\n",
        (Language::Chinese, true) => "已记住的许可：无\n",
        (Language::Chinese, false) => "已记住的许可：\n",
    };
    text.extend(approvals.iter().map(|approval| approval_line(approval, language)));
    Ok(text)
}

fn approval_line(approval: &Approval, language: Language) -> String {
    let created = &approval.created;
    let scope = approval.scope.words(language);
    let used = match (&approval.used, language) {
        (Some(used), Language::English) => format!("used {used}"),
        (Some(used), Language::Chinese) => format!("上次使用 {used}"),
        (None, _) => language.choose("never used", "从未使用").to_owned(),
    };
    match language {
        Language::English => format!("{:>3}  {scope} (given {created}, {used})\n", approval.id),
        Language::Chinese => format!("{:>3}  {scope}（{created} 许可，{used}）\n", approval.id),
    }
}

fn explain(context: &mut PolicyContext<'_>, text: &str, json: bool) -> Result<String, Diagnostic> {
    let plan = compile::compile_for_judgement(text.as_bytes(), context.shell).map_err(|error| {
        Diagnostic::new(format!("no plan could be made: {error}")).status(ExitStatus::NO_PLAN)
    })?;
    let verdict = context.policy.judge(&plan);
    Ok(if json {
        explain::json(&plan, &verdict, context.language) + "\n"
    } else {
        explain::text(&plan, &verdict, context.language)
    })
}

fn revoke(context: &PolicyContext<'_>, which: Which) -> Result<String, Diagnostic> {
    let mut approvals = Approvals::open(context.approvals)?;
    let count = match which {
        Which::All => approvals.revoke_all()?,
        Which::One(id) if approvals.revoke(id)? => 1,
        Which::One(id) => {
            return Err(Diagnostic::new(format!("there is no approval {id}"))
                .hint("\"llmsh policy\" shows the numbers"));
        }
    };
    Ok(match context.language {
        Language::English => format!("{count} taken back\n"),
        Language::Chinese => format!("已收回 {count} 项\n"),
    })
}

fn check(context: &PolicyContext<'_>, file: &Path) -> Result<String, Diagnostic> {
    let places = context.policy.places();
    let count = load::check(file, context.user, places, &mut example_compiler(places))?;
    let name = visible(file.as_os_str().as_encoded_bytes());
    match (count, context.language) {
        (Some(1), Language::English) => Ok(format!("{name}: 1 rule, in order\n")),
        (Some(count), Language::English) => Ok(format!("{name}: {count} rules, all in order\n")),
        (Some(count), Language::Chinese) => Ok(format!("{name}：{count} 条规则，均无问题\n")),
        (None, _) => Err(Diagnostic::new(format!("there is no file {name}"))
            .hint("docs/policy.md shows what a file of rules looks like")),
    }
}

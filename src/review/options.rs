//! How a request is answered, as the command line says it.

use clap::Args;

use crate::policy::Ceiling;

/// How a request is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct RequestOptions {
    /// Show the plan; never run it.
    #[arg(long)]
    pub dry_run: bool,
    /// Try the plan aside first and show what it changes; without a terminal nothing else
    /// is done.
    #[arg(long, conflicts_with_all = ["dry_run", "json", "yes"])]
    pub preview: bool,
    /// Write the plan as JSON (docs/plan-json.md).
    #[arg(long)]
    pub json: bool,
    /// Show the plan as plain lines, for screen readers.
    #[arg(long)]
    pub plain: bool,
    /// Run without asking, up to this risk.
    #[arg(long, value_name = "RISK", require_equals = true)]
    pub yes: Option<Ceiling>,
    /// Standard output is a script's data: a plan that is not confirmed goes beside it.
    #[arg(skip)]
    pub in_script: bool,
}

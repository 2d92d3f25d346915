//! `help`: what builtins do.

use bstr::{BString, ByteSlice};

use super::about::line;
use super::{ALL, Outcome, is_shown};
use crate::exit_status::ExitStatus;
use crate::language::Language;
use crate::shell::Shell;

/// `help [NAME...]`: all of them without a name. A name may be a pattern's beginning, as
/// in bash.
pub(super) fn help(shell: &mut Shell, words: &[BString]) -> Outcome {
    let value = |name: &str| shell.variables.get(name.as_bytes()).map(|value| &**value);
    let language = Language::of_locale(value);
    let mut names = words[1..].iter().skip_while(|word| word.starts_with(b"-")).peekable();
    let shown = || ALL.iter().filter(|builtin| is_shown(builtin)).map(|builtin| builtin.name);
    let mut text = String::new();
    let mut status = ExitStatus::SUCCESS;
    if names.peek().is_none() {
        text.push_str(language.choose(
            "Commands of the shell itself. llmsh explain 'COMMAND' tells about any other.\n\n",
            "shell 自身的命令；其他命令可用 llmsh explain '命令' 查看说明。\n\n",
        ));
        shown().filter_map(|name| line(name, language)).for_each(|line| text.push_str(&line));
    }
    for word in names {
        let exact = shown().filter(|name| word == name);
        let mut found: Vec<&str> = exact.collect();
        if found.is_empty() {
            found = shown().filter(|name| name.as_bytes().starts_with(word)).collect();
        }
        if found.is_empty() {
            shell.report(format!("help: no builtin begins with '{}'", word.to_str_lossy()));
            status = ExitStatus::FAILURE;
        }
        found
            .into_iter()
            .filter_map(|name| line(name, language))
            .for_each(|line| text.push_str(&line));
    }
    let written = shell.write_output("help", text.as_bytes());
    Ok(if written.is_success() { status } else { written })
}

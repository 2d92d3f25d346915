//! Builtins: what they do to the shell, and which variables they set.

use bstr::{BString, ByteSlice};

use super::Judge;
use crate::escape::visible;
use crate::plan::compile::facts::Later;
use crate::program::variable::changes_meaning;
use crate::shell::arithmetic;
use crate::shell::builtin::Meaning;
use crate::shell::exec::Located;

impl Judge<'_> {
    /// One expanded command line, as the shell would run it.
    pub(super) fn words(&mut self, words: &[BString], alone: bool) {
        let name = &words[0];
        let builtin = match self.shell.locate(name) {
            Located::Function(_) => {
                self.environment(true);
                self.phrase(
                    format!("run your function {}", visible(name)),
                    format!("运行你的函数 {}", visible(name)),
                );
                return self.unknown("it is a function of yours", "它是你定义的函数");
            }
            Located::Builtin(builtin) => builtin.meaning,
            _ => return self.program(words, &Later::Anywhere),
        };
        let name = visible(name);
        match builtin {
            Meaning::Evaluates => {
                self.environment(true);
                let text = bstr::join(" ", &words[1..]);
                self.unknown("it may change the shell itself", "它可能改变 shell 本身");
                self.shell_text(&text);
            }
            Meaning::Runs if words.len() > 1 && !words[1].starts_with(b"-") => {
                self.words(&words[1..], alone);
            }
            Meaning::Runs if matches!(words.get(1), Some(word) if word == "-v" || word == "-V") => {
                self.phrase("look up commands", "查询命令");
            }
            Meaning::Anything | Meaning::Replaces => {
                self.environment(true);
                self.phrase(format!("run {name}"), format!("运行 {name}"));
                self.unknown(format!("{name} may do anything"), format!("{name} 可以做任何事"));
                if builtin == Meaning::Replaces && words.len() > 1 {
                    self.program(&words[1..], &Later::Anywhere);
                }
            }
            Meaning::Directory
            | Meaning::Variables
            | Meaning::Input
            | Meaning::Computes
            | Meaning::Options
            | Meaning::Parameters
            | Meaning::Names
            | Meaning::Later
            | Meaning::Limits => {
                self.environment(drifts(builtin, &words[1..]));
                self.phrase(
                    format!("change the shell's state ({name})"),
                    format!("改变 shell 的状态（{name}）"),
                );
                self.later(builtin, &words[1..]);
                if !alone {
                    self.unknown(
                        format!("{name} changes what later commands mean"),
                        format!("{name} 会改变后面命令的含义"),
                    );
                }
            }
            Meaning::Places if words.len() > 1 && words[1] != "-r" => {
                self.environment(true);
                self.unknown("it decides where a program is found", "它决定在哪里找到程序");
            }
            Meaning::Leaves | Meaning::Nothing | Meaning::Places => {
                self.phrase(format!("run {name}"), format!("运行 {name}"));
            }
            Meaning::Program | Meaning::Runs => self.program(words, &Later::Anywhere),
        }
    }

    /// An expression that is evaluated: the variables that it sets.
    pub(super) fn computes(&mut self, text: &[u8]) {
        let sets_special = match arithmetic::parse(text) {
            Ok(expression) => expression.assigned().iter().any(|name| changes_meaning(name)),
            Err(_) => true,
        };
        if sets_special {
            self.unknown("it changes what commands mean", "它会改变命令的含义");
        }
    }

    /// What a builtin that changes the shell's state leaves behind for later.
    fn later(&mut self, builtin: Meaning, operands: &[BString]) {
        match builtin {
            Meaning::Later
                if operands.len() > 1 && operands[0] != "-" && !operands[0].is_empty() =>
            {
                self.unknown("it runs commands later", "它会在之后运行命令");
                self.nested(|judge| judge.shell_text(&operands[0]));
            }
            Meaning::Names if operands.iter().any(|operand| operand.contains(&b'=')) => {
                self.unknown("it changes what a command's name means", "它会改变命令名的含义");
            }
            Meaning::Computes => {
                for operand in operands {
                    self.computes(operand);
                }
            }
            // Tracing expands PS4, which may run something.
            Meaning::Options if operands.iter().any(|word| word.contains(&b'x')) => {
                self.unknown("it changes how commands run", "它会改变命令的运行方式");
            }
            Meaning::Variables | Meaning::Input => {
                let names = operands.iter().map(|operand| {
                    operand.split_once_str("=").map_or(operand.as_slice(), |(name, _)| name)
                });
                if names.into_iter().any(changes_meaning) {
                    self.unknown("it changes which programs run", "它会改变运行哪些程序");
                }
            }
            _ => {}
        }
    }
}

/// Whether words may mean something else after the builtin, apart from the variables
/// that it names. (A plan is read without aliases.)
fn drifts(builtin: Meaning, operands: &[BString]) -> bool {
    match builtin {
        Meaning::Variables | Meaning::Input | Meaning::Limits | Meaning::Names => false,
        Meaning::Options => !operands.iter().all(keeps_meaning),
        _ => true,
    }
}

/// Whether an operand of `set` only decides when a plan ends and what is an error.
fn keeps_meaning(operand: &BString) -> bool {
    const NAMES: [&[u8]; 4] = [b"errexit", b"noclobber", b"nounset", b"pipefail"];
    match operand.strip_prefix(b"-").or_else(|| operand.strip_prefix(b"+")) {
        Some(letters) => {
            !letters.is_empty() && letters.iter().all(|letter| b"euCo".contains(letter))
        }
        None => NAMES.contains(&operand.as_slice()),
    }
}

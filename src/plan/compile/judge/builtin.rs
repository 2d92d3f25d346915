//! Builtins: what they do to the shell, and which variables they set.

use bstr::BString;

use super::Judge;
use super::sets::named;
use crate::escape::visible;
use crate::plan::compile::facts::Later;
use crate::shell::arithmetic;
use crate::shell::builtin::{Builtin, Meaning};
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
            Located::Builtin(builtin) => builtin,
            _ => return self.program(words, &Later::Anywhere),
        };
        let name = visible(name);
        match builtin.meaning {
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
                if builtin.meaning == Meaning::Replaces && words.len() > 1 {
                    self.program(&words[1..], &Later::Anywhere);
                }
            }
            // The variables that it sets have values that are not known, in the whole step.
            Meaning::Input if !alone && !self.evaluates(builtin, &words[1..]) => {
                self.environment(false);
                self.phrase("read input", "读取输入");
                self.later(builtin, &words[1..]);
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
                let fixes = builtin.name == "readonly";
                self.environment(fixes || drifts(builtin.meaning, Some(&words[1..])));
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
            Meaning::Places if words[1..].iter().any(|word| word != "-r") => {
                self.environment(true);
                self.unknown("it decides what a name stands for", "它决定一个命令名代表什么");
            }
            Meaning::Leaves | Meaning::Nothing | Meaning::Places => {
                self.sets_what_it_names(builtin, &words[1..]);
                self.phrase(format!("run {name}"), format!("运行 {name}"));
            }
            Meaning::Program | Meaning::Runs => {
                self.sets_what_it_names(builtin, &words[1..]);
                self.program(words, &Later::Anywhere);
            }
        }
    }

    /// An expression that is evaluated: the variables that it sets.
    pub(super) fn computes(&mut self, text: &[u8]) {
        let sets_special = match arithmetic::parse(text) {
            Ok(expression) => expression.assigned().iter().any(|name| self.changes_meaning(name)),
            Err(_) => true,
        };
        if sets_special {
            self.unknown("it changes what commands mean", "它会改变命令的含义");
        }
    }

    /// What a builtin that changes the shell's state leaves behind for later.
    fn later(&mut self, builtin: &Builtin, operands: &[BString]) {
        match builtin.meaning {
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
                self.sets_what_it_names(builtin, operands);
                // `mapfile -C`.
                if builtin.meaning == Meaning::Input && has_letter(operands, b"C") {
                    self.unknown("it runs a command for what it reads", "它会对读入的内容运行命令");
                }
            }
            _ => {}
        }
    }

    /// Whether what a builtin reads may be evaluated, by the text that it is in or by what
    /// its variables are.
    fn evaluates(&self, builtin: &Builtin, operands: &[BString]) -> bool {
        let variables = &self.shell.variables;
        self.evaluates_values
            || operands.iter().any(|operand| operand.contains(&b'['))
            || named(builtin, operands).iter().any(|name| {
                variables.variable(name).is_some_and(|one| one.kind.integer || one.kind.reference)
            })
    }

    /// The variables that a builtin sets by its operands.
    fn sets_what_it_names(&mut self, builtin: &Builtin, operands: &[BString]) {
        let names = named(builtin, operands);
        if names.iter().any(|name| self.changes_meaning(name)) {
            self.unknown("it changes which programs run", "它会改变运行哪些程序");
        }
    }
}

/// Whether words may mean something else after the builtin, apart from the variables
/// that it names. (A plan is read without aliases.) `None`: its operands are not known.
pub(super) fn drifts(builtin: Meaning, operands: Option<&[BString]>) -> bool {
    match builtin {
        Meaning::Input | Meaning::Limits | Meaning::Names => false,
        Meaning::Program | Meaning::Nothing | Meaning::Leaves => false,
        // What is declared of a variable decides what its later values are.
        Meaning::Variables => operands.is_some_and(|operands| has_letter(operands, b"nilucIr")),
        Meaning::Options => operands.is_none_or(|operands| !operands.iter().all(keeps_meaning)),
        _ => true,
    }
}

/// Whether one of the letters is among the options.
fn has_letter(operands: &[BString], letters: &[u8]) -> bool {
    operands
        .iter()
        .take_while(|operand| *operand != "--")
        .filter(|operand| operand.starts_with(b"-") || operand.starts_with(b"+"))
        .any(|operand| operand.iter().any(|letter| letters.contains(letter)))
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

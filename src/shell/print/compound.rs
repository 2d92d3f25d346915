//! Compound commands as text.

use bstr::BString;

use super::Printer;
use super::word::Quotes;
use crate::shell::syntax::{CaseEnd, Command, CompoundCommand, CompoundKind, List, Test, Word};

impl Printer {
    pub(super) fn compound(&mut self, compound: &CompoundCommand) {
        match &compound.kind {
            CompoundKind::Group(body) => {
                self.text("{ ");
                self.closed_list(body);
                self.text("}");
            }
            CompoundKind::Subshell(body) => {
                // `((` would begin arithmetic in other shells.
                self.text("( ");
                self.list(body);
                if self.pending.is_empty() {
                    self.text(" )")
                } else {
                    self.flush_documents();
                    self.text(")")
                }
            }
            CompoundKind::For { variable, words, body } => {
                self.loop_over("for ", variable, words.as_deref(), body);
            }
            CompoundKind::Case { subject, arms } => {
                self.text("case ");
                self.parts(&subject.parts, Quotes::None);
                self.text(" in ");
                for arm in arms {
                    self.text("(");
                    for (index, pattern) in arm.patterns.iter().enumerate() {
                        if index > 0 {
                            self.text(" | ");
                        }
                        self.parts(&pattern.parts, Quotes::None);
                    }
                    self.text(") ");
                    self.list(&arm.body);
                    self.flush_documents();
                    self.text(match arm.end {
                        CaseEnd::Break => " ;; ",
                        CaseEnd::FallThrough => " ;& ",
                        CaseEnd::GoOn => " ;;& ",
                    });
                }
                self.text("esac");
            }
            CompoundKind::If { branches, otherwise } => {
                for (index, (condition, body)) in branches.iter().enumerate() {
                    self.text(if index == 0 { "if " } else { "elif " });
                    self.closed_list(condition);
                    self.text("then ");
                    self.closed_list(body);
                }
                if let Some(body) = otherwise {
                    self.text("else ");
                    self.closed_list(body);
                }
                self.text("fi");
            }
            CompoundKind::While { condition, body, until } => {
                self.text(if *until { "until " } else { "while " });
                self.closed_list(condition);
                self.text("do ");
                self.closed_list(body);
                self.text("done");
            }
            CompoundKind::Test(test) => {
                self.text("[[ ");
                self.test(test);
                self.text(" ]]");
            }
            CompoundKind::Arithmetic(expression) => {
                self.text("((");
                self.parts(&expression.parts, Quotes::Document);
                self.text("))");
            }
            CompoundKind::Count { clauses, body } => {
                self.text("for ((");
                for (index, clause) in clauses.iter().enumerate() {
                    if index > 0 {
                        self.text(";");
                    }
                    self.parts(&clause.parts, Quotes::Document);
                }
                self.text(")); do ");
                self.closed_list(body);
                self.text("done");
            }
            CompoundKind::Select { variable, words, body } => {
                self.loop_over("select ", variable, words.as_deref(), body);
            }
            CompoundKind::Coprocess { name, command } => {
                self.text("coproc ");
                // Before a simple command a name would be the command.
                if matches!(**command, Command::Compound(_)) {
                    self.output.extend_from_slice(name);
                    self.text(" ");
                }
                self.command(command);
            }
            CompoundKind::Unsupported(form) => self.output.extend_from_slice(&form.text),
        }
        for redirect in &compound.redirects {
            self.text(" ");
            self.redirect(redirect);
        }
    }

    /// `for` or `select`.
    fn loop_over(
        &mut self,
        opening: &str,
        variable: &BString,
        words: Option<&[Word]>,
        body: &List,
    ) {
        self.text(opening);
        self.output.extend_from_slice(variable);
        if let Some(words) = words {
            self.text(" in");
            for word in words {
                self.text(" ");
                self.parts(&word.parts, Quotes::None);
            }
        }
        self.text("; do ");
        self.closed_list(body);
        self.text("done");
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Or(left, right) | Test::And(left, right) => {
                self.test(left);
                self.text(if matches!(test, Test::Or(..)) { " || " } else { " && " });
                self.test(right);
            }
            Test::Not(inner) => {
                self.text("! ");
                self.test(inner);
            }
            Test::Group(inner) => {
                self.text("( ");
                self.test(inner);
                self.text(" )");
            }
            Test::Unary { operator, operand } => {
                if !operator.is_empty() {
                    self.output.extend_from_slice(operator);
                    self.text(" ");
                }
                self.parts(&operand.parts, Quotes::None);
            }
            Test::Binary { operator, left, right } => {
                self.parts(&left.parts, Quotes::None);
                self.text(" ");
                self.output.extend_from_slice(operator);
                self.text(" ");
                self.parts(&right.parts, Quotes::None);
            }
        }
    }
}

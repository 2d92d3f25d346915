//! The outline of brush's tree.

use brush_parser::ast::{
    AndOr, AndOrList, Assignment, AssignmentName, AssignmentValue, CaseItemPostAction, Command,
    CommandPrefixOrSuffixItem, CompoundCommand, CompoundList, ExtendedTestExpr, IoFileRedirectKind,
    IoFileRedirectTarget, IoRedirect, Pipeline, PipelineTimed, ProcessSubstitutionKind,
    RedirectList, SeparatorOperator, SimpleCommand, SubshellCommand, UnexpandedArithmeticExpr,
    Word,
};
use brush_parser::{Parser, ParserOptions, SourceSpan};

use super::Outline;

/// The outline, or nothing where brush takes the script for an error.
pub(crate) fn outline(script: &str) -> Option<String> {
    let program = Parser::new(script.as_bytes(), &ParserOptions::default()).parse_program().ok()?;
    let mut writer = Writer { script: script.chars().collect(), out: Outline::default() };
    for list in &program.complete_commands {
        writer.list(list);
    }
    Some(writer.out.text)
}

struct Writer {
    script: Vec<char>,
    out: Outline,
}

impl Writer {
    fn node(&mut self, kind: &str, inside: impl FnOnce(&mut Self)) {
        self.out.leaf(kind, "");
        self.out.depth += 1;
        inside(self);
        self.out.depth -= 1;
    }

    fn source(&self, span: &SourceSpan) -> String {
        self.script[span.start.index..span.end.index].iter().collect()
    }

    fn word(&mut self, kind: &str, word: &Word) {
        self.out.leaf(kind, &word.value);
    }

    fn substitution(
        &mut self,
        kind: &str,
        way: &ProcessSubstitutionKind,
        command: &SubshellCommand,
    ) {
        let sign = match way {
            ProcessSubstitutionKind::Read => "<",
            ProcessSubstitutionKind::Write => ">",
        };
        let text = format!("{sign}{}", self.source(&command.loc));
        self.out.leaf(kind, &text);
    }

    fn arithmetic(&mut self, expression: Option<&UnexpandedArithmeticExpr>) {
        self.out.leaf("arithmetic", expression.map_or("", |expression| &expression.value));
    }

    fn list(&mut self, list: &CompoundList) {
        for item in &list.0 {
            let kind = match item.1 {
                SeparatorOperator::Async => "background",
                SeparatorOperator::Sequence => "item",
            };
            self.node(kind, |this| this.and_or(&item.0));
        }
    }

    fn and_or(&mut self, list: &AndOrList) {
        self.pipeline(&list.first);
        for next in &list.additional {
            let (name, pipeline) = match next {
                AndOr::And(pipeline) => ("and", pipeline),
                AndOr::Or(pipeline) => ("or", pipeline),
            };
            self.out.leaf(name, "");
            self.pipeline(pipeline);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let timed = match pipeline.timed {
            None => "",
            Some(PipelineTimed::Timed(_)) => "time ",
            Some(PipelineTimed::TimedWithPosixOutput(_)) => "time -p ",
        };
        let negated = if pipeline.bang { "not " } else { "" };
        self.node(&format!("{timed}{negated}pipeline"), |this| {
            for command in &pipeline.seq {
                this.command(command);
            }
        });
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(simple) => self.node("simple", |this| this.simple(simple)),
            Command::Compound(compound, redirects) => {
                self.compound(compound);
                self.redirects(redirects.as_ref());
            }
            Command::Function(function) => {
                self.out.leaf("function", &function.fname.value);
                self.compound(&function.body.0);
                self.redirects(function.body.1.as_ref());
            }
            Command::ExtendedTest(test, redirects) => {
                self.node("test", |this| this.test(&test.expr));
                self.redirects(redirects.as_ref());
            }
        }
    }

    fn simple(&mut self, simple: &SimpleCommand) {
        let prefix = simple.prefix.iter().flat_map(|prefix| &prefix.0);
        let suffix: Vec<_> = simple.suffix.iter().flat_map(|suffix| &suffix.0).collect();
        let mut redirects = Vec::new();
        for item in prefix {
            match item {
                CommandPrefixOrSuffixItem::AssignmentWord(assignment, _) => {
                    self.assignment(assignment);
                }
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => redirects.push(redirect),
                _ => self.out.leaf("what a prefix has not", ""),
            }
        }
        if let Some(word) = &simple.word_or_name {
            self.word("word", word);
        }
        for item in suffix {
            match item {
                CommandPrefixOrSuffixItem::Word(word)
                | CommandPrefixOrSuffixItem::AssignmentWord(_, word) => self.word("word", word),
                CommandPrefixOrSuffixItem::IoRedirect(redirect) => redirects.push(redirect),
                CommandPrefixOrSuffixItem::ProcessSubstitution(way, command) => {
                    self.substitution("word", way, command);
                }
            }
        }
        for redirect in redirects {
            self.redirect(redirect);
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        let sign = if assignment.append { "+=" } else { "=" };
        let name = match &assignment.name {
            AssignmentName::VariableName(name) => format!("{name}{sign}"),
            AssignmentName::ArrayElementName(name, key) => format!("{name}[{key}]{sign}"),
        };
        match &assignment.value {
            AssignmentValue::Scalar(word) => self.word(&name, word),
            AssignmentValue::Array(elements) => self.node(&name, |this| {
                for (key, value) in elements {
                    if let Some(key) = key {
                        this.word("key", key);
                    }
                    this.word("element", value);
                }
            }),
        }
    }

    fn redirects(&mut self, list: Option<&RedirectList>) {
        for redirect in list.iter().flat_map(|list| &list.0) {
            self.redirect(redirect);
        }
    }

    fn redirect(&mut self, redirect: &IoRedirect) {
        let number = |number: &Option<i32>| number.map(|number| number.to_string());
        match redirect {
            IoRedirect::File(descriptor, kind, target) => {
                let operator = match kind {
                    IoFileRedirectKind::Read => "<",
                    IoFileRedirectKind::Write => ">",
                    IoFileRedirectKind::Append => ">>",
                    IoFileRedirectKind::ReadAndWrite => "<>",
                    IoFileRedirectKind::Clobber => ">|",
                    IoFileRedirectKind::DuplicateInput => "<&",
                    IoFileRedirectKind::DuplicateOutput => ">&",
                };
                let kind = format!("{}{operator}", number(descriptor).unwrap_or_default());
                match target {
                    IoFileRedirectTarget::Filename(word)
                    | IoFileRedirectTarget::Duplicate(word) => self.word(&kind, word),
                    IoFileRedirectTarget::Fd(number) => {
                        self.out.leaf(&kind, &number.to_string());
                    }
                    IoFileRedirectTarget::ProcessSubstitution(way, command) => {
                        self.substitution(&kind, way, command);
                    }
                }
            }
            IoRedirect::HereDocument(descriptor, _) => {
                self.out.leaf(&format!("{}<<", number(descriptor).unwrap_or_default()), "");
            }
            IoRedirect::HereString(descriptor, word) => {
                self.word(&format!("{}<<<", number(descriptor).unwrap_or_default()), word);
            }
            IoRedirect::OutputAndError(word, append) => {
                self.word(if *append { ">>" } else { ">" }, word);
                self.out.leaf("2>&", "1");
            }
        }
    }

    fn compound(&mut self, command: &CompoundCommand) {
        match command {
            CompoundCommand::BraceGroup(group) => {
                self.node("group", |this| this.list(&group.list));
            }
            CompoundCommand::Subshell(subshell) => {
                self.node("subshell", |this| this.list(&subshell.list));
            }
            CompoundCommand::ForClause(clause) => {
                self.node(&format!("for {}", clause.variable_name), |this| {
                    for word in clause.values.iter().flatten() {
                        this.word("word", word);
                    }
                    this.node("do", |this| this.list(&clause.body.list));
                });
            }
            CompoundCommand::ArithmeticForClause(clause) => self.node("count", |this| {
                this.arithmetic(clause.initializer.as_ref());
                this.arithmetic(clause.condition.as_ref());
                this.arithmetic(clause.updater.as_ref());
                this.node("do", |this| this.list(&clause.body.list));
            }),
            CompoundCommand::CaseClause(clause) => self.node("case", |this| {
                this.word("subject", &clause.value);
                for arm in &clause.cases {
                    for pattern in &arm.patterns {
                        this.word("pattern", pattern);
                    }
                    this.node("arm", |this| {
                        if let Some(body) = &arm.cmd {
                            this.list(body);
                        }
                    });
                    this.out.leaf(
                        match arm.post_action {
                            CaseItemPostAction::ExitCase => ";;",
                            CaseItemPostAction::UnconditionallyExecuteNextCaseItem => ";&",
                            CaseItemPostAction::ContinueEvaluatingCases => ";;&",
                        },
                        "",
                    );
                }
            }),
            CompoundCommand::IfClause(clause) => self.node("if", |this| {
                this.node("condition", |this| this.list(&clause.condition));
                this.node("then", |this| this.list(&clause.then));
                for other in clause.elses.iter().flatten() {
                    if let Some(condition) = &other.condition {
                        this.node("condition", |this| this.list(condition));
                        this.node("then", |this| this.list(&other.body));
                    } else {
                        this.node("else", |this| this.list(&other.body));
                    }
                }
            }),
            CompoundCommand::WhileClause(clause) | CompoundCommand::UntilClause(clause) => {
                let until = matches!(command, CompoundCommand::UntilClause(_));
                self.node(if until { "until" } else { "while" }, |this| {
                    this.node("condition", |this| this.list(&clause.0));
                    this.node("do", |this| this.list(&clause.1.list));
                });
            }
            CompoundCommand::Arithmetic(command) => self.arithmetic(Some(&command.expr)),
            CompoundCommand::Coprocess(command) => {
                let name = command.name.as_ref().map_or("COPROC", |name| &name.value);
                self.node(&format!("coproc {name}"), |this| this.command(&command.body));
            }
        }
    }

    fn test(&mut self, test: &ExtendedTestExpr) {
        match test {
            ExtendedTestExpr::Or(left, right) => self.node("or", |this| {
                this.test(left);
                this.test(right);
            }),
            ExtendedTestExpr::And(left, right) => self.node("and", |this| {
                this.test(left);
                this.test(right);
            }),
            ExtendedTestExpr::Not(test) => self.node("not", |this| this.test(test)),
            ExtendedTestExpr::Parenthesized(test) => self.node("group", |this| this.test(test)),
            ExtendedTestExpr::UnaryTest(_, operand) => self.word("unary", operand),
            ExtendedTestExpr::BinaryTest(_, left, right) => self.node("binary", |this| {
                this.word("left", left);
                this.word("right", right);
            }),
        }
    }
}

//! The outline of our tree.

use llmsh::shell::parser::{NoAliases, parse};
use llmsh::shell::syntax::{
    AndOr, ArithmeticExpansion, Assigned, CaseEnd, Command, CompoundCommand, CompoundKind,
    Connector, List, Pipeline, Redirect, RedirectKind, SimpleCommand, Span, Test, Timing, Word,
    WordPart,
};

use super::Outline;

/// The outline, or nothing where the script is an error.
pub(crate) fn outline(script: &str) -> Option<String> {
    let list = parse(script.as_bytes(), &NoAliases).ok()?;
    let mut writer = Writer { script, out: Outline::default() };
    writer.list(&list);
    Some(writer.out.text)
}

struct Writer<'s> {
    script: &'s str,
    out: Outline,
}

impl Writer<'_> {
    fn node(&mut self, kind: &str, inside: impl FnOnce(&mut Self)) {
        self.out.leaf(kind, "");
        self.out.depth += 1;
        inside(self);
        self.out.depth -= 1;
    }

    fn source(&self, span: Span) -> String {
        String::from_utf8_lossy(&self.script.as_bytes()[span.start..span.end]).into_owned()
    }

    fn word(&mut self, kind: &str, word: &Word) {
        let text = match &*word.parts {
            // `&>` and `|&` stand for what is written nowhere.
            [WordPart::Literal(text)] => text.to_string(),
            _ => self.source(word.span),
        };
        self.out.leaf(kind, &text);
    }

    fn words(&mut self, kind: &str, words: &[Word]) {
        for word in words {
            self.word(kind, word);
        }
    }

    fn arithmetic(&mut self, expression: &ArithmeticExpansion) {
        let text = self.source(expression.span);
        self.out.leaf("arithmetic", text.trim_matches(['(', ')', ';']));
    }

    fn list(&mut self, list: &List) {
        for item in &list.items {
            self.and_or(item);
        }
    }

    fn and_or(&mut self, item: &AndOr) {
        self.node(if item.background { "background" } else { "item" }, |this| {
            this.pipeline(&item.first);
            for (connector, pipeline) in &item.rest {
                let name = match connector {
                    Connector::And => "and",
                    Connector::Or => "or",
                };
                this.out.leaf(name, "");
                this.pipeline(pipeline);
            }
        });
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let kind = match (pipeline.negated, pipeline.timed) {
            (false, None) => "pipeline",
            (true, None) => "not pipeline",
            (false, Some(Timing::Format)) => "time pipeline",
            (true, Some(Timing::Format)) => "time not pipeline",
            (false, Some(Timing::Posix)) => "time -p pipeline",
            (true, Some(Timing::Posix)) => "time -p not pipeline",
        };
        self.node(kind, |this| {
            for command in &pipeline.commands {
                this.command(command);
            }
        });
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(simple) => self.node("simple", |this| this.simple(simple)),
            Command::Compound(compound) => self.compound(compound),
            Command::Function(function) => {
                self.out.leaf("function", &function.name.to_string());
                self.compound(&function.body);
            }
        }
    }

    fn simple(&mut self, simple: &SimpleCommand) {
        for assignment in &simple.assignments {
            let sign = if assignment.append { "+=" } else { "=" };
            let key = assignment.key.as_ref().map(|key| self.source(key.span));
            let name = format!("{}{}{sign}", assignment.name, key.unwrap_or_default());
            match &assignment.value {
                Assigned::Text(word) => self.word(&name, word),
                Assigned::Array(elements) => self.node(&name, |this| {
                    for element in elements {
                        if let Some(key) = &element.key {
                            let key = this.source(key.span);
                            this.out.leaf("key", key.trim_matches(['[', ']']));
                        }
                        this.word("element", &element.value);
                    }
                }),
            }
        }
        self.words("word", &simple.words);
        self.redirects(&simple.redirects);
    }

    fn redirects(&mut self, redirects: &[Redirect]) {
        for redirect in redirects {
            let number = match (&redirect.variable, redirect.descriptor) {
                (Some(name), _) => format!("{{{name}}}"),
                (None, Some(number)) => number.to_string(),
                (None, None) => String::new(),
            };
            let (operator, word) = match &redirect.kind {
                RedirectKind::Read(word) => ("<", word),
                RedirectKind::Write(word) => (">", word),
                RedirectKind::Clobber(word) => (">|", word),
                RedirectKind::Append(word) => (">>", word),
                RedirectKind::ReadWrite(word) => ("<>", word),
                RedirectKind::DuplicateInput(word) => ("<&", word),
                RedirectKind::DuplicateOutput(word) => (">&", word),
                RedirectKind::HereString(word) => ("<<<", word),
                RedirectKind::HereDocument(_) => {
                    self.out.leaf(&format!("{number}<<"), "");
                    continue;
                }
            };
            self.word(&format!("{number}{operator}"), word);
        }
    }

    fn compound(&mut self, command: &CompoundCommand) {
        match &command.kind {
            CompoundKind::Group(list) => self.node("group", |this| this.list(list)),
            CompoundKind::Subshell(list) => self.node("subshell", |this| this.list(list)),
            CompoundKind::For { variable, words, body } => {
                self.node(&format!("for {variable}"), |this| {
                    this.words("word", words.as_deref().unwrap_or_default());
                    this.node("do", |this| this.list(body));
                });
            }
            CompoundKind::Count { clauses, body } => self.node("count", |this| {
                for clause in &**clauses {
                    this.arithmetic(clause);
                }
                this.node("do", |this| this.list(body));
            }),
            CompoundKind::Case { subject, arms } => self.node("case", |this| {
                this.word("subject", subject);
                for arm in arms {
                    this.words("pattern", &arm.patterns);
                    this.node("arm", |this| this.list(&arm.body));
                    this.out.leaf(
                        match arm.end {
                            CaseEnd::Break => ";;",
                            CaseEnd::FallThrough => ";&",
                            CaseEnd::GoOn => ";;&",
                        },
                        "",
                    );
                }
            }),
            CompoundKind::If { branches, otherwise } => self.node("if", |this| {
                for (condition, body) in branches {
                    this.node("condition", |this| this.list(condition));
                    this.node("then", |this| this.list(body));
                }
                if let Some(body) = otherwise {
                    this.node("else", |this| this.list(body));
                }
            }),
            CompoundKind::While { condition, body, until } => {
                self.node(if *until { "until" } else { "while" }, |this| {
                    this.node("condition", |this| this.list(condition));
                    this.node("do", |this| this.list(body));
                });
            }
            CompoundKind::Test(test) => self.node("test", |this| this.test(test)),
            CompoundKind::Arithmetic(expression) => self.arithmetic(expression),
            CompoundKind::Coprocess { name, command } => {
                self.node(&format!("coproc {name}"), |this| this.command(command));
            }
            CompoundKind::Select { .. } | CompoundKind::Unsupported(_) => {
                self.out.leaf("what brush has not", "");
            }
        }
        self.redirects(&command.redirects);
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Or(left, right) => self.node("or", |this| {
                this.test(left);
                this.test(right);
            }),
            Test::And(left, right) => self.node("and", |this| {
                this.test(left);
                this.test(right);
            }),
            Test::Not(test) => self.node("not", |this| this.test(test)),
            Test::Group(test) => self.node("group", |this| this.test(test)),
            Test::Unary { operand, .. } => self.word("unary", operand),
            Test::Binary { left, right, .. } => self.node("binary", |this| {
                this.word("left", left);
                this.word("right", right);
            }),
        }
    }
}

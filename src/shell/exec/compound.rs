//! Compound commands (XCU 2.9.4) and function calls (XCU 2.9.5).

use std::rc::Rc;

use bstr::{BString, ByteSlice};

use super::Then;
use super::spawn::{Attributes, Group};
use crate::exit_status::ExitStatus;
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option::Opt;
use crate::shell::special::Frame;
use crate::shell::syntax::{
    ArithmeticExpansion, CaseArm, CaseEnd, Command, CompoundCommand, CompoundKind, List, Word,
    WordPart,
};
use crate::shell::variable::{Indexed, Value};
use crate::shell::{Divert, Flow, Shell, print};
use crate::system::descriptor;

impl Shell {
    /// Executes a compound command with its redirections.
    pub(crate) fn compound(&mut self, compound: &CompoundCommand, then: Then) -> Flow {
        if self.stack.is_low() {
            return Err(self.nested_too_deeply());
        }
        match &compound.kind {
            CompoundKind::Subshell(body) => return self.subshell(compound, body, then),
            CompoundKind::Coprocess { name, command } => return self.coprocess(name, command),
            _ => {}
        }
        if compound.redirects.is_empty() {
            return self.compound_kind(&compound.kind, then);
        }
        self.line = compound.span.line;
        let pipes = self.pipes.len();
        let prepared = self
            .prepare_redirects(&compound.redirects)
            .map_err(|error| self.expansion_error(&error))?;
        let Ok(saved) = self.apply_redirects(&prepared) else {
            self.status = ExitStatus::FAILURE;
            return self.errexit_now();
        };
        let flow = self.compound_kind(&compound.kind, Then::Continue);
        saved.restore();
        self.close_pipes(pipes);
        flow
    }

    /// A failed redirection of a compound command counts for `set -e`.
    fn errexit_now(&self) -> Flow {
        if self.errexit_is_off() { Ok(()) } else { Err(Divert::Exit) }
    }

    fn compound_kind(&mut self, kind: &CompoundKind, then: Then) -> Flow {
        match kind {
            CompoundKind::Group(body) | CompoundKind::Subshell(body) => self.list(body, then),
            CompoundKind::For { variable, words, body } => {
                self.for_loop(variable, words.as_deref(), body)
            }
            CompoundKind::Case { subject, arms } => self.case(subject, arms, then),
            CompoundKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.condition(|shell| shell.list(condition, Then::Continue))?;
                    if self.status.is_success() {
                        return self.list(body, then);
                    }
                }
                match otherwise {
                    Some(body) => self.list(body, then),
                    None => {
                        self.status = ExitStatus::SUCCESS;
                        Ok(())
                    }
                }
            }
            CompoundKind::While { condition, body, until } => {
                self.while_loop(condition, body, *until)
            }
            CompoundKind::Test(test) => {
                self.run_debug_trap(|| BString::from("[[ … ]]"))?;
                self.test_command(test)
            }
            CompoundKind::Arithmetic(expression) => {
                self.run_debug_trap(|| BString::from("(( … ))"))?;
                let value = self.expression(expression)?;
                let holds = value.is_some_and(|value| value != 0);
                self.status = if holds { ExitStatus::SUCCESS } else { ExitStatus::FAILURE };
                Ok(())
            }
            CompoundKind::Count { clauses, body } => self.counting_loop(clauses, body),
            CompoundKind::Select { variable, words, body } => {
                self.select(variable, words.as_deref(), body)
            }
            CompoundKind::Coprocess { name, command } => self.coprocess(name, command),
            CompoundKind::Unsupported(form) => {
                self.report(form.form.as_slice());
                self.status = ExitStatus::FAILURE;
                Ok(())
            }
        }
    }

    fn subshell(&mut self, compound: &CompoundCommand, body: &List, then: Then) -> Flow {
        // Nobody could tell that there is no process.
        if compound.redirects.is_empty()
            && let Some(simple) = self.without_effects(body)
        {
            let line = self.line;
            let last_word = std::mem::take(&mut self.sources.last_word);
            // What gives up the command gives up the subshell only.
            let _ = self.simple(simple, Then::Continue);
            self.sources.last_word = last_word;
            self.line = line;
            return Ok(());
        }
        let run = |shell: &mut Self| {
            let Ok(prepared) = shell
                .prepare_redirects(&compound.redirects)
                .map_err(|error| shell.expansion_error(&error))
            else {
                return shell.status;
            };
            if shell.apply_redirects_for_good(&prepared).is_err() {
                return ExitStatus::FAILURE;
            }
            shell.finish(|shell| shell.list(body, Then::End))
        };
        if then == Then::End && self.is_subshell && !self.traps_on_exit() {
            // This process is a subshell already and has nothing else to do.
            self.status = run(self);
            return Err(Divert::Exit);
        }
        self.run_foreground(|| print::compound_text(compound), run)
    }

    /// The value of an expression that is a command. One that has none makes the command
    /// fail, and gives up nothing else.
    fn expression(&mut self, expression: &ArithmeticExpansion) -> Result<Option<i64>, Divert> {
        self.line = expression.span.line;
        match Expander::new(self).arithmetic(expression) {
            Ok(value) => Ok(Some(value)),
            Err(ExpandError::Arithmetic(error)) => {
                self.status = self.fail("((", error.to_string());
                Ok(None)
            }
            Err(error) => Err(self.expansion_error(&error)),
        }
    }

    /// `for ((…;…;…))`
    fn counting_loop(&mut self, clauses: &[ArithmeticExpansion; 3], body: &List) -> Flow {
        let [first, condition, step] = clauses;
        let is_empty = |clause: &ArithmeticExpansion| {
            clause
                .parts
                .iter()
                .all(|part| matches!(part, WordPart::Literal(text) if text.trim_ascii().is_empty()))
        };
        if !is_empty(first) && self.expression(first)?.is_none() {
            return Ok(());
        }
        self.looping(|shell| {
            // The first round still sees the status of what was before.
            let mut any = false;
            loop {
                if !is_empty(condition) {
                    match shell.expression(condition)? {
                        None => break,
                        Some(0) => {
                            if !any {
                                shell.status = ExitStatus::SUCCESS;
                            }
                            break;
                        }
                        Some(_) => {}
                    }
                }
                any = true;
                if shell.round(body)? {
                    break;
                }
                shell.run_pending_traps()?;
                if !is_empty(step) && shell.expression(step)?.is_none() {
                    break;
                }
            }
            Ok(())
        })
    }

    /// `select`: a menu on standard error, and a line from standard input for each round
    /// (bash, Conditional Constructs).
    fn select(&mut self, variable: &BString, words: Option<&[Word]>, body: &List) -> Flow {
        let values = self.loop_values(words)?;
        if values.is_empty() {
            self.status = ExitStatus::SUCCESS;
            return Ok(());
        }
        let mut menu = Vec::new();
        let width = values.len().to_string().len();
        for (index, value) in values.iter().enumerate() {
            menu.extend_from_slice(format!("{:width$}) ", index + 1).as_bytes());
            menu.extend_from_slice(value);
            menu.push(b'\n');
        }
        let mut shown = false;
        self.looping(|shell| {
            loop {
                if !shown {
                    let _ = descriptor::write_all(descriptor::STDERR, &menu);
                    shown = true;
                }
                let prompt = match shell.variables.get(b"PS3") {
                    Some(_) => shell.expanded_prompt(b"PS3"),
                    None => BString::from("#? "),
                };
                let _ = descriptor::write_all(descriptor::STDERR, &prompt);
                let status = shell.status;
                let read = [BString::from("read"), BString::from("-r"), BString::from("REPLY")];
                let read = crate::shell::builtin::read(shell, &read)?;
                if !read.is_success() {
                    let _ = descriptor::write_all(descriptor::STDOUT, b"\n");
                    shell.status = ExitStatus::FAILURE;
                    return Ok(());
                }
                shell.status = status;
                let reply = shell.variables.get(b"REPLY").unwrap_or_default().to_owned();
                if reply.is_empty() {
                    shown = false;
                    continue;
                }
                let number = reply.to_str().ok().and_then(|text| text.trim().parse::<usize>().ok());
                let chosen = number.and_then(|number| values.get(number.checked_sub(1)?)).cloned();
                if let Err(error) = shell.assign(variable, chosen.unwrap_or_default()) {
                    return Err(shell.expansion_error(&error));
                }
                if shell.round(body)? {
                    return Ok(());
                }
            }
        })
    }

    /// `coproc`: the command runs beside the shell, which holds the other ends of its
    /// standard input and output.
    fn coprocess(&mut self, name: &BString, command: &Command) -> Flow {
        let pipes = descriptor::pipe().and_then(|output| Ok((output, descriptor::pipe()?)));
        let ((from, output), (input, to)) =
            pipes.map_err(|error| self.cannot("make a pipe", error))?;
        let attributes = Attributes { group: Group::New, foreground: false, asynchronous: true };
        let started = self.spawn(&attributes, |shell| {
            descriptor::close(from);
            descriptor::close(to);
            let _ = descriptor::move_to(input, descriptor::STDIN);
            let _ = descriptor::move_to(output, descriptor::STDOUT);
            shell.finish(|shell| shell.command(command, Then::End))
        });
        descriptor::close(input);
        descriptor::close(output);
        let process = started.map_err(|error| self.cannot("fork", error))?;
        let group = self.has_job_control().then_some(process);
        let text = [b"coproc ", print::command_text(command).as_slice()].concat();
        self.jobs.add(group, &[process], text.into(), true);
        self.last_background = Some(process);
        let ends: Indexed =
            (0..).zip([from, to].map(|end| BString::from(end.to_string()))).collect();
        let set = self.variables.set_value(name, Value::Indexed(Rc::new(ends)));
        let id = [name.as_slice(), b"_PID"].concat();
        let set = set.and_then(|()| self.variables.set(&id, process.to_string()));
        set.map_err(|error| self.expansion_error(&error.into()))?;
        self.status = ExitStatus::SUCCESS;
        Ok(())
    }

    /// What a loop goes over: words, or the positional parameters.
    fn loop_values(&mut self, words: Option<&[Word]>) -> Result<Vec<BString>, Divert> {
        let Some(words) = words else { return Ok(self.arguments.clone()) };
        let mut values = Vec::new();
        let mut expander = Expander::new(self);
        let result = words.iter().try_for_each(|word| expander.fields(word, &mut values));
        result.map_err(|error| self.expansion_error(&error))?;
        Ok(values)
    }

    fn for_loop(&mut self, variable: &BString, words: Option<&[Word]>, body: &List) -> Flow {
        let values = self.loop_values(words)?;
        // A reference names each of them in turn.
        let reference = self.variables.variable(variable).is_some_and(|one| one.kind.reference);
        // The first round still sees the status of what was before.
        if values.is_empty() {
            self.status = ExitStatus::SUCCESS;
        }
        self.looping(|shell| {
            for value in values {
                let assigned = if reference {
                    shell.variables.set(variable, value).map_err(Into::into)
                } else {
                    shell.assign(variable, value)
                };
                match assigned {
                    Err(ExpandError::ReadOnly(error)) if !shell.posix => {
                        shell.report(error.to_string());
                        shell.status = ExitStatus::FAILURE;
                        break;
                    }
                    assigned => assigned.map_err(|error| shell.expansion_error(&error))?,
                }
                if shell.round(body)? {
                    break;
                }
            }
            Ok(())
        })
    }

    fn while_loop(&mut self, condition: &List, body: &List, until: bool) -> Flow {
        self.looping(|shell| {
            let mut status = ExitStatus::SUCCESS;
            loop {
                match shell.condition(|shell| shell.list(condition, Then::Continue)) {
                    Ok(()) => {}
                    // `break` and `continue` in the condition belong to this loop.
                    Err(divert) => match leave(divert) {
                        Ok(true) => break,
                        Ok(false) => continue,
                        Err(outer) => return Err(outer),
                    },
                }
                if shell.status.is_success() == until {
                    break;
                }
                let stop = shell.round(body)?;
                status = shell.status;
                if stop {
                    break;
                }
            }
            shell.status = status;
            Ok(())
        })
    }

    fn looping(&mut self, body: impl FnOnce(&mut Self) -> Flow) -> Flow {
        self.loop_depth += 1;
        let flow = body(self);
        self.loop_depth -= 1;
        flow
    }

    /// One round of a loop; true when the loop is to end.
    fn round(&mut self, body: &List) -> Result<bool, Divert> {
        match self.list(body, Then::Continue) {
            Ok(()) => Ok(false),
            Err(divert) => leave(divert),
        }
    }

    fn case(&mut self, subject: &Word, arms: &[CaseArm], then: Then) -> Flow {
        let subject =
            Expander::new(self).single(subject).map_err(|error| self.expansion_error(&error))?;
        let before = self.status;
        let mut falling = false;
        let mut any = false;
        let mut done = false;
        for arm in arms {
            if !falling {
                let mut matched = false;
                for pattern in &arm.patterns {
                    let pattern = Expander::new(self)
                        .matching_pattern(pattern, false)
                        .map_err(|error| self.expansion_error(&error))?;
                    if pattern.matches(&subject) {
                        matched = true;
                        break;
                    }
                }
                if !matched {
                    continue;
                }
            }
            // Commands of the first arm see the status that was there before.
            if !any {
                self.status = before;
            }
            any = true;
            done = !arm.body.items.is_empty();
            match arm.end {
                CaseEnd::Break if done => return self.list(&arm.body, then),
                CaseEnd::Break => break,
                _ => self.list(&arm.body, Then::Continue)?,
            }
            falling = arm.end == CaseEnd::FallThrough;
        }
        if !done {
            self.status = ExitStatus::SUCCESS;
        }
        Ok(())
    }

    /// Calls a function: positional parameters are its arguments, `local`
    /// variables end with it.
    pub(crate) fn call(
        &mut self,
        name: &BString,
        body: &Rc<CompoundCommand>,
        arguments: Vec<BString>,
    ) -> Flow {
        let outer = std::mem::replace(&mut self.arguments, arguments);
        let loops = std::mem::take(&mut self.loop_depth);
        let traps = self.hide_inner_traps();
        if !self.posix {
            let file = match self.function_places.get(name) {
                Some((file, _)) => Rc::clone(file),
                None => self.source_file(),
            };
            self.sources.frames.push(Frame { name: name.clone(), file, line: self.line });
        }
        self.return_depth += 1;
        self.variables.push_scope(true);
        let flow = self.enter(|shell| shell.compound(body, Then::Continue));
        let flow = self.run_return_trap(flow);
        self.variables.pop_scope();
        self.return_depth -= 1;
        if !self.posix {
            self.sources.frames.pop();
        }
        self.show_inner_traps(traps);
        self.loop_depth = loops;
        self.arguments = outer;
        match flow {
            Err(Divert::Return) => Ok(()),
            other => other,
        }
    }

    /// Whether `set -e` is off or ignored here.
    pub(crate) fn errexit_is_off(&self) -> bool {
        self.condition_depth > 0 || !self.options.is_on(Opt::ErrExit)
    }

    pub(crate) fn traps_on_exit(&self) -> bool {
        self.traps.get(crate::shell::trap::EXIT).is_some()
    }
}

/// What a `break` or `continue` means for the innermost loop: `Ok(true)` ends
/// it, `Ok(false)` begins the next round, an error goes further out.
fn leave(divert: Divert) -> Result<bool, Divert> {
    match divert {
        Divert::Break(1) => Ok(true),
        Divert::Break(levels) => Err(Divert::Break(levels - 1)),
        Divert::Continue(1) => Ok(false),
        Divert::Continue(levels) => Err(Divert::Continue(levels - 1)),
        other => Err(other),
    }
}

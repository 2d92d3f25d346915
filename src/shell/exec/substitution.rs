//! Command substitution (XCU 2.6.3) and process substitution (bash).

use bstr::BString;

use super::Then;
use super::spawn::{Attributes, Group};
use crate::exit_status::ExitStatus;
use crate::shell::expand::{ExpandError, Expander};
use crate::shell::option::Opt;
use crate::shell::shopt::Shopt;
use crate::shell::syntax::{
    Command, CommandSubstitution, List, Modifier, Parameter, ProcessSubstitution, RedirectKind,
    SimpleCommand, SubstitutionKind, Word, WordPart,
};
use crate::shell::{Divert, Shell};
use crate::system::descriptor::{self, Descriptor, OpenMode};
use crate::system::{Errno, message};

impl Shell {
    /// The output of the commands of a substitution, or what else is its value.
    pub(crate) fn substitute(
        &mut self,
        substitution: &CommandSubstitution,
    ) -> Result<BString, ExpandError> {
        match substitution.kind {
            SubstitutionKind::Dollar | SubstitutionKind::Backquoted => {
                if let Some(word) = file_of(&substitution.body).filter(|_| !self.posix) {
                    return self.content_of(word);
                }
                if let Some(simple) = self.without_effects(&substitution.body) {
                    return self.output_at_once(simple);
                }
                self.output_of(&substitution.body)
                    .map_err(|error| ExpandError::System(format!("command substitution: {error}")))
            }
            SubstitutionKind::Here => self.output_here(&substitution.body),
            SubstitutionKind::Reply => self.reply_of(&substitution.body),
        }
    }

    /// The only command of a list, where it is a builtin that does nothing but write, and
    /// its words do nothing: it needs no process, for nobody could tell.
    pub(super) fn without_effects<'a>(&self, list: &'a List) -> Option<&'a SimpleCommand> {
        let simple = only_command(list)?;
        let [WordPart::Literal(name)] = simple.words.first()?.parts.as_slice() else {
            return None;
        };
        let plain = simple.redirects.is_empty()
            && simple.assignments.is_empty()
            && ONLY_WRITE.iter().any(|known| name == known)
            && !self.functions.contains_key(name)
            && self.traps.is_untouched()
            && !self.options.is_on(Opt::XTrace)
            && !self.options.is_on(Opt::NoUnset);
        let harmless = |word: &Word| {
            self.word_does_nothing(word)
                // `printf -v` sets a variable.
                && !matches!(word.parts.as_slice(), [WordPart::Literal(text)]
                    if text.starts_with(b"-v"))
        };
        (plain && simple.words.iter().all(harmless)).then_some(simple)
    }

    /// Whether a word changes nothing of the shell when it is expanded.
    pub(super) fn word_does_nothing(&self, word: &Word) -> bool {
        word.parts.iter().all(|part| self.does_nothing(part))
    }

    /// Whether a part of a word changes nothing of the shell when it is expanded.
    fn does_nothing(&self, part: &WordPart) -> bool {
        match part {
            WordPart::Literal(_)
            | WordPart::Escaped(_)
            | WordPart::SingleQuoted(_)
            | WordPart::DollarSingleQuoted(_)
            | WordPart::Tilde(_) => true,
            WordPart::DoubleQuoted(parts) => parts.iter().all(|part| self.does_nothing(part)),
            WordPart::Parameter(expansion) => {
                let stored = match &expansion.parameter {
                    // What is made when it is asked for may know of the subshell.
                    Parameter::Variable(name) => self.variables.get(name).is_some(),
                    Parameter::Positional(_) => true,
                    Parameter::Special(special) => *special != b'!',
                    Parameter::Element { .. } => false,
                };
                let reads = match &expansion.modifier {
                    Modifier::None | Modifier::Length => true,
                    Modifier::RemovePrefix { pattern, .. }
                    | Modifier::RemoveSuffix { pattern, .. } => {
                        pattern.parts.iter().all(|part| self.does_nothing(part))
                    }
                    _ => false,
                };
                stored && reads && !expansion.indirect
            }
            _ => false,
        }
    }

    /// Runs a command that only writes, and collects what it writes.
    fn output_at_once(&mut self, simple: &SimpleCommand) -> Result<BString, ExpandError> {
        let line = self.line;
        let outer = self.captured.replace(Vec::new());
        let last_word = std::mem::take(&mut self.sources.last_word);
        // The words of the command around it are being collected.
        let declared = std::mem::take(&mut self.declared);
        let flow = self.simple(simple, Then::Continue);
        self.declared = declared;
        self.sources.last_word = last_word;
        let output = std::mem::replace(&mut self.captured, outer).unwrap_or_default();
        self.line = line;
        self.substitution_status = Some(self.status);
        match flow {
            // What gives up the command gives up the substitution only.
            Ok(()) | Err(_) => Ok(output.into()),
        }
    }

    /// Runs a list in a child whose standard output is collected.
    fn output_of(&mut self, list: &List) -> Result<BString, String> {
        let (read, write) = descriptor::pipe().map_err(|error| error.desc().to_owned())?;
        let attributes =
            Attributes { group: Group::Inherit, foreground: false, asynchronous: false };
        let jobs = self.jobs_to_show();
        let started = self.spawn(&attributes, |shell| {
            shell.outer_jobs = jobs;
            descriptor::close(read);
            let _ = descriptor::move_to(write, descriptor::STDOUT);
            if !shell.posix && !shell.shopts.is_on(Shopt::InheritErrExit) {
                shell.options.set(Opt::ErrExit, false);
            }
            shell.finish(|shell| shell.list(list, Then::End))
        });
        descriptor::close(write);
        let process = match started {
            Ok(process) => process,
            Err(error) => {
                descriptor::close(read);
                return Err(error.desc().to_owned());
            }
        };
        let output = read_to_end(read);
        descriptor::close(read);
        let output = output.map_err(|error| error.desc().to_owned())?;
        let status = self.wait_for_child(process);
        self.status = status;
        self.substitution_status = Some(status);
        Ok(output.into())
    }

    /// `$(<file)`: the file's content, without a process.
    fn content_of(&mut self, word: &Word) -> Result<BString, ExpandError> {
        let path = Expander::new(self).single(word)?;
        let content = descriptor::open(&path, OpenMode::Read).and_then(|file| {
            let content = read_to_end(file);
            descriptor::close(file);
            content
        });
        let status = match &content {
            Ok(_) => ExitStatus::SUCCESS,
            Err(error) => {
                self.report([path.as_slice(), b": ", message(*error).as_bytes()].concat());
                ExitStatus::FAILURE
            }
        };
        self.status = status;
        self.substitution_status = Some(status);
        Ok(content.unwrap_or_default().into())
    }

    /// `${ …; }`: the commands run in this shell, and what they write to standard output
    /// goes to a file without a name.
    fn output_here(&mut self, list: &List) -> Result<BString, ExpandError> {
        let failed = |error: Errno| ExpandError::System(format!("${{ …; }}: {}", message(error)));
        let private = descriptor::unnamed().map_err(failed)?;
        let saved = descriptor::duplicate_private(descriptor::STDOUT).ok();
        descriptor::duplicate_to(private, descriptor::STDOUT).map_err(failed)?;
        let ran = self.run_here(list);
        match saved {
            Some(saved) => {
                let _ = descriptor::duplicate_to(saved, descriptor::STDOUT);
                descriptor::close(saved);
            }
            None => descriptor::close(descriptor::STDOUT),
        }
        descriptor::rewind(private);
        let output = read_to_end(private);
        descriptor::close(private);
        ran?;
        Ok(output.map_err(failed)?.into())
    }

    /// `${| …; }`: the commands run in this shell, and `REPLY`, which is local to them, is
    /// the value.
    fn reply_of(&mut self, list: &List) -> Result<BString, ExpandError> {
        self.variables.push_scope(true);
        self.variables.make_fresh_local(b"REPLY", false);
        let ran = self.run_here(list);
        let reply = self.variables.get(b"REPLY").map(|value| value.to_owned());
        self.variables.pop_scope();
        ran?;
        Ok(reply.unwrap_or_default())
    }

    fn run_here(&mut self, list: &List) -> Result<(), ExpandError> {
        self.return_depth += 1;
        let flow = self.list(list, Then::Continue);
        self.return_depth -= 1;
        self.substitution_status = Some(self.status);
        match flow {
            Err(Divert::Exit) => Err(ExpandError::Exit),
            // What leaves the commands otherwise leaves nothing else.
            _ => Ok(()),
        }
    }

    /// Starts the commands of a process substitution; the name of the pipe to or from
    /// them, which is open until the command around it has ended.
    pub(crate) fn substitute_process(
        &mut self,
        substitution: &ProcessSubstitution,
    ) -> Result<BString, String> {
        let text = |error: Errno| error.desc().to_owned();
        let (read, write) = descriptor::pipe().map_err(text)?;
        let (own, given, target) = if substitution.is_input {
            (write, read, descriptor::STDIN)
        } else {
            (read, write, descriptor::STDOUT)
        };
        let attributes =
            Attributes { group: Group::Inherit, foreground: false, asynchronous: true };
        let status = self.status;
        let started = self.spawn(&attributes, |shell| {
            descriptor::close(own);
            let _ = descriptor::move_to(given, target);
            shell.finish(|shell| shell.list(&substitution.body, Then::End))
        });
        self.status = status;
        descriptor::close(given);
        let kept = descriptor::duplicate_above(own).map_err(text);
        descriptor::close(own);
        let kept = kept?;
        match started {
            Ok(process) => {
                self.pipes.push(kept);
                self.last_background = Some(process);
                Ok(format!("/dev/fd/{kept}").into())
            }
            Err(error) => {
                descriptor::close(kept);
                Err(text(error))
            }
        }
    }

    /// Closes the pipes of process substitutions that were opened after the first `count`.
    pub(crate) fn close_pipes(&mut self, count: usize) {
        for pipe in self.pipes.drain(count..) {
            descriptor::close(pipe);
        }
    }
}

fn read_to_end(from: Descriptor) -> Result<Vec<u8>, Errno> {
    let mut output = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        match descriptor::read(from, &mut buffer) {
            Ok(0) => return Ok(output),
            Ok(count) => output.extend_from_slice(&buffer[..count]),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Builtins that do nothing but write to standard output.
const ONLY_WRITE: [&str; 8] = ["echo", "printf", "true", "false", ":", "test", "[", "pwd"];

/// The only command of a list, in the foreground.
fn only_command(list: &List) -> Option<&SimpleCommand> {
    let [and_or] = list.items.as_slice() else { return None };
    let [Command::Simple(simple)] = and_or.first.commands.as_slice() else { return None };
    let alone = and_or.rest.is_empty()
        && !and_or.background
        && !and_or.first.negated
        && and_or.first.timed.is_none();
    alone.then_some(simple)
}

/// The file of `$(<file)`.
fn file_of(list: &List) -> Option<&Word> {
    let simple = only_command(list)?;
    if !simple.words.is_empty() || !simple.assignments.is_empty() {
        return None;
    }
    let [redirect] = simple.redirects.as_slice() else { return None };
    match &redirect.kind {
        RedirectKind::Read(word)
            if redirect.variable.is_none()
                && redirect.descriptor.is_none_or(|number| number == 0) =>
        {
            Some(word)
        }
        _ => None,
    }
}
